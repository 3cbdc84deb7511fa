import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  preValidationHookHandler,
} from 'fastify';
import { type Access, accessDenied, deniedOnServer, holds, type ScopeOf } from '../access/can.ts';
import { allows } from '../access/evaluate.ts';
import type { Identity } from '../access/identity.ts';
import type { RequestContext } from '../context.ts';
import { authenticate, type Authenticators } from './authenticate.ts';
import { contextOf, type GuardedRoute } from './request.ts';

/**
 * Puts a guard before every route that is added from now on, and refuses to start with a route that does not say what it asks.
 * It runs before the body is read, so that nobody learns from a 400 what they may not know, and once more when it has been read.
 */
export function guardRoutes(app: FastifyInstance, authenticators: Authenticators): void {
  const routes: GuardedRoute[] = [];
  app.decorate('routes', routes);
  app.decorateRequest('identity', null as unknown as Identity);
  app.addHook('onRoute', (route) => {
    const access = route.config?.access;
    if (access === undefined) {
      throw new Error(
        `${String(route.method)} ${route.url} declares no access: give it can(…), signedIn(…) or open(…)`,
      );
    }
    const { schema = {}, config: { mayAnswer = [] } = {} } = route;
    routes.push({ method: String(route.method), url: route.url, access, schema, mayAnswer });
    if (access.kind === 'open') return;
    const asks = [guard(authenticators, access), ...[route.onRequest ?? []].flat()];
    route.onRequest = asks;
    // A body may be long on its way: what was allowed when its first line came may not be so any more.
    route.preValidation = [...asks.map(onceBodyIsThere), ...[route.preValidation ?? []].flat()];
  });
}

function guard(authenticators: Authenticators, access: Access): onRequestHookHandler {
  // With callbacks, because the common case is decided from memory and needs no promise.
  return (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void) => {
    const admit = (identity: Identity): void => {
      request.identity = identity;
      if (grantedByRole(access, identity, request)) return done();
      decide(access, contextOf(request), request).then(() => done(), done);
    };
    try {
      const identity = authenticate(request.server.context, authenticators, request);
      if (identity instanceof Promise) identity.then(admit).catch(done);
      else admit(identity);
    } catch (error) {
      done(error as Error);
    }
  };
}

/** Has a hook of onRequest ask again where a body was sent, which came later. */
function onceBodyIsThere(ask: onRequestHookHandler): preValidationHookHandler {
  return function (request, reply, done) {
    if (!sentBody(request)) return done();
    return ask.call(this, request, reply, done);
  };
}

// By the headers and not by what came of it: blanks take their time too.
function sentBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function grantedByRole(access: Access, identity: Identity, request: FastifyRequest): boolean {
  if (access.kind === 'open' || access.kind === 'signed-in') return true;
  if (access.kind === 'server') return allows(identity.serverGrants, access.action, access.scopes);
  const scopes: string[] = [];
  for (const scope of access.scopes) {
    if (typeof scope !== 'string') return false;
    scopes.push(fill(scope, request.params as Record<string, string>));
  }
  return access.actions.some((action) => allows(identity.grants, action, scopes));
}

async function decide(access: Access, context: RequestContext, request: FastifyRequest): Promise<void> {
  const { actor } = context;
  if (access.kind === 'server') throw deniedOnServer(actor, access.action, access.scopes);
  if (access.kind !== 'org') return;
  const parameters = request.params as Record<string, string>;
  if (
    access.orSelf &&
    actor.principal.kind === 'service-account' &&
    parameters['id'] === String(actor.principal.id)
  ) {
    return;
  }
  const scopes = await scopesOf(access.scopes, context, parameters);
  for (const action of access.actions) {
    if (await holds(context, action, ...scopes)) return;
  }
  // Not what was looked up: that there is such a thing, and its uid, is not for who may not.
  const named = access.scopes.filter((scope) => typeof scope === 'string');
  throw accessDenied(
    actor,
    access.actions,
    named.map((scope) => fill(scope, parameters)),
  );
}

async function scopesOf(
  scopes: readonly ScopeOf[],
  context: RequestContext,
  parameters: Record<string, string>,
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
function fill(template: string, parameters: Record<string, string>): string {
  return template.includes('{')
    ? template.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? '')
    : template;
}
