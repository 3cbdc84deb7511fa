import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

let account = 0;
beforeAll(async () => {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', {
    name: 'ci',
    role: 'Viewer',
  });
  expect(status).toBe(201);
  account = body.id;
});

async function issue(name: string, more: object = {}): Promise<{ id: number; key: string }> {
  const { status, body } = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/tokens`, {
    name,
    ...more,
  });
  expect(status).toBe(200);
  return body;
}

test('a token opens its organization', async () => {
  const { key } = await issue('opens');
  const { status, body } = await world.send({ bearer: key }, 'GET', '/api/org');
  expect(status).toBe(200);
  expect(body).toMatchObject({ id: 1, name: 'Main Org.' });
});

test('a deleted token is refused at once', async () => {
  const { id, key } = await issue('to be deleted');
  expect((await world.send({ bearer: key }, 'GET', '/api/org')).status).toBe(200);
  await world.send(ADMIN, 'DELETE', `/api/serviceaccounts/${account}/tokens/${id}`);
  const { status, body, headers } = await world.send({ bearer: key }, 'GET', '/api/org');
  expect(status).toBe(401);
  expect(body.message).toBe('Invalid API key');
  expect(headers.get('www-authenticate')).toContain('Bearer');
});

test('a revoked token is refused at once, and says so', async () => {
  const { id, key } = await issue('to be revoked');
  expect((await world.send({ bearer: key }, 'GET', '/api/org')).status).toBe(200);
  await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/tokens/${id}/revoke`);
  const { status, body } = await world.send({ bearer: key }, 'GET', '/api/org');
  expect(status).toBe(401);
  expect(body.message).toBe('Token revoked');
});

test('a token is not valid at the second at which it expires', async () => {
  const { key } = await issue('short', { secondsToLive: 60 });
  world.clock.advance(58_000);
  expect((await world.send({ bearer: key }, 'GET', '/api/org')).status).toBe(200);
  world.clock.advance(2_000);
  const { status, body } = await world.send({ bearer: key }, 'GET', '/api/org');
  expect(status).toBe(401);
  expect(body.message).toBe('Token expired');
});

test('the tokens of a disabled account are refused at once, and work again when it is enabled', async () => {
  const { key } = await issue('of a disabled account');
  expect((await world.send({ bearer: key }, 'GET', '/api/org')).status).toBe(200);
  await world.send(ADMIN, 'PATCH', `/api/serviceaccounts/${account}`, { isDisabled: true });
  const { status, body } = await world.send({ bearer: key }, 'GET', '/api/org');
  expect(status).toBe(401);
  expect(body.message).toBe('Service account is disabled');
  await world.send(ADMIN, 'PATCH', `/api/serviceaccounts/${account}`, { isDisabled: false });
  expect((await world.send({ bearer: key }, 'GET', '/api/org')).status).toBe(200);
});

test('a token is listed with its last use, even before that is written', async () => {
  const { id, key } = await issue('listed');
  await world.send({ bearer: key }, 'GET', '/api/org');
  const { body } = await world.send(ADMIN, 'GET', `/api/serviceaccounts/${account}/tokens`);
  const token = body.find((listed: { id: number }) => listed.id === id);
  expect(token).toMatchObject({ name: 'listed', expiration: null, hasExpired: false, isRevoked: false });
  expect(token.lastUsedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test('names of keys and tokens share one space', async () => {
  await issue('taken');
  const twice = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/tokens`, { name: 'taken' });
  expect(twice.status).toBe(409);
  const asKey = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'taken', role: 'Viewer' });
  expect(asKey.status).toBe(409);
});
