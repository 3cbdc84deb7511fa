import { Type } from 'typebox';
import { signedIn } from '../../access/can.ts';
import type { Context } from '../../context.ts';
import type { Identity, Principal } from '../../access/identity.ts';
import { type ApiError, notFound } from '../../errors.ts';
import type { App } from '../../http/app-type.ts';
import { avatarUrl } from '../../http/avatar.ts';
import { personsOnly } from '../../http/persons-only.ts';
import { contextOf } from '../../http/request.ts';
import { Id, Message, nullable, RoleSchema, Timestamp } from '../../http/schemas.ts';
import { timestampOrNull } from '../../http/time.ts';
import { findOrg } from '../orgs/orgs.ts';
import { switchOrg } from './own-account.ts';
import { getAccountTimes, getCredential } from './own-account.store.ts';
import { changeOwnPassword } from './passwords.ts';
import { changeProfile } from './profiles.ts';
import { getUser } from './users.store.ts';
import { OrgOfUser, PasswordSchema, ProfileSchema, userAnswer, UserSchema } from './users.routes.ts';

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

export function ownAccountRoutes(app: App): void {
  app.get(
    '/api/user',
    { config: { access: OWN, mayAnswer: [404] }, schema: { response: { 200: Self } } },
    async (request) => {
      const { principal, credential, orgId, role } = request.identity;
      const org = await findOrg(app.context, orgId);
      return {
        ...(await (principal.kind === 'user' ? personAnswer : machineAnswer)(app.context, request.identity)),
        kind: principal.kind,
        orgName: org?.name ?? '',
        orgRole: role,
        expiration: timestampOrNull(credential.expiresAt),
      };
    },
  );

  app.put(
    '/api/user',
    {
      config: { access: OWN, condition: personsOnly, mayAnswer: [404, 412] },
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
      config: { access: OWN, condition: personsOnly },
      schema: { body: NewPassword, response: { 200: Message } },
    },
    async (request) => {
      await changeOwnPassword(contextOf(request), request.body);
      return { message: 'User password changed' };
    },
  );
}

async function personAnswer({ db }: Context, { principal, credential, orgId }: Identity) {
  const user = await getUser(db, principal.id);
  if (user === undefined) throw gone();
  const { kind, id, name } = credential;
  return { ...userAnswer({ ...user, org_id: orgId }), credential: { kind, id, name } };
}

/** A key or token in the shape of a user: the service account, or the key itself, as far as they have what a user has. */
async function machineAnswer({ db }: Context, { principal, credential, orgId }: Identity) {
  const { id, name, login, email, isServerAdmin } = principal;
  const shown = await getCredential(db, credential.id);
  if (shown === undefined) throw gone();
  const account = principal.kind === 'service-account' ? await getAccountTimes(db, id) : undefined;
  const times = account ?? { created_at: shown.created_at, updated_at: shown.created_at };
  const flags = { is_server_admin: isServerAdmin ? 1 : 0, is_disabled: 0 } as const;
  const user = { id, name, login: login || name, email, theme: '', org_id: orgId, ...flags, ...times };
  return {
    ...userAnswer(user),
    avatarUrl: avatarUrl({ email, login: name }),
    credential: { kind: credential.kind, id: credential.id, name: shown.name },
  };
}

/** For what was deleted while it asked. */
function gone(): ApiError {
  return notFound('user not found', 'user.not-found');
}

async function orgsOf(context: Context, { memberships }: Principal) {
  const orgs = [];
  for (const [orgId, role] of memberships) {
    const org = await findOrg(context, orgId);
    if (org) orgs.push({ orgId, name: org.name, role });
  }
  return orgs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
