import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type CloudWorld, startCloudWorld } from '../../../testing/cloud.ts';
import type { As } from '../../../testing/world.ts';

const DAY = 86_400_000;

let world: CloudWorld;
beforeAll(async () => {
  world = await startCloudWorld();
});
afterAll(() => world.stop());

/** A new stack, made by the Admin's key. */
async function make(slug: string, more: object = {}) {
  const body = { name: slug, slug, region: 'eu', ...more };
  const made = await world.ask(world.admin, 'POST', '/api/instances', body);
  expect(made.status, JSON.stringify(made.body)).toBe(200);
  return made.body as { id: number; slug: string; url: string };
}

const statusOf = async (path: string): Promise<number> => (await world.ask(world.admin, 'GET', path)).status;

test('a stack with the name and region of the documents answers at its own url', async () => {
  const { id, url } = await make('my_stack');
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  for (const name of [id, 'my_stack']) {
    const { body } = await world.ask(world.admin, 'GET', `/api/instances/${name}`);
    expect(body).toMatchObject({
      id,
      slug: 'my_stack',
      name: 'my_stack',
      url,
      regionSlug: 'eu',
      status: 'active',
      orgSlug: 'acme',
      labels: {},
      deleteProtection: false,
    });
  }
  expect((await world.sendTo(url, undefined, 'GET', '/api/health')).status).toBe(200);
  expect((await world.sendTo(url, undefined, 'HEAD', '/')).status).toBe(200);
  expect((await world.sendTo(url, undefined, 'GET', '/login?disableAutoLogin=true')).status).toBe(200);
});

test('in both forms a stack is made, read, changed, ready, listed and deleted', async () => {
  const first = await make('firstform', { description: 'one', labels: { team: 'a' } });
  const changed = await world.ask(world.admin, 'POST', `/api/instances/${first.id}`, { description: 'two' });
  expect(changed.body).toMatchObject({ description: 'two', labels: { team: 'a' }, url: first.url });

  const body = { name: 'Second', slug: 'secondform', region: 'us', org: 'acme', deleteProtection: false };
  const second = await world.ask(world.admin, 'POST', '/api/v1/stacks', body);
  expect(second.body).toMatchObject({
    slug: 'secondform',
    region: 'us',
    deleteProtection: false,
    labels: {},
  });
  const third = { ...body, slug: 'thirdform', deleteProtection: null };
  expect((await world.ask(world.admin, 'POST', '/api/v1/stacks', third)).body.deleteProtection).toBe(true);
  const path = `/api/v1/stacks/${second.body.id}`;
  const labelled = await world.ask(world.admin, 'POST', path, { labels: { env: 'x' }, name: 'Renamed' });
  expect(labelled.body).toMatchObject({ name: 'Renamed', labels: { env: 'x' } });
  expect((await world.ask(world.admin, 'GET', `${path}/readiness`)).body).toEqual({ ready: true });
  expect((await world.ask(world.admin, 'GET', `${path}/connections`)).body).toEqual({
    tenants: [],
    services: {},
  });
  expect((await world.ask(world.admin, 'GET', `/api/instances/${first.id}/connections`)).body).toEqual({
    privateConnectivityInfo: { tenants: [] },
  });

  for (const list of ['/api/instances', '/api/v1/stacks', '/api/orgs/acme/instances']) {
    const { items } = (await world.ask(world.admin, 'GET', list)).body;
    const slugs = items.map((item: { slug: string }) => item.slug);
    expect(slugs).toEqual(expect.arrayContaining(['firstform', 'secondform']));
  }
  expect((await world.ask(world.admin, 'DELETE', '/api/instances/firstform')).status).toBe(200);
  expect((await world.ask(world.admin, 'DELETE', path)).status).toBe(200);
  expect(await statusOf('/api/instances/firstform')).toBe(404);
  expect(await statusOf(path)).toBe(404);
});

test('an instance has every field that clients of any version take no answer without', async () => {
  const { id } = await make('whole');
  const { body } = await world.ask(world.admin, 'GET', `/api/instances/${id}`);
  const services = [
    'hmInstanceProm',
    'hmInstanceGraphite',
    'hlInstance',
    'amInstance',
    'htInstance',
    'hpInstance',
  ];
  for (const prefix of [...services, 'agentManagementInstance']) {
    for (const end of ['Id', 'Url', 'Name', 'Status']) expect(body).toHaveProperty(prefix + end);
  }
  for (const field of [
    'alertCnt',
    'billingEndDate',
    'datasourceCnts',
    'trial',
    'trialExpiresAt',
    'userQuota',
  ]) {
    expect(body).toHaveProperty(field);
  }
  expect(body.id).toBeLessThan(16_777_216);
});

test('what is taken, missing or not allowed is refused in the words of grafana.com', async () => {
  await make('taken');
  const refused = async (body: object) => (await world.ask(world.admin, 'POST', '/api/instances', body)).body;
  expect(await refused({ name: 'again', slug: 'taken', region: 'eu' })).toMatchObject({
    statusCode: 409,
    code: 'Conflict',
    message: 'That url is not available',
    detail: 'There is a stack taken already.',
    requestId: expect.any(String),
  });
  const invalid = { statusCode: 409, code: 'InvalidArgument' };
  expect(await refused({ slug: 'nameless', region: 'eu' })).toMatchObject({
    ...invalid,
    message: 'Field is required: name',
  });
  expect(await refused({ name: 'x', slug: 'x1', region: 'moon' })).toMatchObject({
    ...invalid,
    message: 'Invalid region moon specified',
    detail: 'There are us, eu, prod-us-east-0.',
  });
  for (const slug of ['1st', 'Upper', 'a b', '']) {
    expect(await refused({ name: 'x', slug, region: 'eu' })).toMatchObject({
      ...invalid,
      message: `Invalid slug ${slug} specified`,
    });
  }
  expect(await refused({ name: 'x', slug: 'x2', labels: { 'a b': 'c' } })).toMatchObject(invalid);
  for (const url of ['http://127.0.0.1:9/', 'nowhere']) {
    expect(await refused({ name: 'x', slug: 'x3', url })).toMatchObject({
      ...invalid,
      detail: expect.stringContaining('Stacks are reached at the ports'),
    });
  }
  expect((await world.ask(world.admin, 'POST', '/api/instances', '{')).body).toMatchObject({
    statusCode: 400,
    code: 'InvalidArgument',
  });
});

test('what is not there is refused with where it is listed', async () => {
  const next = async (path: string) => (await world.ask(world.admin, 'GET', path)).body;
  expect(await next('/api/instances/not_there')).toMatchObject({
    message: 'Instance not found',
    detail: expect.stringContaining('GET /api/instances '),
  });
  expect(await next('/api/not/there')).toMatchObject({
    message: 'Call not found',
    detail: expect.stringContaining('client/cloud-openapi.json'),
  });
  for (const path of [
    '/api/stack-regions/moon',
    '/api/v1/accesspolicies?region=moon',
    '/api/v1/tokens?region=moon',
  ])
    expect(await next(path)).toMatchObject({ detail: 'There are us, eu, prod-us-east-0.' });
});

test('a field that nobody knows is passed over, since each version of the clients has its own', async () => {
  const { id } = await make('lenient', { plugins: ['x'], unheard: { of: 1 } });
  expect(await statusOf(`/api/instances/${id}`)).toBe(200);
});

test('the address that clients fill in where they have none leaves a stack where it is', async () => {
  const { id, url } = await make('filled', { url: '' });
  const body = { name: 'filled', slug: 'filled', url: 'https://filled.grafana.net' };
  const changed = await world.ask(world.admin, 'POST', `/api/instances/${id}`, body);
  expect(changed.body).toMatchObject({ url });
  expect((await world.sendTo(url, undefined, 'GET', '/api/health')).status).toBe(200);
});

test('a stack keeps its data when its slug changes, and a taken slug stays with who has it', async () => {
  const { id, url } = await make('oldname');
  const made = await world.ask(world.admin, 'POST', '/api/instances/oldname/api/serviceaccounts', {
    name: 'kept',
  });
  expect(made.status).toBe(201);
  expect((await world.ask(world.admin, 'POST', `/api/instances/${id}`, { slug: 'taken' })).status).toBe(409);
  const renamed = await world.ask(world.admin, 'POST', `/api/instances/${id}`, { slug: 'newname' });
  expect(renamed.body).toMatchObject({ slug: 'newname', url });
  expect(await statusOf('/api/instances/oldname')).toBe(404);
  expect(await statusOf(`/api/instances/newname/api/serviceaccounts/${made.body.id}`)).toBe(200);
});

test('a protected stack is deleted only when the protection is gone', async () => {
  const { id } = await make('guarded', { deleteProtection: true });
  const refused = await world.ask(world.admin, 'DELETE', `/api/instances/${id}`);
  expect(refused.status).toBe(409);
  expect(refused.body.detail).toContain('deleteProtection');
  expect(await statusOf(`/api/instances/${id}`)).toBe(200);
  await world.ask(world.admin, 'POST', `/api/instances/${id}`, { deleteProtection: false });
  expect((await world.ask(world.admin, 'DELETE', `/api/instances/${id}`)).status).toBe(200);
});

test('a deleted stack is gone at once, comes back with its data, and is removed in the end', async () => {
  const { id, url } = await make('mortal');
  const inside = '/api/instances/mortal/api/serviceaccounts';
  const account = await world.ask(world.admin, 'POST', inside, { name: 'robot', role: 'Admin' });
  const { body: token } = await world.ask(world.admin, 'POST', `${inside}/${account.body.id}/tokens`, {
    name: 't',
  });
  const asToken = { bearer: token.key as string };
  expect((await world.sendTo(url, asToken, 'GET', '/api/org')).status).toBe(200);

  await world.ask(world.admin, 'DELETE', `/api/instances/${id}`);
  expect(await statusOf(`/api/instances/${id}`)).toBe(404);
  expect(await statusOf(inside)).toBe(404);
  await expect(world.sendTo(url, asToken, 'GET', '/api/org')).rejects.toThrow('fetch failed');

  // Another may have the name meanwhile, and nothing else.
  const other = await make('mortal');
  expect((await world.sendTo(other.url, asToken, 'GET', '/api/org')).status).toBe(401);
  expect((await world.ask(world.admin, 'POST', `/api/instances/${id}/restore`)).status).toBe(409);
  await world.ask(world.admin, 'DELETE', `/api/instances/${other.id}`);
  const restored = await world.ask(world.admin, 'POST', `/api/instances/${id}/restore`);
  expect(restored.status, JSON.stringify(restored.body)).toBe(200);
  expect((await world.sendTo(restored.body.url, asToken, 'GET', '/api/org')).status).toBe(200);

  await world.ask(world.admin, 'DELETE', `/api/instances/${id}`);
  world.clock.advance(29 * DAY);
  await world.cloud.tidy();
  expect((await world.ask(world.admin, 'POST', `/api/instances/${id}/restore`)).status).toBe(200);
  const { type, path } = world.context.config.database;
  const file = join(path, '..', 'stacks', `${id}.db`);
  expect(existsSync(file)).toBe(type === 'sqlite');
  await world.ask(world.admin, 'DELETE', `/api/instances/${id}`);
  world.clock.advance(30 * DAY);
  await world.cloud.tidy();
  expect((await world.ask(world.admin, 'POST', `/api/instances/${id}/restore`)).status).toBe(404);
  expect(existsSync(file)).toBe(false);
});

test('what was deleted is listed apart, for who may reach it, while it can be restored', async () => {
  const { id } = await make('listed-once');
  const realms = [{ type: 'stack', identifier: 'listed-once' }];
  const deletedFor = async (as: As): Promise<object[]> =>
    (await world.ask(as, 'GET', '/api/instances?deleted=true')).body.items.filter(
      (stack: { id: number }) => stack.id === id,
    );
  const policy = await world.ask(world.admin, 'POST', '/api/v1/accesspolicies?region=eu', {
    name: 'of-listed-once',
    scopes: ['stacks:read'],
    realms,
  });
  const sent = { accessPolicyId: policy.body.id, name: 'token' };
  const token = await world.ask(world.admin, 'POST', '/api/v1/tokens?region=eu', sent);
  const stranger = await world.otherOrg('Neighbours');

  expect(await deletedFor(world.admin)).toEqual([]);
  const again = await world.ask(world.admin, 'POST', `/api/instances/${id}/restore`);
  expect(again).toMatchObject({ status: 409, body: { message: 'The stack is not deleted' } });
  await world.ask(world.admin, 'DELETE', `/api/instances/${id}`);
  const { body } = await world.ask(world.admin, 'GET', '/api/instances');
  expect(body.items).not.toContainEqual(expect.objectContaining({ id }));
  for (const as of [world.admin, { bearer: token.body.token as string }])
    expect(await deletedFor(as)).toMatchObject([{ id, slug: 'listed-once', status: 'deleted' }]);
  expect(await deletedFor(stranger.as)).toEqual([]);

  world.clock.advance(31 * DAY);
  await world.cloud.tidy();
  expect(await deletedFor(world.admin)).toEqual([]);
});

test('a stack that is restored has its data, even while those that were deleted as long ago are removed', async () => {
  const stacks = [];
  for (const slug of ['ending-a', 'ending-b', 'ending-c']) stacks.push(await make(slug));
  const last = stacks[2] as (typeof stacks)[number];
  const sent = { name: 'key', role: 'Admin' };
  const { body: key } = await world.ask(world.admin, 'POST', '/api/instances/ending-c/api/auth/keys', sent);
  for (const { id } of stacks) await world.ask(world.admin, 'DELETE', `/api/instances/${id}`);
  world.clock.advance(31 * DAY);
  const removing = world.cloud.tidy();
  const restored = await world.ask(world.admin, 'POST', `/api/instances/${last.id}/restore`);
  await removing;
  await world.cloud.tidy();
  const isBack = restored.status === 200;
  const asKey = { bearer: key.key as string };
  const { status } = isBack ? await world.sendTo(restored.body.url, asKey, 'GET', '/api/org') : restored;
  expect(status).toBe(isBack ? 200 : 404);
});

test('a stack that nobody uses is closed, and opens with all it had when it is asked again', async () => {
  const { url } = await make('sleepy');
  const inside = '/api/instances/sleepy/api/serviceaccounts';
  const account = await world.ask(world.admin, 'POST', inside, { name: 'robot', role: 'Viewer' });
  const { body: token } = await world.ask(world.admin, 'POST', `${inside}/${account.body.id}/tokens`, {
    name: 't',
  });
  expect(world.cloud.stacks.count()).toBeGreaterThan(0);
  world.clock.advance(11 * 60_000);
  await world.cloud.tidy();
  expect(world.cloud.stacks.count()).toBe(0);
  expect((await world.sendTo(url, { bearer: token.key }, 'GET', '/api/org')).status).toBe(200);
  expect(world.cloud.stacks.count()).toBe(1);
});

test('no one has a password for a new stack that others know', async () => {
  const { url } = await make('locked');
  expect((await world.sendTo(url, { basic: 'admin:admin' }, 'GET', '/api/org')).status).toBe(401);
});

test.each([
  [{ root_url: 'https://keys.example.org/' }, 'keys.example.org'],
  [{ root_url: 'https://[2001:db8::1]/' }, '[2001:db8::1]'],
  [{ root_url: 'https://keys.example.org/', domain: 'machine.example.org' }, 'machine.example.org'],
  [{}, '127.0.0.1'],
])('a server at every address that is at %j has stacks at %s', async (server, host) => {
  const own = await startCloudWorld({ server: { http_addr: '0.0.0.0', ...server } });
  onTestFinished(() => own.stop());
  const { body } = await own.ask(own.admin, 'POST', '/api/instances', { name: 'there', slug: 'there' });
  expect(body.url).toBe(`http://${host}:${new URL(body.url).port}`);
});
