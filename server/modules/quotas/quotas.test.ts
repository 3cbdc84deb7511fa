import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MadeUser, makeMember, makeOrg, makeUser } from '../../testing/people.ts';
import { ADMIN, type Answer, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({
    quota: { enabled: true, org_user: 3, org_data_source: 2, user_org: -1, global_data_source: 3 },
  });
});
afterAll(() => world.stop());

let made = 0;
let orgId: number;
let owner: MadeUser;
beforeEach(async () => {
  made++;
  orgId = await makeOrg(world, `quotas ${made}`);
  owner = await makeMember(world, orgId, `owner${made}`, 'Admin');
});

function limit(target: string, most: number, id = orgId): Promise<Answer> {
  return world.send(ADMIN, 'PUT', `/api/orgs/${id}/quotas/${target}`, { limit: most });
}

async function quotas(as: As, path = '/api/org/quotas'): Promise<Record<string, [number, number]>> {
  const { status, body } = await world.send(as, 'GET', path);
  expect(status, JSON.stringify(body)).toBe(200);
  return Object.fromEntries(
    body.map((row: { target: string; limit: number; used: number }) => [row.target, [row.limit, row.used]]),
  );
}

function expectFull({ status, body }: Answer, what: string, most: number): void {
  expect([status, body.message]).toEqual([403, 'Quota reached']);
  expect(body.detail).toContain(`The limit of ${what} is ${most}`);
  expect(body).toMatchObject({ quota: what, limit: most });
}

const post = (path: string, body: object): Promise<Answer> => world.send(owner.as, 'POST', path, body);

const makers: [target: string, make: (name: string) => Promise<Answer>][] = [
  ['api_key', (name) => post('/api/auth/keys', { name, role: 'Viewer' })],
  ['service_account', (name) => post('/api/serviceaccounts', { name })],
  ['dashboard', (title) => post('/api/dashboards/db', { dashboard: { title } })],
];

test.each(makers)(
  'no %s is made beyond the limit, and one is again once there is room',
  async (target, make) => {
    expect((await limit(target, 2)).body).toEqual({ message: 'Organization quota updated' });
    for (const name of ['one', 'two']) expect((await make(name)).status).toBeLessThan(300);
    expectFull(await make('three'), `${target} of organization ${orgId}`, 2);
    expect((await quotas(owner.as))[target]).toEqual([2, 2]);
    await limit(target, 3);
    expect((await make('three')).status).toBeLessThan(300);
    expectFull(await make('four'), `${target} of organization ${orgId}`, 3);
    await limit(target, -1);
    expect((await make('four')).status).toBeLessThan(300);
    await limit(target, 0);
    expectFull(await make('five'), `${target} of organization ${orgId}`, 0);
  },
);

test.each(makers)(
  'of many %s asked for at once only as many are made as there is room for',
  async (target, make) => {
    await limit(target, 3);
    const answers = await Promise.all(Array.from({ length: 8 }, (_, number) => make(`at once ${number}`)));
    const refused = answers.filter(({ status }) => status === 403);
    expect([answers.filter(({ status }) => status < 300).length, refused.length]).toEqual([3, 5]);
    expect((await quotas(owner.as))[target]).toEqual([3, 3]);
  },
);

test('keys and tokens count together, and a full organization keeps what it has', async () => {
  await limit('api_key', 2);
  const { body: key } = await post('/api/auth/keys', { name: 'key', role: 'Viewer' });
  const { body: account } = await post('/api/serviceaccounts', { name: 'account' });
  const tokens = `/api/serviceaccounts/${account.id}/tokens`;
  const { body: token } = await post(tokens, { name: 'token' });
  expectFull(await post(tokens, { name: 'more' }), `api_key of organization ${orgId}`, 2);
  await limit('api_key', 0);
  for (const bearer of [key.key, token.key]) {
    expect((await world.send({ bearer }, 'GET', '/api/org')).status).toBe(200);
  }
});

test('a new version of a dashboard needs no room', async () => {
  await limit('dashboard', 1);
  const dashboard = { uid: `only${made}`, title: 'only' };
  expect((await post('/api/dashboards/db', { dashboard })).status).toBe(200);
  expect((await post('/api/dashboards/db', { dashboard, overwrite: true })).status).toBe(200);
  expect((await post('/api/folders', { title: 'a folder is no dashboard' })).status).toBe(200);
});

test('the limits of the settings hold where an organization has none of its own', async () => {
  const rest = { dashboard: [100, 0], api_key: [10, 0], service_account: [-1, 0] };
  expect(await quotas(owner.as)).toEqual({ org_user: [3, 2], data_source: [2, 0], ...rest });
  const join = async (name: string): Promise<Answer> => {
    const { login } = await makeMemberOf(name);
    return post('/api/org/users', { loginOrEmail: login, role: 'Viewer' });
  };
  expect((await join('third')).status).toBe(200);
  expectFull(await join('fourth'), `org_user of organization ${orgId}`, 3);
  const straight = { login: `x${made}`, password: 'long enough', OrgId: orgId };
  const refused = await world.send(ADMIN, 'POST', '/api/admin/users', straight);
  expectFull(refused, `org_user of organization ${orgId}`, 3);
  const lookUp = await world.send(ADMIN, 'GET', `/api/users/lookup?loginOrEmail=x${made}`);
  expect(lookUp.status).toBe(404);
});

/** A user who is in an organization of their own only. */
async function makeMemberOf(name: string): Promise<MadeUser> {
  return makeUser(world, `${name}${made}`, { OrgId: await makeOrg(world, `of ${name} ${made}`) });
}

test('data sources are limited in each organization and on the server', async () => {
  const add = (as: As, name: string): Promise<Answer> =>
    world.send(as, 'POST', '/api/datasources', {
      name,
      type: 'prometheus',
      access: 'proxy',
      url: 'http://x',
    });
  for (const name of ['a', 'b']) expect((await add(owner.as, name)).status).toBe(200);
  expectFull(await add(owner.as, 'c'), `data_source of organization ${orgId}`, 2);
  const other = await makeMember(world, await makeOrg(world, `second ${made}`), `second${made}`, 'Admin');
  expect((await add(other.as, 'a')).status).toBe(200);
  expectFull(await add(other.as, 'b'), 'data_source of the server', 3);
});

test('a user may be limited in how many organizations they are in', async () => {
  const path = `/api/admin/users/${owner.id}/quotas`;
  expect(await quotas(owner.as, '/api/user/quotas')).toEqual({ org_user: [-1, 1] });
  const set = await world.send(ADMIN, 'PUT', `${path}/org_user`, { limit: 1 });
  expect(set).toMatchObject({ status: 200, body: { message: 'User quota updated' } });
  const { body } = await world.send(ADMIN, 'GET', path);
  expect(body).toEqual([{ user_id: owner.id, target: 'org_user', limit: 1, used: 1 }]);
  const other = await makeOrg(world, `more ${made}`);
  const join = { loginOrEmail: owner.login, role: 'Viewer' };
  const refused = await world.send(ADMIN, 'POST', `/api/orgs/${other}/users`, join);
  expectFull(refused, `organizations of user ${owner.id}`, 1);
  await world.send(ADMIN, 'PUT', `/api/admin/users/${owner.id}/permissions`, { isGrafanaAdmin: true });
  const own = await world.send(owner.as, 'POST', '/api/orgs', { name: `own ${made}` });
  expectFull(own, `organizations of user ${owner.id}`, 1);
});

test('only an administrator of the server sets limits or reads those of others', async () => {
  const key = (await post('/api/auth/keys', { name: 'k', role: 'Admin' })).body.key;
  for (const as of [owner.as, { bearer: key }]) {
    expect((await world.send(as, 'PUT', `/api/orgs/${orgId}/quotas/api_key`, { limit: 'x' })).status).toBe(
      403,
    );
    expect((await world.send(as, 'GET', `/api/orgs/${orgId}/quotas`)).status).toBe(403);
    expect((await world.send(as, 'GET', `/api/admin/users/${owner.id}/quotas`)).status).toBe(403);
    const put = await world.send(as, 'PUT', `/api/admin/users/${owner.id}/quotas/org_user`, { limit: 'x' });
    expect(put.status).toBe(403);
  }
  expect((await world.send({ bearer: key }, 'GET', '/api/org/quotas')).status).toBe(200);
  expect((await world.send({ bearer: key }, 'GET', '/api/user/quotas')).status).toBe(403);
});

test('what there is not has no limit, and a limit is a whole number from -1', async () => {
  expect((await limit('bananas', 1)).body).toMatchObject({
    message: 'Invalid quota target',
    statusCode: 404,
  });
  expect((await limit('__proto__', 1)).status).toBe(404);
  expect((await limit('api_key', 1, 99_999)).status).toBe(404);
  expect((await world.send(ADMIN, 'GET', '/api/orgs/99999/quotas')).status).toBe(404);
  expect((await world.send(ADMIN, 'GET', '/api/admin/users/99999/quotas')).status).toBe(404);
  const ofUser = `/api/admin/users/${owner.id}/quotas/api_key`;
  expect((await world.send(ADMIN, 'PUT', ofUser, { limit: 1 })).status).toBe(404);
  for (const wrong of [
    {},
    { limit: -2 },
    { limit: 1.5 },
    { limit: '1' },
    { limit: 1e300 },
    { limit: null },
  ]) {
    expect((await world.send(ADMIN, 'PUT', `/api/orgs/${orgId}/quotas/api_key`, wrong)).status).toBe(400);
  }
  expect(await quotas(ADMIN, `/api/orgs/${orgId}/quotas`)).toMatchObject({ api_key: [10, 0] });
});

test('where quotas are off nothing is refused, and what is used can still be read', async () => {
  const off = await startWorld({ quota: { org_api_key: 0, global_user: 0 } });
  try {
    const key = await off.send(ADMIN, 'POST', '/api/auth/keys', { name: 'k', role: 'Viewer' });
    expect(key.status).toBe(200);
    const { body } = await off.send(ADMIN, 'GET', '/api/org/quotas');
    expect(body).toContainEqual({ org_id: 1, target: 'api_key', limit: 0, used: 1 });
    await makeUser(off, 'another');
  } finally {
    await off.stop();
  }
});

test('the server takes no more users and organizations than it may', async () => {
  const small = await startWorld({ quota: { enabled: true, global_user: 2, global_org: 2 } });
  try {
    await makeUser(small, 'second');
    const third = { login: 'third', password: 'long enough' };
    expectFull(await small.send(ADMIN, 'POST', '/api/admin/users', third), 'user of the server', 2);
    await makeOrg(small, 'second');
    expectFull(await small.send(ADMIN, 'POST', '/api/orgs', { name: 'third' }), 'org of the server', 2);
  } finally {
    await small.stop();
  }
});

test('limits go with their organization or user, and a change is recorded', async () => {
  await limit('api_key', 1);
  await world.send(ADMIN, 'PUT', `/api/admin/users/${owner.id}/quotas/org_user`, { limit: 5 });
  const kept = async (): Promise<string[]> => {
    const owners = [`org:${orgId}`, `user:${owner.id}`];
    const rows = world.context.db.selectFrom('quota').select('owner').where('owner', 'in', owners);
    return (await rows.execute()).map((row) => row.owner).toSorted();
  };
  expect(await kept()).toEqual([`org:${orgId}`, `user:${owner.id}`]);
  await world.send(ADMIN, 'DELETE', `/api/admin/users/${owner.id}`);
  await world.send(ADMIN, 'DELETE', `/api/orgs/${orgId}`);
  expect(await kept()).toEqual([]);
  const changes = await world.context.db
    .selectFrom('audit')
    .select(['action', 'change'])
    .where('object_id', 'in', [String(orgId), String(owner.id)])
    .where('action', 'like', '%quotas:write')
    .orderBy('id')
    .execute();
  expect(changes.map(({ action, change }) => [action, JSON.parse(change)])).toContainEqual([
    'orgs.quotas:write',
    { target: 'api_key', limit: 1, before: { limit: 10 } },
  ]);
});
