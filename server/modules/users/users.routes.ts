import { Type } from 'typebox';
import { canOnServer } from '../../access/can.ts';
import { notFound } from '../../errors.ts';
import type { App } from '../../http/app-type.ts';
import { avatarUrl } from '../../http/avatar.ts';
import { LastSeen, lastSeen } from '../../http/last-seen.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { contextOf } from '../../http/request.ts';
import { Id, IdParams, Message, Query, Text } from '../../http/schemas.ts';
import { changeProfile } from './profiles.ts';
import { countUsers, getUserByLoginOrEmail, listMemberships, listUsers, type UserRow } from './users.store.ts';
import { requireUser } from './users.ts';
import { OrgOfUser, ProfileSchema, userAnswer, UserSchema } from './users.wire.ts';

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
      config: { access: READ },
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
      config: { access: canOnServer('users:write', 'global.users:*') },
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
