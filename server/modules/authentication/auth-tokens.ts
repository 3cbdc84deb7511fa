import type { RequestContext } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { badRequest, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { endSession } from '../sessions/sessions.ts';
import { requireUser } from '../users/users.ts';

/** Ends one session of somebody. Throws 404, and 400 for the very session that asks. */
export async function revokeSession(
  context: RequestContext,
  userId: number,
  sessionId: number,
): Promise<void> {
  const { credential } = context.actor;
  if (credential.kind === 'session' && credential.id === sessionId) {
    throw badRequest('to leave this session, use POST /logout', 'Cannot revoke active user auth token');
  }
  await inTransaction(context, async (context) => {
    const { login } = await requireUser(context, userId);
    if (!(await endSession(context, userId, sessionId))) {
      throw notFound('User auth token not found', 'user.session-not-found');
    }
    const entry = {
      action: 'users.authtoken:write',
      kind: 'session',
      id: sessionId,
      name: login,
      orgId: null,
    };
    await recordChange(context, { ...entry, change: { userId } });
  });
}
