import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { isLostRace, isUniqueViolation } from './errors.ts';

const ATTEMPTS = 10;

/**
 * Runs the work in one transaction, or in the one that is running already; what it touched is forgotten once it is committed.
 * The work may run again, so it must leave nothing behind but its queries. Both databases run such transactions as if one
 * after another: SQLite has one writer, PostgreSQL is asked for serializable ones and loses races that are then run again.
 */
export async function inTransaction<C extends Context, T>(
  context: C,
  work: (context: C) => Promise<T>,
): Promise<T> {
  if (context.db.isTransaction) return work(context);
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(context, work);
    } catch (error) {
      if (attempt === ATTEMPTS || !isLostRace(error)) throw error;
      await sleep(Math.random() * 2 ** attempt);
    }
  }
}

/**
 * The same, for work that looks whether what it adds is there already: where somebody else was first in the meantime, it runs
 * once more and finds theirs.
 */
export async function inCheckedTransaction<C extends Context, T>(
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

async function once<C extends Context, T>(context: C, work: (context: C) => Promise<T>): Promise<T> {
  const touched = new Set<string>();
  const transaction = context.db.transaction();
  const isolated =
    context.config.database.type === 'postgres' ? transaction.setIsolationLevel('serializable') : transaction;
  const result = await isolated.execute((db) => work({ ...context, db, touch: (key) => touched.add(key) }));
  for (const key of touched) context.touch(key);
  return result;
}
