import { type Static, Type } from 'typebox';
import { can, canAny, canOnServer, heldOn, signedIn } from '../../access/can.ts';
import type { RequestContext } from '../../context.ts';
import type { App } from '../../http/app-type.ts';
import { avatarUrl } from '../../http/avatar.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { contextOf } from '../../http/request.ts';
import { Id, IdParams, Message, Name, nullable, Query, Text } from '../../http/schemas.ts';
import { requireUser } from '../users/users.ts';
import { countTeams, listTeams } from './teams.store.ts';
import {
  changeTeam,
  createTeam,
  deleteTeam,
  readableTeams,
  requireTeam,
  teamScope,
  teamsOf,
  type TeamRow,
} from './teams.ts';

const Team = Type.Object({
  id: Id,
  uid: Type.String(),
  orgId: Id,
  name: Type.String(),
  email: Type.String(),
  avatarUrl: Type.String(),
  memberCount: Type.Integer(),
  permission: Type.Integer(),
  accessControl: nullable(Type.Record(Type.String(), Type.Boolean())),
});

const Found = Type.Object({
  totalCount: Type.Integer(),
  teams: Type.Array(Team),
  page: Type.Integer(),
  perPage: Type.Integer(),
});

const AccessControl = { accesscontrol: Type.Optional(Type.Boolean()) };
const Filters = Type.Object({ query: Query, name: Query, ...AccessControl, ...Paging });
const Named = Type.Object({
  name: Name,
  email: Type.Optional(nullable(Text())),
  orgId: Type.Optional(Id),
});

/** A team in a path: its id or its uid. */
export const TeamParams = Type.Object({ id: Text() });

export function teamsRoutes(app: App): void {
  app.post(
    '/api/teams',
    {
      config: { access: can('teams:create'), mayAnswer: [409] },
      schema: {
        body: Named,
        response: { 200: Type.Object({ message: Type.String(), teamId: Id, uid: Type.String() }) },
      },
    },
    async (request) => {
      const { id, uid } = await createTeam(contextOf(request), request.body);
      return { message: 'Team created', teamId: id, uid };
    },
  );

  app.get(
    '/api/teams/search',
    {
      config: { access: canAny('teams:read') },
      schema: { querystring: Filters, response: { 200: Found } },
    },
    (request) => found(contextOf(request), request.query),
  );

  app.get(
    '/api/teams/:id',
    {
      config: { access: can('teams:read', teamScope) },
      schema: { params: TeamParams, querystring: Type.Object(AccessControl), response: { 200: Team } },
    },
    async (request) => {
      const context = contextOf(request);
      const team = await requireTeam(context, request.params.id);
      return answer(context, team, request.query.accesscontrol);
    },
  );

  app.put(
    '/api/teams/:id',
    {
      config: { access: can('teams:write', teamScope), mayAnswer: [409] },
      schema: { params: TeamParams, body: Named, response: { 200: Message } },
    },
    async (request) => {
      await changeTeam(contextOf(request), request.params.id, request.body);
      return { message: 'Team updated' };
    },
  );

  app.delete(
    '/api/teams/:id',
    {
      config: { access: can('teams:delete', teamScope) },
      schema: { params: TeamParams, response: { 200: Message } },
    },
    async (request) => {
      await deleteTeam(contextOf(request), request.params.id);
      return { message: 'Team deleted' };
    },
  );

  app.get(
    '/api/user/teams',
    {
      config: { access: signedIn('everybody may see which teams they are in') },
      schema: { response: { 200: Type.Array(Team) } },
    },
    async (request) => {
      const { kind, id } = request.identity.principal;
      const teams = kind === 'user' ? await teamsOf(contextOf(request), id) : [];
      return teams.map(shown);
    },
  );

  app.get(
    '/api/users/:id/teams',
    {
      config: { access: canOnServer('users:read', 'global.users:*') },
      schema: { params: IdParams, response: { 200: Type.Array(Team) } },
    },
    async (request) => {
      const { id } = await requireUser(app.context, request.params.id);
      return (await teamsOf(contextOf(request), id)).map(shown);
    },
  );
}

async function found(context: RequestContext, query: Static<typeof Filters>) {
  const { orgId } = context.actor;
  const filter = { orgId, query: query.query, name: query.name, ids: readableTeams(context) };
  const page = pageOf(query);
  const teams = [];
  for (const team of await listTeams(context.db, filter, page)) {
    teams.push(await answer(context, team, query.accesscontrol));
  }
  const totalCount = await countTeams(context.db, filter);
  return { totalCount, teams, page: page.page, perPage: page.perPage };
}

const ACTIONS = [
  'teams:read',
  'teams:write',
  'teams:delete',
  'teams.permissions:read',
  'teams.permissions:write',
];

/** A team and, where it is asked for, what the asker may do to it. */
async function answer(context: RequestContext, team: TeamRow, withAccess = false) {
  if (!withAccess) return shown(team);
  const may = await heldOn(context, `teams:id:${team.id}`);
  const allowed = ACTIONS.filter((action) => may(action));
  return { ...shown(team), accessControl: Object.fromEntries(allowed.map((action) => [action, true])) };
}

function shown({ id, uid, org_id, name, email, members }: TeamRow) {
  return {
    id,
    uid,
    orgId: org_id,
    name,
    email,
    avatarUrl: avatarUrl({ email, login: name }),
    memberCount: members,
    // Grafana: 0, whatever the asker is in the team; the list of members has it.
    permission: 0,
    accessControl: null,
  };
}
