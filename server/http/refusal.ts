import { ApiError, type Refusal } from '../errors.ts';

/** What a 401 was refused for; undefined for any other error. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof ApiError) || error.status !== 401) return undefined;
  return isRefusal(error.cause) ? error.cause : { reason: 'other' };
}

function isRefusal(cause: unknown): cause is Refusal {
  return typeof cause === 'object' && cause !== null && 'reason' in cause;
}
