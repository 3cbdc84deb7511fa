import type { FastifyRequest } from 'fastify';
import { denied } from '../access/can.ts';
import type { Config } from '../config/config.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses with 403 a change that another site has a browser send along with the session cookie. Browsers say where a request
 * comes from; clients that are none say nothing, and nobody can make them send a cookie.
 */
export function requireSameOrigin(
  { server }: Config,
  request: Pick<FastifyRequest, 'method' | 'headers'>,
): void {
  if (SAFE.has(request.method)) return;
  const { origin, host, 'sec-fetch-site': site } = request.headers;
  if (site !== 'cross-site' && (origin === undefined || isOwn(origin, host, server.root_url))) return;
  throw denied(
    'this request comes from another site',
    `Requests with a session come from the page itself: ${server.root_url} (the setting root_url of [server]).`,
  );
}

function isOwn(origin: string, host: string | undefined, rootUrl: string): boolean {
  const url = URL.parse(origin);
  if (url === null) return false;
  // Parsed as an address, so that a port which goes without saying may be said.
  const asked = URL.parse(`${url.protocol}//${host ?? ''}`);
  return url.host === asked?.host || url.origin === new URL(rootUrl).origin;
}
