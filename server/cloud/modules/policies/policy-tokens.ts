import { randomUUID } from 'node:crypto';
import { makeCloudSecret } from '../../../crypto/cloud-secrets.ts';
import { secretHash } from '../../../crypto/secrets.ts';
import { isUniqueViolation } from '../../../db/errors.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { changed } from '../../../modules/audit/changed.ts';
import { type Caller, requireWholeOrg } from '../../access/caller.ts';
import { denied, invalidArgument, notFound, taken, unauthorized } from '../../access/refusals.ts';
import type { CloudContext, CloudRequestContext } from '../../context.ts';
import { recordChange, recordLeak } from '../audit/audit.ts';
import type { RevokeLeaked } from '../leaked/leaked.ts';
import { knownRegion } from '../regions/regions.ts';
import { realmsOf, requireHoldingPolicy, requirePolicy, scopesOf, stacksIn, subnetsOf } from './policies.ts';
import {
  deleteToken,
  getToken,
  getTokenByHash,
  insertToken,
  listTokens,
  type PolicyTokenRow,
  updateToken,
} from './policies.store.ts';
import { isWithin } from './subnets.ts';

export interface NewToken {
  accessPolicyId: string;
  name: string;
  displayName?: string | undefined;
  expiresAt?: string | null | undefined;
}

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_. -]{0,254}$/;

/** The tokens of the caller's organization in a region, or of one policy. */
export function tokensOf(
  context: CloudRequestContext,
  region: string,
  policyUid: string | undefined,
): Promise<PolicyTokenRow[]> {
  requireWholeOrg(context.caller);
  return listTokens(context.db, context.caller.org.id, knownRegion(context.config, region), policyUid);
}

/** A token of the caller's organization. Throws 404. */
export async function requireToken(
  context: CloudRequestContext,
  region: string,
  uid: string,
): Promise<PolicyTokenRow> {
  requireWholeOrg(context.caller);
  const token = await getToken(context.db, context.caller.org.id, region, uid);
  if (token === undefined) throw notFound('Token');
  return token;
}

/** Issues a token of a policy. Throws 404 without the policy, 409 for a taken name or a wrong time, 403 for more than the caller has. */
export async function issuePolicyToken(
  context: CloudRequestContext,
  region: string,
  { accessPolicyId, name, displayName, expiresAt }: NewToken,
): Promise<{ token: PolicyTokenRow; secret: string }> {
  const policy = await requirePolicy(context, region, accessPolicyId);
  requireHoldingPolicy(context, policy);
  if (!NAME.test(name))
    throw invalidArgument(`Invalid name ${name} specified`, 'A name is of letters, digits and - _ .');
  const secret = makeCloudSecret(context.caller.org.id, `${policy.name}-${name}`, region);
  const now = context.now();
  const uid = randomUUID();
  const row = {
    uid,
    policy_id: policy.id,
    name,
    display_name: displayName || name,
    secret_hash: secretHash(secret),
    expires_at: timeOf(context, expiresAt),
    created_at: now,
    updated_at: now,
  };
  try {
    const token = await inTransaction(context, async (context) => {
      await insertToken(context.db, row);
      const added = await requireToken(context, region, uid);
      await record(context, 'create', added, told(added));
      return added;
    });
    return { token, secret };
  } catch (error) {
    throw isUniqueViolation(error) ? taken(`There is a token ${name} of this policy already`) : error;
  }
}

/** Gives a token another name to be shown. Throws 404, and 403 for one that may more than the caller. */
export function renameToken(
  context: CloudRequestContext,
  region: string,
  uid: string,
  displayName: string | undefined,
): Promise<PolicyTokenRow> {
  return inTransaction(context, async (context) => {
    const before = await requireToken(context, region, uid);
    requireHoldingPolicy(context, await requirePolicy(context, region, before.policy_uid));
    await updateToken(context.db, before.id, {
      display_name: displayName || before.name,
      updated_at: context.now(),
    });
    const token = await requireToken(context, region, uid);
    await record(context, 'write', token, changed(told(before), told(token)));
    return token;
  });
}

/** Deletes a token; the next request with it is refused. Throws 404, and 403 for one that may more than the caller. */
export function revokeToken(
  context: CloudRequestContext,
  region: string,
  uid: string,
): Promise<PolicyTokenRow> {
  return inTransaction(context, async (context) => {
    const token = await requireToken(context, region, uid);
    requireHoldingPolicy(context, await requirePolicy(context, region, token.policy_uid));
    await deleteToken(context.db, token.id);
    await record(context, 'delete', token, told(token));
    return token;
  });
}

export const revokeLeakedToken: RevokeLeaked = async (context, doer, secret, found) => {
  const token = await getTokenByHash(context.db, secretHash(secret));
  if (token === undefined) return undefined;
  const { id, uid, org_id: orgId, slug: orgSlug } = token;
  await deleteToken(context.db, id);
  const change = { accessPolicy: token.policy_uid, ...found() };
  await recordLeak(context, doer, orgId, { kind: 'policy-token', id: uid, name: token.name, change });
  return { id, name: nameOf(token), orgId, orgSlug };
};

/** Whom a secret stands for, if it is a policy's token. Throws 401 when it has expired, 403 from where the policy does not allow. */
export async function callerByToken(
  { db, now }: CloudContext,
  secret: string,
  address: string,
): Promise<Caller | undefined> {
  const token = await getTokenByHash(db, secretHash(secret));
  if (token === undefined) return undefined;
  if (token.expires_at !== null && token.expires_at <= now()) {
    throw unauthorized('Token expired', 'Make a new token of the policy: POST /api/v1/tokens.', {
      reason: 'expired',
      kind: 'policy-token',
      credentialId: token.id,
      org: token.org_id,
    });
  }
  const subnets = subnetsOf(token);
  if (subnets.length > 0 && !isWithin(subnets, address)) {
    throw denied(`the policy does not allow requests from ${address}`);
  }
  const name = nameOf(token);
  return {
    id: token.id,
    name,
    actor: `cloud:${token.slug}/${name}`,
    credential: { kind: 'policy-token', id: token.id },
    org: { id: token.org_id, slug: token.slug, name: token.org_name },
    scopes: new Set(scopesOf(token)),
    stacks: stacksIn(realmsOf(token)),
    isAdmin: false,
  };
}

/** As the record of changes calls who acts with it. */
function nameOf(token: { policy_name: string; name: string }): string {
  return `${token.policy_name}-${token.name}`;
}

function timeOf({ config, now }: CloudRequestContext, expiresAt: string | null | undefined): number | null {
  const time = expiresAt ? Date.parse(expiresAt) : Infinity;
  if (Number.isNaN(time)) throw invalidArgument(`Invalid expiresAt ${expiresAt} specified`);
  if (time <= now()) throw invalidArgument('Invalid expiresAt specified', 'It has passed already.');
  const most = config.auth.auth_token_max_seconds_to_live;
  if (most >= 0 && time > now() + most * 1000) {
    const rule = `auth_token_max_seconds_to_live is ${most}: a token has to end within so many seconds.`;
    throw invalidArgument('Invalid expiresAt specified', rule);
  }
  return time === Infinity ? null : time;
}

function told({ policy_uid, display_name, expires_at }: PolicyTokenRow): Record<string, unknown> {
  return {
    accessPolicy: policy_uid,
    displayName: display_name,
    expiresAt: expires_at === null ? null : new Date(expires_at).toISOString(),
  };
}

function record(
  context: CloudRequestContext,
  verb: string,
  { uid: id, name }: PolicyTokenRow,
  change: Record<string, unknown>,
): Promise<void> {
  return recordChange(context, {
    action: `accesspolicies.tokens:${verb}`,
    kind: 'policy-token',
    id,
    name,
    change,
  });
}
