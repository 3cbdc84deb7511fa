import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const VIEW = 1;
const EDIT = 2;

async function permissionsOf(
  as: As,
  headers: Record<string, string> = {},
): Promise<Record<string, string[]>> {
  const path = '/api/access-control/user/permissions';
  const { status, body } = await world.send(as, 'GET', path, undefined, headers);
  expect(status).toBe(200);
  return body;
}

async function makeKey(name: string, role: string, orgId = 1): Promise<As> {
  const headers = { 'x-grafana-org-id': String(orgId) };
  const { body } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name, role }, headers);
  return { bearer: body.key };
}

async function makeToken(name: string, role: string): Promise<{ id: number; as: As }> {
  const { body } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name, role });
  const token = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${body.id}/tokens`, { name });
  return { id: body.id, as: { bearer: token.body.key } };
}

async function give(
  kind: string,
  object_id: string,
  subject: string,
  level: number,
  org_id = 1,
): Promise<void> {
  const row = { org_id, kind, object_id, subject, level, created_at: 0, updated_at: 0 };
  await world.context.db.insertInto('object_permission').values(row).execute();
}

test('keys, tokens and people of one role hold the same', async () => {
  const { body: user } = await world.send(ADMIN, 'POST', '/api/admin/users', {
    name: 'v',
    login: 'v',
    email: 'v@example.com',
    password: 'a password of v',
    OrgId: 1,
  });
  expect(user.id).toEqual(expect.any(Number));
  const person = await permissionsOf({ basic: 'v:a password of v' });
  expect(await permissionsOf(await makeKey('v', 'Viewer'))).toEqual(person);
  expect(await permissionsOf((await makeToken('v token', 'Viewer')).as)).toEqual(person);
  expect(person['datasources:read']).toEqual(['datasources:*', 'datasources:uid:grafana']);
  expect(person['orgs:read']).toEqual(['']);
});

test('actions and scopes come in order, and each once', async () => {
  const permissions = await permissionsOf(ADMIN);
  // 92 were recorded of Grafana 9.4; the others are ours, by the names of its Enterprise part and of newer ones.
  const besides = Object.keys(permissions).filter((action) =>
    /^(datasources\.permissions|(users\.|teams\.)?roles|playlists|settings):/.test(action),
  );
  expect(besides).toHaveLength(15);
  // Reading settings is one of the 92, and writing them is not.
  expect(Object.keys(permissions)).toHaveLength(92 + besides.length - 1);
  expect(Object.keys(permissions)).toEqual(Object.keys(permissions).toSorted());
  for (const scopes of Object.values(permissions)) expect(scopes).toEqual([...new Set(scopes)].toSorted());
});

test('what a role is given on single objects counts, and only in that organization', async () => {
  await give('folders', 'f', 'role:Viewer', VIEW);
  await give('dashboards', 'g', 'role:Viewer', VIEW);
  await give('folders', 'f', 'role:Editor', EDIT);
  await give('dashboards', 'g', 'role:Editor', EDIT);
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'other' });
  const abroad = await permissionsOf(await makeKey('abroad', 'Viewer', body.orgId));
  expect(abroad['dashboards:read']).toBeUndefined();
  expect(abroad['folders:read']).toBeUndefined();

  // Recorded of Grafana 9.4, and reading playlists.
  const viewer = await permissionsOf(await makeKey('viewer', 'Viewer'));
  expect(Object.keys(viewer)).toHaveLength(18 + 1);
  expect(viewer).toMatchObject({
    'dashboards:read': ['dashboards:uid:g', 'folders:uid:f'],
    'folders:read': ['folders:uid:f'],
    'alert.rules:read': ['folders:*', 'folders:uid:f'],
  });
  // Recorded of Grafana 9.4, but for dashboards:delete and folders:delete, which no Editor has here; and writing playlists.
  const editor = await permissionsOf(await makeKey('editor', 'Editor'));
  expect(Object.keys(editor)).toHaveLength(32 + 2);
  expect(editor).toMatchObject({
    'dashboards:create': ['folders:uid:f', 'folders:uid:general'],
    'dashboards:write': ['dashboards:uid:g', 'folders:uid:f'],
    'folders:read': ['folders:uid:f', 'folders:uid:general'],
    'folders:write': ['folders:uid:f'],
    'alert.rules:delete': ['folders:*', 'folders:uid:f'],
  });
});

test('what an account is given on a service account shows by its number', async () => {
  const { id, as } = await makeToken('given', 'Viewer');
  await give('serviceaccounts', '77', `user:${id}`, EDIT);
  expect((await permissionsOf(as))['serviceaccounts:write']).toEqual(['serviceaccounts:id:77']);
});

test('the actions are those of the permissions', async () => {
  for (const as of [ADMIN, await makeKey('actions', 'Viewer')]) {
    const { status, body } = await world.send(as, 'GET', '/api/access-control/user/actions');
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(Object.keys(await permissionsOf(as)));
    expect(new Set(Object.values(body))).toEqual(new Set([true]));
  }
});

test('an Admin of the main organization may read the server, another organization has none of it', async () => {
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'third' });
  expect(await permissionsOf(await makeKey('main', 'Admin'))).toHaveProperty(['server.stats:read']);
  expect(await permissionsOf(await makeKey('third', 'Admin', body.orgId))).not.toHaveProperty([
    'server.stats:read',
  ]);
});

test('nobody is asked to hold anything, but everybody to say who they are', async () => {
  const none = (await makeToken('nothing', 'None')).as;
  expect(await permissionsOf(none)).toEqual({});
  for (const path of ['user/permissions', 'user/actions', 'status']) {
    expect((await world.send(undefined, 'GET', `/api/access-control/${path}`)).status).toBe(401);
  }
  const { body } = await world.send(none, 'GET', '/api/access-control/status');
  expect(body).toEqual({ enabled: true });
});
