import { heldOn, holds } from '../../access/can.ts';
import { allows } from '../../access/evaluate.ts';
import type { RequestContext } from '../../context.ts';
import { dashboardUrl, folderUrl, GENERAL, slugOf } from '../folders/names.ts';
import type { getWholeDashboard } from './dashboards.store.ts';

type Whole = NonNullable<Awaited<ReturnType<typeof getWholeDashboard>>>;

const NEVER = '0001-01-01T00:00:00Z';

/** What all dashboards of this server have in common. */
const COMMON = {
  expires: NEVER,
  // Grafana: false since permissions are no longer a list of the dashboard's own.
  hasAcl: false,
  isFolder: false,
  provisioned: false,
  provisionedExternalId: '',
};

const NOT_PUBLIC = {
  hasPublicDashboard: false,
  publicDashboardAccessToken: '',
  publicDashboardUid: '',
  publicDashboardEnabled: false,
};

/** What goes with a dashboard: where it lies, whose work it is, what the asker may do with it. Times are milliseconds. */
export async function metaOf(context: RequestContext, whole: Whole) {
  const { actor, config } = context;
  const may = await heldOn(context, `dashboards:uid:${whole.uid}`);
  const canSave = may('dashboards:write');
  return {
    ...COMMON,
    ...publicOf(context, whole),
    type: 'db',
    canSave,
    canEdit: canSave || config.users.viewers_can_edit,
    canAdmin: may('dashboards.permissions:write'),
    canStar: actor.principal.kind === 'user',
    canDelete: may('dashboards:delete'),
    isStarred: whole.starred_by !== null,
    slug: slugOf(whole.title),
    url: dashboardUrl(whole),
    created: whole.created_at,
    updated: whole.updated_at,
    createdBy: whole.created_login ?? 'Anonymous',
    updatedBy: whole.updated_login ?? 'Anonymous',
    version: whole.version,
    ...folderOf(whole),
    annotationsPermissions: {
      // What is on a dashboard is part of it: who only reads it writes nothing there.
      dashboard: annotations(context, 'annotations:type:dashboard', canSave),
      organization: annotations(context, 'annotations:type:organization', true),
    },
  };
}

/** The same for the home dashboard, which lies nowhere. */
export async function metaOfHome(context: RequestContext) {
  return {
    ...COMMON,
    ...NOT_PUBLIC,
    canSave: false,
    canEdit: await holds(context, 'dashboards:create'),
    canAdmin: false,
    canStar: false,
    canDelete: false,
    slug: '',
    url: '',
    created: NEVER,
    updated: NEVER,
    createdBy: '',
    updatedBy: '',
    version: 0,
    ...NOWHERE,
    annotationsPermissions: null,
  };
}

const NOWHERE = { folderId: GENERAL.id, folderUid: '', folderTitle: GENERAL.title, folderUrl: '' };

function publicOf({ config }: RequestContext, { public_uid, public_token, is_public }: Whole) {
  if (public_uid === null || public_token === null) return NOT_PUBLIC;
  return {
    hasPublicDashboard: true,
    publicDashboardAccessToken: public_token,
    publicDashboardUid: public_uid,
    publicDashboardEnabled: is_public === 1 && config.public_dashboards.enabled,
  };
}

function folderOf({ parent_uid, folder_id, folder_title }: Whole) {
  if (folder_id === null || folder_title === null) return NOWHERE;
  const url = folderUrl({ uid: parent_uid, title: folder_title });
  return { folderId: folder_id, folderUid: parent_uid, folderTitle: folder_title, folderUrl: url };
}

function annotations({ actor }: RequestContext, scope: string, mayWrite: boolean) {
  const may = (verb: string): boolean => mayWrite && allows(actor.grants, `annotations:${verb}`, [scope]);
  return { canAdd: may('create'), canEdit: may('write'), canDelete: may('delete') };
}
