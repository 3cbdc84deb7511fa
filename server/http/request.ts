import type { FastifyRequest } from 'fastify';
import type { Access } from '../access/can.ts';
import type { Identity } from '../access/identity.ts';
import type { Context, RequestContext } from '../context.ts';

declare module 'fastify' {
  interface FastifyInstance {
    context: Context;
  }
  interface FastifyRequest {
    /** Who asks; set by the guard before any handler runs, but on open routes. */
    identity: Identity;
  }
  interface FastifyContextConfig {
    access?: Access;
  }
}

/** The context of this request, for its rules. */
export function contextOf(request: FastifyRequest): RequestContext {
  return {
    ...request.server.context,
    actor: request.identity,
    requestId: request.id,
    address: request.ip,
  };
}
