import type { FastifyInstance } from 'fastify';
import type { RequestSpan, Tracing } from '../tracing/tracing.ts';
import { afterAnswers } from './answer-steps.ts';
import type { IsProxy } from './forwarded.ts';
import { shownPath } from './request-log.ts';
import { addressOf } from './request.ts';
import { parseTraceparent } from './trace-context.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What traces it; undefined where nothing is traced. */
    span: RequestSpan | undefined;
  }
}

/**
 * Traces every request where a collector is set; else there is nothing that a request would pass. Which trace it belongs to, anybody
 * may say; whether it is traced, only a proxy whose word is taken.
 */
export function traceRequests(app: FastifyInstance, tracing: Tracing | undefined, isProxy?: IsProxy): void {
  app.decorateRequest('span', undefined);
  if (!tracing) return;

  app.addHook('onRequest', (request, _reply, done) => {
    const { method, url, id, headers, socket } = request;
    const { traceparent, tracestate } = headers;
    request.span = tracing.request({
      method,
      path: shownPath(url),
      address: addressOf(request),
      requestId: id,
      decides: isProxy?.(socket.remoteAddress) === true,
      parent: typeof traceparent === 'string' ? parseTraceparent(traceparent) : undefined,
      tracestate: Array.isArray(tracestate) ? tracestate.join(',') : tracestate,
    });
    tracing.within(request.span, done);
  });

  // The body arrives on the connection's own behalf, and what comes after it would be nobody's.
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.span) tracing.within(request.span, done);
    else done();
  });

  afterAnswers(app, (request, reply) => {
    const { identity, is404, routeOptions } = request;
    request.span?.end({
      route: is404 ? undefined : routeOptions.url,
      status: reply.statusCode,
      actor: identity && `${identity.principal.kind}:${identity.principal.id}`,
      orgId: identity?.orgId,
    });
  });
}
