import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ADMIN, type Answer, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
let viewer: As;
let editor: As;
let admin: As;
let otherOrg = 0;
let otherAdmin: As;

beforeAll(async () => {
  world = await startWorld();
  viewer = await makeKey('Viewer');
  editor = await makeKey('Editor');
  admin = await makeKey('Admin');
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'other' });
  otherOrg = body.orgId;
  otherAdmin = await makeKey('Admin', otherOrg);
});
afterAll(() => world.stop());

beforeEach(async () => {
  await world.context.db.deleteFrom('data_source').execute();
});

async function makeKey(role: string, orgId = 1): Promise<As> {
  const headers = { 'x-grafana-org-id': String(orgId) };
  const { status, body } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: role, role }, headers);
  expect(status).toBe(200);
  return { bearer: body.key };
}

const PROMETHEUS = {
  name: 'prom',
  type: 'prometheus',
  access: 'proxy',
  url: 'http://localhost:9090',
  basicAuth: true,
  basicAuthUser: 'u',
  secureJsonData: { basicAuthPassword: 'very-secret-1' },
  jsonData: { httpMethod: 'POST' },
};

function add(more: object = {}, as: As = ADMIN): Promise<Answer> {
  return world.send(as, 'POST', '/api/datasources', { ...PROMETHEUS, ...more });
}

async function added(more: object = {}, as: As = ADMIN) {
  const { status, body } = await add(more, as);
  expect(status).toBe(200);
  return body.datasource;
}

function change(uid: string, more: object = {}, as: As = ADMIN): Promise<Answer> {
  return world.send(as, 'PUT', `/api/datasources/uid/${uid}`, { ...PROMETHEUS, ...more });
}

async function read(uid: string, as: As = ADMIN) {
  const { status, body } = await world.send(as, 'GET', `/api/datasources/uid/${uid}`);
  expect(status).toBe(200);
  return body;
}

/** The secrets of a data source as the server itself would read them. */
async function secretsOf(uid: string, orgId = 1): Promise<Record<string, string>> {
  const { db, seal } = world.context;
  const { secure_json_data } = await db
    .selectFrom('data_source')
    .select('secure_json_data')
    .where('org_id', '=', orgId)
    .where('uid', '=', uid)
    .executeTakeFirstOrThrow();
  const sealed = Object.entries(JSON.parse(secure_json_data) as Record<string, string>);
  return Object.fromEntries(
    sealed.map(([name, text]) => [name, seal.open(text, `data source ${orgId}:${uid}:${name}`)]),
  );
}

test('a data source is read by its uid, its id and its name alike, and listed', async () => {
  const { body } = await add();
  expect(body).toMatchObject({ id: expect.any(Number), message: 'Datasource added', name: 'prom' });
  const made = body.datasource;
  expect(made).toEqual({
    id: body.id,
    uid: expect.stringMatching(/^[A-Za-z0-9_-]{1,40}$/),
    orgId: 1,
    name: 'prom',
    type: 'prometheus',
    typeLogoUrl: '',
    access: 'proxy',
    url: 'http://localhost:9090',
    user: '',
    database: '',
    basicAuth: true,
    basicAuthUser: 'u',
    withCredentials: false,
    isDefault: false,
    jsonData: { httpMethod: 'POST' },
    secureJsonFields: { basicAuthPassword: true },
    version: 1,
    readOnly: false,
  });
  for (const place of [`uid/${made.uid}`, String(made.id), 'name/prom']) {
    const one = await world.send(viewer, 'GET', `/api/datasources/${place}`);
    expect(one.status).toBe(200);
    expect(one.body).toEqual(made);
  }
  expect((await world.send(viewer, 'GET', '/api/datasources/id/prom')).body).toEqual({ id: made.id });
  const list = await world.send(viewer, 'GET', '/api/datasources');
  const { basicAuthUser: _a, withCredentials: _b, secureJsonFields: _c, version: _d, ...listed } = made;
  expect(list.body).toEqual([
    {
      ...listed,
      typeName: 'Prometheus',
      typeLogoUrl: 'public/app/plugins/datasource/prometheus/img/prometheus_logo.svg',
    },
  ]);
});

test('what is missing is 404 by every way to it', async () => {
  for (const place of ['uid/nope', '999999', 'name/nope', 'id/nope', '-1']) {
    const { status, body } = await world.send(ADMIN, 'GET', `/api/datasources/${place}`);
    expect([place, status]).toEqual([place, 404]);
    expect(body.message).toBe('Data source not found');
  }
  expect((await world.send(ADMIN, 'GET', '/api/datasources/name/%00')).status).toBe(400);
  for (const place of ['uid/nope', '999999', 'name/nope']) {
    expect((await world.send(ADMIN, 'DELETE', `/api/datasources/${place}`)).status).toBe(404);
  }
  for (const place of ['uid/nope', '999999']) {
    expect((await world.send(ADMIN, 'PUT', `/api/datasources/${place}`, PROMETHEUS)).status).toBe(404);
  }
});

test('a deleted data source is gone, by uid, by id and by name', async () => {
  for (const way of ['uid', 'id', 'name'] as const) {
    const made = await added();
    const place = { uid: `uid/${made.uid}`, id: String(made.id), name: 'name/prom' }[way];
    const { status, body } = await world.send(ADMIN, 'DELETE', `/api/datasources/${place}`);
    expect(status).toBe(200);
    expect(body).toEqual({ id: made.id, message: 'Data source deleted' });
    expect((await world.send(ADMIN, 'GET', `/api/datasources/${place}`)).status).toBe(404);
  }
});

test('names and uids are unique in an organization, and may be the same in two', async () => {
  const one = await added({ uid: 'same' });
  const name = await add({ uid: 'another' });
  expect(name.status).toBe(409);
  expect(name.body.message).toBe('data source with the same name already exists');
  const uid = await add({ uid: 'same', name: 'another' });
  expect(uid.status).toBe(409);
  expect(uid.body.message).toBe('data source with the same uid already exists');
  const two = await added({ uid: 'same' }, otherAdmin);
  expect(two.orgId).toBe(otherOrg);

  const third = await added({ uid: 'third', name: 'third' });
  expect((await change('third', { name: 'prom' })).status).toBe(409);
  expect((await change('third', { name: 'third', uid: 'same' })).status).toBe(409);
  expect(await read('third')).toEqual(third);
  expect(await read('same')).toEqual(one);
});

test('of many that add the same name at once, one succeeds and the others are told 409', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => add()));
  expect(answers.map(({ status }) => String(status)).toSorted()).toEqual([
    '200',
    ...Array<string>(7).fill('409'),
  ]);
});

test('another organization sees, changes and deletes nothing', async () => {
  const made = await added();
  for (const place of [`uid/${made.uid}`, String(made.id), 'name/prom']) {
    expect((await world.send(otherAdmin, 'GET', `/api/datasources/${place}`)).status).toBe(404);
    expect((await world.send(otherAdmin, 'DELETE', `/api/datasources/${place}`)).status).toBe(404);
  }
  for (const place of [`uid/${made.uid}`, String(made.id)]) {
    expect((await world.send(otherAdmin, 'PUT', `/api/datasources/${place}`, PROMETHEUS)).status).toBe(404);
  }
  expect((await world.send(otherAdmin, 'GET', '/api/datasources')).body).toEqual([]);
  expect(await read(made.uid)).toEqual(made);
});

test('the default moves, and another organization keeps its own', async () => {
  const elsewhere = await added({ isDefault: true }, otherAdmin);
  const first = await added({ isDefault: true });
  expect(first.isDefault).toBe(true);
  const second = await added({ name: 'second', isDefault: true });
  expect((await read(first.uid)).isDefault).toBe(false);
  await change(first.uid, { isDefault: true });
  expect((await read(first.uid)).isDefault).toBe(true);
  expect((await read(second.uid)).isDefault).toBe(false);
  expect((await read(elsewhere.uid, otherAdmin)).isDefault).toBe(true);
});

test('a change that fails leaves the default where it was', async () => {
  const first = await added({ isDefault: true });
  expect((await add({ isDefault: true })).status).toBe(409);
  await added({ name: 'second', uid: 'second' });
  expect((await change('second', { name: 'prom', isDefault: true })).status).toBe(409);
  expect((await read(first.uid)).isDefault).toBe(true);
});

test('many that become the default at once leave one default', async () => {
  const names = Array.from({ length: 6 }, (_, n) => `n${n}`);
  await Promise.all(names.map((name) => add({ name, isDefault: true })));
  const { body } = await world.send(ADMIN, 'GET', '/api/datasources');
  expect(body).toHaveLength(6);
  expect(body.filter((row: { isDefault: boolean }) => row.isDefault)).toHaveLength(1);
});

test('secrets are kept encrypted, and no answer and no audit row has them', async () => {
  const made = await added({
    secureJsonData: { basicAuthPassword: 'very-secret-1', token: 'very-secret-2 ключ' },
  });
  expect(made.secureJsonFields).toEqual({ basicAuthPassword: true, token: true });
  await change(made.uid, {
    url: 'http://u:very-secret-3@host:1/',
    secureJsonData: { token: 'very-secret-4' },
  });
  const row = await world.context.db.selectFrom('data_source').selectAll().executeTakeFirstOrThrow();
  expect(row.secure_json_data).not.toContain('very-secret');
  expect(await secretsOf(made.uid)).toEqual({ basicAuthPassword: 'very-secret-1', token: 'very-secret-4' });
  const answers = [await read(made.uid), (await world.send(viewer, 'GET', '/api/datasources')).body];
  expect(JSON.stringify(answers)).not.toMatch(/very-secret-[124]/);
  const audit = await world.context.db
    .selectFrom('audit')
    .selectAll()
    .where('object_kind', '=', 'data-source')
    .execute();
  expect(audit.some((entry) => entry.change.includes('basicAuthPassword'))).toBe(true);
  expect(JSON.stringify(audit)).not.toContain('very-secret');
  expect(world.log.join('')).not.toContain('very-secret');
});

test('a secret that a change leaves out stays; an empty one is removed', async () => {
  const { uid } = await added({ secureJsonData: { a: '1', b: '2' } });
  const kept = await change(uid, { secureJsonData: undefined });
  expect(kept.body.datasource.secureJsonFields).toEqual({ a: true, b: true });
  const nulled = await change(uid, { secureJsonData: null });
  expect(nulled.body.datasource.secureJsonFields).toEqual({ a: true, b: true });
  const changed = await change(uid, { secureJsonData: { a: '', c: '3' } });
  expect(changed.body.datasource.secureJsonFields).toEqual({ b: true, c: true });
  expect(await secretsOf(uid)).toEqual({ b: '2', c: '3' });
});

test('a sealed secret cannot be put in the place of another', async () => {
  const one = await added({ secureJsonData: { a: 'of one' } });
  const two = await added({ name: 'two', secureJsonData: { a: 'of two' } });
  const { db } = world.context;
  const { secure_json_data } = await db
    .selectFrom('data_source')
    .select('secure_json_data')
    .where('id', '=', one.id)
    .executeTakeFirstOrThrow();
  await db.updateTable('data_source').set({ secure_json_data }).where('id', '=', two.id).execute();
  await expect(secretsOf(two.uid)).rejects.toThrow('no secret key');
});

test('a new uid takes the secrets along, and leaves no permission behind for the next of the old one', async () => {
  await added({ uid: 'old', secureJsonData: { a: '1' } });
  const { db } = world.context;
  const grant = { org_id: 1, kind: 'datasources', object_id: 'old', subject: 'user:99', level: 2 };
  await db
    .insertInto('object_permission')
    .values({ ...grant, created_at: 0, updated_at: 0 })
    .execute();
  const moved = await change('old', { uid: 'new', secureJsonData: { b: '2' } });
  expect(moved.body.datasource).toMatchObject({ uid: 'new', secureJsonFields: { a: true, b: true } });
  expect(await secretsOf('new')).toEqual({ a: '1', b: '2' });
  expect((await world.send(ADMIN, 'GET', '/api/datasources/uid/old')).status).toBe(404);
  expect(
    await db.selectFrom('object_permission').where('object_id', '=', 'old').selectAll().execute(),
  ).toEqual([]);
});

test('free JSON comes back as it was sent, in its order and with its numbers as far as JavaScript holds them', async () => {
  const sent =
    '{"z":1,"a":{"deep":[null,true,"x",{"":0}],"toString":"a key","hasOwnProperty":false},' +
    '"unicode":"ключ 🔑 \\u0000 \\ud800","numbers":[0.1,-0,1e-7,12345678901234567890,1e21],"empty":{}}';
  const body = `{"name":"free","uid":"free","type":"loki","jsonData":${sent}}`;
  expect((await world.send(ADMIN, 'POST', '/api/datasources', body)).status).toBe(200);
  const one = await world.send(viewer, 'GET', '/api/datasources/uid/free');
  const [listed] = (await world.send(viewer, 'GET', '/api/datasources')).body;
  const held = JSON.stringify(JSON.parse(sent));
  expect(JSON.stringify(one.body.jsonData)).toBe(held);
  expect(JSON.stringify(listed.jsonData)).toBe(held);
});

test('jsonData is an object, whatever is sent', async () => {
  expect((await added({ jsonData: null })).jsonData).toEqual({});
  expect((await added({ name: 'b', jsonData: undefined })).jsonData).toEqual({});
  for (const jsonData of ['{}', 1, [], true]) {
    expect((await add({ name: 'c', jsonData })).status).toBe(400);
  }
});

test('of what a change leaves out, the addresses stay, user and database are emptied, and flags are off', async () => {
  const { uid } = await added({ user: 'me', database: 'db', withCredentials: true, isDefault: true });
  const { body } = await world.send(ADMIN, 'PUT', `/api/datasources/uid/${uid}`, { name: 'n', type: 'loki' });
  expect(body).toMatchObject({ message: 'Datasource updated', name: 'n' });
  expect(body.datasource).toMatchObject({
    type: 'loki',
    url: PROMETHEUS.url,
    user: '',
    database: '',
    basicAuthUser: 'u',
    jsonData: PROMETHEUS.jsonData,
    basicAuth: false,
    withCredentials: false,
    isDefault: false,
  });
  const emptied = await world.send(ADMIN, 'PUT', `/api/datasources/${body.id}`, {
    name: 'n',
    type: 'loki',
    url: '',
  });
  expect(emptied.body.datasource.url).toBe('');
});

test('a change with a version that is no longer the newest is refused', async () => {
  const { uid } = await added();
  const first = await change(uid, { version: 1, url: 'http://first' });
  expect(first.body.datasource.version).toBe(2);
  const stale = await change(uid, { version: 1, url: 'http://stale' });
  expect(stale.status).toBe(409);
  expect(stale.body.message).toBe(
    'Datasource has already been updated by someone else. Please reload and try again',
  );
  expect(await read(uid)).toMatchObject({ url: 'http://first', version: 2 });
  expect((await change(uid)).body.datasource.version).toBe(3);
  expect((await change(uid, { version: 0 })).body.datasource.version).toBe(4);
  expect((await change(uid, { version: 41 })).body.datasource.version).toBe(42);
});

test('of two changes that start from one version, one is refused', async () => {
  const { uid } = await added();
  const answers = await Promise.all(
    [1, 2, 3, 4].map((n) => change(uid, { version: 1, url: `http://h${n}` })),
  );
  expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['200', '409', '409', '409']);
});

test('a read-only data source is neither changed nor deleted, and nobody makes one by asking', async () => {
  const { id, uid, readOnly } = await added({ readOnly: true });
  expect(readOnly).toBe(false);
  await world.context.db.updateTable('data_source').set({ read_only: 1 }).where('id', '=', id).execute();
  for (const [method, place] of [
    ['PUT', `uid/${uid}`],
    ['PUT', String(id)],
    ['DELETE', `uid/${uid}`],
    ['DELETE', String(id)],
    ['DELETE', 'name/prom'],
  ] as const) {
    const body = method === 'PUT' ? { ...PROMETHEUS, name: 'changed' } : undefined;
    const answer = await world.send(ADMIN, method, `/api/datasources/${place}`, body);
    expect(answer.status).toBe(403);
    expect(answer.body.message).toMatch(/^Permission denied: Cannot (update|delete) read-only data source$/);
  }
  expect(await read(uid)).toMatchObject({ name: 'prom', readOnly: true, version: 1 });
});

test('Viewers and Editors read; they add, change and delete nothing, and learn no more from a bad body', async () => {
  const { id, uid } = await added();
  for (const who of [viewer, editor]) {
    expect((await world.send(who, 'GET', '/api/datasources')).status).toBe(200);
    for (const [method, place] of [
      ['POST', ''],
      ['PUT', `/uid/${uid}`],
      ['PUT', `/${id}`],
      ['DELETE', `/uid/${uid}`],
      ['DELETE', `/${id}`],
      ['DELETE', '/name/prom'],
      ['PUT', '/uid/nope'],
      ['PUT', '/abc'],
      ['DELETE', '/name/nope'],
      ['DELETE', '/uid/*'],
      ['DELETE', '/uid/%2A'],
    ] as const) {
      const { status, body } = await world.send(who, method, `/api/datasources${place}`, '{not json');
      expect([method, place, status]).toEqual([method, place, 403]);
      expect(body.message).toMatch(/^Permission denied/);
    }
  }
  expect((await world.send(undefined, 'GET', '/api/datasources')).status).toBe(401);
  expect((await world.send(admin, 'DELETE', `/api/datasources/uid/${uid}`)).status).toBe(200);
});

test('the role None reads nothing', async () => {
  const { uid } = await added();
  const { body } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'none', role: 'None' });
  const token = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${body.id}/tokens`, { name: 'none' });
  const none = { bearer: token.body.key };
  for (const place of ['', `/uid/${uid}`, '/name/prom', '/id/prom']) {
    expect((await world.send(none, 'GET', `/api/datasources${place}`)).status).toBe(403);
  }
});

test.each([
  ['no name', { name: undefined }],
  ['an empty name', { name: '' }],
  ['a name of 10,000 characters', { name: 'x'.repeat(10_000) }],
  ['a NUL in the name', { name: 'a\u0000b' }],
  ['a name that is a number', { name: 1 }],
  ['no type', { type: undefined }],
  ['a type that is an object', { type: {} }],
  ['a NUL in the type', { type: '\u0000' }],
  ['an unknown access', { access: 'tunnel' }],
  ['a NUL in the url', { url: 'http://a\u0000' }],
  ['a uid that is a star', { uid: '*' }],
  ['a uid with a slash', { uid: 'a/b' }],
  ['a uid with a line break', { uid: 'a\n' }],
  ['a uid of 41 characters', { uid: 'x'.repeat(41) }],
  ['a flag that is a text', { basicAuth: 'true' }],
  ['a secret that is a number', { secureJsonData: { a: 1 } }],
  ['a secret that is null', { secureJsonData: { a: null } }],
  ['secrets in a list', { secureJsonData: ['a'] }],
])('%s is refused with 400 and a sentence, and nothing is kept', async (_, wrong) => {
  const { status, body } = await add(wrong);
  expect(status).toBe(400);
  expect(body.message).toBe('bad request data');
  expect(body.detail).not.toBe('');
  expect((await world.send(ADMIN, 'GET', '/api/datasources')).body).toEqual([]);
});

test.each([-1, 1.5, '1', 1e300, 2 ** 53])('the version %s is refused', async (version) => {
  const { uid } = await added();
  expect((await change(uid, { version })).status).toBe(400);
});

test.each(['::::not a url', 'http://', 'http://a b', 'javascript:alert(1)'])(
  'the address %s is refused',
  async (url) => {
    const { status, body } = await add({ url });
    expect(status).toBe(400);
    expect(body.message).toBe('Validation error, invalid URL');
    const { uid } = await added();
    expect((await change(uid, { url })).status).toBe(400);
  },
);

test.each(['', 'localhost:5432', 'db.example.com', 'https://[::1]:9090/path?a=b', '/var/run/postgresql'])(
  'the address %j is taken',
  async (url) => {
    expect((await added({ url })).url).toBe(url);
  },
);

test.each(['abc', '1.5', '99999999999999999999', '%00', '1%27'])('the id %s is refused', async (id) => {
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const body = method === 'PUT' ? PROMETHEUS : undefined;
    expect((await world.send(ADMIN, method, `/api/datasources/${id}`, body)).status).toBe(400);
  }
});

test('names that mean something elsewhere are only names', async () => {
  const names = ['*', '__proto__', "'; drop table data_source; --", '%', 'ключ 🔑', 'a/b'];
  for (const name of names) {
    const made = await added({ name });
    const { body } = await world.send(viewer, 'GET', `/api/datasources/name/${encodeURIComponent(name)}`);
    expect([name, body.uid]).toEqual([name, made.uid]);
  }
  const { body } = await world.send(viewer, 'GET', '/api/frontend/settings');
  expect(Object.keys(body.datasources).toSorted()).toEqual(names.toSorted());
});

test('the list is whole, and page by page where somebody asks for pages, until an empty one', async () => {
  const names = Array.from({ length: 5 }, (_, n) => `n${n}`);
  for (const name of names.toReversed()) await added({ name });
  const whole = (await world.send(viewer, 'GET', '/api/datasources')).body;
  expect(whole.map((row: { name: string }) => row.name)).toEqual(names);
  const pages: string[][] = [];
  for (let page = 1; page === 1 || pages.at(-1)?.length; page++) {
    const { body } = await world.send(viewer, 'GET', `/api/datasources?perpage=2&page=${page}`);
    pages.push(body.map((row: { name: string }) => row.name));
  }
  expect(pages).toEqual([['n0', 'n1'], ['n2', 'n3'], ['n4'], []]);
  expect((await world.send(viewer, 'GET', '/api/datasources?page=x')).status).toBe(400);
});
