import { Type } from 'typebox';
import { canOnServer, signedIn } from '../../access/can.ts';
import type { RequestContext } from '../../context.ts';
import type { App } from '../../http/app-type.ts';
import { personsOnly } from '../../http/persons-only.ts';
import { contextOf } from '../../http/request.ts';
import { Id, IdParams, Message, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import { listOpenSessions } from '../sessions/sessions.ts';
import { requireUser } from '../users/users.ts';
import { revokeSession } from './auth-tokens.ts';
import { describeUserAgent } from './user-agent.ts';

/** A session as Grafana shows one, which calls it an auth token. */
const Session = Type.Object({
  id: Id,
  isActive: Type.Boolean(),
  clientIp: Type.String(),
  device: Type.String(),
  os: Type.String(),
  osVersion: Type.String(),
  browser: Type.String(),
  browserVersion: Type.String(),
  createdAt: Timestamp,
  seenAt: Timestamp,
});

const Choice = Type.Object({ authTokenId: Id });

const OWN = signedIn('everybody may see and end their own sessions');

export function authTokensRoutes(app: App): void {
  app.get(
    '/api/user/auth-tokens',
    {
      config: { access: OWN, condition: personsOnly },
      schema: { response: { 200: Type.Array(Session) } },
    },
    (request) => sessionsOf(contextOf(request), request.identity.principal.id),
  );

  app.post(
    '/api/user/revoke-auth-token',
    {
      config: { access: OWN, condition: personsOnly, mayAnswer: [404] },
      schema: { body: Choice, response: { 200: Message } },
    },
    async (request) => {
      await revokeSession(contextOf(request), request.identity.principal.id, request.body.authTokenId);
      return { message: 'User auth token revoked' };
    },
  );

  app.get(
    '/api/admin/users/:id/auth-tokens',
    {
      config: { access: canOnServer('users.authtoken:read', 'global.users:*') },
      schema: { params: IdParams, response: { 200: Type.Array(Session) } },
    },
    async (request) => {
      const { id } = await requireUser(app.context, request.params.id);
      return sessionsOf(contextOf(request), id);
    },
  );

  app.post(
    '/api/admin/users/:id/revoke-auth-token',
    {
      config: { access: canOnServer('users.authtoken:write', 'global.users:*') },
      schema: { params: IdParams, body: Choice, response: { 200: Message } },
    },
    async (request) => {
      await revokeSession(contextOf(request), request.params.id, request.body.authTokenId);
      return { message: 'User auth token revoked' };
    },
  );
}

/** A user's open sessions; the one that asks is active. */
async function sessionsOf(context: RequestContext, userId: number) {
  const { credential } = context.actor;
  const rows = await listOpenSessions(context, userId);
  return rows.map((row) => ({
    id: row.id,
    isActive: credential.kind === 'session' && credential.id === row.id,
    clientIp: row.address,
    ...describeUserAgent(row.user_agent),
    createdAt: timestamp(row.created_at),
    seenAt: timestamp(Math.max(context.uses.sessions.get(row.id) ?? 0, row.seen_at)),
  }));
}
