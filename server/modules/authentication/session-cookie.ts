import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../context.ts';
import type { App } from '../../http/app-type.ts';

/** The session cookie that an answer carries: a secret and when it ends, or that there is none any more. */
type SessionCookie = { secret: string; expiresAt: number } | 'cleared';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the answer to this request, whatever it will be, does to the session cookie. */
    sessionCookie: SessionCookie | null;
  }
}

/** Puts the cookie on every answer that has to carry one, refusals included: a secret that was changed must reach the browser. */
export function sendSessionCookies(app: App): void {
  app.decorateRequest('sessionCookie', null);
  app.addHook('onSend', (request, reply, _payload, done) => {
    if (request.sessionCookie !== null) write(app.context, request.sessionCookie, reply);
    done();
  });
}

/** The session secret that a request carries. */
export function sentSecret({ config }: Context, request: FastifyRequest): string | undefined {
  return request.cookies[config.auth.login_cookie_name];
}

function write({ config, now }: Context, cookie: SessionCookie, reply: FastifyReply): void {
  const { auth, security, server } = config;
  const options = {
    path: '/',
    httpOnly: true,
    sameSite: security.cookie_samesite,
    secure: security.cookie_secure || server.root_url.startsWith('https:'),
  };
  if (cookie === 'cleared') {
    reply.clearCookie(auth.login_cookie_name, options);
    return;
  }
  const maxAge = Math.max(0, Math.floor((cookie.expiresAt - now()) / 1000));
  reply.setCookie(auth.login_cookie_name, cookie.secret, { ...options, maxAge });
}
