import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely';
import { contains } from '../../db/search.ts';
import { inParts } from '../../db/parts.ts';
import type { OrgTable, Schema } from '../../db/schema.ts';

export type OrgRow = Selectable<OrgTable>;

/** What an organization held that others remember, by the ids and hashes they know it under. */
export interface OrgContents {
  userIds: number[];
  serviceAccountIds: number[];
  credentialHashes: string[];
}

interface OrgFilter {
  query?: string | undefined;
  name?: string | undefined;
}

function orgs(db: Kysely<Schema>, { query = '', name = '' }: OrgFilter) {
  return db
    .selectFrom('org')
    .$if(query !== '', (q) => q.where(contains('org.search_text', query)))
    .$if(name !== '', (q) => q.where('name', '=', name));
}

/** Organizations with the text in their name, or of exactly this name, by name. */
export function listOrgs(
  db: Kysely<Schema>,
  filter: OrgFilter,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ id: number; name: string }[]> {
  return orgs(db, filter).select(['id', 'name']).orderBy('name').limit(limit).offset(offset).execute();
}

export async function countOrgs(db: Kysely<Schema>, filter: OrgFilter): Promise<number> {
  const { count } = await orgs(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export function getOrg(db: Kysely<Schema>, id: number): Promise<OrgRow | undefined> {
  return db.selectFrom('org').selectAll().where('id', '=', id).executeTakeFirst();
}

export function getOrgByName(db: Kysely<Schema>, name: string): Promise<OrgRow | undefined> {
  return db.selectFrom('org').selectAll().where('name', '=', name).executeTakeFirst();
}

export async function insertOrg(
  db: Kysely<Schema>,
  row: Pick<Insertable<OrgTable>, 'name' | 'search_text' | 'created_at' | 'updated_at'>,
): Promise<number> {
  const empty = { address1: '', address2: '', city: '', zip_code: '', state: '', country: '' };
  const { id } = await db
    .insertInto('org')
    .values({ ...empty, ...row })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Of one that nothing refers to yet. */
export async function updateOrgId(db: Kysely<Schema>, from: number, to: number): Promise<void> {
  await db.updateTable('org').set({ id: to }).where('id', '=', from).execute();
}

export async function updateOrg(
  db: Kysely<Schema>,
  id: number,
  changes: Updateable<OrgTable>,
): Promise<void> {
  await db.updateTable('org').set(changes).where('id', '=', id).execute();
}

/** Deletes an organization with all that is in it, and returns who and what could act in it. */
export async function deleteOrgRow(db: Kysely<Schema>, id: number): Promise<OrgContents> {
  // What the organization's accounts were permitted in others goes with them.
  await sql`delete from object_permission
    where subject in (select 'user:' || service_account.id from service_account where org_id = ${id})`.execute(
    db,
  );
  const credentials = await db
    .selectFrom('credential')
    .select('secret_hash')
    .where('org_id', '=', id)
    .execute();
  // The rest of what is in it is not as much, and goes with its row.
  for (const table of ['credential', 'annotation', 'dashboard', 'object_permission'] as const) {
    const rows = await db.selectFrom(table).select('id').where('org_id', '=', id).execute();
    const ids = rows.map((row) => row.id);
    await inParts(ids, (some) => db.deleteFrom(table).where('id', 'in', some).execute());
  }
  const guests = await db
    .deleteFrom('service_account_org')
    .where('org_id', '=', id)
    .returning('service_account_id as id')
    .execute();
  const accounts = await db.deleteFrom('service_account').where('org_id', '=', id).returning('id').execute();
  const members = await db.deleteFrom('org_member').where('org_id', '=', id).returning('user_id').execute();
  await db.deleteFrom('org').where('id', '=', id).execute();
  return {
    userIds: members.map((row) => row.user_id),
    serviceAccountIds: [...guests, ...accounts].map((row) => row.id),
    credentialHashes: credentials.map((row) => row.secret_hash),
  };
}
