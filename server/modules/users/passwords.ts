import type { RequestContext } from '../../context.ts';
import { hashPassword, passwordFits } from '../../crypto/passwords.ts';
import { inTransaction } from '../../db/transaction.ts';
import { ApiError, badRequest } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { endSessions } from '../sessions/sessions.ts';
import { updateUser } from './users.store.ts';
import { forgetPerson, requireUser } from './users.ts';

export const SHORTEST_PASSWORD = 4;

/** Refuses a password that is too short with 400, in these words. */
export function requireLongEnough(password: string, message: string): void {
  if (password.length >= SHORTEST_PASSWORD) return;
  throw badRequest(`a password has at least ${SHORTEST_PASSWORD} characters`, message);
}

/** Sets somebody's password for them, and ends their sessions. Throws 404, and 400 for one that is too short. */
export async function setPassword(context: RequestContext, id: number, password: string): Promise<void> {
  requireLongEnough(password, 'New password too short');
  await requireUser(context, id);
  const hash = await hashPassword(password);
  await replaceHash(context, id, hash);
}

/** Changes one's own password and ends one's other sessions. Throws 401 unless the old one is right. */
export async function changeOwnPassword(
  context: RequestContext,
  wanted: { oldPassword: string; newPassword: string; confirmNew?: string },
): Promise<void> {
  const { oldPassword, newPassword, confirmNew = newPassword } = wanted;
  requireLongEnough(newPassword, 'New password is too short');
  if (confirmNew !== newPassword) throw badRequest('newPassword and confirmNew have to be the same');
  const { id } = context.actor.principal;
  const { password_hash } = await requireUser(context, id);
  if (!(await passwordFits(oldPassword, password_hash ?? undefined))) throw wrongOldPassword();
  const hash = await hashPassword(newPassword);
  await replaceHash(context, id, hash, (current) => {
    // Meanwhile somebody may have set another one: what was right then is not right any more.
    if (current !== password_hash) throw wrongOldPassword();
  });
}

async function replaceHash(
  context: RequestContext,
  id: number,
  password_hash: string,
  check?: (current: string | null) => void,
): Promise<void> {
  await inTransaction(context, async (context) => {
    const user = await requireUser(context, id);
    check?.(user.password_hash);
    await updateUser(context.db, id, { password_hash, updated_at: context.now() });
    const { principal, credential } = context.actor;
    const isOwnSession = principal.id === id && credential.kind === 'session';
    const endedSessions = await endSessions(context, id, isOwnSession ? credential.id : 0);
    forgetPerson(context, id);
    const entry = { action: 'users.password:write', kind: 'user', id, name: user.login, orgId: null };
    // That it is another one is all that may be said of a password.
    const change = {
      endedSessions,
      ...changed({ hasPassword: user.password_hash !== null }, { hasPassword: true }),
    };
    await recordChange(context, { ...entry, change });
  });
}

function wrongOldPassword(): ApiError {
  return new ApiError(401, 'user.wrong-old-password', 'Invalid old password', {
    detail: 'An administrator of the server can set a new one.',
    headers: { 'www-authenticate': 'Bearer realm="Latchkey"' },
  });
}
