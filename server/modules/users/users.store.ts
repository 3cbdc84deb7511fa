import { type Insertable, type Kysely, type Selectable, sql, type SqlBool, type Updateable } from 'kysely';
import type { TeamPermission } from '../../access/identity.ts';
import type { Role } from '../../access/roles.ts';
import { comparableName, contains } from '../../db/search.ts';
import type { Schema, UserTable } from '../../db/schema.ts';

export type UserRow = Selectable<UserTable>;

// As the index has it: SQLite does not see that a parameter is the same.
const isServerAdmin = sql<SqlBool>`is_server_admin = 1`;

function filtered(db: Kysely<Schema>, query: string) {
  return db.selectFrom('user').$if(query !== '', (q) => q.where(contains('user.search_text', query)));
}

/** Users whose name, login or email has the text in it, by login. */
export function listUsers(
  db: Kysely<Schema>,
  query: string,
  { limit, offset }: { limit: number; offset: number },
): Promise<UserRow[]> {
  return filtered(db, query).selectAll().orderBy('login').limit(limit).offset(offset).execute();
}

export async function countUsers(db: Kysely<Schema>, query = ''): Promise<number> {
  const { count } = await filtered(db, query)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export function getUser(db: Kysely<Schema>, id: number): Promise<UserRow | undefined> {
  return db.selectFrom('user').selectAll().where('id', '=', id).executeTakeFirst();
}

/** By login first, so that nobody's login can stand before another one's email. */
export function getUserByLoginOrEmail(
  db: Kysely<Schema>,
  loginOrEmail: string,
): Promise<UserRow | undefined> {
  const text = comparableName(loginOrEmail);
  return db
    .selectFrom('user')
    .selectAll()
    .where(({ or, eb }) => or([eb('login', '=', text), eb('email', '=', text)]))
    .orderBy(({ eb }) => eb.case().when('login', '=', text).then(0).else(1).end())
    .executeTakeFirst();
}

/** Whether any of the names is the login or email of another user, or the login of a service account. */
export async function nameIsTaken(
  db: Kysely<Schema>,
  names: readonly string[],
  exceptId: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('user')
    .select('id')
    .where(({ or, eb }) => or([eb('login', 'in', names), eb('email', 'in', names)]))
    .where('id', '<>', exceptId)
    .unionAll(db.selectFrom('service_account').select('id').where('login', 'in', names))
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether anybody else administers the server and may sign in. */
export async function hasOtherServerAdmin(db: Kysely<Schema>, id: number): Promise<boolean> {
  const row = await db
    .selectFrom('user')
    .select('id')
    .where(isServerAdmin)
    .where('is_disabled', '=', 0)
    .where('id', '<>', id)
    .executeTakeFirst();
  return row !== undefined;
}

export async function insertUser(
  db: Kysely<Schema>,
  row: Omit<Insertable<UserTable>, 'id'>,
): Promise<number> {
  const identity = { kind: 'user' } as const;
  const { id } = await db.insertInto('identity').values(identity).returning('id').executeTakeFirstOrThrow();
  await db
    .insertInto('user')
    .values({ ...row, id })
    .execute();
  return id;
}

export async function updateUser(
  db: Kysely<Schema>,
  id: number,
  changes: Updateable<UserTable>,
): Promise<void> {
  await db.updateTable('user').set(changes).where('id', '=', id).execute();
}

/** Whether the password hash of anybody begins with this, which is part of the statement. */
export async function hasPasswordHashBeginning(db: Kysely<Schema>, prefix: string): Promise<boolean> {
  const row = await db
    .selectFrom('user')
    .select('id')
    .where(({ fn, eb }) =>
      eb(fn('substr', ['password_hash', sql.lit(1), sql.lit(prefix.length)]), '=', sql.lit(prefix)),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Puts another hash of the same password in the place of one, if that is still there. */
export async function replacePasswordHash(
  db: Kysely<Schema>,
  id: number,
  from: string,
  to: string,
): Promise<void> {
  await db
    .updateTable('user')
    .set({ password_hash: to })
    .where('id', '=', id)
    .where('password_hash', '=', from)
    .execute();
}

/** Deletes a user with their memberships, sessions and stars. */
export async function deleteUserRow(db: Kysely<Schema>, id: number): Promise<void> {
  await db.deleteFrom('user').where('id', '=', id).execute();
}

/** The enabled server administrators who have one of these logins, and the oldest one. */
export function listFirstAdmins(
  db: Kysely<Schema>,
  logins: readonly string[],
): Promise<Pick<UserRow, 'login' | 'password_hash'>[]> {
  const admins = db.selectFrom('user').where(isServerAdmin).where('is_disabled', '=', 0);
  return admins
    .select(['login', 'password_hash'])
    .where((is) =>
      is.or([
        is('login', 'in', logins),
        is(
          'id',
          '=',
          admins.select((of) => of.fn.min('id').as('id')),
        ),
      ]),
    )
    .orderBy('id')
    .execute();
}

export function listMemberships(
  db: Kysely<Schema>,
  userId: number,
): Promise<{ org_id: number; name: string; role: Role }[]> {
  return db
    .selectFrom('org_member')
    .innerJoin('org', 'org.id', 'org_member.org_id')
    .select(['org_id', 'name', 'role'])
    .where('user_id', '=', userId)
    .orderBy('name')
    .execute();
}

/** The teams that somebody is in, in whichever organization. */
export function listTeamParts(
  db: Kysely<Schema>,
  userId: number,
): Promise<{ org_id: number; id: number; permission: TeamPermission }[]> {
  return db
    .selectFrom('team_member')
    .select(['org_id', 'team_id as id', 'permission'])
    .where('user_id', '=', userId)
    .orderBy('team_id')
    .execute();
}
