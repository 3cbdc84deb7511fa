import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudWorld, removeStacks, startCloudWorld } from '../../../testing/cloud.ts';
import { type As, newDatabase } from '../../../testing/world.ts';

const SUSPENDED = { status: 403, body: { message: 'The stack is suspended' } };

let world: CloudWorld;
beforeAll(async () => {
  world = await startCloudWorld();
});
afterAll(() => world.stop());

interface Made {
  id: number;
  slug: string;
  url: string;
  /** A token of one of its service accounts. */
  token: As;
}

async function make(slug: string, { admin, ask } = world): Promise<Made> {
  const { body: stack } = await ask(admin, 'POST', '/api/instances', { name: slug, slug });
  const inside = `/api/instances/${slug}/api/serviceaccounts`;
  const account = await ask(admin, 'POST', inside, { name: 'robot', role: 'Admin' });
  const token = await ask(admin, 'POST', `${inside}/${account.body.id}/tokens`, { name: 't' });
  return { ...stack, token: { bearer: token.body.key } };
}

const call = (id: number | string, what: string) =>
  world.ask(world.admin, 'POST', `/api/instances/${id}/${what}`);
const asToken = ({ url, token }: Made) => world.sendTo(url, token, 'GET', '/api/org');

test('a suspended stack answers nobody but that it is suspended and how it is resumed, and then has all it had', async () => {
  const stack = await make('paused');
  const open = world.cloud.stacks.count();
  expect((await call('paused', 'suspend')).body).toMatchObject({ status: 'paused', url: stack.url });
  for (const as of [undefined, stack.token, { basic: 'admin:admin' }]) {
    for (const path of ['/api/org', '/api/health', '/', '/login']) {
      const refused = await world.sendTo(stack.url, as, 'GET', path);
      expect(refused).toMatchObject(SUSPENDED);
      expect(refused.body.detail).toContain('POST /api/instances/paused/resume');
    }
  }
  expect((await world.ask(world.admin, 'GET', '/api/instances/paused')).body.status).toBe('paused');
  expect(world.cloud.stacks.count()).toBe(open - 1);

  expect((await call(stack.id, 'resume')).body).toMatchObject({ status: 'active', url: stack.url });
  expect((await asToken(stack)).status).toBe(200);
});

test('suspending and resuming twice changes nothing the second time', async () => {
  const { id } = await make('twice');
  for (const what of ['suspend', 'resume']) {
    const first = await call(id, what);
    world.clock.advance(1000);
    expect(await call(id, what)).toMatchObject({ status: 200, body: first.body });
  }
  expect((await call('not_there', 'suspend')).status).toBe(404);
  expect((await call('not_there', 'resume')).status).toBe(404);
});

test('the cloud side cannot reach into a suspended stack either, and says that it is not ready', async () => {
  await make('walled');
  const open = world.cloud.stacks.count();
  await call('walled', 'suspend');
  for (const path of ['serviceaccounts', 'auth/keys']) {
    expect(await world.ask(world.admin, 'GET', `/api/instances/walled/api/${path}`)).toMatchObject(SUSPENDED);
  }
  const ready = await world.ask(world.admin, 'GET', '/api/v1/stacks/walled/readiness');
  expect(ready.body).toEqual({ ready: false });
  expect(world.cloud.stacks.count()).toBe(open - 1);
});

test('a suspended stack is changed without being opened, and moves within its slug and address', async () => {
  const stack = await make('changed');
  await call(stack.id, 'suspend');
  const changes = { name: 'Another', slug: 'changed2', description: 'resting' };
  const changed = await world.ask(world.admin, 'POST', `/api/instances/${stack.id}`, changes);
  expect(changed.body).toMatchObject({ ...changes, status: 'paused', url: stack.url });
  const refused = await world.ask(world.admin, 'POST', '/api/instances', { name: 'x', slug: 'changed2' });
  expect(refused.status).toBe(409);
  expect(await asToken(stack)).toMatchObject(SUSPENDED);
});

test('a suspended stack is deleted as any other, and comes back suspended', async () => {
  const stack = await make('buried');
  await call(stack.id, 'suspend');
  const deleted = await world.ask(world.admin, 'DELETE', `/api/instances/${stack.id}`);
  expect(deleted).toMatchObject({ status: 200, body: { status: 'deleted' } });
  for (const what of ['suspend', 'resume']) expect((await call(stack.id, what)).status).toBe(404);
  const { body: restored } = await call(stack.id, 'restore');
  expect(restored.status).toBe('paused');
  expect(await world.sendTo(restored.url, stack.token, 'GET', '/api/org')).toMatchObject(SUSPENDED);
  await call(stack.id, 'resume');
  expect((await world.sendTo(restored.url, stack.token, 'GET', '/api/org')).status).toBe(200);
});

test('a request that is under way when its stack is suspended is answered, and none after it', async () => {
  const stack = await make('busy');
  const body = JSON.stringify({ title: 'last' });
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: answered, resolve, reject } = Promise.withResolvers<number>();
  const headers = {
    authorization: `Bearer ${(stack.token as { bearer: string }).bearer}`,
    'content-type': 'application/json',
    'content-length': body.length,
    expect: '100-continue',
  };
  const sent = request(`${stack.url}/api/folders`, { method: 'POST', headers })
    .on('continue', begin)
    .on('error', reject)
    .on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
  sent.flushHeaders();
  await begun;

  const open = world.cloud.stacks.count();
  const suspending = call(stack.id, 'suspend');
  while ((await asToken(stack)).status !== 403);
  sent.end(body);
  expect(await answered).toBe(200);
  expect((await suspending).status).toBe(200);
  expect(world.cloud.stacks.count()).toBe(open - 1);
  expect(await asToken(stack)).toMatchObject(SUSPENDED);
});

test('only who may change stacks suspends and resumes them', async () => {
  const { id } = await make('ruled');
  const keyOf = async (role: string): Promise<As> => {
    const made = await world.ask(world.admin, 'POST', '/api/orgs/acme/api-keys', { name: role, role });
    return { bearer: made.body.token };
  };
  const [viewer, editor] = [await keyOf('Viewer'), await keyOf('Editor')];
  const stranger = await world.otherOrg('Others');
  for (const what of ['suspend', 'resume']) {
    const path = `/api/instances/${id}/${what}`;
    expect(await world.ask(viewer, 'POST', path)).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('the role Editor or Admin') },
    });
    expect((await world.ask(stranger.as, 'POST', path)).status).toBe(404);
    expect((await world.ask(editor, 'POST', path)).status).toBe(200);
  }
});

test('a stack stays suspended over a restart of the server', async () => {
  const database = await newDatabase({ isUpToDate: true });
  const before = await startCloudWorld({}, database);
  try {
    const { as } = await before.otherOrg('Acme');
    const stack = await make('resting', { ...before, admin: as });
    await before.ask(as, 'POST', `/api/instances/${stack.id}/suspend`);
    await before.stop();
    const after = await startCloudWorld({}, database);
    try {
      expect(await after.sendTo(stack.url, stack.token, 'GET', '/api/org')).toMatchObject(SUSPENDED);
      const resumed = await after.ask(as, 'POST', `/api/instances/${stack.id}/resume`);
      expect(resumed.body).toMatchObject({ status: 'active', url: stack.url });
      expect((await after.sendTo(stack.url, stack.token, 'GET', '/api/org')).status).toBe(200);
    } finally {
      await after.stop();
    }
  } finally {
    await removeStacks(database);
    await database.remove();
  }
});
