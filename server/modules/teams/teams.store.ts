import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely';
import { contains } from '../../db/search.ts';
import type { Schema, TeamTable } from '../../db/schema.ts';

export type TeamRow = Selectable<TeamTable> & { members: number };

export interface TeamFilter {
  orgId: number;
  query?: string | undefined;
  name?: string | undefined;
  /** Only these; undefined is all. */
  ids?: readonly number[] | undefined;
}

const memberCount = sql<number>`(select count(*) from team_member where team_id = team.id)`;

function filtered(db: Kysely<Schema>, { orgId, query = '', name = '', ids }: TeamFilter) {
  return db
    .selectFrom('team')
    .where('team.org_id', '=', orgId)
    .$if(query !== '', (q) => q.where(contains('team.search_text', query)))
    .$if(name !== '', (q) => q.where('team.name', '=', name))
    .$if(ids !== undefined, (q) => q.where('team.id', 'in', [...(ids ?? []), 0]));
}

export function listTeams(
  db: Kysely<Schema>,
  filter: TeamFilter,
  { limit, offset }: { limit: number; offset: number },
): Promise<TeamRow[]> {
  return filtered(db, filter)
    .selectAll('team')
    .select(memberCount.as('members'))
    .orderBy('name')
    .limit(limit)
    .offset(offset)
    .execute();
}

export async function countTeams(db: Kysely<Schema>, filter: TeamFilter): Promise<number> {
  const { count } = await filtered(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** The teams of one organization that somebody is in, by name. */
export function listTeamsOf(db: Kysely<Schema>, orgId: number, userId: number): Promise<TeamRow[]> {
  return db
    .selectFrom('team')
    .innerJoin('team_member', 'team_member.team_id', 'team.id')
    .selectAll('team')
    .select(memberCount.as('members'))
    .where('team.org_id', '=', orgId)
    .where('user_id', '=', userId)
    .orderBy('team.name')
    .execute();
}

export function getTeam(
  db: Kysely<Schema>,
  orgId: number,
  which: { id: number } | { uid: string },
): Promise<TeamRow | undefined> {
  return db
    .selectFrom('team')
    .selectAll('team')
    .select(memberCount.as('members'))
    .where('org_id', '=', orgId)
    .$if('id' in which, (query) => query.where('id', '=', (which as { id: number }).id))
    .$if('uid' in which, (query) => query.where('uid', '=', (which as { uid: string }).uid))
    .executeTakeFirst();
}

export async function insertTeam(db: Kysely<Schema>, row: Insertable<TeamTable>): Promise<number> {
  const { id } = await db.insertInto('team').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function updateTeam(
  db: Kysely<Schema>,
  id: number,
  changes: Updateable<TeamTable>,
): Promise<void> {
  await db.updateTable('team').set(changes).where('id', '=', id).execute();
}

/** Deletes a team with its groups and memberships, and returns who was in it. */
export async function deleteTeamRow(db: Kysely<Schema>, id: number): Promise<number[]> {
  const members = await db.deleteFrom('team_member').where('team_id', '=', id).returning('user_id').execute();
  await db.deleteFrom('team').where('id', '=', id).execute();
  return members.map((row) => row.user_id);
}
