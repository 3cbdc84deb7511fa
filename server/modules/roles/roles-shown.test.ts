import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MadeUser, makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
let owner: MadeUser;
let viewer: MadeUser;
let stranger: MadeUser;
beforeAll(async () => {
  world = await startWorld();
  const orgId = await makeOrg(world, 'roles');
  owner = await makeMember(world, orgId, 'owner', 'Admin');
  viewer = await makeMember(world, orgId, 'viewer', 'Viewer');
  stranger = await makeMember(world, await makeOrg(world, 'elsewhere'), 'stranger', 'Admin');
});
afterAll(() => world.stop());

async function made(path: string, body: object, as: As = owner.as) {
  const answer = await world.send(as, 'POST', path, body);
  expect([200, 201], JSON.stringify(answer.body)).toContain(answer.status);
  return answer.body;
}

interface Permission {
  action: string;
  scope: string;
}

interface BasicRole {
  uid: string;
  permissions: Permission[];
}

test('a basic role is shown with exactly what somebody of that role holds', async () => {
  const shown = await world.send(owner.as, 'GET', '/api/access-control/basic-roles');
  expect(shown.status).toBe(200);
  const roles = shown.body as BasicRole[];
  expect(roles.map(({ uid }) => uid)).toEqual([
    'basic_none',
    'basic_viewer',
    'basic_editor',
    'basic_admin',
    'basic_grafana_admin',
  ]);
  for (const role of ['None', 'Viewer', 'Editor', 'Admin']) {
    const { id } = await made('/api/serviceaccounts', { name: `of ${role}`, role });
    const { key } = await made(`/api/serviceaccounts/${id}/tokens`, { name: `of ${role}` });
    const held = await world.send({ bearer: key }, 'GET', '/api/access-control/user/permissions');
    const given = roles.find(({ uid }) => uid === `basic_${role.toLowerCase()}`)?.permissions ?? [];
    const byAction = Object.groupBy(given, ({ action }) => action);
    const scopes = Object.entries(byAction).map(([action, some]) => [
      action,
      some?.map(({ scope }) => scope),
    ]);
    expect(Object.fromEntries(scopes), role).toEqual(held.body);
  }
});

test('those who have a role are named, page by page until an empty one, in their organization alone', async () => {
  const role = await made('/api/access-control/roles', { name: 'custom:held' });
  const team = await made('/api/teams', { name: 'the team' });
  const account = await made('/api/serviceaccounts', { name: 'the account' });
  const path = `/api/access-control/roles/${role.uid}`;
  const assigned = { users: [viewer.id], teams: [team.teamId], service_accounts: [account.id] };
  expect((await world.send(owner.as, 'PUT', `${path}/assignments`, assigned)).status).toBe(200);
  const holders = async (query = '', as = owner.as) =>
    (await world.send(as, 'GET', `${path}/holders${query}`)).body;
  const all = [
    { kind: 'user', id: viewer.id, name: 'viewer' },
    { kind: 'team', id: team.teamId, name: 'the team' },
    { kind: 'service-account', id: account.id, name: 'the account' },
  ];
  expect(await holders()).toMatchObject({ totalCount: 3, holders: all });
  expect(await holders('?perpage=2&page=2')).toMatchObject({ totalCount: 3, holders: all.slice(2) });
  expect(await holders('?perpage=2&page=3')).toMatchObject({ totalCount: 3, holders: [] });
  expect((await world.send(stranger.as, 'GET', `${path}/holders`)).status).toBe(404);
});

test('who has a fixed role is told of one organization at a time', async () => {
  const path = '/api/access-control/roles/fixed:teams:reader';
  const assigned = { users: [viewer.id] };
  expect((await world.send(owner.as, 'PUT', `${path}/assignments`, assigned)).status).toBe(200);
  const counts = [];
  for (const as of [owner.as, stranger.as, ADMIN])
    counts.push((await world.send(as, 'GET', `${path}/holders`)).body.totalCount);
  expect(counts).toEqual([1, 0, 0]);
});

test('only who may read roles is shown what they give, and who has them', async () => {
  for (const path of ['basic-roles', 'roles/fixed:teams:reader/holders']) {
    const { status, body } = await world.send(viewer.as, 'GET', `/api/access-control/${path}`);
    expect([path, status]).toEqual([path, 403]);
    expect(body.message).toContain('roles:read');
  }
});
