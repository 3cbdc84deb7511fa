import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

async function makeKey(name: string, role: string, more: object = {}): Promise<{ id: number; as: As }> {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name, role, ...more });
  expect(status).toBe(200);
  return { id: body.id, as: { bearer: body.key } };
}

test('a deleted key is refused at once', async () => {
  const { id, as } = await makeKey('deleted', 'Viewer');
  expect((await world.send(as, 'GET', '/api/org')).status).toBe(200);
  expect((await world.send(ADMIN, 'DELETE', `/api/auth/keys/${id}`)).status).toBe(200);
  expect((await world.send(as, 'GET', '/api/org')).status).toBe(401);
  expect((await world.send(ADMIN, 'DELETE', `/api/auth/keys/${id}`)).status).toBe(404);
});

test('a revoked key stays in the list, and is refused as revoked', async () => {
  const { id, as } = await makeKey('revoked', 'Viewer');
  expect((await world.send(as, 'GET', '/api/org')).status).toBe(200);
  expect((await world.send(ADMIN, 'POST', `/api/auth/keys/${id}/revoke`)).status).toBe(200);
  const { status, body } = await world.send(as, 'GET', '/api/org');
  expect([status, body.message]).toEqual([401, 'Token revoked']);
  const { body: keys } = await world.send(ADMIN, 'GET', '/api/auth/keys');
  expect(keys.find((key: { id: number }) => key.id === id).isRevoked).toBe(true);
});

test('a key holds what its role holds: Viewers and Editors manage no keys', async () => {
  for (const role of ['Viewer', 'Editor']) {
    const { as } = await makeKey(`as ${role}`, role);
    expect((await world.send(as, 'GET', '/api/org')).status).toBe(200);
    for (const [method, path, body] of [
      ['GET', '/api/auth/keys', undefined],
      ['POST', '/api/auth/keys', { name: 'more', role: 'Viewer' }],
      // What is wrong with a request is told only to who may make it.
      ['POST', '/api/auth/keys', '{not json'],
      ['DELETE', '/api/auth/keys/1', undefined],
      ['DELETE', '/api/auth/keys/abc', undefined],
    ] as const) {
      const answer = await world.send(as, method, path, body);
      expect(answer.status, `${role}: ${method} ${path}`).toBe(403);
      expect(answer.body.title).toBe('Access denied');
      expect(answer.body.message).toMatch(/^Permission denied: apikeys:/);
      expect(answer.body.detail).toContain('role Admin');
    }
  }
});

test('a name of any language and a key of any encoding of base64 work', async () => {
  const { as } = await makeKey('ключ 🔑', 'Viewer');
  expect((await world.send(as, 'GET', '/api/org')).status).toBe(200);
  const unpadded = { bearer: (as as { bearer: string }).bearer.replace(/=+$/, '') };
  expect((await world.send(unpadded, 'GET', '/api/org')).status).toBe(200);
});

test('a key of another organization is neither listed nor deleted', async () => {
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'other' });
  const there = { 'x-grafana-org-id': String(body.orgId) };
  const { id, as } = await makeKey('here', 'Admin');
  expect((await world.send(ADMIN, 'GET', '/api/auth/keys', undefined, there)).body).toEqual([]);
  expect((await world.send(ADMIN, 'DELETE', `/api/auth/keys/${id}`, undefined, there)).status).toBe(404);
  const { status, body: refusal } = await world.send(as, 'GET', '/api/org', undefined, there);
  expect(status).toBe(403);
  expect(refusal.message).toContain('organization 1');
});

test.each([
  ['', 'Unauthorized'],
  ['Bearer nonsense', 'Invalid API key'],
  ['Bearer', 'Invalid API key'],
  ['Bearer glsa_9244xlVFZK0j8Lh4fU8Cz6Z5tO664zIi_7a762939', 'Invalid API key'],
  ['Bearer glsa_aAxxaYc6QVtySMWxa7Np28bnbYDBV7j3_3799a9b4', 'Invalid API key'],
  [`Bearer ${Buffer.from('{"k":"x","n":"y","id":1}').toString('base64')}`, 'Invalid API key'],
  [`Bearer ${Buffer.from('{"k":7}').toString('base64')}`, 'Invalid API key'],
  [`Bearer ${Buffer.from('null').toString('base64')}`, 'Invalid API key'],
  [`Bearer ${'a'.repeat(7000)}`, 'Invalid API key'],
  ['Token abc', 'Invalid API key'],
  ['Basic !!!', 'Invalid Basic Auth Header'],
  [`Basic ${Buffer.from('api_key:nonsense').toString('base64')}`, 'Invalid API key'],
])('the header %j is refused with a challenge and a hint', async (authorization, message) => {
  const headers: Record<string, string> = authorization === '' ? {} : { authorization };
  const {
    status,
    body,
    headers: answered,
  } = await world.send(undefined, 'GET', '/api/org', undefined, headers);
  expect(status).toBe(401);
  expect(body.message).toBe(message);
  expect(body.detail).toBeTruthy();
  expect(answered.get('www-authenticate')).toMatch(/^Bearer realm=/);
});

test.each([
  [{ role: 'Viewer' }, 'name is required'],
  [{ name: 'x' }, 'role is required'],
  [{ name: 'x', role: 'King' }, 'role must be one of'],
  [{ name: 'x', role: 'Viewer', secondsToLive: '10' }, 'secondsToLive must be'],
  [{ name: 'x', role: 'Viewer', secondsToLive: 1.5 }, 'secondsToLive must be'],
  [{ name: 'x', role: 'Viewer', secondsToLive: 1e300 }, 'secondsToLive must be'],
  [{ name: 'x', role: 'Viewer', secondsToLive: -5 }, 'secondsToLive has to be'],
])('%j is a bad request, and the answer says what to change', async (wanted, detail) => {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/auth/keys', wanted);
  expect(status).toBe(400);
  expect(body.detail).toContain(detail);
});

test('a key that administers the server is ended by nobody but such an administrator', async () => {
  const { id, as } = await makeKey('of the server', 'Viewer', { isGrafanaAdmin: true });
  const admin = await makeKey('admin of one organization', 'Admin');
  for (const [method, path] of [
    ['DELETE', `/api/auth/keys/${id}`],
    ['POST', `/api/auth/keys/${id}/revoke`],
  ] as const) {
    expect((await world.send(admin.as, method, path)).status).toBe(403);
    expect((await world.send(as, 'GET', '/api/admin/stats')).status).toBe(200);
  }
  expect((await world.send(ADMIN, 'DELETE', `/api/auth/keys/${id}`)).status).toBe(200);
});

test('a body over the limit is refused', async () => {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/auth/keys', {
    name: 'x'.repeat(1_100_000),
    role: 'Viewer',
  });
  expect(status).toBe(413);
  expect(body.detail).toContain('1048576');
});

test('a body nested without end is refused', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const { status, body } = await world.send(ADMIN, 'POST', '/api/auth/keys', deep);
  expect(status).toBe(400);
  expect(body.detail).toContain('nested');
});

test('the secret is in the answer that creates it, and nowhere in the database', async () => {
  const { as } = await makeKey('only once', 'Viewer');
  const { bearer } = as as { bearer: string };
  const { k: secret } = JSON.parse(Buffer.from(bearer, 'base64').toString());
  const tables = ['credential', 'audit'] as const;
  for (const table of tables) {
    const rows = JSON.stringify(await world.context.db.selectFrom(table).selectAll().execute());
    expect(rows).not.toContain(secret);
    expect(rows).not.toContain(bearer);
  }
});
