import { type Insertable, type Kysely, type Selectable } from 'kysely';
import type { CredentialTable, Schema } from '../../db/schema.ts';

export type CredentialRow = Selectable<CredentialTable>;

export function getCredentialByHash(db: Kysely<Schema>, hash: string) {
  return db
    .selectFrom('credential')
    .select([
      'id',
      'org_id',
      'service_account_id',
      'name',
      'role',
      'is_server_admin',
      'is_revoked',
      'expires_at',
    ])
    .where('secret_hash', '=', hash)
    .executeTakeFirst();
}

export async function insertCredential(
  db: Kysely<Schema>,
  row: Omit<Insertable<CredentialTable>, 'id'>,
): Promise<number> {
  const { id } = await db.insertInto('credential').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

/** Deletes a key (serviceAccountId null) or a token of an account, and returns what it was. */
export function deleteCredential(
  db: Kysely<Schema>,
  orgId: number,
  serviceAccountId: number | null,
  id: number,
): Promise<CredentialRow | undefined> {
  return db
    .deleteFrom('credential')
    .where('org_id', '=', orgId)
    .where('id', '=', id)
    .where('service_account_id', serviceAccountId === null ? 'is' : '=', serviceAccountId)
    .returningAll()
    .executeTakeFirst();
}

/** Marks a key or token as revoked, and returns it. */
export function updateRevoked(
  db: Kysely<Schema>,
  orgId: number,
  serviceAccountId: number | null,
  id: number,
): Promise<CredentialRow | undefined> {
  return db
    .updateTable('credential')
    .set({ is_revoked: 1 })
    .where('org_id', '=', orgId)
    .where('id', '=', id)
    .where('service_account_id', serviceAccountId === null ? 'is' : '=', serviceAccountId)
    .returningAll()
    .executeTakeFirst();
}
