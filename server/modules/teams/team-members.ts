import type { TeamPermission } from '../../access/identity.ts';
import { ADMINISTER } from '../../access/object-levels.ts';
import type { RequestContext } from '../../context.ts';
import { comparableName } from '../../db/search.ts';
import { inTransaction } from '../../db/transaction.ts';
import { badRequest, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { requireHoldingAllOf } from '../object-permissions/object-permissions.ts';
import { requireHoldingRolesOf } from '../roles/granted.ts';
import { forgetPerson } from '../users/users.ts';
import {
  deleteTeamMember,
  getLoginInOrg,
  getTeamPermission,
  listIdsByEmail,
  listTeamMembers,
  type TeamMember,
  upsertTeamMember,
} from './team-members.store.ts';
import { requireTeam, type TeamRow } from './teams.ts';

const MEMBER: TeamPermission = 0;

/** Who is in a team, by login. */
export function teamMembers({ db }: RequestContext, teamId: number): Promise<TeamMember[]> {
  return listTeamMembers(db, teamId);
}

/** Puts a member of the organization into a team. Throws 404 for anybody else, and 400 for who is in it already. */
export async function addTeamMember(context: RequestContext, idOrUid: string, userId: number): Promise<void> {
  await inTransaction(context, async (context) => {
    const team = await requireTeam(context, idOrUid);
    if ((await getTeamPermission(context.db, team.id, userId)) !== undefined) {
      throw badRequest(
        'To change the permission, PUT it to the member.',
        'User is already added to this team',
      );
    }
    await give(context, team, userId, MEMBER);
  });
}

/** Makes a member of a team an Admin of it, or no longer one. Throws 404 for who is not in it. */
export async function changeTeamMember(
  context: RequestContext,
  idOrUid: string,
  userId: number,
  permission: TeamPermission,
): Promise<void> {
  await inTransaction(context, async (context) => {
    const team = await requireTeam(context, idOrUid);
    await requireTeamMember(context, team, userId);
    await give(context, team, userId, permission);
  });
}

/** Takes somebody out of a team; their very next request has nothing by it. Throws 404. */
export async function removeTeamMember(
  context: RequestContext,
  idOrUid: string,
  userId: number,
): Promise<void> {
  await inTransaction(context, async (context) => {
    const team = await requireTeam(context, idOrUid);
    await requireTeamMember(context, team, userId);
    await take(context, team, userId);
  });
}

/** Gives somebody a permission in a team whether they are in it or not yet; undefined takes them out, if they are in. */
export async function setTeamPermission(
  context: RequestContext,
  idOrUid: string,
  userId: number,
  permission: TeamPermission | undefined,
): Promise<void> {
  await inTransaction(context, async (context) => {
    const team = await requireTeam(context, idOrUid);
    if (permission !== undefined) return give(context, team, userId, permission);
    if ((await getTeamPermission(context.db, team.id, userId)) !== undefined)
      await take(context, team, userId);
  });
}

/** Makes the people with these emails the members and Admins of a team, and nobody else. Throws 400 for an unknown email. */
export async function replaceTeamMembers(
  context: RequestContext,
  idOrUid: string,
  emails: { members: readonly string[]; admins: readonly string[] },
): Promise<void> {
  await inTransaction(context, async (context) => {
    const team = await requireTeam(context, idOrUid);
    const wanted = new Map<number, TeamPermission>();
    for (const id of await idsOf(context, emails.members)) wanted.set(id, MEMBER);
    for (const id of await idsOf(context, emails.admins)) wanted.set(id, ADMINISTER);
    for (const { id, permission } of await listTeamMembers(context.db, team.id)) {
      if (!wanted.has(id)) await take(context, team, id);
      else if (wanted.get(id) === permission) wanted.delete(id);
    }
    for (const [id, permission] of wanted) await give(context, team, id, permission);
  });
}

async function idsOf(context: RequestContext, emails: readonly string[]): Promise<number[]> {
  const wanted = new Set(emails.map((email) => comparableName(email.trim())));
  const found = await listIdsByEmail(context.db, context.actor.orgId, [...wanted]);
  for (const { email } of found) wanted.delete(email);
  const [missing] = wanted;
  if (missing !== undefined) {
    throw badRequest(`nobody in the organization has the email ${JSON.stringify(missing)}`);
  }
  return found.map(({ id }) => id);
}

async function requireTeamMember(context: RequestContext, team: TeamRow, userId: number): Promise<void> {
  if ((await getTeamPermission(context.db, team.id, userId)) === undefined)
    throw notFound('Team member not found', 'team.member-not-found');
}

async function give(
  context: RequestContext,
  team: TeamRow,
  userId: number,
  permission: TeamPermission,
): Promise<void> {
  const login = await getLoginInOrg(context.db, team.org_id, userId);
  if (login === undefined) throw notFound('User not found', 'user.not-found');
  const before = await getTeamPermission(context.db, team.id, userId);
  if (before === undefined) await requireSharing(context, team);
  const row = { team_id: team.id, org_id: team.org_id, user_id: userId, permission };
  await upsertTeamMember(context.db, row, context.now());
  await settle(context, team, { userId, login }, { before, permission });
}

/** Whoever joins a team has what it has: nobody lets them in on more than they have themselves. */
async function requireSharing(context: RequestContext, { id }: TeamRow): Promise<void> {
  await requireHoldingRolesOf(context, { team_id: id });
  await requireHoldingAllOf(context, `team:${id}`);
}

async function take(context: RequestContext, team: TeamRow, userId: number): Promise<void> {
  const login = await getLoginInOrg(context.db, team.org_id, userId);
  const before = await getTeamPermission(context.db, team.id, userId);
  await deleteTeamMember(context.db, team.id, userId);
  await settle(context, team, { userId, login: login ?? '' }, { before, permission: null });
}

async function settle(
  context: RequestContext,
  { id, name }: TeamRow,
  member: { userId: number; login: string },
  { before, permission }: { before: TeamPermission | undefined; permission: TeamPermission | null },
): Promise<void> {
  forgetPerson(context, member.userId);
  await recordChange(context, {
    action: 'teams.permissions:write',
    kind: 'team',
    id,
    name,
    change: { member, ...changed({ permission: before }, { permission }) },
  });
}
