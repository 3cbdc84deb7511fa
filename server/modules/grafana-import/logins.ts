import { nameKey, type Wanted } from './names.ts';
import { listTakenNames } from './people.store.ts';
import type { Run } from './run.ts';

/** Logins and emails are of one space: nobody's login may be somebody else's email. */
export const LOGINS = 'logins';

/** Which logins and emails are taken, for freeNames. */
export async function takenLogins(
  { context }: Run,
  candidates: readonly Wanted[],
): Promise<ReadonlySet<string>> {
  const taken = await listTakenNames(
    context.db,
    candidates.map(({ name }) => name),
  );
  return new Set(taken.map((name) => nameKey({ within: LOGINS, name })));
}
