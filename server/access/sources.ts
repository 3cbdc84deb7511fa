import type { RequestContext } from '../context.ts';
import { isOwnAccount, type Parameters, scopesOf } from './admission.ts';
import { orgGrants, serverGrants } from './basic-roles.ts';
import type { Access } from './can.ts';
import { allows, type Grants } from './evaluate.ts';
import { type HeldLevel, heldAround, objectOf } from './held.ts';
import { levelGives } from './object-levels.ts';

/** Where somebody has from what a route asks. */
export type Source =
  | { from: 'own account' | 'basic role' | 'server administrator' | 'main organization' | 'nothing there' }
  /** The scopes are those that a role may name: of the thing itself, and of what it lies in. */
  | { from: 'other roles'; action: string; scopes: readonly string[] }
  | { from: 'object'; held: HeldLevel; isAround: boolean }
  /** The action on something, where the route does not say on what. */
  | { from: 'some object' };

/** Everything from which the actor has what a route asks; of somebody who has it, at least one. */
export async function sourcesOf(
  access: Access,
  context: RequestContext,
  parameters: Parameters,
): Promise<Source[]> {
  if (access.kind === 'open' || access.kind === 'signed-in') return [];
  if (access.kind === 'server') return sourcesOnServer(context, access);
  if (isOwnAccount(access, context.actor, parameters)) return [{ from: 'own account' }];
  const scopes = await scopesOf(access.scopes, context, parameters);
  const found: Source[] = [];
  for (const action of access.actions) {
    if (scopes.length === 0) found.push(...byRoles(context, action, []));
    for (const scope of scopes) found.push(...(await sourcesOn(context, action, scope)));
  }
  return found.length > 0 || scopes.length > 0 ? found : [{ from: 'some object' }];
}

function sourcesOnServer(
  { actor, config }: RequestContext,
  { action, scopes }: Extract<Access, { kind: 'server' }>,
): Source[] {
  const { principal, orgId, role } = actor;
  if (principal.isServerAdmin) return [{ from: 'server administrator' }];
  const byBasicRole = serverGrants(false, orgId, role, config.access_control);
  return [
    ...(allows(byBasicRole, action, scopes) ? [{ from: 'main organization' } as const] : []),
    ...byOtherRoles(principal.granted.get(orgId)?.onServer, action, scopes),
  ];
}

async function sourcesOn(context: RequestContext, action: string, scope: string): Promise<Source[]> {
  const { levels, scopes, isMissing } = await heldAround(context, scope);
  const giving = levels.filter(({ kind, level }) =>
    levelGives(kind, level, action, context.config.access_control),
  );
  const found: Source[] = [
    ...byRoles(context, action, scopes),
    ...giving.map((held) => ({ from: 'object', held, isAround: !namesIt(scope, held) }) as const),
  ];
  return found.length > 0 || !isMissing ? found : [{ from: 'nothing there' }];
}

function byRoles(
  { actor: { principal, orgId, role }, config }: RequestContext,
  action: string,
  scopes: readonly string[],
): Source[] {
  const isBasic = allows(orgGrants(role, config.access_control), action, scopes);
  return [
    ...(isBasic ? [{ from: 'basic role' } as const] : []),
    ...byOtherRoles(principal.granted.get(orgId)?.inOrg, action, scopes),
  ];
}

function byOtherRoles(grants: Grants | undefined, action: string, scopes: readonly string[]): Source[] {
  return grants !== undefined && allows(grants, action, scopes)
    ? [{ from: 'other roles', action, scopes }]
    : [];
}

function namesIt(scope: string, held: HeldLevel): boolean {
  const object = objectOf(scope);
  return object?.kind === held.kind && object.id === held.id;
}
