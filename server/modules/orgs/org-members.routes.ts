import { type Static, Type } from 'typebox';
import { type Access, can, canOnServer } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { avatarUrl } from '../../http/avatar.ts';
import { LastSeen, lastSeen } from '../../http/last-seen.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { contextOf } from '../../http/request.ts';
import { Id, Message, Query, RoleSchema, Text } from '../../http/schemas.ts';
import { addMember, changeMemberRole, removeMember } from './org-members.ts';
import { countMembers, listMembers } from './org-members.store.ts';
import { requireOrg } from './orgs.ts';

const Member = Type.Object({
  orgId: Id,
  userId: Id,
  email: Type.String(),
  name: Type.String(),
  avatarUrl: Type.String(),
  login: Type.String(),
  role: RoleSchema,
  ...LastSeen,
  isDisabled: Type.Boolean(),
  authLabels: Type.Array(Type.String()),
});

const Found = Type.Object({
  totalCount: Type.Integer(),
  orgUsers: Type.Array(Member),
  page: Type.Integer(),
  perPage: Type.Integer(),
});

const Hint = Type.Object({ userId: Id, login: Type.String(), avatarUrl: Type.String() });

// `limit` is Grafana's older name for `perpage`.
const Filters = Type.Object({ query: Query, limit: Paging.perpage, ...Paging });
type Filter = Static<typeof Filters>;

// Without an id in the path it is the organization acted in.
const OrgParams = Type.Object({ id: Type.Optional(Id) });
const MemberParams = Type.Object({ id: Type.Optional(Id), userId: Id });

interface Rights {
  read: Access;
  add: Access;
  write: Access;
  remove: Access;
}

export function orgMembersRoutes(app: App): void {
  membersRoutes(app, '/api/org/users', {
    read: can('org.users:read', 'users:*'),
    add: can('org.users:add', 'users:*'),
    write: can('org.users:write', 'users:id:{userId}'),
    remove: can('org.users:remove', 'users:id:{userId}'),
  });

  membersRoutes(app, '/api/orgs/:id/users', {
    read: canOnServer('orgs:read'),
    add: canOnServer('org.users:add', 'users:*'),
    write: canOnServer('org.users:write', 'users:*'),
    remove: canOnServer('org.users:remove', 'users:*'),
  });

  app.get(
    '/api/org/users/lookup',
    {
      config: { access: can('org.users:read', 'users:*') },
      schema: { querystring: Filters, response: { 200: Type.Array(Hint) } },
    },
    async (request) => {
      const { query = '' } = request.query;
      const rows = await listMembers(
        app.context.db,
        request.identity.orgId,
        query,
        pageOfMembers(request.query),
      );
      return rows.map((row) => ({ userId: row.id, login: row.login, avatarUrl: avatarUrl(row) }));
    },
  );
}

/** The same calls for the organization acted in and, with other rights, for any. */
function membersRoutes(app: App, path: string, rights: Rights): void {
  app.get(
    path,
    {
      config: { access: rights.read },
      schema: { params: OrgParams, querystring: Filters, response: { 200: Type.Array(Member) } },
    },
    async (request) => {
      const { id: orgId } = await requireOrg(app.context, request.params.id ?? request.identity.orgId);
      return list(app, orgId, request.query);
    },
  );

  app.get(
    `${path}/search`,
    {
      config: { access: rights.read },
      schema: { params: OrgParams, querystring: Filters, response: { 200: Found } },
    },
    async (request) => {
      const { id: orgId } = await requireOrg(app.context, request.params.id ?? request.identity.orgId);
      const { page, perPage } = pageOfMembers(request.query);
      const totalCount = await countMembers(app.context.db, orgId, request.query.query ?? '');
      return { totalCount, orgUsers: await list(app, orgId, request.query), page, perPage };
    },
  );

  app.post(
    path,
    {
      config: { access: rights.add, mayAnswer: [404, 409] },
      schema: {
        params: OrgParams,
        body: Type.Object({ loginOrEmail: Text(), role: RoleSchema }),
        response: { 200: Type.Object({ message: Type.String(), userId: Id }) },
      },
    },
    async (request) => {
      const orgId = request.params.id ?? request.identity.orgId;
      const userId = await addMember(contextOf(request), orgId, request.body);
      return { message: 'User added to organization', userId };
    },
  );

  app.patch(
    `${path}/:userId`,
    {
      config: { access: rights.write },
      schema: { params: MemberParams, body: Type.Object({ role: RoleSchema }), response: { 200: Message } },
    },
    async (request) => {
      const { id: orgId = request.identity.orgId, userId } = request.params;
      await changeMemberRole(contextOf(request), orgId, userId, request.body.role);
      return { message: 'Organization user updated' };
    },
  );

  app.delete(
    `${path}/:userId`,
    { config: { access: rights.remove }, schema: { params: MemberParams, response: { 200: Message } } },
    async (request) => {
      const { id: orgId = request.identity.orgId, userId } = request.params;
      await removeMember(contextOf(request), orgId, userId);
      return { message: 'User removed from organization' };
    },
  );
}

function pageOfMembers({ page, perpage, limit }: Filter) {
  const size = perpage ?? limit;
  return pageOf({
    ...(page === undefined ? {} : { page }),
    ...(size === undefined ? {} : { perpage: size }),
  });
}

async function list(app: App, orgId: number, filter: Filter) {
  const rows = await listMembers(app.context.db, orgId, filter.query ?? '', pageOfMembers(filter));
  return rows.map((row) => ({
    orgId,
    userId: row.id,
    email: row.email,
    name: row.name,
    avatarUrl: avatarUrl(row),
    login: row.login,
    role: row.role,
    ...lastSeen(app.context, row),
    isDisabled: row.is_disabled === 1,
    authLabels: [],
  }));
}
