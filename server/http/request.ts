import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import type { Condition } from '../access/admission.ts';
import type { Access } from '../access/can.ts';
import type { Identity } from '../access/identity.ts';
import type { Context, RequestContext } from '../context.ts';

/** A route, what it asks, and what it takes and answers. */
export interface GuardedRoute {
  method: string;
  url: string;
  access: Access;
  condition: Condition | undefined;
  /** What it takes and answers. */
  schema: FastifySchema;
  /** Refusals that do not follow from what it takes; see `mayAnswer` of a route's config. */
  mayAnswer: readonly number[];
}

declare module 'fastify' {
  interface FastifyInstance {
    context: Context;
    /** Every route and what it asks, in order. */
    routes: readonly GuardedRoute[];
  }
  interface FastifyRequest {
    /** Who asks; set by the guard before any handler runs, but on open routes. */
    identity: Identity;
    /** The body as it was sent, for what JavaScript's numbers cannot hold; '' when there was none. */
    bodyText: string;
  }
  interface FastifyContextConfig {
    access?: Access;
    /** What it asks besides, such as `personsOnly`; the guard asks it, and whoever explains a refusal. */
    condition?: Condition | undefined;
    /** Statuses of refusals that only its rule knows of, as 409; the others follow from access and schemas. */
    mayAnswer?: readonly number[];
    /** Whether it is open, but looks who asks and has them pay for the request; else the address pays. */
    paysItself?: boolean;
    /** Whether what it answers is secret, so that reads of it are recorded as `[audit] secret_reads` says. */
    readsSecret?: boolean;
    /** Whether its body holds what no answer may show, not even in saying where it is wrong. */
    hidesBody?: boolean;
    /** What a body of the wrong form is told; the words that Grafana uses at most routes when it is not given. */
    badBody?: string;
  }
}

/** The context of this request, for its rules. */
export function contextOf(request: FastifyRequest): RequestContext {
  return {
    ...request.server.context,
    actor: request.identity,
    requestId: request.id,
    address: addressOf(request),
  };
}

/** Where a request came from: 'unknown' once its connection was reset, which the type of Fastify's `ip` does not say. */
export function addressOf({ ip }: { ip: string | undefined }): string {
  return ip || 'unknown';
}

/** Aborts when whoever asked is gone before the answer. Fastify's own signal does so as soon as the body has been read. */
export function untilGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}
