import { denied } from '../../access/can.ts';
import type { Permission } from '../../access/granted.ts';
import type { RequestContext } from '../../context.ts';
import { randomLetters } from '../../crypto/random.ts';
import { isUniqueViolation } from '../../db/errors.ts';
import { inTransaction } from '../../db/transaction.ts';
import { badRequest, conflict, notFound } from '../../errors.ts';
import { REMEMBERED } from '../../memory.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { listAssignments, listMemberIds, type WhichRole } from './assignments.store.ts';
import { requireHolding } from './granted.ts';
import { type KnownRole, requireRole } from './known-roles.ts';
import {
  deleteRoleRow,
  getRole,
  insertRole,
  replacePermissions,
  type RoleRow,
  updateRole,
} from './roles.store.ts';

export interface NewRole {
  name: string;
  uid?: string;
  version?: number;
  displayName?: string;
  description?: string;
  group?: string;
  hidden?: boolean;
  global?: boolean;
  permissions?: readonly { action: string; scope?: string }[];
}

export type RoleChanges = Omit<NewRole, 'uid' | 'global'>;

const UID_LENGTH = 14;
const OURS = /^(fixed|basic|managed)[:_]/;

/** Makes a role of what its maker holds. Throws 403 for more, 409 when name or uid is taken. */
export async function createRole(context: RequestContext, wanted: NewRole): Promise<KnownRole> {
  const { name, uid = '', global: isGlobal = false, version = 1 } = wanted;
  if (OURS.test(name) || OURS.test(uid))
    throw badRequest('names and uids that begin with fixed, basic or managed are the server’s own');
  if (isGlobal) requireServerAdmin(context);
  const permissions = permissionsOf(wanted);
  requireHolding(context, permissions);
  return refusingTaken(() =>
    inTransaction(context, async (context) => {
      const now = context.now();
      const row = {
        org_id: isGlobal ? null : context.actor.orgId,
        uid: uid === '' ? randomLetters(UID_LENGTH) : uid,
        version,
        created_at: now,
        ...columns(wanted, now),
      };
      const id = await insertRole(context.db, row);
      await replacePermissions(context.db, id, permissions);
      await record(context, 'roles:create', row, { isGlobal, permissions: inWords(permissions) });
      return requireRole(context, row.uid);
    }),
  );
}

/**
 * Makes a role anew under its uid; whoever has it has what it then gives from their next request on. Throws 404, 403 for adding
 * what the actor does not hold, 409 for a version that is not above the kept one.
 */
export async function changeRole(
  context: RequestContext,
  uid: string,
  wanted: RoleChanges,
): Promise<KnownRole> {
  if (OURS.test(wanted.name))
    throw badRequest('names that begin with fixed, basic or managed are the server’s own');
  return refusingTaken(() =>
    inTransaction(context, async (context) => {
      const { row, role } = await requireChangeable(context, uid);
      const version = wanted.version ?? row.version + 1;
      if (version <= row.version) {
        throw conflict(
          'the role was changed by somebody else',
          `Its version is ${row.version}: send a higher one with the change.`,
        );
      }
      const permissions = permissionsOf(wanted);
      const isNew = ({ action, scope }: Permission): boolean =>
        !role.permissions.some((one) => one.action === action && one.scope === scope);
      requireHolding(context, permissions.filter(isNew));
      await updateRole(context.db, row.id, { version, ...columns(wanted, context.now()) });
      await replacePermissions(context.db, row.id, permissions);
      await forgetHolders(context, role.which);
      const since = await requireRole(context, uid);
      await record(context, 'roles:write', row, changed(told(role), told(since)));
      return since;
    }),
  );
}

/** Deletes a role and takes it from whoever has it. Throws 404, and 400 for one that somebody has, unless forced. */
export async function deleteRole(
  context: RequestContext,
  uid: string,
  { force }: { force: boolean },
): Promise<void> {
  await inTransaction(context, async (context) => {
    const { row, role } = await requireChangeable(context, uid);
    const assigned = await listAssignments(context.db, role.which);
    if (assigned.length > 0 && !force)
      throw badRequest('somebody has the role: take it from them first, or send ?force=true');
    await forgetHolders(context, role.which);
    await deleteRoleRow(context.db, row.id);
    await record(context, 'roles:delete', row, { assignments: assigned.length });
  });
}

async function requireChangeable(
  context: RequestContext,
  uid: string,
): Promise<{ row: RoleRow; role: KnownRole }> {
  const role = await requireRole(context, uid);
  if (!('role_id' in role.which))
    throw badRequest('fixed roles are the same everywhere: make one of your own');
  const row = await getRole(context.db, context.actor.orgId, { id: role.which.role_id });
  if (row === undefined) throw notFound('Role not found', 'accesscontrol.role-not-found');
  if (row.org_id === null) requireServerAdmin(context);
  return { row, role };
}

function requireServerAdmin({ actor }: RequestContext): void {
  if (actor.principal.isServerAdmin) return;
  throw denied('only an administrator of the server decides on roles of all organizations');
}

async function forgetHolders(context: RequestContext, role: WhichRole): Promise<void> {
  const all = await listAssignments(context.db, role);
  const teams = all.flatMap(({ team_id }) => team_id ?? []);
  const users = [...all.flatMap(({ user_id }) => user_id ?? []), ...(await listMemberIds(context.db, teams))];
  for (const id of users) context.touch(REMEMBERED.user + id);
  for (const { service_account_id: id } of all)
    if (id !== null) context.touch(REMEMBERED.serviceAccount + id);
}

function columns({ name, displayName, description, group, hidden }: RoleChanges, now: number) {
  return {
    name,
    display_name: displayName ?? '',
    description: description ?? '',
    group_name: group ?? '',
    is_hidden: hidden ? (1 as const) : (0 as const),
    updated_at: now,
  };
}

function permissionsOf({ permissions = [] }: RoleChanges): Permission[] {
  const each = permissions.map(({ action, scope = '' }) => ({
    action: action.toWellFormed(),
    scope: scope.toWellFormed(),
  }));
  return [...new Map(each.map((one) => [`${one.action} ${one.scope}`, one])).values()];
}

async function refusingTaken<T>(change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw conflict(
      'Role already exists',
      'Names and uids of roles are unique in an organization: choose others.',
    );
  }
}

/** A role as the record has it. */
function told({ name, displayName, description, group, isHidden, version, permissions }: KnownRole) {
  return { name, displayName, description, group, isHidden, version, permissions: inWords(permissions) };
}

function inWords(permissions: readonly Permission[]): string[] {
  return permissions.map(({ action, scope }) => `${action} ${scope}`.trim()).toSorted();
}

function record(
  context: RequestContext,
  done: string,
  { uid, name, org_id }: Pick<RoleRow, 'uid' | 'name' | 'org_id'>,
  change: Record<string, unknown>,
): Promise<void> {
  return recordChange(context, { action: done, kind: 'role', id: uid, name, orgId: org_id, change });
}
