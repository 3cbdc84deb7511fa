import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Strict-Transport-Security (RFC 6797) of answers over HTTPS; undefined where there are none, or it is switched off. */
    strictTransport: string | undefined;
  }
}

/** Has browsers come by HTTPS only who came so once, as `[security] strict_transport_security` asks for. */
export function sayStrictTransport(app: FastifyInstance): void {
  const policy = policyOf(app.context.config);
  app.decorate('strictTransport', policy);
  if (policy === undefined) return;
  app.addHook('onRequest', (request, reply, done) => {
    addStrictTransport(request, reply);
    done();
  });
}

/** The same for an answer that no hook sees. */
export function addStrictTransport({ protocol, server }: FastifyRequest, reply: FastifyReply): void {
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
