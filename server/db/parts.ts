import { setImmediate as turn } from 'node:timers/promises';

const AT_ONCE = 500;

/**
 * Does the work for some of many at a time. SQLite keeps the whole process for as long as a statement takes: between two parts others
 * are answered, also where all are one transaction.
 */
export async function inParts<T>(all: readonly T[], work: (some: T[]) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < all.length; start += AT_ONCE) {
    if (start > 0) await turn();
    await work(all.slice(start, start + AT_ONCE));
  }
}
