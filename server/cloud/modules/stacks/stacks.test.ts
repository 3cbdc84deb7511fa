import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudWorld, startCloudWorld } from '../../../testing/cloud.ts';

let world: CloudWorld;
beforeAll(async () => {
  world = await startCloudWorld();
});
afterAll(() => world.stop());

test('a stack is made, answers at its url, and is found by id and slug', async () => {
  const made = await world.ask(world.admin, 'POST', '/api/instances', {
    name: 'my_stack',
    slug: 'my_stack',
    region: 'eu',
  });
  expect(made.status, JSON.stringify(made.body)).toBe(200);
  const { id, url } = made.body;
  for (const name of [id, 'my_stack']) {
    const { status, body } = await world.ask(world.admin, 'GET', `/api/instances/${name}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, slug: 'my_stack', regionSlug: 'eu', status: 'active', orgSlug: 'acme' });
  }
  const { status } = await world.sendTo(url, undefined, 'GET', '/api/health');
  expect(status).toBe(200);
  expect((await world.sendTo(url, undefined, 'HEAD', '/')).status).toBe(200);
  expect((await world.sendTo(url, undefined, 'GET', '/login?disableAutoLogin=true')).status).toBe(200);
});
