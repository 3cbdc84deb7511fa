import { requireRoleAtMostOwn } from '../../access/can.ts';
import type { Role } from '../../access/roles.ts';
import type { Context, RequestContext } from '../../context.ts';
import { inCheckedTransaction, inTransaction } from '../../db/transaction.ts';
import { ApiError, badRequest, notFound } from '../../errors.ts';
import { REMEMBERED } from '../../memory.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { dropSubject } from '../object-permissions/object-permissions.ts';
import { requireRoom, requireRoomForOrg } from '../quotas/quotas.ts';
import {
  deleteMember,
  getMember,
  getUserNamed,
  hasOtherAdmin,
  insertMember,
  updateRole,
} from './org-members.store.ts';
import { getOrg } from './orgs.store.ts';

/** Makes somebody a member; their very next request may act there. */
export async function joinOrg(
  context: Context,
  { orgId, userId, role }: { orgId: number; userId: number; role: Role },
): Promise<void> {
  const now = context.now();
  await insertMember(context.db, { org_id: orgId, user_id: userId, role, created_at: now, updated_at: now });
  context.touch(REMEMBERED.user + userId);
}

/**
 * Adds somebody by login or email, and returns who it is. Throws 404 for nobody
 * and nowhere, 409 for a member, 403 for a role above one's own.
 */
export async function addMember(
  context: RequestContext,
  orgId: number,
  { loginOrEmail, role }: { loginOrEmail: string; role: Role },
): Promise<number> {
  requireRoleAtMostOwn(context.actor, role);
  return inCheckedTransaction(context, async (context) => {
    if ((await getOrg(context.db, orgId)) === undefined)
      throw notFound('Organization not found', 'orgs.not-found');
    const user = await getUserNamed(context.db, loginOrEmail);
    if (user === undefined) {
      throw new ApiError(404, 'user.not-found', 'User not found', {
        detail:
          'Nobody has this login or email. A server administrator makes people: POST /api/admin/users, or New user on the page.',
      });
    }
    if ((await getMember(context.db, orgId, user.id)) !== undefined) throw alreadyMember(user.id);
    await requireRoom(context, 'org_user', orgId);
    await requireRoomForOrg(context, user.id);
    await joinOrg(context, { orgId, userId: user.id, role });
    const entry = { action: 'org.users:add', kind: 'user', id: user.id, name: user.login, orgId };
    await recordChange(context, { ...entry, change: { role } });
    return user.id;
  });
}

/** Gives a member another role. Throws 404, 403 for a role above one's own, 400 when no Admin would be left. */
export async function changeMemberRole(
  context: RequestContext,
  orgId: number,
  userId: number,
  role: Role,
): Promise<void> {
  requireRoleAtMostOwn(context.actor, role);
  await inTransaction(context, async (context) => {
    const member = await requireMember(context, orgId, userId);
    if (role !== 'Admin') {
      await requireAdminLeft(
        context,
        { orgId, userId, role: member.role },
        'Cannot change role so that there is no organization admin left',
      );
    }
    await updateRole(context.db, { orgId, userId }, role, context.now());
    context.touch(REMEMBERED.user + userId);
    const entry = { action: 'org.users:write', kind: 'user', id: userId, name: member.login, orgId };
    await recordChange(context, { ...entry, change: changed(member, { role }) });
  });
}

/** Takes a member out, with whatever they were permitted there; they stay a user. Throws 404, and 400 for the last Admin. */
export async function removeMember(context: RequestContext, orgId: number, userId: number): Promise<void> {
  await inTransaction(context, async (context) => {
    const member = await requireMember(context, orgId, userId);
    const going = { orgId, userId, role: member.role };
    await requireAdminLeft(context, going, 'Cannot remove last organization admin');
    await deleteMember(context.db, orgId, userId);
    await dropSubject(context, `user:${userId}`, orgId);
    context.touch(REMEMBERED.user + userId);
    const entry = { action: 'org.users:remove', kind: 'user', id: userId, name: member.login, orgId };
    await recordChange(context, { ...entry, change: { role: member.role } });
  });
}

/** A member whom the actor may change, since their role is not above the actor's own. Throws 404 and 403. */
async function requireMember(
  context: RequestContext,
  orgId: number,
  userId: number,
): Promise<{ login: string; role: Role }> {
  const member = await getMember(context.db, orgId, userId);
  if (member === undefined) throw notFound('User not found', 'user.not-found');
  requireRoleAtMostOwn(context.actor, member.role);
  return member;
}

async function requireAdminLeft(
  context: Context,
  { orgId, userId, role }: { orgId: number; userId: number; role: Role },
  message: string,
): Promise<void> {
  if (role !== 'Admin' || (await hasOtherAdmin(context.db, orgId, userId))) return;
  throw badRequest('make another member an Admin first', message);
}

function alreadyMember(userId: number): ApiError {
  return new ApiError(409, 'orgs.already-member', 'User is already member of this organization', {
    detail: 'To change the role, use PATCH.',
    fields: { userId },
  });
}
