import type { Context } from '../../context.ts';
import { unwrittenUsesOfAccounts } from '../credentials/credentials.ts';
import {
  getLastUse,
  listServiceAccounts,
  type ServiceAccountFilter,
  type UsedServiceAccount,
} from './service-accounts.store.ts';

/** A page of accounts by name, each with the last use of any of its tokens up to this moment. */
export async function listUsedAccounts(
  context: Context,
  filter: ServiceAccountFilter,
  page: { limit: number; offset: number },
): Promise<UsedServiceAccount[]> {
  // Before the rows: what is written in between is in them.
  const unwritten = await unwrittenUsesOfAccounts(context);
  const rows = await listServiceAccounts(context.db, filter, page);
  return rows.map((row) => ({ ...row, last_used_at: unwritten.get(row.id) ?? row.last_used_at }));
}

/** The last use of any of an account's tokens up to this moment. */
export async function lastUseOfAccount(context: Context, id: number): Promise<number | null> {
  const unwritten = await unwrittenUsesOfAccounts(context);
  return unwritten.get(id) ?? (await getLastUse(context.db, id));
}
