import { denied } from '../../access/can.ts';
import { allows } from '../../access/evaluate.ts';
import { type Granted, grantedBy, notTheirsToGive, type Permission } from '../../access/granted.ts';
import type { Context, RequestContext } from '../../context.ts';
import { deleteAssignmentsOf, type GrantedRow, type Holder, listGranted } from './assignments.store.ts';
import { fixedRole } from './fixed-roles.ts';

/** What somebody has by roles besides the basic ones, by organization; to be remembered with them. */
export async function grantedTo(context: Context, holder: Holder): Promise<Map<number, Granted>> {
  const byOrg = Map.groupBy(await listGranted(context.db, holder), ({ org_id }) => org_id);
  return new Map([...byOrg].map(([orgId, rows]) => [orgId, grantedBy(permissionsOf(rows))]));
}

/** A role besides the basic one, and the team by which somebody has it, if any. */
export type HeldRole = Pick<GrantedRow, 'role_id' | 'fixed_role' | 'team_id'>;

/** The roles by which somebody has an action, on any of the scopes, in the organization acted in. */
export async function rolesGiving(
  context: RequestContext,
  holder: Holder,
  { action, scopes }: { action: string; scopes: readonly string[] },
): Promise<HeldRole[]> {
  const rows = await listGranted(context.db, holder, context.actor.orgId);
  const byRole = Map.groupBy(rows, (row) => `${row.role_id} ${row.fixed_role} ${row.team_id}`);
  return [...byRole.values()].flatMap((ofRole) => {
    const { inOrg, onServer } = grantedBy(permissionsOf(ofRole));
    const gives = allows(inOrg, action, scopes) || allows(onServer, action, scopes);
    return gives ? ofRole.slice(0, 1) : [];
  });
}

/** Refuses with 403 to act for, or to let somebody in on, whoever has roles that give what the actor does not hold. */
export async function requireHoldingRolesOf(context: RequestContext, holder: Holder): Promise<void> {
  requireHolding(context, permissionsOf(await listGranted(context.db, holder, context.actor.orgId)));
}

/** Refuses with 403 to hand on what the actor does not hold. */
export function requireHolding({ actor }: RequestContext, permissions: readonly Permission[]): void {
  const missing = notTheirsToGive(actor, permissions);
  if (missing === undefined) return;
  const where = missing.scope === '' ? '' : ` on ${missing.scope}`;
  throw denied(`you do not have ${missing.action}${where}; nobody gives what they do not have`);
}

/** Takes away all roles that a service account has in an organization where it acts no more. */
export function dropRolesOf(context: RequestContext, orgId: number, holder: Holder): Promise<void> {
  return deleteAssignmentsOf(context.db, orgId, holder);
}

function permissionsOf(rows: readonly GrantedRow[]): Permission[] {
  return rows.flatMap(({ fixed_role, action, scope }) => {
    // A fixed role that there is no more gives nothing.
    if (fixed_role !== '') return fixedRole(fixed_role)?.permissions ?? [];
    return action === null || scope === null ? [] : [{ action, scope }];
  });
}
