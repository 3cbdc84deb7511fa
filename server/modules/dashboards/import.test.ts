import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

const MOST_BYTES = 20_000;

let world: World;
let viewer: As;
let editor: As;
beforeAll(async () => {
  world = await startWorld({ limits: { max_dashboard_bytes: MOST_BYTES }, quota: { enabled: true } });
  viewer = (await makeMember(world, 1, 'vera', 'Viewer')).as;
  editor = (await makeMember(world, 1, 'edna', 'Editor')).as;
});
afterAll(() => world.stop());

const PATH = '/api/dashboards/import';
const importing = (body: unknown, as: As = ADMIN) => world.send(as, 'POST', PATH, body);

let names = 0;
const newTitle = (): string => `Imported ${++names}`;

/** The stored document as the server sends it, letter for letter. */
async function storedText(uid: string): Promise<string> {
  const headers = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
  const text = await (await fetch(`${world.url}/api/dashboards/uid/${uid}`, { headers })).text();
  const start = '},"dashboard":';
  return text.slice(text.indexOf(start) + start.length, -1);
}

const SOURCE = { name: 'DS_PROM', type: 'datasource', pluginId: 'prometheus', label: 'Prometheus' };
const REGION = { name: 'REGION', type: 'constant', label: 'Region', value: 'eu' };

test('an exported dashboard is saved with its inputs put in, and without what only exports have', async () => {
  const title = newTitle();
  const { body: folder } = await world.send(ADMIN, 'POST', '/api/folders', { title: 'for imports' });
  const dashboard = {
    __inputs: [SOURCE, REGION],
    __requires: [{ type: 'grafana', id: 'grafana', version: '9.4.0' }],
    __elements: {},
    id: 4711,
    title,
    description: 'in ${REGION}',
    revision: 3,
    tags: ['${REGION}', 'x'],
    panels: [{ datasource: '${DS_PROM}', targets: [{ expr: 'up{r="${REGION}",j="${job}"} ${DS_PROM}' }] }],
  };
  const inputs = [
    { name: 'DS_PROM', type: 'datasource', pluginId: 'prometheus', value: 'prom "1"\\\n' },
    { name: 'not declared', type: 'datasource', value: 'x' },
  ];
  const { status, body } = await importing({ dashboard, inputs, folderUid: folder.uid });
  expect(status, JSON.stringify(body)).toBe(200);
  const slug = title.toLowerCase().replace(' ', '-');
  expect(body).toEqual({
    uid: expect.stringMatching(/^\w{14}$/),
    pluginId: '',
    title,
    imported: true,
    importedUri: `db/${slug}`,
    importedUrl: `/d/${body.uid}/${slug}`,
    slug,
    dashboardId: expect.any(Number),
    folderId: folder.id,
    folderUid: folder.uid,
    importedRevision: 3,
    revision: 3,
    description: 'in eu',
    path: '',
    removed: false,
  });
  expect(body.dashboardId).not.toBe(4711);

  expect(JSON.parse(await storedText(body.uid))).toEqual({
    id: body.dashboardId,
    title,
    description: 'in eu',
    revision: 3,
    tags: ['eu', 'x'],
    panels: [
      {
        datasource: 'prom "1"\\\n',
        targets: [{ expr: 'up{r="eu",j="${job}"} prom "1"\\\n' }],
      },
    ],
    uid: body.uid,
    version: 1,
  });
  const { body: found } = await world.send(ADMIN, 'GET', `/api/search?tag=eu&dashboardUIDs=${body.uid}`);
  expect(found).toMatchObject([{ title, folderUid: folder.uid }]);
});

test('all else comes back as it was sent: numbers, the order of members, escapes, names', async () => {
  const title = newTitle();
  const text =
    `{"id": 12, "z":1.0,"__inputs":[${JSON.stringify(REGION)}],"big":12345678901234567890,` +
    `"\${REGION}":"\\u00e4 \\ud800 $\\u007bother}","a":1e400,"b":["$\\u007bREGION}","\\u0024{REGION}"],"title":"${title}"}`;
  const { status, body } = await importing(`{"dashboard":${text}}`);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(await storedText(body.uid)).toBe(
    `{"id":${body.dashboardId},"z":1.0,"big":12345678901234567890,` +
      `"\${REGION}":"\\u00e4 \\ud800 $\\u007bother}","a":1e400,"b":["eu","eu"],"title":"${title}","uid":"${body.uid}","version":1}`,
  );
});

test('a dashboard without inputs is imported as it is', async () => {
  const title = newTitle();
  const { status, body } = await importing({ dashboard: { title, x: '${DS_PROM}' } });
  expect(status).toBe(200);
  expect(body).toMatchObject({ folderId: 0, folderUid: '', revision: 0, description: '' });
  expect(JSON.parse(await storedText(body.uid))).toMatchObject({ title, x: '${DS_PROM}' });
});

test('what is put in is not filled in again, and a constant that is given wins over its own value', async () => {
  const title = newTitle();
  const inputs = [
    { name: 'DS_PROM', type: 'datasource', value: '${REGION}' },
    { name: 'REGION', type: 'constant', value: '' },
  ];
  const dashboard = { __inputs: [SOURCE, REGION], title, x: '${DS_PROM}', y: '[${REGION}]' };
  const { body } = await importing({ dashboard, inputs });
  expect(JSON.parse(await storedText(body.uid))).toMatchObject({ x: '${REGION}', y: '[]' });
});

test('"*" is for all inputs of a type, and what calculates needs none', async () => {
  const calculating = { name: 'EXPR', type: 'datasource', pluginId: '__expr__' };
  const dashboard = { __inputs: [SOURCE, calculating], title: newTitle(), x: '${DS_PROM} ${EXPR}' };
  const given = { name: '*', type: 'datasource', pluginId: '*', value: 'any' };
  const { status, body } = await importing({ dashboard, inputs: [given] });
  expect(status).toBe(200);
  expect(JSON.parse(await storedText(body.uid))).toMatchObject({ x: 'any __expr__' });
});

test.each([
  ['no input at all', []],
  ['another name', [{ name: 'DS_LOKI', type: 'datasource', value: 'x' }]],
  ['another type', [{ name: 'DS_PROM', type: 'constant', value: 'x' }]],
  ['no value', [{ name: 'DS_PROM', type: 'datasource', value: null }]],
  ['"*" of another type', [{ name: '*', type: 'constant', value: 'x' }]],
])('a declared input that is not given is asked for by name: %s', async (_, inputs) => {
  const title = newTitle();
  const { status, body } = await importing({ dashboard: { __inputs: [SOURCE], title }, inputs });
  expect(status).toBe(400);
  expect(body.message).toBe('Dashboard input missing: DS_PROM');
  expect(body.detail).toContain('datasource "DS_PROM"');
  expect((await world.send(ADMIN, 'GET', `/api/search?query=${title}`)).body).toEqual([]);
});

test.each<[string, unknown]>([
  ['nothing', {}],
  ['null', { dashboard: null }],
  ['a text', { dashboard: 'x' }],
  ['no title', { dashboard: {} }],
  ['inputs that are no list', { dashboard: { title: 't' }, inputs: {} }],
  ['an input without a name', { dashboard: { title: 't' }, inputs: [{ type: 'constant', value: 'x' }] }],
  ['a value that is no text', { dashboard: { title: 't' }, inputs: [{ name: 'x', value: 7 }] }],
  ['a NUL', { dashboard: { title: 't' }, inputs: [{ name: 'x', value: '\u0000' }] }],
  ['a long value', { dashboard: { title: 't' }, inputs: [{ name: 'x', value: 'x'.repeat(10_001) }] }],
  ['declared inputs that are no list', { dashboard: { title: 't', __inputs: {} } }],
  ['a declared input that is null', { dashboard: { title: 't', __inputs: [null] } }],
  ['a declared input without a name', { dashboard: { title: 't', __inputs: [{ type: 'constant' }] } }],
  ['a declared type that is a number', { dashboard: { title: 't', __inputs: [{ name: 'x', type: 1 }] } }],
  ['a huge folder id', { dashboard: { title: 't' }, folderId: 1e300 }],
  ['no such folder', { dashboard: { title: 't' }, folderUid: 'nowhere' }],
  ['overwrite as a text', { dashboard: { title: 't' }, overwrite: 'yes' }],
])('what cannot be imported is refused: %s', async (_, body) => {
  const answer = await importing(body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(400);
  expect(answer.body.message).toEqual(expect.any(String));
});

test('what is put in must not make a dashboard larger than one may be', async () => {
  const value = 'x'.repeat(1000);
  const many = '${REGION}'.repeat(1000);
  const texts = Array.from({ length: 100 }, () => '${REGION}');
  for (const panels of [many, texts]) {
    const dashboard = { title: newTitle(), __inputs: [{ ...REGION, value }], panels };
    const { status, body } = await importing({ dashboard });
    expect(status).toBe(413);
    expect(body.detail).toContain(String(MOST_BYTES));
  }
  // Each of these takes two letters when it is written down.
  const inputs = [{ name: 'REGION', type: 'constant', value: '"'.repeat(4000) }];
  const threeTimes = { title: newTitle(), __inputs: [REGION], x: '${REGION}'.repeat(3) };
  expect((await importing({ dashboard: threeTimes, inputs })).status).toBe(413);
  expect((await importing({ dashboard: { ...threeTimes, x: '${REGION}' }, inputs })).status).toBe(200);
});

test('an import is a saving like any other: names, versions and overwriting', async () => {
  const title = newTitle();
  const first = await importing({ dashboard: { title, uid: `again-${names}` } });
  const sameTitle = await importing({ dashboard: { title } });
  expect(sameTitle).toMatchObject({ status: 412, body: { status: 'name-exists' } });
  const sameUid = await importing({ dashboard: { title: newTitle(), uid: first.body.uid } });
  expect(sameUid).toMatchObject({ status: 412, body: { status: 'version-mismatch' } });

  const replaced = await importing({ dashboard: { title, n: 2 }, overwrite: true, message: 'once more' });
  expect(replaced.body).toMatchObject({ uid: first.body.uid, dashboardId: first.body.dashboardId });
  const { body } = await world.send(ADMIN, 'GET', `/api/dashboards/uid/${first.body.uid}/versions`);
  expect(body).toMatchObject([{ version: 2, message: 'once more' }, { version: 1 }]);
});

test('who may not save may not import either, and learns so before the body is looked at', async () => {
  for (const body of [{ dashboard: { title: newTitle() } }, '{nonsense', undefined]) {
    expect((await importing(body, viewer)).status).toBe(403);
    expect((await world.send(undefined, 'POST', PATH, body)).status).toBe(401);
  }
});

test('neither an import nor what is put in is a way round permissions', async () => {
  const { body: folder } = await world.send(ADMIN, 'POST', '/api/folders', { title: 'closed to edna' });
  const items = { items: [{ role: 'Viewer', permission: 1 }] };
  await world.send(ADMIN, 'POST', `/api/folders/${folder.uid}/permissions`, items);
  const title = newTitle();
  const { body: own } = await importing({ dashboard: { title }, folderUid: folder.uid });
  const { body: before } = await world.send(ADMIN, 'GET', `/api/dashboards/uid/${own.uid}`);

  const named = { name: 'X', type: 'constant', value: own.uid };
  const attacks = [
    { dashboard: { title: newTitle() }, folderUid: folder.uid },
    { dashboard: { title: newTitle() }, folderId: folder.id },
    { dashboard: { title, uid: own.uid }, overwrite: true },
    { dashboard: { title, uid: own.uid }, overwrite: true, folderUid: '' },
    { dashboard: { title }, overwrite: true, folderUid: folder.uid },
    { dashboard: { title: newTitle(), uid: '${X}', __inputs: [named] }, overwrite: true },
    { dashboard: { title: newTitle(), uid: '${X}', __inputs: [named], version: 1 }, overwrite: false },
  ];
  for (const attack of attacks) {
    const { status, body } = await importing(attack, editor);
    // A folder that is named by its number is as good as missing.
    expect(status, JSON.stringify([attack, body])).toBe('folderId' in attack ? 400 : 403);
  }
  expect((await world.send(ADMIN, 'GET', `/api/dashboards/uid/${own.uid}`)).body).toEqual(before);
  expect((await importing({ dashboard: { title: newTitle() } }, editor)).status).toBe(200);
});

test('an id in the dashboard names nothing, and a uid names one of the own organization only', async () => {
  const orgId = await makeOrg(world, 'importing too');
  const there = (await makeMember(world, orgId, 'theodor', 'Admin')).as;
  const { body: own } = await importing({ dashboard: { title: newTitle() } });
  const { id, uid } = { id: own.dashboardId, uid: own.uid };
  const imported = await importing({ dashboard: { title: 'theirs', id, uid }, overwrite: true }, there);
  expect(imported.status).toBe(200);
  expect(imported.body.dashboardId).not.toBe(id);
  expect((await world.send(ADMIN, 'GET', `/api/dashboards/uid/${uid}`)).body.dashboard.title).toBe(own.title);

  const copied = await importing({ dashboard: { title: newTitle(), id } });
  expect(copied.status).toBe(200);
  expect(copied.body.dashboardId).not.toBe(id);
});

test('an import takes room like any other dashboard', async () => {
  const orgId = await makeOrg(world, 'full');
  const { as } = await makeMember(world, orgId, 'fulvia', 'Admin');
  await world.send(ADMIN, 'PUT', `/api/orgs/${orgId}/quotas/dashboard`, { limit: 1 });
  expect((await importing({ dashboard: { title: 'one' } }, as)).status).toBe(200);
  const second = await importing({ dashboard: { title: 'two' } }, as);
  expect(second.status).toBe(403);
  expect(second.body.message).toMatch(/quota/i);
});

test('an import is recorded as what it is: a dashboard made or changed', async () => {
  const { body } = await importing({ dashboard: { title: newTitle() } }, editor);
  const rows = await world.context.db
    .selectFrom('audit')
    .select(['action', 'actor', 'object_name'])
    .where('object_kind', '=', 'dashboard')
    .where('object_id', '=', body.uid)
    .execute();
  expect(rows).toEqual([{ action: 'dashboards:create', actor: 'user:edna', object_name: body.title }]);
});
