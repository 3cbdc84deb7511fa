import { type TSchema, Type } from 'typebox';
import { signedIn } from '../../access/can.ts';
import { sightOf } from '../../access/visible.ts';
import type { App } from '../../http/app-type.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { Id, Query, Text } from '../../http/schemas.ts';
import { dashboardUrl, folderUrl, GENERAL, slugOf } from '../folders/names.ts';
import { type Hit, listHits, listTags } from './search.store.ts';

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

const Filters = Type.Object({
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
  sort: oneOf('alpha-asc', 'alpha-desc'),
  limit: Paging.perpage,
  page: Paging.page,
});

export function searchRoutes(app: App): void {
  app.get(
    '/api/search',
    {
      config: { access: signedIn('everybody finds what they may see') },
      schema: { querystring: Filters, response: { 200: Type.Array(Found) } },
    },
    async ({ identity, query: asked }) => {
      const { db, config } = app.context;
      const sight = sightOf(identity, config.access_control, asked.permission || 'View');
      const { page = 1, limit = 0, sort = '' } = asked;
      const filter = {
        isFolder: asked.type ? asked.type === 'dash-folder' : undefined,
        query: asked.query ?? '',
        tags: [...new Set(asked.tag)],
        folderIds: asked.folderIds ?? [],
        folderUids: (asked.folderUIDs ?? []).map((uid) => (uid === GENERAL.uid ? '' : uid)),
        ids: [...(asked.dashboardIds ?? []), ...(asked.dashboardId ?? [])],
        uids: [...(asked.dashboardUIDs ?? []), ...(asked.dashboardUID ?? [])],
        isStarred: asked.starred === true,
        isDescending: sort === 'alpha-desc',
      };
      const person = identity.principal.kind === 'user' ? identity.principal.id : 0;
      const hits = await listHits(db, sight, person, filter, pageOf({ page, perpage: limit }));
      const tags = Map.groupBy(
        await listTags(
          db,
          hits.map(({ id }) => id),
        ),
        ({ dashboard_id }) => dashboard_id,
      );
      const answer = hits.map((hit) =>
        found(
          hit,
          (tags.get(hit.id) ?? []).map(({ term }) => term),
        ),
      );
      // Grafana: pages go by title; within one that was not asked to be sorted, folders come first.
      return sort === '' ? answer.toSorted(foldersFirst) : answer;
    },
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
