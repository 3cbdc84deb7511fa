import { Type } from 'typebox';
import { can } from '../../access/can.ts';
import type { TeamPermission } from '../../access/identity.ts';
import type { App } from '../../http/app-type.ts';
import { avatarUrl } from '../../http/avatar.ts';
import { contextOf } from '../../http/request.ts';
import { Id, Message, Name, Text } from '../../http/schemas.ts';
import { addTeamGroup, removeTeamGroup } from './team-groups.ts';
import { listGroupIds } from './team-groups.store.ts';
import { addTeamMember, changeTeamMember, removeTeamMember, replaceTeamMembers } from './team-members.ts';
import { listTeamMembers } from './team-members.store.ts';
import { requireTeam, teamScope } from './teams.ts';
import { TeamParams } from './teams.routes.ts';

const Member = Type.Object({
  orgId: Id,
  teamId: Id,
  teamUID: Type.String(),
  userId: Id,
  auth_module: Type.String(),
  email: Type.String(),
  name: Type.String(),
  login: Type.String(),
  avatarUrl: Type.String(),
  labels: Type.Array(Type.String()),
  permission: Type.Integer(),
});

const MemberParams = Type.Object({ id: Text(), userId: Id });
const Emails = Type.Optional(Type.Array(Text(), { maxItems: 1000, examples: [['ann@example.org']] }));
const Group = Type.Object({ orgId: Id, teamId: Id, groupId: Type.String() });
const GroupParams = Type.Object({ id: Text(), groupId: Text(500) });

const READ = can('teams.permissions:read', teamScope);
const WRITE = can('teams.permissions:write', teamScope);

export function teamMembersRoutes(app: App): void {
  app.get(
    '/api/teams/:id/members',
    { config: { access: READ }, schema: { params: TeamParams, response: { 200: Type.Array(Member) } } },
    async (request) => {
      const team = await requireTeam(contextOf(request), request.params.id);
      const members = await listTeamMembers(app.context.db, team.id);
      return members.map(({ id, login, email, name, permission }) => ({
        orgId: team.org_id,
        teamId: team.id,
        teamUID: team.uid,
        userId: id,
        auth_module: '',
        email,
        name,
        login,
        avatarUrl: avatarUrl({ email, login }),
        labels: [],
        permission,
      }));
    },
  );

  app.post(
    '/api/teams/:id/members',
    {
      config: { access: WRITE },
      schema: { params: TeamParams, body: Type.Object({ userId: Id }), response: { 200: Message } },
    },
    async (request) => {
      await addTeamMember(contextOf(request), request.params.id, request.body.userId);
      return { message: 'Member added to Team' };
    },
  );

  app.put(
    '/api/teams/:id/members',
    {
      config: { access: WRITE },
      schema: {
        params: TeamParams,
        body: Type.Object({ members: Emails, admins: Emails }),
        response: { 200: Message },
      },
    },
    async (request) => {
      const { members = [], admins = [] } = request.body;
      await replaceTeamMembers(contextOf(request), request.params.id, { members, admins });
      return { message: 'Team memberships have been updated' };
    },
  );

  app.put(
    '/api/teams/:id/members/:userId',
    {
      config: { access: WRITE },
      schema: {
        params: MemberParams,
        body: Type.Object({ permission: Type.Unsafe<TeamPermission>({ enum: [0, 4] }) }),
        response: { 200: Message },
      },
    },
    async (request) => {
      const { id, userId } = request.params;
      await changeTeamMember(contextOf(request), id, userId, request.body.permission);
      return { message: 'Team member updated' };
    },
  );

  app.delete(
    '/api/teams/:id/members/:userId',
    { config: { access: WRITE }, schema: { params: MemberParams, response: { 200: Message } } },
    async (request) => {
      await removeTeamMember(contextOf(request), request.params.id, request.params.userId);
      return { message: 'Team Member removed' };
    },
  );
}

export function teamGroupsRoutes(app: App): void {
  app.get(
    '/api/teams/:id/groups',
    { config: { access: READ }, schema: { params: TeamParams, response: { 200: Type.Array(Group) } } },
    async (request) => {
      const { id, org_id } = await requireTeam(contextOf(request), request.params.id);
      const groups = await listGroupIds(app.context.db, id);
      return groups.map((groupId) => ({ orgId: org_id, teamId: id, groupId }));
    },
  );

  app.post(
    '/api/teams/:id/groups',
    {
      config: { access: WRITE },
      schema: { params: TeamParams, body: Type.Object({ groupId: Name }), response: { 200: Message } },
    },
    async (request) => {
      await addTeamGroup(contextOf(request), request.params.id, request.body.groupId);
      return { message: 'Group added to Team' };
    },
  );

  app.delete(
    '/api/teams/:id/groups/:groupId',
    { config: { access: WRITE }, schema: { params: GroupParams, response: { 200: Message } } },
    async (request) => {
      await removeTeamGroup(contextOf(request), request.params.id, request.params.groupId);
      return { message: 'Team Group removed' };
    },
  );

  // Newer clients name the group in the query, since such a name may have slashes in it.
  app.delete(
    '/api/teams/:id/groups',
    {
      config: { access: WRITE },
      schema: {
        params: TeamParams,
        querystring: Type.Object({ groupId: Text(500) }),
        response: { 200: Message },
      },
    },
    async (request) => {
      await removeTeamGroup(contextOf(request), request.params.id, request.query.groupId);
      return { message: 'Team Group removed' };
    },
  );
}
