import { accessDenied, holds } from '../../access/can.ts';
import type { RequestContext } from '../../context.ts';
import { badRequest } from '../../errors.ts';
import { compareJson, type Difference } from '../../json-diff.ts';
import { type DashboardRow, getDashboard, getVersion } from './dashboards.store.ts';
import { missing, missingVersion, tooLargeToCompare } from './refusals.ts';

/** One of the two documents that are compared: a kept version of a dashboard, or what somebody is about to make of it. */
export interface Side {
  dashboardId?: number | null;
  dashboardUid?: string | null;
  version?: number | null;
  /** The JSON of a dashboard that is not saved. */
  unsaved?: string | undefined;
}

type Name = 'base' | 'new';

const WRITING = 'dashboards:write';
/** Of both documents together: while they are compared, nobody else is answered. */
const MOST_BYTES = 2 * 1024 * 1024;

/**
 * What is different between two documents. As everything of a dashboard's past, it is for who may write to it, and to both when
 * there are two. Throws 404 for a dashboard or a version that there is not, and 413 for what would take too long.
 */
export async function compareVersions(
  context: RequestContext,
  sides: Record<Name, Side>,
): Promise<Difference> {
  const base = await findSide(context, 'base', sides.base);
  const other = await findSide(context, 'new', sides.new);
  const before = await documentOf(context, 'base', sides.base, base);
  const after = await documentOf(context, 'new', sides.new, other);
  const bytes = Buffer.byteLength(before) + Buffer.byteLength(after);
  if (bytes > MOST_BYTES) throw tooLargeToCompare(bytes, MOST_BYTES);
  return compareJson(before, after);
}

async function findSide(
  context: RequestContext,
  name: Name,
  { dashboardId, dashboardUid }: Side,
): Promise<DashboardRow | undefined> {
  const byUid = typeof dashboardUid === 'string' && dashboardUid !== '';
  if (!byUid && typeof dashboardId !== 'number') throw badRequest(`${name}.dashboardUid is required`);
  const which = byUid ? { uid: dashboardUid } : { id: dashboardId as number };
  const row = await getDashboard(context.db, context.actor.orgId, which);
  // No uid has brackets: who may write to all of them learns that there is none, and nobody else learns anything.
  const uid = byUid ? dashboardUid : (row?.uid ?? '(none)');
  if (await holds(context, WRITING, `dashboards:uid:${uid}`)) return row;
  // Not what was looked up: that there is such a dashboard, and its uid, is not for who may not.
  throw accessDenied(context.actor, [WRITING], byUid ? [`dashboards:uid:${uid}`] : []);
}

async function documentOf(
  context: RequestContext,
  name: Name,
  { version, unsaved }: Side,
  row: DashboardRow | undefined,
): Promise<string> {
  if (row === undefined || row.is_folder === 1) throw missing();
  if (unsaved !== undefined) return unsaved;
  if (typeof version !== 'number') throw badRequest(`${name}.version is required`);
  const found = await getVersion(context.db, row.id, version);
  if (found === undefined) throw missingVersion();
  return found.data;
}
