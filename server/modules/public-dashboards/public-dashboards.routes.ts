import { Type } from 'typebox';
import { can, open, signedIn } from '../../access/can.ts';
import { sightOf } from '../../access/visible.ts';
import type { App } from '../../http/app-type.ts';
import { sendJson } from '../../http/json-reply.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { contextOf } from '../../http/request.ts';
import { FreeJson, Id, Message, nullable, Query, Text, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import { slugOf } from '../folders/names.ts';
import { countPublic, listPublic } from './public-dashboards.store.ts';
import {
  changePublic,
  publish,
  requirePublic,
  requirePublished,
  type Shown,
  unpublish,
} from './public-dashboards.ts';
import { queryFilter } from './query-filter.ts';

const PublicDashboard = Type.Object({
  uid: Type.String(),
  dashboardUid: Type.String(),
  accessToken: Type.String(),
  isEnabled: Type.Boolean(),
  annotationsEnabled: Type.Boolean(),
  timeSelectionEnabled: Type.Boolean(),
  share: Type.String(),
  createdBy: Id,
  updatedBy: Id,
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

const Listed = Type.Object({
  publicDashboards: Type.Array(
    Type.Object({
      uid: Type.String(),
      accessToken: Type.String(),
      title: Type.String(),
      slug: Type.String(),
      dashboardUid: Type.String(),
      isEnabled: Type.Boolean(),
    }),
  ),
  totalCount: Type.Integer(),
  page: Type.Integer(),
  perPage: Type.Integer(),
});

/** What anybody is told of a dashboard: nothing of people, of places, or of other ways to it. */
const PublicMeta = Type.Object({
  type: Type.String(),
  canSave: Type.Boolean(),
  canEdit: Type.Boolean(),
  canAdmin: Type.Boolean(),
  canStar: Type.Boolean(),
  canDelete: Type.Boolean(),
  slug: Type.String(),
  url: Type.String(),
  expires: Timestamp,
  created: Timestamp,
  updated: Timestamp,
  createdBy: Type.String(),
  updatedBy: Type.String(),
  version: Type.Integer(),
  hasAcl: Type.Boolean(),
  isFolder: Type.Boolean(),
  folderId: Id,
  folderUid: Type.String(),
  folderTitle: Type.String(),
  folderUrl: Type.String(),
  provisioned: Type.Boolean(),
  provisionedExternalId: Type.String(),
  annotationsPermissions: Type.Null(),
  hasPublicDashboard: Type.Boolean(),
  publicDashboardAccessToken: Type.String(),
  publicDashboardUid: Type.String(),
  publicDashboardEnabled: Type.Boolean(),
});

const SAME_FOR_ALL = {
  type: 'db',
  canSave: false,
  canEdit: false,
  canAdmin: false,
  canStar: false,
  canDelete: false,
  url: '',
  expires: '0001-01-01T00:00:00Z',
  createdBy: '',
  updatedBy: '',
  hasAcl: false,
  isFolder: false,
  folderId: 0,
  folderUid: '',
  folderTitle: '',
  folderUrl: '',
  provisioned: false,
  provisionedExternalId: '',
  annotationsPermissions: null,
  hasPublicDashboard: true,
  publicDashboardAccessToken: '',
  publicDashboardEnabled: true,
};

const Flag = Type.Optional(nullable(Type.Boolean()));
const Settings = {
  isEnabled: Flag,
  annotationsEnabled: Flag,
  timeSelectionEnabled: Flag,
  share: Type.Optional(nullable(Text())),
};
// What is wrong with one is said by the rule, which has Grafana's words for it.
const Chosen = Type.Optional(nullable(Type.String()));

const Uid = Type.Object({ uid: Text() });
const Named = Type.Object({ uid: Text(), publicDashboardUid: Text() });
const ONE = 'dashboards:uid:{uid}';
const WRITE = can('dashboards.public:write', ONE);

export function publicDashboardsRoutes(app: App): void {
  const withoutQueries = queryFilter();

  app.get(
    '/api/dashboards/public-dashboards',
    {
      config: {
        access: signedIn('everybody gets those of the dashboards that they may see'),
        readsSecret: true,
      },
      schema: {
        querystring: Type.Object({ page: Paging.page, perpage: Paging.perpage, query: Query }),
        response: { 200: Listed },
      },
    },
    async (request) => {
      const { db, config } = app.context;
      const { query = '', ...asked } = request.query;
      const { page, perPage, ...slice } = pageOf(asked);
      const sight = sightOf(request.identity, config.access_control);
      const rows = await listPublic(db, sight, query, slice);
      const publicDashboards = rows.map(({ uid, access_token, title, dashboard_uid, is_enabled }) => ({
        uid,
        accessToken: access_token,
        title,
        slug: slugOf(title),
        dashboardUid: dashboard_uid,
        isEnabled: is_enabled === 1,
      }));
      return { publicDashboards, totalCount: await countPublic(db, sight, query), page, perPage };
    },
  );

  app.get(
    '/api/dashboards/uid/:uid/public-dashboards',
    {
      config: { access: can('dashboards:read', ONE), readsSecret: true },
      schema: { params: Uid, response: { 200: PublicDashboard } },
    },
    async (request) => answer(await requirePublic(contextOf(request), request.params.uid)),
  );

  app.post(
    '/api/dashboards/uid/:uid/public-dashboards',
    {
      config: { access: WRITE },
      schema: {
        params: Uid,
        body: Type.Object({ ...Settings, uid: Chosen, accessToken: Chosen }),
        response: { 200: PublicDashboard },
      },
    },
    async (request) => answer(await publish(contextOf(request), request.params.uid, request.body)),
  );

  // Grafana: PUT in 9.4, PATCH since; both leave alone what is left out.
  for (const method of ['PATCH', 'PUT'] as const) {
    app.route({
      method,
      url: '/api/dashboards/uid/:uid/public-dashboards/:publicDashboardUid',
      config: { access: WRITE },
      schema: { params: Named, body: Type.Object(Settings), response: { 200: PublicDashboard } },
      handler: async (request) => {
        const { uid, publicDashboardUid } = request.params;
        return answer(await changePublic(contextOf(request), uid, publicDashboardUid, request.body));
      },
    });
  }

  app.delete(
    '/api/dashboards/uid/:uid/public-dashboards/:publicDashboardUid',
    { config: { access: WRITE }, schema: { params: Named, response: { 200: Message } } },
    async (request) => {
      await unpublish(contextOf(request), request.params.uid, request.params.publicDashboardUid);
      return { message: 'Public dashboard deleted' };
    },
  );

  app.get(
    '/api/public/dashboards/:accessToken',
    {
      config: { access: open('whoever knows the token may read this one dashboard') },
      schema: {
        // Of any form: one that could be no token is not to be told from one that opens nothing.
        params: Type.Object({ accessToken: Type.String() }),
        response: { 200: Type.Object({ meta: PublicMeta, dashboard: FreeJson }) },
      },
    },
    async (request, reply) => {
      const published = await requirePublished(app.context, request.params.accessToken);
      const meta = {
        ...SAME_FOR_ALL,
        slug: slugOf(published.title),
        created: timestamp(published.created_at),
        updated: timestamp(published.updated_at),
        version: published.version,
        publicDashboardUid: published.public_uid,
      };
      return sendJson(
        reply,
        `{"meta":${JSON.stringify(meta)},"dashboard":${withoutQueries(published.data)}}`,
      );
    },
  );
}

function answer({ row, dashboard }: Shown) {
  return {
    uid: row.uid,
    dashboardUid: dashboard.uid,
    accessToken: row.access_token,
    isEnabled: row.is_enabled === 1,
    annotationsEnabled: row.annotations_enabled === 1,
    timeSelectionEnabled: row.time_selection_enabled === 1,
    share: row.share,
    createdBy: row.created_by ?? 0,
    updatedBy: row.updated_by ?? 0,
    createdAt: timestamp(row.created_at),
    updatedAt: timestamp(row.updated_at),
  };
}
