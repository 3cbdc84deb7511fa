import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { can, type ScopeOf } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { sendJson } from '../../http/json-reply.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { contextOf } from '../../http/request.ts';
import { FreeJson, Id, IdParams, Text, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import { Saved, savedAnswer } from './dashboards.routes.ts';
import { getVersion, listVersions } from './dashboards.store.ts';
import { dashboardScopeById, requireDashboard, restoreVersion } from './dashboards.ts';
import { missingVersion } from './refusals.ts';

const Uid = Type.Object({ uid: Text() });

const Common = {
  id: Id,
  dashboardId: Id,
  parentVersion: Type.Integer(),
  restoredFrom: Type.Integer(),
  version: Type.Integer(),
  created: Timestamp,
  message: Type.String(),
};
const Listed = Type.Object({
  ...Common,
  dashboardUid: Type.String(),
  createdBy: Id,
  // Grafana tells no more than the id.
  createdByLogin: Type.String(),
  data: Type.Optional(FreeJson),
});
const Single = Type.Object({ ...Common, uid: Type.String(), createdBy: Type.String(), data: FreeJson });

/** The versions of a dashboard, under its uid and, as before there were uids, under its id. */
export function versionsRoutes(app: App): void {
  routesUnder(app, '/api/dashboards/uid/:uid', 'dashboards:uid:{uid}', Uid);
  routesUnder(app, '/api/dashboards/id/:id', dashboardScopeById, IdParams);
}

function routesUnder(app: App, path: string, scope: ScopeOf, params: typeof Uid | typeof IdParams): void {
  // Grafana: who may only read a dashboard does not see what it was.
  const config = { access: can('dashboards:write', scope) };

  app.get(
    `${path}/versions`,
    {
      config,
      schema: {
        params,
        // Ours: a list of large documents is long, and who looks for a version needs none of them.
        querystring: Type.Object({
          limit: Paging.perpage,
          start: Paging.page,
          withData: Type.Optional(Type.Boolean()),
        }),
        response: { 200: Type.Array(Listed) },
      },
    },
    async (request, reply) => {
      const row = await requireDashboard(contextOf(request), request.params);
      const { limit = 0, start: offset = 0, withData = true } = request.query;
      const found = await listVersions(app.context.db, row.id, { ...pageOf({ perpage: limit }), offset });
      if (!withData) return found.map((version) => listed(row, version));
      return sendJson(reply, Readable.from(listText(app, row, found)));
    },
  );

  app.get(
    `${path}/versions/:version`,
    { config, schema: { params: withVersion(params), response: { 200: Single } } },
    async (request, reply) => {
      const row = await requireDashboard(contextOf(request), request.params);
      const found = await getVersion(app.context.db, row.id, request.params.version);
      if (found === undefined) throw missingVersion();
      const answer = { ...common(row, found), uid: row.uid, createdBy: authorIn(found) };
      return sendJson(reply, withDocument(answer, found.data));
    },
  );

  app.post(
    `${path}/restore`,
    {
      config: { ...config, mayAnswer: [412] },
      schema: { params, body: Type.Object({ version: Id }), response: { 200: Saved } },
    },
    async (request) =>
      savedAnswer(await restoreVersion(contextOf(request), request.params, request.body.version)),
  );
}

function withVersion(params: typeof Uid | typeof IdParams) {
  return Type.Object({ ...(params as typeof Uid).properties, version: Id });
}

type Found = Awaited<ReturnType<typeof listVersions>>[number];
interface Owner {
  id: number;
  uid: string;
}

/** The list piece by piece, with one document in memory at a time: together they may be too many. */
async function* listText(app: App, row: Owner, versions: readonly Found[]): AsyncGenerator<string> {
  let before = '[';
  for (const version of versions) {
    const found = await getVersion(app.context.db, row.id, version.version);
    // Dropped since, because there are newer ones.
    if (found === undefined) continue;
    yield before + withDocument(listed(row, found), found.data);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

function listed(row: Owner, version: Found) {
  const createdBy = version.created_by ?? 0;
  return { ...common(row, version), dashboardUid: row.uid, createdBy, createdByLogin: authorIn(version) };
}

function authorIn({ created_login }: Found): string {
  return created_login ?? 'Anonymous';
}

function common({ id }: Owner, version: Found) {
  return {
    id: version.id,
    dashboardId: id,
    parentVersion: version.parent_version,
    restoredFrom: version.restored_from,
    version: version.version,
    created: timestamp(version.created_at),
    message: version.message || (version.version === 1 ? 'Initial save' : ''),
  };
}

function withDocument(answer: object, data: string): string {
  return `${JSON.stringify(answer).slice(0, -1)},"data":${data}}`;
}
