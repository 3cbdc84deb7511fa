import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { type Trouble, troubleOf } from '../../db/errors.ts';
import { DEFAULT_PASSWORD, whoKeepsDefaultPassword } from '../users/first-password.ts';
import { inTransaction } from '../../db/transaction.ts';
import { readAnything, writeNothing } from './health.store.ts';

const PATIENCE_MS = 2000;

const REASONS: Record<Trouble, string> = {
  away: 'the database does not answer',
  refusing: 'the database refuses this server',
  busy: 'the database is locked by another process',
  full: 'the disk of the database is full',
  'read-only': 'the database cannot be written to',
  failing: 'the files of the database cannot be used',
  damaged: 'the database is damaged',
};

/** How the database is. Where it can still be read, most requests go on being answered. */
export interface DatabaseHealth {
  canRead: boolean;
  /** What is wrong, in words; undefined when all is well. */
  reason: string | undefined;
}

/**
 * A function that tells whether the database answers within a short time and, where a request has noted trouble, whether a change can be
 * made again; then the note is removed. Those who ask while it is being asked share the answer, so that asking often does not
 * pile questions up on a database that is stuck.
 */
export function databaseCheck(
  context: Context,
  noted: { trouble: Trouble | undefined },
  patience = PATIENCE_MS,
): () => Promise<DatabaseHealth> {
  const reads = sharedQuestion(() => readAnything(context.db), patience);
  const writes = sharedQuestion(() => inTransaction(context, ({ db }) => writeNothing(db)), patience);

  return async () => {
    const reading = await reads();
    if (reading !== undefined) return ill(context, false, reading);
    if (noted.trouble === undefined) return { canRead: true, reason: undefined };
    const writing = await writes();
    if (writing !== undefined) return ill(context, writing.trouble !== 'damaged', writing);
    noted.trouble = undefined;
    context.log.info('the database takes changes again');
    return { canRead: true, reason: undefined };
  };
}

interface Failure {
  trouble: Trouble;
  error: unknown;
}

function ill({ log }: Context, canRead: boolean, { trouble, error }: Failure): DatabaseHealth {
  const reason = REASONS[trouble];
  log.error({ err: error }, `health: ${reason}`);
  return { canRead, reason };
}

/** Asks unless it is being asked already; what went wrong, or that it took too long. */
function sharedQuestion(ask: () => Promise<void>, patience: number): () => Promise<Failure | undefined> {
  let asking: Promise<Failure | undefined> | undefined;

  async function outcome(): Promise<Failure | undefined> {
    try {
      await ask();
      return undefined;
    } catch (error) {
      return { trouble: troubleOf(error) ?? 'failing', error };
    }
  }

  return async () => {
    asking ??= outcome().finally(() => {
      asking = undefined;
    });
    const given = new AbortController();
    const late = { trouble: 'away' as const, error: new Error(`no answer within ${patience} ms`) };
    const tooLate = sleep(patience, late, { ref: false, signal: given.signal }).catch(() => late);
    const answer = await Promise.race([asking, tooLate]);
    given.abort();
    return answer;
  };
}

const TRAIL_TROUBLES = {
  refused:
    'Nothing can be changed, nor can anybody sign in, while the file of the record of changes cannot be written ([audit] file and ' +
    "required): the server's log says what is wrong. It was so at the last try.",
  waiting:
    'The record of changes does not get to its file or syslog server ([audit]), and waits in memory, which a restart loses: the ' +
    "server's log says what is wrong.",
};

/** What the administrators of the server should see to, in sentences. */
export async function warningsOf(context: Context): Promise<string[]> {
  const login = await whoKeepsDefaultPassword(context);
  const trouble = context.trail?.trouble();
  return [
    ...(login === undefined
      ? []
      : [
          `Others can reach this server, and its administrator ${login} still has the password ${DEFAULT_PASSWORD}: set another.`,
        ]),
    ...(trouble === undefined ? [] : [TRAIL_TROUBLES[trouble]]),
  ];
}
