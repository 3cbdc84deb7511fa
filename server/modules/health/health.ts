import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { readAnything } from './health.store.ts';

const PATIENCE_MS = 2000;

/**
 * A function that tells whether the database answers within a short time. Those who ask while it is being asked share the
 * answer, so that asking often does not pile questions up on a database that is stuck.
 */
export function databaseCheck(context: Context, patience = PATIENCE_MS): () => Promise<boolean> {
  let asking: Promise<boolean> | undefined;

  async function ask(): Promise<boolean> {
    try {
      await readAnything(context.db);
      return true;
    } catch (error) {
      context.log.error({ err: error }, 'the database does not answer');
      return false;
    }
  }

  return async () => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    const given = new AbortController();
    const tooLate = sleep(patience, false, { ref: false, signal: given.signal }).catch(() => false);
    const answers = await Promise.race([asking, tooLate]);
    given.abort();
    return answers;
  };
}
