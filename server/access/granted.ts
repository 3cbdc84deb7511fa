import { isOnServerOnly } from './basic-roles.ts';
import { allows, type Grants, grantsFrom } from './evaluate.ts';
import type { Identity } from './identity.ts';

/** One action on what a scope names; '' where an action has no scope. */
export interface Permission {
  action: string;
  scope: string;
}

/** What roles besides the basic one give in one organization. */
export interface Granted {
  inOrg: Grants;
  /** Of the whole server, where roles give nothing but reading. */
  onServer: Grants;
}

/** Sorts the permissions of roles by where they count. */
export function grantedBy(permissions: readonly Permission[]): Granted {
  const grants = (some: readonly Permission[]): Grants =>
    grantsFrom(some.map(({ action, scope }) => [action, scope] as const));
  return {
    inOrg: grants(permissions.filter(({ action }) => !isOnServerOnly(action))),
    onServer: grants(permissions.filter(({ action }) => isOnServerOnly(action) && isReading(action))),
  };
}

// Grants are never changed, so that a sum needs to be made once for what is added, and goes when that goes.
const sums = new WeakMap<Grants, { basic: Grants; sum: Grants }>();

/** What a basic role and other roles give together. */
export function together(basic: Grants, besides: Grants | undefined): Grants {
  if (besides === undefined || besides.size === 0) return basic;
  const known = sums.get(besides);
  if (known?.basic === basic) return known.sum;
  const sum = grantsFrom([...basic, ...besides].map(([action, scopes]) => [action, ...scopes] as const));
  sums.set(besides, { basic, sum });
  return sum;
}

/**
 * The first of these permissions that somebody may not put into a role or hand on by one: nobody gives what they do not hold
 * themselves, by role, and nobody but a server administrator writes to the server as a whole.
 */
export function notTheirsToGive(actor: Identity, permissions: readonly Permission[]): Permission | undefined {
  return permissions.find(({ action, scope }) => {
    const scopes = scope === '' ? [] : [scope];
    if (!isOnServerOnly(action)) return !allows(actor.grants, action, scopes);
    return !isReading(action) || !allows(actor.serverGrants, action, scopes);
  });
}

function isReading(action: string): boolean {
  return action.endsWith(':read');
}
