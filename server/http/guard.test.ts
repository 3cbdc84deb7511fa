import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg, signIn } from '../testing/people.ts';
import { ADMIN, startWorld, type World } from '../testing/world.ts';

let world: World;
let orgId: number;
beforeAll(async () => {
  world = await startWorld();
  orgId = await makeOrg(world, 'slow');
});
afterAll(() => world.stop());

/** A request whose body is kept back until `finish`; resolves once the server has seen its beginning. */
async function begin(authorization: string, path: string, body: string) {
  const outgoing = request(world.url + path, {
    method: 'POST',
    headers: { authorization, 'content-length': Buffer.byteLength(body) },
    agent: false,
  });
  const answered = once(outgoing, 'response');
  outgoing.write(body.slice(0, 1));
  // What is sent on another connection only now is answered later than this one was begun.
  await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    async finish(): Promise<number> {
      outgoing.end(body.slice(1));
      const [response] = await answered;
      response.resume();
      return response.statusCode;
    },
  };
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const KEY = JSON.stringify({ name: 'late', role: 'Admin' });

async function keys(): Promise<string[]> {
  const inOrg = { 'x-grafana-org-id': String(orgId) };
  const { body } = await world.send(ADMIN, 'GET', '/api/auth/keys', undefined, inOrg);
  return body.map(({ name }: { name: string }) => name);
}

test('who is demoted while the body is on its way does not do any more what an Admin does', async () => {
  const admin = await makeMember(world, orgId, 'demoted', 'Admin');
  expect((await world.send(admin.as, 'GET', '/api/auth/keys')).status).toBe(200);
  const slow = await begin(basic('demoted:password of demoted'), '/api/auth/keys', KEY);
  await world.send(ADMIN, 'PATCH', `/api/orgs/${orgId}/users/${admin.id}`, { role: 'Viewer' });
  expect(await slow.finish()).toBe(403);
  expect(await keys()).not.toContain('late');
});

test('a token that is deleted while the body is on its way is refused', async () => {
  const owner = await makeMember(world, orgId, 'owner', 'Admin');
  const account = { name: 'account', role: 'Admin' };
  const { id } = (await world.send(owner.as, 'POST', '/api/serviceaccounts', account)).body;
  const token = (await world.send(owner.as, 'POST', `/api/serviceaccounts/${id}/tokens`, { name: 't' })).body;
  expect((await world.send({ bearer: token.key }, 'GET', '/api/org')).status).toBe(200);
  const slow = await begin(`Bearer ${token.key}`, '/api/auth/keys', KEY);
  await world.send(owner.as, 'DELETE', `/api/serviceaccounts/${id}/tokens/${token.id}`);
  expect(await slow.finish()).toBe(401);
  expect(await keys()).not.toContain('late');
});

test('a body of nothing but blanks is waited for no less', async () => {
  const admin = await makeMember(world, orgId, 'blank', 'Admin');
  const { body: key } = await world.send(admin.as, 'POST', '/api/auth/keys', {
    name: 'kept',
    role: 'Viewer',
  });
  const path = `/api/auth/keys/${key.id}/revoke`;
  const slow = await begin(basic('blank:password of blank'), path, '   ');
  await world.send(ADMIN, 'DELETE', `/api/orgs/${orgId}/users/${admin.id}`);
  expect(await slow.finish()).toBe(403);
  expect((await world.send({ bearer: key.key }, 'GET', '/api/org')).status).toBe(200);
});

test('a session that gets a new secret with a change gets it once, and the browser has it', async () => {
  await makeMember(world, orgId, 'browsing', 'Admin');
  const browser = await signIn(world, 'browsing');
  const before = browser.cookie;
  world.clock.advance(11 * 60_000);
  expect((await browser.send('PUT', '/api/org/address', { city: 'Bern' })).status).toBe(200);
  expect(browser.cookie).not.toBe(before);
  world.clock.advance(2 * 60_000);
  expect((await browser.send('GET', '/api/org')).status).toBe(200);
});

test('who is refused the whole server is told that it takes its administrator, not a role in the organization', async () => {
  const viewer = await makeMember(world, orgId, 'looking-around', 'Viewer');
  const { status, body } = await world.send(viewer.as, 'GET', '/api/orgs');
  expect(status).toBe(403);
  expect(body.message).toBe('Permission denied: orgs:read is needed');
  expect(body.detail).toMatch(/; this needs an administrator of the server\.$/);
});

test('a refusal does not say the uid of what was named by its number', async () => {
  const viewer = await makeMember(world, orgId, 'counting', 'Viewer');
  const wanted = { name: 'source', type: 'prometheus', uid: 'telling' };
  const { id } = (await world.send(ADMIN, 'POST', `/api/datasources?orgId=${orgId}`, wanted)).body;
  const there = await world.send(viewer.as, 'DELETE', `/api/datasources/${id}`);
  expect(there.status).toBe(403);
  expect(JSON.stringify(there.body)).not.toContain('telling');
  const missing = await world.send(viewer.as, 'DELETE', '/api/datasources/999999');
  expect(missing.body.message).toBe(there.body.message);
});
