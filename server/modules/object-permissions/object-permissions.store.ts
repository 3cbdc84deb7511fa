import type { Insertable, Kysely } from 'kysely';
import type { ObjectPermissionTable, Schema } from '../../db/schema.ts';

export async function upsertPermission(
  db: Kysely<Schema>,
  row: Insertable<ObjectPermissionTable>,
): Promise<void> {
  await db
    .insertInto('object_permission')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['org_id', 'kind', 'object_id', 'subject'])
        .doUpdateSet({ level: row.level, updated_at: row.updated_at }),
    )
    .execute();
}

export async function deletePermissionsOn(
  db: Kysely<Schema>,
  orgId: number,
  kind: string,
  objectIds: readonly string[],
): Promise<void> {
  if (objectIds.length === 0) return;
  await db
    .deleteFrom('object_permission')
    .where('org_id', '=', orgId)
    .where('kind', '=', kind)
    .where('object_id', 'in', objectIds)
    .execute();
}

export async function deletePermissionsOf(
  db: Kysely<Schema>,
  subject: string,
  orgId?: number,
): Promise<void> {
  await db
    .deleteFrom('object_permission')
    .where('subject', '=', subject)
    .$if(orgId !== undefined, (query) => query.where('org_id', '=', orgId as number))
    .execute();
}
