import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { orgGrants, serverGrants } from '../access/basic-roles.ts';
import { denied } from '../access/can.ts';
import type { Credential, Identity, Principal } from '../access/identity.ts';
import { passwordFromBytes } from '../crypto/passwords.ts';
import { ApiError, badRequest } from '../errors.ts';

/** Somebody, and what they proved it with. */
export interface Proof {
  principal: Principal;
  credential: Credential;
}

/** How each kind of credential is checked: the proof, at once when it is remembered, or a thrown 401. */
export interface Authenticators {
  bearer(secret: string): Proof | Promise<Proof>;
  password(login: string, password: string): Promise<Proof>;
  session(request: FastifyRequest, cookie: string): Promise<Proof>;
}

const SCHEME_HINT = 'Use "Authorization: Bearer <key>"';

/** Who asks: from the Authorization header, else from the session cookie. Throws 401, or 403 for a foreign organization. */
export function authenticate(
  context: Context,
  authenticators: Authenticators,
  request: FastifyRequest,
): Identity | Promise<Identity> {
  const proof = prove(context, authenticators, request);
  if (proof instanceof Promise) return proof.then((found) => identify(context, found, request));
  return identify(context, proof, request);
}

/** 401 in the documents' words, with the challenge that RFC 6750 asks for and a sentence on what to do. */
export function unauthorized(message: string, detail?: string): ApiError {
  return new ApiError(401, 'auth.unauthorized', message, {
    ...(detail === undefined ? {} : { detail }),
    headers: { 'www-authenticate': `Bearer realm="Latchkey", error="invalid_token", error_description="${message}"` },
  });
}

function prove(
  context: Context,
  authenticators: Authenticators,
  request: FastifyRequest,
): Proof | Promise<Proof> {
  const header = request.headers.authorization;
  if (header !== undefined) return proveByHeader(context, authenticators, header);
  const cookie = request.cookies[context.config.auth.login_cookie_name];
  if (cookie !== undefined) return authenticators.session(request, cookie);
  throw new ApiError(401, 'auth.unauthorized', 'Unauthorized', {
    detail: `No credential was sent. ${SCHEME_HINT}, basic authentication, or sign in.`,
    headers: { 'www-authenticate': 'Bearer realm="Latchkey"' },
  });
}

function proveByHeader(context: Context, authenticators: Authenticators, header: string): Proof | Promise<Proof> {
  const space = header.indexOf(' ');
  const scheme = (space === -1 ? header : header.slice(0, space)).toLowerCase();
  const rest = space === -1 ? '' : header.slice(space + 1).trim();
  if (scheme === 'bearer' && rest !== '') return authenticators.bearer(rest);
  if (scheme === 'basic') return proveBasic(context, authenticators, rest);
  throw unauthorized('Invalid API key', `The Authorization header has no known scheme. ${SCHEME_HINT}.`);
}

function proveBasic(context: Context, authenticators: Authenticators, encoded: string): Proof | Promise<Proof> {
  const bytes = Buffer.from(encoded, 'base64');
  const colon = bytes.indexOf(':');
  if (colon === -1) {
    throw unauthorized('Invalid Basic Auth Header', 'It has to be the base64 of "name:password".');
  }
  const login = bytes.toString('utf8', 0, colon);
  const secret = bytes.subarray(colon + 1);
  // Grafana: the user name "api_key" says that the password is a key or token.
  if (login === 'api_key') return authenticators.bearer(secret.toString('latin1'));
  if (!context.config['auth.basic'].enabled) {
    throw unauthorized('Basic authentication is switched off', SCHEME_HINT);
  }
  return authenticators.password(login, passwordFromBytes(secret));
}

function identify(context: Context, { principal, credential }: Proof, request: FastifyRequest): Identity {
  const orgId = requestedOrg(request) ?? principal.currentOrgId;
  const role = principal.memberships.get(orgId);
  if (role === undefined && orgId !== 0) throw wrongOrganization(principal, orgId);
  const settings = context.config.access_control;
  return {
    principal,
    credential,
    orgId,
    role: role ?? 'None',
    grants: orgGrants(role ?? 'None', settings),
    serverGrants: serverGrants(principal.isServerAdmin, orgId, role ?? 'None', settings),
    subjects:
      principal.kind === 'api-key' ? [`role:${role}`] : [`user:${principal.id}`, `role:${role ?? 'None'}`],
  };
}

function requestedOrg(request: FastifyRequest): number | undefined {
  const asked = request.headers['x-grafana-org-id'] ?? (request.query as Record<string, unknown>)['orgId'];
  if (asked === undefined || asked === '' || asked === '0') return undefined;
  const orgId = Number(asked);
  if (!Number.isSafeInteger(orgId) || orgId < 1) {
    throw badRequest('X-Grafana-Org-Id and ?orgId= have to be the number of an organization');
  }
  return orgId;
}

function wrongOrganization(principal: Principal, orgId: number): ApiError {
  const own = [...principal.memberships.keys()].sort((a, b) => a - b);
  const places = own.length === 0 ? 'no organization' : `organization ${own.join(', ')}`;
  const mend =
    principal.kind === 'service-account'
      ? `An administrator can grant it: POST /api/serviceaccounts/${principal.id}/orgs {"orgId":${orgId},"role":"Viewer"}.`
      : 'Leave the header X-Grafana-Org-Id and ?orgId= out, or use a credential of that organization.';
  return denied(`this credential belongs to ${places}, not to organization ${orgId}`, mend);
}
