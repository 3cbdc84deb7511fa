import { ApiFailure, Unreachable } from '../../../client/failures.ts';

/** What went wrong, in the words of the server where it had any, and what to do about it. */
export interface Problem {
  title: string;
  detail: string | undefined;
}

/** Says of any error what the person in front of the page can do. */
export function problemOf(error: unknown): Problem {
  if (isSessionOver(error))
    return { title: 'Your session is over', detail: 'Sign in again, and then try once more.' };
  if (error instanceof ApiFailure) return { title: error.message, detail: error.detail };
  if (error instanceof Unreachable) {
    return {
      title: 'The server does not answer',
      detail: 'Is it running, and is this machine online? Nothing was lost: try again.',
    };
  }
  const title = error instanceof Error ? error.message : String(error);
  return { title, detail: 'Load the page again. If it stays, the browser console says more.' };
}

/** Whether an answer says that nobody is signed in, and not that a password is wrong. */
export function isSessionOver(error: unknown): boolean {
  return error instanceof ApiFailure && error.status === 401 && error.message === 'Unauthorized';
}

/** Whether the server will say no however often it is asked. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ApiFailure && error.status === 403;
}

/** Whether the thing that was asked for is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof ApiFailure && error.status === 404;
}
