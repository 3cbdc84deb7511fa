import type { Insertable, Kysely } from 'kysely';
import type { CredentialTable, Schema } from '../../db/schema.ts';

/** The keys and tokens of organizations with any of these names. */
export function listCredentialsNamed(
  db: Kysely<Schema>,
  orgIds: readonly number[],
  names: readonly string[],
): Promise<{ org_id: number; name: string }[]> {
  if (names.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('credential')
    .select(['org_id', 'name'])
    .where('org_id', 'in', orgIds)
    .where('name', 'in', names)
    .execute();
}

/** Those among some hashes that a key or token has. */
export async function listTakenHashes(db: Kysely<Schema>, hashes: readonly string[]): Promise<Set<string>> {
  if (hashes.length === 0) return new Set();
  const rows = await db
    .selectFrom('credential')
    .select('secret_hash')
    .where('secret_hash', 'in', hashes)
    .execute();
  return new Set(rows.map((row) => row.secret_hash));
}

export async function insertCredentials(
  db: Kysely<Schema>,
  rows: readonly Insertable<CredentialTable>[],
): Promise<void> {
  if (rows.length > 0) await db.insertInto('credential').values(rows).execute();
}
