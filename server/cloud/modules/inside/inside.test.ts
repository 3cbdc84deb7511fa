import { afterAll, beforeAll, expect, test } from 'vitest';
import type { As } from '../../../testing/world.ts';
import { type CloudWorld, startCloudWorld } from '../../../testing/cloud.ts';

let world: CloudWorld;
let url: string;
beforeAll(async () => {
  world = await startCloudWorld();
  const { body } = await world.ask(world.admin, 'POST', '/api/instances', {
    name: 'my_stack',
    slug: 'my_stack',
  });
  url = body.url;
});
afterAll(() => world.stop());

const INSIDE = '/api/instances/my_stack/api';

const inside = (method: string, path: string, body?: unknown) =>
  world.ask(world.admin, method, INSIDE + path, body);
const onStack = (as: As, method: string, path: string, body?: unknown) =>
  world.sendTo(url, as, method, path, body);

test('a service account and a token are made in a stack, work on its url, and end there when they are deleted', async () => {
  const account = await inside('POST', '/serviceaccounts', {
    name: 'mystack-sa',
    role: 'Admin',
    isDisabled: false,
  });
  expect(account.status).toBe(201);
  const { id } = account.body;
  expect((await inside('GET', `/serviceaccounts/${id}`)).body).toMatchObject({
    name: 'mystack-sa',
    role: 'Admin',
  });
  const token = await inside('POST', `/serviceaccounts/${id}/tokens`, { name: 'sa-token', secondsToLive: 0 });
  expect(token.body).toMatchObject({ name: 'sa-token', key: expect.stringMatching(/^glsa_/) });
  const as = { bearer: token.body.key as string };
  expect((await onStack(as, 'POST', '/api/folders', { title: 'made' })).status).toBe(200);
  const tokens = await inside('GET', `/serviceaccounts/${id}/tokens`);
  expect(tokens.body).toMatchObject([{ id: token.body.id, name: 'sa-token', hasExpired: false }]);
  const found = await inside('GET', '/serviceaccounts/search?query=mystack&page=1&perpage=200');
  expect(found.body).toMatchObject({ totalCount: 1, serviceAccounts: [{ id, name: 'mystack-sa' }] });

  expect((await inside('DELETE', `/serviceaccounts/${id}/tokens/${token.body.id}`)).status).toBe(200);
  expect((await onStack(as, 'GET', '/api/org')).status).toBe(401);
  expect((await inside('DELETE', `/serviceaccounts/${id}`)).status).toBe(200);
  expect((await inside('GET', `/serviceaccounts/${id}`)).status).toBe(404);
});

test('an API key is made in a stack, works there, and is deleted', async () => {
  const { body } = await inside('POST', '/auth/keys', { name: 'management-key', role: 'Admin' });
  expect((await onStack({ bearer: body.key }, 'GET', '/api/auth/keys')).status).toBe(200);
  expect((await inside('GET', '/auth/keys?includeExpired=true')).body).toMatchObject([
    { id: body.id, role: 'Admin' },
  ]);
  expect((await inside('DELETE', `/auth/keys/${body.id}`)).status).toBe(200);
  expect((await onStack({ bearer: body.key }, 'GET', '/api/auth/keys')).status).toBe(401);
});

test("a stack's record of changes says that the cloud side did it, by which credential and from where", async () => {
  const { body: key } = await inside('POST', '/auth/keys', { name: 'auditor', role: 'Admin' });
  const { body } = await onStack(
    { bearer: key.key },
    'GET',
    '/api/audit?action=apikeys:create&query=auditor',
  );
  expect(body.entries).toMatchObject([
    {
      actor: { kind: 'cloud', name: 'acme/first' },
      credential: { kind: 'cloud-key' },
      address: '127.0.0.1',
      object: { kind: 'api-key', name: 'auditor' },
    },
  ]);
  const byActor = await onStack({ bearer: key.key }, 'GET', '/api/audit?actor=cloud:acme/first');
  expect(byActor.body.totalCount).toBeGreaterThan(0);
});

test("a stack's record tells a key of the cloud side from a token of the same name", async () => {
  const { body: policy } = await world.ask(world.admin, 'POST', '/api/v1/accesspolicies?region=eu', {
    name: 'terraform',
    scopes: ['stack-service-accounts:write'],
    realms: [{ type: 'org', identifier: 'acme' }],
  });
  const { body: token } = await world.ask(world.admin, 'POST', '/api/v1/tokens?region=eu', {
    accessPolicyId: policy.id,
    name: 'ci',
  });
  const made = await world.ask({ bearer: token.token }, 'POST', `${INSIDE}/auth/keys`, {
    name: 'by-token',
    role: 'Admin',
  });
  const { body } = await onStack({ bearer: made.body.key }, 'GET', '/api/audit?credential=policy-token');
  expect(body.entries).toMatchObject([
    { actor: { name: 'acme/terraform-ci' }, object: { kind: 'api-key', name: 'by-token' } },
  ]);
});

test("a stack's people read neither the operator's settings nor the figures of the process", async () => {
  const { body: key } = await inside('POST', '/auth/keys', { name: 'curious', role: 'Admin' });
  const as = { bearer: key.key as string };
  expect((await onStack(as, 'GET', '/api/admin/settings')).status).toBe(403);
  const { body: metrics } = await onStack(undefined, 'GET', '/metrics');
  expect(metrics).toContain('http_requests_total');
  expect(metrics).not.toMatch(/process_|nodejs_/);
  expect((await world.send(undefined, 'GET', '/metrics')).body).toMatch(/process_/);
});

test('what a stack refuses, it refuses in its own words', async () => {
  const account = { name: 'twice', role: 'Viewer' };
  expect((await inside('POST', '/serviceaccounts', account)).status).toBe(201);
  const again = await inside('POST', '/serviceaccounts', account);
  expect([again.status, again.body.messageId]).toEqual([400, 'serviceaccounts.already-exists']);
  expect((await inside('POST', '/serviceaccounts', { role: 'Viewer' })).status).toBe(400);
  expect((await inside('GET', '/serviceaccounts/999999')).status).toBe(404);
  // Nobody administers a stack's server from outside it.
  const admin = await inside('POST', '/serviceaccounts', {
    name: 'root',
    role: 'Admin',
    isGrafanaAdmin: true,
  });
  expect(admin.status).toBe(403);
});

test.each([
  ['GET', '/org'],
  ['GET', '/users'],
  ['POST', '/folders'],
  ['GET', '/admin/settings'],
  ['GET', '/serviceaccounts/../org'],
  ['GET', '/serviceaccounts/1%2F..%2F..%2Forg'],
  ['GET', '/serviceaccounts/%2e%2e'],
  ['GET', '/serviceaccounts/migrationstatus'],
  ['DELETE', '/auth/keys/%2e%2e'],
  ['POST', '/serviceaccounts/migrate'],
])('a cloud credential does nothing else in a stack: %s %s', async (method, path) => {
  expect((await inside(method, path, method === 'POST' ? {} : undefined)).status).toBeGreaterThanOrEqual(400);
});

test('a cloud credential is none on the url of a stack', async () => {
  expect((await onStack(world.admin, 'GET', '/api/org')).status).toBe(401);
  expect((await onStack(world.admin, 'POST', '/api/serviceaccounts', { name: 'x' })).status).toBe(401);
});
