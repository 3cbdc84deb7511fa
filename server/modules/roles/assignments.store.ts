import { type Insertable, type Kysely, sql } from 'kysely';
import type { RoleAssignmentTable, Schema } from '../../db/schema.ts';

/** Who has a role: a member of the organization, a service account, or a team. */
export type Holder = { user_id: number } | { service_account_id: number } | { team_id: number };

/** A role as an assignment names it: one of the table, or a fixed one. */
export type WhichRole = { role_id: number } | { fixed_role: string };

/** What is granted to somebody in an organization: by a fixed role, or one permission of another role. */
export interface GrantedRow {
  org_id: number;
  role_id: number | null;
  fixed_role: string;
  /** The team that has the role, where they have it by being in one. */
  team_id: number | null;
  action: string | null;
  scope: string | null;
}

/** What all roles of somebody give, a member's by their teams too; in one organization, or in each. */
export function listGranted(db: Kysely<Schema>, holder: Holder, orgId?: number): Promise<GrantedRow[]> {
  return db
    .selectFrom('role_assignment')
    .leftJoin('role_permission', 'role_permission.role_id', 'role_assignment.role_id')
    .select(['org_id', 'role_assignment.role_id', 'fixed_role', 'team_id', 'action', 'scope'])
    .where(({ eb, selectFrom }) => {
      const [column, id] = columnOf(holder);
      if (column !== 'user_id') return eb(column, '=', id);
      // One of the two or the other would have PostgreSQL look at every assignment there is.
      const own = selectFrom('role_assignment').select('id').where('user_id', '=', id);
      const byTeam = selectFrom('team_member')
        .innerJoin('role_assignment', 'role_assignment.team_id', 'team_member.team_id')
        .select('role_assignment.id')
        .where('team_member.user_id', '=', id);
      return eb('role_assignment.id', 'in', own.unionAll(byTeam));
    })
    .$if(orgId !== undefined, (query) => query.where('org_id', '=', orgId as number))
    .execute();
}

/** The assignments of a role in one organization, or everywhere. */
export function listAssignments(db: Kysely<Schema>, role: WhichRole, orgId?: number) {
  return db
    .selectFrom('role_assignment')
    .select(['user_id', 'service_account_id', 'team_id'])
    .$if('role_id' in role, (query) => query.where('role_id', '=', (role as { role_id: number }).role_id))
    .$if('fixed_role' in role, (query) =>
      query.where('fixed_role', '=', (role as { fixed_role: string }).fixed_role),
    )
    .$if(orgId !== undefined, (query) => query.where('org_id', '=', orgId as number))
    .orderBy('id')
    .execute();
}

/** The roles that somebody has in an organization themselves. */
export function listRolesOf(
  db: Kysely<Schema>,
  orgId: number,
  holder: Holder,
): Promise<{ role_id: number | null; fixed_role: string }[]> {
  return db
    .selectFrom('role_assignment')
    .select(['role_id', 'fixed_role'])
    .where('org_id', '=', orgId)
    .where(...equals(holder))
    .orderBy('id')
    .execute();
}

export async function insertAssignment(
  db: Kysely<Schema>,
  row: { org_id: number; created_at: number } & WhichRole & Holder,
): Promise<void> {
  const none = { role_id: null, fixed_role: '', user_id: null, service_account_id: null, team_id: null };
  const values: Insertable<RoleAssignmentTable> = { ...none, ...row };
  await db.insertInto('role_assignment').values(values).execute();
}

export async function deleteAssignment(
  db: Kysely<Schema>,
  orgId: number,
  role: WhichRole,
  holder: Holder,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('role_assignment')
    .where('org_id', '=', orgId)
    .where(...equals(holder))
    .$if('role_id' in role, (query) => query.where('role_id', '=', (role as { role_id: number }).role_id))
    .$if('fixed_role' in role, (query) =>
      query.where('fixed_role', '=', (role as { fixed_role: string }).fixed_role),
    )
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Takes all roles in an organization away from somebody. */
export async function deleteAssignmentsOf(db: Kysely<Schema>, orgId: number, holder: Holder): Promise<void> {
  await db
    .deleteFrom('role_assignment')
    .where('org_id', '=', orgId)
    .where(...equals(holder))
    .execute();
}

/** Whether whoever has this id is a member of the organization, or a service account that may act there. */
export async function holderOf(db: Kysely<Schema>, orgId: number, id: number): Promise<Holder | undefined> {
  const row = await db
    .selectFrom('org_member')
    .select([sql<string>`'user'`.as('kind')])
    .where('org_id', '=', orgId)
    .where('user_id', '=', id)
    .unionAll(
      db
        .selectFrom('service_account')
        .select([sql<string>`'account'`.as('kind')])
        .where('org_id', '=', orgId)
        .where('id', '=', id),
    )
    .unionAll(
      db
        .selectFrom('service_account_org')
        .select([sql<string>`'account'`.as('kind')])
        .where('org_id', '=', orgId)
        .where('service_account_id', '=', id),
    )
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return row.kind === 'user' ? { user_id: id } : { service_account_id: id };
}

export async function isTeamOf(db: Kysely<Schema>, orgId: number, id: number): Promise<boolean> {
  const team = db.selectFrom('team').select('id').where('org_id', '=', orgId).where('id', '=', id);
  return (await team.executeTakeFirst()) !== undefined;
}

export async function listMemberIds(db: Kysely<Schema>, teamIds: readonly number[]): Promise<number[]> {
  if (teamIds.length === 0) return [];
  const rows = await db
    .selectFrom('team_member')
    .select('user_id')
    .distinct()
    .where('team_id', 'in', teamIds)
    .execute();
  return rows.map((row) => row.user_id);
}

type Column = 'user_id' | 'service_account_id' | 'team_id';

function columnOf(holder: Holder): [`role_assignment.${Column}`, number] | [Column, number] {
  return Object.entries(holder)[0] as [Column, number];
}

function equals(holder: Holder): [Column, '=', number] {
  const [column, id] = Object.entries(holder)[0] as [Column, number];
  return [column, '=', id];
}
