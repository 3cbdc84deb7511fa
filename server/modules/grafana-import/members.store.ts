import type { Insertable, Kysely } from 'kysely';
import type { OrgMemberTable, Schema, TeamMemberTable, TeamTable } from '../../db/schema.ts';

/** Who among these is in which of the organizations, as `org:user`. */
export async function listMembers(
  db: Kysely<Schema>,
  orgIds: readonly number[],
  userIds: readonly number[],
): Promise<Set<string>> {
  if (orgIds.length === 0 || userIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('org_member')
    .select(['org_id', 'user_id'])
    .where('org_id', 'in', orgIds)
    .where('user_id', 'in', userIds)
    .execute();
  return new Set(rows.map(({ org_id, user_id }) => memberKey(org_id, user_id)));
}

export function memberKey(orgId: number, userId: number): string {
  return `${orgId}:${userId}`;
}

export async function insertMembers(
  db: Kysely<Schema>,
  rows: readonly Insertable<OrgMemberTable>[],
): Promise<void> {
  if (rows.length > 0) await db.insertInto('org_member').values(rows).execute();
}

/** The names and uids of teams that any of these are. */
export async function listTeamsNamed(
  db: Kysely<Schema>,
  orgIds: readonly number[],
  { names, uids }: { names: readonly string[]; uids: readonly string[] },
): Promise<{ org_id: number; name: string; uid: string }[]> {
  if (orgIds.length === 0) return [];
  return db
    .selectFrom('team')
    .select(['org_id', 'name', 'uid'])
    .where('org_id', 'in', orgIds)
    .where(({ or, eb }) => or([eb('name', 'in', [...names, '']), eb('uid', 'in', [...uids, ''])]))
    .execute();
}

export async function insertTeams(db: Kysely<Schema>, rows: readonly Insertable<TeamTable>[]): Promise<void> {
  if (rows.length > 0) await db.insertInto('team').values(rows).execute();
}

/** The organization of each of some teams. */
export async function listTeamOrgs(db: Kysely<Schema>, ids: readonly number[]): Promise<Map<number, number>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('team').select(['id', 'org_id']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, org_id }) => [id, org_id]));
}

export async function insertTeamMembers(
  db: Kysely<Schema>,
  rows: readonly Insertable<TeamMemberTable>[],
): Promise<void> {
  if (rows.length === 0) return;
  await db
    .insertInto('team_member')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
