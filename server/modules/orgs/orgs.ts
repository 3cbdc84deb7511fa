import { MAIN_ORG_ID } from '../../access/basic-roles.ts';
import type { Context } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { notFound } from '../../errors.ts';
import { getOrg, insertOrg, type OrgRow } from './orgs.store.ts';

const CACHE = 'org:';
const MAIN_ORG_NAME = 'Main Org.';

/** An organization by id, remembered until it changes; undefined when there is none. */
export function findOrg(context: Context, id: number): OrgRow | undefined | Promise<OrgRow | undefined> {
  const key = CACHE + id;
  return context.memory.recall<OrgRow>(key) ?? context.memory.remember(key, () => getOrg(context.db, id));
}

/** An organization by id. Throws 404. */
export async function requireOrg(context: Context, id: number): Promise<OrgRow> {
  const org = await getOrg(context.db, id);
  if (org === undefined) throw notFound('Organization not found', 'orgs.not-found');
  return org;
}

/** Sees to it that there is the main organization, number 1. */
export async function ensureMainOrg(context: Context): Promise<void> {
  await inTransaction(context, async (context) => {
    if ((await getOrg(context.db, MAIN_ORG_ID)) !== undefined) return;
    const now = context.now();
    const id = await insertOrg(context.db, { name: MAIN_ORG_NAME, created_at: now, updated_at: now });
    if (id !== MAIN_ORG_ID) context.log.warn(`the main organization was deleted; a new one has the id ${id}`);
  });
}
