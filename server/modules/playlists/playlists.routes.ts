import { Type } from 'typebox';
import { can } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { contextOf } from '../../http/request.ts';
import { Id, Name, nullable, Query, Text } from '../../http/schemas.ts';
import { listPlaylists, type PlaylistRow } from './playlists.store.ts';
import {
  addPlaylist,
  changePlaylist,
  type PlaylistItem,
  removePlaylist,
  requireWhole,
  type WholePlaylist,
} from './playlists.ts';

const LONGEST_UID = 40;
const LARGEST_ORDER = 1_000_000;
const MOST_ITEMS = 1000;

const Listed = Type.Object({ id: Id, uid: Type.String(), name: Type.String(), interval: Type.String() });
const TYPES: PlaylistItem['type'][] = ['dashboard_by_uid', 'dashboard_by_id', 'dashboard_by_tag'];
const Item = Type.Object({
  type: Type.Unsafe<PlaylistItem['type']>({ type: 'string', enum: TYPES }),
  value: Type.String(),
  order: Type.Integer(),
  title: Type.String(),
});
const Playlist = Type.Object({ ...Listed.properties, items: Type.Array(Item) });

const WantedItem = Type.Object({
  type: Type.Unsafe<PlaylistItem['type']>({ enum: TYPES }),
  value: Name,
  order: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: LARGEST_ORDER }))),
  title: Type.Optional(nullable(Text())),
});

// Whatever else a client sends back of what it read (id, orgId …) says nothing here.
const Wanted = Type.Object({
  name: Name,
  interval: Text(20),
  items: Type.Optional(nullable(Type.Array(WantedItem, { maxItems: MOST_ITEMS }))),
});
const NewPlaylist = Type.Object({
  ...Wanted.properties,
  uid: Type.Optional(nullable(Type.String({ maxLength: LONGEST_UID, pattern: '^[A-Za-z0-9_-]*$' }))),
});

const Uid = Type.Object({ uid: Text() });
const READ = can('playlists:read');
const WRITE = can('playlists:write');

export function playlistsRoutes(app: App): void {
  app.get(
    '/api/playlists',
    {
      config: { access: READ },
      schema: {
        querystring: Type.Object({ query: Query, limit: Paging.perpage, page: Paging.page }),
        response: { 200: Type.Array(Listed) },
      },
    },
    async (request) => {
      const { query = '', limit = 0, page = 1 } = request.query;
      const { orgId } = request.identity;
      const rows = await listPlaylists(app.context.db, orgId, query, pageOf({ page, perpage: limit }));
      return rows.map(listed);
    },
  );

  app.post(
    '/api/playlists',
    {
      config: { access: WRITE, mayAnswer: [409] },
      schema: { body: NewPlaylist, response: { 200: Listed } },
    },
    async (request) => listed(await addPlaylist(contextOf(request), request.body)),
  );

  app.get(
    '/api/playlists/:uid',
    { config: { access: READ }, schema: { params: Uid, response: { 200: Playlist } } },
    async (request) => whole(await requireWhole(contextOf(request), request.params.uid)),
  );

  app.get(
    '/api/playlists/:uid/items',
    { config: { access: READ }, schema: { params: Uid, response: { 200: Type.Array(Item) } } },
    async (request) => (await requireWhole(contextOf(request), request.params.uid)).items.map(item),
  );

  app.put(
    '/api/playlists/:uid',
    { config: { access: WRITE }, schema: { params: Uid, body: Wanted, response: { 200: Playlist } } },
    async (request) => whole(await changePlaylist(contextOf(request), request.params.uid, request.body)),
  );

  app.delete(
    '/api/playlists/:uid',
    { config: { access: WRITE }, schema: { params: Uid, response: { 200: Type.Object({}) } } },
    async (request) => {
      await removePlaylist(contextOf(request), request.params.uid);
      return {};
    },
  );
}

function listed({ id, uid, name, pause }: PlaylistRow) {
  return { id, uid, name, interval: pause };
}

function whole(playlist: WholePlaylist) {
  return { ...listed(playlist), items: playlist.items.map(item) };
}

function item({ type, value, position, title }: PlaylistItem) {
  return { type, value, order: position, title };
}
