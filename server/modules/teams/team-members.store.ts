import type { Kysely } from 'kysely';
import type { TeamPermission } from '../../access/identity.ts';
import type { Schema } from '../../db/schema.ts';

export interface TeamMember {
  id: number;
  login: string;
  email: string;
  name: string;
  permission: TeamPermission;
}

/** Who is in a team, by login. */
export function listTeamMembers(db: Kysely<Schema>, teamId: number): Promise<TeamMember[]> {
  return db
    .selectFrom('team_member')
    .innerJoin('user', 'user.id', 'team_member.user_id')
    .select(['user.id', 'login', 'email', 'name', 'permission'])
    .where('team_id', '=', teamId)
    .orderBy('login')
    .execute();
}

export async function getTeamPermission(
  db: Kysely<Schema>,
  teamId: number,
  userId: number,
): Promise<TeamPermission | undefined> {
  const row = await db
    .selectFrom('team_member')
    .select('permission')
    .where('team_id', '=', teamId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row?.permission;
}

/** The login of a member of the organization. */
export async function getLoginInOrg(
  db: Kysely<Schema>,
  orgId: number,
  userId: number,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('org_member')
    .innerJoin('user', 'user.id', 'org_member.user_id')
    .select('login')
    .where('org_member.org_id', '=', orgId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row?.login;
}

/** The members of the organization with one of these emails, which are in lower case. */
export async function listIdsByEmail(
  db: Kysely<Schema>,
  orgId: number,
  emails: readonly string[],
): Promise<{ id: number; email: string }[]> {
  if (emails.length === 0) return [];
  return db
    .selectFrom('org_member')
    .innerJoin('user', 'user.id', 'org_member.user_id')
    .select(['user.id', 'email'])
    .where('org_member.org_id', '=', orgId)
    .where('email', 'in', emails)
    .execute();
}

export async function upsertTeamMember(
  db: Kysely<Schema>,
  row: { team_id: number; org_id: number; user_id: number; permission: TeamPermission },
  at: number,
): Promise<void> {
  await db
    .insertInto('team_member')
    .values({ ...row, created_at: at, updated_at: at })
    .onConflict((conflict) =>
      conflict.columns(['team_id', 'user_id']).doUpdateSet({ permission: row.permission, updated_at: at }),
    )
    .execute();
}

export async function deleteTeamMember(db: Kysely<Schema>, teamId: number, userId: number): Promise<void> {
  await db.deleteFrom('team_member').where('team_id', '=', teamId).where('user_id', '=', userId).execute();
}
