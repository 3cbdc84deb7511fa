import type { Kysely } from 'kysely';
import type { Schema } from '../../db/schema.ts';

/** Asks the database for something that it has to read. */
export async function readAnything(db: Kysely<Schema>): Promise<void> {
  await db.selectFrom('org').select('id').limit(1).execute();
}
