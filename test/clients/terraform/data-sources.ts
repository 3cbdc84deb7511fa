import type { Given } from './given.ts';
import type { Body, List, Provider } from './provider.ts';
import type { Attributes } from './resource.ts';

/** A data source of the provider: how it looks something up, and what it has to find among the given things. */
export interface DataSource {
  type: string;
  look(provider: Provider, given: Given): Promise<Body>;
  found(given: Given): Attributes | Attributes[];
  /** Only a server administrator may ask. */
  isGlobal?: boolean;
}

const FOLDERS: List = { path: '/api/search?type=dash-folder', size: 'limit' };
const ACCOUNTS: List = {
  path: '/api/serviceaccounts/search?query=given',
  size: 'perpage',
  rows: ({ serviceAccounts }) => serviceAccounts,
};
const PANELS: List = {
  path: '/api/library-elements?kind=1',
  size: 'perPage',
  rows: ({ result }) => result.elements,
};
const USERS: List = { path: '/api/users/search', size: 'perpage', rows: ({ users }) => users };

export const dataSources: DataSource[] = [
  {
    type: 'grafana_dashboards, by folder and tags',
    look: ({ get }, { folder }) =>
      get(`/api/search?type=dash-db&limit=5000&folderUIDs=${folder}&tag=a&tag=b`),
    found: ({ folder }) => [{ uid: 'tagged', title: 'Tagged', folderUid: folder }],
  },
  {
    type: 'grafana_dashboard',
    look: ({ get }, { dashboard }) => get(`/api/dashboards/uid/${dashboard}`),
    found: ({ dashboard, folder }) => ({
      dashboard: { uid: dashboard, title: 'Given', version: 1 },
      meta: { folderUid: folder },
    }),
  },
  {
    type: 'grafana_folder, by title',
    async look({ all, get }) {
      const rows = await all({ ...FOLDERS, path: `${FOLDERS.path}&query=given%20folder` });
      return get(`/api/folders/${rows.find(({ title }) => title === 'Given folder').uid}`);
    },
    found: ({ folder }) => ({ uid: folder, title: 'Given folder' }),
  },
  { type: 'grafana_folders', look: ({ all }) => all(FOLDERS), found: ({ folder }) => [{ uid: folder }] },
  {
    type: 'grafana_user, by email',
    isGlobal: true,
    look: ({ get }, { ann }) => get(`/api/users/lookup?loginOrEmail=${encodeURIComponent(ann.email)}`),
    found: ({ ann }) => ({ id: ann.id, email: ann.email, isGrafanaAdmin: false }),
  },
  {
    type: 'grafana_users',
    isGlobal: true,
    look: ({ all }) => all(USERS),
    found: ({ ann, bob }) => [{ login: 'admin' }, { email: ann.email }, { email: bob.email }],
  },
  {
    type: 'grafana_organization_user',
    look: ({ get }, { bob }) => get(`/api/org/users?query=${encodeURIComponent(bob.email)}`),
    found: ({ bob }) => [{ userId: bob.id, email: bob.email, login: 'bob' }],
  },
  {
    type: 'grafana_team, by name',
    async look({ get }) {
      const { teams } = await get('/api/teams/search?name=Given%20team');
      return {
        team: await get(`/api/teams/${teams[0].id}`),
        members: await get(`/api/teams/${teams[0].id}/members`),
      };
    },
    found: ({ team }) => ({ team: { id: team, name: 'Given team', email: '' } }),
  },
  {
    type: 'grafana_organization, by name',
    isGlobal: true,
    async look({ get }) {
      const { id, name } = await get('/api/orgs/name/Main%20Org.');
      return { id, name, users: await get(`/api/orgs/${id}/users`) };
    },
    found: ({ ann, bob }) => ({
      id: 1,
      users: [{ role: 'Admin' }, { email: ann.email }, { email: bob.email }],
    }),
  },
  {
    type: 'grafana_organization_preferences',
    look: ({ get }) => get('/api/org/preferences'),
    found: () => ({}),
  },
  {
    type: 'grafana_service_account, by name',
    look: async ({ all }) => (await all(ACCOUNTS)).filter(({ name }) => name === 'given'),
    found: ({ account }) => [{ id: account, role: 'Viewer', isDisabled: false }],
  },
  {
    type: 'grafana_data_source, by name',
    look: ({ get }) => get('/api/datasources/name/Given%20source'),
    found: ({ dataSource }) => ({ uid: dataSource, type: 'prometheus', jsonData: {} }),
  },
  {
    type: 'grafana_role, by name',
    look: async ({ get }) =>
      (await get('/api/access-control/roles')).filter(({ name }: Body) => name === 'given'),
    found: ({ role }) => [{ uid: role, version: 1 }],
  },
  {
    type: 'grafana_library_panels',
    look: ({ all }) => all(PANELS),
    found: ({ folder }) => [
      { uid: 'given-panel', name: 'Given panel', folderUid: folder, model: { type: 'text' } },
    ],
  },
  {
    type: 'grafana_library_panel, by name',
    look: async ({ get }) => (await get('/api/library-elements/name/Given%20panel')).result,
    found: () => [{ uid: 'given-panel' }],
  },
];
