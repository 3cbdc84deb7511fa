import { parseSettingDuration, settingUnitsText } from '../../../client/duration.ts';
import type { RequestContext } from '../../context.ts';
import { randomLetters } from '../../crypto/random.ts';
import { isUniqueViolation } from '../../db/errors.ts';
import { searchText } from '../../db/search.ts';
import { inTransaction } from '../../db/transaction.ts';
import { type ApiError, badRequest, conflict, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import {
  deletePlaylist,
  getPlaylist,
  insertPlaylist,
  listItems,
  type PlaylistItem,
  type PlaylistRow,
  replaceItems,
  updatePlaylist,
} from './playlists.store.ts';

export type { PlaylistItem };

const GENERATED_UID_LENGTH = 14;

export interface WantedItem {
  type: PlaylistItem['type'];
  value: string;
  /** Where it comes; those without one, where they stand. */
  order?: number | null;
  title?: string | null;
}

export interface WantedPlaylist {
  name: string;
  /** How long each is shown, as in 5m. */
  interval: string;
  items?: readonly WantedItem[] | null;
}

/** A playlist with what it plays, in order. */
export type WholePlaylist = PlaylistRow & { items: PlaylistItem[] };

/** A playlist of the organization acted in, with its items. Throws 404. */
export async function requireWhole(context: RequestContext, uid: string): Promise<WholePlaylist> {
  const row = await requirePlaylist(context, uid);
  return { ...row, items: await listItems(context.db, row.id) };
}

/** Adds a playlist. Throws 409 when its uid is taken. */
export async function addPlaylist(
  context: RequestContext,
  wanted: WantedPlaylist & { uid?: string | null },
): Promise<PlaylistRow> {
  const values = valuesOf(wanted);
  const uid = wanted.uid || randomLetters(GENERATED_UID_LENGTH);
  try {
    return await inTransaction(context, async (context) => {
      const now = context.now();
      const { orgId } = context.actor;
      const row = { ...values, org_id: orgId, uid, created_at: now, updated_at: now };
      const added = await insertPlaylist(context.db, row);
      await replaceItems(context.db, added.id, inOrder(wanted.items));
      await record(context, 'playlists:create', added, told({ ...added, items: inOrder(wanted.items) }));
      return added;
    });
  } catch (error) {
    throw isUniqueViolation(error) ? taken(uid) : error;
  }
}

/** Sets a playlist anew, with its items; it keeps its uid. Throws 404. */
export async function changePlaylist(
  context: RequestContext,
  uid: string,
  wanted: WantedPlaylist,
): Promise<WholePlaylist> {
  const values = valuesOf(wanted);
  return inTransaction(context, async (context) => {
    const before = await requireWhole(context, uid);
    const { id } = before;
    const row = await updatePlaylist(context.db, id, { ...values, updated_at: context.now() });
    await replaceItems(context.db, id, inOrder(wanted.items));
    const since = { ...row, items: inOrder(wanted.items) };
    await record(context, 'playlists:write', before, changed(told(before), told(since)));
    return requireWhole(context, uid);
  });
}

/** Deletes a playlist. Throws 404. */
export async function removePlaylist(context: RequestContext, uid: string): Promise<void> {
  await inTransaction(context, async (context) => {
    const row = await requirePlaylist(context, uid);
    await deletePlaylist(context.db, row.id);
    await record(context, 'playlists:delete', row, {});
  });
}

async function requirePlaylist(context: RequestContext, uid: string): Promise<PlaylistRow> {
  const row = await getPlaylist(context.db, context.actor.orgId, uid);
  if (row === undefined) throw notFound('Playlist not found', 'playlists.not-found');
  return row;
}

function valuesOf({ name, interval }: WantedPlaylist) {
  if (!parseSettingDuration(interval)) {
    throw badRequest(
      `interval must be a whole number from 1 and one unit, as in 5m: ${settingUnitsText}; the longest is 1000 years`,
    );
  }
  return { name, pause: interval, search_text: searchText(name) };
}

/** The items as they are played, numbered from 1 as Grafana does, whatever numbers they came with. */
function inOrder(items: WantedPlaylist['items']): PlaylistItem[] {
  return (items ?? [])
    .map(({ type, value, order, title }, at) => ({ type, value, title: title ?? '', order: order || at + 1 }))
    .toSorted((one, other) => one.order - other.order)
    .map(({ type, value, title }, at) => ({ type, value, title, position: at + 1 }));
}

/** A playlist as the record has it. */
function told({ name, pause, items }: Pick<WholePlaylist, 'name' | 'pause' | 'items'>) {
  return { name, interval: pause, items: items.map(({ type, value }) => `${type} ${value}`) };
}

function record(
  context: RequestContext,
  action: string,
  { uid, name }: PlaylistRow,
  change: Record<string, unknown>,
): Promise<void> {
  return recordChange(context, { action, kind: 'playlist', id: uid, name, change });
}

function taken(uid: string): ApiError {
  const detail = `The organization has a playlist with the uid ${uid} already: choose another, or leave it out.`;
  return conflict('A playlist with the same uid already exists', detail);
}
