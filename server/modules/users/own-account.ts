import { denied } from '../../access/can.ts';
import type { RequestContext } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { ApiError, badRequest, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { endSession } from './sessions.ts';
import { updateUser } from './users.store.ts';
import { forgetPerson } from './users.ts';

/** Refuses keys and tokens with 403: they have no profile, password or sessions. */
export function requirePerson({ actor }: RequestContext): void {
  const { kind } = actor.principal;
  if (kind === 'user') return;
  throw denied(`this is for people, and the credential is of kind ${kind}`, 'Sign in with a login and a password.');
}

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
    await recordChange(context, { ...entry, change: { orgId } });
  });
}

/** Ends one session of somebody. Throws 404, and 400 for the very session that asks. */
export async function revokeSession(context: RequestContext, userId: number, sessionId: number): Promise<void> {
  const { credential } = context.actor;
  if (credential.kind === 'session' && credential.id === sessionId) {
    throw badRequest('to leave this session, use POST /logout', 'Cannot revoke active user auth token');
  }
  await inTransaction(context, async (context) => {
    if (!(await endSession(context, userId, sessionId))) {
      throw notFound('User auth token not found', 'user.session-not-found');
    }
    const entry = { action: 'users.authtoken:write', kind: 'session', id: sessionId, name: '', orgId: null };
    await recordChange(context, { ...entry, change: { userId } });
  });
}

function notAValidOrg(isPerson: boolean): ApiError {
  return new ApiError(401, 'user.not-a-valid-organization', 'Not a valid organization', {
    detail: isPerson
      ? 'You can act in the organizations that GET /api/user/orgs lists.'
      : 'A key or token keeps its organization; send X-Grafana-Org-Id with each request for another one granted to it.',
    headers: { 'www-authenticate': 'Bearer realm="Latchkey"' },
  });
}
