import { afterAll, beforeAll, expect, test } from 'vitest';
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
