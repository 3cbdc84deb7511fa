import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MadeUser, makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

const PATH = '/api/access-control/roles';

let world: World;
let owner: MadeUser;
let viewer: MadeUser;
let stranger: MadeUser;
beforeAll(async () => {
  world = await startWorld();
  const orgId = await makeOrg(world, 'roles');
  owner = await makeMember(world, orgId, 'owner', 'Admin');
  viewer = await makeMember(world, orgId, 'viewer', 'Viewer');
  stranger = await makeMember(world, await makeOrg(world, 'elsewhere'), 'stranger', 'Admin');
});
afterAll(() => world.stop());

let names = 0;
const READ_TEAMS = { action: 'teams:read', scope: 'teams:*' };

async function makeRole(more: object = {}, as: As = owner.as) {
  const name = `custom:${++names}`;
  const { status, body } = await world.send(as, 'POST', PATH, { name, permissions: [READ_TEAMS], ...more });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

test('a role is made, read, changed and deleted', async () => {
  const wanted = {
    name: 'custom:teams',
    uid: 'teams-uid',
    version: 3,
    displayName: 'Teams',
    description: 'Reads teams.',
    group: 'Ours',
    hidden: false,
    global: false,
    permissions: [READ_TEAMS, { action: 'teams:create' }, READ_TEAMS],
  };
  const made = await world.send(owner.as, 'POST', PATH, wanted);
  const time = { created: expect.stringMatching(/Z$/), updated: expect.stringMatching(/Z$/) };
  const shown = {
    ...wanted,
    ...time,
    permissions: [
      { action: 'teams:create', scope: '', ...time },
      { ...READ_TEAMS, ...time },
    ],
  };
  expect([made.status, made.body]).toEqual([201, shown]);
  expect((await world.send(owner.as, 'GET', `${PATH}/teams-uid`)).body).toEqual(shown);

  const change = { name: 'custom:teams2', permissions: [READ_TEAMS] };
  for (const version of [1, 3]) {
    const old = await world.send(owner.as, 'PUT', `${PATH}/teams-uid`, { ...change, version });
    expect(old.status).toBe(409);
  }
  const changed = await world.send(owner.as, 'PUT', `${PATH}/teams-uid`, { ...change, version: 4 });
  expect([changed.status, changed.body]).toMatchObject([
    200,
    { name: 'custom:teams2', version: 4, displayName: '', permissions: [READ_TEAMS] },
  ]);
  const deleted = await world.send(owner.as, 'DELETE', `${PATH}/teams-uid`);
  expect([deleted.status, deleted.body]).toEqual([200, { message: 'Role deleted' }]);
  for (const method of ['GET', 'DELETE']) {
    expect((await world.send(owner.as, method, `${PATH}/teams-uid`)).status).toBe(404);
  }
});

test('the list has the fixed roles besides, and hidden ones only when asked', async () => {
  const { uid } = await makeRole({ hidden: true });
  const list = async (query = ''): Promise<Record<string, unknown>[]> => {
    const { status, body } = await world.send(owner.as, 'GET', PATH + query);
    expect(status).toBe(200);
    return body;
  };
  const fixed = (await list()).filter(({ name }) => String(name).startsWith('fixed:'));
  expect(fixed.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'fixed:apikeys:reader',
      'fixed:serviceaccounts:creator',
      'fixed:serviceaccounts:reader',
      'fixed:serviceaccounts:writer',
      'fixed:stats:reader',
    ]),
  );
  expect((await list()).map((role) => role['uid'])).not.toContain(uid);
  expect((await list('?includeHidden=true')).map((role) => role['uid'])).toContain(uid);
  const own = (await list('?delegatable=true')).map(({ name }) => name);
  expect(own).toContain('fixed:serviceaccounts:writer');
  // An Admin of any but the main organization reads nothing of the server.
  expect(own).not.toContain('fixed:stats:reader');
});

test('a fixed role has the uid that Grafana gives it, and nobody changes it', async () => {
  // As Grafana's documentation prints it.
  const uid = 'fixed_GkfG-1NSwEGb4hpK3-E3qHyNltc';
  const { status, body } = await world.send(owner.as, 'GET', `${PATH}/${uid}`);
  expect([status, body]).toMatchObject([200, { name: 'fixed:roles:reader', global: true }]);
  expect((await world.send(owner.as, 'GET', `${PATH}/fixed:roles:reader`)).body).toEqual(body);
  for (const [method, sent] of [
    ['PUT', { name: 'mine', version: 9 }],
    ['DELETE', undefined],
  ] as const) {
    expect((await world.send(ADMIN, method, `${PATH}/${uid}`, sent)).status).toBe(400);
  }
});

test('names and uids are unique in an organization, and another one has its own', async () => {
  const { uid, name } = await makeRole();
  for (const taken of [{ uid }, { name }]) {
    const body = { name: `custom:${++names}`, ...taken };
    expect((await world.send(owner.as, 'POST', PATH, body)).status).toBe(409);
  }
  const other = await makeRole();
  const renamed = await world.send(owner.as, 'PUT', `${PATH}/${other.uid}`, { name, version: 5 });
  expect(renamed.status).toBe(409);
  expect((await world.send(owner.as, 'GET', `${PATH}/${other.uid}`)).body).toEqual(other);
  expect(await makeRole({ uid, name }, stranger.as)).toMatchObject({ uid, name });
});

test("another organization's role is missing, whatever is tried", async () => {
  const { uid } = await makeRole();
  for (const [method, path, body] of [
    ['GET', '', undefined],
    ['PUT', '', { name: 'mine now', version: 9 }],
    ['DELETE', '?force=true', undefined],
    ['GET', '/assignments', undefined],
    ['PUT', '/assignments', { users: [stranger.id] }],
  ] as const) {
    expect((await world.send(stranger.as, method, `${PATH}/${uid}${path}`, body)).status).toBe(404);
  }
  const { body } = await world.send(stranger.as, 'GET', `${PATH}?includeHidden=true`);
  expect(body.map((role: { uid: string }) => role.uid)).not.toContain(uid);
});

test('a role of all organizations is made, changed and deleted by a server administrator alone', async () => {
  const name = `custom:${++names}`;
  const body = { name, global: true, permissions: [READ_TEAMS] };
  expect((await world.send(owner.as, 'POST', PATH, body)).status).toBe(403);
  const { uid } = await makeRole({ name, global: true }, ADMIN);
  expect((await world.send(owner.as, 'GET', `${PATH}/${uid}`)).body).toMatchObject({ global: true });
  expect((await world.send(owner.as, 'PUT', `${PATH}/${uid}`, { name, version: 9 })).status).toBe(403);
  expect((await world.send(owner.as, 'DELETE', `${PATH}/${uid}`)).status).toBe(403);
  expect((await world.send(ADMIN, 'DELETE', `${PATH}/${uid}`)).status).toBe(200);
});

test('nobody puts into a role what they do not hold, and nobody what writes to the server', async () => {
  const { uid } = await makeRole();
  const before = (await world.send(owner.as, 'GET', `${PATH}/${uid}`)).body;
  for (const [as, permission] of [
    [owner.as, { action: 'server.stats:read' }],
    [owner.as, { action: 'users:read', scope: 'global.users:*' }],
    [owner.as, { action: 'teams:read', scope: '*' }],
    [owner.as, { action: 'dashboards:read', scope: 'teams:*' }],
    [owner.as, { action: 'no.such:action' }],
    [ADMIN, { action: 'users.permissions:write', scope: 'global.users:*' }],
    [ADMIN, { action: 'orgs:create' }],
  ] as const) {
    const permissions = [READ_TEAMS, permission];
    const made = await world.send(as, 'POST', PATH, { name: `custom:${++names}`, permissions });
    expect([permission, made.status]).toEqual([permission, 403]);
    if (as !== owner.as) continue;
    const changed = await world.send(as, 'PUT', `${PATH}/${uid}`, { name: 'more', version: 9, permissions });
    expect([permission, changed.status]).toEqual([permission, 403]);
  }
  expect((await world.send(owner.as, 'GET', `${PATH}/${uid}`)).body).toEqual(before);
});

test('what does not fit is refused with what to change, and nobody below Admin gets so far', async () => {
  const { uid } = await makeRole();
  for (const more of [
    { name: '' },
    { name: 'x'.repeat(10_000) },
    { name: '\u0000' },
    { name: 7 },
    { name: 'fixed:mine' },
    { name: 'basic:viewer' },
    { version: -1 },
    { version: 1e300 },
    { version: '2' },
    { hidden: 'yes' },
    { permissions: {} },
    { permissions: [{ scope: 'teams:*' }] },
    { permissions: [{ action: 'teams:read', scope: 'teams:i*' }] },
    { permissions: [{ action: 'teams:read', scope: '*:teams' }] },
    { permissions: [{ action: 'teams:read', scope: '\u0000' }] },
    { permissions: [{ action: 'teams:read', scope: 7 }] },
  ]) {
    const sent = { name: `custom:${++names}`, version: 9, ...more };
    for (const [method, path] of [
      ['POST', PATH],
      ['PUT', `${PATH}/${uid}`],
    ] as const) {
      const { status, body } = await world.send(owner.as, method, path, sent);
      expect(status, `${method} ${JSON.stringify(more).slice(0, 80)}`).toBe(400);
      expect(body.detail).toEqual(expect.any(String));
      expect((await world.send(viewer.as, method, path, sent)).status).toBe(403);
    }
  }
  for (const wrong of ['a b', 'fixed_mine', 'x'.repeat(41)]) {
    const sent = { name: `custom:${++names}`, uid: wrong };
    expect((await world.send(owner.as, 'POST', PATH, sent)).status).toBe(400);
  }
  expect((await world.send(viewer.as, 'GET', PATH)).status).toBe(403);
  expect((await world.send(viewer.as, 'GET', `${PATH}/*`)).status).toBe(403);
});

test('permissions that no text can hold are told apart no more than they are kept', async () => {
  const scopes = ['\\ud800', '\\udfff'].map((half) => `{"action":"teams:read","scope":"teams:id:${half}"}`);
  const body = `{"name":"custom:${++names}","permissions":[${scopes.join(',')}]}`;
  const made = await world.send(owner.as, 'POST', PATH, body);
  expect([made.status, made.body.permissions], JSON.stringify(made.body)).toMatchObject([
    201,
    [{ action: 'teams:read', scope: 'teams:id:\ufffd' }],
  ]);
});
