import type { Insertable, Kysely, Selectable } from 'kysely';
import type { CloudSchema, PluginTable } from '../../db/schema.ts';

export type PluginRow = Selectable<PluginTable>;

export function listPlugins(db: Kysely<CloudSchema>, stackId: number): Promise<PluginRow[]> {
  return db.selectFrom('plugin').selectAll().where('stack_id', '=', stackId).orderBy('slug').execute();
}

export function getPlugin(
  db: Kysely<CloudSchema>,
  stackId: number,
  slug: string,
): Promise<PluginRow | undefined> {
  return db
    .selectFrom('plugin')
    .selectAll()
    .where('stack_id', '=', stackId)
    .where('slug', '=', slug)
    .executeTakeFirst();
}

export function insertPlugin(db: Kysely<CloudSchema>, row: Insertable<PluginTable>): Promise<PluginRow> {
  return db.insertInto('plugin').values(row).returningAll().executeTakeFirstOrThrow();
}

export function updateVersion(db: Kysely<CloudSchema>, id: number, version: string): Promise<PluginRow> {
  return db
    .updateTable('plugin')
    .set({ version })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deletePlugin(db: Kysely<CloudSchema>, id: number): Promise<void> {
  await db.deleteFrom('plugin').where('id', '=', id).execute();
}
