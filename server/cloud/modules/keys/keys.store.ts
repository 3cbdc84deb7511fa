import type { Insertable, Kysely, Selectable } from 'kysely';
import type { CloudKeyTable, CloudSchema } from '../../db/schema.ts';

export type CloudKeyRow = Selectable<CloudKeyTable>;

export async function insertKey(db: Kysely<CloudSchema>, row: Insertable<CloudKeyTable>): Promise<number> {
  const { id } = await db.insertInto('cloud_key').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

export function listKeys(db: Kysely<CloudSchema>, orgId: number): Promise<CloudKeyRow[]> {
  return db.selectFrom('cloud_key').selectAll().where('org_id', '=', orgId).orderBy('name').execute();
}

export function getKey(
  db: Kysely<CloudSchema>,
  orgId: number,
  name: string,
): Promise<CloudKeyRow | undefined> {
  return db
    .selectFrom('cloud_key')
    .selectAll()
    .where('org_id', '=', orgId)
    .where('name', '=', name)
    .executeTakeFirst();
}

export function getKeyByHash(db: Kysely<CloudSchema>, hash: string) {
  return db
    .selectFrom('cloud_key')
    .innerJoin('org', 'org.id', 'cloud_key.org_id')
    .select([
      'cloud_key.id',
      'cloud_key.name',
      'cloud_key.role',
      'org.id as org_id',
      'org.slug',
      'org.name as org_name',
    ])
    .where('secret_hash', '=', hash)
    .executeTakeFirst();
}

export async function deleteKey(db: Kysely<CloudSchema>, id: number): Promise<void> {
  await db.deleteFrom('cloud_key').where('id', '=', id).execute();
}
