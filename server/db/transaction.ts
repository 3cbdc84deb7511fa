import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Context } from '../context.ts';
import type { Told } from '../peers/peers.ts';
import type { Schema } from './schema.ts';
import { isLostRace, isUniqueViolation, troubleOf } from './errors.ts';

const ATTEMPTS = 16;
const LONGEST_PAUSE_MS = 256;
const ATTEMPTS_BESIDE_OTHERS = 3;
// When what an unanswered commit may have changed is forgotten again.
const DOUBT_MS = [1000, 5000, 15_000, 60_000];

/** Those who lost a race, one behind the other. */
interface Line {
  last: Promise<void>;
  /** Whether the first of them keeps losing against those who come fresh, who then queue up too. */
  isHeldUp: boolean;
  /** How often somebody did since the start. */
  lost: number;
}

/** What a transaction needs of a context; the cloud side has a database of its own. */
export interface Transactional extends Pick<Context, 'config' | 'touch' | 'peers' | 'trail' | 'passage'> {
  // Of whatever tables: only the work knows them.
  // oxlint-disable-next-line typescript/no-explicit-any
  db: Kysely<any>;
}

const lines = new WeakMap<Transactional['db'], Line>();

/**
 * Runs the work in one transaction, or in the one that is running already; what it touched is forgotten once it is committed.
 * The work may run again, so it must leave nothing behind but its queries. Both databases run such transactions as if one
 * after another: SQLite has one writer, PostgreSQL is asked for serializable ones and loses races. Whoever lost one runs again
 * in turn, since many who try again at the same time would only lose to each other.
 */
export async function inTransaction<C extends Transactional, T>(
  context: C,
  work: (context: C) => Promise<T>,
): Promise<T> {
  if (context.db.isTransaction) return work(context);
  const line = lineOf(context);
  if (!line.isHeldUp) {
    try {
      return await once(context, work);
    } catch (error) {
      if (!isLostRace(error)) throw error;
      line.lost++;
    }
  }
  return inTurn(line, () => untilWon(line, context, work));
}

/**
 * The same, for work that looks whether what it adds is there already: where somebody else was first in the meantime, it runs
 * once more and finds theirs.
 */
export async function inCheckedTransaction<C extends Transactional, T>(
  context: C,
  work: (context: C) => Promise<T>,
): Promise<T> {
  try {
    return await inTransaction(context, work);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    return inTransaction(context, work);
  }
}

/** How many races transactions on a database have lost to others since the start. */
export function racesLost(context: Pick<Transactional, 'db'>): number {
  return lineOf(context).lost;
}

function lineOf({ db }: Pick<Transactional, 'db'>): Line {
  const line = lines.get(db) ?? { last: Promise.resolve(), isHeldUp: false, lost: 0 };
  lines.set(db, line);
  return line;
}

async function inTurn<T>(line: Line, work: () => Promise<T>): Promise<T> {
  const before = line.last;
  const { promise, resolve } = Promise.withResolvers<void>();
  line.last = promise;
  await before;
  try {
    return await work();
  } finally {
    line.isHeldUp = false;
    resolve();
  }
}

async function untilWon<C extends Transactional, T>(
  line: Line,
  context: C,
  work: (context: C) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(context, work);
    } catch (error) {
      if (!isLostRace(error)) throw error;
      line.lost++;
      if (attempt === ATTEMPTS) throw error;
      line.isHeldUp = attempt >= ATTEMPTS_BESIDE_OTHERS;
      // Other servers may be at it too.
      await sleep(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE_MS));
    }
  }
}

async function once<C extends Transactional, T>(context: C, work: (context: C) => Promise<T>): Promise<T> {
  const touched = new Set<string>();
  const transaction = context.db.transaction();
  const isolated =
    context.config.database.type === 'postgres' ? transaction.setIsolationLevel('serializable') : transaction;
  const forget = (): void => touched.forEach(context.touch);
  const passage = context.trail?.begin();
  let told: Told | undefined;
  try {
    const result = await isolated.execute(async (db) => {
      const done = await work({ ...context, db, passage, touch: (key) => touched.add(key) });
      if (touched.size > 0) told = await context.peers?.tell(db as unknown as Kysely<Schema>, touched);
      await passage?.beforeCommit();
      return done;
    });
    passage?.committed();
    if (told) {
      forget();
      await told.committed();
    }
    return result;
  } catch (error) {
    passage?.failed(error);
    // A commit whose answer was lost on the way may have been made, or still be made by a database that stood still meanwhile.
    if (troubleOf(error) === 'away') for (const delay of DOUBT_MS) setTimeout(forget, delay).unref();
    throw error;
  } finally {
    forget();
  }
}
