import { denied, holds, requirePermission } from '../../access/can.ts';
import type { Context, RequestContext } from '../../context.ts';
import { inCheckedTransaction, inTransaction } from '../../db/transaction.ts';
import { badRequest } from '../../errors.ts';
import { findFolder, findReadableFolder } from '../folders/folders.ts';
import { GENERAL, tidyTitle, uidOrNew } from '../folders/names.ts';
import { dropObjects, requireNoGain } from '../object-permissions/object-permissions.ts';
import { type DashboardRow, deleteDashboard, getDashboard, getVersion } from './dashboards.store.ts';
import { type Document, readDocument } from './document.ts';
import { changed, emptyTitle, missing, missingVersion, sameName, sameNameAsFolder } from './refusals.ts';
import { addDashboard, changeDashboard, record } from './versions.ts';

export type { DashboardRow };

/** Where a dashboard is to lie; nothing is where it is now, or the general folder for a new one. */
export interface Place {
  folderUid?: string | null;
  folderId?: number | null;
}

export interface Saving extends Place {
  /** The JSON of the dashboard, as it was sent. */
  text: string;
  overwrite?: boolean;
  message?: string | null;
}

/** A dashboard of the organization acted in. Throws 404, for a folder too. */
export async function requireDashboard(
  context: RequestContext,
  which: { uid: string } | { id: number },
): Promise<DashboardRow> {
  const row = await getDashboard(context.db, context.actor.orgId, which);
  if (row === undefined || row.is_folder === 1) throw missing();
  return row;
}

/** The dashboard with this id. Throws 404, for one that the asker may not read too: its uid is not for them. */
export async function requireReadableDashboard(context: RequestContext, id: number): Promise<DashboardRow> {
  const row = await requireDashboard(context, { id });
  if (!(await holds(context, 'dashboards:read', `dashboards:uid:${row.uid}`))) throw missing();
  return row;
}

/** The scope of the dashboard with this id, for the guard of a route that names it so. */
export async function dashboardScopeById(
  context: Context,
  orgId: number,
  { id }: Record<string, string>,
): Promise<string> {
  const number = Number(id);
  const row = Number.isSafeInteger(number)
    ? await getDashboard(context.db, orgId, { id: number })
    : undefined;
  // No uid has brackets: who may read at all learns that there is none, and nobody else learns anything.
  return `dashboards:uid:${row?.uid ?? '(none)'}`;
}

/**
 * Saves a dashboard: a new one, or the next version of the one that its id or uid names or that, when it is to be overwritten,
 * has its title in the same folder. Asks for the permission as soon as it is known which.
 */
export function saveDashboard(context: RequestContext, saving: Saving): Promise<DashboardRow> {
  const document = readDocument(saving.text);
  const title = tidyTitle(document.title, emptyTitle);
  const freshUid = uidOrNew(document.uid);
  const { overwrite = false, message } = saving;
  return inCheckedTransaction(context, async (context) => {
    const { db, actor } = context;
    const known = await findNamed(context, document);
    const parentUid = (await findPlace(context, saving)) ?? known?.parent_uid ?? '';
    const namesake = await getDashboard(db, actor.orgId, { parentUid, title });
    const other = namesake?.id === known?.id ? undefined : namesake;
    const before = overwrite && other?.is_folder === 0 ? other : known;

    // What was found by its title alone, the asker may know nothing of: first comes whatever is refused without it.
    if (before !== known && !(await holds(context, 'dashboards:write', `dashboards:uid:${before?.uid}`))) {
      await requireMaySave(context, known, parentUid);
      throw denied('dashboards:write on the dashboard of that title is needed');
    }
    await requireMaySave(context, before, parentUid);
    if (other?.is_folder === 1) throw sameNameAsFolder();
    if (other !== undefined && !overwrite) throw sameName();
    if (before !== undefined && !overwrite && before.version !== document.version) throw changed(before);

    const state = { document, title, parentUid, message: message ?? '', restoredFrom: 0 };
    return before === undefined
      ? addDashboard(context, freshUid, state)
      : changeDashboard(context, before, state);
  });
}

/** Makes an older version the newest. Throws 404 when it is not kept, 412 when its title is taken by now. */
export function restoreVersion(
  context: RequestContext,
  which: { uid: string } | { id: number },
  version: number,
): Promise<DashboardRow> {
  return inCheckedTransaction(context, async (context) => {
    const before = await requireDashboard(context, which);
    const old = await getVersion(context.db, before.id, version);
    if (old === undefined) throw missingVersion();
    const document = readDocument(old.data);
    const title = tidyTitle(document.title, emptyTitle);
    const place = { parentUid: before.parent_uid, title };
    const namesake = await getDashboard(context.db, before.org_id, place);
    if (namesake !== undefined && namesake.id !== before.id) throw sameName();
    const message = `Restored from version ${version}`;
    return changeDashboard(context, before, { ...place, document, message, restoredFrom: version });
  });
}

/** Deletes a dashboard with its versions and the permissions on it, and returns what it was. */
export function removeDashboard(context: RequestContext, uid: string): Promise<DashboardRow> {
  return inTransaction(context, async (context) => {
    const row = await requireDashboard(context, { uid });
    await deleteDashboard(context.db, row.id);
    await dropObjects(context, 'dashboards', [uid]);
    await record(context, 'dashboards:delete', row, { folderUid: row.parent_uid });
    return row;
  });
}

/** The dashboard that the document's id or uid names; undefined for a new one. */
async function findNamed(context: RequestContext, { id, uid }: Document): Promise<DashboardRow | undefined> {
  const { db, actor } = context;
  const byId = id > 0 ? await getDashboard(db, actor.orgId, { id }) : undefined;
  if (id > 0 && (byId === undefined || !(await isReadable(context, byId)))) throw missing();
  const byUid = uid === '' ? undefined : await getDashboard(db, actor.orgId, { uid });
  if (byId !== undefined && uid !== '' && byId.uid !== uid) {
    const detail = `The dashboard with the id ${id} has another uid: leave one of the two out.`;
    throw badRequest(detail, byUid && 'A dashboard with the same uid already exists');
  }
  const row = byId ?? byUid;
  if (row?.is_folder !== 1) return row;
  throw badRequest('The id or uid is that of a folder.', 'Dashboard cannot be changed to a folder');
}

function isReadable(context: RequestContext, { is_folder, uid }: DashboardRow): Promise<boolean> {
  const kind = is_folder === 1 ? 'folders' : 'dashboards';
  return holds(context, `${kind}:read`, `${kind}:uid:${uid}`);
}

/** The uid of the folder that was asked for; undefined when none was. Throws 400 for one that is not there. */
async function findPlace(
  context: RequestContext,
  { folderUid, folderId }: Place,
): Promise<string | undefined> {
  if (folderUid === '' || folderUid === GENERAL.uid) return '';
  const byUid = typeof folderUid === 'string';
  if (!byUid && typeof folderId !== 'number') return undefined;
  if (!byUid && folderId === GENERAL.id) return '';
  const folder = byUid
    ? await findFolder(context, { uid: folderUid })
    : await findReadableFolder(context, folderId as number);
  if (folder !== undefined) return folder.uid;
  throw badRequest(
    `There is no folder with the ${byUid ? `uid ${folderUid}` : `id ${folderId}`}.`,
    'Folder not found',
  );
}

async function requireMaySave(
  context: RequestContext,
  before: DashboardRow | undefined,
  parentUid: string,
): Promise<void> {
  const what = `dashboards:uid:${before?.uid}`;
  if (before !== undefined) await requirePermission(context, 'dashboards:write', what);
  if (before?.parent_uid === parentUid) return;
  await requirePermission(context, 'dashboards:create', `folders:uid:${parentUid || GENERAL.uid}`);
  if (before !== undefined && parentUid !== '') await requireNoGain(context, what, parentUid);
}
