import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import type { PlaylistItemTable, PlaylistTable, Schema } from '../../db/schema.ts';
import { contains } from '../../db/search.ts';

export type PlaylistRow = Selectable<PlaylistTable>;
export type PlaylistItem = Omit<Selectable<PlaylistItemTable>, 'playlist_id'>;

/** An organization's playlists whose name contains the text, by name. */
export function listPlaylists(
  db: Kysely<Schema>,
  orgId: number,
  text: string,
  { limit, offset }: { limit: number; offset: number },
): Promise<PlaylistRow[]> {
  return db
    .selectFrom('playlist')
    .selectAll()
    .where('org_id', '=', orgId)
    .$if(text !== '', (query) => query.where(contains('playlist.search_text', text)))
    .orderBy('search_text')
    .orderBy('id')
    .limit(limit)
    .offset(offset)
    .execute();
}

export function getPlaylist(
  db: Kysely<Schema>,
  orgId: number,
  uid: string,
): Promise<PlaylistRow | undefined> {
  return db
    .selectFrom('playlist')
    .selectAll()
    .where('org_id', '=', orgId)
    .where('uid', '=', uid)
    .executeTakeFirst();
}

/** What is played, in order. */
export function listItems(db: Kysely<Schema>, playlistId: number): Promise<PlaylistItem[]> {
  return db
    .selectFrom('playlist_item')
    .select(['position', 'type', 'value', 'title'])
    .where('playlist_id', '=', playlistId)
    .orderBy('position')
    .execute();
}

export function insertPlaylist(
  db: Kysely<Schema>,
  row: Omit<Insertable<PlaylistTable>, 'id'>,
): Promise<PlaylistRow> {
  return db.insertInto('playlist').values(row).returningAll().executeTakeFirstOrThrow();
}

export function updatePlaylist(
  db: Kysely<Schema>,
  id: number,
  changes: Updateable<PlaylistTable>,
): Promise<PlaylistRow> {
  return db
    .updateTable('playlist')
    .set(changes)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Gives a playlist these items and no others. */
export async function replaceItems(
  db: Kysely<Schema>,
  playlistId: number,
  items: readonly PlaylistItem[],
): Promise<void> {
  await db.deleteFrom('playlist_item').where('playlist_id', '=', playlistId).execute();
  if (items.length === 0) return;
  const rows = items.map((item) => ({ ...item, playlist_id: playlistId }));
  await db.insertInto('playlist_item').values(rows).execute();
}

/** Deletes a playlist with its items. */
export async function deletePlaylist(db: Kysely<Schema>, id: number): Promise<void> {
  await db.deleteFrom('playlist').where('id', '=', id).execute();
}
