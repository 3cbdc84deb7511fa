import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MadeUser, makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
let orgId: number;
let owner: MadeUser;
let viewer: MadeUser;
beforeAll(async () => {
  world = await startWorld();
  orgId = await makeOrg(world, 'teams');
  owner = await makeMember(world, orgId, 'owner', 'Admin');
  viewer = await makeMember(world, orgId, 'viewer', 'Viewer');
});
afterAll(() => world.stop());

let made = 0;
async function makeTeam(name = `team ${++made}`, as: As = owner.as): Promise<{ id: number; uid: string }> {
  const { status, body } = await world.send(as, 'POST', '/api/teams', { name });
  expect(status, JSON.stringify(body)).toBe(200);
  return { id: body.teamId, uid: body.uid };
}

async function namesAt(as: As, path: string): Promise<string[]> {
  const { status, body } = await world.send(as, 'GET', path);
  expect(status, JSON.stringify(body)).toBe(200);
  return (body.teams ?? body).map((team: { name: string }) => team.name);
}

test('a team is made, read by its id and by its uid, changed and deleted', async () => {
  const wanted = { name: 'crew', email: 'crew@example.org' };
  const { body: created } = await world.send(owner.as, 'POST', '/api/teams', wanted);
  expect(created).toEqual({ message: 'Team created', teamId: expect.any(Number), uid: expect.any(String) });
  const { teamId: id, uid } = created;
  const team = { ...wanted, id, uid, orgId, memberCount: 1, permission: 0, accessControl: null };
  for (const name of [id, uid]) {
    expect(await world.send(owner.as, 'GET', `/api/teams/${name}`)).toMatchObject({
      status: 200,
      body: team,
    });
  }
  const renamed = await world.send(owner.as, 'PUT', `/api/teams/${uid}`, { name: 'band' });
  expect(renamed).toMatchObject({ status: 200, body: { message: 'Team updated' } });
  const { body: after } = await world.send(owner.as, 'GET', `/api/teams/${id}`);
  expect(after).toMatchObject({ id, uid, name: 'band', email: '' });
  expect((await world.send(owner.as, 'DELETE', `/api/teams/${uid}`)).body).toEqual({
    message: 'Team deleted',
  });
  for (const method of ['GET', 'DELETE']) {
    const gone = await world.send(owner.as, method, `/api/teams/${id}`);
    expect(gone).toMatchObject({ status: 404, body: { message: 'Team not found' } });
  }
  const put = await world.send(owner.as, 'PUT', `/api/teams/${uid}`, { name: 'x' });
  expect(put.status).toBe(404);
});

test('a name is taken within its organization only, and an id is never given again', async () => {
  const { id } = await makeTeam('unique');
  const other = await makeTeam('not unique');
  const twice = await world.send(owner.as, 'POST', '/api/teams', { name: 'unique' });
  expect(twice).toMatchObject({ status: 409, body: { message: 'Team name taken' } });
  const renamed = await world.send(owner.as, 'PUT', `/api/teams/${other.id}`, { name: 'unique' });
  expect(renamed).toMatchObject({ status: 409, body: { message: 'Team name taken' } });
  await makeTeam('unique', ADMIN);
  await world.send(owner.as, 'DELETE', `/api/teams/${id}`);
  expect((await makeTeam('unique')).id).toBeGreaterThan(id);
});

test('the body names no other organization than the one acted in', async () => {
  const here = await world.send(owner.as, 'POST', '/api/teams', { name: 'here', orgId });
  expect(here.status).toBe(200);
  const elsewhere = await world.send(owner.as, 'POST', '/api/teams', { name: 'elsewhere', orgId: 1 });
  expect(elsewhere).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('X-Grafana-Org-Id') },
  });
});

test('the team of another organization is as if there were none', async () => {
  const { id, uid } = await makeTeam('foreign', ADMIN);
  for (const name of [id, uid]) {
    const requests: [string, string, unknown?][] = [
      ['GET', ''],
      ['PUT', '', { name: 'stolen' }],
      ['DELETE', ''],
      ['GET', '/members'],
      ['POST', '/members', { userId: owner.id }],
      ['PUT', '/members', { members: [], admins: ['owner@example.org'] }],
      ['PUT', '/members/1', { permission: 4 }],
      ['DELETE', '/members/1'],
      ['GET', '/groups'],
      ['POST', '/groups', { groupId: 'x' }],
      ['DELETE', '/groups/x'],
    ];
    for (const [method, path, body] of requests) {
      const { status, body: said } = await world.send(owner.as, method, `/api/teams/${name}${path}`, body);
      expect([method, path, status, said.message]).toEqual([method, path, 404, 'Team not found']);
    }
  }
  expect(await namesAt(owner.as, '/api/teams/search?query=foreign')).toEqual([]);
});

test('whoever may read all teams searches them by page, by part of the name and by the whole', async () => {
  const letters = ['c', 'a', 'b', 'd', 'e'];
  for (const letter of letters) await makeTeam(`Paged ${letter}`);
  const read: string[] = [];
  for (let page = 1; ; page++) {
    const path = `/api/teams/search?query=pAGED&perpage=2&page=${page}`;
    const { body } = await world.send(owner.as, 'GET', path);
    expect(body).toMatchObject({ totalCount: 5, page, perPage: 2 });
    if (body.teams.length === 0) break;
    read.push(...body.teams.map((team: { name: string }) => team.name));
  }
  expect(read).toEqual(letters.toSorted().map((letter) => `Paged ${letter}`));
  expect(await namesAt(owner.as, '/api/teams/search?name=Paged')).toEqual([]);
  expect(await namesAt(owner.as, '/api/teams/search?name=Paged%20a')).toEqual(['Paged a']);
});

test('a member finds the teams that they are in, and nobody else finds any', async () => {
  expect((await world.send(viewer.as, 'GET', '/api/teams/search')).status).toBe(403);
  const { id } = await makeTeam('found by its members');
  const hidden = await makeTeam();
  await world.send(owner.as, 'POST', `/api/teams/${id}/members`, { userId: viewer.id });
  const path = '/api/teams/search?accesscontrol=true';
  const { body } = await world.send(viewer.as, 'GET', path);
  expect(body).toMatchObject({ totalCount: 1, teams: [{ id, accessControl: { 'teams:read': true } }] });
  expect(body.teams[0].accessControl).toEqual({ 'teams:read': true });
  expect((await world.send(viewer.as, 'GET', `/api/teams/${id}`)).status).toBe(200);
  expect((await world.send(viewer.as, 'GET', `/api/teams/${hidden.id}`)).status).toBe(403);
  expect((await world.send(viewer.as, 'GET', `/api/teams/${hidden.uid}`)).status).toBe(403);
  expect(await namesAt(viewer.as, '/api/user/teams')).toEqual(['found by its members']);
});

test('teams of a person are those of the organization acted in', async () => {
  const person = await makeMember(world, orgId, 'in two', 'Viewer');
  await world.send(ADMIN, 'POST', '/api/orgs/1/users', { loginOrEmail: 'in two', role: 'Viewer' });
  for (const [as, name] of [
    [owner.as, 'here only'],
    [ADMIN, 'main only'],
  ] as const) {
    const { id } = await makeTeam(name, as);
    await world.send(as, 'POST', `/api/teams/${id}/members`, { userId: person.id });
  }
  expect(await namesAt(person.as, '/api/user/teams')).toEqual(['here only']);
  expect(await namesAt(person.as, '/api/user/teams?orgId=1')).toEqual(['main only']);
  expect(await namesAt(ADMIN, `/api/users/${person.id}/teams`)).toEqual(['main only']);
  expect(await namesAt(ADMIN, `/api/users/${person.id}/teams?orgId=${orgId}`)).toEqual(['here only']);
  expect((await world.send(owner.as, 'GET', `/api/users/${person.id}/teams`)).status).toBe(403);
  expect((await world.send(ADMIN, 'GET', '/api/users/99999/teams')).status).toBe(404);
});

test('a key makes a team without members, and is in none', async () => {
  const { body: key } = await world.send(owner.as, 'POST', '/api/auth/keys', { name: 'k', role: 'Admin' });
  const as = { bearer: key.key };
  const { id } = await makeTeam('made by a key', as);
  expect((await world.send(as, 'GET', `/api/teams/${id}/members`)).body).toEqual([]);
  expect(await world.send(as, 'GET', '/api/user/teams')).toMatchObject({ status: 200, body: [] });
});

test('Viewers and Editors make no teams, and are told so before their request is judged', async () => {
  const editor = await makeMember(world, orgId, 'editor', 'Editor');
  const { id } = await makeTeam();
  for (const { as } of [viewer, editor]) {
    expect((await world.send(as, 'POST', '/api/teams', { wrong: true })).status).toBe(403);
    expect((await world.send(as, 'PUT', `/api/teams/${id}`, { wrong: true })).status).toBe(403);
    expect((await world.send(as, 'DELETE', `/api/teams/${id}`)).status).toBe(403);
    expect((await world.send(as, 'GET', `/api/teams/${id}/members`)).status).toBe(403);
    expect((await world.send(as, 'POST', `/api/teams/${id}/members`, {})).status).toBe(403);
  }
});

test.each([
  ['POST', '/api/teams', {}],
  ['POST', '/api/teams', { name: '' }],
  ['POST', '/api/teams', { name: 7 }],
  ['POST', '/api/teams', { name: 'a\u0000b' }],
  ['POST', '/api/teams', { name: 'n'.repeat(10_000) }],
  ['POST', '/api/teams', { name: 'fine', email: 'e'.repeat(10_000) }],
  ['POST', '/api/teams', { name: 'fine', orgId: '2' }],
  ['POST', '/api/teams', []],
  ['PUT', '/api/teams/1', { email: 'x' }],
  ['POST', '/api/teams/1/members', { userId: '1' }],
  ['POST', '/api/teams/1/members', { userId: 1e300 }],
  ['PUT', '/api/teams/1/members/1', { permission: 2 }],
  ['PUT', '/api/teams/1/members/x', { permission: 4 }],
  ['PUT', '/api/teams/1/members', { members: [1] }],
  ['POST', '/api/teams/1/groups', { groupId: '' }],
  ['GET', '/api/teams/search?page=-1', undefined],
  ['GET', '/api/teams/search?query=%00', undefined],
])('%s %s refuses %j', async (method, path, body) => {
  await world.send(ADMIN, 'POST', '/api/teams', { name: 'first' });
  expect((await world.send(ADMIN, method, path, body)).status).toBe(400);
});

test.each([
  '99999',
  '99999999999999999999',
  '-1',
  '0',
  '007',
  '%2A',
  'no-such',
  '1e0',
  '%20',
  'n'.repeat(200),
])('no team is found under %s', async (name) => {
  expect((await world.send(owner.as, 'GET', `/api/teams/${name}`)).status).toBe(404);
  expect((await world.send(viewer.as, 'GET', `/api/teams/${name}`)).status).toBe(403);
});

test('a NUL in the path is a bad request', async () => {
  expect((await world.send(owner.as, 'GET', '/api/teams/a%00')).status).toBe(400);
});

test('every change is recorded', async () => {
  const { id } = await makeTeam('recorded');
  await world.send(owner.as, 'PUT', `/api/teams/${id}`, { name: 'still recorded' });
  await world.send(owner.as, 'POST', `/api/teams/${id}/members`, { userId: viewer.id });
  await world.send(owner.as, 'PUT', `/api/teams/${id}/members/${viewer.id}`, { permission: 4 });
  await world.send(owner.as, 'POST', `/api/teams/${id}/groups`, { groupId: 'g' });
  await world.send(owner.as, 'DELETE', `/api/teams/${id}`);
  const rows = await world.context.db
    .selectFrom('audit')
    .select(['action', 'actor', 'org_id'])
    .where('object_kind', '=', 'team')
    .where('object_id', '=', String(id))
    .orderBy('id')
    .execute();
  expect(rows.map((row) => row.action)).toEqual([
    'teams:create',
    'teams:write',
    'teams.permissions:write',
    'teams.permissions:write',
    'teams.permissions:write',
    'teams:delete',
  ]);
  expect(rows.every((row) => row.actor === 'user:owner' && row.org_id === orgId)).toBe(true);
});
