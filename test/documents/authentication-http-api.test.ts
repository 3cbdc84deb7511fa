import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, type As, startWorld, type World } from '../../server/testing/world.ts';

// The text on the authentication API: list, create and delete keys, each with a key as the bearer.

let world: World;
let bearer: As;
beforeAll(async () => {
  world = await startWorld();
  const { body } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'TestAdmin', role: 'Admin' });
  bearer = { bearer: body.key };
});
afterAll(() => world.stop());

let created = 0;

test('a key lists the keys, with an expiration where there is one', async () => {
  await world.send(bearer, 'POST', '/api/auth/keys', { name: 'API', role: 'Admin', secondsToLive: 60 });
  const { status, body } = await world.send(bearer, 'GET', '/api/auth/keys');
  expect(status).toBe(200);
  expect(body).toEqual([
    expect.objectContaining({
      name: 'API',
      role: 'Admin',
      expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    }),
    expect.not.objectContaining({ expiration: expect.anything() }),
  ]);
});

test('expired keys are listed only when they are asked for', async () => {
  world.clock.advance(61_000);
  const names = async (query: string): Promise<string[]> => {
    const { body } = await world.send(bearer, 'GET', `/api/auth/keys${query}`);
    return body.map((key: { name: string }) => key.name);
  };
  expect(await names('')).toEqual(['TestAdmin']);
  expect(await names('?includeExpired=true')).toEqual(['API', 'TestAdmin']);
});

test('a key is created with a life of a day', async () => {
  const wanted = { name: 'mykey', role: 'Admin', secondsToLive: 86_400 };
  const { status, body } = await world.send(bearer, 'POST', '/api/auth/keys', wanted);
  expect(status).toBe(200);
  expect(body).toEqual({ name: 'mykey', key: expect.any(String), id: expect.any(Number) });
  created = body.id;
});

test.each([[null], [0], [undefined]])(
  'secondsToLive %s is a key that never expires',
  async (secondsToLive) => {
    const name = `forever ${String(secondsToLive)}`;
    await world.send(bearer, 'POST', '/api/auth/keys', { name, role: 'Viewer', secondsToLive });
    const { body } = await world.send(bearer, 'GET', '/api/auth/keys');
    expect(body.find((key: { name: string }) => key.name === name)).not.toHaveProperty('expiration');
  },
);

test('a key is deleted', async () => {
  const { status, body } = await world.send(bearer, 'DELETE', `/api/auth/keys/${created}`);
  expect(status).toBe(200);
  expect(body).toEqual({ message: 'API key deleted' });
});

test.each(['auth', 'security'])(
  'with api_key_max_seconds_to_live in [%s], a key needs a life within it',
  async (section) => {
    const limited = await startWorld({ [section]: { api_key_max_seconds_to_live: 3600 } });
    try {
      const create = (name: string, secondsToLive?: number) =>
        limited.send(ADMIN, 'POST', '/api/auth/keys', { name, role: 'Viewer', secondsToLive });
      expect((await create('none')).status).toBe(400);
      expect((await create('none', 0)).status).toBe(400);
      const tooLong = await create('too long', 3601);
      expect(tooLong.status).toBe(400);
      expect(tooLong.body.detail).toContain('3600');
      expect((await create('within', 3600)).status).toBe(200);
    } finally {
      await limited.stop();
    }
  },
);
