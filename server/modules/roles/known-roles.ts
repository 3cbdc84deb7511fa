import { notTheirsToGive, type Permission } from '../../access/granted.ts';
import type { RequestContext } from '../../context.ts';
import { notFound } from '../../errors.ts';
import type { WhichRole } from './assignments.store.ts';
import { FIXED_ROLES, fixedRole, type FixedRole } from './fixed-roles.ts';
import { getRole, listPermissions, listRoles, type RoleRow } from './roles.store.ts';

/** A role besides the basic ones, fixed or not. */
export interface KnownRole {
  uid: string;
  name: string;
  displayName: string;
  description: string;
  group: string;
  isHidden: boolean;
  isGlobal: boolean;
  version: number;
  /** Null for a fixed role, which was never made. */
  createdAt: number | null;
  updatedAt: number | null;
  permissions: readonly Permission[];
  /** As assignments name it. */
  which: WhichRole;
}

/** All roles that can be assigned in the organization acted in, by name; hidden ones only when asked for. */
export async function knownRoles(
  context: RequestContext,
  { hidden, onlyOwn }: { hidden: boolean; onlyOwn: boolean },
): Promise<KnownRole[]> {
  const rows = await listRoles(context.db, context.actor.orgId);
  const custom = await withPermissions(
    context,
    rows.filter((row) => hidden || row.is_hidden === 0),
  );
  return [...custom, ...FIXED_ROLES.map(known)].filter(
    ({ permissions }) => !onlyOwn || notTheirsToGive(context.actor, permissions) === undefined,
  );
}

/** A role by its uid; a fixed one by its name too. Throws 404. */
export async function requireRole(context: RequestContext, uid: string): Promise<KnownRole> {
  const fixed = fixedRole(uid);
  if (fixed !== undefined) return known(fixed);
  const row = await getRole(context.db, context.actor.orgId, { uid });
  const [role] = row === undefined ? [] : await withPermissions(context, [row]);
  if (role === undefined) throw notFound('Role not found', 'accesscontrol.role-not-found');
  return role;
}

/** The roles that assignments name, in the order of the list of all. */
export async function rolesNamed(
  context: RequestContext,
  named: readonly { role_id: number | null; fixed_role: string }[],
): Promise<KnownRole[]> {
  const all = await knownRoles(context, { hidden: true, onlyOwn: false });
  return all.filter(({ which }) =>
    named.some(({ role_id, fixed_role }) =>
      'role_id' in which ? which.role_id === role_id : which.fixed_role === fixed_role,
    ),
  );
}

async function withPermissions(context: RequestContext, rows: readonly RoleRow[]): Promise<KnownRole[]> {
  const ids = rows.map(({ id }) => id);
  const byRole = Map.groupBy(await listPermissions(context.db, ids), ({ role_id }) => role_id);
  return rows.map((row) => ({
    uid: row.uid,
    name: row.name,
    displayName: row.display_name,
    description: row.description,
    group: row.group_name,
    isHidden: row.is_hidden === 1,
    isGlobal: row.org_id === null,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    permissions: byRole.get(row.id) ?? [],
    which: { role_id: row.id },
  }));
}

function known(role: FixedRole): KnownRole {
  return {
    ...role,
    isHidden: false,
    isGlobal: true,
    version: 1,
    createdAt: null,
    updatedAt: null,
    which: { fixed_role: role.name },
  };
}
