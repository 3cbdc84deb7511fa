import { type Insertable, type Kysely, type Selectable, sql } from 'kysely';
import { compiledOnce } from '../../db/compiled-once.ts';
import { gathered } from '../../db/gathered.ts';
import type { CredentialTable, Schema } from '../../db/schema.ts';

export type CredentialRow = Selectable<CredentialTable>;

const FOR_AUTHENTICATION = [
  'id',
  'org_id',
  'service_account_id',
  'name',
  'role',
  'is_server_admin',
  'is_revoked',
  'expires_at',
] as const;

export type ProvenRow = Pick<CredentialRow, (typeof FOR_AUTHENTICATION)[number]>;

const listByHash = compiledOnce((db, hash: string) =>
  db.selectFrom('credential').select(FOR_AUTHENTICATION).where('secret_hash', '=', hash),
);

export async function getCredentialByHash(db: Kysely<Schema>, hash: string): Promise<ProvenRow | undefined> {
  const [row] = await listByHash(db, hash);
  return row;
}

const listByHashes = compiledOnce((db, hashes: readonly string[]) =>
  db
    .selectFrom('credential')
    .select(['secret_hash', ...FOR_AUTHENTICATION])
    .where(sql<boolean>`secret_hash = any(${hashes})`),
);

/** The same, together with all that are asked for in the same turn of the event loop; PostgreSQL alone. */
export const getCredentialByHashTogether = gathered(async (db: Kysely<Schema>, hashes) => {
  const rows = await listByHashes(db, hashes);
  return new Map(rows.map((row) => [row.secret_hash, row]));
});

export function getCredential(db: Kysely<Schema>, id: number): Promise<CredentialRow | undefined> {
  return db.selectFrom('credential').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Puts another hash of the same secret in the place of one, and returns whose it is. */
export function updateHash(db: Kysely<Schema>, from: string, to: string): Promise<ProvenRow | undefined> {
  return db
    .updateTable('credential')
    .set({ secret_hash: to })
    .where('secret_hash', '=', from)
    .returning(FOR_AUTHENTICATION)
    .executeTakeFirst();
}

/** Of these, the tokens, with the accounts whose they are. */
export async function listHolders(
  db: Kysely<Schema>,
  ids: readonly number[],
): Promise<{ id: number; accountId: number }[]> {
  const rows = await db
    .selectFrom('credential')
    .select(['id', 'service_account_id'])
    .where('id', 'in', ids)
    .where('service_account_id', 'is not', null)
    .execute();
  return rows.map(({ id, service_account_id }) => ({ id, accountId: service_account_id ?? 0 }));
}

/** Whether any hash begins with this. */
export async function hasHashBeginning(db: Kysely<Schema>, prefix: string): Promise<boolean> {
  const next = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
  const row = await db
    .selectFrom('credential')
    .select('id')
    .where('secret_hash', '>=', prefix)
    .where('secret_hash', '<', next)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Those of some hashes that a key or token has. */
export async function listHashesAmong(db: Kysely<Schema>, hashes: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('credential')
    .select('secret_hash')
    .where('secret_hash', 'in', hashes)
    .execute();
  return rows.map(({ secret_hash }) => secret_hash);
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

/** Marks a key or token of whatever organization as revoked, and returns it; undefined where it was so before, or is not there. */
export function updateRevokedAnywhere(db: Kysely<Schema>, id: number): Promise<CredentialRow | undefined> {
  return db
    .updateTable('credential')
    .set({ is_revoked: 1 })
    .where('id', '=', id)
    .where('is_revoked', '=', 0)
    .returningAll()
    .executeTakeFirst();
}
