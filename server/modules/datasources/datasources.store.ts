import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import type { DataSourceTable, Schema } from '../../db/schema.ts';

export type DataSourceRow = Selectable<DataSourceTable>;

/** A data source of an organization, by one of its three names. */
export type Which = { id: number } | { uid: string } | { name: string };

/** An organization's data sources by name, only those of some uids where they are named; all of them without a page. */
export function listDataSources(
  db: Kysely<Schema>,
  orgId: number,
  {
    uids,
    page,
  }: { uids?: readonly string[] | undefined; page?: { limit: number; offset: number } | undefined } = {},
): Promise<DataSourceRow[]> {
  return db
    .selectFrom('data_source')
    .selectAll()
    .where('org_id', '=', orgId)
    .$if(uids !== undefined, (query) => query.where('uid', 'in', [...(uids ?? []), '']))
    .orderBy('name')
    .$if(page !== undefined, (query) => query.limit(page?.limit ?? 0).offset(page?.offset ?? 0))
    .execute();
}

export function getDataSource(
  db: Kysely<Schema>,
  orgId: number,
  which: Which,
): Promise<DataSourceRow | undefined> {
  return db
    .selectFrom('data_source')
    .selectAll()
    .where(({ and }) => and({ ...which, org_id: orgId }))
    .executeTakeFirst();
}

export function insertDataSource(
  db: Kysely<Schema>,
  row: Omit<Insertable<DataSourceTable>, 'id'>,
): Promise<DataSourceRow> {
  return db.insertInto('data_source').values(row).returningAll().executeTakeFirstOrThrow();
}

export function updateDataSource(
  db: Kysely<Schema>,
  orgId: number,
  id: number,
  changes: Updateable<DataSourceTable>,
): Promise<DataSourceRow> {
  return db
    .updateTable('data_source')
    .set(changes)
    .where('org_id', '=', orgId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Leaves an organization without a default data source. */
export async function clearDefault(db: Kysely<Schema>, orgId: number): Promise<void> {
  await db
    .updateTable('data_source')
    .set({ is_default: 0 })
    .where('org_id', '=', orgId)
    .where('is_default', '=', 1)
    .execute();
}

export async function deleteDataSource(db: Kysely<Schema>, orgId: number, id: number): Promise<void> {
  await db.deleteFrom('data_source').where('org_id', '=', orgId).where('id', '=', id).execute();
}

/** Data sources of all organizations that have secrets, by id, from after one on. */
export function listWithSecrets(
  db: Kysely<Schema>,
  afterId: number,
  limit: number,
): Promise<DataSourceRow[]> {
  return db
    .selectFrom('data_source')
    .selectAll()
    .where('id', '>', afterId)
    .where('secure_json_data', '<>', '{}')
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Keeps secrets that were only sealed anew: nothing that a client could see has changed. */
export async function updateSecrets(db: Kysely<Schema>, id: number, secureJsonData: string): Promise<void> {
  await db
    .updateTable('data_source')
    .set({ secure_json_data: secureJsonData })
    .where('id', '=', id)
    .execute();
}
