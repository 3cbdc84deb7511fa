import { randomBytes } from 'node:crypto';
import { requirePermission } from '../../access/can.ts';
import type { Context, RequestContext } from '../../context.ts';
import { inCheckedTransaction, inTransaction } from '../../db/transaction.ts';
import { ApiError } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { type DashboardRow, requireDashboard } from '../dashboards/dashboards.ts';
import { authorOf } from '../folders/folders.ts';
import { uidOrNew } from '../folders/names.ts';
import {
  deletePublic,
  getPublic,
  getPublished,
  insertPublic,
  isTokenTaken,
  isUidTaken,
  type PublicRow,
  updatePublic,
} from './public-dashboards.store.ts';

const UID = /^[A-Za-z0-9_-]{1,40}$/;
const TOKEN = /^[0-9a-fA-F]{32}$/;
const TOKEN_BYTES = 16;
const NOBODYS_TOKEN = '';
// Grafana: "email" too, in its paid editions.
const SHARE = 'public';

/** A public dashboard and the dashboard that it shows. */
export interface Shown {
  row: PublicRow;
  dashboard: DashboardRow;
}

/** What is shown to the public; what is left out is off in a new one, and stays in one that is changed. */
export interface PublicSettings {
  isEnabled?: boolean | null;
  annotationsEnabled?: boolean | null;
  timeSelectionEnabled?: boolean | null;
  share?: string | null;
}

export interface NewPublic extends PublicSettings {
  uid?: string | null;
  accessToken?: string | null;
}

/** What makes a dashboard of the organization public. Throws 404. */
export async function requirePublic(context: RequestContext, dashboardUid: string): Promise<Shown> {
  const dashboard = await requireDashboard(context, { uid: dashboardUid });
  const row = await getPublic(context.db, dashboard.id);
  if (row === undefined) throw notPublic();
  return { row, dashboard };
}

/** Makes a dashboard public. Throws 404, 400 for one that is public and for a uid or token that is taken, 403 where it is switched off. */
export async function publish(
  context: RequestContext,
  dashboardUid: string,
  wanted: NewPublic,
): Promise<Shown> {
  if (!context.config.public_dashboards.enabled) throw switchedOff();
  requireShare(wanted);
  const uid = tidyUid(wanted.uid);
  const accessToken = tidyToken(wanted.accessToken);
  return inCheckedTransaction(context, async (context) => {
    const { db, actor } = context;
    await requireSight(context, dashboardUid);
    const dashboard = await requireDashboard(context, { uid: dashboardUid });
    if ((await getPublic(db, dashboard.id)) !== undefined) throw refusal(ALREADY_PUBLIC);
    if (await isUidTaken(db, actor.orgId, uid)) throw refusal(UID_TAKEN);
    if (await isTokenTaken(db, accessToken)) throw refusal(TOKEN_TAKEN);
    const now = context.now();
    const author = authorOf(context);
    const row = await insertPublic(db, {
      org_id: actor.orgId,
      dashboard_id: dashboard.id,
      uid,
      access_token: accessToken,
      is_enabled: wanted.isEnabled ? 1 : 0,
      annotations_enabled: wanted.annotationsEnabled ? 1 : 0,
      time_selection_enabled: wanted.timeSelectionEnabled ? 1 : 0,
      share: SHARE,
      created_at: now,
      created_by: author,
      updated_at: now,
      updated_by: author,
    });
    await record(context, 'create', { row, dashboard });
    return { row, dashboard };
  });
}

/** Changes what is shown of a public dashboard. Throws 404, for one of another dashboard too. */
export function changePublic(
  context: RequestContext,
  dashboardUid: string,
  uid: string,
  wanted: PublicSettings,
): Promise<Shown> {
  requireShare(wanted);
  return inTransaction(context, async (context) => {
    await requireSight(context, dashboardUid);
    const { row: before, dashboard } = await requireNamed(context, dashboardUid, uid);
    const { isEnabled, annotationsEnabled, timeSelectionEnabled } = wanted;
    const row = await updatePublic(context.db, before.id, {
      is_enabled: flag(isEnabled, before.is_enabled),
      annotations_enabled: flag(annotationsEnabled, before.annotations_enabled),
      time_selection_enabled: flag(timeSelectionEnabled, before.time_selection_enabled),
      updated_at: context.now(),
      updated_by: authorOf(context),
    });
    await record(context, 'write', { row, dashboard }, changed(told(before), told(row)));
    return { row, dashboard };
  });
}

/** Makes a public dashboard private again; its token opens nothing from then on. Throws 404, for one of another dashboard too. */
export async function unpublish(context: RequestContext, dashboardUid: string, uid: string): Promise<void> {
  await inTransaction(context, async (context) => {
    const shown = await requireNamed(context, dashboardUid, uid);
    await deletePublic(context.db, shown.row.id);
    await record(context, 'delete', shown);
  });
}

/** What a token opens, for anybody. Throws the same 404 for every token that opens nothing, after the same query. */
export async function requirePublished(context: Context, accessToken: string) {
  const mayOpen = context.config.public_dashboards.enabled && TOKEN.test(accessToken);
  const published = await getPublished(context.db, mayOpen ? accessToken : NOBODYS_TOKEN);
  if (published === undefined) throw notPublic();
  return published;
}

/** Nobody shows the public, and so themselves, what they may not read. */
function requireSight(context: RequestContext, dashboardUid: string): Promise<void> {
  return requirePermission(context, 'dashboards:read', `dashboards:uid:${dashboardUid}`);
}

async function requireNamed(context: RequestContext, dashboardUid: string, uid: string): Promise<Shown> {
  const shown = await requirePublic(context, dashboardUid);
  if (shown.row.uid !== uid) throw notPublic();
  return shown;
}

function flag(wanted: boolean | null | undefined, before: 0 | 1): 0 | 1 {
  if (wanted === undefined || wanted === null) return before;
  return wanted ? 1 : 0;
}

function tidyUid(uid: string | null | undefined): string {
  if (!uid) return uidOrNew('');
  if (!UID.test(uid)) throw refusal(INVALID_UID);
  return uid;
}

function tidyToken(token: string | null | undefined): string {
  if (!token) return randomBytes(TOKEN_BYTES).toString('hex');
  if (!TOKEN.test(token)) throw refusal(INVALID_TOKEN);
  return token;
}

function requireShare({ share }: PublicSettings): void {
  if (share && share !== SHARE) throw refusal(INVALID_SHARE);
}

type Refusal = readonly [messageId: string, message: string, detail: string];

const ALREADY_PUBLIC: Refusal = [
  'dashboardIsPublic',
  'Dashboard is already public',
  'Change what is there with PATCH, or delete it first.',
];
const UID_TAKEN: Refusal = [
  'uidExists',
  'Public Dashboard Uid already exists',
  'Choose another uid, or leave it out.',
];
const TOKEN_TAKEN: Refusal = [
  'accessTokenExists',
  'Public Dashboard Access Token already exists',
  'Choose another accessToken, or leave it out.',
];
const INVALID_UID: Refusal = [
  'invalidUid',
  'Invalid Uid',
  'A uid is made of at most 40 letters, digits, - and _; leave it out to get one.',
];
const INVALID_TOKEN: Refusal = [
  'invalidAccessToken',
  'Invalid access token',
  'An accessToken is made of 32 hexadecimal digits; leave it out to get one.',
];
const INVALID_SHARE: Refusal = ['invalidShareType', 'Invalid share type', `share must be "${SHARE}".`];

function refusal([messageId, message, detail]: Refusal): ApiError {
  return new ApiError(400, `publicdashboards.${messageId}`, message, { detail });
}

function notPublic(): ApiError {
  return new ApiError(404, 'publicdashboards.notFound', 'Public dashboard not found');
}

function switchedOff(): ApiError {
  return new ApiError(403, 'publicdashboards.disabled', 'Public dashboards are disabled', {
    detail: 'An administrator of the server switches them on with [public_dashboards] enabled = true.',
  });
}

/** How public it is, as the record has it. */
function told({ is_enabled, annotations_enabled, time_selection_enabled }: PublicRow) {
  return {
    isEnabled: is_enabled === 1,
    annotationsEnabled: annotations_enabled === 1,
    timeSelectionEnabled: time_selection_enabled === 1,
  };
}

function record(
  context: RequestContext,
  verb: string,
  { row, dashboard }: Shown,
  change: Record<string, unknown> = told(row),
): Promise<void> {
  return recordChange(context, {
    action: `dashboards.public:${verb}`,
    kind: 'public-dashboard',
    id: row.uid,
    name: dashboard.title,
    change: { dashboardUid: dashboard.uid, ...change },
  });
}
