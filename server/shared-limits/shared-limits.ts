import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, ErrorReply } from '@redis/client';
import type { RedisAddress } from '../config/redis-address.ts';
import { randomLetters } from '../crypto/random.ts';
import { inTime } from '../in-time.ts';
import type { SharedLimits } from '../limits.ts';
import type { Log } from '../log.ts';
import { OCCUPY, type Script, TAKE } from './scripts.ts';

// What a request waits at most; after that its server counts for itself.
const DEADLINE_MS = 50;
const BEAT_MS = 500;
// A connection on which nothing comes back for so long is given up.
const LOST_MS = 2000;
const FIRST_BEAT_MS = 1000;

interface Place {
  address: RedisAddress;
  prefix: string;
  log: Log;
}

/** Undefined is that the store did not answer in time, or is known not to. */
type Asked<T> = Promise<T | undefined> | undefined;

/**
 * Limits in a Redis or Valkey. Commands of one turn go out together; each question is one of them. The first that is not answered in
 * time has the store count as away: nobody asks it, and so nobody waits, until a beat comes back in time.
 */
export async function openSharedLimits({ address, prefix, log }: Place): Promise<SharedLimits> {
  const self = randomLetters(12);
  const closing = new AbortController();
  const firstBeat = Promise.withResolvers<void>();
  let [places, isUp, isSaid] = [0, false, false];
  let client = connectionTo(address);

  function away(error: unknown): void {
    isUp = false;
    if (isSaid || closing.signal.aborted) return;
    isSaid = true;
    log.warn(
      { reason: error instanceof Error ? error.message : String(error) },
      `the store of [remote_cache] at ${address.host}:${address.port} does not answer in time: this server counts requests and ` +
        'wrong passwords for itself until it does. Start it, or check connstr',
    );
  }

  function back(): void {
    if (isSaid) log.info('the store of [remote_cache] answers again: limits are counted there');
    [isUp, isSaid] = [true, false];
    firstBeat.resolve();
  }

  async function run(script: Script, key: string, args: (number | string)[]): Promise<unknown> {
    const rest = ['1', prefix + key, ...args.map(String)];
    try {
      return await client.sendCommand(['EVALSHA', script.sha, ...rest]);
    } catch (error) {
      // A store that was started anew has forgotten it.
      if (!(error instanceof ErrorReply) || !error.message.startsWith('NOSCRIPT')) throw error;
      return client.sendCommand(['EVAL', script.text, ...rest]);
    }
  }

  function ask<T>(send: () => Promise<T>, giveBack?: (late: T) => void): Asked<T> {
    if (!isUp) return undefined;
    return inTime(send(), shared.deadline, undefined, giveBack).catch((error: unknown) => {
      away(error);
      return undefined;
    });
  }

  async function beatUntilItBreaks(): Promise<void> {
    await inTime(client.connect(), LOST_MS);
    while (!closing.signal.aborted) {
      const sent = performance.now();
      // The same as what is asked of it: it may be full, or a copy that takes nothing.
      await inTime(run(TAKE, 'beat', [1, 1, 1, 0, 0]), LOST_MS);
      if (performance.now() - sent < DEADLINE_MS) back();
      await pause(BEAT_MS);
    }
  }

  async function beatAgainAndAgain(): Promise<void> {
    for (;;) {
      await beatUntilItBreaks().catch(away);
      client.destroy();
      await pause(BEAT_MS);
      if (closing.signal.aborted) return;
      client = connectionTo(address);
    }
  }

  const pause = (milliseconds: number): Promise<unknown> =>
    sleep(milliseconds, undefined, { signal: closing.signal }).catch(() => {});

  const beating = beatAgainAndAgain();
  const shared: SharedLimits = {
    deadline: DEADLINE_MS,
    take: (key, { capacity, refillPerMs }, { wanted, least, isForced }) =>
      ask(async () => {
        const answer = await run(TAKE, key, [capacity, refillPerMs, wanted, least, isForced ? 1 : 0]);
        const [left = 0, taken] = answer as number[];
        return { left, isTaken: taken === 1 };
      }),
    occupy(key, most, milliseconds) {
      const place = `${self} ${++places}`;
      // Whether or not the store counts as away. Where this does not get there, the place is free when its time is over.
      const leave = (): void => void client.sendCommand(['ZREM', prefix + key, place]).catch(() => {});
      return ask<typeof leave | 'full'>(
        async () => ((await run(OCCUPY, key, [place, most, milliseconds])) === 1 ? leave : 'full'),
        (late) => late !== 'full' && late(),
      );
    },
    remember: (key, milliseconds) =>
      ask(() => client.sendCommand(['SET', prefix + key, '1', 'PX', String(milliseconds)])),
    knows: (key) => ask(async () => Number(await client.sendCommand(['EXISTS', prefix + key])) === 1),
    isUp: () => isUp,
    async close() {
      closing.abort();
      // One that stands still does not hold up the end.
      client.destroy();
      await beating;
    },
  };
  await Promise.race([firstBeat.promise, sleep(FIRST_BEAT_MS)]);
  return shared;
}

function connectionTo({ host, port, username, password, db, tls }: RedisAddress) {
  const common = { host, port, reconnectStrategy: false, connectTimeout: LOST_MS } as const;
  const client = createClient({
    socket:
      tls === 'off'
        ? common
        : { ...common, tls: true, rejectUnauthorized: tls === 'verified', servername: host },
    ...(password === '' ? {} : { password }),
    ...(username === '' ? {} : { username }),
    database: db,
    // The older form, which every version speaks.
    RESP: 2,
    maintNotifications: 'disabled',
    disableClientInfo: true,
    disableOfflineQueue: true,
  });
  // It is told where something was asked.
  client.on('error', () => {});
  return client;
}
