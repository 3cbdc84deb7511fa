import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg, makeUser, type MadeUser } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';
import { writeUserUses } from './last-seen.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const logins = (users: { login: string }[]): string[] => users.map((user) => user.login);

test('users are listed by login, page by page until an empty page', async () => {
  for (const login of ['lister-c', 'lister-a', 'lister-b']) await makeUser(world, login);
  const found: string[] = [];
  for (let page = 1; ; page++) {
    const { body } = await world.send(ADMIN, 'GET', `/api/users?query=LISTER&perpage=2&page=${page}`);
    if (body.length === 0) break;
    found.push(...logins(body));
    expect(page).toBeLessThan(5);
  }
  expect(found).toEqual(['lister-a', 'lister-b', 'lister-c']);
  const search = await world.send(ADMIN, 'GET', '/api/users/search?query=lister&perpage=2&page=2');
  expect(search.body).toMatchObject({ totalCount: 3, page: 2, perPage: 2 });
  expect(logins(search.body.users)).toEqual(['lister-c']);
});

test('a listed user has what Grafana shows of one, ten years unseen, and no secret', async () => {
  const { id } = await makeUser(world, 'shown');
  const { body } = await world.send(ADMIN, 'GET', '/api/users?query=shown@example');
  expect(body).toEqual([
    {
      id,
      name: 'shown',
      login: 'shown',
      email: 'shown@example.org',
      avatarUrl: expect.stringMatching(/^\/avatar\/[0-9a-f]{32}$/),
      isAdmin: false,
      isDisabled: false,
      lastSeenAt: expect.any(String),
      lastSeenAtAge: '10 years',
      authLabels: [],
    },
  ]);
});

test('a user is found by id, login or email, whatever the case, and 404 otherwise', async () => {
  const { id } = await makeUser(world, 'sought');
  for (const path of [
    `/api/users/${id}`,
    '/api/users/lookup?loginOrEmail=SOUGHT',
    '/api/users/lookup?loginOrEmail=Sought@Example.org',
  ]) {
    const { status, body } = await world.send(ADMIN, 'GET', path);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, login: 'sought', orgId: 1, isGrafanaAdmin: false, isDisabled: false });
    expect(JSON.stringify(body)).not.toContain('argon2');
  }
  for (const path of ['/api/users/99999', '/api/users/99999/orgs', '/api/users/lookup?loginOrEmail=ghost']) {
    const { status, body } = await world.send(ADMIN, 'GET', path);
    expect({ status, message: body.message }).toEqual({ status: 404, message: 'user not found' });
  }
  expect((await world.send(ADMIN, 'GET', '/api/users/abc')).status).toBe(400);
  expect((await world.send(ADMIN, 'GET', '/api/users/lookup')).status).toBe(400);
});

test('the organizations of a user are listed with their roles', async () => {
  const orgId = await makeOrg(world, 'a second one');
  const user = await makeUser(world, 'in-two');
  await world.send(ADMIN, 'POST', `/api/orgs/${orgId}/users`, { loginOrEmail: 'in-two', role: 'Editor' });
  const { body } = await world.send(ADMIN, 'GET', `/api/users/${user.id}/orgs`);
  expect(body).toEqual([
    { orgId: 1, name: 'Main Org.', role: 'Viewer' },
    { orgId, name: 'a second one', role: 'Editor' },
  ]);
});

test('an administrator changes what a user is called; what is left out stays, and an empty name is a name', async () => {
  const user = await makeUser(world, 'renamed');
  const path = `/api/users/${user.id}`;
  const changed = await world.send(ADMIN, 'PUT', path, { login: 'ReNamed2', email: 'New@Example.org' });
  expect(changed).toMatchObject({ status: 200, body: { message: 'User updated' } });
  expect((await world.send(ADMIN, 'GET', path)).body).toMatchObject({
    login: 'renamed2',
    email: 'new@example.org',
    name: 'renamed',
  });
  await world.send(ADMIN, 'PUT', path, { login: 'renamed2', name: '' });
  expect((await world.send(ADMIN, 'GET', path)).body).toMatchObject({ email: 'new@example.org', name: '' });
  expect((await world.send(ADMIN, 'GET', '/api/users?query=new@example')).body).toHaveLength(1);
  const nothing = await world.send(ADMIN, 'PUT', path, { name: 'only a name' });
  expect(nothing).toMatchObject({
    status: 400,
    body: { message: 'Validation error, need to specify either username or email' },
  });
  expect((await world.send(ADMIN, 'PUT', '/api/users/99999', { login: 'x' })).status).toBe(404);
});

test('an old login is worth nothing from the moment it is changed, and its next owner has only their own', async () => {
  const user = await makeUser(world, 'first-owner', { password: 'the same password' });
  const oldWay: As = { basic: 'first-owner:the same password' };
  expect((await world.send(oldWay, 'GET', '/api/user')).body.id).toBe(user.id);
  await world.send(ADMIN, 'PUT', `/api/users/${user.id}`, { login: 'moved-on', email: 'moved@example.org' });
  expect((await world.send(oldWay, 'GET', '/api/user')).status).toBe(401);
  const heir = await makeUser(world, 'first-owner', { password: 'the same password' });
  expect((await world.send(oldWay, 'GET', '/api/user')).body.id).toBe(heir.id);
});

test("nobody's login or email is another one's login or email, nor a service account's login", async () => {
  await makeUser(world, 'holder');
  await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'holder', role: 'Viewer' });
  const rival = await makeUser(world, 'rival');
  for (const names of [
    { login: 'HOLDER', email: 'free@example.org' },
    { login: 'free', email: 'Holder@Example.org' },
    { login: 'holder@example.org', email: 'free@example.org' },
    { login: 'free', email: 'holder' },
    { login: 'sa-holder', email: 'free@example.org' },
  ]) {
    const made = await world.send(ADMIN, 'POST', '/api/admin/users', { ...names, password: 'long enough' });
    expect(made.status, JSON.stringify(names)).toBe(412);
    expect(made.body.message).toBe(
      `User with email '${names.email.toLowerCase()}' or username '${names.login.toLowerCase()}' already exists`,
    );
    const changed = await world.send(ADMIN, 'PUT', `/api/users/${rival.id}`, names);
    expect(changed.status, JSON.stringify(names)).toBe(412);
    expect((await world.send(rival.as, 'PUT', '/api/user', names)).status).toBe(412);
  }
  expect((await world.send(rival.as, 'GET', '/api/user')).body).toMatchObject({ login: 'rival' });
  // One's own are no obstacle, in any order.
  const own = { login: 'rival@example.org', email: 'rival' };
  expect((await world.send(rival.as, 'PUT', '/api/user', own)).status).toBe(200);
});

test('of two users who are made at the same time under one name, one is', async () => {
  const wanted = { login: 'twin', email: 'twin@example.org', password: 'long enough' };
  const answers = await Promise.all(
    [1, 2, 3].map(() => world.send(ADMIN, 'POST', '/api/admin/users', wanted)),
  );
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  expect(answers.filter((answer) => answer.status === 412)).toHaveLength(2);
});

test.each([
  ['a NUL', { login: 'a\u0000b' }],
  ['10,000 characters', { login: 'x'.repeat(10_000) }],
  ['a number', { login: 7 }],
  ['a list', { login: 'x', name: [] }],
])('names with %s are refused with 400', async (_, body) => {
  const answer = await world.send(ADMIN, 'PUT', '/api/users/1', body);
  expect(answer).toMatchObject({ status: 400, body: { detail: expect.any(String) } });
});

test("the main organization's Admins read users and change none, by token too; other Admins do neither", async () => {
  const orgId = await makeOrg(world, 'elsewhere');
  const main = await makeMember(world, 1, 'main-admin', 'Admin');
  const other = await makeMember(world, orgId, 'other-admin', 'Admin');
  const { body: key } = await world.send(ADMIN, 'POST', '/api/auth/keys', {
    name: 'main key',
    role: 'Admin',
  });
  const inOther = { 'x-grafana-org-id': String(orgId) };
  const otherKey = { name: 'other key', role: 'Admin' };
  const { body: foreign } = await world.send(ADMIN, 'POST', '/api/auth/keys', otherKey, inOther);
  const reads = ['/api/users', '/api/users/search', '/api/users/1', '/api/users/1/orgs'];
  reads.push('/api/users/lookup?loginOrEmail=admin');
  for (const path of reads) {
    expect((await world.send(main.as, 'GET', path)).status, path).toBe(200);
    expect((await world.send({ bearer: key.key }, 'GET', path)).status, path).toBe(200);
    expect((await world.send(other.as, 'GET', path)).status, path).toBe(403);
    expect((await world.send({ bearer: foreign.key }, 'GET', path)).status, path).toBe(403);
  }
  for (const as of [main.as, { bearer: key.key }, other.as, { bearer: foreign.key }]) {
    for (const [method, path] of writes(main)) {
      expect((await world.send(as, method, path, {})).status, `${method} ${path}`).toBe(403);
    }
  }
});

function writes({ id }: MadeUser): [method: string, path: string][] {
  return [
    ['PUT', `/api/users/${id}`],
    ['POST', '/api/admin/users'],
    ['DELETE', `/api/admin/users/${id}`],
    ['PUT', `/api/admin/users/${id}/password`],
    ['PUT', `/api/admin/users/${id}/permissions`],
    ['POST', `/api/admin/users/${id}/disable`],
    ['POST', `/api/admin/users/${id}/enable`],
    ['POST', `/api/admin/users/${id}/logout`],
    ['POST', `/api/admin/users/${id}/revoke-auth-token`],
    ['PUT', '/api/admin/users/abc/password'],
  ];
}

test('when somebody was last seen is known at once, and written later', async () => {
  const user = await makeUser(world, 'seen');
  await world.send(user.as, 'GET', '/api/user');
  const seen = async () => (await world.send(ADMIN, 'GET', '/api/users?query=seen@example')).body[0];
  expect((await seen()).lastSeenAtAge).toBe('< 1 minute');
  world.clock.advance(3 * 60_000);
  await world.send(user.as, 'GET', '/api/user');
  expect((await seen()).lastSeenAtAge).toBe('3 minutes');
  world.clock.advance(3 * 60_000);
  await world.send(user.as, 'GET', '/api/user');
  expect((await seen()).lastSeenAtAge).toBe('< 1 minute');

  const stored = () =>
    world.context.db.selectFrom('user').select('last_seen_at').where('id', '=', user.id).executeTakeFirst();
  await writeUserUses(world.context);
  const before = await stored();
  expect(before?.last_seen_at).toBeGreaterThan(world.clock.now() - 60_000);
  // Within five minutes nothing is written again.
  world.clock.advance(4 * 60_000);
  await world.send(user.as, 'GET', '/api/user');
  await writeUserUses(world.context);
  expect(await stored()).toEqual(before);
});
