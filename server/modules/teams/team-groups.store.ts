import type { Kysely } from 'kysely';
import type { Schema } from '../../db/schema.ts';

export async function listGroupIds(db: Kysely<Schema>, teamId: number): Promise<string[]> {
  const rows = await db
    .selectFrom('team_group')
    .select('group_id')
    .where('team_id', '=', teamId)
    .orderBy('group_id')
    .execute();
  return rows.map((row) => row.group_id);
}

export async function insertGroup(
  db: Kysely<Schema>,
  row: { team_id: number; group_id: string; created_at: number },
): Promise<void> {
  await db.insertInto('team_group').values(row).execute();
}

export async function deleteGroup(db: Kysely<Schema>, teamId: number, groupId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('team_group')
    .where('team_id', '=', teamId)
    .where('group_id', '=', groupId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
