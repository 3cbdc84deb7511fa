import type { FastifyRequest } from 'fastify';
import type { Identity } from '../../access/identity.ts';
import { ApiError, type Refusal } from '../../errors.ts';
import { afterAnswersOf } from '../../http/answer-steps.ts';
import type { App } from '../../http/app-type.ts';
import { refusalOf, refusedBy } from '../../http/refusal.ts';
import { addressOf } from '../../http/request.ts';
import { NOBODY, noteRequest } from './noted.ts';

const REFUSED = new Set([401, 403, 429]);
// Paths that lead nowhere are anybody's invention, and may hold a secret.
const NOWHERE = 'a path that leads nowhere';

/** Notes refused requests, and reads of what is secret, to any route that is added from now on: as far as the settings ask for it. */
export function noteRequests(app: App): void {
  const { refused, secret_reads: reads } = app.context.config.audit;
  if (refused > 0) {
    app.addHook('onError', (request, _reply, error, done) => {
      if (error instanceof ApiError && REFUSED.has(error.status)) noteRefused(request, error, refused);
      done();
    });
  }
  if (reads === 0) return;
  app.addHook('onRoute', (route) => {
    if (route.config?.readsSecret !== true || route.method === 'HEAD') return;
    afterAnswersOf(route, (request, { statusCode }) => {
      if (statusCode < 300) noteRead(request, statusCode, reads);
    });
  });
}

function noteRefused(request: FastifyRequest, error: ApiError, share: number): void {
  const refusal = refusalOf(error);
  const { principal: claimed = '' } = (error.cause ?? {}) as Partial<Refusal>;
  noteRequest(request.server.context, share, {
    action: 'requests:refuse',
    ...(request.identity ? provenBy(request.identity) : claimedOf(error)),
    ...whereFrom(request),
    status: error.status,
    reason: refusal?.reason ?? error.messageId,
    claimed: request.identity ? '' : claimed,
  });
}

function noteRead(request: FastifyRequest, status: number, share: number): void {
  noteRequest(request.server.context, share, {
    action: 'secrets:read',
    ...provenBy(request.identity),
    ...whereFrom(request),
    status,
    reason: '',
    claimed: '',
  });
}

function provenBy({ principal, credential, orgId }: Identity) {
  return {
    orgId: orgId || null,
    actor: `${principal.kind}:${principal.login || principal.name}`,
    actorId: principal.id,
    credential: { kind: credential.recordedAs ?? credential.kind, id: credential.id },
  };
}

/** Of what was shown, only which key or token it is, where that is known. */
function claimedOf(error: ApiError) {
  const refused = refusedBy(error);
  if (refused === undefined) return { orgId: null, ...NOBODY };
  return {
    ...NOBODY,
    orgId: refused.orgId || null,
    credential: { kind: refused.kind, id: refused.credentialId },
  };
}

function whereFrom(request: FastifyRequest) {
  const { id, method, routeOptions, is404 } = request;
  const route = is404 ? NOWHERE : `${method} ${routeOptions.url ?? NOWHERE}`;
  return { address: addressOf(request), requestId: id, route };
}
