import { denied, requireRoleAtMostOwn } from '../../access/can.ts';
import { ADMINISTER } from '../../access/object-levels.ts';
import type { Role } from '../../access/roles.ts';
import type { Context, RequestContext } from '../../context.ts';
import { isUniqueViolation } from '../../db/errors.ts';
import { searchText } from '../../db/search.ts';
import { inTransaction } from '../../db/transaction.ts';
import { ApiError, notFound } from '../../errors.ts';
import { REMEMBERED } from '../../memory.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { type Account, forgetCredential } from '../credentials/credentials.ts';
import { dropObjects, dropSubject, grantLevel } from '../object-permissions/object-permissions.ts';
import { requireRoom } from '../quotas/quotas.ts';
import { grantedTo, requireHoldingRolesOf } from '../roles/granted.ts';
import {
  deleteServiceAccount,
  deleteTokens,
  getListedServiceAccount,
  getServiceAccount,
  getServiceAccountAnywhere,
  insertServiceAccount,
  type ListedServiceAccount,
  type ServiceAccountRow,
  listOrgGrants,
  loginIsTaken,
  updateServiceAccount,
} from './service-accounts.store.ts';

export interface NewServiceAccount {
  name: string;
  role?: Role;
  isDisabled?: boolean;
  isGrafanaAdmin?: boolean;
}

export type ServiceAccountChanges = Partial<NewServiceAccount>;

const CACHE = REMEMBERED.serviceAccount;

/** An account by id, where it is remembered. */
export function recallAccount({ memory }: Context, id: number): Account | undefined {
  return memory.recall<Account>(CACHE + id);
}

/** An account by id, remembered until it changes; undefined when there is none. */
export function findAccount(context: Context, id: number): Promise<Account | undefined> {
  return context.memory.remember(CACHE + id, () => loadAccount(context, id));
}

/** The account of the organization acted in. Throws 404. */
export async function requireAccount(context: RequestContext, id: number): Promise<ServiceAccountRow> {
  return there(await getServiceAccount(context.db, context.actor.orgId, id));
}

/** The same, as it is listed. Throws 404. */
export async function requireListedAccount(
  context: RequestContext,
  id: number,
): Promise<ListedServiceAccount> {
  return there(await getListedServiceAccount(context.db, context.actor.orgId, id));
}

function there<T>(account: T | undefined): T {
  if (account === undefined)
    throw notFound('Failed to retrieve service account', 'serviceaccounts.not-found');
  return account;
}

/** Makes an account. Its maker may administer it; nobody makes one with a role above their own. */
export async function createAccount(
  context: RequestContext,
  wanted: NewServiceAccount,
): Promise<ListedServiceAccount> {
  const { name, role = 'Viewer' } = wanted;
  requireRoleAtMostOwn(context.actor, role);
  requireServerAdminToMakeOne(context, wanted.isGrafanaAdmin);
  return inTransaction(context, async (context) => {
    await requireRoom(context, 'service_account', context.actor.orgId);
    const now = context.now();
    const id = await refusingTakenName(name, async () =>
      insertServiceAccount(context.db, {
        org_id: context.actor.orgId,
        name,
        login: await freeLogin(context, name),
        role,
        is_disabled: wanted.isDisabled ? 1 : 0,
        is_server_admin: wanted.isGrafanaAdmin ? 1 : 0,
        search_text: searchText(name),
        created_at: now,
        updated_at: now,
      }),
    );
    const { principal } = context.actor;
    if (principal.kind === 'user') {
      await grantLevel(context, 'serviceaccounts', String(id), `user:${principal.id}`, ADMINISTER);
    }
    const change = {
      role,
      isDisabled: wanted.isDisabled ?? false,
      isGrafanaAdmin: wanted.isGrafanaAdmin ?? false,
    };
    await recordChange(context, {
      action: 'serviceaccounts:create',
      kind: 'service-account',
      id,
      name,
      change,
    });
    return requireListedAccount(context, id);
  });
}

/** Changes what is given; the very next request of any of its tokens obeys. */
export async function changeAccount(
  context: RequestContext,
  id: number,
  changes: ServiceAccountChanges,
): Promise<ListedServiceAccount> {
  const { name, role, isDisabled, isGrafanaAdmin } = changes;
  if (role !== undefined) requireRoleAtMostOwn(context.actor, role);
  requireServerAdminToMakeOne(context, isGrafanaAdmin);
  return inTransaction(context, async (context) => {
    const before = await requireAccount(context, id);
    await requireOutranking(context, before);
    await refusingTakenName(name ?? before.name, () =>
      updateServiceAccount(context.db, before.org_id, id, {
        ...(name === undefined ? {} : { name, search_text: searchText(name) }),
        ...(role === undefined ? {} : { role }),
        ...(isDisabled === undefined ? {} : { is_disabled: isDisabled ? 1 : 0 }),
        ...(isGrafanaAdmin === undefined ? {} : { is_server_admin: isGrafanaAdmin ? 1 : 0 }),
        updated_at: context.now(),
      }),
    );
    context.touch(CACHE + id);
    const entry = { action: 'serviceaccounts:write', kind: 'service-account', id, name: before.name };
    const change = changed(told(before), { name, role, isDisabled, isGrafanaAdmin });
    await recordChange(context, { ...entry, change });
    return requireListedAccount(context, id);
  });
}

/** An account as the record has it. */
function told({ name, role, is_disabled, is_server_admin }: ServiceAccountRow): Required<NewServiceAccount> {
  return { name, role, isDisabled: is_disabled === 1, isGrafanaAdmin: is_server_admin === 1 };
}

/** Deletes an account with its tokens, its grants and whatever permissions it had. */
export async function deleteAccount(context: RequestContext, id: number): Promise<void> {
  await inTransaction(context, async (context) => {
    const account = await requireAccount(context, id);
    await requireOutranking(context, account);
    for (const hash of await deleteTokens(context.db, id)) forgetCredential(context, hash);
    await deleteServiceAccount(context.db, account.org_id, id);
    await dropObjects(context, 'serviceaccounts', [String(id)]);
    await dropSubject(context, `user:${id}`);
    context.touch(CACHE + id);
    const { name } = account;
    await recordChange(context, { action: 'serviceaccounts:delete', kind: 'service-account', id, name });
  });
}

async function loadAccount(context: Context, id: number): Promise<Account | undefined> {
  const row = await getServiceAccountAnywhere(context.db, id);
  if (row === undefined) return undefined;
  const grants = await listOrgGrants(context.db, id);
  const memberships = new Map([
    [row.org_id, row.role],
    ...grants.map((grant) => [grant.org_id, grant.role] as const),
  ]);
  const { name, login } = row;
  return {
    isForgotten: false,
    isDisabled: row.is_disabled === 1,
    principal: {
      kind: 'service-account',
      id,
      name,
      login,
      email: '',
      isServerAdmin: row.is_server_admin === 1,
      currentOrgId: row.org_id,
      memberships,
      teams: new Map(),
      granted: await grantedTo(context, { service_account_id: id }),
    },
  };
}

/** `sa-<name>` where that is free; else with the organization's id, else with a number besides. */
export async function freeLogin(context: RequestContext, name: string): Promise<string> {
  const tail = name.toLowerCase().replaceAll(/\s+/g, '-');
  const inOrg = `sa-${context.actor.orgId}-${tail}`;
  for (let attempt = 0; ; attempt++) {
    const login = attempt === 0 ? `sa-${tail}` : attempt === 1 ? inOrg : `${inOrg}-${attempt}`;
    if (!(await loginIsTaken(context.db, login))) return login;
  }
}

async function refusingTakenName<T>(name: string, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Grafana: 400, not 409.
    throw new ApiError(400, 'serviceaccounts.already-exists', 'Failed to create service account', {
      detail: `The organization has a service account named ${JSON.stringify(name)} already: choose another name.`,
      cause: error,
    });
  }
}

function requireServerAdminToMakeOne(context: RequestContext, isGrafanaAdmin: boolean | undefined): void {
  if (isGrafanaAdmin === undefined || context.actor.principal.isServerAdmin) return;
  throw denied('only an administrator of the server decides on isGrafanaAdmin');
}

/** Nobody touches an account that can do more than they can: they could act through it. */
export async function requireOutranking(
  context: RequestContext,
  account: { id: number; role: Role; is_server_admin: 0 | 1 },
): Promise<void> {
  requireRoleAtMostOwn(context.actor, account.role);
  if (account.is_server_admin === 1 && !context.actor.principal.isServerAdmin) {
    throw denied(
      'this service account administers the server; only another server administrator may touch it',
    );
  }
  await requireHoldingRolesOf(context, { service_account_id: account.id });
}
