import type { Insertable, Kysely } from 'kysely';
import type { DataSourceTable, Schema, Time } from '../../db/schema.ts';

/** The data sources of organizations that have any of these names or uids, or are the default one. */
export function listDataSourcesLike(
  db: Kysely<Schema>,
  orgIds: readonly number[],
  { names, uids }: { names: readonly string[]; uids: readonly string[] },
): Promise<{ org_id: number; name: string; uid: string; is_default: 0 | 1 }[]> {
  if (orgIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('data_source')
    .select(['org_id', 'name', 'uid', 'is_default'])
    .where('org_id', 'in', orgIds)
    .where(({ or, eb }) =>
      or([eb('name', 'in', [...names, '']), eb('uid', 'in', [...uids, '']), eb('is_default', '=', 1)]),
    )
    .execute();
}

export async function insertDataSources(
  db: Kysely<Schema>,
  rows: readonly Insertable<DataSourceTable>[],
): Promise<void> {
  if (rows.length > 0) await db.insertInto('data_source').values(rows).execute();
}

/** What data sources have for secrets, and whose they are. */
export async function listStoredSecrets(
  db: Kysely<Schema>,
  ids: readonly number[],
): Promise<Map<number, { id: number; org_id: number; uid: string; secure_json_data: string }>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('data_source')
    .select(['id', 'org_id', 'uid', 'secure_json_data'])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

export async function updateStoredSecrets(
  db: Kysely<Schema>,
  id: number,
  stored: string,
  at: Time,
): Promise<void> {
  const changes = { secure_json_data: stored, updated_at: at };
  await db.updateTable('data_source').set(changes).where('id', '=', id).execute();
}
