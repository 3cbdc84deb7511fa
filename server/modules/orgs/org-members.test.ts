import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MadeUser, makeMember, makeOrg, makeUser } from '../../testing/people.ts';
import { ADMIN, startWorld, type World } from '../../testing/world.ts';

let world: World;
let orgId: number;
let owner: MadeUser;
beforeAll(async () => {
  world = await startWorld();
  orgId = await makeOrg(world, 'members');
  owner = await makeMember(world, orgId, 'owner', 'Admin');
});
afterAll(() => world.stop());

async function logins(as: MadeUser['as'], path: string): Promise<string[]> {
  const { status, body } = await world.send(as, 'GET', path);
  expect(status).toBe(200);
  return (body.orgUsers ?? body).map((member: { login: string }) => member.login);
}

test('an Admin adds somebody by login or by email, whatever the case, and they may act at once', async () => {
  const byLogin = await makeUser(world, 'newcomer');
  const inOrg = { 'x-grafana-org-id': String(orgId) };
  expect((await world.send(byLogin.as, 'GET', '/api/org', undefined, inOrg)).status).toBe(403);
  const added = await world.send(owner.as, 'POST', '/api/org/users', {
    loginOrEmail: 'NewComer',
    role: 'Viewer',
  });
  expect(added).toMatchObject({
    status: 200,
    body: { message: 'User added to organization', userId: byLogin.id },
  });
  expect((await world.send(byLogin.as, 'GET', '/api/org', undefined, inOrg)).body.id).toBe(orgId);

  const byEmail = await makeUser(world, 'newcomer2');
  const body = { loginOrEmail: 'NEWCOMER2@example.org', role: 'Editor' };
  expect((await world.send(owner.as, 'POST', '/api/org/users', body)).body.userId).toBe(byEmail.id);
});

test('a member is not added twice, and nobody is not added', async () => {
  const twice = await world.send(owner.as, 'POST', '/api/org/users', {
    loginOrEmail: 'owner',
    role: 'Viewer',
  });
  expect(twice).toMatchObject({
    status: 409,
    body: { message: 'User is already member of this organization', userId: owner.id },
  });
  const ghost = await world.send(owner.as, 'POST', '/api/org/users', {
    loginOrEmail: 'ghost',
    role: 'Viewer',
  });
  expect(ghost).toMatchObject({ status: 404, body: { message: 'User not found' } });
  const nowhere = await world.send(ADMIN, 'POST', '/api/orgs/99999/users', {
    loginOrEmail: 'owner',
    role: 'Viewer',
  });
  expect(nowhere).toMatchObject({ status: 404, body: { message: 'Organization not found' } });
  expect((await world.send(ADMIN, 'GET', '/api/orgs/99999/users')).status).toBe(404);
});

test.each([
  ['nobody', {}],
  ['no role', { loginOrEmail: 'owner' }],
  ['only a role', { role: 'Viewer' }],
  ['an unknown role', { loginOrEmail: 'owner', role: 'King' }],
  ['a role in other letters', { loginOrEmail: 'owner', role: 'admin' }],
  ['a number', { loginOrEmail: 7, role: 'Viewer' }],
  ['a NUL', { loginOrEmail: 'a\u0000b', role: 'Viewer' }],
  ['10,000 characters', { loginOrEmail: 'x'.repeat(10_000), role: 'Viewer' }],
])('adding with %s is refused with 400', async (_, body) => {
  const answer = await world.send(owner.as, 'POST', '/api/org/users', body);
  expect(answer).toMatchObject({ status: 400, body: { detail: expect.any(String) } });
});

test("a member's new role holds for the very next request", async () => {
  const member = await makeMember(world, orgId, 'promoted', 'Viewer');
  expect((await world.send(member.as, 'GET', '/api/org/users')).status).toBe(403);
  const path = `/api/org/users/${member.id}`;
  const up = await world.send(owner.as, 'PATCH', path, { role: 'Admin' });
  expect(up).toMatchObject({ status: 200, body: { message: 'Organization user updated' } });
  expect((await world.send(member.as, 'GET', '/api/org/users')).status).toBe(200);
  expect((await world.send(owner.as, 'PATCH', path, { role: 'None' })).status).toBe(200);
  expect((await world.send(member.as, 'GET', '/api/org')).status).toBe(403);
});

test('a removed member is out at the next request, without any permission left, and still a user', async () => {
  const member = await makeMember(world, orgId, 'removed', 'Editor');
  const other = await makeOrg(world, 'where they stay');
  await world.send(ADMIN, 'POST', `/api/orgs/${other}/users`, { loginOrEmail: 'removed', role: 'Viewer' });
  const subject = `user:${member.id}`;
  const row = { kind: 'folders', object_id: 'f', subject, level: 4, created_at: 0, updated_at: 0 };
  const { db } = world.context;
  await db
    .insertInto('object_permission')
    .values([
      { ...row, org_id: orgId },
      { ...row, org_id: other },
    ])
    .execute();
  expect((await world.send(member.as, 'GET', '/api/org')).body.id).toBe(orgId);

  const removed = await world.send(owner.as, 'DELETE', `/api/org/users/${member.id}`);
  expect(removed).toMatchObject({ status: 200, body: { message: 'User removed from organization' } });

  const inOrg = { 'x-grafana-org-id': String(orgId) };
  expect((await world.send(member.as, 'GET', '/api/org', undefined, inOrg)).status).toBe(403);
  expect((await world.send(member.as, 'GET', '/api/org')).body.id).toBe(other);
  const left = await db
    .selectFrom('object_permission')
    .select('org_id')
    .where('subject', '=', subject)
    .execute();
  expect(left).toEqual([{ org_id: other }]);
  expect((await world.send(owner.as, 'DELETE', `/api/org/users/${member.id}`)).status).toBe(404);
});

test('somebody who is in no organization any more may sign in and see that', async () => {
  const member = await makeMember(world, orgId, 'homeless', 'Viewer');
  await world.send(owner.as, 'DELETE', `/api/org/users/${member.id}`);
  const { status, body } = await world.send(member.as, 'GET', '/api/user');
  expect(status).toBe(200);
  expect(body).toMatchObject({ orgId: 0, orgRole: 'None' });
  expect((await world.send(member.as, 'GET', '/api/user/orgs')).body).toEqual([]);
  expect((await world.send(member.as, 'GET', '/api/org')).status).toBe(403);
  expect((await world.send(member.as, 'GET', '/api/org/users')).status).toBe(403);
});

test('the last Admin of an organization is neither removed nor demoted, by nobody', async () => {
  const small = await makeOrg(world, 'one admin');
  const path = `/api/orgs/${small}/users/1`;
  const removed = await world.send(ADMIN, 'DELETE', path);
  expect(removed).toMatchObject({ status: 400, body: { message: 'Cannot remove last organization admin' } });
  const demoted = await world.send(ADMIN, 'PATCH', path, { role: 'Editor' });
  expect(demoted).toMatchObject({
    status: 400,
    body: { message: 'Cannot change role so that there is no organization admin left' },
  });
  expect((await world.send(ADMIN, 'PATCH', path, { role: 'Admin' })).status).toBe(200);

  const second = await makeMember(world, small, 'second-admin', 'Admin');
  expect((await world.send(second.as, 'DELETE', '/api/org/users/1')).status).toBe(200);
  expect((await world.send(second.as, 'DELETE', `/api/org/users/${second.id}`)).status).toBe(400);
});

test('of two Admins who remove each other at the same time, one stays', async () => {
  const small = await makeOrg(world, 'two admins');
  const second = await makeMember(world, small, 'rival', 'Admin');
  const answers = await Promise.all([
    world.send(ADMIN, 'DELETE', `/api/orgs/${small}/users/1`),
    world.send(ADMIN, 'DELETE', `/api/orgs/${small}/users/${second.id}`),
  ]);
  const statuses = answers.map((answer) => answer.status);
  expect(statuses).toEqual(expect.arrayContaining([200, 400]));
  expect((await world.send(ADMIN, 'GET', `/api/orgs/${small}/users`)).body).toHaveLength(1);
});

test("another organization's Admin neither sees nor touches this one's members", async () => {
  const theirs = await makeOrg(world, 'theirs');
  const victim = await makeMember(world, theirs, 'victim', 'Viewer');
  const calls = [
    ['PATCH', `/api/org/users/${victim.id}`, { role: 'Admin' }, 404],
    ['DELETE', `/api/org/users/${victim.id}`, undefined, 404],
    ['GET', `/api/orgs/${theirs}/users`, undefined, 403],
    ['GET', `/api/orgs/${theirs}/users/search`, undefined, 403],
    ['POST', `/api/orgs/${theirs}/users`, { loginOrEmail: 'owner', role: 'Admin' }, 403],
    ['PATCH', `/api/orgs/${theirs}/users/${victim.id}`, { role: 'Admin' }, 403],
    ['DELETE', `/api/orgs/${theirs}/users/${victim.id}`, undefined, 403],
  ] as const;
  for (const [method, path, body, wanted] of calls) {
    const { status } = await world.send(owner.as, method, path, body);
    expect(status, `${method} ${path}`).toBe(wanted);
  }
  const asThere = { 'x-grafana-org-id': String(theirs) };
  const role = { role: 'Admin' };
  const jump = await world.send(owner.as, 'PATCH', `/api/org/users/${victim.id}`, role, asThere);
  expect(jump.status).toBe(403);
  expect(await logins(owner.as, '/api/org/users?perpage=5000')).not.toContain('victim');
  const { body } = await world.send(ADMIN, 'GET', `/api/orgs/${theirs}/users?query=victim`);
  expect(body).toMatchObject([{ userId: victim.id, role: 'Viewer' }]);
});

test('an Editor learns nothing of the members, not even what would be wrong with a request', async () => {
  const editor = await makeMember(world, orgId, 'editor', 'Editor');
  const calls = [
    ['GET', '/api/org/users'],
    ['GET', '/api/org/users/search'],
    ['GET', '/api/org/users/lookup'],
    ['POST', '/api/org/users'],
    ['PATCH', '/api/org/users/1'],
    ['DELETE', '/api/org/users/abc'],
  ] as const;
  for (const [method, path] of calls) {
    const { status } = await world.send(editor.as, method, path, method === 'GET' ? undefined : {});
    expect(status, `${method} ${path}`).toBe(403);
  }
});

test('members are listed by login, page by page until an empty one, in every list', async () => {
  const big = await makeOrg(world, 'many');
  for (const login of ['m3', 'm1', 'm2']) await makeMember(world, big, login, 'Viewer');
  for (const path of [`/api/orgs/${big}/users?`, `/api/orgs/${big}/users/search?`]) {
    expect(await logins(ADMIN, path)).toEqual(['admin', 'm1', 'm2', 'm3']);
    expect(await logins(ADMIN, `${path}query=M1@EXAMPLE`)).toEqual(['m1']);
    expect(await logins(ADMIN, `${path}limit=2`)).toEqual(['admin', 'm1']);
    expect(await logins(ADMIN, `${path}perpage=3&page=2`)).toEqual(['m3']);
    expect(await logins(ADMIN, `${path}perpage=3&page=3`)).toEqual([]);
  }
  const { body } = await world.send(ADMIN, 'GET', `/api/orgs/${big}/users/search?query=m&perpage=2`);
  expect(body).toMatchObject({ totalCount: 4, page: 1, perPage: 2 });
  const inBig = { 'x-grafana-org-id': String(big) };
  const hints = await world.send(ADMIN, 'GET', '/api/org/users/lookup?query=m3&limit=1', undefined, inBig);
  expect(hints.body).toEqual([{ userId: expect.any(Number), login: 'm3', avatarUrl: expect.any(String) }]);
});

test('a listed member has what Grafana shows of one, and no secret', async () => {
  const { body } = await world.send(ADMIN, 'GET', `/api/orgs/${orgId}/users?query=owner`);
  expect(body).toHaveLength(1);
  expect(body[0]).toEqual({
    orgId,
    userId: owner.id,
    email: 'owner@example.org',
    name: 'owner',
    avatarUrl: expect.stringMatching(/^\/avatar\/[0-9a-f]{32}$/),
    login: 'owner',
    role: 'Admin',
    lastSeenAt: expect.any(String),
    lastSeenAtAge: '< 1 minute',
    isDisabled: false,
    authLabels: [],
  });
});

test('a service account is no member and cannot become one', async () => {
  await world.send(owner.as, 'POST', '/api/serviceaccounts', { name: 'robot', role: 'Viewer' });
  expect(await logins(owner.as, '/api/org/users?query=robot')).toEqual([]);
  const added = await world.send(owner.as, 'POST', '/api/org/users', {
    loginOrEmail: 'sa-robot',
    role: 'Viewer',
  });
  expect(added.status).toBe(404);
});
