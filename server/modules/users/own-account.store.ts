import type { Kysely } from 'kysely';
import type { Schema, Time } from '../../db/schema.ts';

/** When a service account was made and last changed. */
export function getAccountTimes(
  db: Kysely<Schema>,
  id: number,
): Promise<{ created_at: Time; updated_at: Time } | undefined> {
  return db
    .selectFrom('service_account')
    .select(['created_at', 'updated_at'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** What a key or token is called, and since when there is it. */
export function getCredential(
  db: Kysely<Schema>,
  id: number,
): Promise<{ name: string; created_at: Time } | undefined> {
  return db.selectFrom('credential').select(['name', 'created_at']).where('id', '=', id).executeTakeFirst();
}
