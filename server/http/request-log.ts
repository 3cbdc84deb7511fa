import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { refusalOf } from './refusal.ts';

type Log = Context['log'];

/** The logs of the two parts that are written to here. */
export interface RequestLogs {
  api: Log;
  auth: Log;
}

/** Writes a line for each request and, in the part `auth`, one for each refused credential, which says why and never what it was. */
export function logRequests(app: FastifyInstance, { api, auth }: RequestLogs): void {
  const says = {
    debug: api.isLevelEnabled('debug'),
    info: api.isLevelEnabled('info'),
    error: api.isLevelEnabled('error'),
  };

  app.addHook('onResponse', (request, reply, done) => {
    const level = levelOf(reply.statusCode);
    if (says[level]) api[level](answered(request, reply), 'request answered');
    done();
  });

  if (!auth.isLevelEnabled('debug')) return;
  app.addHook('onError', (request, _reply, error, done) => {
    const refusal = refusalOf(error);
    if (refusal) auth.debug({ ...refusal, ...asked(request), address: request.ip }, 'credential refused');
    done();
  });
}

function levelOf(status: number): 'debug' | 'info' | 'error' {
  if (status >= 500) return 'error';
  return status >= 400 ? 'info' : 'debug';
}

function answered(request: FastifyRequest, reply: FastifyReply) {
  const { identity } = request;
  return {
    ...asked(request),
    status: reply.statusCode,
    duration: Math.round(reply.elapsedTime * 1000) / 1000,
    ...(identity && { actor: `${identity.principal.kind}:${identity.principal.id}`, org: identity.orgId }),
  };
}

function asked({ id, method, url }: FastifyRequest) {
  const query = url.indexOf('?');
  return { method, path: withoutLinks(query === -1 ? url : url.slice(0, query)), requestId: id };
}

/** What opens a public dashboard stands in the path, whatever route the path leads to, if any. */
const LINK = /(public(?:\/+|-)dashboards\/+)[^/?]+/gi;
const ESCAPED = /%([2-7][\da-f])/gi;

function withoutLinks(path: string): string {
  // Letters may be escaped, and escapes themselves.
  const plain = path.includes('%') ? unescaped(unescaped(path)) : path;
  const masked = plain.replace(LINK, '$1***');
  return masked === plain ? path : masked;
}

function unescaped(path: string): string {
  return path.replace(ESCAPED, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
