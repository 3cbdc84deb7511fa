import type { Kysely } from 'kysely';
import type { Schema } from '../../db/schema.ts';

// There is one row.
const ID = 1;

export async function getCheck(db: Kysely<Schema>): Promise<string | undefined> {
  const row = await db
    .selectFrom('secret_key_check')
    .select('sealed')
    .where('id', '=', ID)
    .executeTakeFirst();
  return row?.sealed;
}

/** Keeps the check where there is none yet. */
export async function insertCheck(db: Kysely<Schema>, sealed: string): Promise<void> {
  await db
    .insertInto('secret_key_check')
    .values({ id: ID, sealed })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function replaceCheck(db: Kysely<Schema>, sealed: string): Promise<void> {
  await db.updateTable('secret_key_check').set({ sealed }).where('id', '=', ID).execute();
}

export async function deleteCheck(db: Kysely<Schema>): Promise<void> {
  await db.deleteFrom('secret_key_check').where('id', '=', ID).execute();
}
