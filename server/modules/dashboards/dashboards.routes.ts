import { Type } from 'typebox';
import { can, canAny, signedIn } from '../../access/can.ts';
import { sightOf } from '../../access/visible.ts';
import type { App } from '../../http/app-type.ts';
import { sendJson } from '../../http/json-reply.ts';
import { contextOf } from '../../http/request.ts';
import { FreeJson, Id, nullable, Text, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import { membersOf } from '../../../client/json-text.ts';
import { dashboardUrl, slugOf } from '../folders/names.ts';
import { homeOf } from '../preferences/preferences.ts';
import { countTags, getWholeDashboard } from './dashboards.store.ts';
import { type DashboardRow, removeDashboard, saveDashboard } from './dashboards.ts';
import { HOME_DASHBOARD } from './home.ts';
import { metaOf, metaOfHome } from './meta.ts';
import { missing } from './refusals.ts';

export const Saved = Type.Object({
  id: Id,
  uid: Type.String(),
  url: Type.String(),
  slug: Type.String(),
  status: Type.String(),
  version: Type.Integer(),
  folderUid: Type.String(),
});

const Powers = Type.Object({ canAdd: Type.Boolean(), canEdit: Type.Boolean(), canDelete: Type.Boolean() });

const Meta = Type.Object({
  type: Type.Optional(Type.String()),
  canSave: Type.Boolean(),
  canEdit: Type.Boolean(),
  canAdmin: Type.Boolean(),
  canStar: Type.Boolean(),
  canDelete: Type.Boolean(),
  isStarred: Type.Optional(Type.Boolean()),
  slug: Type.String(),
  url: Type.String(),
  expires: Timestamp,
  created: Timestamp,
  updated: Timestamp,
  updatedBy: Type.String(),
  createdBy: Type.String(),
  version: Type.Integer(),
  hasAcl: Type.Boolean(),
  isFolder: Type.Boolean(),
  folderId: Id,
  folderUid: Type.String(),
  folderTitle: Type.String(),
  folderUrl: Type.String(),
  provisioned: Type.Boolean(),
  provisionedExternalId: Type.String(),
  annotationsPermissions: nullable(Type.Object({ dashboard: Powers, organization: Powers })),
  hasPublicDashboard: Type.Boolean(),
  publicDashboardAccessToken: Type.String(),
  publicDashboardUid: Type.String(),
  publicDashboardEnabled: Type.Boolean(),
});

const Whole = Type.Object({ meta: Meta, dashboard: FreeJson });
const Redirection = Type.Object({ redirectUri: Type.String() });
const Uid = Type.Object({ uid: Text() });
const ONE = 'dashboards:uid:{uid}';
export const LONGEST_MESSAGE = 500;

export function dashboardsRoutes(app: App): void {
  app.post(
    '/api/dashboards/db',
    {
      bodyLimit: app.context.config.limits.max_dashboard_bytes,
      // Which of the two, and where, is known once the body is read; the rule asks for it then.
      config: { access: canAny('dashboards:create', 'dashboards:write'), mayAnswer: [404, 412] },
      schema: {
        body: Type.Object({
          dashboard: { ...FreeJson, examples: [{ title: 'Requests', tags: ['production'], panels: [] }] },
          folderUid: Type.Optional(nullable(Text())),
          folderId: Type.Optional(nullable(Id)),
          overwrite: Type.Optional(Type.Boolean()),
          message: Type.Optional(nullable(Text(LONGEST_MESSAGE))),
        }),
        response: { 200: Saved },
      },
    },
    async (request) => {
      const text = membersOf(request.bodyText).get('dashboard') ?? '{}';
      return savedAnswer(await saveDashboard(contextOf(request), { ...request.body, text }));
    },
  );

  app.get(
    '/api/dashboards/uid/:uid',
    { config: { access: can('dashboards:read', ONE) }, schema: { params: Uid, response: { 200: Whole } } },
    async (request, reply) => {
      const context = contextOf(request);
      const { orgId, principal } = request.identity;
      const person = principal.kind === 'user' ? principal.id : 0;
      const whole = await getWholeDashboard(app.context.db, orgId, request.params.uid, person);
      if (whole === undefined) throw missing();
      const meta = await metaOf(context, whole);
      const times = { created: timestamp(meta.created), updated: timestamp(meta.updated) };
      return sendJson(reply, `{"meta":${JSON.stringify({ ...meta, ...times })},"dashboard":${whole.data}}`);
    },
  );

  app.delete(
    '/api/dashboards/uid/:uid',
    {
      config: { access: can('dashboards:delete', ONE) },
      schema: {
        params: Uid,
        response: {
          200: Type.Object({ id: Id, uid: Type.String(), title: Type.String(), message: Type.String() }),
        },
      },
    },
    async (request) => {
      const { id, uid, title } = await removeDashboard(contextOf(request), request.params.uid);
      return { id, uid, title, message: `Dashboard ${title} deleted` };
    },
  );

  app.get(
    '/api/dashboards/home',
    {
      config: { access: signedIn('everybody has a first page') },
      schema: { response: { 200: Type.Union([Redirection, Whole]) } },
    },
    async (request) => {
      const context = contextOf(request);
      const chosen = await homeOf(context);
      if (chosen !== undefined) return { redirectUri: dashboardUrl(chosen) };
      return { meta: await metaOfHome(context), dashboard: HOME_DASHBOARD };
    },
  );

  app.get(
    '/api/dashboards/tags',
    {
      config: { access: signedIn('everybody gets the tags of the dashboards that they may see') },
      schema: { response: { 200: Type.Array(Type.Object({ term: Type.String(), count: Type.Integer() })) } },
    },
    (request) => countTags(app.context.db, sightOf(request.identity, app.context.config.access_control)),
  );
}

/** The answer to whatever made a new version. */
export function savedAnswer(row: DashboardRow) {
  const { id, uid, title, version, parent_uid: folderUid } = row;
  return { id, uid, url: dashboardUrl(row), slug: slugOf(title), status: 'success', version, folderUid };
}
