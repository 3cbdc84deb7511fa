import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import { randomLetters } from '../crypto/random.ts';
import type { Schema } from '../db/schema.ts';
import { inTime } from '../in-time.ts';
import type { Log } from '../log.ts';
import type { Memory } from '../memory.ts';
import { createHearing, type Message, readMessage } from './hearing.ts';
import type { Peers } from './peers.ts';

const CHANNEL = 'latchkey';
// PostgreSQL takes 8000 bytes at once.
const LONGEST_MESSAGE = 7000;
const BEAT_MS = 200;
// After a beat that came back was sent: all that had been committed before it was heard by then.
const CURRENT_MS = 800;
const AGAIN_MS = 500;
const FIRST_BEAT_MS = 1000;
const MOST_CONFIRMED = 500;
// PostgreSQL's codes: no such function, no such feature.
const NOT_THERE = new Set(['42883', '0A000']);

interface Place {
  db: Kysely<Schema>;
  /** Makes a connection that is not yet open. */
  connect: () => pg.Client;
  memory: Pick<Memory, 'touch' | 'clear'>;
  log: Log;
}

/**
 * Servers on one PostgreSQL tell each other by LISTEN and NOTIFY: what is told comes with its commit, over a connection that only
 * listens. Beats go the same way and back to their sender, with what was committed since the last one, so that a channel which loses
 * something, stands still or leads nowhere is noticed. Where there is no such channel, nobody is ever current.
 */
export async function peersOnPostgres({ db, connect, memory, log }: Place): Promise<Peers> {
  const self = randomLetters(16);
  const hearing = createHearing();
  const closing = new AbortController();
  const firstBeat = Promise.withResolvers<void>();
  const sentAt = new Map<number, number>();
  let listening: Promise<void> | undefined;
  let [numbers, beats, currentUntil, isHeard] = [0, 0, 0, true];
  const unconfirmed: number[] = [];

  function hear(text: string): void {
    const message = readMessage(text);
    if (message === undefined) return;
    if (message.from === self) return hearOwn(message);
    if ('keys' in message) {
      if (message.keys === 'all') memory.clear();
      else message.keys.forEach(memory.touch);
    }
    if (!hearing.hear(message)) return;
    log.warn('a change by another server was not heard of: everything is looked up anew');
    memory.clear();
  }

  function hearOwn(message: Message): void {
    const sent = 'beat' in message ? sentAt.get(message.beat) : undefined;
    if (sent === undefined) return;
    currentUntil = sent + CURRENT_MS;
    if (!isHeard) log.info('changes by other servers are heard of again');
    isHeard = true;
    firstBeat.resolve();
  }

  async function beat(client: pg.Client): Promise<void> {
    const message: Message = { from: self, beat: ++beats, committed: unconfirmed.splice(0, MOST_CONFIRMED) };
    sentAt.set(message.beat, performance.now());
    sentAt.delete(message.beat - CURRENT_MS / BEAT_MS);
    await client.query('select pg_notify($1, $2)', [CHANNEL, JSON.stringify(message)]);
  }

  async function listenUntilItBreaks(): Promise<void> {
    const client = connect();
    const { promise: broken, reject } = Promise.withResolvers<never>();
    broken.catch(() => {});
    client.on('error', reject).on('end', () => reject(new Error('the connection ended')));
    client.on('notification', ({ payload = '' }) => hear(payload));
    const stop = (): void => reject(new Error('the server stops'));
    closing.signal.addEventListener('abort', stop);
    try {
      await Promise.race([client.connect(), broken]);
      await Promise.race([client.query(`listen ${CHANNEL}`), broken]);
      // What was changed before this is not told any more.
      memory.clear();
      for (;;) {
        await Promise.race([inTime(beat(client), CURRENT_MS, 'the database does not answer'), broken]);
        await Promise.race([sleep(BEAT_MS), broken]);
      }
    } finally {
      closing.signal.removeEventListener('abort', stop);
      currentUntil = 0;
      client.end().catch(() => {});
    }
  }

  async function listenAgainAndAgain(): Promise<void> {
    while (!closing.signal.aborted) {
      await listenUntilItBreaks().catch((error: unknown) => {
        if (isHeard && !closing.signal.aborted) {
          log.warn(
            { reason: error instanceof Error ? error.message : String(error) },
            'changes by other servers are not heard of: everything is looked up until they are',
          );
        }
        isHeard = false;
      });
      await sleep(AGAIN_MS, undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  /** So that whoever did not hear of the last changes notices: no beat of a connection that listens follows them, or there is none. */
  async function confirmTheLast(): Promise<void> {
    const last = unconfirmed.splice(0);
    if (last.length === 0) return;
    // Of one that was never heard before, the first beat confirms nothing.
    const parts: number[][] = beats === 0 ? [[]] : [];
    while (last.length > 0) parts.push(last.splice(0, MOST_CONFIRMED));
    for (const committed of parts) {
      const message: Message = { from: self, beat: ++beats, committed };
      await sql`select pg_notify(${CHANNEL}, ${JSON.stringify(message)})`.execute(db);
    }
  }

  const isThereAChannel = await canTell(db);
  return {
    async tell(transaction, keys) {
      if (!isThereAChannel) return { committed: () => {} };
      const message: Message = { from: self, number: ++numbers, keys: asTold(keys) };
      await sql`select pg_notify(${CHANNEL}, ${JSON.stringify(message)})`.execute(transaction);
      return { committed: () => void unconfirmed.push(message.number) };
    },
    async listen() {
      if (!isThereAChannel) {
        log.warn(
          'this database has no LISTEN and NOTIFY: every request is looked up, since another server may have changed something',
        );
      }
      listening = isThereAChannel ? listenAgainAndAgain() : Promise.resolve();
      await Promise.race([firstBeat.promise, sleep(FIRST_BEAT_MS)]);
    },
    isCurrent: () => listening === undefined || performance.now() < currentUntil,
    async close() {
      closing.abort();
      await listening;
      await inTime(confirmTheLast(), CURRENT_MS, 'the database does not answer').catch((error: unknown) =>
        log.warn({ err: error }, 'other servers were not asked whether they heard of the last changes'),
      );
    },
  };
}

/** Whether the database has what it takes; CockroachDB and YugabyteDB, which speak PostgreSQL's protocol, have not. */
async function canTell(db: Kysely<Schema>): Promise<boolean> {
  try {
    await sql`select pg_notify(${CHANNEL}, '')`.execute(db);
    return true;
  } catch (error) {
    if (NOT_THERE.has(String((error as { code?: unknown }).code))) return false;
    throw error;
  }
}

// So many at once touch most of what is remembered anyway.
function asTold(keys: ReadonlySet<string> | 'all'): string[] | 'all' {
  if (keys === 'all') return keys;
  const all = [...keys];
  return JSON.stringify(all).length < LONGEST_MESSAGE ? all : 'all';
}
