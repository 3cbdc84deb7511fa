import { actionsOf, type Level, levelInTeam, type ObjectKind, VIEW } from '../../access/object-levels.ts';
import type { RequestContext } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { badRequest, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changeLevels, isInOrg, requireHolding } from '../object-permissions/object-permissions.ts';
import { permissionsOn } from '../object-permissions/shown.ts';
import { setTeamPermission, teamMembers } from '../teams/team-members.ts';
import { KINDS, levelName, levelNamed, type Resource } from './resources.ts';

/** One permission on an object: whose it is, and what it gives. */
export interface Entry {
  id: number;
  /** The folder that it is inherited from. */
  from: { uid: string; title: string } | undefined;
  user: { id: number; login: string; email: string; isAccount: boolean } | undefined;
  team: { id: number; name: string; email: string } | undefined;
  role: string | undefined;
  actions: readonly string[];
  permission: string;
}

/** A permission as it is sent: for a user or service account, a team, or a basic role. */
export interface Wanted {
  userId?: number | null;
  teamId?: number | null;
  builtInRole?: string | null;
  permission: string;
}

// Those to whom something can be given; who has the role None is to have nothing but what they are given by name.
const ROLES_GIVEN_TO = ['Viewer', 'Editor', 'Admin'];
const MOST_ID = Number.MAX_SAFE_INTEGER;

/** All permissions on an object, those of the folders around it among them. Throws 404. */
export async function entriesOn(context: RequestContext, kind: ObjectKind, id: string): Promise<Entry[]> {
  const resource = await KINDS[kind].find(context, id);
  if (kind === 'teams') return membersAsEntries(context, resource);
  const shown = await permissionsOn(context, resource);
  return shown.map((one) => ({
    id: one.id,
    from: one.from,
    user: one.holder,
    team: one.team,
    role: one.role,
    ...gives(context, kind, one.level),
  }));
}

/** Gives or takes what is named, and leaves the rest as it is. Throws 404, 400 and 403 before anything is changed. */
export async function changeEntries(
  context: RequestContext,
  kind: ObjectKind,
  id: string,
  wanted: readonly Wanted[],
): Promise<void> {
  // Grafana: in the order in which they come. Terraform changes a level by taking the old one away and giving the new one.
  const levels = wanted.map((one) => [subjectOf(kind, one), levelNamed(kind, one.permission)] as const);
  await change(context, kind, id, new Map(levels));
}

/** The same for one user, team or basic role, whom the path names. Throws 404 for one that is not of the organization. */
export async function changeEntry(
  context: RequestContext,
  kind: ObjectKind,
  id: string,
  wanted: Wanted,
): Promise<void> {
  const subject = subjectOf(kind, wanted);
  const level = levelNamed(kind, wanted.permission);
  await change(context, kind, id, new Map([[subject, level]]), async (context) => {
    if (wanted.builtInRole || (await isInOrg(context, subject))) return;
    throw wanted.teamId ? notFound('Team not found', 'team.not-found') : notFound('User not found');
  });
}

function change(
  context: RequestContext,
  kind: ObjectKind,
  id: string,
  levels: ReadonlyMap<string, Level | undefined>,
  check: (context: RequestContext) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  return inTransaction(context, async (context) => {
    const resource = await KINDS[kind].find(context, id);
    await KINDS[kind].check?.(context, resource.id);
    await check(context);
    if (kind === 'teams') return changeTeam(context, resource, levels);
    const levelsSince = await changeLevels(context, kind, resource.id, levels);
    const entry = { kind: KINDS[kind].one, id: resource.id, name: resource.name, change: levelsSince };
    await recordChange(context, { ...entry, action: `${kind}.permissions:write` });
  });
}

// Of a team, being in it is the permission: no other is kept.
async function changeTeam(
  context: RequestContext,
  team: Resource,
  levels: ReadonlyMap<string, Level | undefined>,
): Promise<void> {
  const given = [...levels.values()].filter((level) => level !== undefined);
  await requireHolding(context, 'teams', team.id, given);
  for (const [subject, level] of levels) {
    const permission = level === undefined ? undefined : level === VIEW ? 0 : 4;
    await setTeamPermission(context, team.id, Number(subject.slice('user:'.length)), permission);
  }
}

async function membersAsEntries(context: RequestContext, team: Resource): Promise<Entry[]> {
  const members = await teamMembers(context, Number(team.id));
  return members.map(({ permission, ...user }) => ({
    id: user.id,
    from: undefined,
    user: { ...user, isAccount: false },
    team: undefined,
    role: undefined,
    ...gives(context, 'teams', levelInTeam({ id: Number(team.id), permission })),
  }));
}

function gives({ config }: RequestContext, kind: ObjectKind, level: Level) {
  return { actions: actionsOf(kind, level, config.access_control), permission: levelName(kind, level) };
}

function subjectOf(kind: ObjectKind, { userId, teamId, builtInRole }: Wanted): string {
  // Clients name whom a permission is not for as 0 or ''.
  const named = [
    ...(userId ? [['users', `user:${requireNumber(userId)}`] as const] : []),
    ...(teamId ? [['teams', `team:${requireNumber(teamId)}`] as const] : []),
    ...(builtInRole ? [['builtInRoles', `role:${requireBasicRole(builtInRole)}`] as const] : []),
  ];
  const [only] = named;
  if (only === undefined || named.length > 1)
    throw badRequest('each permission needs one of userId, teamId and builtInRole');
  const [assignment, subject] = only;
  if (!KINDS[kind].assignments[assignment])
    throw badRequest(`permissions on ${kind} are not given to ${assignment}`, 'invalid assignment');
  return subject;
}

function requireNumber(id: number): number {
  if (id > 0 && id <= MOST_ID) return id;
  throw badRequest('userId and teamId have to be positive numbers');
}

function requireBasicRole(name: string): string {
  if (ROLES_GIVEN_TO.includes(name)) return name;
  throw badRequest(`builtInRole has to be one of ${ROLES_GIVEN_TO.join(', ')}`, 'invalid built-in role');
}
