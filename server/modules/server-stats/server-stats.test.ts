import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const DAY_MS = 86_400_000;

async function stats(as: As = ADMIN) {
  const { status, body } = await world.send(as, 'GET', '/api/admin/stats');
  expect(status).toBe(200);
  return body;
}

async function makeUser(login: string, role: string, seenDaysAgo?: number): Promise<number> {
  const { body } = await world.send(ADMIN, 'POST', '/api/admin/users', {
    name: login,
    login,
    email: `${login}@example.com`,
    password: 'a long password',
    OrgId: 1,
  });
  await world.send(ADMIN, 'PATCH', `/api/org/users/${body.id}`, { role });
  if (seenDaysAgo !== undefined) {
    const last_seen_at = world.clock.now() - seenDaysAgo * DAY_MS;
    await world.context.db.updateTable('user').set({ last_seen_at }).where('id', '=', body.id).execute();
  }
  return body.id;
}

async function makeKey(name: string, role: string, orgId = 1): Promise<As> {
  const headers = { 'x-grafana-org-id': String(orgId) };
  const { body } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name, role }, headers);
  return { bearer: body.key };
}

test('users are counted by role and by when they were seen', async () => {
  const before = await stats();
  await makeUser('a1', 'Admin', 0.5);
  await makeUser('e1', 'Editor', 20);
  await makeUser('e2', 'Editor', 40);
  await makeUser('v1', 'Viewer');
  const after = await stats();
  const grown = (key: string): number => after[key] - before[key];
  expect(['users', 'admins', 'editors', 'viewers'].map(grown)).toEqual([4, 1, 2, 1]);
  expect(['activeUsers', 'activeAdmins', 'activeEditors', 'activeViewers'].map(grown)).toEqual([2, 1, 1, 0]);
  expect(
    ['dailyActiveUsers', 'dailyActiveAdmins', 'dailyActiveEditors', 'dailyActiveViewers'].map(grown),
  ).toEqual([1, 1, 0, 0]);
  expect(after.monthlyActiveUsers).toBe(after.activeUsers);
});

test('a user of two organizations counts once, by the higher role', async () => {
  const before = await stats();
  const id = await makeUser('two', 'Viewer');
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'of two' });
  await world.send(ADMIN, 'POST', `/api/orgs/${body.orgId}/users`, { loginOrEmail: 'two', role: 'Editor' });
  const after = await stats();
  expect(id).toBeGreaterThan(0);
  expect([
    after.users - before.users,
    after.editors - before.editors,
    after.viewers - before.viewers,
  ]).toEqual([1, 1, 0]);
});

test('organizations and data sources are counted over the whole server', async () => {
  const before = await stats();
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'elsewhere' });
  const source = { name: 'x', type: 'loki', access: 'proxy' };
  await world.send(ADMIN, 'POST', '/api/datasources', source);
  await world.send(await makeKey('elsewhere', 'Admin', body.orgId), 'POST', '/api/datasources', source);
  const after = await stats();
  expect([after.orgs - before.orgs, after.datasources - before.datasources]).toEqual([1, 2]);
});

test('keys, service accounts and their tokens are counted, each by itself, and teams too', async () => {
  const before = await stats();
  await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'counted', role: 'Viewer' });
  const { body } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'counted' });
  for (const name of ['counted 1', 'counted 2'])
    await world.send(ADMIN, 'POST', `/api/serviceaccounts/${body.id}/tokens`, { name });
  await world.send(ADMIN, 'POST', '/api/teams', { name: 'counted' });
  const after = await stats();
  const grown = (key: string): number => after[key] - before[key];
  expect(['apiKeys', 'serviceAccounts', 'serviceAccountTokens', 'teams'].map(grown)).toEqual([1, 1, 2, 1]);
});

test('dashboards and folders count each by itself, and tags once each', async () => {
  const before = await stats();
  const { db, now } = world.context;
  const row = {
    org_id: 1,
    parent_uid: '',
    search_text: '',
    version: 1,
    created_at: now(),
    updated_at: now(),
  };
  const ids: number[] = [];
  for (const [uid, is_folder] of [
    ['f', 1],
    ['d1', 0],
    ['d2', 0],
  ] as const) {
    const values = { ...row, uid, title: uid, is_folder, created_by: null, updated_by: null };
    ids.push((await db.insertInto('dashboard').values(values).returning('id').executeTakeFirstOrThrow()).id);
  }
  for (const dashboard_id of ids.slice(1)) {
    await db.insertInto('dashboard_tag').values({ dashboard_id, term: 'same' }).execute();
    await db.insertInto('star').values({ user_id: 1, dashboard_id }).execute();
  }
  const after = await stats();
  expect([
    after.dashboards - before.dashboards,
    after.folders - before.folders,
    after.tags - before.tags,
    after.stars - before.stars,
  ]).toEqual([2, 1, 1, 2]);
});

test('sessions count while they are used', async () => {
  const before = await stats();
  await world.send(undefined, 'POST', '/login', { user: 'admin', password: 'admin' });
  const after = await stats();
  expect([
    after.activeSessions - before.activeSessions,
    after.dailyActiveSessions - before.dailyActiveSessions,
  ]).toEqual([1, 1]);
});

test('administrators of the server and Admins of the main organization read them, and nobody else', async () => {
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'not main' });
  expect((await stats(await makeKey('main admin', 'Admin'))).orgs).toBeGreaterThan(1);
  const others = [
    await makeKey('main viewer', 'Viewer'),
    await makeKey('main editor', 'Editor'),
    await makeKey('other admin', 'Admin', body.orgId),
  ];
  for (const as of others) {
    for (const path of ['/api/admin/stats', '/api/admin/settings']) {
      const answer = await world.send(as, 'GET', path);
      expect(answer.status).toBe(403);
      expect(answer.body.message).toMatch(/^Permission denied/);
    }
  }
  expect((await world.send(undefined, 'GET', '/api/admin/stats')).status).toBe(401);
});
