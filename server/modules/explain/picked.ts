import { accessDenied, holds } from '../../access/can.ts';
import { allows } from '../../access/evaluate.ts';
import type { Principal, PrincipalKind, Proof } from '../../access/identity.ts';
import type { RequestContext } from '../../context.ts';
import { type ApiError, notFound, unauthorized } from '../../errors.ts';
import { lookAtCredential } from '../authentication/bearer.ts';
import { type CredentialRow, findCredential, knownCredential } from '../credentials/credentials.ts';
import { findAccount } from '../service-accounts/service-accounts.ts';
import { findPerson } from '../users/users.ts';
import { inOrgOf } from './subject.ts';

export const PICKED_KINDS = ['api-key', 'token', 'service-account', 'user'] as const;

/** A credential that is not shown but named, by whoever may read it. */
export interface Pick {
  kind: (typeof PICKED_KINDS)[number];
  id: number;
}

/** Proves what is picked as its secret would; throws the 401 that its secret would meet. */
export type ProvePicked = () => Promise<Proof>;

/** Finds what is picked. Throws 403 when the actor may not read such things, and 404 when the organization has no such one. */
export async function requirePicked(context: RequestContext, { kind, id }: Pick): Promise<ProvePicked> {
  if (kind === 'user') return requirePerson(context, id);
  if (kind === 'service-account') return requireAccountOf(context, id);
  const row = await findCredential(context, id);
  const isKey = kind === 'api-key';
  const isThere = row?.org_id === context.actor.orgId && isKey === (row.service_account_id === null);
  if (isThere && (await mayReadCredential(context, row)))
    return () => lookAtCredential(context, knownCredential(row));
  throw await refusal(context, isKey ? 'apikeys' : 'serviceaccounts', 'There is no such key or token');
}

/** Whether the actor may read of a key or token of their organization what the lists tell. */
export async function mayReadCredential(context: RequestContext, row: CredentialRow): Promise<boolean> {
  const { orgId, credential, principal } = context.actor;
  if (row.org_id !== orgId) return false;
  const { service_account_id: account } = row;
  if (account === null) {
    const isOwn = credential.kind === 'api-key' && credential.id === row.id;
    return isOwn || holds(context, 'apikeys:read', `apikeys:id:${row.id}`);
  }
  const isOwn = principal.kind === 'service-account' && principal.id === account;
  return isOwn || holds(context, 'serviceaccounts:read', `serviceaccounts:id:${account}`);
}

/** Whether it is the actor's own permissions that are asked about. */
export function isSelf(
  { actor }: RequestContext,
  { kind, id }: { kind: PrincipalKind; id: number },
): boolean {
  return actor.principal.kind === kind && actor.principal.id === id;
}

/** Whether the actor may be told that somebody administers the server. The lists of keys and accounts say so, that of members does not. */
export function mayKnowAdministrator(context: RequestContext, { kind }: Principal, isOwn: boolean): boolean {
  return isOwn || kind !== 'user' || mayReadServerUsers(context);
}

function mayReadServerUsers({ actor }: RequestContext): boolean {
  return allows(actor.serverGrants, 'users:read', ['global.users:*']);
}

/** Whether the actor may be told what others do in an organization: as a reader of its members. */
export function mayAskAbout(context: RequestContext, orgId: number): boolean {
  if (context.actor.principal.isServerAdmin) return true;
  const there = inOrgOf(context, orgId);
  return there !== undefined && allows(there.actor.grants, 'org.users:read', ['users:*']);
}

async function requirePerson(context: RequestContext, id: number): Promise<ProvePicked> {
  const person = await findPerson(context, id);
  const { orgId, grants } = context.actor;
  const mayRead =
    isSelf(context, { kind: 'user', id }) ||
    mayReadServerUsers(context) ||
    (person?.principal.memberships.has(orgId) === true &&
      allows(grants, 'org.users:read', [`users:id:${id}`]));
  if (person === undefined || !mayRead) throw await refusal(context, 'org.users', 'There is no such user');
  return () => {
    const { principal } = person;
    const credential = { kind: 'session', id: 0, name: '', expiresAt: null } as const;
    if (!person.isDisabled) return Promise.resolve({ principal, credential });
    const mend = 'An administrator of the server can enable them again.';
    throw unauthorized('The user is disabled', mend, { reason: 'account disabled', kind: 'session' });
  };
}

async function requireAccountOf(context: RequestContext, id: number): Promise<ProvePicked> {
  const account = await findAccount(context, id);
  const mayRead =
    isSelf(context, { kind: 'service-account', id }) ||
    (account?.principal.currentOrgId === context.actor.orgId &&
      (await holds(context, 'serviceaccounts:read', `serviceaccounts:id:${id}`)));
  if (account === undefined || !mayRead)
    throw await refusal(context, 'serviceaccounts', 'There is no such service account');
  // As a token of it would be that is good for ever.
  return () =>
    lookAtCredential(context, { id: 0, holder: id, isRevoked: false, expiresAt: null, notedMinute: 0 });
}

/** 404 to who may read all things of the kind, and 403 to everybody else, whether there is such a one or not. */
async function refusal(context: RequestContext, kind: string, message: string): Promise<ApiError> {
  const scope = kind === 'org.users' ? 'users:*' : `${kind}:*`;
  const readsAll =
    (kind === 'org.users' && mayReadServerUsers(context)) || (await holds(context, `${kind}:read`, scope));
  return readsAll
    ? notFound(message, 'explain.not-found')
    : accessDenied(context.actor, [`${kind}:read`], []);
}
