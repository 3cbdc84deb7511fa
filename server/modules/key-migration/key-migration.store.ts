import type { Kysely } from 'kysely';
import type { Role } from '../../access/roles.ts';
import type { Flag, Schema, Time } from '../../db/schema.ts';

/** An organization's API keys, and the tokens that were keys, by id and from after one on. */
export function listKeysAndTheirTokens(db: Kysely<Schema>, orgId: number, afterId: number, limit: number) {
  return keysOrTokens(db, orgId)
    .where(({ or, eb }) =>
      or([eb('service_account_id', 'is', null), eb('credential.migrated_at', 'is not', null)]),
    )
    .where('credential.id', '>', afterId)
    .orderBy('credential.id')
    .limit(limit)
    .execute();
}

/** How many of an organization's keys may still move, which those that are revoked do not, and how many have moved. */
export async function countKeys(
  db: Kysely<Schema>,
  orgId: number,
): Promise<{ remaining: number; moved: number }> {
  const counted = db
    .selectFrom('credential')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('org_id', '=', orgId);
  const keys = await counted
    .where('service_account_id', 'is', null)
    .where('is_revoked', '=', 0)
    .executeTakeFirstOrThrow();
  const moved = await counted.where('migrated_at', 'is not', null).executeTakeFirstOrThrow();
  return { remaining: keys.count, moved: moved.count };
}

/** Some of the organization's keys that have not moved, are not revoked and are valid at a time. */
export function listKeysThatStayed(db: Kysely<Schema>, orgId: number, validAt: Time, limit: number) {
  return keysOrTokens(db, orgId)
    .where('service_account_id', 'is', null)
    .where('credential.is_revoked', '=', 0)
    .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', validAt)]))
    .orderBy('credential.id')
    .limit(limit)
    .execute();
}

/** A key, or the token that it has become. */
export function getKeyOrToken(db: Kysely<Schema>, orgId: number, id: number) {
  return keysOrTokens(db, orgId).where('credential.id', '=', id).executeTakeFirst();
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

function keysOrTokens(db: Kysely<Schema>, orgId: number) {
  return db
    .selectFrom('credential')
    .leftJoin('service_account', 'service_account.id', 'credential.service_account_id')
    .select(['credential.id', 'credential.name', 'credential.role', 'credential.is_server_admin'])
    .select(['secret_hash', 'expires_at', 'is_revoked', 'service_account_id', 'migrated_at'])
    .select('service_account.name as account_name')
    .where('credential.org_id', '=', orgId);
}
