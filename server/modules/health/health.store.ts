import type { Kysely } from 'kysely';
import type { Schema } from '../../db/schema.ts';

/** Asks the database for something that it has to read. */
export async function readAnything(db: Kysely<Schema>): Promise<void> {
  await db.selectFrom('org').select('id').limit(1).execute();
}

/** Writes to the disk and changes nothing, to see whether it can be done. */
export async function writeNothing(db: Kysely<Schema>): Promise<void> {
  await db
    .updateTable('org')
    .set((row) => ({ updated_at: row.ref('updated_at') }))
    .where('id', '=', 1)
    .execute();
}
