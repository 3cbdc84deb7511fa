import type { Context, RequestContext } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { ApiError, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import {
  type Counted,
  countAll,
  countOrgsOf,
  countUsed,
  getLogin,
  getOrgName,
  listLimits,
  upsertLimit,
} from './quotas.store.ts';

/** A limit and how much of it is used; a limit of -1 is none. */
export interface Quota {
  target: string;
  limit: number;
  used: number;
}

const ORG_TARGETS: readonly Counted[] = [
  'org_user',
  'dashboard',
  'data_source',
  'api_key',
  'service_account',
];
// Grafana: how many organizations a user may be in has the name of how many users an organization may have.
const USER_TARGET = 'org_user';

/** What an organization may have and has. Throws 404. */
export async function quotasOfOrg(context: Context, orgId: number): Promise<Quota[]> {
  await requireOrgName(context, orgId);
  const own = await listLimits(context.db, orgKey(orgId));
  const quotas = [];
  for (const target of ORG_TARGETS) {
    const limit = own.get(target) ?? usualLimit(context, target);
    quotas.push({ target, limit, used: await countUsed(context.db, target, orgId) });
  }
  return quotas;
}

/** In how many organizations a user may be and is. Throws 404. */
export async function quotasOfUser(context: Context, userId: number): Promise<Quota[]> {
  await requireLogin(context, userId);
  const limit = await limitOfUser(context, userId);
  return [{ target: USER_TARGET, limit, used: await countOrgsOf(context.db, userId) }];
}

/** Sets an organization's own limit. Throws 404 for an organization or target that there is not. */
export async function setOrgLimit(
  context: RequestContext,
  orgId: number,
  target: string,
  limit: number,
): Promise<void> {
  await inTransaction(context, async (context) => {
    const name = await requireOrgName(context, orgId);
    if (!isOrgTarget(target)) throw invalidTarget(ORG_TARGETS);
    const before = (await listLimits(context.db, orgKey(orgId))).get(target) ?? usualLimit(context, target);
    await upsertLimit(context.db, {
      owner: orgKey(orgId),
      org_id: orgId,
      user_id: null,
      target,
      most: limit,
      updated_at: context.now(),
    });
    const entry = { action: 'orgs.quotas:write', kind: 'org', id: orgId, name, orgId };
    await recordChange(context, { ...entry, change: { target, limit, before: { limit: before } } });
  });
}

/** Sets a user's own limit. Throws 404 for a user or target that there is not. */
export async function setUserLimit(
  context: RequestContext,
  userId: number,
  target: string,
  limit: number,
): Promise<void> {
  await inTransaction(context, async (context) => {
    const name = await requireLogin(context, userId);
    if (target !== USER_TARGET) throw invalidTarget([USER_TARGET]);
    const before = await limitOfUser(context, userId);
    await upsertLimit(context.db, {
      owner: userKey(userId),
      org_id: null,
      user_id: userId,
      target,
      most: limit,
      updated_at: context.now(),
    });
    const entry = { action: 'users.quotas:write', kind: 'user', id: userId, name, orgId: null };
    await recordChange(context, { ...entry, change: { target, limit, before: { limit: before } } });
  });
}

/**
 * Refuses with 403 to make one more where quotas are on and the organization or the server has as many as it may.
 * To be called within the transaction that makes it, so that two at once do not both find the last place.
 */
export async function requireRoom(context: Context, target: Counted, orgId: number): Promise<void> {
  if (!context.config.quota.enabled) return;
  const own = await listLimits(context.db, orgKey(orgId));
  const limit = own.get(target) ?? usualLimit(context, target);
  await requireLess(limit, `${target} of organization ${orgId}`, () => countUsed(context.db, target, orgId));
  const onServer = serverLimit(context, target);
  await requireLess(onServer, `${target} of the server`, () => countUsed(context.db, target));
}

/** The same before somebody joins one more organization. */
export async function requireRoomForOrg(context: Context, userId: number): Promise<void> {
  if (!context.config.quota.enabled) return;
  const limit = await limitOfUser(context, userId);
  await requireLess(limit, `organizations of user ${userId}`, () => countOrgsOf(context.db, userId));
}

/** The same before there is one more user or organization on the server. */
export async function requireRoomOnServer(context: Context, table: 'user' | 'org'): Promise<void> {
  const { enabled, global_user, global_org } = context.config.quota;
  if (!enabled) return;
  const limit = table === 'user' ? global_user : global_org;
  await requireLess(limit, `${table} of the server`, () => countAll(context.db, table));
}

function isOrgTarget(target: string): target is Counted {
  return ORG_TARGETS.some((known) => known === target);
}

async function requireLess(limit: number, what: string, count: () => Promise<number>): Promise<void> {
  if (limit < 0) return;
  const used = await count();
  if (used < limit) return;
  throw new ApiError(403, 'quota.reached', 'Quota reached', {
    detail: `The limit of ${what} is ${limit}, and ${used} are there: delete some, or have an administrator of the server raise it.`,
    fields: { quota: what, limit, used },
  });
}

/** What holds for every organization without a limit of its own. */
function usualLimit({ config }: Context, target: Counted): number {
  const { quota } = config;
  return {
    org_user: quota.org_user,
    dashboard: quota.org_dashboard,
    data_source: quota.org_data_source,
    api_key: quota.org_api_key,
    service_account: quota.org_service_account,
  }[target];
}

function serverLimit({ config }: Context, target: Counted): number {
  const { quota } = config;
  return {
    org_user: -1,
    dashboard: quota.global_dashboard,
    data_source: quota.global_data_source,
    api_key: quota.global_api_key,
    service_account: quota.global_service_account,
  }[target];
}

async function limitOfUser({ db, config }: Context, userId: number): Promise<number> {
  return (await listLimits(db, userKey(userId))).get(USER_TARGET) ?? config.quota.user_org;
}

const orgKey = (id: number): string => `org:${id}`;
const userKey = (id: number): string => `user:${id}`;

async function requireOrgName({ db }: Context, id: number): Promise<string> {
  const name = await getOrgName(db, id);
  if (name === undefined) throw notFound('Organization not found', 'orgs.not-found');
  return name;
}

async function requireLogin({ db }: Context, id: number): Promise<string> {
  const login = await getLogin(db, id);
  if (login === undefined) throw notFound('user not found', 'user.not-found');
  return login;
}

function invalidTarget(known: readonly string[]): ApiError {
  return new ApiError(404, 'quota.invalid-target', 'Invalid quota target', {
    detail: `The targets are ${known.join(', ')}.`,
  });
}
