import { denied } from '../../access/can.ts';
import { atMost, type Role } from '../../access/roles.ts';
import type { RequestContext } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { badRequest, notFound } from '../../errors.ts';
import { REMEMBERED } from '../../memory.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { dropSubject } from '../object-permissions/object-permissions.ts';
import { requireOrg } from '../orgs/orgs.ts';
import { dropRolesOf } from '../roles/granted.ts';
import { requireAccount, requireOutranking } from './service-accounts.ts';
import { deleteOrgGrant, listOrgGrants, upsertOrgGrant } from './service-accounts.store.ts';

/** Lets an account act in a further organization. Asks for the right to add members there, and for no role above one's own. */
export async function grantOrg(
  context: RequestContext,
  id: number,
  orgId: number,
  role: Role,
): Promise<void> {
  await inTransaction(context, async (context) => {
    const account = await requireAccount(context, id);
    await requireOutranking(context, account);
    if (orgId === account.org_id) {
      throw badRequest(
        `the service account belongs to organization ${orgId}; change its role with PATCH instead`,
      );
    }
    // Before the look-up, so that nobody learns which organizations there are.
    requireMayGrantIn(context, orgId, role);
    const org = await requireOrg(context, orgId);
    const before = (await listOrgGrants(context.db, id)).find((grant) => grant.org_id === orgId);
    const row = { service_account_id: id, org_id: orgId, role, created_at: context.now() };
    await upsertOrgGrant(context.db, row);
    context.touch(REMEMBERED.serviceAccount + id);
    const change = { orgId, orgName: org.name, ...changed({ role: before?.role }, { role }) };
    const entry = { kind: 'service-account', id, name: account.name, change };
    await recordChange(context, { ...entry, action: 'serviceaccounts.orgs:add' });
  });
}

/** Takes a further organization away; the account's tokens are refused there at once. */
export async function withdrawOrg(context: RequestContext, id: number, orgId: number): Promise<void> {
  await inTransaction(context, async (context) => {
    const account = await requireAccount(context, id);
    await requireOutranking(context, account);
    const gone = await deleteOrgGrant(context.db, id, orgId);
    if (!gone) throw notFound(`The service account has no grant in organization ${orgId}`);
    await dropSubject(context, `user:${id}`, orgId);
    await dropRolesOf(context, orgId, { service_account_id: id });
    context.touch(REMEMBERED.serviceAccount + id);
    const entry = { kind: 'service-account', id, name: account.name, change: { orgId } };
    await recordChange(context, { ...entry, action: 'serviceaccounts.orgs:remove' });
  });
}

/**
 * Refuses a new way to act as an account that may act in further organizations to whoever has no such role there. To end
 * what there is, its own organization's Admins need none.
 */
export async function requireRoleWhereverGranted(context: RequestContext, id: number): Promise<void> {
  const { isServerAdmin, memberships } = context.actor.principal;
  if (isServerAdmin) return;
  for (const { org_id: orgId, role } of await listOrgGrants(context.db, id)) {
    if (atMost(role, memberships.get(orgId) ?? 'None')) continue;
    const what = `the service account may act in organization ${orgId} as ${role}, and you may not`;
    throw denied(what, 'An administrator of the server can issue the token, or withdraw that organization.');
  }
}

function requireMayGrantIn(context: RequestContext, orgId: number, role: Role): void {
  const { principal } = context.actor;
  if (principal.isServerAdmin || principal.memberships.get(orgId) === 'Admin') return;
  throw denied(`only an Admin of organization ${orgId} lets an account act there with the role ${role}`);
}
