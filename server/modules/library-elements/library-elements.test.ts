import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type Answer, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
let viewer: As;
let editor: As;
let stranger: As;
let viewerId = 0;
let editorId = 0;
beforeAll(async () => {
  world = await startWorld();
  const vera = await makeMember(world, 1, 'vera', 'Viewer');
  [viewer, viewerId] = [vera.as, vera.id];
  const edna = await makeMember(world, 1, 'edna', 'Editor');
  [editor, editorId] = [edna.as, edna.id];
  stranger = (await makeMember(world, await makeOrg(world, 'elsewhere'), 'stan', 'Admin')).as;
});
afterAll(() => world.stop());

const PATH = '/api/library-elements';
const MISSING = 'library element could not be found';
const TAKEN = 'library element with that name or UID already exists';
const sorted = (answers: Answer[]): number[] =>
  answers.map(({ status }) => status).toSorted((one, other) => one - other);
let names = 0;
const fresh = (): string => `Element ${++names}`;

interface Element {
  id: number;
  uid: string;
  name: string;
  version: number;
  folderUid: string;
  meta: { connectedDashboards: number };
}

function post(as: As, more: object = {}): Promise<Answer> {
  const whole = { name: fresh(), kind: 1, model: { type: 'text', title: 'T' }, ...more };
  return world.send(as, 'POST', PATH, whole);
}

async function make(more: object = {}, as: As = ADMIN): Promise<Element> {
  const { status, body } = await post(as, more);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.result;
}

function read(as: As, uid: string): Promise<Answer> {
  return world.send(as, 'GET', `${PATH}/${uid}`);
}

function patch(as: As, uid: string, body: unknown): Promise<Answer> {
  return world.send(as, 'PATCH', `${PATH}/${uid}`, body);
}

function remove(as: As, uid: string): Promise<Answer> {
  return world.send(as, 'DELETE', `${PATH}/${uid}`);
}

async function find(as: As, query = '') {
  const { status, body } = await world.send(as, 'GET', `${PATH}${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.result as { totalCount: number; page: number; perPage: number; elements: Element[] };
}

async function makeFolder(permissions?: object[], more: object = {}): Promise<{ id: number; uid: string }> {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/folders', { title: fresh(), ...more });
  expect(status, JSON.stringify(body)).toBe(200);
  if (permissions !== undefined) await allow(body.uid, permissions);
  return body;
}

async function allow(folderUid: string, items: object[]): Promise<void> {
  const { status } = await world.send(ADMIN, 'POST', `/api/folders/${folderUid}/permissions`, { items });
  expect(status).toBe(200);
}

/** Saves a dashboard with these panels; a text is the uid of a library panel. */
async function save(panels: unknown[], more: object = {}, place: object = {}) {
  const shown = panels.map((panel) =>
    typeof panel === 'string' ? { id: 1, libraryPanel: { uid: panel, name: 'shown' } } : panel,
  );
  const dashboard = { title: fresh(), panels: shown, ...more };
  const body = { dashboard, overwrite: true, ...place };
  const answer = await world.send(ADMIN, 'POST', '/api/dashboards/db', body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as { id: number; uid: string; version: number };
}

async function uses(uid: string, as: As = ADMIN): Promise<string[]> {
  const { status, body } = await world.send(as, 'GET', `${PATH}/${uid}/connections/`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.result.map((use: { connectionUid: string }) => use.connectionUid);
}

test('an element is made, read, found by its name, changed and deleted', async () => {
  const folder = await makeFolder();
  const name = fresh();
  const model = { type: 'graph', description: 'What it shows', title: 'T', b: [1], a: null };
  const made = await make({ name, model, folderUid: folder.uid }, editor);
  const person = { id: editorId, name: 'edna', avatarUrl: expect.stringMatching(/^\/avatar\/[0-9a-f]{32}$/) };
  const whole = {
    id: expect.any(Number),
    orgId: 1,
    folderId: folder.id,
    folderUid: folder.uid,
    uid: expect.stringMatching(/^[A-Za-z0-9]{14}$/),
    name,
    kind: 1,
    type: 'graph',
    description: 'What it shows',
    model,
    version: 1,
    meta: {
      folderName: expect.stringMatching(/^Element/),
      folderUid: folder.uid,
      connectedDashboards: 0,
      created: expect.stringMatching(/^\d{4}-.*Z$/),
      updated: expect.stringMatching(/^\d{4}-.*Z$/),
      createdBy: person,
      updatedBy: person,
    },
  };
  expect(made).toEqual(whole);
  expect((await read(viewer, made.uid)).body).toEqual({ result: made });
  const named = await world.send(viewer, 'GET', `${PATH}/name/${encodeURIComponent(name)}`);
  expect(named.body).toEqual({ result: [made] });

  const { status, body } = await patch(ADMIN, made.uid, {
    name: `${name}, changed`,
    model: { type: 'text' },
    kind: 1,
    version: 1,
  });
  expect(status).toBe(200);
  expect(body.result).toMatchObject({
    id: made.id,
    folderUid: folder.uid,
    name: `${name}, changed`,
    type: 'text',
    description: '',
    model: { type: 'text' },
    version: 2,
    meta: { createdBy: { name: 'edna' }, updatedBy: { name: 'admin' } },
  });
  expect((await remove(ADMIN, made.uid)).body).toEqual({ id: made.id, message: 'Library element deleted' });
  for (const again of [await read(ADMIN, made.uid), await remove(ADMIN, made.uid)]) {
    expect([again.status, again.body.message]).toEqual([404, MISSING]);
  }
  const gone = await world.send(ADMIN, 'GET', `${PATH}/name/${encodeURIComponent(name)}`);
  expect([gone.status, gone.body.message]).toEqual([404, MISSING]);
});

test('without a folder, and in the one called general, it lies in the general folder', async () => {
  for (const place of [
    {},
    { folderUid: '' },
    { folderUid: 'general' },
    { folderId: 0 },
    { folderUid: null },
  ]) {
    expect(await make({ ...place, kind: 2 })).toMatchObject({
      folderId: 0,
      folderUid: '',
      kind: 2,
      meta: { folderName: 'General', folderUid: '' },
    });
  }
});

test('a model comes back exactly, wherever it is read', async () => {
  const model =
    '{"big":12345678901234567890123,"one":1.0,"huge":1e400,"2":2,"1":1,"text":"\\u0041 \\u0000 😀","type":"x"}';
  const name = fresh();
  const sent = await world.send(ADMIN, 'POST', PATH, `{"kind":1,"model": ${model} ,"name":"${name}"}`);
  expect(sent.status).toBe(200);
  const { uid } = sent.body.result;
  const headers = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
  const text = async (path: string) => (await fetch(world.url + path, { headers })).text();
  for (const path of [`/${uid}`, `/name/${encodeURIComponent(name)}`, '?perPage=5000']) {
    expect(await text(PATH + path), path).toContain(`"model":${model}}`);
  }
  // A change without a model leaves it.
  expect((await patch(ADMIN, uid, { version: 1, name: fresh() })).status).toBe(200);
  expect(await text(`${PATH}/${uid}`)).toContain(`"model":${model}}`);
});

test('many long models are listed without a loss', async () => {
  const query = fresh();
  const filler = 'x'.repeat(900_000);
  for (let n = 0; n < 12; n++) await make({ name: `${query} ${n}`, model: { n, filler } });
  const { elements, totalCount } = await find(ADMIN, `?searchString=${encodeURIComponent(query)}`);
  expect(totalCount).toBe(12);
  const models = elements.map(
    (element) => (element as unknown as { model: { n: number; filler: string } }).model,
  );
  expect(models.every((model) => model.filler === filler)).toBe(true);
  expect(models.map(({ n }) => n).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n));
});

test('what a key made is nobody’s work', async () => {
  const key = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: fresh(), role: 'Editor' });
  const made = await make({}, { bearer: key.body.key });
  expect(made.meta).toMatchObject({ createdBy: { id: 0, name: '', avatarUrl: '' } });
});

test('a name is taken once in a folder among those of a kind, and a uid once in an organization', async () => {
  const folder = await makeFolder();
  const name = fresh();
  const { uid } = await make({ name });
  await make({ name, folderUid: folder.uid });
  await make({ name, kind: 2 });
  for (const more of [{ name }, { name, folderUid: folder.uid }, { uid }, { name, uid }]) {
    const { status, body } = await post(ADMIN, more);
    expect([status, body.message]).toEqual([400, TAKEN]);
  }
  const other = await make();
  for (const more of [{ name }, { uid }]) {
    const { status, body } = await patch(ADMIN, other.uid, { ...more, version: 1 });
    expect([status, body.message]).toEqual([400, TAKEN]);
  }
  // The same as before is no conflict.
  expect((await patch(ADMIN, uid, { name, uid, kind: 1, version: 1 })).status).toBe(200);
  const elsewhere = await world.send(stranger, 'POST', PATH, { name, kind: 1, model: {}, uid });
  expect(elsewhere.status).toBe(200);
});

test('of many who make the same element at once, one does', async () => {
  const name = fresh();
  const all = await Promise.all(Array.from({ length: 6 }, () => post(ADMIN, { name })));
  expect(sorted(all)).toEqual([200, 400, 400, 400, 400, 400]);
});

test('a change asks for the version that is there', async () => {
  const { uid } = await make();
  for (const version of [0, 2, -1]) {
    const { status, body } = await patch(ADMIN, uid, { version });
    expect([status, body.message]).toEqual([412, 'the library element has been changed by someone else']);
  }
  const all = await Promise.all(
    Array.from({ length: 6 }, (_, n) => patch(ADMIN, uid, { version: 1, model: { n } })),
  );
  expect(sorted(all)).toEqual([200, 412, 412, 412, 412, 412]);
  expect((await read(ADMIN, uid)).body.result.version).toBe(2);
});

test('dashboards that show an element are known as soon as they are saved, and until they no longer do', async () => {
  const [one, two, three] = [await make(), await make(), await make()];
  const nested = { type: 'row', panels: [{ type: 'row', panels: [{ libraryPanel: { uid: two.uid } }] }] };
  const { id, uid } = await save([one.uid, one.uid, nested, { libraryPanel: { name: 'no uid' } }, 7, null]);
  const old = await save([], { rows: [{ panels: [{ libraryPanel: { uid: three.uid } }] }] });
  const { body } = await world.send(viewer, 'GET', `${PATH}/${one.uid}/connections`);
  expect(body).toEqual({
    result: [
      {
        id: expect.any(Number),
        kind: 1,
        elementId: one.id,
        connectionId: id,
        connectionUid: uid,
        created: expect.stringMatching(/^\d{4}-.*Z$/),
        createdBy: { id: 1, name: 'admin', avatarUrl: expect.stringMatching(/^\/avatar\//) },
      },
    ],
  });
  expect(await uses(two.uid)).toEqual([uid]);
  expect(await uses(three.uid)).toEqual([old.uid]);
  expect((await read(viewer, one.uid)).body.result.meta.connectedDashboards).toBe(1);

  // The connection stays the same one while it lasts.
  await save([one.uid], { uid });
  expect(await uses(two.uid)).toEqual([]);
  const after = await world.send(ADMIN, 'GET', `${PATH}/${one.uid}/connections`);
  expect(after.body).toEqual(body);
  const back = await world.send(ADMIN, 'POST', `/api/dashboards/uid/${uid}/restore`, { version: 1 });
  expect(back.status).toBe(200);
  expect(await uses(two.uid)).toEqual([uid]);
  await world.send(ADMIN, 'DELETE', `/api/dashboards/uid/${uid}`);
  expect(await uses(one.uid)).toEqual([]);
  await save([], { uid });
  expect(await uses(one.uid)).toEqual([]);
});

test('an imported dashboard counts like a saved one, and one that came before its element too', async () => {
  const uid = `later-${++names}`;
  const dashboard = { title: fresh(), panels: [{ libraryPanel: { uid } }] };
  const imported = await world.send(ADMIN, 'POST', '/api/dashboards/import', { dashboard, inputs: [] });
  expect(imported.status, JSON.stringify(imported.body)).toBe(200);
  await make({ uid });
  expect(await uses(uid)).toEqual([imported.body.uid]);
});

test('what no element can have for a uid connects nothing, and too many are refused', async () => {
  const { uid } = await make();
  const odd = ['', '\u0000', 'a/b', 'x'.repeat(41), '*', 7, null, {}, [uid]];
  await save(odd.map((wrong) => ({ libraryPanel: { uid: wrong } })));
  expect(await uses(uid)).toEqual([]);
  const panels = Array.from({ length: 1001 }, (_, n) => ({ libraryPanel: { uid: `u${n}` } }));
  const tooMany = await world.send(ADMIN, 'POST', '/api/dashboards/db', {
    dashboard: { title: fresh(), panels },
  });
  expect([tooMany.status, tooMany.body.detail]).toEqual([400, expect.stringContaining('1000')]);
  await save(panels.slice(1));
});

test('an element in use is not deleted, nor given another uid, whoever may see the dashboard', async () => {
  const { uid, id } = await make();
  const hidden = await makeFolder([]);
  const dashboard = await save([uid], {}, { folderUid: hidden.uid });
  for (const refused of [await remove(ADMIN, uid), await patch(ADMIN, uid, { uid: `${uid}x`, version: 1 })]) {
    expect([refused.status, refused.body.message]).toEqual([403, 'the library element has connections']);
  }
  expect(await uses(uid, viewer)).toEqual([]);
  expect((await read(viewer, uid)).body.result.meta.connectedDashboards).toBe(0);
  expect((await read(ADMIN, uid)).body.result.meta.connectedDashboards).toBe(1);
  expect((await find(viewer, '?perPage=5000')).elements.find((one) => one.uid === uid)?.meta).toMatchObject({
    connectedDashboards: 0,
  });
  await save([], { uid: dashboard.uid }, { folderUid: hidden.uid });
  expect((await patch(ADMIN, uid, { uid: `${uid}x`, version: 1 })).body.result).toMatchObject({
    id,
    uid: `${uid}x`,
  });
  expect((await remove(ADMIN, `${uid}x`)).status).toBe(200);
  // A new one of the same uid has none of the old one's uses.
  await make({ uid });
  expect(await uses(uid)).toEqual([]);
});

test('a folder goes with its elements, unless a dashboard elsewhere shows one', async () => {
  const top = await makeFolder();
  const inner = await makeFolder(undefined, { parentUid: top.uid });
  const [kept, lost] = [await make({ folderUid: inner.uid }), await make({ folderUid: top.uid })];
  await save([kept.uid, lost.uid], {}, { folderUid: inner.uid });
  const outside = await save([kept.uid]);
  const counts = await world.send(viewer, 'GET', `/api/folders/${top.uid}/counts`);
  expect(counts.body).toMatchObject({ folder: 1, dashboard: 1, librarypanel: 2 });
  for (const folder of [top, inner]) {
    const refused = await world.send(ADMIN, 'DELETE', `/api/folders/${folder.uid}`);
    expect([refused.status, refused.body.message]).toEqual([
      403,
      'Folder could not be deleted because it contains library elements in use',
    ]);
    expect(refused.body.detail).toContain(kept.uid);
  }
  expect((await read(ADMIN, lost.uid)).status).toBe(200);
  await save([], { uid: outside.uid });
  expect((await world.send(ADMIN, 'DELETE', `/api/folders/${top.uid}`)).status).toBe(200);
  for (const { uid } of [kept, lost]) expect((await read(ADMIN, uid)).status).toBe(404);
  // What is made again under the same names starts anew.
  await makeFolder(undefined, { uid: top.uid });
  expect((await find(ADMIN, `?folderFilterUIDs=${top.uid}`)).elements).toEqual([]);
  await make({ uid: kept.uid, folderUid: top.uid });
  expect(await uses(kept.uid)).toEqual([]);
});

test('a moved folder takes its elements along, with what may be seen of them', async () => {
  const hidden = await makeFolder([]);
  const folder = await makeFolder();
  const { uid } = await make({ folderUid: folder.uid });
  expect((await read(viewer, uid)).status).toBe(200);
  const move = { parentUid: hidden.uid };
  expect((await world.send(ADMIN, 'POST', `/api/folders/${folder.uid}/move`, move)).status).toBe(200);
  expect((await read(viewer, uid)).status).toBe(404);
  expect((await find(viewer, `?folderFilterUIDs=${folder.uid}`)).totalCount).toBe(0);
  expect((await read(ADMIN, uid)).body.result.folderUid).toBe(folder.uid);
});

test('what lies in a hidden folder is missing in every way', async () => {
  const hidden = await makeFolder([{ role: 'Editor', permission: 2 }]);
  const name = fresh();
  const { uid } = await make({ name, folderUid: hidden.uid });
  const asked: [string, string, unknown?][] = [
    ['GET', `/${uid}`],
    ['GET', `/${uid}/connections`],
    ['GET', `/name/${encodeURIComponent(name)}`],
  ];
  for (const [method, path] of asked) {
    const { status, body } = await world.send(viewer, method, PATH + path);
    expect([status, body.message], path).toEqual([404, MISSING]);
  }
  const query = `?searchString=${encodeURIComponent(name)}`;
  expect(await find(viewer, query)).toMatchObject({ totalCount: 0, elements: [] });
  expect(await find(editor, query)).toMatchObject({ totalCount: 1, elements: [{ uid }] });
  expect((await find(viewer, `?folderFilterUIDs=${hidden.uid}&folderFilter=${hidden.id}`)).totalCount).toBe(
    0,
  );
  // As soon as it is given, and as soon as it is taken.
  await allow(hidden.uid, [{ userId: viewerId, permission: 1 }]);
  expect((await read(viewer, uid)).status).toBe(200);
  expect((await read(editor, uid)).status).toBe(404);
  // Nor is it told apart from a missing one by who may change things elsewhere.
  for (const missing of [uid, 'nope']) {
    const changed = await patch(editor, missing, { version: 1 });
    const removed = await remove(editor, missing);
    expect([changed.status, changed.body.message, removed.status, removed.body.message]).toEqual([
      404,
      MISSING,
      404,
      MISSING,
    ]);
  }
});

test('a Viewer reads elements, and is told no before the body is looked at', async () => {
  const { uid } = await make();
  for (const body of ['{nonsense', '{}', undefined]) {
    expect((await world.send(viewer, 'POST', PATH, body)).status).toBe(403);
    for (const one of [uid, 'nope']) {
      const { status, body: answer } = await patch(viewer, one, body);
      expect([status, answer.message]).toEqual([
        403,
        expect.stringMatching(/^Permission denied: dashboards:create/),
      ]);
    }
  }
  for (const one of [uid, 'nope']) expect((await remove(viewer, one)).status).toBe(403);
  expect((await read(viewer, uid)).body.result.version).toBe(1);
});

test('an Editor makes and changes elements where they may make dashboards, and deletes none', async () => {
  const locked = await makeFolder([{ role: 'Editor', permission: 1 }]);
  expect((await post(editor, { folderUid: locked.uid })).status).toBe(403);
  expect((await post(editor, { folderId: locked.id })).status).toBe(403);
  const own = await make({}, editor);
  const theirs = await make({ folderUid: locked.uid });
  // The answer comes before the body is judged.
  for (const body of [{ version: 1 }, '{nonsense'])
    expect((await patch(editor, theirs.uid, body)).status).toBe(403);
  expect((await patch(editor, own.uid, { version: 1, folderUid: locked.uid })).status).toBe(403);
  expect((await patch(editor, own.uid, { version: 1, name: fresh() })).status).toBe(200);
  for (const { uid } of [own, theirs]) {
    const { status, body } = await remove(editor, uid);
    expect([status, body.message]).toEqual([
      403,
      expect.stringMatching(/^Permission denied: dashboards:delete/),
    ]);
  }
});

test('a Viewer with Edit on one folder works there, and nowhere else', async () => {
  const open = await makeFolder([{ userId: viewerId, permission: 2 }]);
  const { uid } = await make({ folderUid: open.uid }, viewer);
  expect((await patch(viewer, uid, { version: 1, model: { n: 1 } })).status).toBe(200);
  expect((await patch(viewer, uid, { version: 2, folderUid: '' })).status).toBe(403);
  expect((await post(viewer)).status).toBe(403);
  const other = await make();
  expect((await patch(viewer, other.uid, { version: 1, folderUid: open.uid })).status).toBe(403);
  expect((await remove(viewer, uid)).status).toBe(403);
});

test('an element is moved between folders, and nobody gains the right to delete by it', async () => {
  const from = await makeFolder();
  const mine = await makeFolder([
    { role: 'Editor', permission: 2 },
    { userId: editorId, permission: 4 },
  ]);
  const { uid } = await make({ folderUid: from.uid });
  const taken = await patch(editor, uid, { version: 1, folderUid: mine.uid });
  expect([taken.status, taken.body.message]).toEqual([
    403,
    expect.stringContaining('the move would give you'),
  ]);
  const moved = await patch(ADMIN, uid, { version: 1, folderId: mine.id });
  expect(moved.body.result).toMatchObject({ version: 2, folderUid: mine.uid, meta: { folderUid: mine.uid } });
  // Where it is, it stays.
  expect((await patch(ADMIN, uid, { version: 2, folderId: -1 })).body.result.folderUid).toBe(mine.uid);
  expect((await patch(ADMIN, uid, { version: 3, folderUid: 'general' })).body.result.folderUid).toBe('');
  expect((await patch(ADMIN, uid, { version: 4, folderUid: mine.uid })).status).toBe(200);
  // An Admin of the folder deletes what lies there.
  expect((await remove(editor, uid)).status).toBe(200);
});

test('where Editors may delete, they delete elements in folders and outside', async () => {
  const lenient = await startWorld({ access_control: { editors_can_delete: true } });
  const as = (await makeMember(lenient, 1, 'edna', 'Editor')).as;
  const onlooker = (await makeMember(lenient, 1, 'vera', 'Viewer')).as;
  const folder = await lenient.send(ADMIN, 'POST', '/api/folders', { title: 'F' });
  for (const folderUid of ['', folder.body.uid]) {
    const sent = { name: 'one', kind: 1, model: {}, folderUid };
    const { body } = await lenient.send(ADMIN, 'POST', PATH, sent);
    expect((await lenient.send(onlooker, 'DELETE', `${PATH}/${body.result.uid}`)).status).toBe(403);
    expect((await lenient.send(as, 'DELETE', `${PATH}/${body.result.uid}`)).status).toBe(200);
  }
  await lenient.stop();
});

test('another organization sees and touches nothing', async () => {
  const folder = await makeFolder();
  const name = fresh();
  const { uid } = await make({ name, folderUid: folder.uid });
  await save([uid]);
  const asked: [string, string, unknown?][] = [
    ['GET', `/${uid}`],
    ['GET', `/${uid}/connections`],
    ['GET', `/name/${encodeURIComponent(name)}`],
    ['PATCH', `/${uid}`, { version: 1, name: 'taken over' }],
    ['DELETE', `/${uid}`],
  ];
  for (const [method, path, body] of asked) {
    const answer = await world.send(stranger, method, PATH + path, body);
    expect([answer.status, answer.body.message], `${method} ${path}`).toEqual([404, MISSING]);
  }
  for (const place of [{ folderUid: folder.uid }, { folderId: folder.id }]) {
    const answer = await post(stranger, place);
    expect([answer.status, answer.body.message]).toEqual([404, 'folder not found']);
  }
  expect((await find(stranger, `?folderFilter=${folder.id}`)).totalCount).toBe(0);
  expect((await find(stranger, '?perPage=5000')).elements.map((one) => one.name)).not.toContain(name);
  // The same uid there is another element, which nobody uses.
  const { body: theirs } = await post(stranger, { uid });
  expect(theirs.result.meta.connectedDashboards).toBe(0);
  expect(await uses(uid, stranger)).toEqual([]);
  expect((await remove(stranger, uid)).status).toBe(200);
  expect((await read(ADMIN, uid)).body.result).toMatchObject({ name, meta: { connectedDashboards: 1 } });
  expect((await world.send(undefined, 'GET', `${PATH}/${uid}`)).status).toBe(401);
});

test('whoever has no role sees what they are given, and no general folder', async () => {
  const { body: account } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', {
    name: fresh(),
    role: 'None',
  });
  const tokens = `/api/serviceaccounts/${account.id}/tokens`;
  const { body: token } = await world.send(ADMIN, 'POST', tokens, { name: fresh() });
  const nobody = { bearer: token.key };
  const general = await make();
  const folder = await makeFolder([{ userId: account.id, permission: 1 }]);
  const given = await make({ folderUid: folder.uid });
  expect((await read(nobody, general.uid)).status).toBe(404);
  expect((await find(nobody)).elements.map(({ uid }) => uid)).toEqual([given.uid]);
});

test('lists are narrowed down, sorted, and read page by page until an empty page', async () => {
  const mark = `Zeta${++names}`;
  const folder = await makeFolder();
  const wanted: [string, object][] = [
    [`${mark} b`, { model: { type: 'graph', description: 'über alles' } }],
    [`${mark} A`, { model: { type: 'text' } }],
    [`${mark} c`, { model: { type: 'text' }, folderUid: folder.uid }],
    [`${mark} 100%_`, { kind: 2, model: { type: 'query' } }],
  ];
  const made = new Map<string, Element>();
  for (const [name, more] of wanted) made.set(name.slice(mark.length + 1), await make({ name, ...more }));
  const shown = async (query: string): Promise<string[]> => {
    const { elements, totalCount } = await find(viewer, `?searchString=${mark}${query}`);
    expect(totalCount).toBe(elements.length);
    return elements.map(({ name }) => name.slice(mark.length + 1));
  };
  expect(await shown('')).toEqual(['100%_', 'A', 'b', 'c']);
  expect(await shown('&sortDirection=alpha-desc')).toEqual(['c', 'b', 'A', '100%_']);
  expect(
    await shown('&sortDirection=&kind=0&typeFilter=&folderFilter=&folderFilterUIDs=&excludeUid='),
  ).toHaveLength(4);
  expect(await shown('&kind=1')).toEqual(['A', 'b', 'c']);
  expect(await shown('&kind=2')).toEqual(['100%_']);
  expect(await shown('&typeFilter=text,%20query')).toEqual(['100%_', 'A', 'c']);
  expect(await shown(`&excludeUid=${made.get('A')?.uid}`)).toEqual(['100%_', 'b', 'c']);
  expect(await shown(`&folderFilter=${folder.id}`)).toEqual(['c']);
  expect(await shown(`&folderFilter=0,%20${folder.id}`)).toEqual(['100%_', 'A', 'b', 'c']);
  expect(await shown('&folderFilter=0')).toEqual(['100%_', 'A', 'b']);
  expect(await shown(`&folderFilterUIDs=${folder.uid},general&typeFilter=text`)).toEqual(['A', 'c']);
  expect(await shown('&folderFilterUIDs=*')).toEqual([]);
  expect(await shown('%20100%25_')).toEqual(['100%_']);
  expect((await find(viewer, '?searchString=%C3%9CBER%20A')).elements).toMatchObject([{ name: `${mark} b` }]);
  expect((await find(viewer, `?searchString=${mark}%25`)).elements).toEqual([]);

  expect(await find(viewer)).toMatchObject({ page: 1, perPage: 100 });
  const seen: string[] = [];
  for (let page = 1; ; page++) {
    const found = await find(viewer, `?searchString=${mark}&perPage=3&page=${page}`);
    expect(found).toMatchObject({ totalCount: 4, page, perPage: 3 });
    if (found.elements.length === 0) break;
    seen.push(...found.elements.map(({ uid }) => uid));
  }
  expect(new Set(seen).size).toBe(4);
  expect(seen).toHaveLength(4);
});

test.each([
  '?kind=3',
  '?kind=x',
  '?page=-1',
  '?perPage=1e99',
  '?sortDirection=up',
  '?folderFilter=x',
  '?folderFilter=1,,2',
  `?folderFilter=${'9'.repeat(20)}`,
  '?searchString=%00',
  `?searchString=${'x'.repeat(300)}`,
  '?typeFilter=%00',
])('a list is not narrowed down by %s', async (query) => {
  const { status, body } = await world.send(ADMIN, 'GET', PATH + query);
  expect([status, body.message]).toEqual([400, 'bad request data']);
});

test.each([
  [{ name: '' }, 400, 'bad request data'],
  [{ name: null }, 400, 'bad request data'],
  [{ name: 7 }, 400, 'bad request data'],
  [{ name: 'x'.repeat(10_000) }, 400, 'bad request data'],
  [{ name: '\u0000' }, 400, 'bad request data'],
  [{ kind: 0 }, 400, 'bad request data'],
  [{ kind: 3 }, 400, 'bad request data'],
  [{ kind: '1' }, 400, 'bad request data'],
  [{ kind: null }, 400, 'bad request data'],
  [{ model: null }, 400, 'bad request data'],
  [{ model: [] }, 400, 'bad request data'],
  [{ model: '{}' }, 400, 'bad request data'],
  [{ model: { type: 7 } }, 400, 'bad request data'],
  [{ model: { type: 'x'.repeat(191) } }, 400, 'bad request data'],
  [{ model: { description: {} } }, 400, 'bad request data'],
  [{ model: { description: 'x'.repeat(2049) } }, 400, 'bad request data'],
  [{ model: { description: '\u0000' } }, 400, 'bad request data'],
  [{ uid: 7 }, 400, 'bad request data'],
  [{ uid: 'a b' }, 400, 'uid contains illegal characters'],
  [{ uid: '\u0000' }, 400, 'uid contains illegal characters'],
  [{ uid: 'x'.repeat(41) }, 400, 'uid too long, max 40 characters'],
  [{ folderUid: 'nope' }, 404, 'folder not found'],
  [{ folderUid: '*' }, 404, 'folder not found'],
  [{ folderUid: '\u0000' }, 400, 'bad request data'],
  [{ folderId: 999_999 }, 404, 'folder not found'],
  [{ folderId: 1e300 }, 400, 'bad request data'],
  [{ folderId: '1' }, 400, 'bad request data'],
])('%# no element is made of what does not fit', async (more, status, message) => {
  const before = (await find(ADMIN, '?perPage=1')).totalCount;
  const answer = await post(ADMIN, more);
  expect([answer.status, answer.body.message], JSON.stringify(answer.body)).toEqual([status, message]);
  expect((await find(ADMIN, '?perPage=1')).totalCount).toBe(before);
});

test('no element is changed into what does not fit', async () => {
  const { uid } = await make();
  const wrong = [
    {},
    { version: '1' },
    { version: null },
    { version: 1e300 },
    { version: 1, name: 'x'.repeat(191) },
    { version: 1, name: 7 },
    { version: 1, kind: 3 },
    { version: 1, model: [] },
    { version: 1, model: { type: {} } },
    { version: 1, uid: 'a/b' },
  ];
  for (const body of wrong) expect((await patch(ADMIN, uid, body)).status, JSON.stringify(body)).toBe(400);
  expect((await patch(ADMIN, uid, { version: 1, folderUid: 'nope' })).status).toBe(404);
  expect((await read(ADMIN, uid)).body.result.version).toBe(1);
  const empty = await patch(ADMIN, uid, { version: 1, name: '', uid: '', model: null, folderUid: null });
  expect(empty.body.result).toMatchObject({ uid, version: 2, model: { type: 'text', title: 'T' } });
});

test('what is done to elements is recorded', async () => {
  const { uid } = await make();
  await patch(ADMIN, uid, { version: 1, name: fresh() });
  await remove(ADMIN, uid);
  const rows = await world.context.db
    .selectFrom('audit')
    .select(['action', 'actor', 'org_id', 'object_kind'])
    .where('object_id', '=', uid)
    .orderBy('id')
    .execute();
  const common = { actor: 'user:admin', org_id: 1, object_kind: 'library-element' };
  expect(rows).toEqual(
    ['create', 'write', 'delete'].map((verb) => ({ action: `library-elements:${verb}`, ...common })),
  );
});

test('the number of a hidden folder is answered like one that nothing has', async () => {
  const hidden = await makeFolder([]);
  const open = await makeFolder([{ role: 'Editor', permission: 2 }]);
  const { uid } = await make({ folderUid: open.uid });
  const missing = hidden.id + 900_000;
  for (const send of [
    (folderId: number) => post(editor, { folderId }),
    (folderId: number) => patch(editor, uid, { folderId, version: 1 }),
  ]) {
    const [ofHidden, ofMissing] = [await send(hidden.id), await send(missing)];
    expect([ofHidden.status, { ...ofHidden.body, traceID: '' }]).toEqual([
      404,
      { ...ofMissing.body, traceID: '' },
    ]);
    expect(JSON.stringify(ofHidden.body)).not.toContain(hidden.uid);
  }
  expect((await patch(editor, uid, { folderId: open.id, version: 1 })).status).toBe(200);
});

test('whoever is refused because of uses is told of those that they may read, and how many more there are', async () => {
  const folder = await makeFolder([{ role: 'Editor', permission: 4 }]);
  const { uid } = await make({ folderUid: folder.uid });
  const hidden = await makeFolder([]);
  const secret = await save([uid], {}, { folderUid: hidden.uid });
  const removals = async (as: As) => [
    await remove(as, uid),
    await world.send(as, 'DELETE', `/api/folders/${folder.uid}`),
  ];
  for (const { status, body } of await removals(editor)) {
    expect([status, body.detail]).toEqual([403, expect.stringContaining('1 that you may not read.')]);
  }
  for (const { body } of await removals(ADMIN)) expect(body.detail).toContain(`(${secret.uid}).`);
  const shown = [];
  for (let n = 0; n < 6; n++) shown.push(await save([uid], { title: `shows it ${n}` }));
  for (const { status, body } of await removals(editor)) {
    expect(status).toBe(403);
    expect(body.detail).not.toContain(secret.uid);
    for (const [n, one] of shown.slice(0, 5).entries()) {
      expect(body.detail).toContain(`"shows it ${n}" (${one.uid})`);
    }
    expect(body.detail).not.toContain(shown[5]?.uid);
    expect(body.detail).toContain(' and 2 more.');
  }
});
