import { NO_DATABASE, type Trouble, troubleOf } from '../db/errors.ts';
import type { ApiError } from '../errors.ts';
import { unavailable } from './access/refusals.ts';

const ADVICE: Record<Trouble, string> = {
  away: 'Its database does not answer: start it, or wait until it has a connection left.',
  refusing: 'Its database is not there or does not let the server in: bring it back, or delete the stack.',
  busy: 'Another program has its database locked: end that one.',
  full: 'The disk of its database is full: make room on it.',
  'read-only': 'Its database cannot be written to: make it writable.',
  failing: 'The system refuses to read or write its files.',
  damaged: 'Its database is damaged: keep it, and put a backup in its place.',
};
const MENDED = "The server's log says more. It needs no restart, and other stacks are not touched by it.";

/** What a stack answers everybody that cannot be opened: 503, what is the matter, and what to do. */
export function asAway(error: unknown): ApiError {
  const trouble = troubleOf(error);
  return cannotBeUsed(trouble === undefined ? '' : ADVICE[trouble]);
}

/** The same of one that is not open yet. */
export function takesTooLong(): ApiError {
  return cannotBeUsed('It takes long to open, as after a new version: send the request again in a moment.');
}

/** What is the matter with a stack whose file is gone, as PostgreSQL says it: an empty one is not made in its place. */
export function isGone(path: string): Error {
  return Object.assign(new Error(`the database ${path} is not there`), { code: NO_DATABASE });
}

function cannotBeUsed(advice: string): ApiError {
  return unavailable('The stack cannot be used', `${advice} ${MENDED}`.trim());
}
