import { type TSchema, Type } from 'typebox';
import { can, type ScopeOf } from '../../access/can.ts';
import type { ObjectKind } from '../../access/object-levels.ts';
import type { App } from '../../http/app-type.ts';
import { avatarUrl } from '../../http/avatar.ts';
import { contextOf } from '../../http/request.ts';
import { Id, Message, nullable, Text } from '../../http/schemas.ts';
import { teamScope } from '../teams/teams.ts';
import { changeEntries, changeEntry, entriesOn, type Entry, type Wanted } from './resource-permissions.ts';
import { KINDS } from './resources.ts';

const Permission = Type.Object({
  id: Id,
  roleName: Type.String(),
  isManaged: Type.Boolean(),
  isInherited: Type.Boolean(),
  // Grafana: only newer ones tell accounts from users; none tells which folder it is.
  isServiceAccount: Type.Boolean(),
  inheritedFrom: Type.Optional(Type.Object({ uid: Type.String(), title: Type.String() })),
  userId: Type.Optional(Id),
  userLogin: Type.Optional(Type.String()),
  userAvatarUrl: Type.Optional(Type.String()),
  teamId: Type.Optional(Id),
  team: Type.Optional(Type.String()),
  teamAvatarUrl: Type.Optional(Type.String()),
  builtInRole: Type.Optional(Type.String()),
  actions: Type.Array(Type.String()),
  permission: Type.String(),
});

const Description = Type.Object({
  assignments: Type.Object({ users: Type.Boolean(), teams: Type.Boolean(), builtInRoles: Type.Boolean() }),
  permissions: Type.Array(Type.String()),
});

// Grafana: none is as good as an empty one, and takes it away; clients written in Go leave out what is empty.
const Level = Type.Optional(Text());

const Several = Type.Object({
  permissions: nullable(
    Type.Array(
      Type.Object({
        userId: Type.Optional(nullable(Id)),
        teamId: Type.Optional(nullable(Id)),
        builtInRole: Type.Optional(nullable(Text())),
        permission: Level,
      }),
      { maxItems: 1000, examples: [[{ builtInRole: 'Viewer', permission: 'View' }]] },
    ),
  ),
});

const One = Type.Object({ permission: Level });

const SCOPES: Record<ObjectKind, ScopeOf> = {
  folders: 'folders:uid:{id}',
  dashboards: 'dashboards:uid:{id}',
  datasources: 'datasources:uid:{id}',
  serviceaccounts: 'serviceaccounts:id:{id}',
  teams: teamScope,
};

/** The permissions of single objects as Grafana's newer calls show them; the older ones are views of the same. */
export function resourcePermissionsRoutes(app: App): void {
  for (const kind of Object.keys(KINDS) as ObjectKind[]) {
    routesOf(app, kind);
    const { users, teams, builtInRoles } = KINDS[kind].assignments;
    if (users) routeToOne(app, kind, 'users/:userId', { userId: Id });
    if (teams) routeToOne(app, kind, 'teams/:teamId', { teamId: Id });
    if (builtInRoles) routeToOne(app, kind, 'builtInRoles/:builtInRole', { builtInRole: Text() });
  }
}

function routesOf(app: App, kind: ObjectKind): void {
  const params = Type.Object({ id: kind === 'serviceaccounts' ? Id : Text() });

  app.get(
    `/api/access-control/${kind}/description`,
    { config: { access: can(`${kind}.permissions:read`) }, schema: { response: { 200: Description } } },
    () => {
      const { assignments, levels } = KINDS[kind];
      return { assignments, permissions: levels.map(([name]) => name) };
    },
  );

  app.get(
    `/api/access-control/${kind}/:id`,
    {
      config: { access: can(`${kind}.permissions:read`, SCOPES[kind]) },
      schema: { params, response: { 200: Type.Array(Permission) } },
    },
    async (request) => {
      const entries = await entriesOn(contextOf(request), kind, String(request.params.id));
      return entries.map(permissionAnswer);
    },
  );

  app.post(
    `/api/access-control/${kind}/:id`,
    {
      config: { access: can(`${kind}.permissions:write`, SCOPES[kind]) },
      schema: { params, body: Several, response: { 200: Message } },
    },
    async (request) => {
      const wanted = (request.body.permissions ?? []).map(({ permission = '', ...whom }) => ({
        ...whom,
        permission,
      }));
      await changeEntries(contextOf(request), kind, String(request.params.id), wanted);
      return { message: 'Permissions updated' };
    },
  );
}

function routeToOne(app: App, kind: ObjectKind, path: string, whom: Record<string, TSchema>): void {
  const params = Type.Object({ id: kind === 'serviceaccounts' ? Id : Text(), ...whom });

  app.post(
    `/api/access-control/${kind}/:id/${path}`,
    {
      config: { access: can(`${kind}.permissions:write`, SCOPES[kind]) },
      schema: { params, body: One, response: { 200: Message } },
    },
    async (request) => {
      const { id, ...named } = request.params as { id: string | number } & Omit<Wanted, 'permission'>;
      const { permission = '' } = request.body;
      await changeEntry(contextOf(request), kind, String(id), { ...named, permission });
      return { message: permission === '' ? 'Permission removed' : 'Permission updated' };
    },
  );
}

function permissionAnswer({ id, from, user, team, role, actions, permission }: Entry) {
  const holder =
    user !== undefined
      ? `users:${user.id}`
      : team !== undefined
        ? `teams:${team.id}`
        : `builtins:${role?.toLowerCase()}`;
  return {
    id,
    roleName: `managed:${holder}:permissions`,
    isManaged: true,
    isInherited: from !== undefined,
    isServiceAccount: user?.isAccount ?? false,
    ...(from && { inheritedFrom: { uid: from.uid, title: from.title } }),
    ...(user && { userId: user.id, userLogin: user.login, userAvatarUrl: avatarUrl(user) }),
    ...(team && {
      teamId: team.id,
      team: team.name,
      teamAvatarUrl: avatarUrl({ email: team.email, login: team.name }),
    }),
    ...(role === undefined ? {} : { builtInRole: role }),
    actions: [...actions],
    permission,
  };
}
