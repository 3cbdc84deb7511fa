import { denied, heldOn, requirePermission } from '../../access/can.ts';
import { allows } from '../../access/evaluate.ts';
import { sightOf } from '../../access/visible.ts';
import type { RequestContext } from '../../context.ts';
import { searchText } from '../../db/search.ts';
import { inCheckedTransaction, inTransaction } from '../../db/transaction.ts';
import { ApiError, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { authorOf, requireFolder, requireReadableFolder } from '../folders/folders.ts';
import { GENERAL, MOST_NAMED, namedOf, uidOrNew } from '../folders/names.ts';
import {
  countAllUses,
  deleteElement,
  getElement,
  type Identifying,
  insertElement,
  isTaken,
  listUses,
  type Reader,
  updateElement,
  type WholeElement,
} from './library-elements.store.ts';
import { type Model, readModel } from './model.ts';

const CREATE = 'dashboards:create';
const DELETE = 'dashboards:delete';

/** What the asker may read. */
export function readerOf({ actor, config }: RequestContext): Reader {
  const general = scopeOf(null);
  const seesGeneral = actor.role !== 'None' || allows(actor.grants, 'folders:read', [general]);
  return { sight: sightOf(actor, config.access_control), seesGeneral };
}

/** An element that the asker may read. Throws 404. */
export async function requireElement(context: RequestContext, uid: string): Promise<WholeElement> {
  const element = await findElement(context, uid);
  if (element === undefined) throw missing();
  return element;
}

/** The scope of the folder that an element lies in; undefined for one that the asker may not read. */
export async function scopeOfElement(
  context: RequestContext,
  _orgId: number,
  { uid = '' }: Record<string, string>,
): Promise<string | undefined> {
  const element = await findElement(context, uid);
  return element && scopeOf(element.folder_uid);
}

/** Where an element is to lie; nothing is where it is now, or the general folder for a new one. */
export interface Place {
  folderUid?: string | null;
  folderId?: number | null;
}

export interface NewElement extends Place {
  uid?: string | null;
  name: string;
  kind: number;
  /** The JSON of the model, as it was sent. */
  model: string;
}

/** Makes an element. Throws 404 for a folder that is not there, 400 when its name or uid is taken. */
export async function createElement(context: RequestContext, wanted: NewElement): Promise<WholeElement> {
  const { name, kind } = wanted;
  const uid = uidOrNew(wanted.uid);
  const model = readModel(wanted.model);
  return inCheckedTransaction(context, async (context) => {
    const place = (await findPlace(context, wanted)) ?? NOWHERE;
    await requirePermission(context, CREATE, scopeOf(place.uid));
    await requireFree(context, { uid, name, kind, folderId: place.id });
    const now = context.now();
    const author = authorOf(context);
    await insertElement(context.db, {
      org_id: context.actor.orgId,
      folder_id: place.id,
      uid,
      kind,
      ...texts(name, model),
      model: model.text,
      version: 1,
      created_at: now,
      created_by: author,
      updated_at: now,
      updated_by: author,
    });
    await record(context, 'library-elements:create', { uid, name }, { kind, folderUid: place.uid });
    return reread(context, uid);
  });
}

/** What is left out of a change stays. */
export interface ElementChanges extends Place {
  uid?: string | null;
  name?: string | null;
  kind?: number;
  model?: string | undefined;
  version: number;
}

/** Makes the next version of an element. Throws 404, 412 for another version than the newest, 400 when a name or uid is taken. */
export async function changeElement(
  context: RequestContext,
  uid: string,
  changes: ElementChanges,
): Promise<WholeElement> {
  const newUid = changes.uid ? uidOrNew(changes.uid) : uid;
  const given = changes.model === undefined ? undefined : readModel(changes.model);
  return inCheckedTransaction(context, async (context) => {
    const before = await requireElement(context, uid);
    const place = (await findPlace(context, changes)) ?? { id: before.folder_id, uid: before.folder_uid };
    await requireMayPut(context, before, place);
    if (changes.version !== before.version) throw changedByOther(before);
    const name = changes.name || before.name;
    const kind = changes.kind ?? before.kind;
    // Dashboards name it by its uid.
    if (newUid !== uid) await requireUnused(context, uid);
    await requireFree(context, { uid: newUid, name, kind, folderId: place.id }, before.id);
    const version = before.version + 1;
    await updateElement(context.db, before.id, {
      folder_id: place.id,
      uid: newUid,
      kind,
      ...texts(name, given ?? before),
      ...(given === undefined ? {} : { model: given.text }),
      version,
      updated_at: context.now(),
      updated_by: authorOf(context),
    });
    const change = changed(
      { ...before, folderUid: before.folder_uid },
      { version, uid: newUid, name, kind, folderUid: place.uid },
    );
    await record(context, 'library-elements:write', before, change);
    return reread(context, newUid);
  });
}

/** Deletes an element that no dashboard uses, and returns what it was. Throws 404, and 403 for one in use. */
export function removeElement(context: RequestContext, uid: string): Promise<WholeElement> {
  return inTransaction(context, async (context) => {
    const element = await requireElement(context, uid);
    await requireMayDelete(context, element.folder_uid);
    await requireUnused(context, uid);
    await deleteElement(context.db, element.id);
    await record(context, 'library-elements:delete', element, { folderUid: element.folder_uid });
    return element;
  });
}

function findElement(context: RequestContext, uid: string): Promise<WholeElement | undefined> {
  return getElement(context.db, context.actor.orgId, uid, readerOf(context));
}

/** What was just written, for whoever could write it, whether they may read it or not. */
async function reread(context: RequestContext, uid: string): Promise<WholeElement> {
  return (await getElement(context.db, context.actor.orgId, uid)) as WholeElement;
}

interface Folder {
  id: number | null;
  uid: string | null;
}
const NOWHERE: Folder = { id: null, uid: null };

/** The folder that was asked for; undefined when none was. Throws 404 for one that is not there. */
async function findPlace(
  context: RequestContext,
  { folderUid, folderId }: Place,
): Promise<Folder | undefined> {
  if (typeof folderUid === 'string') {
    const isGeneral = folderUid === '' || folderUid === GENERAL.uid;
    return isGeneral ? NOWHERE : requireFolder(context, { uid: folderUid });
  }
  // Grafana: -1 is where it is.
  if (typeof folderId !== 'number' || folderId === -1) return undefined;
  return folderId === GENERAL.id ? NOWHERE : requireReadableFolder(context, folderId);
}

function scopeOf(folderUid: string | null): string {
  return `folders:uid:${folderUid ?? GENERAL.uid}`;
}

/** Asks for the right to change what lies in a folder and, where it is to move, to add to the other one, with no more rights there. */
async function requireMayPut(context: RequestContext, before: WholeElement, to: Folder): Promise<void> {
  const here = scopeOf(before.folder_uid);
  const there = scopeOf(to.uid);
  await requirePermission(context, CREATE, here);
  if (here === there) return;
  await requirePermission(context, CREATE, there);
  if ((await mayDelete(context, to.uid)) && !(await mayDelete(context, before.folder_uid))) {
    throw denied(`the move would give you ${DELETE} on the element, which you do not have on ${here}`);
  }
}

async function requireMayDelete(context: RequestContext, folderUid: string | null): Promise<void> {
  if (!(await mayDelete(context, folderUid))) await requirePermission(context, DELETE, scopeOf(folderUid));
}

async function mayDelete(context: RequestContext, folderUid: string | null): Promise<boolean> {
  const held = await heldOn(context, scopeOf(folderUid));
  // Outside of folders there is no level to have: there, who may add may delete where Editors may delete at all.
  const isEditors = folderUid === null && context.config.access_control.editors_can_delete;
  return held(DELETE) || (isEditors && held(CREATE));
}

async function requireFree(context: RequestContext, wanted: Identifying, own?: number): Promise<void> {
  if (!(await isTaken(context.db, context.actor.orgId, wanted, own))) return;
  const message = 'library element with that name or UID already exists';
  throw new ApiError(400, 'library-elements.exists', message, {
    detail: 'Choose another uid, and another name or folder.',
  });
}

function texts(name: string, { type, description }: Pick<Model, 'type' | 'description'>) {
  return { name, type, description, name_text: searchText(name), search_text: searchText(name, description) };
}

/** The refusal of an element that is not there, or that the asker may not read. */
export function missing(): ApiError {
  return notFound('library element could not be found', 'library-elements.not-found');
}

/** Refuses what dashboards would miss, and names some of those that the asker may read. */
async function requireUnused(context: RequestContext, uid: string): Promise<void> {
  const { db, actor } = context;
  const count = await countAllUses(db, actor.orgId, uid);
  if (count === 0) return;
  const some = await listUses(db, readerOf(context).sight, uid, { limit: MOST_NAMED, offset: 0 });
  const named = namedOf(
    some.map(({ dashboard_uid, title }) => ({ uid: dashboard_uid, title })),
    count,
  );
  throw new ApiError(403, 'library-elements.in-use', 'the library element has connections', {
    detail: `Dashboards show it under this uid: take it out of them first. They are ${named}.`,
  });
}

function changedByOther({ version }: { version: number }): ApiError {
  const message = 'the library element has been changed by someone else';
  return new ApiError(412, 'library-elements.version-mismatch', message, {
    detail: `The version is ${version} by now: read the element again.`,
  });
}

function record(
  context: RequestContext,
  action: string,
  { uid, name }: { uid: string; name: string },
  change: Record<string, unknown>,
): Promise<void> {
  return recordChange(context, { action, kind: 'library-element', id: uid, name, change });
}
