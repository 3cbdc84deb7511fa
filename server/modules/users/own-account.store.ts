import type { Kysely } from 'kysely';
import type { Schema, Time } from '../../db/schema.ts';

interface Times {
  created_at: Time;
  updated_at: Time;
}

/** When a service account was made and last changed. */
export function getAccountTimes(db: Kysely<Schema>, id: number): Promise<Times | undefined> {
  return db
    .selectFrom('service_account')
    .select(['created_at', 'updated_at'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** When a key was made; it does not change. */
export function getKeyTimes(db: Kysely<Schema>, id: number): Promise<Times | undefined> {
  return db
    .selectFrom('credential')
    .select(['created_at', 'created_at as updated_at'])
    .where('id', '=', id)
    .executeTakeFirst();
}
