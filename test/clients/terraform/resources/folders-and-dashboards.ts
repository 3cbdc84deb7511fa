import type { Body } from '../provider.ts';
import type { Resource } from '../resource.ts';

export const folder: Resource = {
  type: 'grafana_folder',
  plans: ({ folder: other }) => [
    { uid: 'terraform', title: 'Terraform', parent_folder_uid: '' },
    { uid: 'terraform', title: 'Terraform 2', parent_folder_uid: other },
    { uid: 'terraform', title: 'Terraform 2', parent_folder_uid: '' },
  ],
  async create({ post }, { uid, title, parent_folder_uid: parentUid }) {
    return (await post('/api/folders', { uid, title, ...(parentUid === '' ? {} : { parentUid }) })).uid;
  },
  async read({ find }, id) {
    const found = await find(`/api/folders/${id}`);
    return found && { uid: found.uid, title: found.title, parent_folder_uid: found.parentUid ?? '' };
  },
  async update({ get, put, post }, id, { title, parent_folder_uid: parentUid }) {
    await put(`/api/folders/${id}`, { title, overwrite: true });
    const present = await get(`/api/folders/${id}`);
    if (present.parentUid !== parentUid) await post(`/api/folders/${id}/move`, { parentUid });
  },
  destroy: ({ remove }, id) => remove(`/api/folders/${id}?forceDeleteRules=true`),
  list: { path: '/api/folders', size: 'limit', idIn: ({ uid }) => uid },
};

const dashboard: Resource = {
  type: 'grafana_dashboard',
  plans: ({ folder: place }) => [
    {
      config_json: { title: 'T', uid: 'terraform', panels: [] },
      folder: '',
      overwrite: false,
      message: 'one',
    },
    {
      config_json: {
        title: 'Ü 2',
        uid: 'terraform',
        tags: ['a'],
        panels: [{ id: 1, options: null, max: 1e21 }],
      },
      folder: place,
      overwrite: true,
      message: 'two',
    },
  ],
  shown: ({ config_json, folder: place }) => ({ config_json, folder: place }),
  async create({ post }, plan) {
    return (await post('/api/dashboards/db', dashboardBody(plan))).uid;
  },
  async read({ find }, id) {
    const found = await find(`/api/dashboards/uid/${id}`);
    if (found === undefined) return undefined;
    const { id: _, version: __, ...config_json } = found.dashboard;
    return { config_json, folder: found.meta.folderUid };
  },
  async update({ get, post }, id, plan) {
    const { dashboard: present } = await get(`/api/dashboards/uid/${id}`);
    const { dashboard: document, ...body } = dashboardBody(plan);
    await post('/api/dashboards/db', {
      ...body,
      dashboard: { ...document, id: present.id },
      overwrite: true,
    });
  },
  destroy: ({ remove }, id) => remove(`/api/dashboards/uid/${id}`),
  list: { path: '/api/search?type=dash-db', size: 'limit', idIn: ({ uid }) => uid },
};

/** The uid that the server made up is none of the configuration's. */
const dashboardWithoutUid: Resource = {
  ...dashboard,
  type: 'grafana_dashboard, without a uid in its config_json',
  plans: () => [
    { config_json: { title: 'No uid' }, folder: '', overwrite: false, message: '' },
    { config_json: { title: 'Still none', version: 7 }, folder: '', overwrite: false, message: '' },
  ],
  shown: ({ config_json: { title } }) => ({ config_json: { title }, folder: '' }),
  async read(provider, id) {
    const found = await dashboard.read(provider, id);
    if (found === undefined) return undefined;
    const { uid: _, ...config_json } = found['config_json'];
    return { ...found, config_json };
  },
};

function dashboardBody({ config_json, folder: folderUid, overwrite, message }: Body) {
  return { dashboard: config_json, folderUid, overwrite, message };
}

const publicDashboard: Resource = {
  type: 'grafana_dashboard_public',
  plans: ({ dashboard: uid }) => [
    {
      dashboard_uid: uid,
      uid: 'terraform-public',
      access_token: 'e99e4275da6f410d83760eefa934d8d2',
      is_enabled: false,
      share: 'public',
      time_selection_enabled: false,
      annotations_enabled: false,
    },
    // Not the other way round: the provider leaves out what is false, and what is left out stays.
    {
      dashboard_uid: uid,
      uid: 'terraform-public',
      access_token: 'e99e4275da6f410d83760eefa934d8d2',
      is_enabled: true,
      share: 'public',
      time_selection_enabled: true,
      annotations_enabled: true,
    },
  ],
  async create({ post }, { dashboard_uid: on, uid, access_token: accessToken, ...plan }) {
    const made = await post(publicPath(on), { uid, accessToken, ...publicSettings(plan) });
    return `${on}:${made.uid}`;
  },
  async read({ find }, id) {
    const [on = ''] = id.split(':');
    const found = await find(publicPath(on));
    return (
      found && {
        dashboard_uid: found.dashboardUid,
        uid: found.uid,
        access_token: found.accessToken,
        is_enabled: found.isEnabled,
        share: found.share,
        time_selection_enabled: found.timeSelectionEnabled,
        annotations_enabled: found.annotationsEnabled,
      }
    );
  },
  async update({ patch }, id, plan) {
    const [on = '', uid] = id.split(':');
    await patch(`${publicPath(on)}/${uid}`, { uid, ...publicSettings(plan) });
  },
  destroy({ remove }, id) {
    const [on = '', uid] = id.split(':');
    return remove(`${publicPath(on)}/${uid}`);
  },
  list: {
    path: '/api/dashboards/public-dashboards',
    size: 'perpage',
    rows: ({ publicDashboards }) => publicDashboards,
    idIn: ({ dashboardUid, uid }) => `${dashboardUid}:${uid}`,
  },
};

function publicPath(dashboardUid: string): string {
  return `/api/dashboards/uid/${dashboardUid}/public-dashboards`;
}

function publicSettings({ is_enabled, share, time_selection_enabled, annotations_enabled }: Body) {
  return {
    isEnabled: is_enabled,
    share,
    timeSelectionEnabled: time_selection_enabled,
    annotationsEnabled: annotations_enabled,
  };
}

export const foldersAndDashboards = [folder, dashboard, dashboardWithoutUid, publicDashboard];
