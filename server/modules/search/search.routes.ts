import { type Static, type TSchema, Type } from 'typebox';
import { signedIn } from '../../access/can.ts';
import type { Identity } from '../../access/identity.ts';
import { type Sight, sightOf } from '../../access/visible.ts';
import type { App } from '../../http/app-type.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { Id, Query, Text, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import { dashboardUrl, folderUrl, GENERAL, slugOf } from '../folders/names.ts';
import { countHits, type Filter, type Hit, listHits, listTags } from './search.store.ts';

const Found = Type.Object({
  id: Id,
  uid: Type.String(),
  title: Type.String(),
  uri: Type.String(),
  url: Type.String(),
  slug: Type.String(),
  type: Type.String(),
  tags: Type.Array(Type.String()),
  isStarred: Type.Boolean(),
  folderId: Type.Optional(Id),
  folderUid: Type.Optional(Type.String()),
  folderTitle: Type.Optional(Type.String()),
  folderUrl: Type.Optional(Type.String()),
  sortMeta: Type.Integer(),
});

const MOST_NAMED = 5000;
const many = <T extends TSchema>(schema: T) => Type.Optional(Type.Array(schema, { maxItems: MOST_NAMED }));
const oneOf = <T extends string>(...values: T[]) =>
  Type.Optional(Type.Unsafe<T | ''>({ enum: ['', ...values] }));

const Narrowing = Type.Object({
  query: Query,
  type: oneOf('dash-db', 'dash-folder'),
  tag: Type.Optional(Type.Array(Text(), { maxItems: 100 })),
  folderIds: many(Id),
  folderUIDs: many(Text()),
  dashboardIds: many(Id),
  dashboardId: many(Id),
  dashboardUIDs: many(Text()),
  dashboardUID: many(Text()),
  starred: Type.Optional(Type.Boolean()),
  permission: oneOf('View', 'Edit'),
});

const Filters = Type.Object({
  ...Narrowing.properties,
  sort: oneOf('alpha-asc', 'alpha-desc'),
  limit: Paging.perpage,
  page: Paging.page,
});

const PageFilters = Type.Object({
  ...Narrowing.properties,
  sort: oneOf('folders-first', 'alpha-asc', 'alpha-desc', 'updated-desc'),
  ...Paging,
});

const FoundPage = Type.Object({
  totalCount: Type.Integer(),
  hits: Type.Array(Type.Object({ ...Found.properties, updated: Timestamp })),
  page: Type.Integer(),
  perPage: Type.Integer(),
});

export function searchRoutes(app: App): void {
  const { db } = app.context;

  app.get(
    '/api/search',
    {
      config: { access: signedIn('everybody finds what they may see') },
      schema: { querystring: Filters, response: { 200: Type.Array(Found) } },
    },
    async ({ identity, query: asked }) => {
      const { page = 1, limit = 0, sort = '' } = asked;
      const slice = pageOf({ page, perpage: limit });
      const search = searchOf(app, identity, asked);
      const rows = await listHits(db, ...search, { order: sort || 'alpha-asc', ...slice });
      const answer = await withTags(app, rows);
      // Grafana: pages go by title; within one that was not asked to be sorted, folders come first.
      return sort === '' ? answer.toSorted(foldersFirst) : answer;
    },
  );

  // Grafana has none: its pages do not tell how many there are.
  app.get(
    '/api/search/page',
    {
      config: { access: signedIn('everybody finds what they may see') },
      schema: {
        summary: 'Search folders and dashboards, with how many there are',
        querystring: PageFilters,
        response: { 200: FoundPage },
      },
    },
    async ({ identity, query: asked }) => {
      const search = searchOf(app, identity, asked);
      const { page, perPage, ...slice } = pageOf(asked);
      const rows = await listHits(db, ...search, { order: asked.sort || 'folders-first', ...slice });
      const hits = await withTags(app, rows);
      return { totalCount: await countHits(db, ...search), hits, page, perPage };
    },
  );
}

function searchOf(
  app: App,
  identity: Identity,
  asked: Static<typeof Narrowing>,
): [sight: Sight, person: number, filter: Filter] {
  const sight = sightOf(identity, app.context.config.access_control, asked.permission || 'View');
  const person = identity.principal.kind === 'user' ? identity.principal.id : 0;
  const filter = {
    isFolder: asked.type ? asked.type === 'dash-folder' : undefined,
    query: asked.query ?? '',
    tags: [...new Set(asked.tag)],
    folderIds: asked.folderIds ?? [],
    folderUids: (asked.folderUIDs ?? []).map((uid) => (uid === GENERAL.uid ? '' : uid)),
    ids: [...(asked.dashboardIds ?? []), ...(asked.dashboardId ?? [])],
    uids: [...(asked.dashboardUIDs ?? []), ...(asked.dashboardUID ?? [])],
    isStarred: asked.starred === true,
  };
  return [sight, person, filter];
}

async function withTags({ context: { db } }: App, hits: readonly Hit[]) {
  const rows = await listTags(
    db,
    hits.map(({ id }) => id),
  );
  const tags = Map.groupBy(rows, ({ dashboard_id }) => dashboard_id);
  return hits.map((hit) =>
    found(
      hit,
      (tags.get(hit.id) ?? []).map(({ term }) => term),
    ),
  );
}

function found(hit: Hit, tags: string[]) {
  const { id, uid, title } = hit;
  const isFolder = hit.is_folder === 1;
  return {
    id,
    uid,
    title,
    uri: `db/${slugOf(title)}`,
    url: isFolder ? folderUrl(hit) : dashboardUrl(hit),
    // Grafana: always empty; the address has it.
    slug: '',
    type: isFolder ? 'dash-folder' : 'dash-db',
    tags,
    isStarred: hit.starred_by !== null,
    ...folderOf(hit),
    sortMeta: 0,
    updated: timestamp(hit.updated_at),
  };
}

function folderOf({ folder_id: folderId, folder_uid: folderUid, folder_title: folderTitle }: Hit) {
  if (folderId === null || folderUid === null || folderTitle === null) return {};
  const url = folderUrl({ uid: folderUid, title: folderTitle });
  return { folderId, folderUid, folderTitle, folderUrl: url };
}

function foldersFirst(one: { type: string }, other: { type: string }): number {
  return Number(other.type === 'dash-folder') - Number(one.type === 'dash-folder');
}
