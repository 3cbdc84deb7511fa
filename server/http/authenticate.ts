import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { identityIn } from '../access/identify.ts';
import type { Identity, Proof } from '../access/identity.ts';
import { passwordFromBytes } from '../crypto/passwords.ts';
import { badRequest, unauthorized } from '../errors.ts';
import { sentSecret } from './session-cookie.ts';

/** What of a request says who asks, and where they want to act. */
export type Asking = Pick<FastifyRequest, 'method' | 'headers' | 'query' | 'sessionCookie' | 'ip'>;

/** How each kind of credential is checked: the proof, at once when it is remembered, or a thrown 401. */
export interface Authenticators {
  bearer(secret: string, asking: Asking): Proof | Promise<Proof>;
  password(login: string, password: string, asking: Asking): Promise<Proof>;
  session(asking: Asking, cookie: string): Promise<Proof>;
}

const SCHEME_HINT = 'Use "Authorization: Bearer <key>"';

/** Who asks: from the Authorization header, else from the session cookie. Throws 401, or 403 for a foreign organization. */
export function authenticate(
  context: Context,
  authenticators: Authenticators,
  request: Asking,
): Identity | Promise<Identity> {
  const proof = prove(context, authenticators, request);
  if (proof instanceof Promise) return proof.then((found) => identify(context, found, request));
  return identify(context, proof, request);
}

/** Who asks, where a credential is shown at all; undefined is nobody. Throws 401 for a wrong one. */
export async function authenticateIfShown(
  context: Context,
  authenticators: Authenticators,
  request: Asking,
): Promise<Identity | undefined> {
  const { headers } = request;
  if (headers.authorization === undefined && sentSecret(context.config, headers) === undefined)
    return undefined;
  return authenticate(context, authenticators, request);
}

/** Who asks, whatever the organization. Throws 401. */
export function prove(
  context: Context,
  authenticators: Authenticators,
  request: Asking,
): Proof | Promise<Proof> {
  const header = request.headers.authorization;
  if (header !== undefined) return proveByHeader(context, authenticators, header, request);
  const cookie = sentSecret(context.config, request.headers);
  if (cookie !== undefined) return authenticators.session(request, cookie);
  const hint = `No credential was sent. ${SCHEME_HINT}, basic authentication, or sign in.`;
  throw unauthorized('Unauthorized', hint, { reason: 'none sent' });
}

function proveByHeader(
  context: Context,
  authenticators: Authenticators,
  header: string,
  request: Asking,
): Proof | Promise<Proof> {
  const space = header.indexOf(' ');
  const scheme = (space === -1 ? header : header.slice(0, space)).toLowerCase();
  const rest = space === -1 ? '' : header.slice(space + 1).trim();
  if (scheme === 'bearer' && rest !== '') return authenticators.bearer(rest, request);
  if (scheme === 'bearer') {
    const hint = `No key follows the word Bearer: a variable may be empty. ${SCHEME_HINT}.`;
    throw unauthorized('Invalid API key', hint, { reason: 'malformed' });
  }
  if (scheme === 'basic') return proveBasic(context, authenticators, rest, request);
  const hint = `The Authorization header has no known scheme. ${SCHEME_HINT}.`;
  throw unauthorized('Invalid API key', hint, { reason: 'unknown scheme' });
}

function proveBasic(
  context: Context,
  authenticators: Authenticators,
  encoded: string,
  request: Asking,
): Proof | Promise<Proof> {
  const bytes = Buffer.from(encoded, 'base64');
  const colon = bytes.indexOf(':');
  if (colon === -1) {
    const hint = 'It has to be the base64 of "name:password".';
    throw unauthorized('Invalid Basic Auth Header', hint, { reason: 'malformed', kind: 'password' });
  }
  const login = bytes.toString('utf8', 0, colon);
  const secret = bytes.subarray(colon + 1);
  // Grafana: the user name "api_key" says that the password is a key or token.
  if (login === 'api_key') return authenticators.bearer(secret.toString('latin1'), request);
  if (!context.config['auth.basic'].enabled) {
    throw unauthorized('Basic authentication is switched off', SCHEME_HINT, { reason: 'switched off' });
  }
  return authenticators.password(login, passwordFromBytes(secret), request);
}

function identify(context: Context, proof: Proof, request: Asking): Identity {
  return identityIn(
    context.config.access_control,
    proof,
    requestedOrg(request) ?? proof.principal.currentOrgId,
  );
}

/** The organization that a request wants to act in, by header or query; undefined is the credential's own. Throws 400. */
export function requestedOrg(request: Asking): number | undefined {
  const asked = request.headers['x-grafana-org-id'] ?? (request.query as Record<string, unknown>)['orgId'];
  if (asked === undefined || asked === '' || asked === '0') return undefined;
  const orgId = Number(asked);
  if (!Number.isSafeInteger(orgId) || orgId < 1) {
    throw badRequest('X-Grafana-Org-Id and ?orgId= have to be the number of an organization');
  }
  return orgId;
}
