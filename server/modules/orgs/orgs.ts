import { MAIN_ORG_ID } from '../../access/basic-roles.ts';
import { accessDenied } from '../../access/can.ts';
import { allows } from '../../access/evaluate.ts';
import type { Context, RequestContext } from '../../context.ts';
import { isUniqueViolation } from '../../db/errors.ts';
import { searchText } from '../../db/search.ts';
import { inCheckedTransaction, inTransaction } from '../../db/transaction.ts';
import { ApiError, badRequest, notFound } from '../../errors.ts';
import { REMEMBERED } from '../../memory.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { forgetCredential } from '../credentials/credentials.ts';
import { requireRoomForOrg, requireRoomOnServer } from '../quotas/quotas.ts';
import { joinOrg } from './org-members.ts';
import {
  deleteOrgRow,
  getOrg,
  getOrgByName,
  insertOrg,
  type OrgRow,
  updateOrg,
  updateOrgId,
} from './orgs.store.ts';

/** An address as it may be sent: what is left out stays. */
export interface AddressChanges {
  address1?: string;
  address2?: string;
  city?: string;
  zipCode?: string;
  state?: string;
  country?: string;
}

const MAIN_ORG_NAME = 'Main Org.';

/** An organization by id, remembered until it changes; undefined when there is none. */
export function findOrg(context: Context, id: number): OrgRow | undefined | Promise<OrgRow | undefined> {
  const key = REMEMBERED.org + id;
  return context.memory.recall<OrgRow>(key) ?? context.memory.remember(key, () => getOrg(context.db, id));
}

/** An organization by id. Throws 404. */
export async function requireOrg(context: Context, id: number): Promise<OrgRow> {
  return orNotFound(await getOrg(context.db, id));
}

/** Whether there is an organization of this id. */
export async function hasOrg(context: Context, id: number): Promise<boolean> {
  return (await getOrg(context.db, id)) !== undefined;
}

/** An organization by its exact name. Throws 404. */
export async function requireOrgByName(context: Context, name: string): Promise<OrgRow> {
  return orNotFound(await getOrgByName(context.db, name));
}

/** Refuses with 403 whoever may not make organizations: all but server administrators, and people where the setting says so. */
export function requireMayCreateOrg({ actor, config }: RequestContext): void {
  if (allows(actor.serverGrants, 'orgs:create')) return;
  if (actor.principal.kind === 'user' && config.users.allow_org_create) return;
  throw accessDenied(actor, ['orgs:create'], []);
}

/** Makes an organization; a person becomes its Admin, a key or token has no part in it. Throws 409 when the name is taken. */
export async function createOrg(context: RequestContext, name: string): Promise<number> {
  return inTransaction(context, async (context) => {
    const taken = new ApiError(409, 'orgs.name-taken', 'Organization name taken', {
      detail: 'Choose another name.',
    });
    const { principal } = context.actor;
    await requireRoomOnServer(context, 'org');
    if (principal.kind === 'user') await requireRoomForOrg(context, principal.id);
    const id = await refusingTakenName(taken, () => insertNamed(context, name));
    if (principal.kind === 'user') await joinOrg(context, { orgId: id, userId: principal.id, role: 'Admin' });
    await recordChange(context, { action: 'orgs:create', kind: 'org', id, name, orgId: id });
    return id;
  });
}

/** Makes an organization of this name or, where it is taken, of the name with a number behind it. */
export async function createOrgNamedLike(context: RequestContext, wanted: string): Promise<number> {
  await requireRoomOnServer(context, 'org');
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted} ${count}`;
    if ((await getOrgByName(context.db, name)) !== undefined) continue;
    const id = await insertNamed(context, name);
    await recordChange(context, { action: 'orgs:create', kind: 'org', id, name, orgId: id });
    return id;
  }
}

/** Gives an organization another name. Throws 404, and 400 when the name is taken. */
export async function renameOrg(context: RequestContext, id: number, name: string): Promise<void> {
  await inTransaction(context, async (context) => {
    const before = await requireOrg(context, id);
    // Grafana: 400 here, and 409 where an organization is made.
    const taken = badRequest('another organization has this name: choose another', 'Organization name taken');
    const changes = { name, search_text: searchText(name), updated_at: context.now() };
    await refusingTakenName(taken, () => updateOrg(context.db, id, changes));
    context.touch(REMEMBERED.org + id);
    const entry = { action: 'orgs:write', kind: 'org', id, name: before.name, orgId: id };
    await recordChange(context, { ...entry, change: changed(before, { name }) });
  });
}

/** Changes what is given of an organization's address. Throws 404. */
export async function changeAddress(
  context: RequestContext,
  id: number,
  changes: AddressChanges,
): Promise<void> {
  await inTransaction(context, async (context) => {
    const { name, ...before } = await requireOrg(context, id);
    const { address1, address2, city, zipCode, state, country } = changes;
    await updateOrg(context.db, id, {
      address1: address1 ?? before.address1,
      address2: address2 ?? before.address2,
      city: city ?? before.city,
      zip_code: zipCode ?? before.zip_code,
      state: state ?? before.state,
      country: country ?? before.country,
      updated_at: context.now(),
    });
    context.touch(REMEMBERED.org + id);
    const change = changed(
      { ...before, zipCode: before.zip_code },
      { address1, address2, city, zipCode, state, country },
    );
    await recordChange(context, { action: 'orgs:write', kind: 'org', id, name, orgId: id, change });
  });
}

/**
 * Deletes an organization with all that is in it; its keys and tokens are refused at once. People stay, though they may be in
 * no organization then. Throws 404, and 400 for the main organization and for the one that is acted in.
 */
export async function deleteOrg(context: RequestContext, id: number): Promise<void> {
  await inTransaction(context, async (context) => {
    const org = await getOrg(context.db, id);
    if (org === undefined) throw notFound('Failed to delete organization. ID not found', 'orgs.not-found');
    if (id === MAIN_ORG_ID) {
      throw badRequest('the server needs its main organization', 'Can not delete the main organization');
    }
    if (id === context.actor.orgId) {
      throw badRequest(
        'act in another one first: POST /api/user/using/1',
        'Can not delete org for current user',
      );
    }
    const contents = await deleteOrgRow(context.db, id);
    for (const hash of contents.credentialHashes) forgetCredential(context, hash);
    for (const account of contents.serviceAccountIds) context.touch(REMEMBERED.serviceAccount + account);
    for (const user of contents.userIds) context.touch(REMEMBERED.user + user);
    context.touch(REMEMBERED.org + id);
    // What is recorded in an organization is read in it, and there will be none.
    await recordChange(context, { action: 'orgs:delete', kind: 'org', id, name: org.name, orgId: null });
  });
}

/** Closes an organization to new API keys, because all that it had are service accounts now. */
export async function closeToKeys(context: RequestContext, orgId: number): Promise<void> {
  const { keys_migrated_at } = await requireOrg(context, orgId);
  if (keys_migrated_at !== null) return;
  await changeKeyState(context, orgId, { keys_migrated_at: context.now() }, 'apikeys:migrate');
}

/** Hides the page of API keys in an organization, or shows it again. */
export function hideKeys(context: RequestContext, orgId: number, hides: boolean): Promise<void> {
  return changeKeyState(context, orgId, { hides_api_keys: hides ? 1 : 0 }, 'apikeys:hide');
}

/** Sees to it that there is the main organization, number 1. */
export async function ensureMainOrg(context: Context): Promise<void> {
  await inCheckedTransaction(context, async (context) => {
    if ((await getOrg(context.db, MAIN_ORG_ID)) !== undefined) return;
    const id = await insertNamed(context, MAIN_ORG_NAME);
    // A start that ended in the middle may have used the number up.
    if (id !== MAIN_ORG_ID) await updateOrgId(context.db, id, MAIN_ORG_ID);
  });
}

function insertNamed(context: Context, name: string): Promise<number> {
  const now = context.now();
  return insertOrg(context.db, { name, search_text: searchText(name), created_at: now, updated_at: now });
}

function orNotFound(org: OrgRow | undefined): OrgRow {
  if (org === undefined) throw notFound('Organization not found', 'orgs.not-found');
  return org;
}

async function refusingTakenName<T>(taken: ApiError, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    throw isUniqueViolation(error) ? taken : error;
  }
}

async function changeKeyState(
  context: RequestContext,
  orgId: number,
  changes: { keys_migrated_at: number } | { hides_api_keys: 0 | 1 },
  action: string,
): Promise<void> {
  await inTransaction(context, async (context) => {
    const before = await requireOrg(context, orgId);
    await updateOrg(context.db, orgId, changes);
    context.touch(REMEMBERED.org + orgId);
    const change = changed({ ...before }, changes);
    await recordChange(context, { action, kind: 'org', id: orgId, name: before.name, change });
  });
}
