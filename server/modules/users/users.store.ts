import type { Insertable, Kysely, Selectable } from 'kysely';
import type { Role } from '../../access/roles.ts';
import type { Schema, UserTable } from '../../db/schema.ts';

export type UserRow = Selectable<UserTable>;

export function getUser(db: Kysely<Schema>, id: number): Promise<UserRow | undefined> {
  return db.selectFrom('user').selectAll().where('id', '=', id).executeTakeFirst();
}

/** By login first, so that nobody's login can stand before another one's email. Both in lower case. */
export function getUserByLoginOrEmail(db: Kysely<Schema>, loginOrEmail: string): Promise<UserRow | undefined> {
  const text = loginOrEmail.toLowerCase();
  return db
    .selectFrom('user')
    .selectAll()
    .where(({ or, eb }) => or([eb('login', '=', text), eb('email', '=', text)]))
    .orderBy(({ eb }) => eb.case().when('login', '=', text).then(0).else(1).end())
    .executeTakeFirst();
}

export async function countUsers(db: Kysely<Schema>): Promise<number> {
  const { count } = await db
    .selectFrom('user')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export async function insertUser(db: Kysely<Schema>, row: Omit<Insertable<UserTable>, 'id'>): Promise<number> {
  const identity = { kind: 'user' } as const;
  const { id } = await db.insertInto('identity').values(identity).returning('id').executeTakeFirstOrThrow();
  await db.insertInto('user').values({ ...row, id }).execute();
  return id;
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

export async function insertMembership(
  db: Kysely<Schema>,
  row: { org_id: number; user_id: number; role: Role; created_at: number; updated_at: number },
): Promise<void> {
  await db.insertInto('org_member').values(row).execute();
}
