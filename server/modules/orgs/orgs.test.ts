import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg, makeUser, signIn } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

async function makeToken(orgId: number, account: object) {
  const headers = { 'x-grafana-org-id': String(orgId) };
  const { body: made } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', account, headers);
  const path = `/api/serviceaccounts/${made.id}/tokens`;
  const { status, body } = await world.send(ADMIN, 'POST', path, { name: `t-${made.id}` }, headers);
  expect(status).toBe(200);
  return { accountId: made.id as number, as: { bearer: body.key as string } satisfies As };
}

test('who makes an organization is its Admin, and nobody else is in it', async () => {
  const orgId = await makeOrg(world, 'founded');
  const { body } = await world.send(ADMIN, 'GET', `/api/orgs/${orgId}/users`);
  expect(body).toHaveLength(1);
  expect(body[0]).toMatchObject({ orgId, login: 'admin', role: 'Admin' });
});

test('a name can be taken only once, and is given back by a delete', async () => {
  const orgId = await makeOrg(world, 'taken');
  const again = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'taken' });
  expect(again).toMatchObject({ status: 409, body: { message: 'Organization name taken' } });
  const other = await makeOrg(world, 'other');
  const renamed = await world.send(ADMIN, 'PUT', `/api/orgs/${other}`, { name: 'taken' });
  expect(renamed).toMatchObject({ status: 400, body: { message: 'Organization name taken' } });
  expect((await world.send(ADMIN, 'DELETE', `/api/orgs/${orgId}`)).status).toBe(200);
  expect((await world.send(ADMIN, 'PUT', `/api/orgs/${other}`, { name: 'taken' })).status).toBe(200);
});

test.each([
  ['none', {}],
  ['an empty one', { name: '' }],
  ['a number', { name: 7 }],
  ['one of 10,000 characters', { name: 'x'.repeat(10_000) }],
  ['one with a NUL', { name: 'a\u0000b' }],
  ['no JSON', 'no json'],
])('a name that is none is refused with 400, and nothing is made: %s', async (_, body) => {
  const before = await world.send(ADMIN, 'GET', '/api/orgs');
  const { status, body: answer } = await world.send(ADMIN, 'POST', '/api/orgs', body);
  expect(status).toBe(400);
  expect(answer.detail).toEqual(expect.any(String));
  expect((await world.send(ADMIN, 'GET', '/api/orgs')).body).toEqual(before.body);
});

test('the list is read page by page from 0 until an empty page', async () => {
  for (const name of ['page a', 'page b', 'page c']) await makeOrg(world, name);
  const names: string[] = [];
  for (let page = 0; ; page++) {
    const { body } = await world.send(ADMIN, 'GET', `/api/orgs?query=PAGE&perpage=2&page=${page}`);
    if (body.length === 0) break;
    names.push(...body.map((org: { name: string }) => org.name));
    expect(page).toBeLessThan(5);
  }
  expect(names).toEqual(['page a', 'page b', 'page c']);
});

test('the search is read page by page from 1, and says how many there are and who is in each', async () => {
  for (const name of ['leaf a', 'leaf b', 'leaf c']) await makeOrg(world, name);
  const { body: orgs } = await world.send(ADMIN, 'GET', '/api/orgs?query=leaf');
  await makeMember(world, orgs[1].id, 'leafy', 'Viewer');
  const search = async (page: number) =>
    (await world.send(ADMIN, 'GET', `/api/orgs/search?query=LEAF&perpage=2&page=${page}`)).body;
  expect(await search(1)).toEqual({
    totalCount: 3,
    orgs: [
      { ...orgs[0], users: 1 },
      { ...orgs[1], users: 2 },
    ],
    page: 1,
    perPage: 2,
  });
  expect((await search(2)).orgs).toEqual([{ ...orgs[2], users: 1 }]);
  expect((await search(3)).orgs).toEqual([]);
});

test('a query takes % and _ as letters, and a name only as a whole', async () => {
  await makeOrg(world, '100%_sure');
  const found = await world.send(ADMIN, 'GET', `/api/orgs?query=${encodeURIComponent('%_')}`);
  expect(found.body.map((org: { name: string }) => org.name)).toEqual(['100%_sure']);
  expect((await world.send(ADMIN, 'GET', '/api/orgs?name=100')).body).toEqual([]);
});

test('an organization is found by id and by name, and 404 otherwise', async () => {
  const orgId = await makeOrg(world, 'näme / with & signs');
  const byName = `/api/orgs/name/${encodeURIComponent('näme / with & signs')}`;
  expect((await world.send(ADMIN, 'GET', byName)).body.id).toBe(orgId);
  expect((await world.send(ADMIN, 'GET', `/api/orgs/${orgId}`)).body.name).toBe('näme / with & signs');
  const missing = await world.send(ADMIN, 'GET', '/api/orgs/99999');
  expect(missing).toMatchObject({ status: 404, body: { message: 'Organization not found' } });
  expect((await world.send(ADMIN, 'GET', '/api/orgs/name/nobody')).status).toBe(404);
  expect((await world.send(ADMIN, 'GET', '/api/orgs/abc')).status).toBe(400);
});

test('an address keeps what is left out and loses what is sent empty', async () => {
  const orgId = await makeOrg(world, 'with an address');
  const path = `/api/orgs/${orgId}/address`;
  await world.send(ADMIN, 'PUT', path, { address1: 'Street 1', city: 'Town', zipCode: '123' });
  await world.send(ADMIN, 'PUT', path, { city: '', country: 'Land' });
  const { body } = await world.send(ADMIN, 'GET', `/api/orgs/${orgId}`);
  expect(body.address).toEqual({
    address1: 'Street 1',
    address2: '',
    city: '',
    zipCode: '123',
    state: '',
    country: 'Land',
  });
});

test("an organization's Admin renames it, as everybody in it sees at once; an Editor does not", async () => {
  const orgId = await makeOrg(world, 'before');
  const owner = await makeMember(world, orgId, 'renamer', 'Admin');
  const editor = await makeMember(world, orgId, 'non-renamer', 'Editor');
  expect((await world.send(editor.as, 'GET', '/api/org')).body.name).toBe('before');
  const refused = await world.send(editor.as, 'PUT', '/api/org', {});
  expect(refused.status).toBe(403);
  expect(refused.body.message).toContain('orgs:write');
  expect((await world.send(owner.as, 'PUT', '/api/org', { name: 'after' })).status).toBe(200);
  expect((await world.send(owner.as, 'PUT', '/api/org/address', { city: 'Town' })).status).toBe(200);
  expect((await world.send(editor.as, 'GET', '/api/org')).body).toMatchObject({
    name: 'after',
    address: { city: 'Town' },
  });
});

test("another organization's Admin reads and changes no organization by its id", async () => {
  const mine = await makeOrg(world, 'mine');
  const theirs = await makeOrg(world, 'theirs');
  const { as } = await makeMember(world, mine, 'mine-admin', 'Admin');
  const token = await makeToken(mine, { name: 'mine-token', role: 'Admin' });
  for (const who of [as, token.as]) {
    const calls = [
      ['GET', '/api/orgs'],
      ['GET', '/api/orgs/search'],
      ['GET', `/api/orgs/${theirs}`],
      ['GET', '/api/orgs/99999'],
      ['GET', '/api/orgs/name/theirs'],
      ['PUT', `/api/orgs/${theirs}`],
      ['PUT', `/api/orgs/${theirs}/address`],
      ['DELETE', `/api/orgs/${theirs}`],
      ['POST', '/api/orgs'],
    ] as const;
    for (const [method, path] of calls) {
      const { status, body } = await world.send(
        who,
        method,
        path,
        method === 'PUT' || method === 'POST' ? {} : undefined,
      );
      expect(status, `${method} ${path}`).toBe(403);
      expect(body.message).toMatch(/^Permission denied/);
    }
  }
  expect((await world.send(ADMIN, 'GET', `/api/orgs/${theirs}`)).body.name).toBe('theirs');
});

test("the main organization's Admins read all organizations and change none, by token too", async () => {
  const orgId = await makeOrg(world, 'read only');
  const { as } = await makeToken(1, { name: 'main admin', role: 'Admin' });
  expect((await world.send(as, 'GET', '/api/orgs')).status).toBe(200);
  expect((await world.send(as, 'GET', `/api/orgs/${orgId}`)).body.name).toBe('read only');
  expect((await world.send(as, 'GET', `/api/orgs/${orgId}/users`)).body).toHaveLength(1);
  expect((await world.send(as, 'PUT', `/api/orgs/${orgId}`, { name: 'x' })).status).toBe(403);
  expect((await world.send(as, 'DELETE', `/api/orgs/${orgId}`)).status).toBe(403);
  const member = { loginOrEmail: 'admin', role: 'Viewer' };
  expect((await world.send(as, 'POST', `/api/orgs/${orgId}/users`, member)).status).toBe(403);
});

test('a token that administers the server makes an organization, and is no member of it', async () => {
  const { as } = await makeToken(1, { name: 'org maker', role: 'Admin', isGrafanaAdmin: true });
  const { status, body } = await world.send(as, 'POST', '/api/orgs', { name: 'made by a token' });
  expect(status).toBe(200);
  expect((await world.send(ADMIN, 'GET', `/api/orgs/${body.orgId}/users`)).body).toEqual([]);
});

test('people make organizations where the setting says so, and keys do not', async () => {
  const open = await startWorld({ users: { allow_org_create: true } });
  try {
    const person = await makeUser(open, 'founder');
    const { body: key } = await open.send(ADMIN, 'POST', '/api/auth/keys', { name: 'k', role: 'Admin' });
    const made = await open.send(person.as, 'POST', '/api/orgs', { name: 'of a person' });
    expect(made.status).toBe(200);
    const orgs = await open.send(person.as, 'GET', '/api/user/orgs');
    expect(orgs.body).toContainEqual({ orgId: made.body.orgId, name: 'of a person', role: 'Admin' });
    expect((await open.send({ bearer: key.key }, 'POST', '/api/orgs', { name: 'of a key' })).status).toBe(
      403,
    );
  } finally {
    await open.stop();
  }
});

test('a deleted organization lets nobody in any more: no token, no key, no guest, no member, no session', async () => {
  const orgId = await makeOrg(world, 'to be deleted');
  const inOrg = { 'x-grafana-org-id': String(orgId) };
  const token = await makeToken(orgId, { name: 'resident', role: 'Admin' });
  const { body: key } = await world.send(
    ADMIN,
    'POST',
    '/api/auth/keys',
    { name: 'k', role: 'Admin' },
    inOrg,
  );
  const guest = await makeToken(1, { name: 'guest', role: 'Viewer' });
  await world.send(ADMIN, 'POST', `/api/serviceaccounts/${guest.accountId}/orgs`, { orgId, role: 'Viewer' });
  const member = await makeMember(world, orgId, 'resident-person', 'Editor');
  const browser = await signIn(world, member.login);

  expect((await world.send(token.as, 'GET', '/api/org')).status).toBe(200);
  expect((await world.send({ bearer: key.key }, 'GET', '/api/org')).status).toBe(200);
  expect((await world.send(guest.as, 'GET', '/api/org', undefined, inOrg)).status).toBe(200);
  expect((await world.send(member.as, 'GET', '/api/org')).body.id).toBe(orgId);
  expect((await browser.send('GET', '/api/org')).body.id).toBe(orgId);

  const deleted = await world.send(ADMIN, 'DELETE', `/api/orgs/${orgId}`);
  expect(deleted).toMatchObject({ status: 200, body: { message: 'Organization deleted' } });

  expect((await world.send(token.as, 'GET', '/api/org')).status).toBe(401);
  expect((await world.send({ bearer: key.key }, 'GET', '/api/org')).status).toBe(401);
  expect((await world.send(guest.as, 'GET', '/api/org', undefined, inOrg)).status).toBe(403);
  expect((await world.send(guest.as, 'GET', '/api/org')).body.id).toBe(1);
  expect((await world.send(member.as, 'GET', '/api/org', undefined, inOrg)).status).toBe(403);
  expect((await browser.send('GET', '/api/org')).status).toBe(403);
  // The person is still a user, of no organization.
  expect((await world.send(member.as, 'GET', '/api/user')).body).toMatchObject({
    id: member.id,
    orgId: 0,
    orgName: '',
    orgRole: 'None',
  });
  expect((await world.send(ADMIN, 'DELETE', `/api/orgs/${orgId}`)).status).toBe(404);
  const { body: accounts } = await world.send(ADMIN, 'GET', '/api/serviceaccounts/search?query=resident');
  expect(accounts.totalCount).toBe(0);
});

test('what an organization permitted its accounts elsewhere goes with it', async () => {
  const orgId = await makeOrg(world, 'home of a guest');
  const { accountId } = await makeToken(orgId, { name: 'traveller', role: 'Viewer' });
  const row = { org_id: 1, kind: 'folders', object_id: 'f', level: 1, created_at: 0, updated_at: 0 };
  const { db } = world.context;
  await db
    .insertInto('object_permission')
    .values({ ...row, subject: `user:${accountId}` })
    .execute();
  await world.send(ADMIN, 'DELETE', `/api/orgs/${orgId}`);
  const left = await db
    .selectFrom('object_permission')
    .select('subject')
    .where('subject', '=', `user:${accountId}`)
    .execute();
  expect(left).toEqual([]);
});

test('neither the main organization nor the one acted in is deleted', async () => {
  const orgId = await makeOrg(world, 'acted in');
  const main = await world.send(ADMIN, 'DELETE', '/api/orgs/1', undefined, {
    'x-grafana-org-id': String(orgId),
  });
  expect(main).toMatchObject({ status: 400, body: { detail: expect.any(String) } });
  expect((await world.send(ADMIN, 'DELETE', '/api/orgs/1')).status).toBe(400);
  const own = await world.send(ADMIN, 'DELETE', `/api/orgs/${orgId}`, undefined, {
    'x-grafana-org-id': String(orgId),
  });
  expect(own).toMatchObject({ status: 400, body: { message: 'Can not delete org for current user' } });
  expect((await world.send(ADMIN, 'GET', '/api/org')).status).toBe(200);
  expect((await world.send(ADMIN, 'GET', `/api/orgs/${orgId}`)).status).toBe(200);
});

test('every change of an organization is in the audit, where it can be read', async () => {
  const orgId = await makeOrg(world, 'audited');
  await world.send(ADMIN, 'PUT', `/api/orgs/${orgId}`, { name: 'audited 2' });
  await world.send(ADMIN, 'PUT', `/api/orgs/${orgId}/address`, { city: 'x' });
  await world.send(ADMIN, 'DELETE', `/api/orgs/${orgId}`);
  const rows = await world.context.db
    .selectFrom('audit')
    .select(['action', 'actor', 'org_id'])
    .where('object_kind', '=', 'org')
    .where('object_id', '=', String(orgId))
    .orderBy('id')
    .execute();
  expect(rows.map((row) => row.action)).toEqual(['orgs:create', 'orgs:write', 'orgs:write', 'orgs:delete']);
  expect(rows.map((row) => row.org_id)).toEqual([orgId, orgId, orgId, null]);
  expect(new Set(rows.map((row) => row.actor))).toEqual(new Set(['user:admin']));
});
