import type { Kysely } from 'kysely';
import type { Schema } from '../../db/schema.ts';

/** Asks the database for something that it has to read. */
export async function readAnything(db: Kysely<Schema>): Promise<void> {
  await db.selectFrom('org').select('id').limit(1).execute();
}

/**
 * Within a transaction: has its commit write to the disk, and changes nothing. SQLite would write nothing for a row that is set to
 * what it is.
 */
export async function writeNothing(db: Kysely<Schema>): Promise<void> {
  for (const by of [1, -1]) {
    await db
      .updateTable('org')
      .set((row) => ({ updated_at: row('updated_at', '+', by) }))
      .where('id', '=', 1)
      .execute();
  }
}
