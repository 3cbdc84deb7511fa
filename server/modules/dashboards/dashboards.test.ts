import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type Answer, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
let viewer: As;
let editor: As;
let stranger: As;
let viewerId = 0;
beforeAll(async () => {
  world = await startWorld();
  const vera = await makeMember(world, 1, 'vera', 'Viewer');
  viewer = vera.as;
  viewerId = vera.id;
  editor = (await makeMember(world, 1, 'edna', 'Editor')).as;
  stranger = (await makeMember(world, await makeOrg(world, 'elsewhere'), 'stan', 'Admin')).as;
});
afterAll(() => world.stop());

let names = 0;
const fresh = (): string => `Dashboard ${++names}`;

function post(as: As, body: unknown): Promise<Answer> {
  return world.send(as, 'POST', '/api/dashboards/db', body);
}

async function save(as: As, dashboard: object, more: object = {}) {
  const { status, body } = await post(as, { dashboard, ...more });
  expect(status, JSON.stringify(body)).toBe(200);
  return body as { id: number; uid: string; version: number; url: string; slug: string };
}

async function makeFolder(as: As = ADMIN, more: object = {}): Promise<{ id: number; uid: string }> {
  const { status, body } = await world.send(as, 'POST', '/api/folders', { title: `F ${++names}`, ...more });
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

function read(as: As, uid: string): Promise<Answer> {
  return world.send(as, 'GET', `/api/dashboards/uid/${uid}`);
}

/** The answer letter for letter. */
async function readText(path: string): Promise<string> {
  const headers = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
  return (await fetch(world.url + path, { headers })).text();
}

test('a dashboard is saved, read, changed and deleted', async () => {
  const folder = await makeFolder();
  const sent = {
    id: null,
    uid: null,
    title: 'Größe',
    tags: ['b', 'a', 'b'],
    panels: [{ id: 1 }],
    version: 7,
  };
  const saved = await save(ADMIN, sent, { folderUid: folder.uid, message: 'first' });
  expect(saved).toEqual({
    id: expect.any(Number),
    uid: expect.stringMatching(/^[A-Za-z0-9]{14}$/),
    url: `/d/${saved.uid}/gro-e`,
    slug: 'gro-e',
    status: 'success',
    version: 1,
    folderUid: folder.uid,
  });
  const { body } = await read(editor, saved.uid);
  expect(body.dashboard).toEqual({ ...sent, id: saved.id, uid: saved.uid, version: 1 });
  expect(body.meta).toMatchObject({
    type: 'db',
    canSave: true,
    canEdit: true,
    canAdmin: false,
    canDelete: false,
    canStar: true,
    slug: 'gro-e',
    url: saved.url,
    version: 1,
    createdBy: 'admin',
    updatedBy: 'admin',
    hasAcl: false,
    isFolder: false,
    folderId: folder.id,
    folderUid: folder.uid,
    annotationsPermissions: { organization: { canAdd: true, canEdit: true, canDelete: true } },
  });

  const next = await save(editor, { ...body.dashboard, title: 'Bigger' }, { folderUid: folder.uid });
  expect(next).toMatchObject({ id: saved.id, uid: saved.uid, version: 2, slug: 'bigger' });
  expect((await read(viewer, saved.uid)).body.meta).toMatchObject({
    updatedBy: 'edna',
    canSave: false,
    canEdit: false,
  });

  const deleted = await world.send(ADMIN, 'DELETE', `/api/dashboards/uid/${saved.uid}`);
  expect(deleted.status).toBe(200);
  expect(deleted.body).toMatchObject({ id: saved.id, title: 'Bigger', message: 'Dashboard Bigger deleted' });
  expect((await read(ADMIN, saved.uid)).status).toBe(404);
});

test('an old dashboard comes back as it was sent', async () => {
  const sent = {
    id: null,
    title: fresh(),
    tags: ['templated'],
    timezone: 'browser',
    rows: [{}],
    schemaVersion: 6,
    version: 0,
  };
  const { id, uid } = await save(ADMIN, sent);
  const { body } = await read(viewer, uid);
  expect(body.dashboard).toEqual({ ...sent, id, uid, version: 1 });
  expect(body.meta).toMatchObject({ folderId: 0, folderUid: '', folderTitle: 'General', folderUrl: '' });
});

test('numbers, letters, and the order of members come back exactly', async () => {
  const inner =
    '"big":12345678901234567890123,"one":1.0,"huge":1e400,"tiny":-1E-400,"minus":-0,"2":2,"1":1,' +
    '"text":"\\u0041 \\ud83d\\ude00 😀 \\ud800 \\u0000 \\/ \\"}]","sp ace" : [ 1 , {"b":1,"a":2} ],"":null,"constructor":1';
  const title = fresh();
  const { body } = await post(ADMIN, `{"overwrite":false,"dashboard": {"title":"${title}",${inner}}, "x":1}`);
  const text = await readText(`/api/dashboards/uid/${body.uid}`);
  const kept = inner.replace('"sp ace" : [', '"sp ace":[');
  const own = `"id":${body.id},"uid":"${body.uid}","version":1`;
  expect(text.slice(text.lastIndexOf('"dashboard":'))).toBe(
    `"dashboard":{"title":"${title}",${kept},${own}}}`,
  );
  const versions = await readText(`/api/dashboards/uid/${body.uid}/versions`);
  expect(versions).toContain(kept);

  const spoofed = `{"\\u0069d":0,"version":1,"title":"${title}","uid":"${body.uid}","uid":"${body.uid}","n":1.50}`;
  expect((await post(ADMIN, `{"dashboard":${spoofed}}`)).body.version).toBe(2);
  expect(await readText(`/api/dashboards/uid/${body.uid}`)).toContain(
    `"dashboard":{"id":${body.id},"version":2,"title":"${title}","uid":"${body.uid}","n":1.50}}`,
  );
});

test('a member that would poison a prototype is refused, and others of its kind are kept', async () => {
  const poison = await post(ADMIN, '{"dashboard":{"title":"p","__proto__":{"isAdmin":true}}}');
  expect(poison.status).toBe(400);
  expect(poison.body.detail).toContain('not valid JSON');
  const { body } = await post(ADMIN, '{"dashboard":{"title":"proto","toString":1,"hasOwnProperty":{"x":2}}}');
  expect((await read(ADMIN, body.uid)).body.dashboard).toMatchObject({
    toString: 1,
    hasOwnProperty: { x: 2 },
  });
});

test('a document may have 5 MiB, and not more', async () => {
  const limit = world.context.config.limits.max_dashboard_bytes;
  expect(limit).toBe(5 * 1024 * 1024);
  const frame = `{"dashboard":{"title":"${fresh()}","text":""}}`;
  const whole = frame.replace(
    '"text":""',
    `"text":"${'ab"'
      .replace('"', '\\"')
      .repeat(limit)
      .slice(0, limit - frame.length)}"`,
  );
  // A backslash at the cut would take the quote after it along.
  const body = whole.replace(/\\"\}\}$/, 'x"}}');
  expect(Buffer.byteLength(body)).toBe(limit);
  const saved = await post(ADMIN, body);
  expect(saved.status, JSON.stringify(saved.body).slice(0, 300)).toBe(200);
  const { dashboard } = (await read(ADMIN, saved.body.uid)).body;
  expect(dashboard.text).toBe(JSON.parse(body).dashboard.text);

  const over = await post(ADMIN, `${body} `);
  expect(over.status).toBe(413);
  expect(over.body.detail).toContain(String(limit));
  // Elsewhere the usual limit holds, and whoever may not save is not even listened to.
  expect((await world.send(ADMIN, 'POST', '/api/folders', body)).status).toBe(413);
  expect((await post(viewer, body)).status).toBe(403);
});

test.each([
  [{}, 400, 'bad request data'],
  [{ dashboard: null }, 400, 'bad request data'],
  [{ dashboard: [] }, 400, 'bad request data'],
  [{ dashboard: 'text' }, 400, 'bad request data'],
  [{ dashboard: {} }, 400, 'Dashboard title cannot be empty'],
  [{ dashboard: { title: ' ' } }, 400, 'Dashboard title cannot be empty'],
  [{ dashboard: { title: null } }, 400, 'Dashboard title cannot be empty'],
  [{ dashboard: { title: 7 } }, 400, 'bad request data'],
  [{ dashboard: { title: 'x'.repeat(191) } }, 400, 'bad request data'],
  [{ dashboard: { title: 'a\u0000b' } }, 400, 'bad request data'],
  [{ dashboard: { title: 'zzz', uid: 'a b c' } }, 400, 'uid contains illegal characters'],
  [{ dashboard: { title: 'zzz', uid: '*' } }, 400, 'uid contains illegal characters'],
  [{ dashboard: { title: 'zzz', uid: 'a/b' } }, 400, 'uid contains illegal characters'],
  [{ dashboard: { title: 'zzz', uid: 'é' } }, 400, 'uid contains illegal characters'],
  [{ dashboard: { title: 'zzz', uid: 'a\u0000' } }, 400, 'uid contains illegal characters'],
  [{ dashboard: { title: 'zzz', uid: 'a'.repeat(41) } }, 400, 'uid too long, max 40 characters'],
  [{ dashboard: { title: 'zzz', uid: 'general' } }, 400, 'bad request data'],
  [{ dashboard: { title: 'zzz', uid: 7 } }, 400, 'bad request data'],
  [{ dashboard: { title: 'zzz', id: 'x' } }, 400, 'bad request data'],
  [{ dashboard: { title: 'zzz', id: 1e300 } }, 400, 'bad request data'],
  [{ dashboard: { title: 'zzz', id: 999_999 } }, 404, 'Dashboard not found'],
  [{ dashboard: { title: 'zzz', version: '1' } }, 400, 'bad request data'],
  [{ dashboard: { title: 'zzz', tags: 'a' } }, 400, 'bad request data'],
  [{ dashboard: { title: 'zzz', tags: [1] } }, 400, 'bad request data'],
  [{ dashboard: { title: 'zzz', tags: ['x'.repeat(101)] } }, 400, 'bad request data'],
  [{ dashboard: { title: 'zzz', tags: ['\u0000'] } }, 400, 'bad request data'],
  [
    { dashboard: { title: 'zzz', tags: Array.from({ length: 501 }, (_, at) => `t${at}`) } },
    400,
    'bad request data',
  ],
  [{ dashboard: { title: 'zzz' }, folderUid: 'nope' }, 400, 'Folder not found'],
  [{ dashboard: { title: 'zzz' }, folderUid: '*' }, 400, 'Folder not found'],
  [{ dashboard: { title: 'zzz' }, folderUid: 'a\u0000' }, 400, 'bad request data'],
  [{ dashboard: { title: 'zzz' }, folderId: 999_999 }, 400, 'Folder not found'],
  [{ dashboard: { title: 'zzz' }, folderId: -1 }, 400, 'Folder not found'],
  [{ dashboard: { title: 'zzz' }, folderId: '1' }, 400, 'bad request data'],
  [{ dashboard: { title: 'zzz' }, overwrite: 'yes' }, 400, 'bad request data'],
  [{ dashboard: { title: 'zzz' }, message: 'x'.repeat(501) }, 400, 'bad request data'],
  [{ dashboard: { title: 'zzz' }, message: '\u0000' }, 400, 'bad request data'],
])('%# no dashboard is saved of what does not fit', async (body, status, message) => {
  const answer = await post(ADMIN, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  expect(answer.body.message).toBe(message);
  const { body: found } = await world.send(ADMIN, 'GET', '/api/search?query=zzz');
  expect(found).toEqual([]);
});

test('who may not save at all is told so before the body is looked at', async () => {
  for (const body of ['{nonsense', '{}', '{"dashboard":{"title":"x"},"folderUid":"nope"}']) {
    const { status, body: answer } = await post(viewer, body);
    expect(status).toBe(403);
    expect(answer.message).toMatch(/^Permission denied: any of dashboards:create, dashboards:write/);
  }
});

test('a change asks for the version that is there, or for overwrite', async () => {
  const title = fresh();
  const { id, uid } = await save(ADMIN, { title });
  for (const version of [undefined, null, 0, 2, -1]) {
    for (const named of [{ uid }, { id }, { id, uid }]) {
      const { status, body } = await post(ADMIN, { dashboard: { ...named, title, version } });
      expect(status).toBe(412);
      expect(body).toMatchObject({
        message: 'The dashboard has been changed by someone else',
        status: 'version-mismatch',
      });
    }
  }
  expect((await save(ADMIN, { id, title, version: 1 })).version).toBe(2);
  expect((await save(ADMIN, { uid, title, version: 2 })).version).toBe(3);
  expect((await save(ADMIN, { uid, title }, { overwrite: true })).version).toBe(4);
});

test('of many who change the same version at once, one does', async () => {
  const title = fresh();
  const { uid } = await save(ADMIN, { title });
  const all = await Promise.all(
    Array.from({ length: 8 }, (_, n) => post(ADMIN, { dashboard: { uid, title, n, version: 1 } })),
  );
  expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(all.filter(({ status }) => status === 412)).toHaveLength(7);
});

test('of many who save the same new dashboard at once, one does', async () => {
  const dashboard = { title: fresh(), uid: 'at-once' };
  const all = await Promise.all(Array.from({ length: 8 }, () => post(ADMIN, { dashboard })));
  expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(all.filter(({ status }) => status === 412)).toHaveLength(7);
});

test('a title is taken once in a folder; to overwrite takes the id and uid of who has it', async () => {
  const title = fresh();
  const folder = await makeFolder();
  const first = await save(ADMIN, { title, tags: ['old'] });
  const elsewhere = await save(ADMIN, { title }, { folderUid: folder.uid });
  expect(elsewhere.uid).not.toBe(first.uid);
  const again = await post(ADMIN, { dashboard: { title } });
  expect(again.status).toBe(412);
  expect(again.body).toMatchObject({
    message: 'A dashboard with the same name in the folder already exists',
    status: 'name-exists',
  });
  const over = await save(ADMIN, { title, uid: 'another', tags: ['new'] }, { overwrite: true });
  expect(over).toMatchObject({ id: first.id, uid: first.uid, version: 2 });
  expect((await read(ADMIN, first.uid)).body.dashboard).toMatchObject({
    tags: ['new'],
    uid: first.uid,
    id: first.id,
  });
  expect((await read(ADMIN, 'another')).status).toBe(404);

  const third = await save(ADMIN, { title: fresh() });
  const renamed = { uid: third.uid, title, version: 1 };
  expect((await post(ADMIN, { dashboard: renamed })).body.status).toBe('name-exists');
  expect((await read(ADMIN, third.uid)).body.meta.version).toBe(1);
});

test('a dashboard and a folder do not become one another, nor share a title', async () => {
  const folder = await makeFolder(ADMIN, { title: 'Shared title' });
  for (const named of [{ uid: folder.uid }, { id: folder.id }]) {
    const { status, body } = await post(ADMIN, { dashboard: { ...named, title: 'x' }, overwrite: true });
    expect(status).toBe(400);
    expect(body.message).toBe('Dashboard cannot be changed to a folder');
  }
  const sameTitle = await post(ADMIN, { dashboard: { title: 'Shared title' }, overwrite: true });
  expect(sameTitle.status).toBe(400);
  expect(sameTitle.body.status).toBe('name-match');
  expect((await read(ADMIN, folder.uid)).status).toBe(404);
  expect((await world.send(ADMIN, 'DELETE', `/api/dashboards/uid/${folder.uid}`)).status).toBe(404);
  expect((await world.send(ADMIN, 'GET', `/api/dashboards/id/${folder.id}/versions`)).status).toBe(404);
  expect((await world.send(ADMIN, 'GET', `/api/folders/${folder.uid}`)).body.title).toBe('Shared title');

  const { uid, id } = await save(ADMIN, { title: fresh() });
  expect((await world.send(ADMIN, 'POST', '/api/folders', { title: 'x', uid })).status).toBe(412);
  const inDashboard = await post(ADMIN, { dashboard: { title: 'x' }, folderId: id });
  expect(inDashboard.body.message).toBe('Folder not found');
});

test('an id and a uid that belong to two dashboards save neither', async () => {
  const one = await save(ADMIN, { title: fresh() });
  const two = await save(ADMIN, { title: fresh() });
  const both = await post(ADMIN, { dashboard: { id: one.id, uid: two.uid, title: 'x' }, overwrite: true });
  expect(both.status).toBe(400);
  expect(both.body.message).toBe('A dashboard with the same uid already exists');
  const free = await post(ADMIN, { dashboard: { id: one.id, uid: 'free', title: 'x' }, overwrite: true });
  expect(free.status).toBe(400);
  expect(free.body.detail).toContain('another uid');
});

test('a dashboard stays where it is until another folder is named', async () => {
  const [a, b] = [await makeFolder(), await makeFolder()];
  const title = fresh();
  const { uid } = await save(editor, { title }, { folderId: a.id });
  const place = async () => (await read(ADMIN, uid)).body.meta.folderUid;
  const move = (more: object) => save(editor, { uid, title }, { overwrite: true, ...more });
  await move({});
  expect(await place()).toBe(a.uid);
  await move({ folderUid: null, folderId: null });
  expect(await place()).toBe(a.uid);
  // The uid counts where both are named.
  await move({ folderUid: b.uid, folderId: a.id });
  expect(await place()).toBe(b.uid);
  await move({ folderId: 0 });
  expect(await place()).toBe('');
  await move({ folderUid: b.uid });
  await move({ folderUid: 'general' });
  expect(await place()).toBe('');
});

test('a dashboard that comes to the top is found by Viewers, and one that goes into a hidden folder is not', async () => {
  const hidden = await makeFolder();
  const items = [{ role: 'Editor', permission: 2 }];
  await world.send(ADMIN, 'POST', `/api/folders/${hidden.uid}/permissions`, { items });
  const title = fresh();
  const { uid } = await save(editor, { title }, { folderUid: hidden.uid });
  expect((await read(viewer, uid)).status).toBe(403);
  await save(editor, { uid, title, version: 1 }, { folderUid: '' });
  expect((await read(viewer, uid)).status).toBe(200);
  await save(editor, { uid, title, version: 2 }, { folderUid: hidden.uid });
  expect((await read(viewer, uid)).status).toBe(403);
  expect((await read(editor, uid)).status).toBe(200);
});

test('to overwrite by title is no way round the permissions', async () => {
  const title = fresh();
  const { uid } = await save(ADMIN, { title });
  const path = `/api/dashboards/uid/${uid}/permissions`;
  await world.send(ADMIN, 'POST', path, { items: [{ role: 'Editor', permission: 1 }] });
  for (const dashboard of [{ title }, { title, uid }, { title, uid: 'mine' }]) {
    const { status, body } = await post(editor, { dashboard, overwrite: true });
    expect(status).toBe(403);
    expect(body.message).toContain('dashboards:write on');
    // Nobody learns the uid of what they may not read, only because they guessed its title.
    expect(JSON.stringify(body).includes(uid)).toBe('uid' in dashboard && dashboard.uid === uid);
  }
  expect((await read(ADMIN, uid)).body.meta.version).toBe(1);
});

test('an Editor deletes no dashboard, not even their own', async () => {
  const { uid, id } = await save(editor, { title: fresh() });
  const { status, body } = await world.send(editor, 'DELETE', `/api/dashboards/uid/${uid}`);
  expect(status).toBe(403);
  expect(body.message).toMatch(/^Permission denied: dashboards:delete/);
  for (const path of [
    `/api/dashboards/id/${id}`,
    `/api/dashboards/db/${id}`,
    `/api/dashboards//uid/${uid}`,
  ]) {
    expect((await world.send(editor, 'DELETE', path)).status).toBe(404);
  }
  expect((await read(viewer, uid)).status).toBe(200);
});

test('where the settings say so, an Editor deletes what they may edit', async () => {
  const other = await startWorld({ access_control: { editors_can_delete: true } });
  try {
    const { body: key } = await other.send(ADMIN, 'POST', '/api/auth/keys', { name: 'e', role: 'Editor' });
    const as = { bearer: key.key };
    const { body: folder } = await other.send(as, 'POST', '/api/folders', { title: 'F' });
    const dashboard = { dashboard: { title: 'D' }, folderUid: folder.uid };
    const { body: saved } = await other.send(as, 'POST', '/api/dashboards/db', dashboard);
    expect((await other.send(as, 'DELETE', `/api/dashboards/uid/${saved.uid}`)).status).toBe(200);
    expect((await other.send(as, 'DELETE', `/api/folders/${folder.uid}`)).status).toBe(200);
  } finally {
    await other.stop();
  }
});

test('made again under the same uid, a dashboard starts with the usual permissions', async () => {
  const { uid } = await save(ADMIN, { title: fresh(), uid: 'again' });
  const items = [{ userId: viewerId, permission: 4 }];
  const given = await world.send(ADMIN, 'POST', `/api/dashboards/uid/${uid}/permissions`, { items });
  expect(given.status).toBe(200);
  expect((await world.send(viewer, 'DELETE', '/api/dashboards/uid/again')).status).toBe(200);
  await save(ADMIN, { title: fresh(), uid: 'again' });
  expect((await read(viewer, 'again')).body.meta).toMatchObject({
    canSave: false,
    canAdmin: false,
    canDelete: false,
  });
  expect((await world.send(viewer, 'DELETE', '/api/dashboards/uid/again')).status).toBe(403);
});

test('another organization sees and touches nothing', async () => {
  const title = fresh();
  const { uid, id } = await save(ADMIN, { title, tags: ['ours'] });
  for (const [method, path, body] of [
    ['GET', `uid/${uid}`],
    ['DELETE', `uid/${uid}`],
    ['GET', `uid/${uid}/versions`],
    ['GET', `uid/${uid}/versions/1`],
    ['GET', `id/${id}/versions`],
    ['GET', `id/${id}/versions/1`],
    ['GET', `uid/${uid}/permissions`],
    ['GET', `id/${id}/permissions`],
    ['POST', `uid/${uid}/permissions`, { items: [] }],
    ['POST', `id/${id}/permissions`, { items: [] }],
    ['POST', `uid/${uid}/restore`, { version: 1 }],
    ['POST', `id/${id}/restore`, { version: 1 }],
  ] as const) {
    const answer = await world.send(stranger, method, `/api/dashboards/${path}`, body);
    expect(answer.status, `${method} ${path}`).toBe(404);
    expect(answer.body.message).toBe('Dashboard not found');
  }
  for (const path of [`uid/${uid}`, String(id)]) {
    for (const method of ['POST', 'DELETE']) {
      expect((await world.send(stranger, method, `/api/user/stars/dashboard/${path}`)).status).toBe(404);
    }
  }
  expect((await post(stranger, { dashboard: { id, title: 'x' }, overwrite: true })).status).toBe(404);
  const own = await save(stranger, { uid, title }, { overwrite: true });
  expect(own.id).not.toBe(id);
  expect((await read(ADMIN, uid)).body.meta.version).toBe(1);
  expect((await world.send(stranger, 'GET', '/api/dashboards/tags')).body).toEqual([]);
});

test('what is no uid or id is answered plainly', async () => {
  for (const path of ['nope', '*', '%2A', 'a%2Fb', '..%2F..', 'x'.repeat(200), 'ключ']) {
    expect((await read(viewer, path)).status, path).toBe(404);
    expect((await read(ADMIN, path)).status, path).toBe(404);
    expect((await world.send(viewer, 'DELETE', `/api/dashboards/uid/${path}`)).status, path).toBe(403);
  }
  expect((await read(ADMIN, '%00')).status).toBe(400);
  for (const id of ['abc', '1e999', '1.5', '99999999999999999999']) {
    expect((await world.send(ADMIN, 'GET', `/api/dashboards/id/${id}/versions`)).status, id).toBe(400);
  }
  expect((await world.send(viewer, 'GET', '/api/dashboards//uid/nope')).status).toBe(404);
  expect((await world.send(viewer, 'GET', '/api/dashboards/uid//nope')).status).toBe(404);
});

test('everybody has a home dashboard', async () => {
  const { status, body } = await world.send(viewer, 'GET', '/api/dashboards/home');
  expect(status).toBe(200);
  expect(body.meta).toMatchObject({
    canSave: false,
    canEdit: false,
    canStar: false,
    folderTitle: 'General',
    version: 0,
  });
  expect(body.meta.annotationsPermissions).toBeNull();
  expect(body.dashboard).toMatchObject({ title: 'Home', panels: [{ type: 'text' }, { type: 'dashlist' }] });
  expect((await world.send(editor, 'GET', '/api/dashboards/home')).body.meta.canEdit).toBe(true);
});

test('the tags are those of the dashboards that the asker sees', async () => {
  const org = await makeOrg(world, 'tags');
  const admin = (await makeMember(world, org, 'tara', 'Admin')).as;
  const reader = (await makeMember(world, org, 'tom', 'Viewer')).as;
  const { body: folder } = await world.send(admin, 'POST', '/api/folders', { title: 'hidden' });
  await world.send(admin, 'POST', `/api/folders/${folder.uid}/permissions`, { items: [] });
  await save(admin, { title: '1', tags: ['b', 'ä', 'B', ''] });
  await save(admin, { title: '2', tags: ['b'] });
  await save(admin, { title: '3', tags: ['b', 'secret'] }, { folderUid: folder.uid });
  expect((await world.send(reader, 'GET', '/api/dashboards/tags')).body).toEqual([
    { term: 'B', count: 1 },
    { term: 'b', count: 2 },
    { term: 'ä', count: 1 },
  ]);
  expect((await world.send(admin, 'GET', '/api/dashboards/tags')).body).toContainEqual({
    term: 'secret',
    count: 1,
  });
});

test('what is done to dashboards is recorded', async () => {
  const title = fresh();
  const { uid } = await save(editor, { title });
  await save(editor, { uid, title, version: 1 });
  await world.send(ADMIN, 'POST', `/api/dashboards/uid/${uid}/restore`, { version: 1 });
  await world.send(ADMIN, 'DELETE', `/api/dashboards/uid/${uid}`);
  const rows = await world.context.db
    .selectFrom('audit')
    .select(['action', 'actor'])
    .where('object_kind', '=', 'dashboard')
    .where('object_id', '=', uid)
    .orderBy('id')
    .execute();
  expect(rows.map(({ action, actor }) => `${action} ${actor}`)).toEqual([
    'dashboards:create user:edna',
    'dashboards:write user:edna',
    'dashboards:write user:admin',
    'dashboards:delete user:admin',
  ]);
});

/** What somebody is told, but for what they sent themselves. */
function told({ status, body }: Answer, ...sent: (string | number)[]): unknown {
  const { statusCode, ...rest } = body;
  const text = JSON.stringify({ ...rest, traceID: '', accessErrorId: '' });
  // As a whole: 40 is in 404, and in many a uid.
  const own = new RegExp(`(?<!\\w)(${sent.join('|')})(?!\\w)`, 'g');
  return [status, statusCode, text.replace(own, '…')];
}

test('the number of what is hidden is answered like one that nothing has', async () => {
  const hidden = await makeFolder();
  await world.send(ADMIN, 'POST', `/api/folders/${hidden.uid}/permissions`, { items: [] });
  const title = fresh();
  const inside = await save(ADMIN, { title }, { folderUid: hidden.uid });
  const missing = inside.id + 900_000;
  for (const as of [editor, viewer]) {
    for (const overwrite of [true, false]) {
      for (const id of [inside.id, hidden.id]) {
        for (const named of [{}, { uid: 'another' }, { uid: inside.uid }]) {
          const send = (number: number) =>
            post(as, { dashboard: { title: 'x', id: number, ...named }, overwrite });
          expect(told(await send(id), id)).toEqual(told(await send(missing), missing));
        }
      }
      for (const path of ['/api/dashboards/db', '/api/dashboards/import']) {
        const send = (folderId: number) =>
          world.send(as, 'POST', path, { dashboard: { title }, folderId, overwrite });
        const answer = await send(hidden.id);
        expect(told(answer, hidden.id)).toEqual(told(await send(missing), missing));
        expect(JSON.stringify(answer.body)).not.toContain(hidden.uid);
      }
    }
  }
});

test('nobody learns by overwriting which titles there are in a folder where they may make nothing', async () => {
  const hidden = await makeFolder();
  await world.send(ADMIN, 'POST', `/api/folders/${hidden.uid}/permissions`, { items: [] });
  const [title, free] = [fresh(), fresh()];
  await save(ADMIN, { title }, { folderUid: hidden.uid });
  const own = await save(editor, { title: fresh() });
  for (const named of [{}, { uid: own.uid }, { id: own.id }, { uid: 'a-new-one' }]) {
    const send = (wanted: string) =>
      post(editor, { dashboard: { title: wanted, ...named }, folderUid: hidden.uid, overwrite: true });
    const answer = await send(title);
    expect(answer.status).toBe(403);
    expect(told(answer, title)).toEqual(told(await send(free), free));
  }
});

test('tags that no text can hold are told apart no more than they are kept', async () => {
  const answer = await post(ADMIN, `{"dashboard":{"title":"${fresh()}","tags":["\\ud800","\\udfff"]}}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
});
