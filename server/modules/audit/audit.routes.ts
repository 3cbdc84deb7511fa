import { Type } from 'typebox';
import { type Access, can, canOnServer } from '../../access/can.ts';
import type { Identity } from '../../access/identity.ts';
import type { App } from '../../http/app-type.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { FreeJson, Id, Query, Text, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import { auditEntries } from './entries.ts';

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

const Filters = Type.Object({
  from: Type.Optional(Text()),
  to: Type.Optional(Text()),
  actor: Query,
  action: Query,
  kind: Query,
  query: Query,
  ...Paging,
});

export function auditRoutes(app: App): void {
  auditRoute(app, '/api/audit', {
    access: can('orgs:write'),
    summary: 'Read what was changed in the current organization, and by whom',
    orgIdOf: (identity) => identity.orgId,
  });

  auditRoute(app, '/api/admin/audit', {
    // Not an action that reads the server: the main organization's Admins hold those, and this tells who signed whom out.
    access: canOnServer('orgs:write'),
    summary: 'Read what was changed on the server as a whole, and by whom',
    orgIdOf: () => null,
  });
}

interface Scope {
  access: Access;
  summary: string;
  orgIdOf: (identity: Identity) => number | null;
}

function auditRoute(app: App, path: string, { access, summary, orgIdOf }: Scope): void {
  app.get(
    path,
    { config: { access }, schema: { summary, querystring: Filters, response: { 200: Found } } },
    async (request) => {
      const { query, identity } = request;
      const page = pageOf(query);
      const { entries, totalCount } = await auditEntries(app.context, orgIdOf(identity), query, page);
      return {
        totalCount,
        page: page.page,
        perPage: page.perPage,
        entries: entries.map((entry) => ({ ...entry, at: timestamp(entry.at) })),
      };
    },
  );
}
