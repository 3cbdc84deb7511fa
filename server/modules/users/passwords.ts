import type { RequestContext } from '../../context.ts';
import { hashPassword, passwordFits } from '../../crypto/passwords.ts';
import { inTransaction } from '../../db/transaction.ts';
import { ApiError, badRequest } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { endSessions } from '../sessions/sessions.ts';
import { DEFAULT_PASSWORD } from './first-password.ts';
import { updateUser } from './users.store.ts';
import { forgetPerson, requireUser, type UserRow } from './users.ts';

export const SHORTEST_PASSWORD = 4;

/** Refuses a password that is too short with 400, in these words. */
export function requireLongEnough(password: string, message: string): void {
  if (password.length >= SHORTEST_PASSWORD) return;
  throw badRequest(`a password has at least ${SHORTEST_PASSWORD} characters`, message);
}

/** Sets somebody's password for them, and ends their sessions. Throws 404, and 400 for one that is too short or may not be theirs. */
export async function setPassword(context: RequestContext, id: number, password: string): Promise<void> {
  requireLongEnough(password, 'New password too short');
  await requireUser(context, id);
  await replacePassword(context, id, password);
}

/** Changes one's own password and ends one's other sessions. Throws 401 unless the old one is right, and 400 as above. */
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
  await replacePassword(context, id, newPassword, (current) => {
    // Meanwhile somebody may have set another one: what was right then is not right any more.
    if (current !== password_hash) throw wrongOldPassword();
  });
}

async function replacePassword(
  context: RequestContext,
  id: number,
  password: string,
  check?: (current: string | null) => void,
): Promise<void> {
  const password_hash = await hashPassword(password);
  await inTransaction(context, async (context) => {
    const user = await requireUser(context, id);
    check?.(user.password_hash);
    if (password === DEFAULT_PASSWORD) refuseForServerAdmin(context, user);
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

/** Refuses with 400 that an administrator of the server has the password that everybody knows, where the settings do. */
export function refuseForServerAdmin(
  { config }: RequestContext,
  user: Pick<UserRow, 'is_server_admin'>,
): void {
  if (!config.security.require_own_admin_password || user.is_server_admin === 0) return;
  throw badRequest(
    `everybody knows the password ${DEFAULT_PASSWORD}, and [security] require_own_admin_password wants another for administrators of the server`,
    'This password is not allowed',
  );
}

function wrongOldPassword(): ApiError {
  return new ApiError(401, 'user.wrong-old-password', 'Invalid old password', {
    detail: 'An administrator of the server can set a new one.',
    headers: { 'www-authenticate': 'Bearer realm="Latchkey"' },
  });
}
