import type { Role } from '../../access/roles.ts';
import type { RequestContext } from '../../context.ts';
import { hashPassword } from '../../crypto/passwords.ts';
import { searchText } from '../../db/search.ts';
import { inTransaction } from '../../db/transaction.ts';
import { badRequest } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { dropSubject } from '../object-permissions/object-permissions.ts';
import { joinOrg } from '../orgs/org-members.ts';
import { createOrgNamedLike, hasOrg } from '../orgs/orgs.ts';
import { requireRoom, requireRoomOnServer } from '../quotas/quotas.ts';
import { isDefaultPassword } from './first-password.ts';
import { requireLongEnough, refuseForServerAdmin } from './passwords.ts';
import { namesOf, namesTaken, type Profile, refusingTakenNames } from './profiles.ts';
import { endSessions } from '../sessions/sessions.ts';
import { notAValidOrg } from './own-account.ts';
import {
  deleteUserRow,
  hasOtherServerAdmin,
  insertUser,
  listMemberships,
  nameIsTaken,
  updateUser,
} from './users.store.ts';
import { forgetPerson, requireUser, type UserRow } from './users.ts';

export interface NewUser extends Profile {
  password: string;
  /** The organization to join; none and 0 leave it to the settings. */
  orgId?: number | undefined;
}

/** Makes a user, who joins an organization. Throws 400 for what is missing, too short, or nowhere, and 412 for a name that is taken. */
export async function createUser(context: RequestContext, wanted: NewUser): Promise<number> {
  const { login, email = login } = namesOf(wanted, 'Validation error, need specify either username or email');
  requireLongEnough(wanted.password, 'Password is missing or too short');
  const password_hash = await hashPassword(wanted.password);
  const { name = '', theme = '' } = wanted;
  return inTransaction(context, (context) =>
    refusingTakenNames({ login, email }, async () => {
      if (await nameIsTaken(context.db, [login, email], 0)) throw namesTaken({ login, email });
      await requireRoomOnServer(context, 'user');
      const { orgId, role } = await firstOrg(context, wanted.orgId, email);
      await requireRoom(context, 'org_user', orgId);
      const now = context.now();
      const id = await insertUser(context.db, {
        login,
        email,
        name,
        password_hash,
        is_server_admin: 0,
        is_disabled: 0,
        theme,
        org_id: orgId,
        search_text: searchText(login, email, name),
        created_at: now,
        updated_at: now,
        last_seen_at: null,
      });
      await joinOrg(context, { orgId, userId: id, role });
      const change = { login, email, name, orgId, role };
      await recordChange(context, {
        action: 'users:create',
        kind: 'user',
        id,
        name: login,
        orgId: null,
        change,
      });
      return id;
    }),
  );
}

/** Deletes a user with their memberships, sessions and permissions. Throws 404, and 400 for the last server administrator. */
export function deleteUser(context: RequestContext, id: number): Promise<void> {
  return changeUser(context, id, 'users:delete', {}, async (context, user) => {
    await requireAnotherServerAdmin(context, user);
    await endSessions(context, id);
    await dropSubject(context, `user:${id}`);
    await deleteUserRow(context.db, id);
  });
}

/** Makes somebody an administrator of the server, or no longer one. Throws 404, and 400 for the last one or one whose password everybody knows. */
export function setServerAdmin(context: RequestContext, id: number, isServerAdmin: boolean): Promise<void> {
  const wanted = { isGrafanaAdmin: isServerAdmin };
  return changeUser(context, id, 'users.permissions:write', wanted, async (context, user) => {
    if (!isServerAdmin) await requireAnotherServerAdmin(context, user);
    else await requireOwnPassword(context, { ...user, is_server_admin: 1 });
    await updateUser(context.db, id, { is_server_admin: isServerAdmin ? 1 : 0, updated_at: context.now() });
  });
}

/** Keeps somebody out from now on, and ends their sessions. Throws 404, and 400 for the last server administrator. */
export function disableUser(context: RequestContext, id: number): Promise<void> {
  return changeUser(context, id, 'users:disable', { isDisabled: true }, async (context, user) => {
    await requireAnotherServerAdmin(context, user);
    await updateUser(context.db, id, { is_disabled: 1, updated_at: context.now() });
    await endSessions(context, id);
  });
}

/** Lets somebody in again. Throws 404, and 400 for an administrator of the server whose password everybody knows. */
export function enableUser(context: RequestContext, id: number): Promise<void> {
  return changeUser(context, id, 'users:enable', { isDisabled: false }, async (context, user) => {
    await requireOwnPassword(context, user);
    await updateUser(context.db, id, { is_disabled: 0, updated_at: context.now() });
  });
}

/** Ends all sessions of somebody else. Throws 404, and 400 for oneself. */
export function logOutUser(context: RequestContext, id: number): Promise<void> {
  const { principal } = context.actor;
  if (principal.kind === 'user' && principal.id === id) {
    throw badRequest('to leave your own session, use POST /logout', 'You cannot logout yourself');
  }
  return changeUser(context, id, 'users:logout', {}, async (context) => {
    await endSessions(context, id);
  });
}

/** Has somebody act in another of their organizations from now on. Throws 404, and 401, as Grafana does, for an organization not theirs. */
export function switchOrgOf(context: RequestContext, id: number, orgId: number): Promise<void> {
  return changeUser(context, id, 'users.org:switch', { orgId }, async (context) => {
    const memberships = await listMemberships(context.db, id);
    if (!memberships.some(({ org_id }) => org_id === orgId)) throw notAValidOrg(true);
    await updateUser(context.db, id, { org_id: orgId });
  });
}

async function changeUser(
  context: RequestContext,
  id: number,
  action: string,
  wanted: { isGrafanaAdmin?: boolean; isDisabled?: boolean; orgId?: number },
  work: (context: RequestContext, user: UserRow) => Promise<void>,
): Promise<void> {
  await inTransaction(context, async (context) => {
    const user = await requireUser(context, id);
    await work(context, user);
    forgetPerson(context, id);
    const { is_server_admin, is_disabled, org_id } = user;
    const before = { isGrafanaAdmin: is_server_admin === 1, isDisabled: is_disabled === 1, orgId: org_id };
    const change = changed(before, wanted);
    await recordChange(context, { action, kind: 'user', id, name: user.login, orgId: null, change });
  });
}

/** Where a new user starts, and as what. */
async function firstOrg(
  context: RequestContext,
  wanted: number | undefined,
  ownName: string,
): Promise<{ orgId: number; role: Role }> {
  const { auto_assign_org, auto_assign_org_id, auto_assign_org_role: role } = context.config.users;
  if (!wanted && !auto_assign_org)
    return { orgId: await createOrgNamedLike(context, ownName), role: 'Admin' };
  const orgId = wanted || auto_assign_org_id;
  if (!(await hasOrg(context, orgId))) {
    const source = wanted ? 'OrgId' : '[users] auto_assign_org_id';
    throw badRequest(
      `${source} has to be the id of an organization; there is no ${orgId}`,
      'organization not found',
    );
  }
  return { orgId, role };
}

async function requireOwnPassword(context: RequestContext, user: UserRow): Promise<void> {
  if (!context.config.security.require_own_admin_password) return;
  if (await isDefaultPassword(context, user.password_hash)) refuseForServerAdmin(context, user);
}

async function requireAnotherServerAdmin(context: RequestContext, user: UserRow): Promise<void> {
  const counts = user.is_server_admin === 1 && user.is_disabled === 0;
  if (!counts || (await hasOtherServerAdmin(context.db, user.id))) return;
  throw badRequest('the server needs an administrator who can sign in', 'cannot remove last grafana admin');
}
