import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MadeUser, makeMember, makeOrg, makeUser } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
let orgId: number;
let owner: MadeUser;
beforeAll(async () => {
  world = await startWorld();
  orgId = await makeOrg(world, 'teams');
  owner = await makeMember(world, orgId, 'owner', 'Admin');
});
afterAll(() => world.stop());

let made = 0;
let team: number;
let viewer: MadeUser;
beforeEach(async () => {
  made++;
  team = await makeTeam(`team ${made}`);
  viewer = await makeMember(world, orgId, `viewer${made}`, 'Viewer');
});

async function makeTeam(name: string): Promise<number> {
  const { status, body } = await world.send(owner.as, 'POST', '/api/teams', { name });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.teamId;
}

async function join(user: MadeUser, permission = 0, into = team): Promise<void> {
  const path = `/api/teams/${into}/members`;
  expect((await world.send(owner.as, 'POST', path, { userId: user.id })).status).toBe(200);
  if (permission === 0) return;
  expect((await world.send(owner.as, 'PUT', `${path}/${user.id}`, { permission })).status).toBe(200);
}

async function membersOf(id = team, as: As = owner.as): Promise<Record<string, number>> {
  const { status, body } = await world.send(as, 'GET', `/api/teams/${id}/members`);
  expect(status).toBe(200);
  return Object.fromEntries(
    body.map((member: { login: string; permission: number }) => [member.login, member.permission]),
  );
}

async function makeFolder(): Promise<string> {
  const { status, body } = await world.send(owner.as, 'POST', '/api/folders', { title: `folder ${made}` });
  expect(status).toBe(200);
  return body.uid;
}

/** Edit on a folder for a team, and for nobody else but its maker. */
async function giveEdit(folder: string, teamId = team): Promise<void> {
  const items = [{ teamId, permission: 2 }];
  const { status } = await world.send(owner.as, 'POST', `/api/folders/${folder}/permissions`, { items });
  expect(status).toBe(200);
}

async function mayEdit(user: MadeUser, folder: string): Promise<boolean> {
  const dashboard = { title: `${user.login} ${Math.random()}` };
  const body = { folderUid: folder, dashboard };
  const { status } = await world.send(user.as, 'POST', '/api/dashboards/db', body);
  expect([200, 403]).toContain(status);
  return status === 200;
}

test('who makes a team is its first member and Admin; others are added, promoted and taken out', async () => {
  expect(await membersOf()).toEqual({ owner: 4 });
  const path = `/api/teams/${team}/members`;
  const added = await world.send(owner.as, 'POST', path, { userId: viewer.id });
  expect(added).toMatchObject({ status: 200, body: { message: 'Member added to Team' } });
  const again = await world.send(owner.as, 'POST', path, { userId: viewer.id });
  expect(again).toMatchObject({ status: 400, body: { message: 'User is already added to this team' } });
  const promoted = await world.send(owner.as, 'PUT', `${path}/${viewer.id}`, { permission: 4 });
  expect(promoted).toMatchObject({ status: 200, body: { message: 'Team member updated' } });
  expect(await membersOf()).toEqual({ owner: 4, [viewer.login]: 4 });
  const removed = await world.send(owner.as, 'DELETE', `${path}/${viewer.id}`);
  expect(removed).toMatchObject({ status: 200, body: { message: 'Team Member removed' } });
  for (const [method, body] of [
    ['DELETE', undefined],
    ['PUT', { permission: 4 }],
  ] as const) {
    const gone = await world.send(owner.as, method, `${path}/${viewer.id}`, body);
    expect(gone).toMatchObject({ status: 404, body: { message: 'Team member not found' } });
  }
});

test('only members of the organization are put into a team, and nobody learns who else there is', async () => {
  const stranger = await makeUser(world, `stranger${made}`);
  const path = `/api/teams/${team}/members`;
  for (const userId of [stranger.id, 99_999, -1, Number.MAX_SAFE_INTEGER]) {
    const refused = await world.send(owner.as, 'POST', path, { userId });
    expect(refused).toMatchObject({ status: 404, body: { message: 'User not found' } });
  }
  const account = await world.send(owner.as, 'POST', '/api/serviceaccounts', { name: `sa ${made}` });
  expect((await world.send(owner.as, 'POST', path, { userId: account.body.id })).status).toBe(404);
});

test('all members are replaced by their emails, or none is', async () => {
  const other = await makeMember(world, orgId, `other${made}`, 'Viewer');
  const path = `/api/teams/${team}/members`;
  const emailOf = ({ login }: MadeUser): string => `${login}@example.org`;
  await join(viewer);
  const wanted = { members: [emailOf(other)], admins: [emailOf(viewer).toUpperCase()] };
  expect((await world.send(owner.as, 'PUT', path, wanted)).status).toBe(200);
  expect(await membersOf()).toEqual({ [other.login]: 0, [viewer.login]: 4 });
  const unknown = { members: ['nobody@example.org'], admins: [emailOf(other)] };
  expect((await world.send(owner.as, 'PUT', path, unknown)).status).toBe(400);
  expect(await membersOf()).toEqual({ [other.login]: 0, [viewer.login]: 4 });
  expect((await world.send(owner.as, 'PUT', path, { members: [], admins: [] })).status).toBe(200);
  expect(await membersOf()).toEqual({});
});

test("a team's Admin manages it though only a Viewer, and no other team", async () => {
  const other = await makeTeam(`not theirs ${made}`);
  const friend = await makeMember(world, orgId, `friend${made}`, 'Viewer');
  await join(viewer);
  const path = `/api/teams/${team}/members`;
  expect((await world.send(viewer.as, 'POST', path, { userId: friend.id })).status).toBe(403);
  expect((await world.send(viewer.as, 'GET', path)).status).toBe(403);
  expect((await world.send(viewer.as, 'PUT', `${path}/${viewer.id}`, { permission: 4 })).status).toBe(403);

  await world.send(owner.as, 'PUT', `${path}/${viewer.id}`, { permission: 4 });
  expect((await world.send(viewer.as, 'POST', path, { userId: friend.id })).status).toBe(200);
  expect(await membersOf(team, viewer.as)).toMatchObject({ [friend.login]: 0, [viewer.login]: 4 });
  expect((await world.send(viewer.as, 'PUT', `/api/teams/${team}`, { name: `named ${made}` })).status).toBe(
    200,
  );
  const elsewhere = `/api/teams/${other}/members`;
  expect((await world.send(viewer.as, 'POST', elsewhere, { userId: viewer.id })).status).toBe(403);
  expect((await world.send(viewer.as, 'GET', `/api/teams/${other}`)).status).toBe(403);
  expect((await world.send(viewer.as, 'POST', '/api/teams', { name: 'one more' })).status).toBe(403);

  await world.send(owner.as, 'PUT', `${path}/${viewer.id}`, { permission: 0 });
  expect((await world.send(viewer.as, 'DELETE', `${path}/${friend.id}`)).status).toBe(403);
});

test('what a team may do its members may, until the request after they are taken out', async () => {
  const folder = await makeFolder();
  await giveEdit(folder);
  expect(await mayEdit(viewer, folder)).toBe(false);
  await join(viewer);
  expect(await mayEdit(viewer, folder)).toBe(true);
  const shown = await world.send(owner.as, 'GET', `/api/folders/${folder}/permissions`);
  expect(shown.body).toMatchObject([{ teamId: team, team: `team ${made}`, permission: 2, userId: 0 }]);
  await world.send(owner.as, 'DELETE', `/api/teams/${team}/members/${viewer.id}`);
  expect(await mayEdit(viewer, folder)).toBe(false);
});

test('a team that is made anew under the same name has nothing of the old one', async () => {
  const folder = await makeFolder();
  await giveEdit(folder);
  await join(viewer);
  expect(await mayEdit(viewer, folder)).toBe(true);
  expect((await world.send(owner.as, 'DELETE', `/api/teams/${team}`)).status).toBe(200);
  expect(await mayEdit(viewer, folder)).toBe(false);
  await join(viewer, 0, await makeTeam(`team ${made}`));
  expect(await mayEdit(viewer, folder)).toBe(false);
  const { body } = await world.send(owner.as, 'GET', `/api/folders/${folder}/permissions`);
  expect(body).toEqual([]);
});

test('who leaves the organization leaves its teams, and comes back into none', async () => {
  const folder = await makeFolder();
  await giveEdit(folder);
  await join(viewer, 4);
  await world.send(ADMIN, 'DELETE', `/api/orgs/${orgId}/users/${viewer.id}`);
  expect(await membersOf()).toEqual({ owner: 4 });
  const back = { loginOrEmail: viewer.login, role: 'Viewer' };
  expect((await world.send(owner.as, 'POST', '/api/org/users', back)).status).toBe(200);
  expect(await mayEdit(viewer, folder)).toBe(false);
  expect((await world.send(viewer.as, 'GET', `/api/teams/${team}`)).status).toBe(403);
});

test('a deleted user is in no team', async () => {
  await join(viewer);
  expect((await world.send(ADMIN, 'DELETE', `/api/admin/users/${viewer.id}`)).status).toBe(200);
  expect(await membersOf()).toEqual({ owner: 4 });
});

test('an organization goes with its teams', async () => {
  const gone = await makeOrg(world, `gone ${made}`);
  const inOrg = { 'x-grafana-org-id': String(gone) };
  const { body } = await world.send(ADMIN, 'POST', '/api/teams', { name: 'gone' }, inOrg);
  await world.send(ADMIN, 'POST', `/api/teams/${body.teamId}/groups`, { groupId: 'g' }, inOrg);
  expect((await world.send(ADMIN, 'DELETE', `/api/orgs/${gone}`)).status).toBe(200);
  const left = await world.context.db
    .selectFrom('team')
    .fullJoin('team_member', 'team_member.team_id', 'team.id')
    .select('team.id')
    .where(({ or, eb }) => or([eb('team.id', '=', body.teamId), eb('team_id', '=', body.teamId)]))
    .execute();
  expect(left).toEqual([]);
});

test("a team's permission is none in another organization", async () => {
  const folder = await makeFolder();
  await giveEdit(folder);
  await join(viewer);
  await world.send(ADMIN, 'POST', '/api/orgs/1/users', { loginOrEmail: viewer.login, role: 'Viewer' });
  const row = { org_id: 1, kind: 'folders', object_id: 'elsewhere', subject: `team:${team}`, level: 2 };
  await world.send(ADMIN, 'POST', '/api/folders', { title: `elsewhere ${made}`, uid: 'elsewhere' });
  await world.context.db
    .insertInto('object_permission')
    .values({ ...row, created_at: 0, updated_at: 0 })
    .execute();
  const body = { folderUid: 'elsewhere', dashboard: { title: 'x' } };
  const inMain = { 'x-grafana-org-id': '1' };
  expect((await world.send(viewer.as, 'POST', '/api/dashboards/db', body, inMain)).status).toBe(403);
  const items = [{ teamId: team, permission: 2 }];
  const foreign = await world.send(ADMIN, 'POST', '/api/folders/elsewhere/permissions', { items });
  expect(foreign.status).toBe(400);
});

test('what one may do counts what one may by teams', async () => {
  const folder = await makeFolder();
  await giveEdit(folder);
  await join(viewer, 4);
  const path = '/api/access-control/user/permissions';
  const { body } = await world.send(viewer.as, 'GET', path);
  expect(body['dashboards:create']).toEqual([`folders:uid:${folder}`]);
  expect(body['teams.permissions:write']).toEqual([`teams:id:${team}`]);
  await world.send(owner.as, 'DELETE', `/api/teams/${team}/members/${viewer.id}`);
  const { body: after } = await world.send(viewer.as, 'GET', path);
  expect(after['dashboards:create']).toBeUndefined();
  expect(after['teams:read']).toBeUndefined();
});

test('groups of somewhere else are kept with a team', async () => {
  const path = `/api/teams/${team}/groups`;
  const groupId = 'cn=editors,ou=groups/all';
  const added = await world.send(owner.as, 'POST', path, { groupId });
  expect(added).toMatchObject({ status: 200, body: { message: 'Group added to Team' } });
  const again = await world.send(owner.as, 'POST', path, { groupId });
  expect(again).toMatchObject({ status: 400, body: { message: 'Group is already added to this team' } });
  await world.send(owner.as, 'POST', path, { groupId: 'plain' });
  expect((await world.send(owner.as, 'GET', path)).body).toEqual([
    { orgId, teamId: team, groupId },
    { orgId, teamId: team, groupId: 'plain' },
  ]);
  const query = `${path}?groupId=${encodeURIComponent(groupId)}`;
  expect((await world.send(owner.as, 'DELETE', query)).status).toBe(200);
  expect((await world.send(owner.as, 'DELETE', `${path}/plain`)).status).toBe(200);
  const gone = await world.send(owner.as, 'DELETE', `${path}/plain`);
  expect(gone).toMatchObject({ status: 404, body: { message: 'Team group not found' } });
  expect((await world.send(owner.as, 'GET', path)).body).toEqual([]);
});
