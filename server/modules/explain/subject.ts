import { type Parameters, requireAccess } from '../../access/admission.ts';
import { holds } from '../../access/can.ts';
import { identityIn } from '../../access/identify.ts';
import type { Role } from '../../access/roles.ts';
import type { RequestContext } from '../../context.ts';
import { ApiError } from '../../errors.ts';
import type { AskedRoute } from './route-step.ts';

/** Somebody whose request is explained. */
export interface Subject {
  /** What their own request would have: they are its actor. */
  context: RequestContext;
  /** Whether whoever asks may be told all that they would be told themselves: they are the same, or the secret was shown. */
  isOwn: boolean;
  /** Who asks, in the organization that the request acts in; undefined where they have no part in it. */
  asker: RequestContext | undefined;
}

/** Whether whoever asks may read something of the organization that the request acts in. */
export async function askerMay({ asker }: Subject, action: string, scope: string): Promise<boolean> {
  return asker !== undefined && holds(asker, action, scope);
}

/** Somebody in another organization, if they have a part in it. */
export function inOrgOf(context: RequestContext, orgId: number): RequestContext | undefined {
  const { actor, config } = context;
  if (actor.orgId === orgId) return context;
  if (!actor.principal.memberships.has(orgId)) return undefined;
  return { ...context, actor: identityIn(config.access_control, actor, orgId) };
}

/** A request that has found its route. */
export interface Request {
  route: AskedRoute;
  parameters: Parameters;
}

/** What the guard refuses the request with for want of a permission; undefined where it lets it in. */
export function accessRefusal(
  context: RequestContext,
  { route, parameters }: Request,
): Promise<ApiError | undefined> {
  return refusalIn(() => requireAccess(route.access, context, parameters));
}

/** What the guard refuses the request with for what the route asks besides. */
export function conditionRefusal(
  context: RequestContext,
  { route, parameters }: Request,
): Promise<ApiError | undefined> {
  return refusalIn(async () => route.condition?.(context, parameters));
}

/** Whether the guard lets the request in. */
export async function isLetIn(context: RequestContext, request: Request): Promise<boolean> {
  return (
    (await accessRefusal(context, request)) === undefined &&
    (await conditionRefusal(context, request)) === undefined
  );
}

/** What is to be different, to find out what would come of it. */
interface Change {
  role?: Role;
  isServerAdmin?: boolean;
  config?: RequestContext['config'];
}

/** The same request, if its actor or the settings were different. */
export function asIf(context: RequestContext, change: Change): RequestContext {
  const { principal, credential, orgId } = context.actor;
  const { role, isServerAdmin = principal.isServerAdmin, config = context.config } = change;
  const memberships =
    role === undefined ? principal.memberships : new Map([...principal.memberships, [orgId, role]]);
  const changed = { principal: { ...principal, isServerAdmin, memberships }, credential };
  return { ...context, config, actor: identityIn(config.access_control, changed, orgId) };
}

async function refusalIn(ask: () => Promise<void>): Promise<ApiError | undefined> {
  try {
    await ask();
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) return error;
    throw error;
  }
}
