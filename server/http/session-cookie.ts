import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie, type SetCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply } from 'fastify';
import type { Proof } from '../access/identity.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { unauthorized } from '../errors.ts';
import { beforeAnswers } from './answer-steps.ts';
import type { App } from './app-type.ts';
import type { Authenticators } from './authenticate.ts';
import { requireSameOrigin } from './same-origin.ts';

/** A session's secret, and when it ends. */
interface SessionSecret {
  secret: string;
  expiresAt: number;
}

/** What was found of a session: who has it, and what becomes of the cookie. */
export interface SessionProof {
  proof: Proof | undefined;
  cookie: SessionSecret | 'keep' | 'clear';
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What the answer to this request, whatever it will be, does to the session cookie. */
    sessionCookie: SessionSecret | 'keep' | 'clear';
  }
}

/** Puts the cookie on every answer that has to carry one, refusals included: a secret that was changed must reach the browser. */
export function sendSessionCookies(app: App): void {
  app.decorateRequest('sessionCookie', 'keep');
  beforeAnswers(app, (request, reply) => {
    if (request.sessionCookie !== 'keep') write(app.context, request.sessionCookie, reply);
  });
}

/**
 * The check of session cookies: a change must not come from another site (403), and the session must be open (401).
 * What is to become of the cookie is noted on the request.
 */
export function sessionAuthenticator(
  context: Context,
  prove: (secret: string) => Promise<SessionProof>,
): Authenticators['session'] {
  return async (request, secret) => {
    requireSameOrigin(context.config, request);
    const { proof, cookie } = await prove(secret);
    // Asked twice in a request: what the first look changed still has to reach the browser.
    if (cookie !== 'keep') request.sessionCookie = cookie;
    if (proof) return proof;
    throw unauthorized('Unauthorized', 'The session is over or unknown: sign in again.', {
      reason: 'unknown',
      kind: 'session',
    });
  };
}

/** The session secret among what a request carries. */
export function sentSecret({ auth }: Config, { cookie }: IncomingHttpHeaders): string | undefined {
  return cookie === undefined ? undefined : parseCookie(cookie)[auth.login_cookie_name];
}

function write({ config, now }: Context, cookie: SessionSecret | 'clear', reply: FastifyReply): void {
  const { auth, security, server } = config;
  const options = {
    name: auth.login_cookie_name,
    path: '/',
    httpOnly: true,
    sameSite: security.cookie_samesite,
    // Browsers take a cookie whose name begins so only when it is secure.
    secure:
      security.cookie_secure ||
      server.root_url.startsWith('https:') ||
      reply.request.protocol === 'https' ||
      /^__(Host|Secure)-/.test(auth.login_cookie_name),
  };
  reply.header('set-cookie', stringifySetCookie({ ...options, ...valueOf(cookie, now()) }));
}

function valueOf(
  cookie: SessionSecret | 'clear',
  now: number,
): Pick<SetCookie, 'value' | 'maxAge' | 'expires'> {
  if (cookie === 'clear') return { value: '', maxAge: 0, expires: new Date(0) };
  return { value: cookie.secret, maxAge: Math.max(0, Math.floor((cookie.expiresAt - now) / 1000)) };
}
