import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  preValidationHookHandler,
} from 'fastify';
import { type Condition, isGivenByRole, type Parameters, requireAccess } from '../access/admission.ts';
import type { Access } from '../access/can.ts';
import type { Identity } from '../access/identity.ts';
import { authenticate, type Authenticators } from './authenticate.ts';
import { isLimited, type RequestLimiter } from './limit-requests.ts';
import { contextOf, type GuardedRoute } from './request.ts';

/**
 * Puts a guard before every route that is added from now on, and refuses to start with a route that does not say what it asks.
 * It runs before the body is read, so that nobody learns from a 400 what they may not know, and once more when it has been read.
 */
export function guardRoutes(
  app: FastifyInstance,
  authenticators: Authenticators,
  limiter: RequestLimiter | undefined,
): void {
  const routes: GuardedRoute[] = [];
  app.decorate('routes', routes);
  app.decorateRequest('identity', null as unknown as Identity);
  app.decorateRequest('isPaid', false);
  app.addHook('onRoute', (route) => {
    const access = route.config?.access;
    if (access === undefined) {
      throw new Error(
        `${String(route.method)} ${route.url} declares no access: give it can(…), signedIn(…) or open(…)`,
      );
    }
    if (route.onRequest !== undefined) {
      throw new Error(
        `${String(route.method)} ${route.url} asks something in onRequest: say it as config.condition, which is asked again once the body is there`,
      );
    }
    const { schema = {}, config: { condition, mayAnswer = [] } = {} } = route;
    const guarded = { method: String(route.method), url: route.url, access, condition, schema, mayAnswer };
    routes.push(guarded);
    if (access.kind === 'open') {
      // Routes that look at a credential themselves pay when they have.
      if (limiter && isLimited(guarded) && route.config?.paysItself !== true) {
        route.onRequest = (request, reply, done) => tell(limiter.spendAddress(request, reply), done);
      }
      return;
    }
    const asks = guard(authenticators, limiter, access, condition);
    route.onRequest = asks;
    // A body may be long on its way: what was allowed when its first line came may not be so any more.
    route.preValidation = [onceBodyIsThere(asks), ...[route.preValidation ?? []].flat()];
  });
}

function guard(
  authenticators: Authenticators,
  limiter: RequestLimiter | undefined,
  access: Access,
  condition: Condition | undefined,
): onRequestHookHandler {
  // With callbacks, because the common case is decided from memory and needs no promise.
  const ask = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const admit = (identity: Identity): void => {
      request.identity = identity;
      const limited = limiter?.spend(request, reply, identity);
      if (limited instanceof Promise) {
        // What was known before may not hold any more.
        limited.then((error) => (error ? done(error) : ask(request, reply, done))).catch(done);
        return;
      }
      if (limited !== undefined) return done(limited);
      const parameters = request.params as Parameters;
      if (condition === undefined && isGivenByRole(access, identity, parameters)) return done();
      const context = contextOf(request);
      requireAccess(access, context, parameters)
        .then(() => condition?.(context, parameters))
        .then(() => done(), done);
    };
    let identity: Identity | Promise<Identity>;
    try {
      identity = authenticate(request.server.context, authenticators, request);
    } catch (error) {
      return tell(refusalOf(error, limiter, request, reply), done);
    }
    if (identity instanceof Promise) {
      identity.then(admit, (error) => tell(refusalOf(error, limiter, request, reply), done)).catch(done);
    } else admit(identity);
  };
  return ask;
}

/** What a request is answered with that was refused, or a promise of it: 429 where whoever sent it sent too much. */
function refusalOf(
  error: unknown,
  limiter: RequestLimiter | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): unknown {
  return limiter ? limiter.spendRefused(request, reply, error) : error;
}

/** Goes on with what was decided, or will be. */
function tell(decided: unknown, done: (error?: Error) => void): void {
  if (decided instanceof Promise) decided.then(done, done);
  else done(decided as Error | undefined);
}

/** Asks again where a body was sent, which came later. */
function onceBodyIsThere(ask: onRequestHookHandler): preValidationHookHandler {
  return function (request, reply, done) {
    if (!sentBody(request)) return done();
    return ask.call(this, request, reply, done);
  };
}

/** Whether a body was sent. By the headers and not by what came of it: blanks take their time too. */
export function sentBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
