import type { Body, Provider } from '../provider.ts';
import type { Attributes, Resource } from '../resource.ts';
import { isNotOwn, preferencesBody, preferencesIn } from './organizations.ts';

const team: Resource = {
  type: 'grafana_team',
  plans: ({ ann, bob, dashboard }) => [
    {
      name: 'Terraform',
      email: 'team@example.org',
      members: [ann.email],
      preferences: { theme: 'dark', timezone: 'utc', week_start: 'monday', home_dashboard_uid: dashboard },
      team_sync: { groups: ['cn=one,ou=groups', 'two'] },
    },
    {
      name: 'Terraform 2',
      email: '',
      members: [bob.email],
      preferences: { theme: '', timezone: '', week_start: '', home_dashboard_uid: '' },
      team_sync: { groups: ['three/of them', 'two'] },
    },
  ],
  async create(provider, plan) {
    const { teamId } = await provider.post('/api/teams', { name: plan['name'], email: plan['email'] });
    await settleTeam(provider, teamId, plan);
    return String(teamId);
  },
  async read({ find, get }, id) {
    const found = await find(`/api/teams/${id}`);
    if (found === undefined) return undefined;
    const members: Body[] = await get(`/api/teams/${id}/members`);
    return {
      name: found.name,
      email: found.email,
      // Who came in from outside is labelled.
      members: members.filter((row) => row.labels.length === 0 && isNotOwn(row)).map((row) => row.email),
      preferences: preferencesIn(await get(`/api/teams/${id}/preferences`)),
      team_sync: { groups: await groupsOf(get, id) },
    };
  },
  async update(provider, id, plan) {
    await provider.put(`/api/teams/${id}`, { name: plan['name'], email: plan['email'] });
    await settleTeam(provider, id, plan);
  },
  destroy: ({ remove }, id) => remove(`/api/teams/${id}`),
  list: { path: '/api/teams/search', size: 'perpage', rows: ({ teams }) => teams, idIn: ({ id }) => id },
};

async function settleTeam(provider: Provider, id: string | number, plan: Attributes): Promise<void> {
  const path = `/api/teams/${id}`;
  const people: Body[] = await provider.get('/api/org/users');
  const members: Body[] = await provider.get(`${path}/members`);
  const isMember = (email: string) => members.some((row) => row.email === email);
  for (const { email, userId } of members) {
    if (!plan['members'].includes(email)) await provider.remove(`${path}/members/${userId}`);
  }
  for (const { email, userId } of people) {
    const isMissing = plan['members'].includes(email) && !isMember(email);
    if (isMissing) await provider.post(`${path}/members`, { userId });
  }
  await provider.put(`${path}/preferences`, preferencesBody(plan['preferences']));
  await settleGroups(provider, id, plan['team_sync'].groups);
}

const externalGroup: Resource = {
  type: 'grafana_team_external_group',
  plans: () => [{ groups: ['cn=one,ou=groups', 'two'] }, { groups: ['three'] }],
  async create(provider, plan) {
    const { teamId } = await provider.post('/api/teams', { name: 'Grouped' });
    await settleGroups(provider, teamId, plan['groups']);
    return String(teamId);
  },
  async read({ find, get }, id) {
    return (await find(`/api/teams/${id}`)) && { groups: await groupsOf(get, id) };
  },
  update: (provider, id, plan) => settleGroups(provider, id, plan['groups']),
  destroy: async (provider, id) => {
    if (await provider.find(`/api/teams/${id}`)) await settleGroups(provider, id, []);
  },
  emptied: { groups: [] },
};

async function groupsOf(get: Provider['get'], id: string | number): Promise<string[]> {
  const groups: { groupId: string }[] = await get(`/api/teams/${id}/groups`);
  return groups.map(({ groupId }) => groupId).toSorted();
}

async function settleGroups({ get, post, remove }: Provider, id: string | number, wanted: string[]) {
  const path = `/api/teams/${id}/groups`;
  const present = await groupsOf(get, id);
  for (const group of present.filter((one) => !wanted.includes(one))) {
    await remove(`${path}?groupId=${encodeURIComponent(group)}`);
  }
  for (const groupId of wanted.filter((one) => !present.includes(one))) await post(path, { groupId });
}

export const teams = [team, externalGroup];
