import { denied, heldOn } from '../../access/can.ts';
import { subjectsOf } from '../../access/identity.ts';
import {
  actionsOf,
  ADMINISTER,
  EDIT,
  type Level,
  levelsGiving,
  type ObjectKind,
  scopeOf,
  VIEW,
} from '../../access/object-levels.ts';
import type { Context, RequestContext } from '../../context.ts';
import { badRequest } from '../../errors.ts';
import {
  deleteLevel,
  deletePermissionsOf,
  deletePermissionsOn,
  listHolders,
  listObjectIds,
  listPermissionsOf,
  listPermissionsOn,
  listTeams,
  mayActIn,
  upsertPermission,
} from './object-permissions.store.ts';

const USER = 'user:';
const TEAM = 'team:';

/** Gives a subject ('user:7', 'role:Viewer') a level on an object of the organization acted in. */
export async function grantLevel(
  context: RequestContext,
  kind: ObjectKind,
  objectId: string,
  subject: string,
  level: Level,
): Promise<void> {
  const now = context.now();
  const org_id = context.actor.orgId;
  const row = { org_id, kind, object_id: objectId, subject, level, created_at: now, updated_at: now };
  await upsertPermission(context.db, row);
}

/**
 * What a new folder, or a dashboard outside any, starts with: Viewers view, Editors edit, and its maker has a permission of
 * their own: Admin, or Edit where Admin would let an Editor delete. Keys and tokens get none, as in Grafana.
 */
export async function grantDefaults(
  context: RequestContext,
  kind: ObjectKind,
  objectId: string,
): Promise<void> {
  const { principal, role } = context.actor;
  await grantLevel(context, kind, objectId, 'role:Viewer', VIEW);
  await grantLevel(context, kind, objectId, 'role:Editor', EDIT);
  if (principal.kind !== 'user') return;
  const whole = role === 'Admin' || context.config.access_control.editors_can_delete;
  await grantLevel(context, kind, objectId, `user:${principal.id}`, whole ? ADMINISTER : EDIT);
}

/** A level that a subject has on an object. */
export interface Given {
  id: number;
  object_id: string;
  subject: string;
  level: Level;
  created_at: number;
  updated_at: number;
}

/** All levels given on these objects themselves. */
export async function levelsGiven(
  context: RequestContext,
  kind: ObjectKind,
  objectIds: readonly string[],
): Promise<Given[]> {
  return (await listPermissionsOn(context.db, context.actor.orgId, kind, objectIds)) as Given[];
}

/** The objects of a kind on which the actor was given a level that gives the action. */
export function objectsGiven(
  { db, actor, config }: RequestContext,
  kind: ObjectKind,
  action: string,
): Promise<string[]> {
  const giving = levelsGiving(action, config.access_control).filter((entry) => entry.kind === kind);
  const levels = giving.map(({ level }) => level);
  return levels.length === 0
    ? Promise.resolve([])
    : listObjectIds(db, actor.orgId, kind, subjectsOf(actor), levels);
}

/** A user or service account to whom a level was given. */
export interface Holder {
  id: number;
  login: string;
  email: string;
  isAccount: boolean;
}

/** Who the users and service accounts among the subjects are, by subject. */
export async function holdersOf(
  context: RequestContext,
  subjects: readonly string[],
): Promise<Map<string, Holder>> {
  const ids = idsOf(USER, subjects);
  const rows = ids.length === 0 ? [] : await listHolders(context.db, ids);
  return new Map(
    rows.map(({ id, kind, login, email }) => [
      USER + id,
      { id, login: login ?? '', email: email ?? '', isAccount: kind === 'service-account' },
    ]),
  );
}

/** Which teams of the organization are among the subjects, by subject. */
export async function teamsAmong(
  context: RequestContext,
  subjects: readonly string[],
): Promise<Map<string, { id: number; name: string; email: string }>> {
  const ids = idsOf(TEAM, subjects);
  const rows = ids.length === 0 ? [] : await listTeams(context.db, context.actor.orgId, ids);
  return new Map(rows.map((row) => [TEAM + row.id, row]));
}

/** Gives these levels on an object, and no others; answers and throws as changeLevels does. */
export async function replaceLevels(
  context: RequestContext,
  kind: ObjectKind,
  objectId: string,
  wanted: ReadonlyMap<string, Level>,
): Promise<ChangedLevels> {
  const given = await levelsGiven(context, kind, [objectId]);
  const gone = given.filter(({ subject }) => !wanted.has(subject));
  const all = new Map([...gone.map(({ subject }) => [subject, undefined] as const), ...wanted]);
  return changeLevels(context, kind, objectId, all);
}

/** Levels by subject, for the record: those that are others since, and as they were; 0 is none. */
export interface ChangedLevels extends Record<string, unknown> {
  permissions: Record<string, number>;
  before: { permissions: Record<string, number> };
}

/**
 * Gives levels on an object, and takes away whatever those named with none have there. Throws 400 for a user or team that has no part
 * in the organization: what is given to nobody might one day be somebody's. Throws 403 for more than the actor has there. Returns what
 * is to be recorded.
 */
export async function changeLevels(
  context: RequestContext,
  kind: ObjectKind,
  objectId: string,
  wanted: ReadonlyMap<string, Level | undefined>,
): Promise<ChangedLevels> {
  const given = new Map(
    (await levelsGiven(context, kind, [objectId])).map(({ subject, level }) => [subject, level]),
  );
  const changed = [...wanted].filter(([subject, level]) => given.get(subject) !== level);
  const subjects = [...wanted].filter(([, level]) => level !== undefined).map(([subject]) => subject);
  await requireInOrg(context, subjects);
  const levels = changed.map(([, level]) => level).filter((level) => level !== undefined);
  await requireHolding(context, kind, objectId, levels);
  const at = { orgId: context.actor.orgId, kind, id: objectId };
  for (const [subject, level] of changed) {
    const before = given.get(subject);
    if (level !== undefined) await grantLevel(context, kind, objectId, subject, level);
    else if (before !== undefined) await deleteLevel(context.db, at, subject, before);
  }
  const told = (levelOf: (subject: string) => Level | undefined) =>
    Object.fromEntries(changed.map(([subject]) => [subject, levelOf(subject) ?? 0]));
  return {
    permissions: told((subject) => wanted.get(subject)),
    before: { permissions: told((subject) => given.get(subject)) },
  };
}

/** Refuses with 403 to hand out on an object what the actor cannot do with it. */
export async function requireHolding(
  context: RequestContext,
  kind: ObjectKind,
  objectId: string,
  levels: readonly Level[],
): Promise<void> {
  if (levels.length === 0) return;
  const scope = scopeOf(kind, objectId);
  const isHeld = await heldOn(context, scope);
  for (const level of new Set(levels)) {
    const missing = actionsOf(kind, level, context.config.access_control).find((action) => !isHeld(action));
    if (missing === undefined) continue;
    throw denied(`you do not have ${missing} on ${scope}; nobody gives what they do not have`);
  }
}

/**
 * Settles the permissions of a folder or dashboard that was moved. At the top it gets the usual ones when it has none of its
 * own, or nobody would find it; within a folder that folder's count, so the usual ones that it brings from the top go.
 */
export async function settleMoved(
  context: RequestContext,
  kind: ObjectKind,
  id: string,
  { from, to }: { from: string; to: string },
): Promise<void> {
  const { orgId } = context.actor;
  if (to === '') {
    const own = await listPermissionsOn(context.db, orgId, kind, [id]);
    if (own.length === 0) await grantDefaults(context, kind, id);
  } else if (from === '') {
    await deleteLevel(context.db, { orgId, kind, id }, 'role:Viewer', VIEW);
    await deleteLevel(context.db, { orgId, kind, id }, 'role:Editor', EDIT);
  }
}

// What Edit does not give.
const POWERS = [
  'dashboards:delete',
  'dashboards.permissions:write',
  'folders:delete',
  'folders.permissions:write',
];

/** Refuses a move into a folder where the actor could do with the thing what they cannot do now. */
export async function requireNoGain(context: RequestContext, what: string, folderUid: string): Promise<void> {
  const here = await heldOn(context, what);
  const there = await heldOn(context, `folders:uid:${folderUid}`);
  const kind = what.slice(0, what.indexOf(':'));
  const gained = POWERS.filter((action) => action.startsWith(kind)).find(
    (action) => there(action) && !here(action),
  );
  if (gained !== undefined)
    throw denied(`the move would give you ${gained} on ${what}, which you do not have`);
}

/** Refuses with 403 to let somebody in on what a subject was given on objects, where the actor does not have it. */
export async function requireHoldingAllOf(context: RequestContext, subject: string): Promise<void> {
  const { actor, db } = context;
  // Admins have all levels on everything, and whoever is the subject has what it has.
  if (actor.role === 'Admin' || subjectsOf(actor).includes(subject)) return;
  for (const { kind, object_id, level } of await listPermissionsOf(db, actor.orgId, subject)) {
    await requireHolding(context, kind as ObjectKind, object_id, [level as Level]);
  }
}

/** Forgets all permissions on objects that are gone, so that a later one of the same name starts anew. */
export function dropObjects(
  context: RequestContext,
  kind: ObjectKind,
  objectIds: readonly string[],
): Promise<void> {
  return deletePermissionsOn(context.db, context.actor.orgId, kind, objectIds);
}

/** Forgets all permissions of somebody who is gone, or gone from one organization. */
export function dropSubject(context: Context, subject: string, orgId?: number): Promise<void> {
  return deletePermissionsOf(context.db, subject, orgId);
}

/** Whether a user, service account or team has a part in the organization acted in. */
export async function isInOrg(context: RequestContext, subject: string): Promise<boolean> {
  const [id] = idsOf(USER, [subject]);
  if (id !== undefined) return mayActIn(context.db, context.actor.orgId, id);
  return (await teamsAmong(context, [subject])).has(subject);
}

async function requireInOrg(context: RequestContext, subjects: readonly string[]): Promise<void> {
  for (const id of idsOf(USER, subjects)) {
    if (await mayActIn(context.db, context.actor.orgId, id)) continue;
    throw badRequest(`Nobody with the userId ${id} is in the organization.`);
  }
  const teams = await teamsAmong(context, subjects);
  for (const id of idsOf(TEAM, subjects)) {
    if (!teams.has(TEAM + id)) throw badRequest(`There is no team with the id ${id}.`);
  }
}

function idsOf(prefix: string, subjects: readonly string[]): number[] {
  const ids = subjects
    .filter((subject) => subject.startsWith(prefix))
    .map((subject) => Number(subject.slice(prefix.length)));
  return [...new Set(ids)];
}
