import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type Answer, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
let viewer: As;
let editor: As;
let editorKey: As;
let helper: As;
let helperId = 0;
let stranger: As;
beforeAll(async () => {
  world = await startWorld();
  viewer = (await makeMember(world, 1, 'vera', 'Viewer')).as;
  editor = (await makeMember(world, 1, 'edna', 'Editor')).as;
  const made = await makeMember(world, 1, 'hal', 'Viewer');
  helper = made.as;
  helperId = made.id;
  stranger = (await makeMember(world, await makeOrg(world, 'elsewhere'), 'stan', 'Admin')).as;
  const { body } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'editor', role: 'Editor' });
  editorKey = { bearer: body.key };
});
afterAll(() => world.stop());

let names = 0;
async function make(as: As = ADMIN, more: object = {}): Promise<{ id: number; uid: string; title: string }> {
  const { status, body } = await world.send(as, 'POST', '/api/folders', {
    title: `Folder ${++names}`,
    ...more,
  });
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

async function save(as: As, folderUid: string, title: string): Promise<string> {
  const { status, body } = await world.send(as, 'POST', '/api/dashboards/db', {
    dashboard: { title },
    folderUid,
  });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.uid;
}

function allow(uid: string, items: object[]): Promise<Answer> {
  return world.send(ADMIN, 'POST', `/api/folders/${uid}/permissions`, { items });
}

async function uidsSeenBy(as: As, query = ''): Promise<string[]> {
  const { status, body } = await world.send(as, 'GET', `/api/folders?limit=5000${query}`);
  expect(status).toBe(200);
  return body.map(({ uid }: { uid: string }) => uid);
}

test('a folder is made, found by uid and by id, renamed and deleted', async () => {
  const made = await make(ADMIN, { title: 'Größe & Maß', uid: 'size_1-A' });
  expect(made).toMatchObject({
    uid: 'size_1-A',
    orgId: 1,
    title: 'Größe & Maß',
    url: '/dashboards/f/size_1-A/gro-e-ma',
    hasAcl: false,
    canSave: true,
    canEdit: true,
    canAdmin: true,
    canDelete: true,
    createdBy: 'admin',
    updatedBy: 'admin',
    version: 1,
    parentUid: '',
    parents: [],
  });
  expect((await world.send(ADMIN, 'GET', '/api/folders/size_1-A')).body).toEqual(made);
  expect((await world.send(ADMIN, 'GET', `/api/folders/id/${made.id}`)).body).toEqual(made);

  const change = { title: 'Size', version: 1 };
  const changed = await world.send(editor, 'PUT', '/api/folders/size_1-A', change);
  expect(changed.status).toBe(200);
  expect(changed.body).toMatchObject({ title: 'Size', version: 2, createdBy: 'admin', updatedBy: 'edna' });

  const deleted = await world.send(ADMIN, 'DELETE', '/api/folders/size_1-A?forceDeleteRules=true');
  expect(deleted.status).toBe(200);
  expect(deleted.body).toBe('');
  const again = await world.send(ADMIN, 'DELETE', '/api/folders/size_1-A');
  expect(again.status).toBe(404);
  expect(again.body).toMatchObject({ message: 'folder not found', status: 'not-found' });
});

test('whoever made it with a key is nobody, and with a token its account', async () => {
  const { body: account } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', {
    name: 'maker',
    role: 'Editor',
  });
  const path = `/api/serviceaccounts/${account.id}/tokens`;
  const { body: token } = await world.send(ADMIN, 'POST', path, { name: 'maker' });
  const byToken = await world.send({ bearer: token.key }, 'POST', '/api/folders', { title: 'By a token' });
  expect(byToken.body).toMatchObject({ createdBy: 'sa-maker', updatedBy: 'sa-maker' });
  const byKey = await world.send(editorKey, 'POST', '/api/folders', { title: 'By a key' });
  expect(byKey.body).toMatchObject({
    createdBy: 'Anonymous',
    updatedBy: 'Anonymous',
    canSave: true,
    canAdmin: false,
  });
});

test.each([
  [{}, 400, 'folder title cannot be empty'],
  [{ title: null }, 400, 'folder title cannot be empty'],
  [{ title: '  ' }, 400, 'folder title cannot be empty'],
  [{ title: 7 }, 400, 'bad request data'],
  [{ title: 'x'.repeat(191) }, 400, 'bad request data'],
  [{ title: 'a\u0000b' }, 400, 'bad request data'],
  [{ title: 'x', uid: 'a b/c' }, 400, 'uid contains illegal characters'],
  [{ title: 'x', uid: '*' }, 400, 'uid contains illegal characters'],
  [{ title: 'x', uid: 'a'.repeat(41) }, 400, 'uid too long, max 40 characters'],
  [{ title: 'x', uid: 'general' }, 400, 'bad request data'],
  [{ title: 'x', parentUid: 'nowhere' }, 400, 'Folder not found'],
  [{ title: 'x', parentUid: 'no\u0000where' }, 400, 'bad request data'],
  [
    { title: 'general' },
    409,
    'a folder or dashboard in the general folder with the same name already exists',
  ],
])('no folder is made of %j', async (body, status, message) => {
  const answer = await world.send(ADMIN, 'POST', '/api/folders', body);
  expect(answer.status).toBe(status);
  expect(answer.body.message).toBe(message);
  expect(answer.body.detail).toEqual(expect.any(String));
});

test('a title is taken once in a folder, and a uid once in an organization', async () => {
  const { title, uid } = await make();
  const sameTitle = await world.send(ADMIN, 'POST', '/api/folders', { title });
  expect(sameTitle.status).toBe(409);
  const sameUid = await world.send(ADMIN, 'POST', '/api/folders', { title: 'Another', uid });
  expect(sameUid.status).toBe(412);
  expect(sameUid.body.status).toBe('version-mismatch');
  await make(ADMIN, { title, parentUid: uid });
  const elsewhere = await world.send(stranger, 'POST', '/api/folders', { title, uid });
  expect(elsewhere.status).toBe(200);
});

test('of many who make the same folder at once, one does', async () => {
  const all = await Promise.all(
    Array.from({ length: 8 }, () =>
      world.send(ADMIN, 'POST', '/api/folders', { title: 'At once', uid: 'at-once' }),
    ),
  );
  expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(all.filter(({ status }) => status === 409)).toHaveLength(7);
});

test('a change asks for the version that is there, or for overwrite', async () => {
  const { uid } = await make();
  const other = await make();
  const put = (body: object) => world.send(ADMIN, 'PUT', `/api/folders/${uid}`, body);
  for (const version of [undefined, 0, 2, 9007199254740991]) {
    const stale = await put({ title: 'Stale', version });
    expect(stale.status).toBe(412);
    expect(stale.body).toMatchObject({
      message: 'the folder has been changed by someone else',
      status: 'version-mismatch',
    });
  }
  expect((await put({ title: 'Forced', overwrite: true })).body.version).toBe(2);
  expect((await put({ title: other.title, version: 2 })).status).toBe(409);
  expect((await put({ title: 'Forced', version: 2, uid: 'other' })).status).toBe(400);
  expect((await put({ title: 'Forced', version: 2, uid })).body.version).toBe(3);
});

test('the general folder can be read, and nothing else be done with it', async () => {
  for (const path of ['/api/folders/general', '/api/folders/id/0']) {
    const { status, body } = await world.send(viewer, 'GET', path);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: 0, uid: 'general', title: 'General', canSave: false, canDelete: false });
  }
  expect((await world.send(editor, 'GET', '/api/folders/general')).body.canSave).toBe(true);
  for (const [method, path] of [
    ['PUT', ''],
    ['DELETE', ''],
    ['POST', '/move'],
  ]) {
    const body = method === 'DELETE' ? undefined : { title: 'x', parentUid: '', overwrite: true };
    expect((await world.send(ADMIN, method ?? '', `/api/folders/general${path}`, body)).status).toBe(404);
    expect((await world.send(editor, method ?? '', `/api/folders/general${path}`, body)).status).toBe(403);
  }
});

test('folders lie in one another, at most four around one', async () => {
  const line: { uid: string; title: string }[] = [];
  for (let depth = 0; depth < 5; depth++)
    line.push(await make(editor, { parentUid: line.at(-1)?.uid ?? '' }));
  const [top, second, third, fourth, fifth] = line;
  const { body } = await world.send(ADMIN, 'GET', `/api/folders/${fifth?.uid}`);
  expect(body.parentUid).toBe(fourth?.uid);
  expect(body.parents.map(({ uid }: { uid: string }) => uid)).toEqual(line.slice(0, 4).map(({ uid }) => uid));

  const tooDeep = await world.send(ADMIN, 'POST', '/api/folders', { title: 'Sixth', parentUid: fifth?.uid });
  expect(tooDeep.status).toBe(400);
  expect(tooDeep.body.message).toBe('folder max depth exceeded');

  const move = (uid: string | undefined, parentUid: string | undefined) =>
    world.send(ADMIN, 'POST', `/api/folders/${uid}/move`, { parentUid });
  for (const inner of [top, second, fifth]) expect((await move(top?.uid, inner?.uid)).status).toBe(400);
  const pair = await make();
  await make(ADMIN, { parentUid: pair.uid });
  expect((await move(pair.uid, fourth?.uid)).status).toBe(400);
  const moved = await move(pair.uid, third?.uid);
  expect(moved.status).toBe(200);
  expect(moved.body.parents).toHaveLength(3);

  await save(editor, fifth?.uid ?? '', 'Deep');
  await save(editor, second?.uid ?? '', 'Less deep');
  const counts = await world.send(viewer, 'GET', `/api/folders/${top?.uid}/counts`);
  expect(counts.body).toEqual({ folder: 6, dashboard: 2, librarypanel: 0, alertrule: 0 });

  expect(await uidsSeenBy(viewer, `&parentUid=${top?.uid}`)).toEqual([second?.uid]);
  const atTop = await uidsSeenBy(viewer);
  expect(atTop).toContain(top?.uid);
  expect(atTop).not.toContain(second?.uid);
});

test('a folder goes with all that is in it, and what is made again under its uid starts anew', async () => {
  const outer = await make(ADMIN, { uid: 'again' });
  const inner = await make(ADMIN, { parentUid: outer.uid, uid: 'again-inner' });
  const dashboard = await save(ADMIN, inner.uid, 'Within');
  expect((await allow('again', [{ userId: helperId, permission: 4 }])).status).toBe(200);
  expect((await allow('again-inner', [{ userId: helperId, permission: 4 }])).status).toBe(200);
  expect((await world.send(helper, 'DELETE', '/api/folders/again')).status).toBe(200);

  for (const path of ['/api/folders/again', '/api/folders/again-inner', `/api/dashboards/uid/${dashboard}`]) {
    expect((await world.send(ADMIN, 'GET', path)).status).toBe(404);
  }
  await make(ADMIN, { uid: 'again' });
  await make(ADMIN, { uid: 'again-inner' });
  for (const uid of ['again', 'again-inner']) {
    const { body } = await world.send(helper, 'GET', `/api/folders/${uid}`);
    expect(body).toMatchObject({ canSave: false, canAdmin: false, canDelete: false });
    expect((await world.send(helper, 'DELETE', `/api/folders/${uid}`)).status).toBe(403);
  }
});

test('an Editor makes and changes folders, and deletes none', async () => {
  const own = await make(editor);
  expect(own).toMatchObject({ canSave: true, canEdit: true, canAdmin: false, canDelete: false });
  const { uid } = await make(editorKey);
  for (const as of [editor, editorKey]) {
    for (const folder of [own.uid, uid]) {
      const { status, body } = await world.send(as, 'DELETE', `/api/folders/${folder}`);
      expect(status).toBe(403);
      expect(body.message).toMatch(/^Permission denied: folders:delete/);
      expect((await world.send(as, 'GET', `/api/folders/${folder}/permissions`)).status).toBe(403);
    }
  }
});

test('a Viewer reads folders, and is told no before the body is looked at', async () => {
  const { uid } = await make(editor);
  const { status, body } = await world.send(viewer, 'GET', `/api/folders/${uid}`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ canSave: false, canEdit: false, canAdmin: false, canDelete: false });
  expect((await world.send(viewer, 'POST', '/api/folders', '{nonsense')).status).toBe(403);
  expect((await world.send(viewer, 'PUT', `/api/folders/${uid}`, '{nonsense')).status).toBe(403);
  expect((await world.send(viewer, 'POST', `/api/folders/${uid}/move`, { parentUid: '' })).status).toBe(403);
  expect((await world.send(viewer, 'DELETE', `/api/folders/${uid}`)).status).toBe(403);
});

test('a folder that is hidden is refused, and one that is not there is missing', async () => {
  const { uid, id } = await make();
  const child = await make(ADMIN, { parentUid: uid });
  expect((await allow(uid, [{ role: 'Editor', permission: 2 }])).status).toBe(200);
  for (const path of [uid, `id/${id}`, `${uid}/counts`, child.uid]) {
    expect((await world.send(viewer, 'GET', `/api/folders/${path}`)).status, path).toBe(403);
    expect((await world.send(editor, 'GET', `/api/folders/${path}`)).status, path).toBe(200);
  }
  expect(await uidsSeenBy(viewer)).not.toContain(uid);
  expect(await uidsSeenBy(viewer, `&parentUid=${uid}`)).toEqual([]);
  expect(await uidsSeenBy(editor, `&parentUid=${uid}`)).toEqual([child.uid]);

  for (const path of ['nope', 'id/999999', 'nope/counts', 'id/-1', 'a%2Fb', '*', '%2A', 'x'.repeat(200)]) {
    expect((await world.send(viewer, 'GET', `/api/folders/${path}`)).status, path).toBe(404);
    expect((await world.send(ADMIN, 'GET', `/api/folders/${path}`)).status, path).toBe(404);
  }
  for (const path of ['id/abc', 'id/1e999', 'id/1.5', '%00', 'x'.repeat(300)]) {
    expect((await world.send(ADMIN, 'GET', `/api/folders/${path}`)).status, path).toBe(400);
  }
  for (const path of [
    `/api//folders/${uid}`,
    `/api/folders//${uid}`,
    `/api/folders%2F${uid}`,
    `//api/folders/${uid}`,
  ]) {
    expect((await world.send(viewer, 'GET', path)).status, path).toBe(404);
  }
  expect((await world.send(viewer, 'GET', `/api/folders/${uid}/`)).status).toBe(403);
});

test('a uid of a dashboard is no folder', async () => {
  const dashboard = await save(editor, 'general', 'No folder');
  for (const as of [ADMIN, editor, viewer]) {
    expect((await world.send(as, 'GET', `/api/folders/${dashboard}`)).status).toBe(404);
  }
  expect((await world.send(ADMIN, 'DELETE', `/api/folders/${dashboard}`)).status).toBe(404);
  expect(
    (await world.send(editor, 'PUT', `/api/folders/${dashboard}`, { title: 'x', overwrite: true })).status,
  ).toBe(403);
  expect((await world.send(ADMIN, 'POST', '/api/folders', { title: 'y', parentUid: dashboard })).status).toBe(
    400,
  );
});

test('another organization sees and touches nothing', async () => {
  const { uid, id } = await make();
  expect(await uidsSeenBy(stranger)).not.toContain(uid);
  for (const [method, path, body] of [
    ['GET', uid],
    ['GET', `id/${id}`],
    ['GET', `${uid}/counts`],
    ['GET', `${uid}/permissions`],
    ['PUT', uid, { title: 'Mine', overwrite: true }],
    ['POST', `${uid}/move`, { parentUid: '' }],
    ['POST', `${uid}/permissions`, { items: [] }],
    ['DELETE', uid],
  ] as const) {
    const { status } = await world.send(stranger, method, `/api/folders/${path}`, body);
    expect(status, `${method} ${path}`).toBe(404);
  }
  const within = await world.send(stranger, 'POST', '/api/folders', { title: 'In theirs', parentUid: uid });
  expect(within.status).toBe(400);
  expect((await world.send(ADMIN, 'GET', `/api/folders/${uid}`)).body.version).toBe(1);
});

test('a Viewer with Edit on one folder works there, and nowhere else', async () => {
  const mine = await make();
  const others = await make();
  expect((await world.send(helper, 'POST', '/api/dashboards/db', { dashboard: { title: 'x' } })).status).toBe(
    403,
  );
  await allow(mine.uid, [{ userId: helperId, permission: 2 }]);

  const uid = await save(helper, mine.uid, 'Mine');
  const inner = await make(helper, { parentUid: mine.uid });
  await save(helper, inner.uid, 'Inner');
  expect(
    (await world.send(helper, 'PUT', `/api/folders/${inner.uid}`, { title: 'I', version: 1 })).status,
  ).toBe(200);
  expect(await uidsSeenBy(helper, '&permission=Edit')).toEqual([mine.uid]);

  for (const folderUid of [others.uid, '', 'general']) {
    const body = { dashboard: { title: 'Not mine' }, folderUid };
    expect((await world.send(helper, 'POST', '/api/dashboards/db', body)).status).toBe(403);
    const moved = { dashboard: { uid, title: 'Mine' }, folderUid, overwrite: true };
    expect((await world.send(helper, 'POST', '/api/dashboards/db', moved)).status).toBe(403);
    const folder = { title: 'Not mine', parentUid: folderUid };
    expect((await world.send(helper, 'POST', '/api/folders', folder)).status).toBe(403);
    const move = { parentUid: folderUid };
    expect((await world.send(helper, 'POST', `/api/folders/${inner.uid}/move`, move)).status).toBe(403);
  }
  expect((await world.send(helper, 'DELETE', `/api/folders/${inner.uid}`)).status).toBe(403);
  expect((await world.send(viewer, 'GET', `/api/dashboards/uid/${uid}`)).status).toBe(403);

  await allow(mine.uid, []);
  expect((await world.send(helper, 'GET', `/api/dashboards/uid/${uid}`)).status).toBe(403);
  expect((await world.send(helper, 'POST', '/api/dashboards/db', { dashboard: { title: 'x' } })).status).toBe(
    403,
  );
});

test('nobody gains by moving what they may edit to where they may do more', async () => {
  const source = await make();
  const target = await make();
  await allow(source.uid, [{ userId: helperId, permission: 2 }]);
  await allow(target.uid, [{ userId: helperId, permission: 4 }]);
  const uid = await save(helper, source.uid, 'Bait');
  const into = { parentUid: target.uid };
  expect((await world.send(helper, 'POST', `/api/folders/${source.uid}/move`, into)).status).toBe(403);
  const moved = { dashboard: { uid, title: 'Bait' }, folderUid: target.uid, overwrite: true };
  const { status, body } = await world.send(helper, 'POST', '/api/dashboards/db', moved);
  expect(status).toBe(403);
  expect(body.message).toContain('the move would give you dashboards:delete');
  expect((await world.send(ADMIN, 'POST', '/api/dashboards/db', moved)).status).toBe(200);
});

test('what moves into a hidden folder is hidden, and what moves out to the top is found', async () => {
  const hidden = await make();
  await allow(hidden.uid, [{ role: 'Editor', permission: 2 }]);
  const folder = await make(editor);
  const dashboard = await save(editor, folder.uid, 'With it');
  const path = `/api/dashboards/uid/${dashboard}`;
  const move = async (parentUid: string) => {
    const answer = await world.send(editor, 'POST', `/api/folders/${folder.uid}/move`, { parentUid });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  };
  expect((await world.send(viewer, 'GET', path)).status).toBe(200);
  await move(hidden.uid);
  expect((await world.send(viewer, 'GET', path)).status).toBe(403);
  expect((await world.send(viewer, 'GET', `/api/folders/${folder.uid}`)).status).toBe(403);
  expect((await world.send(editor, 'GET', path)).status).toBe(200);

  const plain = await make(editor, { parentUid: hidden.uid });
  await world.send(editor, 'POST', `/api/folders/${plain.uid}/move`, { parentUid: 'general' });
  expect((await world.send(viewer, 'GET', `/api/folders/${plain.uid}`)).status).toBe(200);
});

test('lists go by title and page by page until an empty page', async () => {
  const org = await makeOrg(world, 'pages');
  const { as } = await makeMember(world, org, 'paula', 'Admin');
  const titles = ['b', 'A', 'ä', 'C', 'a1', 'Z', 'ß'];
  for (const title of titles)
    expect((await world.send(as, 'POST', '/api/folders', { title })).status).toBe(200);
  const read: string[] = [];
  for (let page = 1; ; page++) {
    const { body } = await world.send(as, 'GET', `/api/folders?limit=3&page=${page}`);
    if (body.length === 0) break;
    expect(body.length).toBeLessThanOrEqual(3);
    read.push(...body.map(({ title }: { title: string }) => title));
  }
  expect(read).toEqual(['A', 'a1', 'b', 'C', 'Z', 'ß', 'ä']);
  expect((await world.send(as, 'GET', '/api/folders?page=999999')).body).toEqual([]);
  expect((await world.send(as, 'GET', '/api/folders?limit=-1')).status).toBe(400);
  expect((await world.send(as, 'GET', '/api/folders?page=abc')).status).toBe(400);
});

test('what is done to folders is recorded', async () => {
  const { uid } = await make(editor);
  await world.send(editor, 'PUT', `/api/folders/${uid}`, { title: `Renamed ${uid}`, version: 1 });
  await world.send(ADMIN, 'DELETE', `/api/folders/${uid}`);
  const rows = await world.context.db
    .selectFrom('audit')
    .select(['action', 'actor', 'object_name'])
    .where('object_kind', '=', 'folder')
    .where('object_id', '=', uid)
    .orderBy('id')
    .execute();
  expect(rows.map(({ action, actor }) => [action, actor])).toEqual([
    ['folders:create', 'user:edna'],
    ['folders:write', 'user:edna'],
    ['folders:delete', 'user:admin'],
  ]);
});
