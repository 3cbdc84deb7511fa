import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
let viewer: As;
let viewerId = 0;
let editor: As;
let strangerId = 0;
beforeAll(async () => {
  world = await startWorld();
  const vera = await makeMember(world, 1, 'vera', 'Viewer');
  viewer = vera.as;
  viewerId = vera.id;
  editor = (await makeMember(world, 1, 'edna', 'Editor')).as;
  strangerId = (await makeMember(world, await makeOrg(world, 'elsewhere'), 'stan', 'Admin')).id;
});
afterAll(() => world.stop());

let names = 0;
async function makeFolder(as: As, parentUid = ''): Promise<{ id: number; uid: string; title: string }> {
  const { status, body } = await world.send(as, 'POST', '/api/folders', { title: `F ${++names}`, parentUid });
  expect(status).toBe(200);
  return body;
}

async function makeDashboard(as: As, folderUid = ''): Promise<{ id: number; uid: string }> {
  const body = { dashboard: { title: `D ${++names}` }, folderUid };
  const answer = await world.send(as, 'POST', '/api/dashboards/db', body);
  expect(answer.status).toBe(200);
  return answer.body;
}

function permissions(as: As, path: string, items?: unknown) {
  const method = items === undefined ? 'GET' : 'POST';
  return world.send(as, method, `/api/${path}/permissions`, items === undefined ? undefined : { items });
}

function brief(
  body: { role?: string; userLogin: string; permissionName: string; inherited: boolean }[],
): string[] {
  return body
    .map((row) => `${row.role ?? row.userLogin} ${row.permissionName}${row.inherited ? ' inherited' : ''}`)
    .toSorted();
}

test('a folder starts with the usual permissions', async () => {
  const { id, uid, title } = await makeFolder(ADMIN);
  const { status, body } = await permissions(ADMIN, `folders/${uid}`);
  expect(status).toBe(200);
  expect(brief(body)).toEqual(['Editor Edit', 'Viewer View', 'admin Admin']);
  expect(body.find(({ userId }: { userId: number }) => userId === 1)).toEqual({
    folderId: id,
    created: expect.stringMatching(/Z$/),
    updated: expect.stringMatching(/Z$/),
    userId: 1,
    userLogin: 'admin',
    userEmail: 'admin@localhost',
    userAvatarUrl: '/avatar/46d229b033af06a191ff2267bca9ae56',
    teamId: 0,
    teamEmail: '',
    teamAvatarUrl: '',
    team: '',
    permission: 4,
    permissionName: 'Admin',
    uid,
    title,
    slug: title.toLowerCase().replace(' ', '-'),
    isFolder: true,
    url: `/dashboards/f/${uid}/${title.toLowerCase().replace(' ', '-')}`,
    inherited: false,
  });
  const byEditor = await makeFolder(editor);
  expect(brief((await permissions(ADMIN, `folders/${byEditor.uid}`)).body)).toEqual([
    'Editor Edit',
    'Viewer View',
    'edna Edit',
  ]);
});

test('what lies in a folder inherits, and says so', async () => {
  const outer = await makeFolder(ADMIN);
  const inner = await makeFolder(ADMIN, outer.uid);
  const { uid, id } = await makeDashboard(editor, inner.uid);
  const usual = ['Editor Edit inherited', 'Viewer View inherited', 'admin Admin inherited'];
  expect(brief((await permissions(ADMIN, `folders/${inner.uid}`)).body)).toEqual(usual);
  const { body } = await permissions(ADMIN, `dashboards/uid/${uid}`);
  expect(brief(body)).toEqual(usual);
  expect(body[0]).toMatchObject({ dashboardId: id, folderId: inner.id, uid, isFolder: false });
  expect((await permissions(ADMIN, `dashboards/id/${id}`)).body).toEqual(body);

  // Whoever sends back what they read does not make the inherited ones its own.
  const own = [...body, { userId: viewerId, teamId: 0, role: '', permission: 2 }];
  expect((await permissions(ADMIN, `dashboards/uid/${uid}`, own)).body.message).toBe(
    'Dashboard permissions updated',
  );
  expect(brief((await permissions(ADMIN, `dashboards/uid/${uid}`)).body)).toEqual(
    [...usual, 'vera Edit'].toSorted(),
  );
});

test('permissions are replaced as a whole, and count at once', async () => {
  const { uid } = await makeFolder(ADMIN);
  const dashboard = await makeDashboard(ADMIN, uid);
  const read = () => world.send(viewer, 'GET', `/api/dashboards/uid/${dashboard.uid}`);
  expect((await read()).body.meta).toMatchObject({ canSave: false });
  await permissions(ADMIN, `folders/${uid}`, [{ userId: viewerId, permission: 4 }]);
  expect((await read()).body.meta).toMatchObject({ canSave: true, canAdmin: true, canDelete: true });
  expect((await world.send(editor, 'GET', `/api/folders/${uid}`)).status).toBe(403);

  // Who has Admin on it hands it on.
  expect((await permissions(viewer, `folders/${uid}`, [{ role: 'Editor', permission: 2 }])).status).toBe(200);
  expect((await read()).status).toBe(403);
  expect((await permissions(viewer, `folders/${uid}`)).status).toBe(403);
  expect((await world.send(editor, 'GET', `/api/folders/${uid}`)).body.canSave).toBe(true);
  expect((await permissions(ADMIN, `folders/${uid}`, [])).status).toBe(200);
  expect((await world.send(editor, 'GET', `/api/folders/${uid}`)).status).toBe(403);
  expect((await permissions(ADMIN, `folders/${uid}`)).body).toEqual([]);
});

test('a service account can be given a permission, and shows by its login', async () => {
  const { body: account } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', {
    name: 'robot',
    role: 'None',
  });
  const tokens = `/api/serviceaccounts/${account.id}/tokens`;
  const { body: token } = await world.send(ADMIN, 'POST', tokens, { name: 'robot' });
  const as = { bearer: token.key };
  const { uid } = await makeFolder(ADMIN);
  expect((await world.send(as, 'GET', `/api/folders/${uid}`)).status).toBe(403);
  await permissions(ADMIN, `folders/${uid}`, [{ userId: account.id, permission: 2 }]);
  expect(brief((await permissions(ADMIN, `folders/${uid}`)).body)).toEqual(['sa-robot Edit']);
  expect((await makeDashboard(as, uid)).uid).toEqual(expect.any(String));
  expect((await world.send(as, 'GET', '/api/folders')).body).toMatchObject([{ uid }]);
});

test('what does not fit is refused, and changes nothing', async () => {
  const { uid } = await makeFolder(ADMIN);
  const before = (await permissions(ADMIN, `folders/${uid}`)).body;
  for (const items of [
    [{ permission: 1 }],
    [{ role: 'King', permission: 1 }],
    [{ role: 'Admin', permission: 1 }],
    [{ role: 'Viewer', permission: 3 }],
    [{ role: 'Viewer', permission: '1' }],
    [{ role: 'Viewer' }],
    [{ role: 'Viewer', userId: viewerId, permission: 1 }],
    [
      { role: 'Viewer', permission: 1 },
      { role: 'Viewer', permission: 2 },
    ],
    [{ userId: 999_999, permission: 1 }],
    [{ userId: -1, permission: 1 }],
    [{ userId: 1e300, permission: 1 }],
    [
      { role: 'Viewer', permission: 2 },
      { userId: strangerId, permission: 1 },
    ],
    [{ teamId: 1, permission: 1 }],
    {},
    'text',
  ]) {
    const { status, body } = await permissions(ADMIN, `folders/${uid}`, items);
    expect(status, JSON.stringify(items)).toBe(400);
    expect(body.detail).toEqual(expect.any(String));
  }
  expect((await permissions(ADMIN, `folders/${uid}`)).body).toEqual(before);
});

test('nobody below Admin reads or changes permissions, and a uid of the other kind is missing', async () => {
  const folder = await makeFolder(editor);
  const dashboard = await makeDashboard(editor, folder.uid);
  for (const path of [
    `folders/${folder.uid}`,
    `dashboards/uid/${dashboard.uid}`,
    `dashboards/id/${dashboard.id}`,
  ]) {
    for (const as of [viewer, editor]) {
      expect((await permissions(as, path)).status).toBe(403);
      expect((await permissions(as, path, [{ role: 'Viewer', permission: 4 }])).status).toBe(403);
    }
  }
  for (const path of [
    `folders/${dashboard.uid}`,
    `dashboards/uid/${folder.uid}`,
    `dashboards/id/${folder.id}`,
  ]) {
    expect((await permissions(ADMIN, path)).status).toBe(404);
    expect((await permissions(ADMIN, path, [])).status).toBe(404);
  }
});
