import type { Insertable, Kysely } from 'kysely';
import type { Role } from '../../access/roles.ts';
import { comparableName, contains } from '../../db/search.ts';
import type { OrgMemberTable, Schema } from '../../db/schema.ts';

function members(db: Kysely<Schema>, orgId: number, query: string) {
  return db
    .selectFrom('org_member')
    .innerJoin('user', 'user.id', 'org_member.user_id')
    .where('org_member.org_id', '=', orgId)
    .$if(query !== '', (q) => q.where(contains('user.search_text', query)));
}

/** The members of an organization whose name, login or email has the text in it, by login. */
export function listMembers(
  db: Kysely<Schema>,
  orgId: number,
  query: string,
  { limit, offset }: { limit: number; offset: number },
) {
  return members(db, orgId, query)
    .select(['user.id', 'email', 'name', 'login', 'role', 'is_disabled', 'user.created_at', 'last_seen_at'])
    .orderBy('login')
    .limit(limit)
    .offset(offset)
    .execute();
}

export async function countMembers(db: Kysely<Schema>, orgId: number, query: string): Promise<number> {
  const { count } = await members(db, orgId, query)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** How many members each of these organizations has; one without any is left out. */
export async function countMembersOf(
  db: Kysely<Schema>,
  orgIds: readonly number[],
): Promise<Map<number, number>> {
  if (orgIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('org_member')
    .select(({ fn }) => ['org_id', fn.countAll<number>().as('count')])
    .where('org_id', 'in', orgIds)
    .groupBy('org_id')
    .execute();
  return new Map(rows.map(({ org_id, count }) => [org_id, count]));
}

export function getMember(
  db: Kysely<Schema>,
  orgId: number,
  userId: number,
): Promise<{ login: string; role: Role } | undefined> {
  return members(db, orgId, '').select(['login', 'role']).where('user_id', '=', userId).executeTakeFirst();
}

/** Whether the organization has an Admin besides this one. */
export async function hasOtherAdmin(db: Kysely<Schema>, orgId: number, userId: number): Promise<boolean> {
  const row = await db
    .selectFrom('org_member')
    .select('user_id')
    .where('org_id', '=', orgId)
    .where('role', '=', 'Admin')
    .where('user_id', '<>', userId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whoever has this login or, failing that, this email. */
export function getUserNamed(
  db: Kysely<Schema>,
  loginOrEmail: string,
): Promise<{ id: number; login: string } | undefined> {
  const text = comparableName(loginOrEmail);
  return db
    .selectFrom('user')
    .select(['id', 'login'])
    .where(({ or, eb }) => or([eb('login', '=', text), eb('email', '=', text)]))
    .orderBy(({ eb }) => eb.case().when('login', '=', text).then(0).else(1).end())
    .executeTakeFirst();
}

export async function insertMember(db: Kysely<Schema>, row: Insertable<OrgMemberTable>): Promise<void> {
  await db.insertInto('org_member').values(row).execute();
}

export async function updateRole(
  db: Kysely<Schema>,
  { orgId, userId }: { orgId: number; userId: number },
  role: Role,
  at: number,
): Promise<void> {
  await db
    .updateTable('org_member')
    .set({ role, updated_at: at })
    .where('org_id', '=', orgId)
    .where('user_id', '=', userId)
    .execute();
}

export async function deleteMember(db: Kysely<Schema>, orgId: number, userId: number): Promise<void> {
  await db.deleteFrom('org_member').where('org_id', '=', orgId).where('user_id', '=', userId).execute();
}
