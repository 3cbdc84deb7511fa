import type { CredentialKind } from '../../access/identity.ts';
import { denied } from './refusals.ts';
import { isOurs } from './roles.ts';

/** What of an organization a policy is for: all of it, or one stack. */
export interface Realm {
  type: 'org' | 'stack';
  /** As it was written: the organization's slug or id, the stack's id or slug. */
  identifier: string;
  labelPolicies: { selector: string }[];
}

/** Who asks on the cloud side: a cloud key, a token of an access policy, or an administrator of the server. */
export interface Caller {
  /** Of the key, of the token, or of the administrator. */
  id: number;
  name: string;
  /** As the record of changes has it. */
  actor: string;
  credential: { kind: CredentialKind | 'cloud-key' | 'policy-token'; id: number };
  org: { id: number; slug: string; name: string };
  scopes: ReadonlySet<string>;
  /** Ids of the stacks that it may reach; undefined is the whole organization. */
  stacks: ReadonlySet<number> | undefined;
  /** Whether it may hand out scopes that mean nothing here, for services that are not ours. */
  isAdmin: boolean;
}

/** Whether a caller may know of a stack at all. */
export function reaches({ org, stacks }: Caller, stack: { id: number; org_id: number }): boolean {
  return stack.org_id === org.id && (stacks === undefined || stacks.has(stack.id));
}

/** Refuses whoever may reach only some stacks what concerns the organization. Throws 403. */
export function requireWholeOrg(caller: Caller): void {
  if (caller.stacks === undefined) return;
  throw denied('the policy is for stacks alone, and this concerns the organization');
}

/** Refuses to hand out what the caller does not have itself. Throws 403. */
export function requireHolding(
  caller: Caller,
  scopes: readonly string[],
  stacks: ReadonlySet<number> | undefined,
): void {
  const missing = scopes.find((scope) => !caller.scopes.has(scope) && !(caller.isAdmin && !isOurs(scope)));
  if (missing !== undefined) throw denied(`nobody hands out what they do not have: ${missing}`);
  if (caller.stacks === undefined) return;
  const isWithin = stacks !== undefined && [...stacks].every((id) => caller.stacks?.has(id));
  if (!isWithin) throw denied('nobody hands out a realm that they are not in');
}
