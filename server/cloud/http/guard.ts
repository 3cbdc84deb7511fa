import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { sentBody } from '../../http/guard.ts';
import type { RequestLimiter } from '../../http/limit-requests.ts';
import { addressOf } from '../../http/request.ts';
import type { Caller } from '../access/caller.ts';
import { denied } from '../access/refusals.ts';
import { rolesWith } from '../access/roles.ts';
import type { CloudContext, CloudRequestContext } from '../context.ts';

/** A route of the cloud side. */
export interface CloudRoute {
  method: string;
  url: string;
  needs: readonly string[];
  /** What it takes and answers. */
  schema: FastifySchema;
  /** Refusals that only its rule knows of. */
  mayAnswer: readonly number[];
}

declare module 'fastify' {
  interface FastifyInstance {
    cloud: CloudContext;
    /** Every route of the cloud side and the scopes of which it asks one. */
    cloudRoutes: readonly CloudRoute[];
  }
  interface FastifyRequest {
    /** Who asks on the cloud side; set by the guard before any handler runs. */
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** The scopes of which a route of the cloud side asks one. */
    needs?: readonly string[];
  }
}

/** What a route of the cloud side asks: one of these scopes. */
export const needs = (...scopes: string[]): { needs: readonly string[] } => ({ needs: scopes });

/**
 * Puts a guard before every route that is added from now on: it runs before the body is read, and once more when it has been. A route
 * that says no scope stops the start.
 */
export function guardCloud(
  app: FastifyInstance,
  authenticate: (authorization: string | undefined, address: string) => Promise<Caller>,
  limiter: RequestLimiter | undefined,
): void {
  const routes: CloudRoute[] = [];
  app.decorate('cloudRoutes', routes);
  app.decorateRequest('isPaid', false);
  app.decorateRequest('caller', null as unknown as Caller);
  app.addHook('onRoute', ({ method, url, config, schema = {} }) => {
    const asked = config?.needs;
    if (asked === undefined) throw new Error(`${String(method)} ${url} declares no scope: give it needs(…)`);
    for (const each of [method].flat())
      routes.push({ method: each, url, needs: asked, schema, mayAnswer: config?.mayAnswer ?? [] });
  });
  const guard = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const caller = await authenticate(request.headers.authorization, addressOf(request)).catch(
      async (error: unknown) => {
        throw limiter ? await limiter.spendRefused(request, reply, error) : error;
      },
    );
    request.caller = caller;
    const limited = await limiter?.spend(request, reply, {
      credential: caller.credential,
      principal: { kind: 'cloud', id: caller.id },
      orgId: caller.org.id,
    });
    if (limited !== undefined) throw limited;
    const { needs: wanted } = request.routeOptions.config;
    if (wanted === undefined || wanted.some((scope) => caller.scopes.has(scope))) return;
    throw denied(
      `the scope ${wanted.join(' or ')} is needed`,
      `Cloud keys with the role ${rolesWith(wanted).join(' or ')} have it, and tokens of policies with that scope.`,
    );
  };
  app.addHook('onRequest', guard);
  app.addHook('preValidation', async (request, reply) => {
    if (sentBody(request)) await guard(request, reply);
  });
}

/** The context of this request, for its rules. */
export function cloudOf(request: FastifyRequest): CloudRequestContext {
  return {
    ...request.server.cloud,
    caller: request.caller,
    requestId: request.id,
    address: addressOf(request),
  };
}
