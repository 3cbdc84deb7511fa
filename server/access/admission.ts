import type { RequestContext } from '../context.ts';
import { type Access, accessDenied, deniedOnServer, holds, type ScopeOf } from './can.ts';
import { allows } from './evaluate.ts';
import type { Identity } from './identity.ts';

/** The parameters of a request's path, by name. */
export type Parameters = Readonly<Record<string, string>>;

/** What a route asks besides its access, of whoever has that, before the body is judged. It throws what it refuses with. */
export type Condition = (context: RequestContext, parameters: Parameters) => void | Promise<void>;

/** Whether the roles alone give what a route asks, which is found out without the database. */
export function isGivenByRole(access: Access, identity: Identity, parameters: Parameters): boolean {
  if (access.kind === 'open' || access.kind === 'signed-in') return true;
  if (access.kind === 'server') return allows(identity.serverGrants, access.action, access.scopes);
  const scopes: string[] = [];
  for (const scope of access.scopes) {
    if (typeof scope !== 'string') return false;
    scopes.push(fill(scope, parameters));
  }
  return access.actions.some((action) => allows(identity.grants, action, scopes));
}

/** Refuses with 403, in words that say what is missing, whoever does not have what a route asks. */
export async function requireAccess(
  access: Access,
  context: RequestContext,
  parameters: Parameters,
): Promise<void> {
  const { actor } = context;
  if (isGivenByRole(access, actor, parameters)) return;
  if (access.kind === 'server') throw deniedOnServer(actor, access.action, access.scopes);
  if (access.kind !== 'org' || isOwnAccount(access, actor, parameters)) return;
  const scopes = await scopesOf(access.scopes, context, parameters);
  for (const action of access.actions) {
    if (await holds(context, action, ...scopes)) return;
  }
  throw accessDenied(actor, access.actions, namedScopes(access, parameters));
}

/** Whether the path names the very account that asks, where that is enough. */
export function isOwnAccount(access: Access, { principal }: Identity, parameters: Parameters): boolean {
  return (
    access.kind === 'org' &&
    access.orSelf &&
    principal.kind === 'service-account' &&
    parameters['id'] === String(principal.id)
  );
}

/** The scopes of a request that its path names. Not those that are looked up: that there is such a thing, and its uid, is not for who may not. */
export function namedScopes(access: Access, parameters: Parameters): string[] {
  if (access.kind === 'open' || access.kind === 'signed-in') return [];
  const scopes: readonly ScopeOf[] = access.scopes;
  return scopes.filter((scope) => typeof scope === 'string').map((scope) => fill(scope, parameters));
}

/** All scopes of a request, looked up where the path does not name them. */
export async function scopesOf(
  scopes: readonly ScopeOf[],
  context: RequestContext,
  parameters: Parameters,
): Promise<string[]> {
  const found: string[] = [];
  for (const scope of scopes) {
    const text =
      typeof scope === 'string'
        ? fill(scope, parameters)
        : await scope(context, context.actor.orgId, parameters);
    if (text !== undefined) found.push(text);
  }
  return found;
}

/** Puts the path's parameters into a scope. */
function fill(template: string, parameters: Parameters): string {
  return template.includes('{')
    ? template.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? '')
    : template;
}
