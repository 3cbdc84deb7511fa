import type { RequestContext } from '../../context.ts';
import { searchText } from '../../db/search.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { authorOf } from '../folders/folders.ts';
import { grantDefaults, settleMoved } from '../object-permissions/object-permissions.ts';
import { requireRoom } from '../quotas/quotas.ts';
import {
  type DashboardRow,
  insertDashboard,
  insertVersion,
  replaceLibraryPanels,
  replaceTags,
  updateDashboard,
} from './dashboards.store.ts';
import { type Document, writeDocument } from './document.ts';

/** What a version consists of, besides its number. */
export interface State {
  document: Document;
  title: string;
  parentUid: string;
  message: string;
  restoredFrom: number;
}

/** Makes a dashboard. What lies in a folder has that one's permissions; outside any it starts with the usual ones. */
export async function addDashboard(
  context: RequestContext,
  uid: string,
  state: State,
): Promise<DashboardRow> {
  const { title, parentUid } = state;
  await requireRoom(context, 'dashboard', context.actor.orgId);
  const now = context.now();
  const author = authorOf(context);
  const row = await insertDashboard(context.db, {
    org_id: context.actor.orgId,
    uid,
    is_folder: 0,
    parent_uid: parentUid,
    title,
    search_text: searchText(title),
    version: 1,
    created_at: now,
    created_by: author,
    updated_at: now,
    updated_by: author,
  });
  if (parentUid === '') await grantDefaults(context, 'dashboards', uid);
  await keep(context, row, state, 0);
  await record(context, 'dashboards:create', row, { folderUid: parentUid, version: 1 });
  return row;
}

/** Makes the next version of a dashboard, wherever it is to lie. */
export async function changeDashboard(
  context: RequestContext,
  before: DashboardRow,
  state: State,
): Promise<DashboardRow> {
  const { title, parentUid, restoredFrom } = state;
  const row = await updateDashboard(context.db, before.id, {
    parent_uid: parentUid,
    title,
    search_text: searchText(title),
    version: before.version + 1,
    updated_at: context.now(),
    updated_by: authorOf(context),
  });
  if (before.parent_uid !== parentUid) {
    await settleMoved(context, 'dashboards', row.uid, { from: before.parent_uid, to: parentUid });
  }
  await keep(context, row, state, before.version);
  const { version } = row;
  const change = changed(
    { title: before.title, folderUid: before.parent_uid, version: before.version },
    { title, folderUid: parentUid, version },
  );
  await record(context, 'dashboards:write', row, { ...change, ...(restoredFrom > 0 && { restoredFrom }) });
  return row;
}

async function keep(context: RequestContext, row: DashboardRow, state: State, parent: number): Promise<void> {
  await replaceTags(context.db, row.id, state.document.tags);
  await replaceLibraryPanels(context.db, row, state.document.libraryPanels);
  const version = {
    dashboard_id: row.id,
    version: row.version,
    parent_version: parent,
    restored_from: state.restoredFrom,
    message: state.message,
    data: writeDocument(state.document, row),
    created_at: row.updated_at,
    created_by: row.updated_by,
  };
  await insertVersion(context.db, version, context.config.dashboards.versions_to_keep);
}

/** Records what was done to a dashboard. */
export function record(
  context: RequestContext,
  action: string,
  { uid, title }: DashboardRow,
  change: Record<string, unknown>,
): Promise<void> {
  return recordChange(context, { action, kind: 'dashboard', id: uid, name: title, change });
}
