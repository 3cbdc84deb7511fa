import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { troubleOf } from './errors.ts';

const CORRUPT = 11;
// What is looked through in about a tenth of a second.
const AT_ONCE_BYTES = 64 * 2 ** 20;
const AFTER_START_MS = 2000;
const LOOK = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(workerData, { readOnly: true, timeout: 5000 });
  parentPort.postMessage(Object.values(database.prepare('pragma quick_check(1)').get() ?? {})[0]);`;

/** Whether a file is small enough to be looked through before anything else is done with it. */
export function isSmall(path: string): boolean {
  return statSync(path).size <= AT_ONCE_BYTES;
}

/** Throws when the file is damaged, which SQLite itself finds out only when it comes upon the place. */
export function requireWhole(database: DatabaseSync): void {
  const [found] = Object.values(database.prepare('pragma quick_check(1)').get() ?? {});
  if (found !== 'ok') throw damage(found);
}

/**
 * Looks a file through in a thread of its own, which does not take part in the start; `onDamage` is told where it is damaged. Ends
 * early with what is returned.
 */
export function lookThroughBeside(path: string, onDamage: (error: Error) => void): () => Promise<unknown> {
  let worker: Worker | undefined;
  const begin = setTimeout(() => {
    worker = new Worker(LOOK, { eval: true, workerData: path, execArgv: [] });
    worker.once('message', (found) => {
      if (found !== 'ok') onDamage(damage(found));
    });
    worker.once('error', (error) => {
      // What it cannot read for another reason, requests will meet as well.
      if (troubleOf(error) === 'damaged') onDamage(error as Error);
    });
    worker.unref();
  }, AFTER_START_MS).unref();
  return async () => {
    clearTimeout(begin);
    await worker?.terminate();
  };
}

function damage(found: unknown): Error {
  return Object.assign(new Error(String(found)), { code: 'ERR_SQLITE_ERROR', errcode: CORRUPT });
}
