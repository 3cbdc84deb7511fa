import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';

// The troubleshooting text: every request that it tells people to try, in its order.

let world: World;
let viewerKey = '';
let adminKey = '';
let adminKeyId = 0;
beforeAll(async () => {
  // Its configuration, too, as it stands there.
  world = await startWorld({
    security: { api_key_max_seconds_to_live: -1, auth_token_max_seconds_to_live: -1 },
    log: { level: 'debug' },
    'log.filters': { api: 'debug', auth: 'debug' },
  });
  const viewer = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'viewer', role: 'Viewer' });
  viewerKey = viewer.body.key;
});
afterAll(() => world.stop());

let account = 0;
let token = '';
let tokenId = 0;

test('keys are listed with the password', async () => {
  const { status, body } = await world.send(ADMIN, 'GET', '/api/auth/keys');
  expect(status).toBe(200);
  expect(body).toHaveLength(1);
});

test('an automation key with a life of a day is made', async () => {
  const wanted = { name: 'automation-key', role: 'Admin', secondsToLive: 86_400 };
  const { status, body } = await world.send(ADMIN, 'POST', '/api/auth/keys', wanted);
  expect(status).toBe(200);
  adminKey = body.key;
  adminKeyId = body.id;
});

test('a service account and a token of it are made', async () => {
  const made = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'automation', role: 'Admin' });
  expect(made.status).toBe(201);
  account = made.body.id;
  const issued = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/tokens`, {
    name: 'automation-token',
  });
  expect(issued.status).toBe(200);
  token = issued.body.key;
  tokenId = issued.body.id;
});

test('service accounts and tokens are listed with the password', async () => {
  const accounts = await world.send(ADMIN, 'GET', '/api/serviceaccounts');
  expect(accounts.status).toBe(200);
  expect(accounts.body).toEqual([expect.objectContaining({ id: account, name: 'automation', tokens: 1 })]);
  const tokens = await world.send(ADMIN, 'GET', `/api/serviceaccounts/${account}/tokens`);
  expect(tokens.status).toBe(200);
  expect(tokens.body).toEqual([
    expect.objectContaining({ id: tokenId, hasExpired: false, isRevoked: false }),
  ]);
});

test('a key works as a bearer', async () => {
  expect((await world.send({ bearer: viewerKey }, 'GET', '/api/dashboards/home')).status).toBe(200);
});

test('a key works as the password of the user api_key', async () => {
  expect((await world.send({ basic: `api_key:${viewerKey}` }, 'GET', '/api/dashboards/home')).status).toBe(
    200,
  );
});

test('a header without the word Bearer is refused, and says what is missing', async () => {
  const headers = { authorization: viewerKey };
  const { status, body } = await world.send(undefined, 'GET', '/api/dashboards/home', undefined, headers);
  expect(status).toBe(401);
  expect(JSON.stringify(body)).toContain('Authorization: Bearer <key>');
});

test('the word Bearer without a key, as an empty variable leaves it, is refused, and says so', async () => {
  const headers = { authorization: 'Bearer ' };
  const { status, body } = await world.send(undefined, 'GET', '/api/dashboards/home', undefined, headers);
  expect(status).toBe(401);
  expect(body.detail).toContain('No key follows');
});

test.each([
  ['key', () => viewerKey, 'api-key', 'viewer', 'Viewer'],
  ['token', () => token, 'service-account', 'automation', 'Admin'],
])('a %s is verified by asking who it is', async (_kind, secret, kind, name, orgRole) => {
  const { status, body } = await world.send({ bearer: secret() }, 'GET', '/api/user');
  expect(status).toBe(200);
  expect(body).toMatchObject({ kind, name, orgId: 1, orgRole });
});

test('the list of keys gives the name, the role and the organization of each', async () => {
  const { body } = await world.send(ADMIN, 'GET', '/api/auth/keys');
  const rows = body.map(({ name, role, orgId }: Record<string, unknown>) => ({ name, role, orgId }));
  expect(rows).toEqual([
    { name: 'automation-key', role: 'Admin', orgId: 1 },
    { name: 'viewer', role: 'Viewer', orgId: 1 },
  ]);
});

test.each(['/api/admin/settings', '/api/users', '/api/orgs', '/api/admin/stats'])(
  '%s opens to the Admin key of the main organization, and to no Viewer',
  async (path) => {
    expect((await world.send({ bearer: adminKey }, 'GET', path)).status).toBe(200);
    const { status, body } = await world.send({ bearer: viewerKey }, 'GET', path);
    expect(status).toBe(403);
    expect(body.message).toMatch(/^Permission denied/);
  },
);

test('data sources are made and deleted by the Admin key only', async () => {
  const wanted = { name: 'metrics', type: 'prometheus', access: 'proxy', url: 'http://localhost:9090' };
  expect((await world.send({ bearer: viewerKey }, 'POST', '/api/datasources', wanted)).status).toBe(403);
  const { status, body } = await world.send({ bearer: adminKey }, 'POST', '/api/datasources', wanted);
  expect(status).toBe(200);
  expect((await world.send({ bearer: viewerKey }, 'DELETE', `/api/datasources/${body.id}`)).status).toBe(403);
  expect((await world.send({ bearer: adminKey }, 'DELETE', `/api/datasources/${body.id}`)).status).toBe(200);
});

test('an Admin key is made', async () => {
  const { status } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'admin-key', role: 'Admin' });
  expect(status).toBe(200);
});

test('a token is refused in another organization until the account is granted it', async () => {
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'second' });
  const header = { 'x-grafana-org-id': String(body.orgId) };
  const refused = await world.send({ bearer: token }, 'GET', '/api/dashboards/home', undefined, header);
  expect(refused.status).toBe(403);
  expect(refused.body.message).toContain('organization 1');

  const granted = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/orgs`, {
    orgId: body.orgId,
  });
  expect(granted.status).toBe(200);
  expect((await world.send({ bearer: token }, 'GET', '/api/dashboards/home', undefined, header)).status).toBe(
    200,
  );
  const where = await world.send({ bearer: token }, 'GET', '/api/org', undefined, header);
  expect(where.body.name).toBe('second');
});

test('an empty dashboard is a bad request to who may write, and refused to who may not', async () => {
  const empty = { dashboard: {}, overwrite: false };
  expect((await world.send({ bearer: adminKey }, 'POST', '/api/dashboards/db', empty)).status).toBe(400);
  expect((await world.send({ bearer: viewerKey }, 'POST', '/api/dashboards/db', empty)).status).toBe(403);
});

test('a token reads its own service account', async () => {
  const { status, body } = await world.send({ bearer: token }, 'GET', `/api/serviceaccounts/${account}`);
  expect(status).toBe(200);
  expect(body.name).toBe('automation');
});

test('a disabled account, a revoked token and a deleted key are refused with the documented words', async () => {
  const disabled = await world.send(ADMIN, 'PATCH', `/api/serviceaccounts/${account}`, { isDisabled: true });
  expect(disabled.status).toBe(200);
  const whileDisabled = await world.send({ bearer: token }, 'GET', '/api/org');
  expect([whileDisabled.status, whileDisabled.body.message]).toEqual([401, 'Service account is disabled']);
  await world.send(ADMIN, 'PATCH', `/api/serviceaccounts/${account}`, { isDisabled: false });

  const removed = await world.send(ADMIN, 'DELETE', `/api/serviceaccounts/${account}/tokens/${tokenId}`);
  expect(removed.status).toBe(200);
  const afterwards = await world.send({ bearer: token }, 'GET', '/api/org');
  expect([afterwards.status, afterwards.body.message]).toEqual([401, 'Invalid API key']);

  expect((await world.send(ADMIN, 'DELETE', `/api/auth/keys/${adminKeyId}`)).status).toBe(200);
  expect((await world.send({ bearer: adminKey }, 'GET', '/api/org')).status).toBe(401);
});

test('an expired key is refused as such', async () => {
  const wanted = { name: 'short', role: 'Viewer', secondsToLive: 1 };
  const { body } = await world.send(ADMIN, 'POST', '/api/auth/keys', wanted);
  world.clock.advance(1000);
  const refused = await world.send({ bearer: body.key }, 'GET', '/api/org');
  expect([refused.status, refused.body.message]).toEqual([401, 'Token expired']);
});

test('the log says why a credential was refused, in a line that grep -i auth finds, without the credential', async () => {
  const before = world.log.length;
  await world.send({ bearer: adminKey }, 'GET', '/api/org');
  const lines = world.log.slice(before).filter((line) => /auth/i.test(line));
  expect(lines.join('\n')).toMatch(/logger=auth .*credential refused.* reason=unknown/);
  expect(world.log.join('\n')).not.toContain(adminKey);
});
