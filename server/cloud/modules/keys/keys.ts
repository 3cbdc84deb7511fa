import { makeCloudSecret } from '../../../crypto/cloud-secrets.ts';
import { secretHash } from '../../../crypto/secrets.ts';
import { isUniqueViolation } from '../../../db/errors.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { type Caller, requireHolding, requireWholeOrg } from '../../access/caller.ts';
import { notFound, taken } from '../../access/refusals.ts';
import { type CloudRole, scopesOfRole } from '../../access/roles.ts';
import type { CloudContext, CloudRequestContext } from '../../context.ts';
import { recordChange, recordLeak } from '../audit/audit.ts';
import type { RevokeLeaked } from '../leaked/leaked.ts';
import { type CloudKeyRow, deleteKey, getKey, getKeyByHash, insertKey, listKeys } from './keys.store.ts';

export interface IssuedKey {
  key: CloudKeyRow;
  /** The secret; it is nowhere else. */
  token: string;
}

/** Issues a cloud key of an organization, without asking who does it and without recording it. */
export async function insertIssued(
  { db, now }: Pick<CloudContext, 'db' | 'now'>,
  orgId: number,
  { name, role }: { name: string; role: CloudRole },
): Promise<IssuedKey> {
  const token = makeCloudSecret(orgId, name, '');
  const row = { org_id: orgId, name, role, secret_hash: secretHash(token), created_at: now() };
  const id = await insertKey(db, row);
  return { key: { id, ...row }, token };
}

/** Issues a cloud key of the caller's organization. Throws 409 where the name is taken, 403 for more than the caller has. */
export async function issueKey(
  context: CloudRequestContext,
  wanted: { name: string; role: CloudRole },
): Promise<IssuedKey> {
  const { caller } = context;
  requireWholeOrg(caller);
  requireHolding(caller, [...scopesOfRole(wanted.role)], undefined);
  const { name, role } = wanted;
  try {
    return await inTransaction(context, async (context) => {
      const issued = await insertIssued(context, caller.org.id, wanted);
      await record(context, 'create', issued.key, { role });
      return issued;
    });
  } catch (error) {
    throw isUniqueViolation(error) ? taken(`There is a key ${name} already`) : error;
  }
}

export function keysOf(context: CloudRequestContext): Promise<CloudKeyRow[]> {
  requireWholeOrg(context.caller);
  return listKeys(context.db, context.caller.org.id);
}

/** A key of the caller's organization. Throws 404. */
export async function requireKey(context: CloudRequestContext, name: string): Promise<CloudKeyRow> {
  requireWholeOrg(context.caller);
  const key = await getKey(context.db, context.caller.org.id, name);
  if (key === undefined) throw notFound('API key');
  return key;
}

/** Deletes a key; the next request with it is refused. Throws 404, and 403 for one that may more than the caller. */
export async function revokeKey(context: CloudRequestContext, name: string): Promise<void> {
  await inTransaction(context, async (context) => {
    const key = await requireKey(context, name);
    requireHolding(context.caller, [...scopesOfRole(key.role)], undefined);
    await deleteKey(context.db, key.id);
    await record(context, 'delete', key, { role: key.role });
  });
}

export const revokeLeakedKey: RevokeLeaked = async (context, doer, secret, found) => {
  const key = await getKeyByHash(context.db, secretHash(secret));
  if (key === undefined) return undefined;
  const { id, name, role, org_id: orgId, slug: orgSlug } = key;
  await deleteKey(context.db, id);
  await recordLeak(context, doer, orgId, { kind: 'cloud-key', id, name, change: { role, ...found() } });
  return { id, name, orgId, orgSlug };
};

/** Whom a secret stands for, if it is a cloud key's. */
export async function callerByKey({ db }: CloudContext, secret: string): Promise<Caller | undefined> {
  const key = await getKeyByHash(db, secretHash(secret));
  return (
    key && {
      id: key.id,
      name: key.name,
      actor: `cloud:${key.slug}/${key.name}`,
      credential: { kind: 'cloud-key', id: key.id },
      org: { id: key.org_id, slug: key.slug, name: key.org_name },
      scopes: scopesOfRole(key.role),
      stacks: undefined,
      isAdmin: key.role === 'Admin',
    }
  );
}

function record(
  context: CloudRequestContext,
  verb: string,
  { id, name }: CloudKeyRow,
  change: Record<string, unknown>,
): Promise<void> {
  return recordChange(context, { action: `api-keys:${verb}`, kind: 'cloud-key', id, name, change });
}
