import type { Insertable, Kysely, Updateable } from 'kysely';
import type { IdentityTable, Schema, ServiceAccountTable, UserTable } from '../../db/schema.ts';

/** Those among some names that are the login or email of a user, or the login of a service account. */
export async function listTakenNames(db: Kysely<Schema>, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const rows = await db
    .selectFrom('user')
    .select('login as name')
    .where('login', 'in', names)
    .unionAll(db.selectFrom('user').select('email as name').where('email', 'in', names))
    .unionAll(db.selectFrom('service_account').select('login as name').where('login', 'in', names))
    .execute();
  return rows.map(({ name }) => name);
}

/** The users with any of these logins. */
export function listUsersNamed(
  db: Kysely<Schema>,
  logins: readonly string[],
): Promise<{ id: number; login: string; email: string }[]> {
  if (logins.length === 0) return Promise.resolve([]);
  return db.selectFrom('user').select(['id', 'login', 'email']).where('login', 'in', logins).execute();
}

/** The service accounts of organizations with any of these names. */
export function listAccountsNamed(
  db: Kysely<Schema>,
  orgIds: readonly number[],
  names: readonly string[],
): Promise<{ org_id: number; name: string }[]> {
  if (names.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('service_account')
    .select(['org_id', 'name'])
    .where('org_id', 'in', orgIds)
    .where('name', 'in', names)
    .execute();
}

export async function insertIdentities(
  db: Kysely<Schema>,
  rows: readonly Insertable<IdentityTable>[],
): Promise<void> {
  if (rows.length > 0) await db.insertInto('identity').values(rows).execute();
}

export async function insertUsers(db: Kysely<Schema>, rows: readonly Insertable<UserTable>[]): Promise<void> {
  if (rows.length > 0) await db.insertInto('user').values(rows).execute();
}

export async function insertAccounts(
  db: Kysely<Schema>,
  rows: readonly Insertable<ServiceAccountTable>[],
): Promise<void> {
  if (rows.length > 0) await db.insertInto('service_account').values(rows).execute();
}

export async function replaceUser(
  db: Kysely<Schema>,
  id: number,
  changes: Updateable<UserTable>,
): Promise<void> {
  await db.updateTable('user').set(changes).where('id', '=', id).execute();
}

export async function hasUser(db: Kysely<Schema>, id: number): Promise<boolean> {
  return (await db.selectFrom('user').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
}
