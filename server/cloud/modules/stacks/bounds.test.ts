import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { Overrides } from '../../../config/settings.ts';
import { type CloudWorld, startCloudWorld } from '../../../testing/cloud.ts';

let world: CloudWorld;
afterEach(() => world.stop());

test('no more stacks are open at once than the settings say, and each answers when it is asked', async () => {
  world = await startCloudWorld({ cloud: { open_stacks: 2 } });
  const urls: string[] = [];
  for (const slug of ['one', 'two', 'three', 'four']) {
    const { body } = await world.ask(world.admin, 'POST', '/api/instances', { name: slug, slug });
    urls.push(body.url);
    expect(world.cloud.stacks.count()).toBeLessThanOrEqual(2);
  }
  for (const url of [...urls, ...urls]) {
    expect((await world.sendTo(url, undefined, 'GET', '/api/health')).status).toBe(200);
    expect(world.cloud.stacks.count()).toBeLessThanOrEqual(2);
  }
});

test('below a domain each stack has a name of its own at the port of the server, and the server keeps its own', async () => {
  world = await startCloudWorld({
    server: { root_url: 'https://keys.example.org/' },
    cloud: { stack_domain: 'stacks.example.org' },
  });
  const make = (slug: string) => world.ask(world.admin, 'POST', '/api/instances', { name: slug, slug });
  const { body: first } = await make('my_stack');
  expect(first.url).toBe('https://my-stack.stacks.example.org');
  // Two slugs may have one name in DNS.
  expect((await make('my-stack')).body.url).toBe('https://my-stack-2.stacks.example.org');

  for (const label of ['*', '-a', 'a.b', 'a;b', 'x'.repeat(64)]) {
    const sent = { name: 'odd', slug: 'odd', url: `https://${label}.stacks.example.org` };
    const { status } = await world.ask(world.admin, 'POST', '/api/instances', sent);
    expect(status, label).toBe(409);
  }

  const account = await world.ask(world.admin, 'POST', '/api/instances/my_stack/api/auth/keys', {
    name: 'management-key',
    role: 'Admin',
  });
  const asked = (host: string): Promise<number> => statusAt(world.url, host, account.body.key);
  expect(await asked('my-stack.stacks.example.org')).toBe(200);
  expect(await asked('MY-STACK.stacks.example.org:443')).toBe(200);
  expect(await asked('my-stack-2.stacks.example.org')).toBe(401);
  expect(await asked('keys.example.org')).toBe(401);
  expect(await asked('unknown.stacks.example.org')).toBe(404);
  await world.ask(world.admin, 'DELETE', '/api/instances/my_stack');
  expect(await asked('my-stack.stacks.example.org')).toBe(404);
});

test('of changes and moves of one stack at once none is lost, and it is nowhere but where the last one says', async () => {
  world = await startCloudWorld({ cloud: { stack_domain: 'stacks.example.org' } });
  for (let round = 0; round < 10; round++) {
    const slug = `moving${round}`;
    const made = await world.ask(world.admin, 'POST', '/api/instances', { name: slug, slug });
    const path = `/api/instances/${made.body.id}`;
    const key = { name: 'admin', role: 'Admin' };
    const account = await world.ask(world.admin, 'POST', `/api/instances/${slug}/api/auth/keys`, key);
    const labels = [slug, `first${round}`, `second${round}`];
    const asked = (): Promise<number[]> =>
      Promise.all(
        labels.map((label) => statusAt(world.url, `${label}.stacks.example.org`, account.body.key)),
      );
    const change = (changes: object) => world.ask(world.admin, 'POST', path, changes);

    const done = await Promise.all([
      change({ url: `https://${labels[1]}.stacks.example.org` }),
      change({ description: 'changed' }),
      asked(),
      change({ url: `https://${labels[2]}.stacks.example.org` }),
      asked(),
    ]);
    expect([done[0].status, done[1].status, done[3].status]).toEqual([200, 200, 200]);
    const { body } = await world.ask(world.admin, 'GET', path);
    expect(body.description).toBe('changed');
    const at = labels.findIndex((label) => body.url.includes(`//${label}.`));
    expect(at, body.url).toBeGreaterThan(0);
    expect(await asked()).toEqual(labels.map((_, label) => (label === at ? 200 : 404)));
    expect((await change({ name: 'suspended' })).status).toBe(200);
    await world.ask(world.admin, 'POST', `${path}/suspend`);
    expect(await asked()).toEqual(labels.map((_, label) => (label === at ? 403 : 404)));
    // Names that are not there are held back after a while.
    world.clock.advance(60_000);
  }
});

test('a region of the settings says what its stacks tell of services that are elsewhere', async () => {
  world = await startCloudWorld({
    'cloud.region.fra': {
      name: 'Frankfurt',
      metrics_url: 'https://prom.example.org',
      otlp_url: 'https://otlp.example.org',
    },
    'cloud.region.nyc': {},
  } as Overrides);
  const regions = await world.ask(world.admin, 'GET', '/api/stack-regions');
  expect(regions.body.items).toMatchObject([
    { slug: 'fra', name: 'Frankfurt', hmPromClusterUrl: 'https://prom.example.org' },
  ]);
  const { body } = await world.ask(world.admin, 'POST', '/api/instances', { name: 'there', slug: 'there' });
  expect(body).toMatchObject({
    regionSlug: 'fra',
    hmInstancePromUrl: 'https://prom.example.org',
    hmInstancePromName: 'there-prom',
    hmInstancePromStatus: 'active',
    hlInstanceUrl: '',
    hlInstanceId: 0,
  });
  expect(body.hmInstancePromId).toBeGreaterThan(0);
  const connections = await world.ask(world.admin, 'GET', '/api/instances/there/connections');
  expect(connections.body).toMatchObject({ otlpHttpUrl: 'https://otlp.example.org' });
  expect(
    (await world.ask(world.admin, 'POST', '/api/instances', { name: 'x', slug: 'x', region: 'eu' })).status,
  ).toBe(409);
});

/** What the API says to a key under a name; fetch sets Host itself. */
async function statusAt(url: string, host: string, key: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = { host, authorization: `Bearer ${key}` };
  request(`${url}/api/org`, { headers }, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  })
    .on('error', reject)
    .end();
  return promise;
}
