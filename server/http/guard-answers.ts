import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';

/** What every answer says to browsers and to proxies in between, where it does not say something else. */
export const GUARDS = {
  // What one may see, a proxy in between must not show to the next who asks.
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'deny',
};

/** What a document says besides. */
export const GUARDS_OF_DOCUMENTS = {
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

const EACH = Object.entries(GUARDS);

declare module 'fastify' {
  interface FastifyInstance {
    /** Strict-Transport-Security (RFC 6797) of answers over HTTPS; undefined where there are none, or it is switched off. */
    strictTransport: string | undefined;
  }
}

/** Sees to it that no browser or proxy keeps an answer, guesses what it is, or shows it in a page of another site. */
export function guardAnswers(app: FastifyInstance): void {
  app.decorate('strictTransport', policyOf(app.context.config));
  // First of all, so that whatever says something else says it later.
  app.addHook('onRequest', (request, reply, done) => {
    guardAnswer(request, reply);
    done();
  });
}

/** The same for an answer that no hook sees. */
export function guardAnswer({ protocol, server }: FastifyRequest, reply: FastifyReply): void {
  for (const [name, value] of EACH) reply.header(name, value);
  const { strictTransport } = server;
  if (strictTransport !== undefined && protocol === 'https') {
    reply.header('strict-transport-security', strictTransport);
  }
}

function policyOf({ security, server }: Config): string | undefined {
  const mayBeSecure = server.protocol === 'https' || server.trusted_proxies.length > 0;
  if (!mayBeSecure || !security.strict_transport_security) return undefined;
  return [
    `max-age=${security.strict_transport_security_max_age_seconds}`,
    ...(security.strict_transport_security_subdomains ? ['includeSubDomains'] : []),
    ...(security.strict_transport_security_preload ? ['preload'] : []),
  ].join('; ');
}
