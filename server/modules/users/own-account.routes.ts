import type { onRequestHookHandler } from 'fastify';
import { Type } from 'typebox';
import { signedIn } from '../../access/can.ts';
import type { Context } from '../../context.ts';
import type { Identity, Principal } from '../../access/identity.ts';
import { notFound } from '../../errors.ts';
import type { App } from '../../http/app-type.ts';
import { contextOf } from '../../http/request.ts';
import { Id, Message, nullable, RoleSchema, Timestamp } from '../../http/schemas.ts';
import { timestampOrNull } from '../../http/time.ts';
import { findOrg } from '../orgs/orgs.ts';
import { requirePerson, revokeSession, switchOrg } from './own-account.ts';
import { getAccountTimes, getKeyTimes } from './own-account.store.ts';
import { changeOwnPassword } from './passwords.ts';
import { changeProfile } from './profiles.ts';
import { SessionChoice, SessionSchema, sessionsAnswer } from './sessions.wire.ts';
import { getUser } from './users.store.ts';
import {
  OrgOfUser,
  PasswordSchema,
  ProfileSchema,
  type ShownUser,
  userAnswer,
  UserSchema,
} from './users.wire.ts';

const Self = Type.Object({
  ...UserSchema.properties,
  kind: Type.String(),
  orgName: Type.String(),
  orgRole: RoleSchema,
  /** When the credential ends. */
  expiration: nullable(Timestamp),
  credential: Type.Object({ kind: Type.String(), id: Id, name: Type.String() }),
});

const NewPassword = Type.Object({
  oldPassword: PasswordSchema,
  newPassword: PasswordSchema,
  confirmNew: Type.Optional(PasswordSchema),
});

const OWN = signedIn('everybody may see and change what is their own');

// Before the body is judged: a key learns that this is not for it, and not what is wrong with what it sent.
const personsOnly: onRequestHookHandler = (request, _reply, done) => {
  requirePerson(contextOf(request));
  done();
};

export function ownAccountRoutes(app: App): void {
  app.get('/api/user', { config: { access: OWN }, schema: { response: { 200: Self } } }, async (request) => {
    const { principal, credential, orgId, role } = request.identity;
    const org = await findOrg(app.context, orgId);
    return {
      ...userAnswer(await shownUser(app.context, request.identity)),
      kind: principal.kind,
      orgName: org?.name ?? '',
      orgRole: role,
      expiration: timestampOrNull(credential.expiresAt),
      credential: { kind: credential.kind, id: credential.id, name: credential.name },
    };
  });

  app.put(
    '/api/user',
    {
      config: { access: OWN },
      onRequest: personsOnly,
      schema: { body: ProfileSchema, response: { 200: Message } },
    },
    async (request) => {
      await changeProfile(contextOf(request), request.identity.principal.id, request.body);
      return { message: 'User updated' };
    },
  );

  app.get(
    '/api/user/orgs',
    { config: { access: OWN }, schema: { response: { 200: Type.Array(OrgOfUser) } } },
    (request) => orgsOf(app.context, request.identity.principal),
  );

  app.post(
    '/api/user/using/:orgId',
    { config: { access: OWN }, schema: { params: Type.Object({ orgId: Id }), response: { 200: Message } } },
    async (request) => {
      await switchOrg(contextOf(request), request.params.orgId);
      return { message: 'Active organization changed' };
    },
  );

  app.put(
    '/api/user/password',
    {
      config: { access: OWN },
      onRequest: personsOnly,
      schema: { body: NewPassword, response: { 200: Message } },
    },
    async (request) => {
      await changeOwnPassword(contextOf(request), request.body);
      return { message: 'User password changed' };
    },
  );

  app.get(
    '/api/user/auth-tokens',
    {
      config: { access: OWN },
      onRequest: personsOnly,
      schema: { response: { 200: Type.Array(SessionSchema) } },
    },
    (request) => sessionsAnswer(contextOf(request), request.identity.principal.id),
  );

  app.post(
    '/api/user/revoke-auth-token',
    {
      config: { access: OWN },
      onRequest: personsOnly,
      schema: { body: SessionChoice, response: { 200: Message } },
    },
    async (request) => {
      await revokeSession(contextOf(request), request.identity.principal.id, request.body.authTokenId);
      return { message: 'User auth token revoked' };
    },
  );
}

/** Whoever asks in the shape of a user: keys and service accounts have what they have of it. */
async function shownUser({ db }: Context, { principal, orgId }: Identity): Promise<ShownUser> {
  const { kind, id, name, login, email, isServerAdmin } = principal;
  if (kind === 'user') {
    const user = await getUser(db, id);
    if (user === undefined) throw notFound('user not found', 'user.not-found');
    return { ...user, org_id: orgId };
  }
  const times = kind === 'service-account' ? await getAccountTimes(db, id) : await getKeyTimes(db, id);
  if (times === undefined) throw notFound('user not found', 'user.not-found');
  const flags = { is_server_admin: isServerAdmin ? 1 : 0, is_disabled: 0 } as const;
  return { id, email, name, login: login || name, theme: '', org_id: orgId, ...flags, ...times };
}

async function orgsOf(context: Context, { memberships }: Principal) {
  const orgs = [];
  for (const [orgId, role] of memberships) {
    const org = await findOrg(context, orgId);
    if (org) orgs.push({ orgId, name: org.name, role });
  }
  return orgs.sort((a, b) => (a.name < b.name ? -1 : 1));
}
