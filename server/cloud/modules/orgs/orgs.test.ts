import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudWorld, startCloudWorld } from '../../../testing/cloud.ts';

let world: CloudWorld;
beforeAll(async () => {
  world = await startCloudWorld();
});
afterAll(() => world.stop());

test('the organization is read by slug and by id', async () => {
  const { body } = await world.ask(world.admin, 'GET', '/api/orgs/acme');
  expect(body).toMatchObject({ slug: 'acme', name: 'Acme', createdAt: expect.stringMatching(/^\d{4}-.*Z$/) });
  expect((await world.ask(world.admin, 'GET', `/api/orgs/${body.id}`)).body).toEqual(body);
  expect((await world.ask(world.admin, 'GET', '/api/orgs/nobody')).status).toBe(404);
});

test('members are added, read, changed and removed', async () => {
  const path = '/api/orgs/acme/members';
  const ann = { username: 'ann', role: 'Editor', billing: 1 };
  expect((await world.ask(world.admin, 'POST', path, ann)).body).toMatchObject({
    userUsername: 'ann',
    role: 'Editor',
    billing: 1,
  });
  expect((await world.ask(world.admin, 'POST', path, ann)).status).toBe(409);
  expect((await world.ask(world.admin, 'POST', `${path}/ann`, { role: 'Admin', billing: 0 })).status).toBe(
    200,
  );
  const { body } = await world.ask(world.admin, 'GET', `${path}/ann`);
  expect(body).toMatchObject({ userUsername: 'ann', role: 'Admin', billing: 0, orgSlug: 'acme' });
  expect((await world.ask(world.admin, 'GET', path)).body).toEqual({ items: [body] });
  expect((await world.ask(world.admin, 'POST', path, { username: 'bob', role: 'Owner' })).status).toBe(400);
  expect((await world.ask(world.admin, 'DELETE', `${path}/ann`)).status).toBe(200);
  expect((await world.ask(world.admin, 'GET', `${path}/ann`)).status).toBe(404);
});

test('the usual regions are there where the settings name none', async () => {
  const { body } = await world.ask(world.admin, 'GET', '/api/stack-regions');
  expect(body.items.map(({ slug }: { slug: string }) => slug)).toEqual(['us', 'eu', 'prod-us-east-0']);
  expect((await world.ask(world.admin, 'GET', '/api/stack-regions/eu')).body).toEqual(body.items[1]);
  expect((await world.ask(world.admin, 'GET', '/api/stack-regions/moon')).status).toBe(404);
});

test('a plugin is noted, read at its version and taken away', async () => {
  await world.ask(world.admin, 'POST', '/api/instances', { name: 'plugged', slug: 'plugged' });
  const path = '/api/instances/plugged/plugins';
  const sent = { plugin: 'grafana-clock-panel', version: '2.1.3' };
  expect((await world.ask(world.admin, 'POST', path, sent)).status).toBe(200);
  expect((await world.ask(world.admin, 'POST', path, sent)).status).toBe(409);
  const { body } = await world.ask(world.admin, 'GET', `${path}/grafana-clock-panel`);
  expect(body).toMatchObject({
    pluginSlug: 'grafana-clock-panel',
    version: '2.1.3',
    instanceSlug: 'plugged',
  });
  expect((await world.ask(world.admin, 'GET', path)).body).toEqual({ items: [body] });
  const latest = await world.ask(world.admin, 'POST', path, { plugin: 'other-panel' });
  const catalog = await world.ask(world.admin, 'GET', '/api/plugins/other-panel');
  expect(catalog.body).toMatchObject({ slug: 'other-panel', version: latest.body.version });
  expect((await world.ask(world.admin, 'DELETE', `${path}/grafana-clock-panel`)).status).toBe(200);
  expect((await world.ask(world.admin, 'GET', `${path}/grafana-clock-panel`)).status).toBe(404);
});
