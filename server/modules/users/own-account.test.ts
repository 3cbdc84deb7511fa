import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeOrg, makeUser, signIn } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
let token: As;
let tokenId = 0;
let accountId = 0;
let key: As;
beforeAll(async () => {
  world = await startWorld();
  const account = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'ci', role: 'Editor' });
  accountId = account.body.id;
  const made = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${accountId}/tokens`, {
    name: 'ci-token',
  });
  token = { bearer: made.body.key };
  tokenId = made.body.id;
  const wanted = { name: 'old-key', role: 'Viewer', secondsToLive: 3600 };
  key = { bearer: (await world.send(ADMIN, 'POST', '/api/auth/keys', wanted)).body.key };
});
afterAll(() => world.stop());

test('a person, a token and a key each learn who they are, in the shape of a user', async () => {
  const user = await makeUser(world, 'selfish');
  const person = await world.send(user.as, 'GET', '/api/user');
  expect(person.status).toBe(200);
  expect(person.body).toEqual({
    id: user.id,
    email: 'selfish@example.org',
    name: 'selfish',
    login: 'selfish',
    theme: '',
    orgId: 1,
    isGrafanaAdmin: false,
    isDisabled: false,
    isExternal: false,
    authLabels: [],
    updatedAt: expect.any(String),
    createdAt: expect.any(String),
    avatarUrl: expect.stringMatching(/^\/avatar\/[0-9a-f]{32}$/),
    kind: 'user',
    orgName: 'Main Org.',
    orgRole: 'Viewer',
    expiration: null,
    credential: { kind: 'password', id: 0, name: '' },
  });

  const machine = await world.send(token, 'GET', '/api/user');
  expect(machine.body).toMatchObject({
    kind: 'service-account',
    id: accountId,
    name: 'ci',
    login: 'sa-ci',
    email: '',
    orgId: 1,
    orgRole: 'Editor',
    expiration: null,
    credential: { kind: 'token', id: tokenId, name: 'ci-token' },
  });
  expect(Object.keys(machine.body).toSorted()).toEqual(Object.keys(person.body).toSorted());

  const legacy = await world.send(key, 'GET', '/api/user');
  expect(legacy.body).toMatchObject({
    kind: 'api-key',
    name: 'old-key',
    orgRole: 'Viewer',
    expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    credential: { kind: 'api-key', name: 'old-key' },
  });
  expect(Object.keys(legacy.body).toSorted()).toEqual(Object.keys(person.body).toSorted());
});

test('a token lists the organizations that it may act in, and reads itself in each', async () => {
  const orgId = await makeOrg(world, 'granted');
  await world.send(ADMIN, 'POST', `/api/serviceaccounts/${accountId}/orgs`, { orgId, role: 'Viewer' });
  expect((await world.send(token, 'GET', '/api/user/orgs')).body).toEqual([
    { orgId: 1, name: 'Main Org.', role: 'Editor' },
    { orgId, name: 'granted', role: 'Viewer' },
  ]);
  const there = await world.send(token, 'GET', '/api/user', undefined, { 'x-grafana-org-id': String(orgId) });
  expect(there.body).toMatchObject({ orgId, orgName: 'granted', orgRole: 'Viewer' });
  expect((await world.send(key, 'GET', '/api/user/orgs')).body).toEqual([
    { orgId: 1, name: 'Main Org.', role: 'Viewer' },
  ]);
});

test('a person switches between their organizations, and the choice stays', async () => {
  const user = await makeUser(world, 'switcher');
  const orgId = await makeOrg(world, 'switched to');
  const path = `/api/user/using/${orgId}`;
  const foreign = await world.send(user.as, 'POST', path);
  expect(foreign).toMatchObject({ status: 401, body: { message: 'Not a valid organization' } });
  expect((await world.send(user.as, 'POST', '/api/user/using/99999')).status).toBe(401);
  expect((await world.send(user.as, 'POST', '/api/user/using/abc')).status).toBe(400);
  await world.send(ADMIN, 'POST', `/api/orgs/${orgId}/users`, { loginOrEmail: 'switcher', role: 'Editor' });
  expect((await world.send(user.as, 'GET', '/api/org')).body.id).toBe(1);
  const switched = await world.send(user.as, 'POST', path);
  expect(switched).toMatchObject({ status: 200, body: { message: 'Active organization changed' } });
  expect((await world.send(user.as, 'GET', '/api/org')).body.id).toBe(orgId);
  const browser = await signIn(world, 'switcher');
  expect((await browser.send('GET', '/api/user')).body).toMatchObject({ orgId, orgRole: 'Editor' });
  // A header is for one request only.
  const once = { 'x-grafana-org-id': '1' };
  expect((await world.send(user.as, 'GET', '/api/org', undefined, once)).body.id).toBe(1);
  expect((await world.send(user.as, 'GET', '/api/org')).body.id).toBe(orgId);
});

test('a server administrator switches somebody between their organizations, and to no other', async () => {
  const user = await makeUser(world, 'switched');
  const orgId = await makeOrg(world, 'switched to by another');
  const path = `/api/users/${user.id}/using/${orgId}`;
  const foreign = await world.send(ADMIN, 'POST', path);
  expect(foreign).toMatchObject({ status: 401, body: { message: 'Not a valid organization' } });
  await world.send(ADMIN, 'POST', `/api/orgs/${orgId}/users`, { loginOrEmail: 'switched', role: 'Editor' });
  expect((await world.send(user.as, 'POST', path)).status).toBe(403);
  const switched = await world.send(ADMIN, 'POST', path);
  expect(switched).toMatchObject({ status: 200, body: { message: 'Active organization changed' } });
  expect((await world.send(user.as, 'GET', '/api/org')).body.id).toBe(orgId);
  expect((await world.send(ADMIN, 'POST', '/api/users/99999/using/1')).status).toBe(404);
  expect((await world.send(ADMIN, 'POST', `/api/users/${user.id}/using/abc`)).status).toBe(400);
});

test('a key or token confirms its own organization and cannot choose another, not even one granted to it', async () => {
  const orgId = await makeOrg(world, 'not to be chosen');
  await world.send(ADMIN, 'POST', `/api/serviceaccounts/${accountId}/orgs`, { orgId, role: 'Viewer' });
  for (const as of [token, key]) {
    expect((await world.send(as, 'POST', '/api/user/using/1')).status).toBe(200);
    const other = await world.send(as, 'POST', `/api/user/using/${orgId}`);
    expect(other).toMatchObject({ status: 401, body: { message: 'Not a valid organization' } });
    expect((await world.send(as, 'GET', '/api/org')).body.id).toBe(1);
  }
});

test('a person changes their own name, login, email and theme, and nobody else', async () => {
  const user = await makeUser(world, 'selfchanger');
  const wanted = {
    name: 'N',
    login: 'SelfChanged',
    email: 'self@example.org',
    theme: 'light',
    isGrafanaAdmin: true,
  };
  const changed = await world.send(user.as, 'PUT', '/api/user', { ...wanted, id: 1 });
  expect(changed).toMatchObject({ status: 200, body: { message: 'User updated' } });
  expect((await world.send(user.as, 'GET', '/api/user')).status).toBe(401);
  const renamed: As = { basic: 'selfchanged:password of selfchanger' };
  expect((await world.send(renamed, 'GET', '/api/user')).body).toMatchObject({
    id: user.id,
    name: 'N',
    login: 'selfchanged',
    email: 'self@example.org',
    theme: 'light',
    isGrafanaAdmin: false,
  });
  expect((await world.send(ADMIN, 'GET', '/api/user')).body.login).toBe('admin');
});

test('one changes the own password with the old one, and only with it', async () => {
  await makeUser(world, 'changer', { password: 'old password' });
  const as: As = { basic: 'changer:old password' };
  const send = (body: object) => world.send(as, 'PUT', '/api/user/password', body);
  const wrong = await send({ oldPassword: 'guess', newPassword: 'new password', confirmNew: 'new password' });
  expect(wrong).toMatchObject({ status: 401, body: { message: 'Invalid old password' } });
  const short = await send({ oldPassword: 'old password', newPassword: 'abc', confirmNew: 'abc' });
  expect(short).toMatchObject({ status: 400, body: { message: 'New password is too short' } });
  const unlike = await send({ oldPassword: 'old password', newPassword: 'new password', confirmNew: 'typo' });
  expect(unlike.status).toBe(400);
  expect((await send({ newPassword: 'new password' })).status).toBe(400);
  expect((await world.send(as, 'GET', '/api/user')).status).toBe(200);

  const right = await send({ oldPassword: 'old password', newPassword: 'new password' });
  expect(right).toMatchObject({ status: 200, body: { message: 'User password changed' } });
  expect((await world.send(as, 'GET', '/api/user')).status).toBe(401);
  expect((await world.send({ basic: 'changer:new password' }, 'GET', '/api/user')).status).toBe(200);
});

test('a new password ends all other sessions and leaves the one that sets it', async () => {
  await makeUser(world, 'careful');
  const here = await signIn(world, 'careful');
  const there = await signIn(world, 'careful');
  expect((await there.send('GET', '/api/user')).status).toBe(200);
  const passwords = { oldPassword: 'password of careful', newPassword: 'new password' };
  expect((await here.send('PUT', '/api/user/password', passwords)).status).toBe(200);
  expect((await there.send('GET', '/api/user')).status).toBe(401);
  expect((await here.send('GET', '/api/user')).status).toBe(200);
});

test.each([
  ['PUT', '/api/user'],
  ['PUT', '/api/user/password'],
  ['GET', '/api/user/auth-tokens'],
  ['POST', '/api/user/revoke-auth-token'],
])('keys and tokens are refused at %s %s before the body is judged', async (method, path) => {
  for (const as of [token, key]) {
    const { status, body } = await world.send(as, method, path, method === 'GET' ? undefined : {});
    expect(status).toBe(403);
    expect(body.message).toMatch(/^Permission denied: this is for people/);
  }
});

test('nobody without a credential learns anything', async () => {
  for (const [method, path] of [
    ['GET', '/api/user'],
    ['GET', '/api/user/orgs'],
    ['PUT', '/api/user'],
    ['POST', '/api/user/using/1'],
  ] as const) {
    const { status, body } = await world.send(undefined, method, path, method === 'GET' ? undefined : {});
    expect(status).toBe(401);
    expect(body.message).toBe('Unauthorized');
  }
});
