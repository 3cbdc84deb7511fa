import { Readable } from 'node:stream';
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { can, canOnServer } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { FreeJson, Id, Query, Text, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import { allEntries, auditEntries, type Database } from './entries.ts';
import { exported, type Format, FORMATS } from './export.ts';

const Entry = Type.Object({
  id: Id,
  at: Timestamp,
  actor: Type.Object({ kind: Type.String(), name: Type.String(), id: Id }),
  credential: Type.Object({ kind: Type.String(), id: Id }),
  address: Type.String(),
  requestId: Type.String(),
  action: Type.String(),
  object: Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() }),
  change: FreeJson,
});

const Found = Type.Object({
  totalCount: Type.Integer(),
  page: Type.Integer(),
  perPage: Type.Integer(),
  entries: Type.Array(Entry),
});

const Filters = {
  from: Type.Optional(Text()),
  to: Type.Optional(Text()),
  actor: Query,
  action: Query,
  kind: Query,
  credential: Query,
  address: Query,
  requestId: Query,
  query: Query,
};

const TYPES: Record<Format, string> = { jsonl: 'application/x-ndjson', csv: 'text/csv' };
const Exported = {
  content: Object.fromEntries(Object.values(TYPES).map((type) => [type, { schema: Type.String() }])),
};

export function auditRoutes(app: App): void {
  auditRoute(app, '/api/audit', {
    config: { access: can('orgs:write') },
    summary: 'Read what was changed in the current organization, and by whom',
    recordOf: ({ identity }) => ({ db: app.context.db, orgId: identity.orgId }),
  });

  auditRoute(app, '/api/admin/audit', {
    // Not an action that reads the server: the main organization's Admins hold those, and this tells who signed whom out.
    config: { access: canOnServer('orgs:write') },
    summary: 'Read what was changed on the server as a whole, and by whom',
    recordOf: () => ({ db: app.context.db, orgId: null }),
  });
}

interface Reading {
  config: FastifyContextConfig;
  summary: string;
  /** Which record is read by a request, and whose part of it; null is what was done to the whole. */
  recordOf: (request: FastifyRequest) => Database & { orgId: number | null };
}

/** Has a record of changes read at a path, in pages, and below it as a file. */
export function auditRoute(app: App, path: string, { config, summary, recordOf }: Reading): void {
  app.get(
    path,
    {
      config,
      schema: { summary, querystring: Type.Object({ ...Filters, ...Paging }), response: { 200: Found } },
    },
    async (request) => {
      const { query } = request;
      const page = pageOf(query);
      const { db, orgId } = recordOf(request);
      const { entries, totalCount } = await auditEntries({ db }, orgId, query, page);
      return {
        totalCount,
        page: page.page,
        perPage: page.perPage,
        entries: entries.map((entry) => ({ ...entry, at: timestamp(entry.at) })),
      };
    },
  );
  app.get(
    `${path}/export`,
    {
      config: { ...config, readsSecret: true },
      schema: {
        summary: `${summary}, as a file`,
        description: 'JSON lines or, by format or the header Accept, CSV; the earliest first.',
        querystring: Type.Object({
          ...Filters,
          format: Type.Optional(Type.Unsafe<Format>({ enum: [...FORMATS] })),
        }),
        response: { 200: Exported },
      },
    },
    async (request, reply) => {
      const { format = formatOf(request.headers.accept), ...asked } = request.query;
      const { now } = app.context;
      const { db, orgId } = recordOf(request);
      const text = exported(format, allEntries({ db }, orgId, asked));
      const name = `changes-${timestamp(now()).slice(0, 10)}.${format}`;
      return (reply as FastifyReply)
        .type(`${TYPES[format]}; charset=utf-8`)
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(Readable.from(text));
    },
  );
}

function formatOf(accept = ''): Format {
  return accept.toLowerCase().includes(TYPES.csv) ? 'csv' : 'jsonl';
}
