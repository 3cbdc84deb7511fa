import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { afterAnswers } from './answer-steps.ts';
import { refusalOf, whyRefused } from './refusal.ts';
import { addressOf } from './request.ts';
import { traceIdOf } from './trace-context.ts';

type Log = Context['log'];

/** The logs of the two parts that are written to here. */
export interface RequestLogs {
  api: Log;
  auth: Log;
}

// What clients and proxies make; nothing that could pass for more than a name.
const CLIENT_REQUEST_ID = /^[\w.:-]{1,64}$/;
// Whoever follows Grafana's advice searches the log for "auth|api.*key", and not every grep takes the bar for an "or".
const TOPIC = 'auth|api key';

/** Writes a line for each request and, in the part `auth`, one for each refused credential, which says why and never what it was. */
export function logRequests(app: FastifyInstance, { api, auth }: RequestLogs): void {
  const says = {
    debug: api.isLevelEnabled('debug'),
    info: api.isLevelEnabled('info'),
    error: api.isLevelEnabled('error'),
  };

  // Under this id the log has what it says of the request.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });

  // Kept beside the request, so that those that are answered well have no field for it.
  const refused = new WeakMap<FastifyRequest, object>();
  if (says.info) {
    app.addHook('onError', (request, _reply, error, done) => {
      const why = whyRefused(error);
      // By the time of the line the connection may be gone, and its address with it.
      if (why) refused.set(request, { ...why, ...credentialOf(request), address: addressOf(request) });
      done();
    });
  }

  afterAnswers(app, (request, reply) => {
    const level = levelOf(reply.statusCode);
    if (says[level]) {
      const why = level === 'info' ? refused.get(request) : undefined;
      api[level]({ ...answered(request, reply), ...why }, 'request answered');
    }
  });

  if (!auth.isLevelEnabled('debug')) return;
  app.addHook('onError', (request, _reply, error, done) => {
    const refusal = refusalOf(error);
    if (refusal)
      auth.debug(
        { topic: TOPIC, ...refusal, ...asked(request), address: addressOf(request) },
        'credential refused',
      );
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
    duration: Math.round(reply.took * 1000) / 1000,
    ...(identity && { actor: `${identity.principal.kind}:${identity.principal.id}`, org: identity.orgId }),
  };
}

function credentialOf({ identity }: FastifyRequest) {
  return identity && { kind: identity.credential.kind, credentialId: identity.credential.id };
}

function asked(request: FastifyRequest) {
  const { id, method, url, headers } = request;
  const traceID = traceIdOf(request);
  const theirs = headers['x-request-id'];
  return {
    method,
    path: shownPath(url),
    requestId: id,
    ...(typeof theirs === 'string' && CLIENT_REQUEST_ID.test(theirs) ? { clientRequestId: theirs } : {}),
    ...(traceID === undefined ? {} : { traceID }),
  };
}

/** A path as the log and traces show it: without its query, keys and tokens, and what opens a public dashboard. */
export function shownPath(url: string): string {
  const query = url.indexOf('?');
  return withoutSecrets(query === -1 ? url : url.slice(0, query));
}

/**
 * What opens a public dashboard stands in the path, whatever route the path leads to, if any; and people put a key where its id
 * belongs: a token, or the base64 of `{"k"`, of which all that is secret comes before any slash; or a cloud credential, which may have one.
 */
const SECRET = /(public(?:\/+|-)dashboards\/+|glsa_|eyJrI)[^/?]+|(glc_).+/gi;
const ESCAPED = /%([2-7][\da-f])/gi;

function withoutSecrets(path: string): string {
  // Letters may be escaped, and escapes themselves.
  const plain = path.includes('%') ? unescaped(unescaped(path)) : path;
  const masked = plain.replace(SECRET, '$1$2***');
  return masked === plain ? path : masked;
}

function unescaped(path: string): string {
  return path.replace(ESCAPED, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
