import { accessDenied, heldOn, requirePermission } from '../../access/can.ts';
import { allows } from '../../access/evaluate.ts';
import { sightOf } from '../../access/visible.ts';
import type { RequestContext } from '../../context.ts';
import { searchText } from '../../db/search.ts';
import { inTransaction } from '../../db/transaction.ts';
import { type ApiError, badRequest, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { type DashboardRow, requireDashboard, requireReadableDashboard } from '../dashboards/dashboards.ts';
import { authorOf } from '../folders/folders.ts';
import {
  type AnnotationRow,
  deleteAnnotation,
  deleteOfPanel,
  getAnnotation,
  insertAnnotation,
  listAnnotations,
  type Reach,
  listTags,
  replaceTags,
  type SeenAnnotation,
  updateAnnotation,
} from './annotations.store.ts';
import { dataText, periodOf, requireText, tidyTags, type Values } from './values.ts';

export type { SeenAnnotation };

/** The scope of all annotations that are on no dashboard. */
export const OF_ORG = 'annotations:type:organization';
const OF_DASHBOARD = 'annotations:type:dashboard';

const LONGEST_NAME = 100;

type Action = 'annotations:create' | 'annotations:write' | 'annotations:delete';

/** A dashboard by one of its names; '' and 0 are none. */
interface Place {
  dashboardUID?: string | null;
  dashboardId?: number | null;
  panelId?: number | null;
}

export type NewAnnotation = Values & Place;

/** Which annotations the actor may read. */
export function readable({ actor, config }: RequestContext): Reach {
  return {
    sight: sightOf(actor, config.access_control),
    ofOrg: allows(actor.grants, 'annotations:read', [OF_ORG]),
    ofDashboards: allows(actor.grants, 'annotations:read', [OF_DASHBOARD]),
  };
}

/** An annotation that the actor may read. Throws 404, for one on a hidden dashboard too. */
export async function requireReadable(context: RequestContext, id: number): Promise<SeenAnnotation> {
  const [row] = await listAnnotations(context.db, readable(context), [id]);
  if (row === undefined) throw missing();
  return row;
}

/**
 * An annotation that the actor may do this to. Throws 404 for one that is missing or on a dashboard that they cannot see, and
 * 403 without the action on its type or without the right to change its dashboard.
 */
export async function requireChangeable(
  context: RequestContext,
  action: Action,
  id: number,
): Promise<AnnotationRow> {
  const row = await getAnnotation(context.db, context.actor.orgId, id);
  if (row === undefined) throw missing();
  if (row.dashboard_uid === null) {
    await requirePermission(context, action, OF_ORG);
    return row;
  }
  const scope = `dashboards:uid:${row.dashboard_uid}`;
  const may = await heldOn(context, scope);
  if (!may('dashboards:read')) throw missing();
  await requirePermission(context, action, OF_DASHBOARD);
  if (!may('dashboards:write')) throw accessDenied(context.actor, ['dashboards:write'], [scope]);
  return row;
}

/** Adds an annotation to a dashboard, or to the organization where none is named, and returns its id. */
export function addAnnotation(
  context: RequestContext,
  wanted: NewAnnotation,
  { refusal, nameOfText }: { refusal: string; nameOfText: string },
): Promise<number> {
  return inTransaction(context, async (context) => {
    const dashboard = await findPlace(context, 'annotations:create', wanted);
    const now = context.now();
    const row = {
      org_id: context.actor.orgId,
      dashboard_id: dashboard?.id ?? null,
      panel_id: wanted.panelId ?? 0,
      ...periodOf(wanted, { starts_at: now, ends_at: now }, refusal),
      text: requireText(wanted.text, refusal, nameOfText),
      data: dataText(wanted.data ?? {}, refusal),
      created_at: now,
      created_by: authorOf(context),
      updated_at: now,
    };
    const tags = tidyTags(wanted.tags, refusal);
    const id = await insertAnnotation(context.db, row);
    await setTags(context, id, tags);
    const change = { dashboardUid: dashboard?.uid ?? '', panelId: row.panel_id, tags };
    await record(context, 'annotations:create', { ...row, id }, change);
    return id;
  });
}

/**
 * Changes what is given of an annotation; the whole of it is its text and its tags, where what is not given is refused or gone.
 * Its times and its data are kept unless they are given.
 */
export async function changeAnnotation(
  context: RequestContext,
  id: number,
  wanted: Values,
  { isWhole }: { isWhole: boolean },
): Promise<void> {
  const refusal = 'Failed to update annotation';
  await inTransaction(context, async (context) => {
    const before = await requireChangeable(context, 'annotations:write', id);
    const text = isWhole || wanted.text ? requireText(wanted.text, refusal) : before.text;
    const data = wanted.data ? dataText(wanted.data, refusal) : before.data;
    const period = periodOf(wanted, before, refusal);
    await updateAnnotation(context.db, id, { ...period, text, data, updated_at: context.now() });
    const tags = isWhole || wanted.tags ? tidyTags(wanted.tags, refusal) : undefined;
    const oldTags = (await listTags(context.db, [id])).map(({ term }) => term);
    const old = { ...before, text: nameOf(before.text), tags: oldTags };
    if (tags !== undefined) await setTags(context, id, tags);
    const change = changed(old, { ...period, text: nameOf(text), tags });
    await record(context, 'annotations:write', before, change);
  });
}

/** Deletes an annotation. Throws 404. */
export async function removeAnnotation(context: RequestContext, id: number): Promise<void> {
  await inTransaction(context, async (context) => {
    const row = await requireChangeable(context, 'annotations:delete', id);
    await deleteAnnotation(context.db, id);
    await record(context, 'annotations:delete', row, { panelId: row.panel_id });
  });
}

/** Deletes one annotation, or all that are on one panel of a dashboard. Throws 400 where neither is named. */
export async function removeAnnotations(
  context: RequestContext,
  which: Place & { annotationId?: number | null },
): Promise<void> {
  const { annotationId, panelId } = which;
  if (annotationId) return removeAnnotation(context, annotationId);
  if (!isOnDashboard(which) || !panelId) {
    throw badRequest('Send annotationId, or dashboardUID (or dashboardId) together with panelId.');
  }
  await inTransaction(context, async (context) => {
    const dashboard = await findPlace(context, 'annotations:delete', which);
    if (dashboard === undefined) return;
    const deleted = await deleteOfPanel(context.db, dashboard.id, panelId);
    const entry = { kind: 'dashboard', id: dashboard.uid, name: dashboard.title };
    await recordChange(context, { action: 'annotations:delete', ...entry, change: { panelId, deleted } });
  });
}

/** The dashboard that is named, if any, once it is sure that the actor may do this there. Throws 403, 404. */
async function findPlace(
  context: RequestContext,
  action: Action,
  place: Place,
): Promise<DashboardRow | undefined> {
  const { dashboardUID: uid, dashboardId: id } = place;
  await requirePermission(context, action, isOnDashboard(place) ? OF_DASHBOARD : OF_ORG);
  if (!uid && !id) return undefined;
  const dashboard = uid
    ? await requireDashboard(context, { uid })
    : await requireReadableDashboard(context, id ?? 0);
  await requirePermission(context, 'dashboards:write', `dashboards:uid:${dashboard.uid}`);
  return dashboard;
}

function isOnDashboard({ dashboardUID, dashboardId }: Place): boolean {
  return Boolean(dashboardUID) || Boolean(dashboardId);
}

function setTags(context: RequestContext, id: number, tags: readonly string[]): Promise<void> {
  const rows = tags.map((term) => ({ term, search_text: searchText(term) }));
  return replaceTags(context.db, { id, org_id: context.actor.orgId }, rows);
}

function record(
  context: RequestContext,
  action: Action,
  { id, text }: { id: number; text: string },
  change: Record<string, unknown>,
): Promise<void> {
  return recordChange(context, { action, kind: 'annotation', id, name: nameOf(text), change });
}

function nameOf(text: string): string {
  return text.slice(0, LONGEST_NAME);
}

function missing(): ApiError {
  return notFound('Annotation not found', 'annotations.not-found');
}
