import { LRUCache } from 'lru-cache';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config/config.ts';

/** What a token bucket holds, gives back and asks. All are whole numbers, so that nothing is lost by rounding. */
export interface Limit {
  capacity: number;
  refillPerMs: number;
  cost: number;
}

/** What is left in a bucket, and as of when (milliseconds since 1970). */
export interface Bucket {
  units: number;
  at: number;
}

/** What is in a bucket now. A clock that was set back gives nothing, and takes nothing away either. */
export function unitsAt({ capacity, refillPerMs }: Limit, { units, at }: Bucket, now: number): number {
  return now > at ? Math.min(capacity, units + (now - at) * refillPerMs) : units;
}

/** In how many milliseconds there is enough for one more; 0 is now. */
export function waitOf({ cost, refillPerMs }: Limit, units: number): number {
  return units >= cost ? 0 : Math.ceil((cost - units) / refillPerMs);
}

/** Whom an address stands for: an IPv6 address for its /64, of which one customer has all. */
export function networkOf(address: string): string {
  return rangeOf(address, 4);
}

/** Who takes turns with others: an IPv6 address stands for its /48, of which a customer may have all, and so 65,536 networks. */
export function siteOf(address: string): string {
  return rangeOf(address, 3);
}

function rangeOf(address: string, kept: number): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const groups = [...first, ...Array.from({ length: zeros }, () => '0'), ...last];
  return `${groups.slice(0, kept).join(':')}::/${kept * 16}`;
}

/** Somebody who was limited: a credential in its organization or an address, since when, and how often. */
export interface Limited {
  kind: string;
  /** Of the key, token or session, of the person whose password it is; 0 for an address. */
  id: number;
  /** Whose session or password it is; 0 for everybody else. */
  personId: number;
  orgId: number;
  address: string;
  reason: 'requests' | 'wrong credentials';
  since: number;
  lastAt: number;
  /** When the next one is let through, if nothing is asked before. */
  until: number;
  refused: number;
}

/** What is wanted of a bucket: so many units, or fewer than none to give some back. */
export interface Wanted {
  wanted: number;
  /** The least that may be left. */
  least: number;
  /** Whether that is left when there is not enough; else nothing is taken then. */
  isForced: boolean;
}

/**
 * What several servers count together. Each answer comes within a short time; it is undefined, at once or then, where the store is
 * away: whoever asks counts for itself. A bucket and what is remembered go by themselves.
 */
export interface SharedLimits {
  /** In how many milliseconds an answer comes, or is given up. Tests set it. */
  deadline: number;
  take(
    key: string,
    limit: Limit,
    wanted: Wanted,
  ): Promise<{ left: number; isTaken: boolean } | undefined> | undefined;
  /** One of so many places, for so many milliseconds at most, which the function that comes back leaves. */
  occupy(
    key: string,
    most: number,
    milliseconds: number,
  ): Promise<(() => void) | 'full' | undefined> | undefined;
  remember(key: string, milliseconds: number): Promise<unknown> | undefined;
  knows(key: string): Promise<boolean | undefined> | undefined;
  isUp(): boolean;
  close(): Promise<void>;
}

/** The same, under names apart: what has the same ids there is somebody else. */
export function countedApart(shared: SharedLimits, prefix: string): SharedLimits {
  return {
    get deadline() {
      return shared.deadline;
    },
    take: (key, limit, wanted) => shared.take(prefix + key, limit, wanted),
    occupy: (key, most, milliseconds) => shared.occupy(prefix + key, most, milliseconds),
    remember: (key, milliseconds) => shared.remember(prefix + key, milliseconds),
    knows: (key) => shared.knows(prefix + key),
    isUp: () => shared.isUp(),
    // Whose it is closes it.
    close: () => Promise.resolve(),
  };
}

/** Whom a 429 was for, and what there was too much of: the cause of its error. */
export interface LimitedBy {
  limited: string;
  why: Limited['reason'];
}

/** Who was limited lately. */
export interface LimitedLately {
  note(who: Omit<Limited, 'since' | 'lastAt' | 'refused'>, now: number): void;
  /** Adds what somebody else has noted. */
  add(some: readonly Limited[], now: number): void;
  list(now: number): Limited[];
}

/** Whose turn it is: the sites of addresses one after the other, and those first who are known to belong here. */
export interface Turn {
  site: string;
  isFirst?: boolean;
}

/** Work of which only so much is done at once, and only so much waits. */
export interface Lane {
  /** 'full' when too much waits, at once or while it waited itself. Nothing is begun then. */
  run<T>(turn: Turn, work: () => Promise<T>): Promise<T | 'full'>;
}

/** What has a bucket: the kinds of credentials, and addresses. */
export type BucketKind = 'api-key' | 'token' | 'password' | 'session' | 'address';

/** What is counted of wrong credentials; see `modules/authentication/attempts.ts`. */
export interface Attempts {
  mostWrong: number;
  buckets: LRUCache<string, Bucket>;
  /** How many attempts wait by whom. */
  waiting: Map<string, number>;
  /** Whose password was right lately from where. */
  rightBefore: LRUCache<string, true>;
  heldUp: number;
  /** Of whom the log told when, and how many wrong ones came since. */
  told: LRUCache<string, { at: number; since: number }>;
  /** Ends a wait before its time. Tests set it. */
  pause: (milliseconds: number) => Promise<void>;
}

export interface Limits {
  /** The buckets of credentials by kind and of addresses; undefined where requests are not limited. */
  requests: { limit: Limit; buckets: Record<BucketKind, LRUCache<number | string, Bucket>> } | undefined;
  /** Undefined where wrong credentials are not limited. */
  attempts: Attempts | undefined;
  /** Undefined where each server counts for itself. */
  shared: SharedLimits | undefined;
  lately: LimitedLately;
  /** Passwords that are being checked, by the key under which right ones are remembered. */
  checking: Map<string, Promise<unknown>>;
  /** Computing the hashes of passwords, and of those who tried too many wrong ones. */
  hashing: Lane;
  hashingHeldUp: Lane;
  /** Looking up unknown keys of addresses that sent too many wrong ones. */
  lookingUp: Lane;
}

// Of each kind; about 200 bytes each. Who asked least recently is forgotten first, and begins with a full bucket again.
const MOST_BUCKETS = 100_000;
const MOST_ATTEMPTS = 20_000;
const MOST_LIMITED = 5_000;
const LATELY_MS = 15 * 60_000;
const STILL_MS = 60_000;

/** What limits keep in memory, as the settings say. What is switched off is not there. */
export function createLimits({ rate_limiting, security }: Config): Limits {
  const isProtected = !security.disable_brute_force_login_protection;
  return {
    requests: rate_limiting.enabled
      ? {
          limit: { capacity: rate_limiting.burst * 1000, refillPerMs: rate_limiting.per_second, cost: 1000 },
          buckets: {
            'api-key': new LRUCache({ max: MOST_BUCKETS }),
            token: new LRUCache({ max: MOST_BUCKETS }),
            password: new LRUCache({ max: MOST_BUCKETS }),
            session: new LRUCache({ max: MOST_BUCKETS }),
            address: new LRUCache({ max: MOST_BUCKETS }),
          },
        }
      : undefined,
    attempts: isProtected
      ? {
          mostWrong: security.brute_force_login_protection_max_attempts,
          buckets: new LRUCache({ max: MOST_ATTEMPTS }),
          waiting: new Map(),
          rightBefore: new LRUCache({ max: MOST_ATTEMPTS }),
          heldUp: 0,
          told: new LRUCache({ max: MOST_LIMITED }),
          pause: (milliseconds) => sleep(milliseconds, undefined, { ref: false }),
        }
      : undefined,
    shared: undefined,
    lately: createLimitedLately(),
    checking: new Map(),
    // Argon2 takes 19 MiB and a thread of four: three at most, so that one is left for everything else.
    hashing: createLane({ atOnce: 2, waiting: 200 }),
    hashingHeldUp: createLane({ atOnce: 1, waiting: 200 }),
    lookingUp: createLane({ atOnce: 2, waiting: 200 }),
  };
}

/**
 * A lane in which the sites that wait take turns, and of one site what came first is done first. When too much waits, what came last
 * from the site that has most waiting goes: so nobody is kept out by what one site sends, however much it is.
 */
export function createLane({ atOnce, waiting }: { atOnce: number; waiting: number }): Lane {
  const first: Queues = new Map();
  const others: Queues = new Map();
  let [running, queued] = [0, 0];

  function next(): void {
    running--;
    const queues = first.size > 0 ? first : others;
    const [turn] = queues;
    if (turn === undefined) return;
    const [site, queue] = turn;
    const job = queue.shift();
    queues.delete(site);
    if (queue.length > 0) queues.set(site, queue);
    queued--;
    job?.begin();
  }

  function dropOne(): void {
    const queues = others.size > 0 ? others : first;
    let [fullest, most]: [string, Job[]] = ['', []];
    // Of several, the one whose turn is the furthest away.
    for (const [site, queue] of queues) if (queue.length >= most.length) [fullest, most] = [site, queue];
    const job = most.pop();
    if (most.length === 0) queues.delete(fullest);
    queued--;
    job?.drop();
  }

  return {
    run<T>({ site, isFirst = false }: Turn, work: () => Promise<T>) {
      if (running < atOnce) {
        running++;
        return work().finally(next);
      }
      return new Promise<T | 'full'>((resolve, reject) => {
        const begin = (): void => {
          running++;
          work().finally(next).then(resolve, reject);
        };
        const queues = isFirst ? first : others;
        const job = { begin, drop: () => resolve('full') };
        const queue = queues.get(site);
        if (queue) queue.push(job);
        else queues.set(site, [job]);
        if (++queued > waiting) dropOne();
      });
    },
  };
}

interface Job {
  begin: () => void;
  drop: () => void;
}

/** What waits, by site; the one at the front has the next turn. */
type Queues = Map<string, Job[]>;

/** Whether somebody who was limited lately is so still, as far as the last minute tells. */
export function isLimitedStill({ lastAt }: Limited, now: number): boolean {
  return now - lastAt < STILL_MS;
}

/** Nobody yet. */
export function createLimitedLately(): LimitedLately {
  const kept = new LRUCache<string, Limited>({ max: MOST_LIMITED });

  function add(one: Limited, now: number): void {
    const key = `${one.kind} ${one.id} ${one.orgId} ${one.id === 0 ? one.address : ''} ${one.reason}`;
    const before = kept.get(key);
    const known = before && isLately(before, now) ? before : undefined;
    const last = known && known.lastAt > one.lastAt ? known : one;
    const since = Math.min(one.since, known?.since ?? one.since);
    kept.set(key, { ...last, since, refused: one.refused + (known?.refused ?? 0) });
  }

  return {
    note: (who, now) => add({ ...who, since: now, lastAt: now, refused: 1 }, now),
    add: (some, now) => some.forEach((one) => add(one, now)),
    list(now) {
      return [...kept.values()].filter((limited) => isLately(limited, now));
    },
  };
}

// A clock that was set back would otherwise have somebody limited for hours.
function isLately({ lastAt }: Limited, now: number): boolean {
  return Math.abs(now - lastAt) < LATELY_MS;
}
