import type { RequestContext } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { ApiError } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { updateUser } from './users.store.ts';
import { forgetPerson } from './users.ts';

/**
 * Has a person act in another of their organizations from now on. A key or token cannot choose: for it this only confirms the
 * organization that it belongs to. Throws 401, as Grafana does, for any other.
 */
export async function switchOrg(context: RequestContext, orgId: number): Promise<void> {
  const { principal } = context.actor;
  const isPerson = principal.kind === 'user';
  const mayAct = isPerson ? principal.memberships.has(orgId) : principal.currentOrgId === orgId;
  if (!mayAct) throw notAValidOrg(isPerson);
  if (!isPerson || principal.currentOrgId === orgId) return;
  await inTransaction(context, async (context) => {
    await updateUser(context.db, principal.id, { org_id: orgId });
    forgetPerson(context, principal.id);
    const entry = { action: 'users.org:switch', kind: 'user', id: principal.id, name: principal.login };
    await recordChange(context, { ...entry, change: changed({ orgId: principal.currentOrgId }, { orgId }) });
  });
}

/** The refusal of an organization that somebody has no part in, told to a person or to a machine. */
export function notAValidOrg(isPerson: boolean): ApiError {
  return new ApiError(401, 'user.not-a-valid-organization', 'Not a valid organization', {
    detail: isPerson
      ? 'A person can act in the organizations that they are in: GET /api/user/orgs lists them.'
      : 'A key or token keeps its organization; send X-Grafana-Org-Id with each request for another one granted to it.',
    headers: { 'www-authenticate': 'Bearer realm="Latchkey"' },
  });
}
