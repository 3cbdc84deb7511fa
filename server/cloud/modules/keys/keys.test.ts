import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, type As } from '../../../testing/world.ts';
import { type CloudWorld, startCloudWorld } from '../../../testing/cloud.ts';

let world: CloudWorld;
beforeAll(async () => {
  world = await startCloudWorld();
});
afterAll(() => world.stop());

async function makeKey(name: string, role: string): Promise<As> {
  const { status, body } = await world.ask(world.admin, 'POST', '/api/orgs/acme/api-keys', { name, role });
  expect(status, JSON.stringify(body)).toBe(200);
  return { bearer: body.token as string };
}

test('a key has the form that grafana.com gives, and is told once', async () => {
  const { body } = await world.ask(world.admin, 'POST', '/api/orgs/acme/api-keys', {
    name: 'ci',
    role: 'Viewer',
  });
  expect(body).toMatchObject({
    name: 'ci',
    role: 'Viewer',
    orgSlug: 'acme',
    instanceId: null,
    firstUsed: null,
  });
  const { token } = body as { token: string };
  // What public scanners look for.
  expect(token).toMatch(/^glc_[A-Za-z0-9+/]{32,400}={0,3}$/);
  expect(JSON.parse(Buffer.from(token.slice(4), 'base64').toString())).toEqual({
    o: String(body.orgId),
    n: 'ci',
    k: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
    m: { r: '' },
  });
  const list = await world.ask(world.admin, 'GET', '/api/orgs/acme/api-keys');
  const one = await world.ask(world.admin, 'GET', '/api/orgs/acme/api-keys/ci');
  expect(list.body.items).toEqual(expect.arrayContaining([one.body]));
  expect(JSON.stringify([list.body, one.body, world.log])).not.toContain(token);
});

test('a deleted key is refused by the next request, and its name is free again', async () => {
  const key = await makeKey('short', 'Viewer');
  expect((await world.ask(key, 'GET', '/api/instances')).status).toBe(200);
  expect(
    (await world.ask(world.admin, 'POST', '/api/orgs/acme/api-keys', { name: 'short', role: 'Viewer' }))
      .status,
  ).toBe(409);
  expect((await world.ask(world.admin, 'DELETE', '/api/orgs/acme/api-keys/short')).status).toBe(200);
  expect((await world.ask(key, 'GET', '/api/instances')).body).toMatchObject({
    statusCode: 401,
    code: 'InvalidCredentials',
    message: 'Token invalid',
    detail: 'It is not known here: mistyped, cut off, or deleted.',
  });
  expect((await world.ask(world.admin, 'DELETE', '/api/orgs/acme/api-keys/short')).status).toBe(404);
  await makeKey('short', 'Viewer');
});

test('a role gives what it says: a Viewer reads, an Editor changes stacks, and neither hands out keys', async () => {
  await world.ask(world.admin, 'POST', '/api/instances', { name: 'shared', slug: 'shared' });
  const keys = {
    Viewer: await makeKey('v', 'Viewer'),
    Editor: await makeKey('e', 'Editor'),
    Metrics: await makeKey('m', 'MetricsPublisher'),
  };
  const asked: [
    method: string,
    path: string,
    body: object | undefined,
    statuses: [number, number, number],
  ][] = [
    ['GET', '/api/instances/shared', undefined, [200, 200, 403]],
    ['GET', '/api/orgs/acme/api-keys', undefined, [200, 200, 403]],
    ['POST', '/api/instances/shared', { description: 'x' }, [403, 200, 403]],
    ['DELETE', '/api/instances/shared', undefined, [403, 403, 403]],
    ['POST', '/api/orgs/acme/api-keys', { name: 'n', role: 'Viewer' }, [403, 403, 403]],
    ['POST', '/api/instances/shared/api/serviceaccounts', { name: 'n', role: 'Admin' }, [403, 403, 403]],
    ['POST', '/api/orgs/acme/members', { username: 'n', role: 'Admin' }, [403, 403, 403]],
  ];
  for (const [method, path, body, statuses] of asked) {
    const given = [];
    for (const key of Object.values(keys)) given.push((await world.ask(key, method, path, body)).status);
    expect(given, `${method} ${path}`).toEqual(statuses);
  }
  // Who may not is told so before the body is looked at.
  expect((await world.ask(keys.Viewer, 'POST', '/api/orgs/acme/api-keys', '{')).status).toBe(403);
});

test('the cloud side takes its own credentials alone', async () => {
  const { body: key } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'plain', role: 'Admin' });
  for (const as of [
    undefined,
    ADMIN,
    { bearer: key.key },
    { bearer: 'glc_' },
    { bearer: `glc_${'A'.repeat(64)}` },
  ]) {
    const { status, body, headers } = await world.ask(as, 'GET', '/api/instances');
    expect([status, body.code]).toEqual([401, 'InvalidCredentials']);
    expect(headers.get('www-authenticate')).toContain('Bearer');
  }
  expect((await world.send(world.admin, 'GET', '/api/org')).status).toBe(401);
});

test('an organization knows nothing of another one', async () => {
  const other = await world.otherOrg('Other Inc.');
  expect(other.slug).toBe('otherinc');
  await world.ask(world.admin, 'POST', '/api/instances', { name: 'ours', slug: 'ours' });
  for (const path of [
    '/api/instances/ours',
    '/api/orgs/acme',
    '/api/orgs/acme/api-keys',
    '/api/orgs/acme/members',
  ]) {
    expect((await world.ask(other.as, 'GET', path)).status, path).toBe(404);
  }
  expect((await world.ask(other.as, 'GET', '/api/instances')).body).toEqual({ items: [] });
  expect((await world.ask(other.as, 'GET', '/api/orgs/acme/instances')).body).toEqual({ items: [] });
  expect((await world.ask(other.as, 'DELETE', '/api/instances/ours')).status).toBe(404);
  // A slug is a name in the world.
  expect((await world.ask(other.as, 'POST', '/api/instances', { name: 'ours', slug: 'ours' })).status).toBe(
    409,
  );
});
