import type { Context } from './context.ts';
import { ensureMainOrg } from './modules/orgs/orgs.ts';
import { ensureFirstAdmin } from './modules/users/users.ts';

/** Gives a new server its main organization and its first administrator. Says whether it made the latter. */
export async function prepareFirstRun(context: Context): Promise<boolean> {
  await ensureMainOrg(context);
  return ensureFirstAdmin(context);
}
