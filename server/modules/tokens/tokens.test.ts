import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

let account = 0;
beforeAll(async () => {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', {
    name: 'ci',
    role: 'Viewer',
  });
  expect(status).toBe(201);
  account = body.id;
});

async function issue(name: string, more: object = {}): Promise<{ id: number; key: string }> {
  const { status, body } = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/tokens`, {
    name,
    ...more,
  });
  expect(status).toBe(200);
  return body;
}

test('a token opens its organization', async () => {
  const { key } = await issue('opens');
  const { status, body } = await world.send({ bearer: key }, 'GET', '/api/org');
  expect(status).toBe(200);
  expect(body).toMatchObject({ id: 1, name: 'Main Org.' });
});

test('a deleted token is refused at once', async () => {
  const { id, key } = await issue('to be deleted');
  expect((await world.send({ bearer: key }, 'GET', '/api/org')).status).toBe(200);
  await world.send(ADMIN, 'DELETE', `/api/serviceaccounts/${account}/tokens/${id}`);
  const { status, body, headers } = await world.send({ bearer: key }, 'GET', '/api/org');
  expect(status).toBe(401);
  expect(body.message).toBe('Invalid API key');
  expect(headers.get('www-authenticate')).toContain('Bearer');
});

test('a revoked token is refused at once, and says so', async () => {
  const { id, key } = await issue('to be revoked');
  expect((await world.send({ bearer: key }, 'GET', '/api/org')).status).toBe(200);
  await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/tokens/${id}/revoke`);
  const { status, body } = await world.send({ bearer: key }, 'GET', '/api/org');
  expect(status).toBe(401);
  expect(body.message).toBe('Token revoked');
});

test('a token is not valid at the second at which it expires', async () => {
  const { key } = await issue('short', { secondsToLive: 60 });
  world.clock.advance(58_000);
  expect((await world.send({ bearer: key }, 'GET', '/api/org')).status).toBe(200);
  world.clock.advance(2_000);
  const { status, body } = await world.send({ bearer: key }, 'GET', '/api/org');
  expect(status).toBe(401);
  expect(body.message).toBe('Token expired');
});

test('the tokens of a disabled account are refused at once, and work again when it is enabled', async () => {
  const { key } = await issue('of a disabled account');
  expect((await world.send({ bearer: key }, 'GET', '/api/org')).status).toBe(200);
  await world.send(ADMIN, 'PATCH', `/api/serviceaccounts/${account}`, { isDisabled: true });
  const { status, body } = await world.send({ bearer: key }, 'GET', '/api/org');
  expect(status).toBe(401);
  expect(body.message).toBe('Service account is disabled');
  await world.send(ADMIN, 'PATCH', `/api/serviceaccounts/${account}`, { isDisabled: false });
  expect((await world.send({ bearer: key }, 'GET', '/api/org')).status).toBe(200);
});

test('a token is listed with its last use, even before that is written', async () => {
  const { id, key } = await issue('listed');
  await world.send({ bearer: key }, 'GET', '/api/org');
  const { body } = await world.send(ADMIN, 'GET', `/api/serviceaccounts/${account}/tokens`);
  const token = body.find((listed: { id: number }) => listed.id === id);
  expect(token).toMatchObject({ name: 'listed', expiration: null, hasExpired: false, isRevoked: false });
  expect(token.lastUsedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test('a token says who made it, to whoever may know', async () => {
  const { id, key } = await issue('made by somebody');
  const path = `/api/serviceaccounts/${account}/tokens`;
  const admin = await makeMember(world, 1, 'maker', 'Admin');
  const own = await world.send(admin.as, 'POST', path, { name: 'made by the maker' });
  const makersFor = async (as: As) => {
    const { body } = await world.send(as, 'GET', path);
    const makers = body.map((token: { id: number; createdBy: string | null }) => [token.id, token.createdBy]);
    return new Map<number, string | null>(makers);
  };
  const seen = await makersFor(ADMIN);
  expect([seen.get(id), seen.get(own.body.id)]).toEqual(['admin', 'maker']);
  // A Viewer's token reads its own account, and nobody's names.
  expect(new Set((await makersFor({ bearer: key })).values())).toEqual(new Set([null]));
  await world.send(ADMIN, 'PATCH', `/api/orgs/1/users/${admin.id}`, { role: 'Viewer' });
  await world.send(ADMIN, 'POST', `/api/access-control/serviceaccounts/${account}/users/${admin.id}`, {
    permission: 'Edit',
  });
  const seenByMaker = await makersFor(admin.as);
  expect([seenByMaker.get(id), seenByMaker.get(own.body.id)]).toEqual([null, 'maker']);
});

test('a token that was an API key says which, and since when it is a token', async () => {
  const { body: key } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'moved', role: 'Viewer' });
  world.clock.advance(60_000);
  const { body } = await world.send(ADMIN, 'POST', `/api/serviceaccounts/migrate/${key.id}`);
  const path = `/api/serviceaccounts/${body.key.serviceAccountId}/tokens`;
  const { body: fresh } = await world.send(ADMIN, 'POST', path, { name: 'not moved' });
  const { body: tokens } = await world.send(ADMIN, 'GET', path);
  const [second, first] = tokens;
  expect(first).toMatchObject({ name: 'moved', createdBy: 'admin' });
  expect(first.migratedFrom).toEqual({ apiKeyId: key.id, at: expect.stringMatching(/Z$/) });
  expect(first.migratedFrom.at > first.created).toBe(true);
  expect(second).toMatchObject({ id: fresh.id, migratedFrom: null });
});

test('names of keys and tokens share one space', async () => {
  await issue('taken');
  const twice = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/tokens`, { name: 'taken' });
  expect(twice.status).toBe(409);
  const asKey = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'taken', role: 'Viewer' });
  expect(asKey.status).toBe(409);
});

test('who has no such role in a further organization of an account gets no token of it, but ends those there are', async () => {
  const further = await makeOrg(world, 'further');
  const admin = await makeMember(world, 1, 'admin-of-one', 'Admin');
  const { id: known } = await issue('known');
  const path = `/api/serviceaccounts/${account}`;
  const grant = (role: string) => world.send(ADMIN, 'POST', `${path}/orgs`, { orgId: further, role });
  const issueAs = async (name: string): Promise<number> =>
    (await world.send(admin.as, 'POST', `${path}/tokens`, { name })).status;

  expect(await issueAs('before')).toBe(200);
  expect((await grant('Viewer')).status).toBe(200);
  expect(await issueAs('elsewhere')).toBe(403);
  expect((await world.send(admin.as, 'DELETE', `${path}/tokens/${known}`)).status).toBe(200);

  const joining = { loginOrEmail: admin.login, role: 'Viewer' };
  expect((await world.send(ADMIN, 'POST', `/api/orgs/${further}/users`, joining)).status).toBe(200);
  expect(await issueAs('as a Viewer there')).toBe(200);
  expect((await grant('Editor')).status).toBe(200);
  expect(await issueAs('as an Editor there')).toBe(403);
  expect((await world.send(ADMIN, 'DELETE', `${path}/orgs/${further}`)).status).toBe(200);
  expect(await issueAs('after')).toBe(200);
});
