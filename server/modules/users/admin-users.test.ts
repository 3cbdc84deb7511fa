import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg, makeUser, signIn } from '../../testing/people.ts';
import { ADMIN, startWorld, type World } from '../../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const make = (body: unknown) => world.send(ADMIN, 'POST', '/api/admin/users', body);
const orgsOf = async (id: number) => (await world.send(ADMIN, 'GET', `/api/users/${id}/orgs`)).body;

test('a new user joins the organization of the settings with the role of the settings', async () => {
  const made = await make({ name: 'One', email: 'One@Example.org', login: 'One', password: 'long enough' });
  expect(made).toMatchObject({ status: 200, body: { id: expect.any(Number), message: 'User created' } });
  expect(await orgsOf(made.body.id)).toEqual([{ orgId: 1, name: 'Main Org.', role: 'Viewer' }]);
  const { body } = await world.send({ basic: 'one:long enough' }, 'GET', '/api/user');
  expect(body).toMatchObject({ id: made.body.id, login: 'one', email: 'one@example.org', name: 'One' });
});

test('a new user joins the organization that is named, which must be there', async () => {
  const orgId = await makeOrg(world, 'named');
  const made = await make({ login: 'placed', password: 'long enough', OrgId: orgId });
  expect(await orgsOf(made.body.id)).toEqual([{ orgId, name: 'named', role: 'Viewer' }]);
  const lower = await make({ login: 'placed2', password: 'long enough', orgId });
  expect(await orgsOf(lower.body.id)).toEqual([{ orgId, name: 'named', role: 'Viewer' }]);
  const nowhere = await make({ login: 'misplaced', password: 'long enough', OrgId: 99_999 });
  expect(nowhere.status).toBe(400);
  expect(nowhere.body.detail).toContain('99999');
  expect((await world.send(ADMIN, 'GET', '/api/users/lookup?loginOrEmail=misplaced')).status).toBe(404);
});

test('where new users are not assigned, each gets an organization of their own, with a free name', async () => {
  const own = await startWorld({ users: { auto_assign_org: false } });
  try {
    const body = { login: 'loner', email: 'loner@example.org', password: 'long enough' };
    const orgs = async () => (await own.send({ basic: 'loner:long enough' }, 'GET', '/api/user/orgs')).body;
    const { body: first } = await own.send(ADMIN, 'POST', '/api/admin/users', body);
    expect(await orgs()).toEqual([{ orgId: 2, name: 'loner@example.org', role: 'Admin' }]);
    await own.send(ADMIN, 'DELETE', `/api/admin/users/${first.id}`);
    await own.send(ADMIN, 'POST', '/api/admin/users', body);
    expect(await orgs()).toEqual([{ orgId: 3, name: 'loner@example.org 2', role: 'Admin' }]);
    await own.send(ADMIN, 'POST', '/api/admin/users', { login: 'placed', password: 'long enough', OrgId: 1 });
    const placed = await own.send({ basic: 'placed:long enough' }, 'GET', '/api/user/orgs');
    expect(placed.body).toEqual([{ orgId: 1, name: 'Main Org.', role: 'Viewer' }]);
  } finally {
    await own.stop();
  }
});

const TOO_SHORT = 'Password is missing or too short';
const NO_NAME = 'Validation error, need specify either username or email';
const BAD = 'bad request data';

test.each([
  ['a short password', { login: 'x', password: 'abc' }, TOO_SHORT],
  ['no password', { login: 'x' }, TOO_SHORT],
  ['no login and no email', { name: 'x', password: 'long enough' }, NO_NAME],
  ['blanks for a login', { login: '  ', email: '', password: 'long enough' }, NO_NAME],
  ['a number for a login', { login: 7, password: 'long enough' }, BAD],
  ['a number for a password', { login: 'x', password: 7 }, BAD],
  ['a NUL in the login', { login: 'a\u0000b', password: 'long enough' }, BAD],
  ['a login of 10,000 characters', { login: 'x'.repeat(10_000), password: 'long enough' }, BAD],
  ['a password of 10,000 characters', { login: 'x', password: 'x'.repeat(10_000) }, BAD],
  ['a word for an organization', { login: 'x', password: 'long enough', OrgId: 'one' }, BAD],
])('a new user with %s is refused with 400', async (_, body, message) => {
  const answer = await make(body);
  expect(answer).toMatchObject({ status: 400, body: { message, detail: expect.any(String) } });
  expect((await world.send(ADMIN, 'GET', '/api/users/lookup?loginOrEmail=x')).status).toBe(404);
});

test('a password of any characters works in basic, also where they are no text', async () => {
  const bytes = Buffer.from([0x00, 0xff, 0xfe, 0x80, 0xc3, 0x28, 0x3a, 0x41]);
  // As a client in Go writes these bytes into JSON: each that is no UTF-8 becomes U+FFFD.
  const made = await make({ login: 'binary', password: '\u0000\ufffd\ufffd\ufffd\ufffd(:A' });
  expect(made.status).toBe(200);
  const header = Buffer.concat([Buffer.from('binary:'), bytes]).toString('base64');
  const { status } = await world.send(undefined, 'GET', '/api/user', undefined, {
    authorization: `Basic ${header}`,
  });
  expect(status).toBe(200);
});

test('an administrator sets a password: the old one and all sessions end at once', async () => {
  const user = await makeUser(world, 'forgetful');
  const browser = await signIn(world, 'forgetful');
  expect((await world.send(user.as, 'GET', '/api/user')).status).toBe(200);
  const path = `/api/admin/users/${user.id}/password`;
  const changed = await world.send(ADMIN, 'PUT', path, { password: 'another one' });
  expect(changed).toMatchObject({ status: 200, body: { message: 'User password updated' } });
  expect((await world.send(user.as, 'GET', '/api/user')).status).toBe(401);
  expect((await browser.send('GET', '/api/user')).status).toBe(401);
  expect((await world.send({ basic: 'forgetful:another one' }, 'GET', '/api/user')).status).toBe(200);
  const short = await world.send(ADMIN, 'PUT', path, { password: 'abc' });
  expect(short).toMatchObject({ status: 400, body: { message: 'New password too short' } });
  const nobody = await world.send(ADMIN, 'PUT', '/api/admin/users/99999/password', {
    password: 'long enough',
  });
  expect(nobody.status).toBe(404);
});

test('a disabled user is out at once, by password and by session, in the words of a wrong password', async () => {
  const user = await makeUser(world, 'suspended');
  const browser = await signIn(world, 'suspended');
  expect((await world.send(user.as, 'GET', '/api/user')).status).toBe(200);
  const off = await world.send(ADMIN, 'POST', `/api/admin/users/${user.id}/disable`);
  expect(off).toMatchObject({ status: 200, body: { message: 'User disabled' } });
  const refused = await world.send(user.as, 'GET', '/api/user');
  expect(refused).toMatchObject({ status: 401, body: { message: 'invalid username or password' } });
  expect((await browser.send('GET', '/api/user')).status).toBe(401);
  const login = { user: 'suspended', password: 'password of suspended' };
  expect((await world.send(undefined, 'POST', '/login', login)).status).toBe(401);

  const on = await world.send(ADMIN, 'POST', `/api/admin/users/${user.id}/enable`);
  expect(on).toMatchObject({ status: 200, body: { message: 'User enabled' } });
  expect((await world.send(user.as, 'GET', '/api/user')).status).toBe(200);
});

test('a user who is made administrator of the server is one at the next request, and no longer at the one after', async () => {
  const user = await makeUser(world, 'elevated');
  const path = `/api/admin/users/${user.id}/permissions`;
  expect((await world.send(user.as, 'GET', '/api/users')).status).toBe(403);
  const up = await world.send(ADMIN, 'PUT', path, { isGrafanaAdmin: true });
  expect(up).toMatchObject({ status: 200, body: { message: 'User permissions updated' } });
  expect((await world.send(user.as, 'GET', '/api/users')).status).toBe(200);
  await world.send(ADMIN, 'PUT', path, { isGrafanaAdmin: false });
  expect((await world.send(user.as, 'GET', '/api/users')).status).toBe(403);
  expect((await world.send(ADMIN, 'PUT', path, { isGrafanaAdmin: 'yes' })).status).toBe(400);
});

test('a deleted user is gone with all they had, and their id is given to nobody', async () => {
  const user = await makeUser(world, 'leaver');
  const browser = await signIn(world, 'leaver');
  const { db } = world.context;
  const permission = { org_id: 1, kind: 'folders', object_id: 'f', subject: `user:${user.id}`, level: 4 };
  await db
    .insertInto('object_permission')
    .values({ ...permission, created_at: 0, updated_at: 0 })
    .execute();
  expect((await world.send(user.as, 'GET', '/api/user')).status).toBe(200);

  const deleted = await world.send(ADMIN, 'DELETE', `/api/admin/users/${user.id}`);
  expect(deleted).toMatchObject({ status: 200, body: { message: 'User deleted' } });

  expect((await world.send(user.as, 'GET', '/api/user')).status).toBe(401);
  expect((await browser.send('GET', '/api/user')).status).toBe(401);
  const again = await world.send(ADMIN, 'DELETE', `/api/admin/users/${user.id}`);
  expect(again).toMatchObject({ status: 404, body: { message: 'user not found' } });
  for (const table of ['session', 'org_member', 'star'] as const) {
    const rows = await db.selectFrom(table).select('user_id').where('user_id', '=', user.id).execute();
    expect(rows, table).toEqual([]);
  }
  const left = await db
    .selectFrom('object_permission')
    .select('id')
    .where('subject', '=', `user:${user.id}`)
    .execute();
  expect(left).toEqual([]);
  const successor = await makeUser(world, 'leaver');
  expect(successor.id).toBeGreaterThan(user.id);
});

test('the last administrator of the server who can sign in stays one, also against their own will', async () => {
  const last = {
    status: 400,
    body: { message: 'cannot remove last grafana admin', detail: expect.any(String) },
  };
  const attempts = [
    ['DELETE', '/api/admin/users/1', undefined],
    ['POST', '/api/admin/users/1/disable', undefined],
    ['PUT', '/api/admin/users/1/permissions', { isGrafanaAdmin: false }],
  ] as const;
  for (const [method, path, body] of attempts) {
    expect(await world.send(ADMIN, method, path, body), path).toMatchObject(last);
  }
  // A disabled administrator does not count, and can be deleted.
  const second = await makeUser(world, 'second');
  await world.send(ADMIN, 'PUT', `/api/admin/users/${second.id}/permissions`, { isGrafanaAdmin: true });
  await world.send(ADMIN, 'POST', `/api/admin/users/${second.id}/disable`);
  expect(await world.send(ADMIN, 'DELETE', '/api/admin/users/1')).toMatchObject(last);
  await world.send(ADMIN, 'POST', `/api/admin/users/${second.id}/enable`);
  const answers = await Promise.all([
    world.send(ADMIN, 'POST', `/api/admin/users/${second.id}/disable`),
    world.send(second.as, 'POST', '/api/admin/users/1/disable'),
  ]);
  // Whichever comes first keeps the other one out: both done would leave nobody.
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  const left = await world.context.db
    .selectFrom('user')
    .select('id')
    .where('is_server_admin', '=', 1)
    .where('is_disabled', '=', 0)
    .execute();
  expect(left).toHaveLength(1);
  const survivor = left[0]?.id === 1 ? ADMIN : second.as;
  for (const id of [1, second.id]) await world.send(survivor, 'POST', `/api/admin/users/${id}/enable`);
  expect((await world.send(ADMIN, 'DELETE', `/api/admin/users/${second.id}`)).status).toBe(200);
});

test("an organization's Admin cannot touch a user through the server's routes, not even one of their own", async () => {
  const orgId = await makeOrg(world, 'not the server');
  const admin = await makeMember(world, orgId, 'org-admin', 'Admin');
  const member = await makeMember(world, orgId, 'org-member', 'Viewer');
  const calls = [
    ['DELETE', `/api/admin/users/${member.id}`],
    ['DELETE', '/api/admin/users/1'],
    ['PUT', '/api/admin/users/1/password'],
    ['PUT', `/api/admin/users/${admin.id}/permissions`],
    ['GET', '/api/admin/users/1/auth-tokens'],
    ['POST', '/api/admin/users/1/logout'],
  ] as const;
  for (const [method, path] of calls) {
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    expect((await world.send(admin.as, method, path, body)).status, `${method} ${path}`).toBe(403);
  }
});

test('a password is in no log line and no row of the audit', async () => {
  const secret = 'a very particular secret';
  const { body } = await make({ login: 'secretive', password: secret });
  await world.send(ADMIN, 'PUT', `/api/admin/users/${body.id}/password`, { password: `${secret} 2` });
  await world.send({ basic: `secretive:${secret}` }, 'GET', '/api/user');
  await world.send(undefined, 'POST', '/login', { user: secret, password: secret });
  expect(world.log.join('\n')).not.toContain(secret);
  const rows = await world.context.db.selectFrom('audit').selectAll().execute();
  expect(rows.filter((row) => row.object_name === 'secretive').map((row) => row.action)).toEqual([
    'users:create',
    'users.password:write',
  ]);
  expect(JSON.stringify(rows)).not.toContain(secret);
  expect(JSON.stringify(rows)).not.toContain('argon2');
});
