import type { Insertable, Kysely } from 'kysely';
import type { ObjectPermissionTable, Schema } from '../../db/schema.ts';

const AT_ONCE = 500;

export async function insertPermissions(
  db: Kysely<Schema>,
  rows: readonly Insertable<ObjectPermissionTable>[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    await db
      .insertInto('object_permission')
      .values(rows.slice(start, start + AT_ONCE))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}
