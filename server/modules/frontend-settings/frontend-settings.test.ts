import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg, makeUser } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({
    server: { root_url: 'https://keys.example.org/latchkey/' },
    users: { allow_sign_up: true, auto_assign_org: false },
  });
});
afterAll(() => world.stop());

async function settings(as: As, headers: Record<string, string> = {}) {
  const { status, body } = await world.send(as, 'GET', '/api/frontend/settings', undefined, headers);
  expect(status).toBe(200);
  return body;
}

test('it tells what clients look for', async () => {
  const body = await settings(ADMIN);
  expect(body).toMatchObject({
    appUrl: 'https://keys.example.org/latchkey/',
    appSubUrl: '/latchkey',
    buildInfo: {
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      edition: 'Open Source',
      env: 'production',
    },
    featureToggles: {},
    datasources: {},
    defaultDatasource: '',
    allowOrgCreate: true,
    authProxyEnabled: false,
    autoAssignOrg: false,
    disableLoginForm: false,
    disableUserSignUp: false,
  });
  expect((await world.send(undefined, 'GET', '/api/frontend/settings')).status).toBe(401);
});

test('it lists the data sources of the organization acted in, without their secrets', async () => {
  const { body: org } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'other' });
  const elsewhere = { 'x-grafana-org-id': String(org.orgId) };
  const direct = {
    name: 'direct one',
    uid: 'd1',
    type: 'loki',
    access: 'direct',
    url: 'http://loki:3100',
    basicAuth: true,
    basicAuthUser: 'u',
    isDefault: true,
    jsonData: { a: 1 },
    secureJsonData: { basicAuthPassword: 'very-secret' },
  };
  await world.send(ADMIN, 'POST', '/api/datasources', direct);
  const proxied = {
    name: 'proxied',
    uid: 'p1',
    type: 'prometheus',
    access: 'proxy',
    url: 'http://inside:9090',
  };
  await world.send(ADMIN, 'POST', '/api/datasources', proxied, elsewhere);

  const here = await settings(ADMIN);
  expect(here.defaultDatasource).toBe('direct one');
  expect(here.datasources).toEqual({
    'direct one': {
      id: expect.any(Number),
      uid: 'd1',
      type: 'loki',
      name: 'direct one',
      access: 'direct',
      url: 'http://loki:3100',
      isDefault: true,
      readOnly: false,
      jsonData: { a: 1 },
      meta: { id: 'loki', name: 'loki', type: 'datasource' },
    },
  });
  const there = await settings(ADMIN, elsewhere);
  expect(there.defaultDatasource).toBe('');
  expect(Object.keys(there.datasources)).toEqual(['proxied']);
  expect(there.datasources.proxied).not.toHaveProperty('url');
});

test('who may read no data source is shown none, nor the name of the default one', async () => {
  const { body } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'none', role: 'None' });
  const token = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${body.id}/tokens`, { name: 'none' });
  const shown = await settings({ bearer: token.body.key });
  expect(shown).toMatchObject({ datasources: {}, defaultDatasource: '', allowOrgCreate: false });
});

test('a page is told the limits that its forms have to keep, from whichever section they were set in', async () => {
  const limited = await startWorld({
    auth: { api_key_max_seconds_to_live: 3600 },
    security: { auth_token_max_seconds_to_live: 7200 },
    access_control: { editors_can_manage_keys: true },
    public_dashboards: { enabled: false },
  });
  try {
    for (const path of ['/bootdata', '/api/frontend/settings']) {
      const { body } = await limited.send(ADMIN, 'GET', path);
      expect((body.settings ?? body).latchkey).toMatchObject({
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        apiKeyMaxSecondsToLive: 3600,
        tokenMaxSecondsToLive: 7200,
        passwordMinLength: 4,
        allowOrgCreate: true,
        editorsCanManageKeys: true,
        editorsCanDelete: false,
        basicAuth: true,
        publicDashboards: false,
        quotas: false,
        maxDashboardBytes: 5_242_880,
        defaultTheme: 'dark',
      });
    }
  } finally {
    await limited.stop();
  }
  const { latchkey } = await settings(ADMIN);
  expect([latchkey.apiKeyMaxSecondsToLive, latchkey.tokenMaxSecondsToLive]).toEqual([-1, -1]);
  const short = { login: 'short', password: 'x'.repeat(latchkey.passwordMinLength - 1) };
  expect((await world.send(ADMIN, 'POST', '/api/admin/users', short)).status).toBe(400);
});

test('a page is told at once when keys were migrated, and when their page is to be hidden', async () => {
  const orgId = await makeOrg(world, 'migrating');
  const there = { 'x-grafana-org-id': String(orgId) };
  const state = async (headers: Record<string, string>) => {
    const { keysMigrated, apiKeysHidden } = (await settings(ADMIN, headers)).latchkey;
    return [keysMigrated, apiKeysHidden];
  };
  expect(await state(there)).toEqual([false, false]);
  await world.send(ADMIN, 'POST', '/api/serviceaccounts/migrate', undefined, there);
  expect(await state(there)).toEqual([true, false]);
  await world.send(ADMIN, 'POST', '/api/serviceaccounts/hideApiKeys', undefined, there);
  expect(await state(there)).toEqual([true, true]);
  expect(await state({})).toEqual([false, false]);
});

test('what is held on the server or on single objects is not taken for a right in the whole organization', async () => {
  const orgId = await makeOrg(world, 'visited');
  const { id, as } = await makeUser(world, 'visiting', { OrgId: orgId });
  const isGrafanaAdmin = true;
  await world.send(ADMIN, 'PUT', `/api/admin/users/${id}/permissions`, { isGrafanaAdmin });
  await world.send(ADMIN, 'PATCH', `/api/orgs/${orgId}/users/${id}`, { role: 'Viewer' });
  const visiting = (await world.send(as, 'GET', '/bootdata')).body;
  expect(visiting.user.permissions['org.users:read']).toBe(true);
  expect(visiting.settings.latchkey.orgActions).not.toHaveProperty(['org.users:read']);
  expect(visiting.settings.latchkey.serverActions).toMatchObject({ 'org.users:read': true });
  expect((await world.send(as, 'GET', '/api/org/users')).status).toBe(403);

  const there = { 'x-grafana-org-id': String(orgId) };
  const friend = await makeMember(world, orgId, 'friend-of-one', 'Viewer');
  const { body } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'one' }, there);
  const path = `/api/access-control/serviceaccounts/${body.id}/users/${friend.id}`;
  await world.send(ADMIN, 'POST', path, { permission: 'Edit' }, there);
  const befriended = (await world.send(friend.as, 'GET', '/bootdata')).body;
  expect(befriended.user.permissions['serviceaccounts:read']).toBe(true);
  expect(befriended.settings.latchkey.orgActions).not.toHaveProperty(['serviceaccounts:read']);
  expect((await world.send(friend.as, 'GET', '/api/serviceaccounts/search')).status).toBe(403);

  const admin = (await settings(ADMIN, there)).latchkey;
  for (const action of [
    'serviceaccounts:read',
    'apikeys:read',
    'roles:write',
    'orgs:write',
    'teams:create',
  ]) {
    expect(admin.orgActions[action], action).toBe(true);
  }
  expect(admin.serverActions).toMatchObject({ 'orgs:write': true, 'settings:read': true });
});
