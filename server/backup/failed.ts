import { ApiError } from '../errors.ts';

/** A stack that something went wrong with, and what. */
export interface Failed {
  id: number;
  slug: string;
  reason: string;
}

/** What lies at the bottom of an error, in its own words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && !(error instanceof ApiError) ? reasonOf(error.cause) : error.message;
}
