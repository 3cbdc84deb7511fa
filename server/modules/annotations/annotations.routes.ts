import { Readable } from 'node:stream';
import { type Static, Type } from 'typebox';
import { canAny } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { avatarUrl } from '../../http/avatar.ts';
import { sendJson } from '../../http/json-reply.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { contextOf } from '../../http/request.ts';
import { FreeJson, Id, IdParams, nullable, Query, Text } from '../../http/schemas.ts';
import {
  countTags,
  type Filter,
  listAnnotations,
  listIds,
  listTags,
  type Reach,
} from './annotations.store.ts';
import { readable, requireReadable, type SeenAnnotation } from './annotations.ts';
import { LONGEST_TAG, MOST_TAGS, tidyTags } from './values.ts';

const LISTED = 100;
const MOST_LISTED = 5000;
const SENT_AT_ONCE = 100;

const Annotation = Type.Object({
  id: Id,
  alertId: Id,
  alertName: Type.String(),
  dashboardId: Id,
  dashboardUID: nullable(Type.String()),
  panelId: Id,
  userId: Id,
  newState: Type.String(),
  prevState: Type.String(),
  created: Type.Integer(),
  updated: Type.Integer(),
  time: Type.Integer(),
  timeEnd: Type.Integer(),
  text: Type.String(),
  tags: Type.Array(Type.String()),
  login: Type.String(),
  email: Type.String(),
  avatarUrl: Type.String(),
  data: FreeJson,
});

const Moment = Type.Optional(Id);
const Filters = Type.Object({
  from: Moment,
  to: Moment,
  alertId: Type.Optional(Id),
  dashboardId: Type.Optional(Id),
  dashboardUID: Type.Optional(Text()),
  panelId: Type.Optional(Id),
  userId: Type.Optional(Id),
  type: Type.Optional(Type.Unsafe<string>({ enum: ['', 'alert', 'annotation'] })),
  tags: Type.Optional(Type.Array(Text(LONGEST_TAG), { maxItems: MOST_TAGS })),
  matchAny: Type.Optional(Type.Boolean()),
  limit: Paging.perpage,
  page: Paging.page,
});

const TagCounts = Type.Object({
  result: Type.Object({
    tags: Type.Array(Type.Object({ tag: Type.String(), count: Type.Integer() }), {
      examples: [[{ tag: 'production', count: 3 }]],
    }),
  }),
});

export function annotationsRoutes(app: App): void {
  app.get(
    '/api/annotations',
    {
      config: { access: canAny('annotations:read') },
      schema: { querystring: Filters, response: { 200: Type.Array(Annotation) } },
    },
    async (request, reply) => {
      const { alertId, type, page = 1, limit } = request.query;
      // No alerts are kept here, so none of them has left anything.
      if (alertId || type === 'alert') return [];
      const reach = readable(contextOf(request));
      const window = pageOf({ page, perpage: limit || LISTED });
      const ids = await listIds(app.context.db, reach, filterOf(request.query), window);
      return sendJson(reply, Readable.from(listText(app, reach, ids)));
    },
  );

  app.get(
    '/api/annotations/tags',
    {
      config: { access: canAny('annotations:read') },
      schema: {
        summary: 'Read the tags of annotations',
        querystring: Type.Object({ tag: Query, limit: Paging.perpage }),
        response: { 200: TagCounts },
      },
    },
    async (request) => {
      const { tag = '', limit } = request.query;
      const most = Math.min(limit || LISTED, MOST_LISTED);
      const counts = await countTags(app.context.db, readable(contextOf(request)), tag, most);
      return { result: { tags: counts.map(({ term, count }) => ({ tag: term, count })) } };
    },
  );

  app.get(
    '/api/annotations/:id',
    {
      config: { access: canAny('annotations:read') },
      schema: { params: IdParams, response: { 200: Annotation } },
    },
    async (request) => {
      const row = await requireReadable(contextOf(request), request.params.id);
      const [answer] = await shown(app, [row]);
      return answer;
    },
  );
}

/** What is asked for; 0 and '' are as good as nothing. */
function filterOf(query: Static<typeof Filters>): Filter {
  return {
    from: query.from || undefined,
    to: query.to || undefined,
    dashboardId: query.dashboardId || undefined,
    dashboardUid: query.dashboardUID || undefined,
    panelId: query.panelId || undefined,
    userId: query.userId || undefined,
    tags: tidyTags(query.tags),
    matchAny: query.matchAny ?? false,
  };
}

/** The list piece by piece: with texts as long as they may be, all of it at once may be too much. */
async function* listText(app: App, reach: Reach, ids: readonly number[]): AsyncGenerator<string> {
  let before = '[';
  for (let start = 0; start < ids.length; start += SENT_AT_ONCE) {
    const some = ids.slice(start, start + SENT_AT_ONCE);
    for (const answer of await shown(app, await listAnnotations(app.context.db, reach, some))) {
      yield before + JSON.stringify(answer);
      before = ',';
    }
  }
  yield before === '[' ? '[]' : ']';
}

async function shown(app: App, rows: readonly SeenAnnotation[]): Promise<Static<typeof Annotation>[]> {
  const ids = rows.map(({ id }) => id);
  const tags = Map.groupBy(await listTags(app.context.db, ids), ({ annotation_id }) => annotation_id);
  return rows.map((row) => ({
    id: row.id,
    // Of alerts, which are not kept here.
    alertId: 0,
    alertName: '',
    newState: '',
    prevState: '',
    dashboardId: row.dashboard_id ?? 0,
    dashboardUID: row.dashboard_uid,
    panelId: row.panel_id,
    userId: row.created_by ?? 0,
    created: row.created_at,
    updated: row.updated_at,
    time: row.starts_at,
    timeEnd: row.ends_at,
    text: row.text,
    tags: (tags.get(row.id) ?? []).map(({ term }) => term),
    ...authorOf(row),
    data: JSON.parse(row.data) as Record<string, unknown>,
  }));
}

function authorOf({ login, email }: SeenAnnotation) {
  if (login === null) return { login: '', email: '', avatarUrl: '' };
  return { login, email: email ?? '', avatarUrl: avatarUrl({ login, email: email ?? '' }) };
}
