import { holds, requirePermission } from '../../access/can.ts';
import { sightOf } from '../../access/visible.ts';
import type { Context, RequestContext } from '../../context.ts';
import { searchText } from '../../db/search.ts';
import { inCheckedTransaction, inTransaction } from '../../db/transaction.ts';
import { ApiError, badRequest } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import {
  dropObjects,
  grantDefaults,
  requireNoGain,
  settleMoved,
} from '../object-permissions/object-permissions.ts';
import {
  type Content,
  deleteAll,
  type FolderRow,
  getFolder,
  getIdOfTitle,
  insertFolder,
  isUidTaken,
  listContent,
  listElementsWithin,
  listLine,
  listUsesOutside,
  updateFolder,
} from './folders.store.ts';
import { GENERAL, MOST_NAMED, namedOf, tidyTitle, uidOrNew } from './names.ts';

export type { FolderRow };

/** In how many others a folder may lie, as in Grafana. */
const MOST_AROUND = 4;

type Which = { uid: string } | { id: number };

/** A folder of the organization acted in; undefined when there is none. */
export function findFolder(context: RequestContext, which: Which): Promise<FolderRow | undefined> {
  return getFolder(context.db, context.actor.orgId, which);
}

/** The folder with this id; undefined where there is none that the asker may read: its uid is not for others. */
export async function findReadableFolder(
  context: RequestContext,
  id: number,
): Promise<FolderRow | undefined> {
  const folder = await findFolder(context, { id });
  return folder && (await holds(context, 'folders:read', `folders:uid:${folder.uid}`)) ? folder : undefined;
}

/** A folder of the organization acted in. Throws 404. */
export async function requireFolder(context: RequestContext, which: Which): Promise<FolderRow> {
  return existing(await findFolder(context, which));
}

/** The folder with this id. Throws 404, for one that the asker may not read too. */
export async function requireReadableFolder(context: RequestContext, id: number): Promise<FolderRow> {
  return existing(await findReadableFolder(context, id));
}

function existing(folder: FolderRow | undefined): FolderRow {
  if (folder !== undefined) return folder;
  throw new ApiError(404, 'folders.not-found', 'folder not found', { fields: { status: 'not-found' } });
}

/** The folders that something in this folder lies in, from the top down. */
export function foldersAround(context: RequestContext, parentUid: string) {
  return parentUid === '' ? Promise.resolve([]) : listLine(context.db, context.actor.orgId, parentUid);
}

/** All that lies in a folder, at whatever depth. */
export function contentOf(context: RequestContext, uid: string): Promise<Content[]> {
  return listContent(context.db, context.actor.orgId, uid);
}

/** The library elements that lie in a folder, at whatever depth. */
export function elementsWithin(context: RequestContext, uid: string) {
  return listElementsWithin(context.db, context.actor.orgId, uid);
}

/** The scope of the folder with this id, for the guard of a route that names it so. */
export async function folderScopeById(
  context: Context,
  orgId: number,
  { id }: Record<string, string>,
): Promise<string> {
  const number = Number(id);
  if (number === GENERAL.id) return `folders:uid:${GENERAL.uid}`;
  const row = Number.isSafeInteger(number) ? await getFolder(context.db, orgId, { id: number }) : undefined;
  // No uid has brackets: who may read at all learns that there is none, and nobody else learns anything.
  return `folders:uid:${row?.uid ?? '(none)'}`;
}

/** Whose work something is: a key is nobody. */
export function authorOf({ actor }: RequestContext): number | null {
  return actor.principal.kind === 'api-key' ? null : actor.principal.id;
}

export interface NewFolder {
  title?: string | null;
  uid?: string | null;
  parentUid?: string | null;
}

/** Makes a folder. What lies in another one has that one's permissions; at the top it starts with the usual ones. */
export async function createFolder(context: RequestContext, wanted: NewFolder): Promise<FolderRow> {
  const title = tidyTitle(wanted.title, emptyTitle);
  const uid = uidOrNew(wanted.uid);
  const parentUid = parentOf(wanted);
  return inCheckedTransaction(context, async (context) => {
    const { orgId } = context.actor;
    await requirePlace(context, parentUid, 0);
    await requireFreeTitle(context, parentUid, title);
    if (await isUidTaken(context.db, orgId, uid)) {
      // Grafana: as if somebody had changed it meanwhile.
      throw changedByOther(
        `A folder or dashboard has the uid ${uid} already: choose another, or leave it out.`,
      );
    }
    const now = context.now();
    const author = authorOf(context);
    await insertFolder(context.db, {
      org_id: orgId,
      uid,
      parent_uid: parentUid,
      title,
      search_text: searchText(title),
      created_at: now,
      created_by: author,
      updated_at: now,
      updated_by: author,
    });
    if (parentUid === '') await grantDefaults(context, 'folders', uid);
    await record(context, 'folders:create', { uid, title }, { parentUid });
    return requireFolder(context, { uid });
  });
}

export interface FolderChanges {
  title?: string | null;
  uid?: string | null;
  version?: number;
  overwrite?: boolean;
}

/** Renames a folder. Throws 412 when it was changed since the version that is named, unless it is to be overwritten. */
export async function changeFolder(
  context: RequestContext,
  uid: string,
  { title: wanted, uid: newUid, version = 0, overwrite = false }: FolderChanges,
): Promise<FolderRow> {
  const title = tidyTitle(wanted, emptyTitle);
  if (newUid && newUid !== uid) throw badRequest('A folder keeps its uid: leave it out.');
  return inCheckedTransaction(context, async (context) => {
    const before = await requireFolder(context, { uid });
    if (!overwrite && before.version !== version) {
      throw changedByOther(
        `The version is ${before.version} by now: read the folder again, or send "overwrite": true.`,
      );
    }
    await requireFreeTitle(context, before.parent_uid, title, before.id);
    await update(context, before, { title, search_text: searchText(title) });
    await record(context, 'folders:write', { uid, title }, changed({ ...before }, { title }));
    return requireFolder(context, { uid });
  });
}

/** Puts a folder with all that is in it into another one, or to the top. */
export async function moveFolder(context: RequestContext, uid: string, to: NewFolder): Promise<FolderRow> {
  const parentUid = parentOf(to);
  return inCheckedTransaction(context, async (context) => {
    const folder = await requireFolder(context, { uid });
    if (folder.parent_uid === parentUid) return folder;
    const content = await contentOf(context, uid);
    const isWithin = content.some((inner) => inner.uid === parentUid);
    if (parentUid === uid || isWithin)
      throw badRequest('A folder cannot lie in itself.', 'invalid parent folder');
    const height = Math.max(0, ...content.filter((inner) => inner.is_folder === 1).map(({ depth }) => depth));
    await requirePlace(context, parentUid, height);
    if (parentUid !== '') await requireNoGain(context, `folders:uid:${uid}`, parentUid);
    await requireFreeTitle(context, parentUid, folder.title, folder.id);
    await update(context, folder, { parent_uid: parentUid });
    await settleMoved(context, 'folders', uid, { from: folder.parent_uid, to: parentUid });
    const change = changed({ parentUid: folder.parent_uid }, { parentUid });
    await record(context, 'folders:move', folder, change);
    return requireFolder(context, { uid });
  });
}

/**
 * Deletes a folder with all that is in it, and the permissions on any of it. Throws 403 while a dashboard that is to stay uses a
 * library element of the folder's.
 */
export async function removeFolder(context: RequestContext, uid: string): Promise<void> {
  await inTransaction(context, async (context) => {
    const folder = await requireFolder(context, { uid });
    const content = await contentOf(context, uid);
    const elements = await elementsWithin(context, uid);
    const used = elements.find(({ is_used_outside }) => is_used_outside === 1);
    if (used !== undefined) throw await elementInUse(context, uid, used);
    const folders = content.filter((inner) => inner.is_folder === 1).map((inner) => inner.uid);
    const dashboards = content.filter((inner) => inner.is_folder === 0).map((inner) => inner.uid);
    await deleteAll(context.db, context.actor.orgId, [...dashboards, ...folders, uid]);
    await dropObjects(context, 'dashboards', dashboards);
    await dropObjects(context, 'folders', [...folders, uid]);
    const libraryElements = elements.map((element) => element.uid);
    await record(context, 'folders:delete', folder, { folders, dashboards, libraryElements });
  });
}

function parentOf({ parentUid }: NewFolder): string {
  return parentUid === undefined || parentUid === null || parentUid === GENERAL.uid ? '' : parentUid;
}

/** Asks for the right to put a folder there, and that it is not too deep with so many levels of folders in it. */
async function requirePlace(context: RequestContext, parentUid: string, height: number): Promise<void> {
  if (parentUid === '') return requirePermission(context, 'folders:create');
  const around = await foldersAround(context, parentUid);
  if (around.length === 0)
    throw badRequest(`There is no folder with the uid ${parentUid}.`, 'Folder not found');
  await requirePermission(context, 'folders:write', `folders:uid:${parentUid}`);
  if (around.length + height <= MOST_AROUND) return;
  throw badRequest(`A folder may lie in ${MOST_AROUND} others at most.`, 'folder max depth exceeded');
}

async function requireFreeTitle(context: RequestContext, parentUid: string, title: string, own?: number) {
  const taken = await getIdOfTitle(context.db, context.actor.orgId, parentUid, title);
  const isGeneral = parentUid === '' && title.toLowerCase() === GENERAL.title.toLowerCase();
  if (!isGeneral && (taken === undefined || taken === own)) return;
  const place = parentUid === '' ? 'the general folder' : 'the folder';
  const message = `a folder or dashboard in ${place} with the same name already exists`;
  throw new ApiError(409, 'folders.name-exists', message, {
    detail: 'Choose another title, or another folder.',
  });
}

async function update(
  context: RequestContext,
  folder: FolderRow,
  changes: Partial<FolderRow>,
): Promise<void> {
  await updateFolder(context.db, folder.id, {
    ...changes,
    version: folder.version + 1,
    updated_at: context.now(),
    updated_by: authorOf(context),
  });
}

async function elementInUse(
  { db, actor, config }: RequestContext,
  folderUid: string,
  { uid, name }: { uid: string; name: string },
): Promise<ApiError> {
  const message = 'Folder could not be deleted because it contains library elements in use';
  const sight = sightOf(actor, config.access_control);
  const which = { folderUid, elementUid: uid, limit: MOST_NAMED };
  const { some, count } = await listUsesOutside(db, sight, which);
  return new ApiError(403, 'folders.library-elements-in-use', message, {
    detail: `The library element ${JSON.stringify(name)} (${uid}) is used by dashboards outside the folder: take it out of them, or put it into another folder. They are ${namedOf(some, count)}.`,
  });
}

function emptyTitle(): ApiError {
  return badRequest('title is required and must not be empty', 'folder title cannot be empty');
}

function changedByOther(detail: string): ApiError {
  const message = 'the folder has been changed by someone else';
  return new ApiError(412, 'folders.version-mismatch', message, {
    detail,
    fields: { status: 'version-mismatch' },
  });
}

function record(
  context: RequestContext,
  action: string,
  { uid, title }: { uid: string; title: string },
  change: Record<string, unknown>,
): Promise<void> {
  return recordChange(context, { action, kind: 'folder', id: uid, name: title, change });
}
