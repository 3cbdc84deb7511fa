import { usageFailure } from '../../failure.ts';

/** The path of a stack, by id or slug. Throws a Failure for an empty name. */
export function pathOf(stack: string): string {
  if (stack === '') throw usageFailure('an empty name names nothing');
  return `/api/instances/${encodeURIComponent(stack)}`;
}
