import type { Kysely } from 'kysely';
import type { Role } from '../../access/roles.ts';
import type { Flag, Schema, Time } from '../../db/schema.ts';

const COLUMNS = [
  'id',
  'name',
  'role',
  'is_server_admin',
  'secret_hash',
  'expires_at',
  'service_account_id',
  'migrated_at',
] as const;

/** An organization's API keys by id, from after one on. */
export function listKeys(db: Kysely<Schema>, orgId: number, afterId: number, limit: number) {
  return db
    .selectFrom('credential')
    .select(COLUMNS)
    .where('org_id', '=', orgId)
    .where('service_account_id', 'is', null)
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** A key, or the token that it has become. */
export function getKeyOrToken(db: Kysely<Schema>, orgId: number, id: number) {
  return db
    .selectFrom('credential')
    .select(COLUMNS)
    .where('org_id', '=', orgId)
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function updateToToken(
  db: Kysely<Schema>,
  id: number,
  token: { service_account_id: number; migrated_at: Time },
): Promise<void> {
  const changes = { ...token, role: null, is_server_admin: 0 } as const;
  await db.updateTable('credential').set(changes).where('id', '=', id).execute();
}

export async function updateToKey(
  db: Kysely<Schema>,
  id: number,
  key: { role: Role; is_server_admin: Flag },
): Promise<void> {
  const changes = { ...key, service_account_id: null, migrated_at: null };
  await db.updateTable('credential').set(changes).where('id', '=', id).execute();
}
