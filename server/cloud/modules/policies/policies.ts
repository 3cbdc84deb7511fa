import { randomUUID } from 'node:crypto';
import { isUniqueViolation } from '../../../db/errors.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { changed } from '../../../modules/audit/changed.ts';
import { type Realm, requireHolding, requireWholeOrg } from '../../access/caller.ts';
import { invalidArgument, notFound, taken } from '../../access/refusals.ts';
import type { CloudRequestContext } from '../../context.ts';
import { recordChange } from '../audit/audit.ts';
import { knownRegion } from '../regions/regions.ts';
import { requireStack } from '../stacks/stacks.ts';
import { isRange } from './subnets.ts';
import {
  deletePolicy,
  getPolicy,
  insertPolicy,
  listPolicies,
  type PolicyRow,
  updatePolicy,
} from './policies.store.ts';

export interface PolicyChanges {
  displayName?: string | undefined;
  scopes?: string[] | undefined;
  realms?: Given[] | undefined;
  conditions?: { allowedSubnets?: string[] | null | undefined } | null | undefined;
}

/** A realm as it is asked for. */
export interface Given {
  type: 'org' | 'stack';
  identifier: string;
  labelPolicies?: { selector: string }[] | null | undefined;
}

/** A realm as it is kept: the stack by its id, since another may have its slug one day. */
export interface KeptRealm extends Realm {
  stackId?: number;
}

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9-]{0,254}$/;
const SCOPE = /^[a-z0-9-]+:[a-z0-9-]+$/;

/** The policies of the caller's organization in a region. Throws 409 for a region that is none. */
export function policiesOf(context: CloudRequestContext, region: string): Promise<PolicyRow[]> {
  requireWholeOrg(context.caller);
  return listPolicies(context.db, context.caller.org.id, knownRegion(context.config, region));
}

/** A policy of the caller's organization. Throws 404. */
export async function requirePolicy(
  context: CloudRequestContext,
  region: string,
  uid: string,
): Promise<PolicyRow> {
  requireWholeOrg(context.caller);
  const policy = await getPolicy(context.db, context.caller.org.id, region, uid);
  if (policy === undefined) throw notFound('Access policy');
  return policy;
}

/** Makes a policy. Throws 409 for a taken name or what is not allowed, 403 for more than the caller has. */
export async function createPolicy(
  context: CloudRequestContext,
  region: string,
  wanted: PolicyChanges & { name: string },
): Promise<PolicyRow> {
  const { name, displayName, scopes = [], realms = [] } = wanted;
  requireWholeOrg(context.caller);
  if (!NAME.test(name)) {
    throw invalidArgument(`Invalid name ${name} specified`, 'A name is of letters, digits and -.');
  }
  const kept = await checked(context, scopes, realms);
  const now = context.now();
  const row = {
    uid: randomUUID(),
    org_id: context.caller.org.id,
    region: knownRegion(context.config, region),
    name,
    display_name: displayName || name,
    scopes: JSON.stringify(scopes),
    realms: JSON.stringify(kept),
    allowed_subnets: JSON.stringify(subnetsIn(wanted) ?? []),
    created_at: now,
    updated_at: now,
  };
  try {
    return await inTransaction(context, async (context) => {
      const policy = await insertPolicy(context.db, row);
      await record(context, 'create', policy, { region, ...told(policy) });
      return policy;
    });
  } catch (error) {
    throw isUniqueViolation(error) ? taken(`There is an access policy ${name} already`) : error;
  }
}

/** Changes what is given; the next request of each of its tokens obeys. Throws 404, 409 and 403 like making one. */
export function changePolicy(
  context: CloudRequestContext,
  region: string,
  uid: string,
  changes: PolicyChanges,
): Promise<PolicyRow> {
  return inTransaction(context, async (context) => {
    const before = await requirePolicy(context, region, uid);
    requireHoldingPolicy(context, before);
    const scopes = changes.scopes ?? scopesOf(before);
    const kept = await checked(context, scopes, changes.realms, realmsOf(before));
    const subnets = subnetsIn(changes);
    const policy = await updatePolicy(context.db, before.id, {
      ...(changes.displayName === undefined ? {} : { display_name: changes.displayName || before.name }),
      scopes: JSON.stringify(scopes),
      realms: JSON.stringify(kept),
      ...(subnets === undefined ? {} : { allowed_subnets: JSON.stringify(subnets) }),
      updated_at: context.now(),
    });
    await record(context, 'write', policy, changed(told(before), told(policy)));
    return policy;
  });
}

/** Deletes a policy with its tokens. Throws 404, and 403 for one that may more than the caller. */
export function dropPolicy(context: CloudRequestContext, region: string, uid: string): Promise<void> {
  return inTransaction(context, async (context) => {
    const policy = await requirePolicy(context, region, uid);
    requireHoldingPolicy(context, policy);
    await deletePolicy(context.db, policy.id);
    await record(context, 'delete', policy, told(policy));
  });
}

/** Refuses to give out, or to change, a policy that may more than the caller. Throws 403. */
export function requireHoldingPolicy({ caller }: CloudRequestContext, policy: PolicyRow): void {
  requireHolding(caller, scopesOf(policy), stacksIn(realmsOf(policy)));
}

export function scopesOf({ scopes }: Pick<PolicyRow, 'scopes'>): string[] {
  return JSON.parse(scopes) as string[];
}

export function realmsOf({ realms }: Pick<PolicyRow, 'realms'>): KeptRealm[] {
  return JSON.parse(realms) as KeptRealm[];
}

export function subnetsOf({ allowed_subnets }: Pick<PolicyRow, 'allowed_subnets'>): string[] {
  return JSON.parse(allowed_subnets) as string[];
}

/** The stacks that realms are for; undefined is all of the organization. */
export function stacksIn(realms: readonly KeptRealm[]): ReadonlySet<number> | undefined {
  if (realms.some(({ type }) => type === 'org')) return undefined;
  return new Set(realms.map(({ stackId }) => stackId ?? 0));
}

async function checked(
  context: CloudRequestContext,
  scopes: readonly string[],
  realms: readonly Given[] | undefined,
  before: KeptRealm[] = [],
): Promise<KeptRealm[]> {
  if (scopes.length === 0) throw invalidArgument('Field is required: scopes');
  if (realms?.length === 0) throw invalidArgument('Field is required: realms');
  const wrong = scopes.find((scope) => !SCOPE.test(scope));
  if (wrong !== undefined)
    throw invalidArgument(`Invalid scope ${wrong} specified`, 'A scope is as in stacks:read.');
  const kept = realms === undefined ? before : [];
  for (const realm of realms ?? []) {
    // Written as it was, it is for the very stack that it was for, whoever has that slug by now.
    const same = before.find(
      ({ type, identifier }) => type === realm.type && identifier === realm.identifier,
    );
    kept.push(same ? { ...same, labelPolicies: realm.labelPolicies ?? [] } : await resolved(context, realm));
  }
  requireHolding(context.caller, scopes, stacksIn(kept));
  return kept;
}

async function resolved(context: CloudRequestContext, given: Given): Promise<KeptRealm> {
  const { type, identifier } = given;
  const realm = { type, identifier, labelPolicies: given.labelPolicies ?? [] };
  if (type === 'stack') {
    const stack = await requireStack(context, identifier).catch(() => undefined);
    if (stack === undefined)
      throw invalidArgument(`Invalid realm ${identifier} specified`, 'There is no such stack.');
    return { ...realm, stackId: stack.id };
  }
  const { org } = context.caller;
  if (identifier !== org.slug && identifier !== String(org.id)) {
    throw invalidArgument(`Invalid realm ${identifier} specified`, `The organization is ${org.slug}.`);
  }
  return realm;
}

function subnetsIn({ conditions }: PolicyChanges): string[] | undefined {
  if (conditions === undefined) return undefined;
  const subnets = conditions?.allowedSubnets ?? [];
  const wrong = subnets.find((subnet) => !isRange(subnet));
  if (wrong !== undefined) {
    throw invalidArgument(`Invalid subnet ${wrong} specified`, 'A subnet is as in 10.0.0.0/8 or fd00::/8.');
  }
  return subnets;
}

function told(policy: PolicyRow): Record<string, unknown> {
  return {
    displayName: policy.display_name,
    scopes: scopesOf(policy),
    realms: realmsOf(policy),
    allowedSubnets: subnetsOf(policy),
  };
}

function record(
  context: CloudRequestContext,
  verb: string,
  { uid: id, name }: PolicyRow,
  change: Record<string, unknown>,
): Promise<void> {
  return recordChange(context, {
    action: `accesspolicies:${verb}`,
    kind: 'access-policy',
    id,
    name,
    change,
  });
}
