import { Type } from 'typebox';
import { ADMINISTER, EDIT, VIEW } from '../../access/object-levels.ts';
import { can, type ScopeOf } from '../../access/can.ts';
import type { RequestContext } from '../../context.ts';
import type { App } from '../../http/app-type.ts';
import { avatarUrl } from '../../http/avatar.ts';
import { contextOf } from '../../http/request.ts';
import { Id, IdParams, Message, nullable, Text, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import { dashboardUrl, folderUrl, slugOf } from '../folders/names.ts';
import { dashboardScopeById } from './dashboards.ts';
import { permissionsOn, type Shown } from '../object-permissions/shown.ts';
import { dashboardOwner, folderOwner, LEVEL_NAMES, type Owner, setPermissions } from './permissions.ts';

const Permission = Type.Object({
  dashboardId: Type.Optional(Id),
  folderId: Id,
  created: Timestamp,
  updated: Timestamp,
  userId: Id,
  userLogin: Type.String(),
  userEmail: Type.String(),
  userAvatarUrl: Type.String(),
  teamId: Id,
  teamEmail: Type.String(),
  teamAvatarUrl: Type.String(),
  team: Type.String(),
  role: Type.Optional(Type.String()),
  permission: Type.Integer(),
  permissionName: Type.String(),
  uid: Type.String(),
  title: Type.String(),
  slug: Type.String(),
  isFolder: Type.Boolean(),
  url: Type.String(),
  inherited: Type.Boolean(),
});

const Items = Type.Object({
  items: Type.Array(
    Type.Object({
      userId: Type.Optional(nullable(Id)),
      teamId: Type.Optional(nullable(Id)),
      role: Type.Optional(nullable(Type.Unsafe<string>({ enum: ['', 'Viewer', 'Editor'] }))),
      permission: Type.Unsafe<number>({ enum: [VIEW, EDIT, ADMINISTER] }),
      inherited: Type.Optional(Type.Boolean()),
    }),
    { maxItems: 1000, examples: [[{ role: 'Viewer', permission: VIEW }]] },
  ),
});

const Uid = Type.Object({ uid: Text() });

/** The permissions of folders and dashboards as Grafana's older calls show them. */
export function permissionsRoutes(app: App): void {
  routesUnder(app, '/api/folders/:uid', 'folders:uid:{uid}', Uid, folderOwner);
  routesUnder(app, '/api/dashboards/uid/:uid', 'dashboards:uid:{uid}', Uid, dashboardOwner);
  routesUnder(app, '/api/dashboards/id/:id', dashboardScopeById, IdParams, dashboardOwner);
}

function routesUnder(
  app: App,
  path: string,
  scope: ScopeOf,
  params: typeof Uid | typeof IdParams,
  find: (context: RequestContext, which: { uid: string } | { id: number }) => Promise<Owner>,
): void {
  const kind = path.startsWith('/api/folders') ? 'folders' : 'dashboards';

  app.get(
    `${path}/permissions`,
    {
      config: { access: can(`${kind}.permissions:read`, scope) },
      schema: { params, response: { 200: Type.Array(Permission) } },
    },
    async (request) => {
      const context = contextOf(request);
      const owner = await find(context, request.params);
      const shown = await permissionsOn(context, { ...owner, id: owner.uid });
      return shown.map((permission) => permissionAnswer(owner, permission));
    },
  );

  app.post(
    `${path}/permissions`,
    {
      config: { access: can(`${kind}.permissions:write`, scope) },
      schema: { params, body: Items, response: { 200: Message } },
    },
    async (request) => {
      const { items } = request.body;
      await setPermissions(contextOf(request), (context) => find(context, request.params), items);
      // Grafana: of a folder too.
      return { message: 'Dashboard permissions updated' };
    },
  );
}

function permissionAnswer(owner: Owner, { holder, team, role, level, from, ...given }: Shown) {
  const isFolder = owner.kind === 'folders';
  return {
    ...(isFolder ? {} : { dashboardId: owner.id }),
    folderId: owner.folderId,
    created: timestamp(given.created_at),
    updated: timestamp(given.updated_at),
    userId: holder?.id ?? 0,
    userLogin: holder?.login ?? '',
    userEmail: holder?.email ?? '',
    userAvatarUrl: holder === undefined ? '' : avatarUrl(holder),
    teamId: team?.id ?? 0,
    teamEmail: team?.email ?? '',
    teamAvatarUrl: team === undefined ? '' : avatarUrl({ email: team.email, login: team.name }),
    team: team?.name ?? '',
    ...(role === undefined ? {} : { role }),
    permission: level,
    permissionName: LEVEL_NAMES[level],
    uid: owner.uid,
    title: owner.title,
    slug: slugOf(owner.title),
    isFolder,
    url: isFolder ? folderUrl(owner) : dashboardUrl(owner),
    inherited: from !== undefined,
  };
}
