import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CloudWorld, startCloudWorld } from '../../../server/testing/cloud.ts';
import { type Client, clientOf } from './client.ts';
import { MACHINES } from './machines.ts';
import { STACK, type StackConfig } from './stack.ts';

// What each generation of the Terraform provider sends for Grafana Cloud, and what it expects back.

let world: CloudWorld;
beforeAll(async () => {
  world = await startCloudWorld();
});
afterAll(() => world.stop());

const clientFor = (generation: number): Client => clientOf(world, world.admin, generation);

/** A url of a stack that may be written into a configuration. */
function urlFor(generation: number): string {
  return `http://127.0.0.1:${world.context.config.cloud.stack_ports.last - generation}`;
}

describe.each([1, 2, 3, 4])('generation %i of the provider', (generation) => {
  const stack = STACK[generation] as (typeof STACK)[1];
  const machines = MACHINES[generation] as (typeof MACHINES)[1];

  test('makes a stack, plans nothing afterwards, changes it and takes it away', async () => {
    const client = clientFor(generation);
    const config: StackConfig = {
      name: `Stack ${generation}`,
      slug: `stack${generation}`,
      region_slug: 'eu',
      description: 'made by Terraform',
      ...(generation > 1 && { labels: { team: 'platform', env: 'test' }, url: urlFor(generation) }),
      ...(generation > 2 && { delete_protection: false }),
    };
    const id = await stack.create(client, config);
    const state = await stack.read(client, id);
    expect(state).toMatchObject({
      id,
      slug: config.slug,
      status: 'active',
      org_slug: 'acme',
      region_slug: 'eu',
    });
    expect(stack.plan(config, state ?? {})).toEqual([]);

    const changed = { ...config, name: 'Renamed', description: 'changed' };
    expect(stack.plan(changed, state ?? {})).toEqual(['name', 'description']);
    await stack.update(client, id, changed);
    expect(stack.plan(changed, (await stack.read(client, id)) ?? {})).toEqual([]);

    await stack.destroy(client, id);
    expect(await stack.read(client, id)).toBeUndefined();
  });

  test('makes a service account, a token and a key in a stack, which work there until they are destroyed', async () => {
    const client = clientFor(generation);
    const slug = `machines${generation}`;
    const id = await stack.create(client, { name: slug, slug, region_slug: 'us' });
    const { url } = (await stack.read(client, id)) as { url: string };
    const works = async (key: string): Promise<number> =>
      (await world.sendTo(url, { bearer: key }, 'GET', '/api/folders')).status;

    const config = { name: 'management', role: 'Admin' };
    const account = await machines.account(client, slug, config);
    expect(await machines.readAccount(client, slug, account)).toEqual(config);
    const token = await machines.token(client, slug, account, { name: 'management-token' });
    expect(await machines.readToken(client, slug, account, token.id)).toEqual({ name: 'management-token' });
    const key = await machines.key(client, slug, { name: 'management-key', role: 'Editor' });
    expect(await machines.readKey(client, slug, key.id)).toEqual({ name: 'management-key', role: 'Editor' });
    expect([await works(token.key), await works(key.key)]).toEqual([200, 200]);

    await machines.destroyKey(client, slug, key.id);
    await machines.destroyToken(client, slug, account, token.id);
    expect([await works(token.key), await works(key.key)]).toEqual([401, 401]);
    expect(await machines.readToken(client, slug, account, token.id)).toBeUndefined();
    await machines.destroyAccount(client, slug, account);
    expect(await machines.readAccount(client, slug, account)).toBeUndefined();
    await stack.destroy(client, id);
  });

  test('makes a cloud key, a policy and its token, reads them as they were, and takes them away', async () => {
    const client = clientFor(generation);
    const key = { name: `key${generation}`, role: 'Viewer' };
    const made = await client.post('/api/orgs/acme/api-keys', key);
    const { items } = await client.get('/api/orgs/acme/api-keys');
    expect(items.find((item: { name: string }) => item.name === key.name)).toMatchObject(key);
    const byKey = clientOf(world, { bearer: made.token }, generation);
    expect((await byKey.get('/api/stack-regions')).items.length).toBeGreaterThan(0);
    await client.remove(`/api/orgs/acme/api-keys/${key.name}`);
    await expect(byKey.get('/api/instances')).rejects.toThrow('status: 401');

    const policy = {
      name: `policy${generation}`,
      displayName: `policy${generation}`,
      scopes: ['stacks:read', 'logs:write'],
      realms: [{ type: 'org', identifier: 'acme', labelPolicies: [] }],
      // Without any, the later ones send an empty object.
      ...(generation > 2 && { conditions: {} }),
    };
    const { id } = await client.post('/api/v1/accesspolicies?region=us', policy);
    const { name, ...changes } = { ...policy, displayName: 'Changed' };
    const update = generation === 1 ? client.put : client.post;
    await update(`/api/v1/accesspolicies/${id}?region=us`, changes);
    const { conditions: _, ...wanted } = { conditions: {}, ...changes };
    expect(await client.get(`/api/v1/accesspolicies/${id}?region=us`)).toMatchObject({ name, ...wanted });

    const sent = { accessPolicyId: id, name: 'token', displayName: '', expiresAt: '2100-01-01T00:00:00Z' };
    const token = await client.post('/api/v1/tokens?region=us', sent);
    const read = await client.get(`/api/v1/tokens/${token.id}?region=us`);
    expect(read).toMatchObject({ accessPolicyId: id, name: 'token', displayName: 'token' });
    expect(Date.parse(read.expiresAt)).toBe(Date.parse(sent.expiresAt));
    const byToken = clientOf(world, { bearer: token.token }, generation);
    expect((await byToken.get('/api/instances')).items).toEqual([]);
    await client.remove(`/api/v1/tokens/${token.id}?region=us`);
    await client.remove(`/api/v1/accesspolicies/${id}?region=us`);
    expect(await client.find(`/api/v1/accesspolicies/${id}?region=us`)).toBeUndefined();
  });
});

// The last chapter of the text on API keys and how to migrate them.
const MY_STACK: StackConfig = { name: 'my_stack', slug: 'my_stack', region_slug: 'eu' };

test('"your current Terraform configuration" and "your new Terraform configuration" of the documents, one after the other', async () => {
  const client = clientFor(1);
  const id = await (STACK[1] as (typeof STACK)[1]).create(client, MY_STACK);
  const { url } = await client.get(`/api/instances/${id}`);
  const works = async (key: string): Promise<number> =>
    (await world.sendTo(url, { bearer: key }, 'GET', '/api/folders')).status;
  const before = MACHINES[1] as (typeof MACHINES)[1];
  const key = await before.key(client, 'my_stack', { name: 'management-key', role: 'Admin' });
  expect(await before.readKey(client, 'my_stack', key.id)).toEqual({ name: 'management-key', role: 'Admin' });

  for (const generation of [1, 2]) {
    const after = MACHINES[generation] as (typeof MACHINES)[1];
    const of = clientFor(generation);
    const name = `mystack-cloud-stack-sa${generation === 1 ? '' : '-2'}`;
    const account = await after.account(of, 'my_stack', { name, role: 'Admin' });
    const token = await after.token(of, 'my_stack', account, { name: `${name}-token` });
    expect([await works(key.key), await works(token.key)]).toEqual([200, 200]);
  }
  await before.destroyKey(client, 'my_stack', key.id);
  expect(await works(key.key)).toBe(401);
});

test('keys of a stack move to service accounts like any others, with the same secret', async () => {
  const client = clientFor(2);
  await (STACK[2] as (typeof STACK)[1]).create(client, { name: 'moving', slug: 'moving', region_slug: 'eu' });
  const { url } = await client.get('/api/instances/moving');
  const key = await client.post('/api/instances/moving/api/auth/keys', { name: 'old', role: 'Admin' });
  const stack = client.at(url, key.key);
  await stack.post('/api/serviceaccounts/migrate', {});
  expect((await stack.get('/api/serviceaccounts/search')).serviceAccounts).toMatchObject([
    { name: 'sa-autogen-old' },
  ]);
  expect((await world.sendTo(url, { bearer: key.key }, 'GET', '/api/org')).status).toBe(200);
  // It takes no new keys then, and says what to do instead.
  await expect(
    client.post('/api/instances/moving/api/auth/keys', { name: 'new', role: 'Admin' }),
  ).rejects.toThrow('status: 410');
});
