import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MadeUser, makeMember, makeOrg, makeUser } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

const ORG = '/api/org/preferences';
const OWN = '/api/user/preferences';
const NONE = {
  theme: '',
  homeDashboardId: 0,
  timezone: '',
  weekStart: '',
  language: '',
  navbar: { savedItems: null },
  queryHistory: { homeTab: '' },
};

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

let made = 0;
let orgId: number;
let owner: MadeUser;
let viewer: MadeUser;
beforeEach(async () => {
  made++;
  orgId = await makeOrg(world, `preferences ${made}`);
  owner = await makeMember(world, orgId, `owner${made}`, 'Admin');
  viewer = await makeMember(world, orgId, `viewer${made}`, 'Viewer');
});

async function put(as: As, path: string, wanted: object, status = 200): Promise<void> {
  const answer = await world.send(as, 'PUT', path, wanted);
  expect([answer.status, answer.body]).toEqual([status, expect.anything()]);
}

async function read(as: As, path: string): Promise<object> {
  const { status, body } = await world.send(as, 'GET', path);
  expect(status).toBe(200);
  return body;
}

async function makeTeam(...members: MadeUser[]): Promise<string> {
  const { body } = await world.send(owner.as, 'POST', '/api/teams', { name: 'team' });
  for (const { id } of members)
    await world.send(owner.as, 'POST', `/api/teams/${body.teamId}/members`, { userId: id });
  return `/api/teams/${body.teamId}/preferences`;
}

async function makeDashboard(title: string, as: As = owner.as): Promise<{ id: number; uid: string }> {
  const { status, body } = await world.send(as, 'POST', '/api/dashboards/db', { dashboard: { title } });
  expect(status).toBe(200);
  return body;
}

/** Takes a dashboard away from all but Admins. */
async function hide({ uid }: { uid: string }): Promise<void> {
  const path = `/api/dashboards/uid/${uid}/permissions`;
  expect((await world.send(owner.as, 'POST', path, { items: [] })).status).toBe(200);
}

test('PUT replaces all preferences, PATCH only what it names', async () => {
  const home = await makeDashboard('home');
  const all = {
    theme: 'dark',
    timezone: 'Europe/Paris',
    weekStart: 'monday',
    language: 'de-DE',
    navbar: { savedItems: [{ id: 'a', text: 'A', url: '/a', target: '_blank' }] },
    queryHistory: { homeTab: 'starred' },
  };
  for (const path of [ORG, OWN, await makeTeam()]) {
    expect(await read(owner.as, path)).toEqual(NONE);
    await put(owner.as, path, { ...all, homeDashboardUID: home.uid });
    const withHome = { ...all, homeDashboardId: home.id, homeDashboardUID: home.uid };
    expect(await read(owner.as, path)).toEqual(withHome);
    const patched = await world.send(owner.as, 'PATCH', path, { theme: 'light', homeDashboardUID: '' });
    expect(patched).toMatchObject({ status: 200, body: { message: 'Preferences updated' } });
    expect(await read(owner.as, path)).toEqual({ ...all, theme: 'light', homeDashboardId: 0 });
    await put(owner.as, path, { homeDashboardId: home.id });
    const homeOnly = { ...NONE, homeDashboardId: home.id, homeDashboardUID: home.uid };
    expect(await read(owner.as, path)).toEqual(homeOnly);
    expect((await world.send(owner.as, 'PATCH', path, {})).status).toBe(200);
    expect(await read(owner.as, path)).toEqual(homeOnly);
    await put(owner.as, path, {});
    expect(await read(owner.as, path)).toEqual(NONE);
  }
});

test.each([
  [{ theme: 'pink' }],
  [{ theme: 7 }],
  [{ timezone: 'Mars/Olympus' }],
  [{ timezone: '+01:00' }],
  [{ timezone: 'x'.repeat(10_000) }],
  [{ weekStart: 'friday' }],
  [{ language: 'a\u0000' }],
  [{ homeDashboardId: 1e300 }],
  [{ homeDashboardId: '1' }],
  [{ homeDashboardUID: 'a\u0000' }],
  [{ navbar: { savedItems: {} } }],
  [{ navbar: { savedItems: [{ text: 'a\u0000' }] } }],
  [{ queryHistory: { homeTab: 'x'.repeat(10_000) } }],
  [[]],
])('%j is refused, and nothing changes', async (wanted) => {
  for (const path of [ORG, OWN, await makeTeam()]) {
    await put(owner.as, path, { theme: 'dark' });
    await put(owner.as, path, wanted, 400);
    expect((await world.send(owner.as, 'PATCH', path, wanted)).status).toBe(400);
    expect(await read(owner.as, path)).toMatchObject({ theme: 'dark' });
  }
});

test('a wrong theme is called so', async () => {
  const { body } = await world.send(owner.as, 'PUT', OWN, { theme: 'pink' });
  expect(body.message).toBe('Invalid theme');
});

test('the home dashboard is one of the organization that its chooser can read', async () => {
  const foreign = await makeDashboard(`elsewhere ${made}`, ADMIN);
  const hidden = await makeDashboard('hidden');
  await hide(hidden);
  const { body: folder } = await world.send(owner.as, 'POST', '/api/folders', { title: 'folder' });
  const wrong = [
    { homeDashboardUID: 'no-such' },
    { homeDashboardUID: foreign.uid },
    { homeDashboardId: foreign.id },
    { homeDashboardUID: folder.uid },
    { homeDashboardId: 99_999 },
    { homeDashboardUID: hidden.uid },
    { homeDashboardId: hidden.id },
  ];
  for (const wanted of wrong) {
    for (const method of ['PUT', 'PATCH']) {
      const refused = await world.send(viewer.as, method, OWN, wanted);
      expect(refused).toMatchObject({ status: 404, body: { message: 'Dashboard not found' } });
    }
  }
  await put(owner.as, ORG, { homeDashboardUID: hidden.uid });
});

test("the first page is the person's own choice, else a team's, else the organization's", async () => {
  const home = async (as: As): Promise<string> =>
    (await world.send(as, 'GET', '/api/dashboards/home')).body.redirectUri;
  const [own, ofTeam, ofOrg] = [
    await makeDashboard('My own'),
    await makeDashboard('Team'),
    await makeDashboard('Org'),
  ];
  const team = await makeTeam(viewer);
  expect(await home(viewer.as)).toBeUndefined();
  await put(owner.as, ORG, { homeDashboardUID: ofOrg.uid });
  expect(await home(viewer.as)).toBe(`/d/${ofOrg.uid}/org`);
  await put(owner.as, team, { homeDashboardUID: ofTeam.uid });
  expect(await home(viewer.as)).toBe(`/d/${ofTeam.uid}/team`);
  await put(viewer.as, OWN, { homeDashboardUID: own.uid });
  expect(await home(viewer.as)).toBe(`/d/${own.uid}/my-own`);

  await world.send(owner.as, 'DELETE', `/api/dashboards/uid/${own.uid}`);
  expect(await read(viewer.as, OWN)).toEqual(NONE);
  await hide(ofTeam);
  expect(await home(viewer.as)).toBe(`/d/${ofOrg.uid}/org`);
  await hide(ofOrg);
  const plain = await world.send(viewer.as, 'GET', '/api/dashboards/home');
  expect(plain).toMatchObject({ status: 200, body: { dashboard: { title: 'Home' }, meta: {} } });
  expect(plain.body.redirectUri).toBeUndefined();
});

test("only Admins read and change the organization's, members read and its Admins change a team's", async () => {
  const editor = await makeMember(world, orgId, `editor${made}`, 'Editor');
  for (const { as } of [viewer, editor]) {
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', { theme: 7 }],
      ['PATCH', { theme: 7 }],
    ] as const) {
      expect((await world.send(as, method, ORG, body)).status).toBe(403);
    }
  }
  const team = await makeTeam(viewer);
  expect((await world.send(editor.as, 'GET', team)).status).toBe(403);
  expect(await read(viewer.as, team)).toEqual(NONE);
  expect((await world.send(viewer.as, 'PUT', team, { theme: 'dark' })).status).toBe(403);
  const member = team.replace('preferences', `members/${viewer.id}`);
  await world.send(owner.as, 'PUT', member, { permission: 4 });
  await put(viewer.as, team, { theme: 'dark' });
});

test("another organization's team and preferences are out of reach", async () => {
  const team = await makeTeam();
  await put(owner.as, ORG, { theme: 'dark' });
  const other = await makeOrg(world, `other ${made}`);
  const stranger = await makeMember(world, other, `stranger${made}`, 'Admin');
  for (const [method, body] of [
    ['GET', undefined],
    ['PUT', {}],
    ['PATCH', {}],
  ] as const) {
    expect((await world.send(stranger.as, method, team, body)).status).toBe(404);
  }
  expect(await read(stranger.as, ORG)).toEqual(NONE);
});

test('a person prefers other things in each organization, and none after leaving it', async () => {
  const inMain = `${OWN}?orgId=1`;
  await world.send(ADMIN, 'POST', '/api/orgs/1/users', { loginOrEmail: viewer.login, role: 'Viewer' });
  await put(viewer.as, OWN, { theme: 'dark' });
  await put(viewer.as, inMain, { theme: 'light' });
  expect(await read(viewer.as, OWN)).toMatchObject({ theme: 'dark' });
  await world.send(ADMIN, 'DELETE', `/api/orgs/${orgId}/users/${viewer.id}`);
  await world.send(owner.as, 'POST', '/api/org/users', { loginOrEmail: viewer.login, role: 'Viewer' });
  expect(await read(viewer.as, `${OWN}?orgId=${orgId}`)).toEqual(NONE);
  expect(await read(viewer.as, inMain)).toMatchObject({ theme: 'light' });
});

test('preferences go with their team, user or organization', async () => {
  const team = await makeTeam();
  await put(owner.as, team, { theme: 'dark' });
  await put(viewer.as, OWN, { theme: 'dark' });
  await put(owner.as, ORG, { theme: 'dark' });
  const owners = async (): Promise<string[]> => {
    const rows = world.context.db.selectFrom('preference').select('owner').where('org_id', '=', orgId);
    return (await rows.execute()).map((row) => row.owner.replace(/:.*/, '')).toSorted();
  };
  expect(await owners()).toEqual(['org', 'team', 'user']);
  expect((await world.send(owner.as, 'DELETE', team.replace('/preferences', ''))).status).toBe(200);
  expect((await world.send(ADMIN, 'DELETE', `/api/admin/users/${viewer.id}`)).status).toBe(200);
  expect(await owners()).toEqual(['org']);
  expect((await world.send(ADMIN, 'DELETE', `/api/orgs/${orgId}`)).status).toBe(200);
  expect(await owners()).toEqual([]);
});

test("keys have no preferences of their own, and read the organization's", async () => {
  const { body } = await world.send(owner.as, 'POST', '/api/auth/keys', { name: 'k', role: 'Admin' });
  const key = { bearer: body.key };
  expect((await world.send(key, 'GET', OWN)).status).toBe(403);
  expect((await world.send(key, 'PUT', OWN, { theme: 7 })).status).toBe(403);
  await put(key, ORG, { theme: 'dark' });
  expect(await read(key, ORG)).toMatchObject({ theme: 'dark' });
});

test('who is in no organization is told so', async () => {
  const lost = await makeUser(world, `lost${made}`);
  await world.send(ADMIN, 'DELETE', `/api/orgs/1/users/${lost.id}`);
  await put(lost.as, OWN, { theme: 'dark' }, 400);
  expect((await world.send(lost.as, 'GET', '/api/dashboards/home')).status).toBe(200);
});

test('a change is recorded', async () => {
  await put(viewer.as, OWN, { theme: 'dark' });
  const row = await world.context.db
    .selectFrom('audit')
    .select(['action', 'object_id', 'change'])
    .where('org_id', '=', orgId)
    .where('action', '=', 'users.preferences:write')
    .executeTakeFirstOrThrow();
  expect(row.object_id).toBe(String(viewer.id));
  expect(JSON.parse(row.change)).toEqual({ theme: 'dark', before: { theme: '' } });
});
