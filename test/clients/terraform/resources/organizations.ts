import type { Body, List, Provider } from '../provider.ts';
import type { Attributes, Resource } from '../resource.ts';

// Whoever made a thing is in it, and the provider does not mind its own login.
const OWN_EMAIL = 'admin@localhost';

// A password is 64 random bytes, which are no text: what is none of one is replaced on its way.
const ANY_BYTES = Buffer.from(Array.from({ length: 64 }, (_, index) => index * 4)).toString('utf8');

const USERS: List = { path: '/api/users', size: 'perpage' };

const ROLES = [
  ['admins', 'Admin'],
  ['editors', 'Editor'],
  ['viewers', 'Viewer'],
  ['users_without_access', 'None'],
] as const;

const organization: Resource = {
  type: 'grafana_organization',
  isGlobal: true,
  plans: ({ ann, bob }) => [
    { name: 'Terraform', admins: [], editors: [ann.email], viewers: [bob.email], users_without_access: [] },
    // Somebody new, whom `create_users` makes.
    {
      name: 'Terraform 2',
      admins: [ann.email],
      editors: [],
      viewers: ['new@example.org'],
      users_without_access: [bob.email],
    },
  ],
  async create(provider, plan) {
    const { orgId } = await provider.post('/api/orgs', { name: plan['name'] });
    await settleMembers(provider, orgId, plan);
    return String(orgId);
  },
  async read({ find, get }, id) {
    const org = await find(`/api/orgs/${id}`);
    if (org === undefined) return undefined;
    const members = (await get(`/api/orgs/${id}/users`)).filter(isNotOwn);
    const withRole = (role: string) =>
      members
        .filter((row: Body) => row.role === role)
        .map((row: Body) => row.email)
        .toSorted();
    return {
      name: org.name,
      ...Object.fromEntries(ROLES.map(([attribute, role]) => [attribute, withRole(role)])),
    };
  },
  async update(provider, id, plan) {
    await provider.put(`/api/orgs/${id}`, { name: plan['name'] });
    await settleMembers(provider, Number(id), plan);
  },
  destroy: ({ remove }, id) => remove(`/api/orgs/${id}`),
  list: { path: '/api/orgs', size: 'perpage', first: 0, idIn: ({ id }) => id },
};

async function settleMembers(provider: Provider, orgId: number, plan: Attributes): Promise<void> {
  const path = `/api/orgs/${orgId}/users`;
  const wanted = new Map<string, string>(
    ROLES.flatMap(([attribute, role]) => plan[attribute].map((email: string) => [email, role])),
  );
  const members: Body[] = (await provider.get(path)).filter(isNotOwn);
  for (const { userId, email, role } of members) {
    const wantedRole = wanted.get(email);
    if (wantedRole === undefined) await provider.remove(`${path}/${userId}`);
    else if (wantedRole !== role) await provider.patch(`${path}/${userId}`, { role: wantedRole });
    wanted.delete(email);
  }
  const users = await provider.all(USERS);
  for (const [email, role] of wanted) {
    if (!users.some((user) => user.email === email)) {
      await provider.post('/api/admin/users', { name: email, login: email, email, password: ANY_BYTES });
    }
    await provider.post(path, { loginOrEmail: email, role });
  }
}

/** Whether a member is another than whoever made the thing. */
export function isNotOwn({ email }: Body): boolean {
  return email !== OWN_EMAIL;
}

const user: Resource = {
  type: 'grafana_user',
  isGlobal: true,
  plans: () => [
    {
      login: 'terra',
      email: 'terra@example.org',
      name: 'Terra',
      password: 'first password',
      is_admin: false,
    },
    { login: 'terra2', email: 'terra2@example.org', name: 'T', password: 'second password', is_admin: true },
  ],
  shown: ({ login, email, name, is_admin }) => ({ login, email, name, is_admin }),
  async create(provider, plan) {
    const { is_admin: isGrafanaAdmin, ...profile } = plan;
    const { id } = await provider.post('/api/admin/users', profile);
    if (isGrafanaAdmin) await provider.put(`/api/admin/users/${id}/permissions`, { isGrafanaAdmin });
    return String(id);
  },
  async read({ find }, id) {
    const found = await find(`/api/users/${id}`);
    if (found === undefined) return undefined;
    const { login, email, name, isGrafanaAdmin } = found;
    return { login, email, name, is_admin: isGrafanaAdmin };
  },
  async update({ put }, id, { password, is_admin: isGrafanaAdmin, ...profile }) {
    await put(`/api/users/${id}`, profile);
    await put(`/api/admin/users/${id}/password`, { password });
    await put(`/api/admin/users/${id}/permissions`, { isGrafanaAdmin });
  },
  destroy: ({ remove }, id) => remove(`/api/admin/users/${id}`),
  list: { ...USERS, idIn: ({ id }) => id },
};

const preferences: Resource = {
  type: 'grafana_organization_preferences',
  plans: ({ dashboard }) => [
    { theme: 'light', timezone: 'utc', week_start: 'sunday', home_dashboard_uid: dashboard },
    { theme: 'dark', timezone: 'browser', week_start: 'monday', home_dashboard_uid: '' },
  ],
  async create({ put }, plan) {
    await put('/api/org/preferences', preferencesBody(plan));
    return '';
  },
  read: async ({ get }) => preferencesIn(await get('/api/org/preferences')),
  async update({ put }, _id, plan) {
    await put('/api/org/preferences', preferencesBody(plan));
  },
  async destroy({ put }) {
    await put('/api/org/preferences', {});
  },
  emptied: { theme: '', timezone: '', week_start: '', home_dashboard_uid: '' },
};

/** Preferences as they are sent. */
export function preferencesBody({
  week_start: weekStart,
  home_dashboard_uid: homeDashboardUID,
  ...same
}: Attributes) {
  return { ...same, weekStart, homeDashboardUID };
}

/** Preferences as they are answered. */
export function preferencesIn({ theme = '', timezone = '', weekStart = '', homeDashboardUID = '' }: Body) {
  return { theme, timezone, week_start: weekStart, home_dashboard_uid: homeDashboardUID };
}

export const organizations = [organization, user, preferences];
