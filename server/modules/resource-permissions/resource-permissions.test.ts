import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MadeUser, makeMember, makeOrg } from '../../testing/people.ts';
import { type Answer, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
let owner: MadeUser;
let viewer: MadeUser;
let editor: MadeUser;
let stranger: MadeUser;
let nobody: { id: number; as: As };
let team: number;
beforeAll(async () => {
  world = await startWorld();
  const orgId = await makeOrg(world, 'permissions');
  owner = await makeMember(world, orgId, 'owner', 'Admin');
  viewer = await makeMember(world, orgId, 'viewer', 'Viewer');
  editor = await makeMember(world, orgId, 'editor', 'Editor');
  stranger = await makeMember(world, await makeOrg(world, 'elsewhere'), 'stranger', 'Admin');
  nobody = await makeAccount('nobody', 'None');
  team = (await made('/api/teams', { name: 'team' })).teamId;
});
afterAll(() => world.stop());

let names = 0;

async function made(path: string, body: object, as: As = owner.as) {
  const answer = await world.send(as, 'POST', path, body);
  expect([200, 201], JSON.stringify(answer.body)).toContain(answer.status);
  return answer.body;
}

async function makeAccount(name: string, role: string): Promise<{ id: number; as: As }> {
  const { id } = await made('/api/serviceaccounts', { name, role });
  const { key } = await made(`/api/serviceaccounts/${id}/tokens`, { name });
  return { id, as: { bearer: key } };
}

const makeFolder = async (): Promise<string> =>
  (await made('/api/folders', { title: `folder ${++names}` })).uid;
const makeDashboard = async (folderUid = ''): Promise<string> =>
  (await made('/api/dashboards/db', { dashboard: { title: `dashboard ${++names}` }, folderUid })).uid;
const makeSource = async (): Promise<string> =>
  (await made('/api/datasources', { name: `source ${++names}`, type: 'prometheus' })).datasource.uid;

/** One of each kind, by the kind. */
async function oneOfEach(): Promise<Record<string, string | number>> {
  return {
    folders: await makeFolder(),
    dashboards: await makeDashboard(),
    datasources: await makeSource(),
    serviceaccounts: (await makeAccount(`account ${++names}`, 'Viewer')).id,
    teams: (await made('/api/teams', { name: `team ${++names}` })).teamId,
  };
}

const path = (kind: string, id: string | number): string => `/api/access-control/${kind}/${id}`;

function set(
  as: As,
  kind: string,
  id: string | number,
  permissions: unknown,
  more: string = '',
): Promise<Answer> {
  const body = more === '' ? { permissions } : { permission: permissions };
  return world.send(as, 'POST', path(kind, id) + more, body);
}

interface Entry {
  userLogin?: string;
  team?: string;
  builtInRole?: string;
  permission: string;
  isInherited: boolean;
}

async function brief(kind: string, id: string | number, as: As = owner.as): Promise<string[]> {
  const { status, body } = await world.send(as, 'GET', path(kind, id));
  expect(status, JSON.stringify(body)).toBe(200);
  return (body as Entry[])
    .map((entry) => {
      const who = entry.userLogin ?? entry.team ?? entry.builtInRole;
      return `${who} ${entry.permission}${entry.isInherited ? ' inherited' : ''}`;
    })
    .toSorted();
}

test('each kind says which levels it has, and to whom they can be given', async () => {
  const all = { users: true, teams: true, builtInRoles: true };
  for (const [kind, assignments, permissions] of [
    ['folders', all, ['View', 'Edit', 'Admin']],
    ['dashboards', all, ['View', 'Edit', 'Admin']],
    ['datasources', all, ['Query', 'Edit', 'Admin']],
    ['serviceaccounts', { ...all, builtInRoles: false }, ['Edit', 'Admin']],
    ['teams', { users: true, teams: false, builtInRoles: false }, ['Member', 'Admin']],
  ] as const) {
    const { status, body } = await world.send(owner.as, 'GET', path(kind, 'description'));
    expect([status, body]).toEqual([200, { assignments, permissions }]);
    expect((await world.send(nobody.as, 'GET', path(kind, 'description'))).status).toBe(403);
  }
});

test('an entry says who has what, and which actions that gives', async () => {
  const { id } = await makeAccount('shown', 'Viewer');
  const [mine] = (await world.send(owner.as, 'GET', path('serviceaccounts', id))).body;
  expect(mine).toEqual({
    id: expect.any(Number),
    roleName: `managed:users:${owner.id}:permissions`,
    isManaged: true,
    isInherited: false,
    isServiceAccount: false,
    userId: owner.id,
    userLogin: 'owner',
    userAvatarUrl: expect.stringMatching(/^\/avatar\/[0-9a-f]{32}$/),
    actions: expect.arrayContaining(['serviceaccounts:delete', 'serviceaccounts.permissions:write']),
    permission: 'Admin',
  });
  const uid = await makeSource();
  await set(owner.as, 'datasources', uid, [
    { teamId: team, permission: 'Query' },
    { builtInRole: 'Viewer', userId: 0, teamId: 0, permission: 'Edit' },
  ]);
  expect((await world.send(owner.as, 'GET', path('datasources', uid))).body).toEqual([
    {
      id: expect.any(Number),
      roleName: `managed:teams:${team}:permissions`,
      isManaged: true,
      isInherited: false,
      isServiceAccount: false,
      teamId: team,
      team: 'team',
      teamAvatarUrl: expect.any(String),
      actions: ['datasources:query', 'datasources:read'],
      permission: 'Query',
    },
    {
      id: expect.any(Number),
      roleName: 'managed:builtins:viewer:permissions',
      isManaged: true,
      isInherited: false,
      isServiceAccount: false,
      builtInRole: 'Viewer',
      actions: ['datasources:query', 'datasources:read', 'datasources:write', 'datasources:delete'],
      permission: 'Edit',
    },
  ]);
});

test('one at a time and several together, given and taken away; the others stay', async () => {
  const uid = await makeFolder();
  const usual = ['Editor Edit', 'Viewer View', 'owner Admin'];
  const user = `/users/${viewer.id}`;
  const given = await set(owner.as, 'folders', uid, 'Edit', user);
  expect([given.status, given.body]).toEqual([200, { message: 'Permission updated' }]);
  await set(owner.as, 'folders', uid, 'View', `/teams/${team}`);
  await set(owner.as, 'folders', uid, '', '/builtInRoles/Editor');
  expect(await brief('folders', uid)).toEqual(['Viewer View', 'owner Admin', 'team View', 'viewer Edit']);
  const taken = await set(owner.as, 'folders', uid, '', user);
  expect([taken.status, taken.body]).toEqual([200, { message: 'Permission removed' }]);
  const several = await set(owner.as, 'folders', uid, [
    { teamId: team, permission: '' },
    { builtInRole: 'Editor', permission: 'Edit' },
    // Nothing is there to take, and nobody of that id either.
    { userId: 999_999, permission: '' },
  ]);
  expect([several.status, several.body]).toEqual([200, { message: 'Permissions updated' }]);
  expect(await brief('folders', uid)).toEqual(usual);
});

test('as Terraform sends it: what is named twice comes in that order, and no level takes the one away', async () => {
  const uid = await makeFolder();
  const viewers = { builtInRole: 'Viewer' };
  const editors = { builtInRole: 'Editor' };
  const changed = await set(owner.as, 'folders', uid, [viewers, editors, { ...viewers, permission: 'Edit' }]);
  expect([changed.status, changed.body]).toEqual([200, { message: 'Permissions updated' }]);
  expect(await brief('folders', uid)).toEqual(['Viewer Edit', 'owner Admin']);
  const nothing = await set(owner.as, 'folders', uid, null);
  expect([nothing.status, nothing.body]).toEqual([200, { message: 'Permissions updated' }]);
  const role = `${path('folders', uid)}/builtInRoles/Viewer`;
  const taken = await world.send(owner.as, 'POST', role, {});
  expect([taken.status, taken.body]).toEqual([200, { message: 'Permission removed' }]);
  expect(await brief('folders', uid)).toEqual(['owner Admin']);
});

test('the older calls show the same permissions, and either changes what the other shows', async () => {
  const outer = await makeFolder();
  const uid = await makeDashboard(outer);
  await set(owner.as, 'dashboards', uid, 'Edit', `/users/${viewer.id}`);
  expect(await brief('dashboards', uid)).toEqual([
    'Editor Edit inherited',
    'Viewer View inherited',
    'owner Admin inherited',
    'viewer Edit',
  ]);
  const older = `/api/dashboards/uid/${uid}/permissions`;
  const { body } = await world.send(owner.as, 'GET', older);
  expect(body).toHaveLength(4);
  expect(body[0]).toMatchObject({ userLogin: 'viewer', permission: 2, inherited: false });
  await world.send(owner.as, 'POST', older, { items: [{ teamId: team, permission: 1 }] });
  expect((await brief('dashboards', uid)).filter((line) => !line.endsWith('inherited'))).toEqual([
    'team View',
  ]);
});

test('an inherited entry says from which folder, and an account is told from a user', async () => {
  const top = (await made('/api/folders', { title: 'the top' })).uid;
  const within = (await made('/api/folders', { title: 'within it', parentUid: top })).uid;
  const uid = await makeDashboard(within);
  await set(owner.as, 'folders', within, 'View', `/users/${nobody.id}`);
  const { body } = await world.send(owner.as, 'GET', path('dashboards', uid));
  const from = (login: string) => body.find((entry: Entry) => entry.userLogin === login);
  expect(from('owner')).toMatchObject({ inheritedFrom: { uid: top, title: 'the top' } });
  expect(from('sa-nobody')).toMatchObject({
    isServiceAccount: true,
    inheritedFrom: { uid: within, title: 'within it' },
  });
  const own = (await world.send(owner.as, 'GET', path('folders', top))).body;
  expect(own.map((entry: object) => 'inheritedFrom' in entry)).toEqual([false, false, false]);
});

test('a data source is opened by its permissions alone to who has no role', async () => {
  const uid = await makeSource();
  const other = await makeSource();
  const one = `/api/datasources/uid/${uid}`;
  const ask = async (method: string, url = one) => (await world.send(nobody.as, method, url)).status;
  expect(await ask('GET')).toBe(403);
  expect(await ask('GET', '/api/datasources')).toBe(403);
  await set(owner.as, 'datasources', uid, 'Query', `/users/${nobody.id}`);
  expect(await ask('GET')).toBe(200);
  expect(await ask('DELETE')).toBe(403);
  expect(await ask('GET', `/api/datasources/uid/${other}`)).toBe(403);
  const listed = (await world.send(nobody.as, 'GET', '/api/datasources')).body;
  expect(listed.map((source: { uid: string }) => source.uid)).toEqual([uid]);
  await set(owner.as, 'datasources', uid, 'Edit', `/users/${nobody.id}`);
  expect((await set(nobody.as, 'datasources', uid, 'Edit', `/users/${viewer.id}`)).status).toBe(403);
  expect(await ask('DELETE')).toBe(200);
});

test('what was given goes with the object, and does not come back with its uid', async () => {
  const uid = await makeSource();
  await set(owner.as, 'datasources', uid, 'Edit', `/users/${nobody.id}`);
  expect((await world.send(owner.as, 'DELETE', `/api/datasources/uid/${uid}`)).status).toBe(200);
  await made('/api/datasources', { name: `again ${uid}`, type: 'prometheus', uid });
  expect(await brief('datasources', uid)).toEqual([]);
  expect((await world.send(nobody.as, 'GET', `/api/datasources/uid/${uid}`)).status).toBe(403);
});

test('whoever administers an account lets others edit it, and then only so far', async () => {
  const account = await makeAccount('shared', 'Viewer');
  const tokens = `/api/serviceaccounts/${account.id}/tokens`;
  const mint = async (as: As) => (await world.send(as, 'POST', tokens, { name: `t ${++names}` })).status;
  expect(await mint(viewer.as)).toBe(403);
  await set(owner.as, 'serviceaccounts', account.id, 'Edit', `/users/${viewer.id}`);
  expect(await mint(viewer.as)).toBe(200);
  expect((await world.send(viewer.as, 'GET', path('serviceaccounts', account.id))).status).toBe(403);
  await set(owner.as, 'serviceaccounts', account.id, 'Admin', `/users/${viewer.id}`);
  expect((await set(viewer.as, 'serviceaccounts', account.id, 'Edit', `/users/${editor.id}`)).status).toBe(
    200,
  );
  expect(await mint(editor.as)).toBe(200);
  expect((await set(owner.as, 'serviceaccounts', account.id, '', `/users/${editor.id}`)).status).toBe(200);
  expect(await mint(editor.as)).toBe(403);

  // An account above oneself stays out of reach, whatever the permission says.
  const high = await makeAccount('high', 'Admin');
  await set(owner.as, 'serviceaccounts', high.id, 'Admin', `/users/${viewer.id}`);
  expect((await set(viewer.as, 'serviceaccounts', high.id, 'Edit', `/users/${editor.id}`)).status).toBe(403);
});

test('of a team, being in it is the permission', async () => {
  const { teamId } = await made('/api/teams', { name: 'members' });
  const { body } = await world.send(owner.as, 'GET', `/api/teams/${teamId}`);
  const user = `/users/${viewer.id}`;
  expect((await set(owner.as, 'teams', body.uid, 'Member', user)).status).toBe(200);
  expect(await brief('teams', teamId)).toEqual(['owner Admin', 'viewer Member']);
  const members = (await world.send(owner.as, 'GET', `/api/teams/${teamId}/members`)).body;
  expect(members.map(({ login }: { login: string }) => login)).toEqual(['owner', 'viewer']);
  expect((await set(viewer.as, 'teams', teamId, 'Admin', user)).status).toBe(403);
  await set(owner.as, 'teams', teamId, [{ userId: viewer.id, permission: 'Admin' }]);
  expect((await set(viewer.as, 'teams', teamId, '', `/users/${owner.id}`)).status).toBe(200);
  expect(await brief('teams', teamId, viewer.as)).toEqual(['viewer Admin']);
  for (const id of [nobody.id, stranger.id]) {
    expect((await set(owner.as, 'teams', teamId, 'Member', `/users/${id}`)).status).toBe(404);
  }
  expect((await set(owner.as, 'teams', teamId, 'Member', `/teams/${team}`)).status).toBe(404);
});

test('nobody below Admin sees or changes permissions, on whatever', async () => {
  for (const [kind, id] of Object.entries(await oneOfEach())) {
    for (const as of [viewer.as, editor.as, nobody.as]) {
      expect((await world.send(as, 'GET', path(kind, id))).status, kind).toBe(403);
      expect((await set(as, kind, id, 'no body that fits')).status, kind).toBe(403);
      expect((await set(as, kind, id, 'Admin', `/users/${viewer.id}`)).status, kind).toBe(403);
    }
  }
});

test('nobody hands on more than they have on the object, in the newer way or the older', async () => {
  const uid = await makeFolder();
  const deputy = await makeAccount('deputy', 'Viewer');
  const permissions = [{ action: 'folders.permissions:write', scope: `folders:uid:${uid}` }];
  const role = await made('/api/access-control/roles', { name: 'deputy', permissions });
  await made(`/api/access-control/users/${deputy.id}/roles`, { roleUid: role.uid });
  const older = (items: object[]) =>
    world.send(deputy.as, 'POST', `/api/folders/${uid}/permissions`, { items });
  const before = await brief('folders', uid);
  for (const [name, level] of [
    ['Edit', 2],
    ['Admin', 4],
  ] as const) {
    expect((await set(deputy.as, 'folders', uid, name, `/users/${deputy.id}`)).status).toBe(403);
    expect((await older([{ userId: deputy.id, permission: level }])).status).toBe(403);
  }
  expect(await brief('folders', uid)).toEqual(before);
  expect((await set(deputy.as, 'folders', uid, 'View', `/users/${viewer.id}`)).status).toBe(200);
  // What others have already is no gift.
  const kept = [
    { role: 'Editor', permission: 2 },
    { role: 'Viewer', permission: 1 },
  ];
  expect((await older(kept)).status).toBe(200);
  expect(await brief('folders', uid)).toEqual(['Editor Edit', 'Viewer View']);
});

test('what does not fit is refused, and changes nothing', async () => {
  for (const [kind, id] of Object.entries(await oneOfEach())) {
    const before = await brief(kind, id);
    for (const permissions of [
      [{ permission: 'Admin' }],
      [{ userId: viewer.id, permission: 'King' }],
      [{ userId: viewer.id, permission: 4 }],
      [{ userId: viewer.id, teamId: team, permission: 'Admin' }],
      [{ userId: -1, permission: 'Admin' }],
      [{ userId: 1e300, permission: 'Admin' }],
      [{ builtInRole: 'King', permission: 'Admin' }],
      [{ builtInRole: '\u0000', permission: 'Admin' }],
      {},
      'text',
      undefined,
    ]) {
      const { status, body } = await set(owner.as, kind, id, permissions);
      expect(status, `${kind} ${JSON.stringify(permissions)}`).toBe(400);
      expect(body.detail).toEqual(expect.any(String));
    }
    for (const userId of [stranger.id, 999_999]) {
      const several = [
        { userId: viewer.id, permission: 'Admin' },
        { userId, permission: 'Admin' },
      ];
      expect([400, 404], kind).toContain((await set(owner.as, kind, id, several)).status);
      expect((await set(owner.as, kind, id, 'Admin', `/users/${userId}`)).status, kind).toBe(404);
    }
    for (const wrong of ['-1', '0', '1e300', 'abc']) {
      expect((await set(owner.as, kind, id, 'Admin', `/users/${wrong}`)).status, kind).toBe(400);
    }
    expect(await brief(kind, id), kind).toEqual(before);
  }
});

test('a missing object is 404, and so is one of another organization', async () => {
  const ids = await oneOfEach();
  for (const [kind, id] of Object.entries(ids)) {
    for (const [as, which] of [
      [owner.as, 999_999],
      [owner.as, '*'],
      [stranger.as, id],
    ] as const) {
      if (kind === 'serviceaccounts' && which === '*') continue;
      const what = `${kind} ${which}`;
      expect((await world.send(as, 'GET', path(kind, which))).status, what).toBe(404);
      expect((await set(as, kind, which, [{ userId: viewer.id, permission: 'Admin' }])).status, what).toBe(
        404,
      );
      expect((await set(as, kind, which, 'Admin', `/users/${stranger.id}`)).status, what).toBe(404);
    }
  }
  for (const kind of ['folders', 'dashboards'] as const) {
    const other = ids[kind === 'folders' ? 'dashboards' : 'folders'] ?? '';
    expect((await world.send(owner.as, 'GET', path(kind, other))).status).toBe(404);
  }
});

test('a change is in the audit trail, and one that was refused is not', async () => {
  const uid = await makeFolder();
  await set(owner.as, 'folders', uid, 'Edit', `/users/${viewer.id}`);
  await set(owner.as, 'folders', uid, 'King', `/users/${viewer.id}`);
  const rows = await world.context.db
    .selectFrom('audit')
    .select(['action', 'object_kind', 'change'])
    .where('object_id', '=', uid)
    .where('action', '=', 'folders.permissions:write')
    .execute();
  const subject = `user:${viewer.id}`;
  expect(rows.map((row) => ({ ...row }))).toEqual([
    {
      action: 'folders.permissions:write',
      object_kind: 'folder',
      change: JSON.stringify({ permissions: { [subject]: 2 }, before: { permissions: { [subject]: 0 } } }),
    },
  ]);
});
