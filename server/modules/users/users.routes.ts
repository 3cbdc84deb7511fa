import { Type } from 'typebox';
import { canOnServer } from '../../access/can.ts';
import { notFound } from '../../errors.ts';
import type { App } from '../../http/app-type.ts';
import { avatarUrl } from '../../http/avatar.ts';
import { LastSeen, lastSeen } from '../../http/last-seen.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { contextOf } from '../../http/request.ts';
import { Id, IdParams, Message, Query, RoleSchema, Text, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import { changeProfile } from './profiles.ts';
import {
  countUsers,
  getUserByLoginOrEmail,
  listMemberships,
  listUsers,
  type UserRow,
} from './users.store.ts';
import { requireUser } from './users.ts';

/** A user as Grafana shows one. */
export const UserSchema = Type.Object({
  id: Id,
  email: Type.String(),
  name: Type.String(),
  login: Type.String(),
  theme: Type.String(),
  orgId: Id,
  isGrafanaAdmin: Type.Boolean(),
  isDisabled: Type.Boolean(),
  isExternal: Type.Boolean(),
  authLabels: Type.Array(Type.String()),
  updatedAt: Timestamp,
  createdAt: Timestamp,
  avatarUrl: Type.String(),
});

/** What a user may be called. */
export const ProfileSchema = Type.Object(
  {
    name: Type.Optional(Text()),
    login: Type.Optional(Text()),
    email: Type.Optional(Text()),
    theme: Type.Optional(Text(40)),
  },
  { examples: [{ name: 'Ann' }] },
);

/** A password as it may be sent: any characters, since only its hash is kept. How short is too short is said by the rule. */
export const PasswordSchema = Type.String({ maxLength: 4096 });

/** An organization that somebody is in. */
export const OrgOfUser = Type.Object({ orgId: Id, name: Type.String(), role: RoleSchema });

/** What an answer about a user is made of. */
type ShownUser = Omit<UserRow, 'password_hash' | 'search_text' | 'last_seen_at'>;

const Listed = Type.Object({
  id: Id,
  name: Type.String(),
  login: Type.String(),
  email: Type.String(),
  avatarUrl: Type.String(),
  isAdmin: Type.Boolean(),
  isDisabled: Type.Boolean(),
  ...LastSeen,
  authLabels: Type.Array(Type.String()),
});

const Found = Type.Object({
  totalCount: Type.Integer(),
  users: Type.Array(Listed),
  page: Type.Integer(),
  perPage: Type.Integer(),
});

const Filters = Type.Object({ query: Query, ...Paging });

const READ = canOnServer('users:read', 'global.users:*');

export function usersRoutes(app: App): void {
  app.get(
    '/api/users',
    { config: { access: READ }, schema: { querystring: Filters, response: { 200: Type.Array(Listed) } } },
    async (request) => {
      const rows = await listUsers(app.context.db, request.query.query ?? '', pageOf(request.query));
      return rows.map((row) => listed(app, row));
    },
  );

  app.get(
    '/api/users/search',
    { config: { access: READ }, schema: { querystring: Filters, response: { 200: Found } } },
    async (request) => {
      const { query = '' } = request.query;
      const page = pageOf(request.query);
      const rows = await listUsers(app.context.db, query, page);
      return {
        totalCount: await countUsers(app.context.db, query),
        users: rows.map((row) => listed(app, row)),
        page: page.page,
        perPage: page.perPage,
      };
    },
  );

  app.get(
    '/api/users/lookup',
    {
      config: { access: READ, mayAnswer: [404] },
      schema: { querystring: Type.Object({ loginOrEmail: Text() }), response: { 200: UserSchema } },
    },
    async (request) => {
      const user = await getUserByLoginOrEmail(app.context.db, request.query.loginOrEmail);
      if (user === undefined) throw notFound('user not found', 'user.not-found');
      return userAnswer(user);
    },
  );

  app.get(
    '/api/users/:id',
    { config: { access: READ }, schema: { params: IdParams, response: { 200: UserSchema } } },
    async (request) => userAnswer(await requireUser(app.context, request.params.id)),
  );

  app.put(
    '/api/users/:id',
    {
      config: { access: canOnServer('users:write', 'global.users:*'), mayAnswer: [412] },
      schema: { params: IdParams, body: ProfileSchema, response: { 200: Message } },
    },
    async (request) => {
      await changeProfile(contextOf(request), request.params.id, request.body);
      return { message: 'User updated' };
    },
  );

  app.get(
    '/api/users/:id/orgs',
    { config: { access: READ }, schema: { params: IdParams, response: { 200: Type.Array(OrgOfUser) } } },
    async (request) => {
      const { id } = await requireUser(app.context, request.params.id);
      const memberships = await listMemberships(app.context.db, id);
      return memberships.map(({ org_id, name, role }) => ({ orgId: org_id, name, role }));
    },
  );
}

function listed(app: App, row: UserRow) {
  return {
    id: row.id,
    name: row.name,
    login: row.login,
    email: row.email,
    avatarUrl: avatarUrl(row),
    isAdmin: row.is_server_admin === 1,
    isDisabled: row.is_disabled === 1,
    ...lastSeen(app.context, row),
    authLabels: [],
  };
}

/** A user in the shape of UserSchema. */
export function userAnswer(user: ShownUser) {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    login: user.login,
    theme: user.theme,
    orgId: user.org_id,
    isGrafanaAdmin: user.is_server_admin === 1,
    isDisabled: user.is_disabled === 1,
    isExternal: false,
    authLabels: [],
    updatedAt: timestamp(user.updated_at),
    createdAt: timestamp(user.created_at),
    avatarUrl: avatarUrl(user),
  };
}
