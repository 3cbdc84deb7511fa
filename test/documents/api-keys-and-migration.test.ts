import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';

// The text on API keys and their migration: the set-up that scripts have today, then the one that they move to.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

let account = 0;
let token = '';

test('today: a Viewer key is made with the password of the administrator', async () => {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/auth/keys', {
    name: 'my-api-key',
    role: 'Viewer',
  });
  expect(status).toBe(200);
  expect(Object.keys(body)).toEqual(['id', 'name', 'key']);
  expect(body.name).toBe('my-api-key');
  const decoded = JSON.parse(Buffer.from(body.key, 'base64').toString());
  expect(decoded).toEqual({ k: expect.stringMatching(/^[A-Za-z0-9]{32}$/), n: 'my-api-key', id: 1 });
  expect(Object.keys(decoded)).toEqual(['k', 'n', 'id']);
});

test('new: a service account is made', async () => {
  const wanted = { name: 'my-service-account', role: 'Viewer' };
  const { status, body } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', wanted);
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.any(Number),
    name: 'my-service-account',
    login: 'sa-my-service-account',
    orgId: 1,
    isDisabled: false,
    role: 'Viewer',
    tokens: 0,
    avatarUrl: '',
  });
  account = body.id;
});

test('new: a token of it is made', async () => {
  const wanted = { name: 'my-service-account-token' };
  const { status, body } = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/tokens`, wanted);
  expect(status).toBe(200);
  expect(body).toEqual({
    id: expect.any(Number),
    name: 'my-service-account-token',
    key: expect.stringMatching(/^glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}$/),
  });
  token = body.key;
});

test('new: the token reads the folders, as the key did', async () => {
  await world.send(ADMIN, 'POST', '/api/folders', { title: 'gdev dashboards' });
  const { status, body } = await world.send({ bearer: token }, 'GET', '/api/folders');
  expect(status).toBe(200);
  expect(body).toEqual([
    expect.objectContaining({ title: 'gdev dashboards', uid: expect.any(String), id: expect.any(Number) }),
  ]);
});

test('one service account carries many tokens', async () => {
  for (const name of ['sat-bar', 'sat-foo']) {
    const { status } = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/tokens`, {
      name,
      secondsToLive: 30,
    });
    expect(status).toBe(200);
  }
  const { body } = await world.send(ADMIN, 'GET', `/api/serviceaccounts/${account}`);
  expect(body.tokens).toBe(3);
});
