import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config/config.ts';
import { ApiError } from '../errors.ts';
import { type Bucket, type Limit, networkOf, unitsAt, waitOf } from '../limits.ts';
import type { CloudContext } from './context.ts';

// So many at once, or twice as many as may be open if that is more, and one a second after that.
const LEAST_AT_ONCE = 60;
const COST = 1000;
const MOST_NETWORKS = 10_000;
const TELL_EVERY_MS = 60_000;

/** What costs more than passing a request on to a stack that is open. */
type Work = 'opening' | 'looking';

/**
 * Holds back who has stacks opened one after the other, which is the most work that anybody can ask for without a credential and closes
 * those of others, or asks for ones that are not there.
 */
export interface Openings {
  /** Throws 429 where the address has had too much of that done. */
  require(work: Work, address: string): void;
  /** Counts it, or takes that back. */
  note(work: Work, address: string, by?: 1 | -1): void;
}

/** Undefined where wrong credentials are not limited either. `onRefused` is told of each 429. */
export function limitOpenings(
  { config, limits, log, now }: CloudContext,
  onRefused: () => void,
): Openings | undefined {
  if (limits.attempts === undefined) return undefined;
  const atOnce = Math.max(LEAST_AT_ONCE, 2 * config.cloud.open_stacks);
  const limit: Limit = { capacity: atOnce * COST, refillPerMs: 1, cost: COST };
  const buckets = new LRUCache<string, Bucket>({ max: MOST_NETWORKS });
  let toldAt = -Infinity;
  const keyOf = (work: Work, address: string): string => `${work} ${networkOf(address)}`;
  const unitsOf = (key: string): number => {
    const known = buckets.get(key);
    return known === undefined ? limit.capacity : unitsAt(limit, known, now());
  };

  return {
    require(work, address) {
      const wait = waitOf(limit, unitsOf(keyOf(work, address)));
      if (wait === 0) return;
      onRefused();
      if (now() - toldAt >= TELL_EVERY_MS) {
        toldAt = now();
        log.part('auth').warn({ address, work }, 'an address has too many stacks opened, or looked for');
      }
      throw tooMany(work, Math.ceil(wait / 1000));
    },
    note(work, address, by = 1) {
      const key = keyOf(work, address);
      const units = Math.min(limit.capacity, Math.max(0, unitsOf(key) - by * COST));
      buckets.set(key, { units, at: now() });
    },
  };
}

/** Who sent a request that has not been looked at: where proxies are trusted, whom they name. */
export function addressOf({ server }: Config, { headers, socket }: IncomingMessage): string {
  const named = server.trusted_proxies.length > 0 ? headers['x-forwarded-for'] : undefined;
  return String(named ?? socket.remoteAddress ?? '');
}

function tooMany(work: Work, seconds: number): ApiError {
  const what =
    work === 'opening'
      ? 'This address uses too many stacks one after the other that nobody used before'
      : 'This address asks for too many stacks that are not there';
  return new ApiError(429, 'too-many-stacks', 'Too many requests', {
    detail: `${what}. Wait ${seconds} s and send it again; stacks that are in use answer.`,
    headers: { 'retry-after': String(seconds) },
  });
}
