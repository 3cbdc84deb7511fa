import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBrowser, makeMember, makeOrg, makeUser, signIn } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ users: { default_theme: 'system' } });
});
afterAll(() => world.stop());

async function bootdata(as: As, headers: Record<string, string> = {}) {
  const { status, body } = await world.send(as, 'GET', '/bootdata', undefined, headers);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

async function settings(as: As, headers: Record<string, string> = {}) {
  return (await world.send(as, 'GET', '/api/frontend/settings', undefined, headers)).body;
}

const NOBODY = {
  isSignedIn: false,
  id: 0,
  login: '',
  email: '',
  name: '',
  orgId: 0,
  orgName: '',
  orgRole: '',
  orgCount: 0,
  isGrafanaAdmin: false,
  gravatarUrl: '',
  theme: 'system',
  lightTheme: false,
  timezone: 'browser',
  weekStart: 'browser',
  locale: 'en-US',
  language: '',
  helpFlags1: 0,
  hasEditPermissionInFolders: false,
  permissions: {},
};

test('nobody is told how the page begins, and nothing of what is kept', async () => {
  const source = {
    name: 'a secret source',
    type: 'loki',
    access: 'direct',
    url: 'http://inside',
    isDefault: true,
  };
  await world.send(ADMIN, 'POST', '/api/datasources', source);
  const body = await bootdata(undefined, { 'accept-language': '*' });
  expect(body).toEqual({ user: NOBODY, settings: body.settings, navTree: [] });
  const known = await settings(ADMIN);
  expect(body.settings).toEqual({
    ...known,
    datasources: {},
    defaultDatasource: '',
    allowOrgCreate: false,
    latchkey: { ...known.latchkey, allowOrgCreate: false, orgActions: {}, serverActions: {} },
  });
  // An organization can be named by who is in it only.
  expect(await bootdata(undefined, { 'x-grafana-org-id': '1', 'accept-language': '*' })).toEqual(body);
  expect(JSON.stringify(body)).not.toMatch(/secret source|Main Org/);
});

test('a person is told who they are, what they may do, and the same settings as elsewhere', async () => {
  const user = await makeMember(world, 1, 'pia', 'Editor');
  const body = await bootdata(user.as, { 'accept-language': 'de-AT,de;q=0.9' });
  const path = '/api/access-control/user/actions';
  const { body: actions } = await world.send(user.as, 'GET', path);
  expect(body).toEqual({
    user: {
      ...NOBODY,
      isSignedIn: true,
      id: user.id,
      login: 'pia',
      email: 'pia@example.org',
      name: 'pia',
      orgId: 1,
      orgName: 'Main Org.',
      orgRole: 'Editor',
      orgCount: 1,
      gravatarUrl: expect.stringMatching(/^\/avatar\/[0-9a-f]{32}$/),
      locale: 'de-AT',
      hasEditPermissionInFolders: true,
      permissions: actions,
    },
    settings: await settings(user.as),
    navTree: [],
  });
  expect(actions['dashboards:create']).toBe(true);
  expect(actions['users:create']).toBeUndefined();
  expect((await bootdata(ADMIN)).user).toMatchObject({ id: 1, isGrafanaAdmin: true, orgRole: 'Admin' });
});

test('keys and tokens are told too, each in the organization that it acts in', async () => {
  const { body: key } = await world.send(ADMIN, 'POST', '/api/auth/keys', {
    name: 'booting',
    role: 'Viewer',
  });
  const { body: account } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', {
    name: 'boot',
    role: 'Admin',
  });
  const path = `/api/serviceaccounts/${account.id}`;
  const { body: token } = await world.send(ADMIN, 'POST', `${path}/tokens`, { name: 'boot token' });
  expect((await bootdata({ bearer: key.key })).user).toMatchObject({
    isSignedIn: true,
    login: 'booting',
    orgRole: 'Viewer',
    hasEditPermissionInFolders: false,
  });
  const orgId = await makeOrg(world, 'granted');
  await world.send(ADMIN, 'POST', `${path}/orgs`, { orgId, role: 'Viewer' });
  const as: As = { bearer: token.key };
  expect((await bootdata(as)).user).toMatchObject({
    id: account.id,
    login: 'sa-boot',
    orgId: 1,
    orgRole: 'Admin',
  });
  const there = await bootdata(as, { 'x-grafana-org-id': String(orgId) });
  expect(there.user).toMatchObject({ orgId, orgName: 'granted', orgRole: 'Viewer', orgCount: 2 });
  expect(there.settings.datasources).toEqual({});
});

test("the own choice of looks wins over the one of a team, and that one over the organization's", async () => {
  const orgId = await makeOrg(world, 'good looking');
  const here = { 'x-grafana-org-id': String(orgId) };
  const user = await makeMember(world, orgId, 'lux', 'Viewer');
  const { body: team } = await world.send(ADMIN, 'POST', '/api/teams', { name: 'looking' }, here);
  await world.send(ADMIN, 'POST', `/api/teams/${team.teamId}/members`, { userId: user.id }, here);
  const prefer = async (path: string, wanted: object, as: As = ADMIN): Promise<void> => {
    const { status } = await world.send(as, 'PUT', path, wanted, here);
    expect(status).toBe(200);
  };
  await prefer('/api/org/preferences', {
    theme: 'light',
    timezone: 'utc',
    weekStart: 'monday',
    language: 'de-DE',
  });
  expect((await bootdata(user.as)).user).toMatchObject({
    theme: 'light',
    lightTheme: true,
    timezone: 'utc',
    weekStart: 'monday',
    language: 'de-DE',
  });
  await prefer(`/api/teams/${team.teamId}/preferences`, { theme: 'dark', timezone: 'Europe/Paris' });
  await prefer('/api/user/preferences', { timezone: 'Asia/Tokyo' }, user.as);
  expect((await bootdata(user.as)).user).toMatchObject({
    theme: 'dark',
    lightTheme: false,
    timezone: 'Asia/Tokyo',
    weekStart: 'monday',
  });
  expect((await bootdata(ADMIN)).user).toMatchObject({ theme: 'system', timezone: 'browser' });
});

test('a wrong credential is refused, and does not pass for nobody', async () => {
  const { body: key } = await world.send(ADMIN, 'POST', '/api/auth/keys', {
    name: 'gone soon',
    role: 'Viewer',
  });
  const as: As = { bearer: key.key };
  expect((await bootdata(as)).user.isSignedIn).toBe(true);
  await world.send(ADMIN, 'DELETE', `/api/auth/keys/${key.id}`);
  for (const wrong of [as, { bearer: 'nonsense' }, { basic: 'admin:guess' }]) {
    const { status, body } = await world.send(wrong, 'GET', '/bootdata');
    expect(status).toBe(401);
    expect(body.message).toEqual(expect.any(String));
  }
  for (const authorization of ['', 'Bearer', 'Basic', 'Other x']) {
    const { status } = await world.send(undefined, 'GET', '/bootdata', undefined, { authorization });
    expect([authorization, status]).toEqual([authorization, 401]);
  }
  expect((await makeBrowser(world, 'no such session').send('GET', '/bootdata')).status).toBe(401);
});

test('a session is known by its cookie, and no longer when it has ended', async () => {
  await makeUser(world, 'sessa');
  const browser = await signIn(world, 'sessa');
  expect((await browser.send('GET', '/bootdata')).body.user).toMatchObject({
    isSignedIn: true,
    login: 'sessa',
  });
  await browser.send('POST', '/logout');
  expect((await browser.send('GET', '/bootdata')).body.user.isSignedIn).toBe(false);
});

test('nobody is shown an organization that they are not in', async () => {
  const orgId = await makeOrg(world, 'not theirs');
  const user = await makeUser(world, 'curious', { OrgId: 1 });
  for (const asked of [orgId, 987_654]) {
    const { status } = await world.send(user.as, 'GET', `/bootdata?orgId=${asked}`);
    expect(status).toBe(403);
  }
  expect((await world.send(user.as, 'GET', '/bootdata?orgId=x')).status).toBe(400);
});

test.each([
  ['fr', 'fr'],
  ['pt-BR, pt', 'pt-BR'],
  ['zh-Hans-CN;q=0.9', 'zh-Hans-CN'],
  ['<script>', 'en-US'],
  ['x'.repeat(5000), 'en-US'],
])('the language that a browser asks for is told back only where it is one: %s', async (asked, locale) => {
  expect((await bootdata(undefined, { 'accept-language': asked })).user.locale).toBe(locale);
});
