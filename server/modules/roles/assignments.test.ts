import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MadeUser, makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

const ROLES = '/api/access-control/roles';
const WRITER = 'fixed:serviceaccounts:writer';

let world: World;
let orgId: number;
let owner: MadeUser;
let stranger: MadeUser;
beforeAll(async () => {
  world = await startWorld();
  orgId = await makeOrg(world, 'assignments');
  owner = await makeMember(world, orgId, 'owner', 'Admin');
  stranger = await makeMember(world, await makeOrg(world, 'elsewhere'), 'stranger', 'Admin');
});
afterAll(() => world.stop());

let names = 0;
let viewer: MadeUser;
beforeEach(async () => {
  viewer = await makeMember(world, orgId, `viewer${++names}`, 'Viewer');
});

async function made(path: string, body: object, as: As = owner.as) {
  const answer = await world.send(as, 'POST', path, body);
  expect([200, 201], JSON.stringify(answer.body)).toContain(answer.status);
  return answer.body;
}

async function makeAccount(role = 'None'): Promise<{ id: number; as: As }> {
  const name = `account ${++names}`;
  const { id } = await made('/api/serviceaccounts', { name, role });
  const { key } = await made(`/api/serviceaccounts/${id}/tokens`, { name });
  return { id, as: { bearer: key } };
}

const makeTeam = async (): Promise<number> => (await made('/api/teams', { name: `team ${++names}` })).teamId;
const makeRole = async (permissions: object[], more: object = {}, as: As = owner.as): Promise<string> =>
  (await made(ROLES, { name: `custom:${++names}`, permissions, ...more }, as)).uid;

const give = (uid: string, id: number, kind = 'users', as: As = owner.as) =>
  world.send(as, 'POST', `/api/access-control/${kind}/${id}/roles`, { roleUid: uid });
const take = (uid: string, id: number, kind = 'users', as: As = owner.as) =>
  world.send(as, 'DELETE', `/api/access-control/${kind}/${id}/roles/${uid}`);

async function statusOf(as: As, path: string): Promise<number> {
  return (await world.send(as, 'GET', path)).status;
}

test('roles are given and taken one by one, all at once, and from the side of the role', async () => {
  const uid = await makeRole([{ action: 'teams:read', scope: 'teams:*' }]);
  const [account, team] = [await makeAccount(), await makeTeam()];
  for (const [kind, id, whose, to] of [
    ['users', viewer.id, 'User', 'the user'],
    ['users', account.id, 'User', 'the user'],
    ['teams', team, 'Team', 'the team'],
  ] as const) {
    const path = `/api/access-control/${kind}/${id}/roles`;
    const uids = async () =>
      (await world.send(owner.as, 'GET', path)).body.map((role: { name: string }) => role.name);
    const added = await give(uid, id, kind);
    expect([added.status, added.body]).toEqual([200, { message: `Role added to ${to}.` }]);
    expect((await give(uid, id, kind)).status).toBe(200);
    expect(await uids()).toHaveLength(1);
    const set = await world.send(owner.as, 'PUT', path, {
      roleUids: [WRITER, 'fixed:apikeys:reader', WRITER],
    });
    expect([set.status, set.body]).toEqual([200, { message: `${whose} roles have been updated.` }]);
    expect(await uids()).toEqual(['fixed:apikeys:reader', WRITER]);
    expect((await take(WRITER, id, kind)).status).toBe(200);
    expect((await take(WRITER, id, kind)).status).toBe(404);
    expect(await uids()).toEqual(['fixed:apikeys:reader']);
  }
  const path = `${ROLES}/${uid}/assignments`;
  const wanted = { users: [viewer.id], teams: [team], service_accounts: [account.id] };
  for (const [sent, shown] of [
    [wanted, wanted],
    [{ teams: [team] }, { users: [], teams: [team], service_accounts: [] }],
    [{}, { users: [], teams: [], service_accounts: [] }],
  ]) {
    const { status, body } = await world.send(owner.as, 'PUT', path, sent);
    expect([status, body]).toEqual([200, { role_uid: uid, ...shown }]);
    expect((await world.send(owner.as, 'GET', path)).body).toEqual(body);
  }
});

test('the writer of service accounts opens keys and accounts to a Viewer, never above their own role', async () => {
  const make = async (path: string, role: string) =>
    (await world.send(viewer.as, 'POST', path, { name: `n ${++names}`, role })).status;
  expect(await make('/api/auth/keys', 'Viewer')).toBe(403);
  expect((await give(WRITER, viewer.id)).status).toBe(200);
  expect(await make('/api/auth/keys', 'Viewer')).toBe(200);
  expect(await make('/api/serviceaccounts', 'Viewer')).toBe(201);
  for (const role of ['Editor', 'Admin']) {
    expect(await make('/api/auth/keys', role)).toBe(403);
    expect(await make('/api/serviceaccounts', role)).toBe(403);
  }
  expect((await take(WRITER, viewer.id)).status).toBe(200);
  expect(await make('/api/auth/keys', 'Viewer')).toBe(403);
});

test('a token of an account with more roles than one has oneself is not to be had', async () => {
  await give(WRITER, viewer.id);
  const account = await makeAccount('Viewer');
  const tokens = `/api/serviceaccounts/${account.id}/tokens`;
  const mint = async () => (await world.send(viewer.as, 'POST', tokens, { name: `t ${++names}` })).status;
  expect(await mint()).toBe(200);
  await give('fixed:teams:writer', account.id);
  expect(await mint()).toBe(403);
  await take('fixed:teams:writer', account.id);
  expect(await mint()).toBe(200);
});

test('what is on single folders and dashboards opens them, to reading and to search', async () => {
  const account = await makeAccount();
  const folder = async (parentUid = '') =>
    (await made('/api/folders', { title: `folder ${++names}`, parentUid })).uid;
  const dashboard = async (folderUid: string) =>
    (await made('/api/dashboards/db', { dashboard: { title: `d ${++names}` }, folderUid })).uid;
  const [open, closed] = [await folder(), await folder()];
  const deep = await dashboard(await folder(open));
  const [alone, hidden] = [await dashboard(closed), await dashboard(closed)];
  const found = async () =>
    (await world.send(account.as, 'GET', '/api/search?type=dash-db')).body.map(
      ({ uid }: { uid: string }) => uid,
    );
  expect(await found()).toEqual([]);
  const uid = await makeRole([
    { action: 'dashboards:read', scope: `folders:uid:${open}` },
    { action: 'dashboards:read', scope: `dashboards:uid:${alone}` },
  ]);
  await give(uid, account.id);
  expect(new Set(await found())).toEqual(new Set([deep, alone]));
  expect(await statusOf(account.as, `/api/dashboards/uid/${deep}`)).toBe(200);
  expect(await statusOf(account.as, `/api/dashboards/uid/${alone}`)).toBe(200);
  expect(await statusOf(account.as, `/api/dashboards/uid/${hidden}`)).toBe(403);
  const { body } = await world.send(account.as, 'GET', '/api/access-control/user/permissions');
  expect(body).toEqual({
    'dashboards:read': [`dashboards:uid:${alone}`, `folders:uid:${open}`].toSorted(),
  });
});

test('a change of the role, of the team and of the membership counts from the next request on', async () => {
  const role = await makeRole([{ action: 'teams:read', scope: 'teams:*' }]);
  const team = await makeTeam();
  const path = `/api/teams/${await makeTeam()}`;
  const members = `/api/teams/${team}/members`;
  const may = async () => (await statusOf(viewer.as, path)) === 200;
  await give(role, team, 'teams');
  expect(await may()).toBe(false);
  await made(members, { userId: viewer.id });
  expect(await may()).toBe(true);
  await world.send(owner.as, 'PUT', `${ROLES}/${role}`, { name: `n ${++names}`, permissions: [] });
  expect(await may()).toBe(false);
  const permissions = [{ action: 'teams:read', scope: 'teams:*' }];
  await world.send(owner.as, 'PUT', `${ROLES}/${role}`, { name: `n ${++names}`, permissions });
  expect(await may()).toBe(true);
  await world.send(owner.as, 'DELETE', `${members}/${viewer.id}`);
  expect(await may()).toBe(false);
  await made(members, { userId: viewer.id });
  await take(role, team, 'teams');
  expect(await may()).toBe(false);
  await give(role, team, 'teams');
  expect(await may()).toBe(true);
  expect(await statusOf(owner.as, path)).toBe(200);
  await world.send(owner.as, 'DELETE', `/api/teams/${team}`);
  expect(await may()).toBe(false);
});

test('a role that somebody has is deleted only by force, and one of the same uid gives them nothing', async () => {
  const uid = await makeRole([{ action: 'teams:read', scope: 'teams:*' }]);
  const path = `/api/teams/${await makeTeam()}`;
  await give(uid, viewer.id);
  expect(await statusOf(viewer.as, path)).toBe(200);
  expect((await world.send(owner.as, 'DELETE', `${ROLES}/${uid}`)).status).toBe(400);
  expect((await world.send(owner.as, 'DELETE', `${ROLES}/${uid}?force=true`)).status).toBe(200);
  expect(await statusOf(viewer.as, path)).toBe(403);
  await makeRole([{ action: 'teams:read', scope: 'teams:*' }], { uid });
  expect(await statusOf(viewer.as, path)).toBe(403);
  expect((await world.send(owner.as, 'GET', `${ROLES}/${uid}/assignments`)).body.users).toEqual([]);
});

test('who leaves the organization comes back without roles', async () => {
  const account = await makeAccount();
  const other = await makeOrg(world, `other ${++names}`);
  const abroad = { 'x-grafana-org-id': String(other) };
  const orgs = `/api/serviceaccounts/${account.id}/orgs`;
  const here = { 'x-grafana-org-id': String(orgId) };
  const at = (headers: Record<string, string>, method: string, path: string, body?: unknown) =>
    world.send(ADMIN, method, path, body, headers);
  const holds = async (as: As, headers: Record<string, string>) =>
    'teams:create' in
    (await world.send(as, 'GET', '/api/access-control/user/permissions', undefined, headers)).body;

  await at(here, 'POST', orgs, { orgId: other, role: 'Viewer' });
  await at(abroad, 'POST', `/api/access-control/users/${account.id}/roles`, {
    roleUid: 'fixed:teams:creator',
  });
  expect(await holds(account.as, abroad)).toBe(true);
  expect(await holds(account.as, here)).toBe(false);
  await at(here, 'DELETE', `${orgs}/${other}`);
  await at(here, 'POST', orgs, { orgId: other, role: 'Viewer' });
  expect(await holds(account.as, abroad)).toBe(false);

  await give('fixed:teams:creator', viewer.id);
  expect(await holds(viewer.as, here)).toBe(true);
  await at(here, 'DELETE', `/api/orgs/${orgId}/users/${viewer.id}`);
  await at(here, 'POST', `/api/orgs/${orgId}/users`, { loginOrEmail: viewer.login, role: 'Viewer' });
  expect(await holds(viewer.as, here)).toBe(false);
});

test('nobody hands on a role of what they do not hold, nor by way of a team', async () => {
  const deputy = await makeMember(world, orgId, `deputy${++names}`, 'Viewer');
  await give('fixed:roles:writer', deputy.id);
  await give('fixed:teams:writer', deputy.id);
  const team = await makeTeam();
  expect((await give('fixed:teams:reader', viewer.id, 'users', deputy.as)).status).toBe(200);
  for (const [id, kind] of [
    [viewer.id, 'users'],
    [deputy.id, 'users'],
    [team, 'teams'],
  ] as const) {
    expect((await give(WRITER, id, kind, deputy.as)).status).toBe(403);
  }
  const all = { users: [deputy.id], teams: [], service_accounts: [] };
  expect((await world.send(deputy.as, 'PUT', `${ROLES}/${WRITER}/assignments`, all)).status).toBe(403);
  const permissions = [{ action: 'apikeys:create' }];
  expect((await world.send(deputy.as, 'POST', ROLES, { name: 'more', permissions })).status).toBe(403);

  // A team that has more takes nobody in at the word of who has less.
  const join = async () =>
    (await world.send(deputy.as, 'POST', `/api/teams/${team}/members`, { userId: deputy.id })).status;
  await give(WRITER, team, 'teams');
  expect(await join()).toBe(403);
  await take(WRITER, team, 'teams');
  const { uid } = await made('/api/folders', { title: `folder ${++names}` });
  await made(`/api/folders/${uid}/permissions`, { items: [{ teamId: team, permission: 4 }] });
  expect(await join()).toBe(403);
  await made(`/api/folders/${uid}/permissions`, { items: [] });
  expect(await join()).toBe(200);
});

test("a role's reading of the server counts, and writing never does", async () => {
  const main = await makeMember(world, 1, `main${++names}`, 'Viewer');
  expect(await statusOf(main.as, '/api/admin/stats')).toBe(403);
  expect((await give('fixed:stats:reader', main.id, 'users', ADMIN)).status).toBe(200);
  expect(await statusOf(main.as, '/api/admin/stats')).toBe(200);
  expect(await statusOf(main.as, '/api/admin/settings')).toBe(403);
  // Actions by the same name in an organization give nothing on the server.
  expect((await give('fixed:organization:writer', viewer.id)).status).toBe(200);
  expect((await world.send(viewer.as, 'PUT', '/api/orgs/1', { name: 'taken over' })).status).toBe(403);
  expect(await statusOf(viewer.as, '/api/orgs')).toBe(403);
  expect((await give('fixed:stats:reader', viewer.id)).status).toBe(403);
});

test('nobody of elsewhere, nothing that is missing, and nothing that does not fit', async () => {
  const uid = await makeRole([{ action: 'teams:read', scope: 'teams:*' }]);
  const team = await makeTeam();
  const foreign = (await made('/api/teams', { name: `team ${++names}` }, stranger.as)).teamId;
  for (const id of [foreign, 999_999, -1]) {
    expect((await give(uid, id, 'teams')).status).toBe(404);
    const body = { users: [viewer.id], teams: [id] };
    expect((await world.send(owner.as, 'PUT', `${ROLES}/${uid}/assignments`, body)).status).toBe(404);
  }
  for (const id of [stranger.id, 999_999, -1]) {
    expect((await give(uid, id)).status).toBe(404);
    expect(await statusOf(owner.as, `/api/access-control/users/${id}/roles`)).toBe(404);
    for (const body of [{ users: [viewer.id, id] }, { service_accounts: [id] }]) {
      expect((await world.send(owner.as, 'PUT', `${ROLES}/${uid}/assignments`, body)).status).toBe(404);
    }
  }
  expect((await give(uid, viewer.id, 'users', stranger.as)).status).toBe(404);
  expect((await give(WRITER, team, 'teams', stranger.as)).status).toBe(404);
  // A user is no service account, nor the other way round.
  const wrong = { service_accounts: [viewer.id] };
  expect((await world.send(owner.as, 'PUT', `${ROLES}/${uid}/assignments`, wrong)).status).toBe(404);
  expect((await give('none-such', viewer.id)).status).toBe(404);
  for (const body of [{}, { roleUid: 7 }, { roleUid: '\u0000' }, { roleUid: uid, global: true }, 'text']) {
    const path = `/api/access-control/users/${viewer.id}/roles`;
    expect((await world.send(owner.as, 'POST', path, body)).status, JSON.stringify(body)).toBe(400);
  }
  for (const body of [{ users: ['1'] }, { teams: {} }, { users: [1e300] }]) {
    expect((await world.send(owner.as, 'PUT', `${ROLES}/${uid}/assignments`, body)).status).toBe(400);
  }
  expect((await world.send(owner.as, 'GET', `${ROLES}/${uid}/assignments`)).body.users).toEqual([]);
  expect((await give(uid, viewer.id, 'users', viewer.as)).status).toBe(403);
  expect(await statusOf(viewer.as, `/api/access-control/users/${viewer.id}/roles`)).toBe(403);
});
