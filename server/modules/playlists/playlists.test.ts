import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg, type MadeUser } from '../../testing/people.ts';
import { ADMIN, type Answer, type As, startWorld, type World } from '../../testing/world.ts';

const PATH = '/api/playlists';
const ITEMS = [
  { type: 'dashboard_by_uid', value: 'one', title: 'The first' },
  { type: 'dashboard_by_tag', value: 'team a' },
  { type: 'dashboard_by_id', value: '7', title: null },
];
const SHOWN = [
  { type: 'dashboard_by_uid', value: 'one', order: 1, title: 'The first' },
  { type: 'dashboard_by_tag', value: 'team a', order: 2, title: '' },
  { type: 'dashboard_by_id', value: '7', order: 3, title: '' },
];

let world: World;
let viewer: MadeUser;
let editor: MadeUser;
let stranger: MadeUser;
beforeAll(async () => {
  world = await startWorld();
  viewer = await makeMember(world, 1, 'vera', 'Viewer');
  editor = await makeMember(world, 1, 'edna', 'Editor');
  stranger = await makeMember(world, await makeOrg(world, 'elsewhere'), 'stan', 'Admin');
});
afterAll(() => world.stop());

let made = 0;
async function add(more: object = {}, as: As = editor.as): Promise<{ id: number; uid: string }> {
  const wanted = { name: `playlist ${++made}`, interval: '5m', items: ITEMS, ...more };
  const { status, body } = await world.send(as, 'POST', PATH, wanted);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

async function list(query = '', as: As = viewer.as): Promise<{ uid: string; name: string }[]> {
  const { status, body } = await world.send(as, 'GET', PATH + query);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

const get = (path: string, as: As = viewer.as): Promise<Answer> => world.send(as, 'GET', `${PATH}/${path}`);

test('a playlist is made, read, changed and deleted', async () => {
  const wanted = { name: 'Wall', interval: '5m', items: ITEMS };
  const { status, body: added } = await world.send(editor.as, 'POST', PATH, wanted);
  expect([status, added]).toEqual([
    200,
    { id: expect.any(Number), uid: expect.stringMatching(/^[A-Za-z0-9]{14}$/), name: 'Wall', interval: '5m' },
  ]);
  expect(await list('?query=wall')).toEqual([added]);
  const { uid } = added;
  expect((await get(uid)).body).toEqual({ ...added, items: SHOWN });
  expect((await get(`${uid}/items`)).body).toEqual(SHOWN);

  const next = { uid: 'ignored', id: 999, name: 'Hall', interval: '1h', items: ITEMS.slice(1) };
  const changed = await world.send(editor.as, 'PUT', `${PATH}/${uid}`, next);
  const items = [
    { ...SHOWN[1], order: 1 },
    { ...SHOWN[2], order: 2 },
  ];
  expect([changed.status, changed.body]).toEqual([200, { ...added, name: 'Hall', interval: '1h', items }]);
  expect((await get(uid)).body).toEqual(changed.body);
  expect(await list('?query=wall')).toEqual([]);

  const deleted = await world.send(editor.as, 'DELETE', `${PATH}/${uid}`);
  expect([deleted.status, deleted.body]).toEqual([200, {}]);
  for (const [method, path, body] of [
    ['GET', uid, undefined],
    ['GET', `${uid}/items`, undefined],
    ['PUT', uid, next],
    ['DELETE', uid, undefined],
  ] as const) {
    const answer = await world.send(editor.as, method, `${PATH}/${path}`, body);
    expect([answer.status, answer.body.message], `${method} ${path}`).toEqual([404, 'Playlist not found']);
  }
});

test('items come in the order that they are given, else in that in which they stand', async () => {
  const orders = async (items: object[]): Promise<[string, number][]> => {
    const { uid } = await add({ items: items.map((item) => ({ type: 'dashboard_by_uid', ...item })) });
    return (await get(`${uid}/items`)).body.map(({ value, order }: { value: string; order: number }) => [
      value,
      order,
    ]);
  };
  expect(
    await orders([
      { value: 'b', order: 20 },
      { value: 'a', order: 10 },
    ]),
  ).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  expect(await orders([{ value: 'x', order: 1 }, { value: 'y', order: 1 }, { value: 'z' }])).toEqual([
    ['x', 1],
    ['y', 2],
    ['z', 3],
  ]);
  expect(await orders([{ value: 'same' }, { value: 'same', order: null }])).toHaveLength(2);
});

test('a playlist may play nothing, and is emptied by a change without items', async () => {
  for (const items of [undefined, null, []]) {
    const { uid } = await add({ items });
    expect((await get(uid)).body.items).toEqual([]);
    expect((await get(`${uid}/items`)).body).toEqual([]);
  }
  const { uid } = await add();
  const { body } = await world.send(editor.as, 'PUT', `${PATH}/${uid}`, { name: 'x', interval: '1s' });
  expect(body.items).toEqual([]);
});

test('an item says what its writer wrote, and nothing of a dashboard that the reader cannot see', async () => {
  const dashboard = { uid: 'hidden', title: 'a secret title' };
  const { body: saved } = await world.send(ADMIN, 'POST', '/api/dashboards/db', { dashboard });
  await world.send(ADMIN, 'POST', '/api/dashboards/uid/hidden/permissions', { items: [] });
  const items = [
    { type: 'dashboard_by_uid', value: 'hidden' },
    { type: 'dashboard_by_id', value: String(saved.id) },
  ];
  const { uid } = await add({ items }, ADMIN);
  for (const path of [uid, `${uid}/items`]) {
    const { body } = await get(path);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(JSON.stringify(body)).toContain('"value":"hidden"');
  }
});

test('every member reads, Editors write, and who has no role does neither', async () => {
  const { uid } = await add();
  const { body: account } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', {
    name: 'none',
    role: 'None',
  });
  const path = `/api/serviceaccounts/${account.id}/tokens`;
  const { body: token } = await world.send(ADMIN, 'POST', path, { name: 'none' });
  const none: As = { bearer: token.key };
  for (const read of [PATH, `${PATH}/${uid}`, `${PATH}/${uid}/items`]) {
    const statuses = [];
    for (const as of [undefined, none, viewer.as, editor.as, ADMIN]) {
      statuses.push((await world.send(as, 'GET', read)).status);
    }
    expect(statuses, read).toEqual([401, 403, 200, 200, 200]);
  }
  // A wrong body and a missing playlist too: who may not write learns nothing.
  for (const [method, write, body] of [
    ['POST', PATH, { name: 7 }],
    ['PUT', `${PATH}/${uid}`, { name: 7 }],
    ['PUT', `${PATH}/missing`, {}],
    ['DELETE', `${PATH}/${uid}`, undefined],
    ['DELETE', `${PATH}/missing`, undefined],
  ] as const) {
    expect((await world.send(undefined, method, write, body)).status).toBe(401);
    for (const as of [none, viewer.as]) {
      const answer = await world.send(as, method, write, body);
      expect([answer.status, answer.body.message], `${method} ${write}`).toEqual([
        403,
        'Permission denied: playlists:write is needed',
      ]);
    }
    const { body: answer } = await world.send(viewer.as, method, write, body);
    expect(answer.detail).toContain('for the role Editor');
  }
  expect((await get(uid)).status).toBe(200);
});

test("another organization's playlists are missing, also where both have one of the same uid", async () => {
  const ours = await add({ uid: 'in-both', name: 'ours' });
  const { uid: alone } = await add({ name: 'ours alone' });
  const theirs = await add({ uid: 'in-both', name: 'theirs', items: [] }, stranger.as);
  expect(await list('', stranger.as)).toEqual([theirs]);
  const wanted = { name: 'taken', interval: '1m' };
  for (const [method, path, body] of [
    ['GET', alone, undefined],
    ['GET', `${alone}/items`, undefined],
    ['PUT', alone, wanted],
    ['DELETE', alone, undefined],
  ] as const) {
    const answer = await world.send(stranger.as, method, `${PATH}/${path}`, body);
    expect([answer.status, answer.body.message]).toEqual([404, 'Playlist not found']);
  }
  expect((await world.send(stranger.as, 'PUT', `${PATH}/in-both`, wanted)).status).toBe(200);
  expect((await world.send(stranger.as, 'DELETE', `${PATH}/in-both`)).status).toBe(200);
  expect((await get('in-both')).body).toEqual({ ...ours, items: SHOWN });
});

test('a uid is given once, and can be given again when it is free, without what was there before', async () => {
  await add({ uid: 'mine_-1' });
  const again = { uid: 'mine_-1', name: 'other', interval: '1m' };
  const { status, body } = await world.send(editor.as, 'POST', PATH, again);
  expect([status, body.message, body.detail]).toEqual([
    409,
    'A playlist with the same uid already exists',
    expect.stringContaining('mine_-1'),
  ]);
  expect((await get('mine_-1')).body.items).toHaveLength(3);
  await world.send(editor.as, 'DELETE', `${PATH}/mine_-1`);
  await add({ uid: 'mine_-1', items: [] });
  expect((await get('mine_-1')).body.items).toEqual([]);
  const racers = Array.from({ length: 6 }, () =>
    world.send(editor.as, 'POST', PATH, { ...again, uid: 'race' }),
  );
  const statuses = (await Promise.all(racers)).map((answer) => answer.status);
  expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 409, 409, 409, 409, 409]);
});

test('a list goes by name, finds a part of it in any case, and ends with an empty page', async () => {
  const names = ['Äpfel 100%', 'apples', 'Birnen', 'birnen', 'birnen'];
  const org = await makeMember(world, await makeOrg(world, 'lists'), 'lisa', 'Admin');
  for (const name of names.toReversed()) await add({ name, items: [] }, org.as);
  const find = async (query: string): Promise<string[]> =>
    (await list(query, org.as)).map(({ name }) => name);
  const all = await list('', org.as);
  expect(all.map(({ name }) => name)).toEqual(['apples', 'birnen', 'birnen', 'Birnen', 'Äpfel 100%']);
  expect(await find('?query=BIRN')).toHaveLength(3);
  expect(await find('?query=%C3%A4PFEL')).toEqual(['Äpfel 100%']);
  expect(await find('?query=100%25')).toEqual(['Äpfel 100%']);
  expect(await find("?query='")).toEqual([]);
  expect(await find('?limit=2')).toHaveLength(2);
  expect(await find('?limit=0')).toHaveLength(5);
  const paged: object[] = [];
  for (let page = 1; ; page++) {
    const rows = await list(`?limit=2&page=${page}`, org.as);
    if (rows.length === 0) break;
    paged.push(...rows);
  }
  expect(paged).toEqual(all);
});

test.each(['1s', '5m', '12h', '7d', '2w', '1M', '1y'])('an interval may be %s', async (interval) => {
  const { uid } = await add({ interval });
  expect((await get(uid)).body.interval).toBe(interval);
});

test.each([
  '',
  '5',
  'm',
  '5 m',
  '0m',
  '-5m',
  '1.5h',
  '5min',
  '1h30m',
  '99999999999999y',
  '\u0000',
  'x'.repeat(10_000),
])('an interval that is none is refused (%#)', async (interval) => {
  for (const [method, path] of [
    ['POST', PATH],
    ['PUT', `${PATH}/${(await add()).uid}`],
  ] as const) {
    const { status, body } = await world.send(editor.as, method, path, { name: 'x', interval });
    expect([status, body.detail]).toEqual([400, expect.stringContaining('interval ')]);
  }
});

test('the refusal of an interval lists the units', async () => {
  const { body } = await world.send(editor.as, 'POST', PATH, { name: 'x', interval: '5 minutes' });
  for (const unit of ['s (seconds)', 'm (minutes)', 'h (hours)', 'd (days)', 'w (weeks)', 'M (', 'y (']) {
    expect(body.detail).toContain(unit);
  }
});

const item = (more: object): object => ({ items: [{ type: 'dashboard_by_uid', value: 'x', ...more }] });

test.each([
  [{ name: undefined }, 'name is required'],
  [{ name: '' }, 'name must not be empty'],
  [{ name: 'a\u0000b' }, 'name has a character that is not allowed'],
  [{ name: 'x'.repeat(191) }, 'name must have at most 190 characters'],
  [{ interval: undefined }, 'interval is required'],
  [{ interval: 5 }, 'interval must be string'],
  [{ uid: 'a b' }, 'uid has a character that is not allowed'],
  [{ uid: 'x'.repeat(41) }, 'uid must have at most 40 characters'],
  [{ items: {} }, 'items must be array or null'],
  [
    item({ type: 'dashboard' }),
    'items.0.type must be one of dashboard_by_uid, dashboard_by_id, dashboard_by_tag',
  ],
  [item({ value: 7 }), 'items.0.value must be string'],
  [item({ value: '' }), 'items.0.value must not be empty'],
  [item({ value: '\u0000' }), 'items.0.value has a character that is not allowed'],
  [item({ title: 'x'.repeat(256) }), 'items.0.title must have at most 255 characters'],
  [item({ order: 1e300 }), 'items.0.order must be <= 1000000'],
  [item({ order: 1.5 }), 'items.0.order must be integer or null'],
  [{ items: Array.from({ length: 1001 }, () => ITEMS[0]) }, 'items must NOT have more than 1000 items'],
])('what cannot be kept is refused (%#)', async (more, detail) => {
  const body = { name: 'x', interval: '5m', ...more };
  const { status, body: answer } = await world.send(editor.as, 'POST', PATH, body);
  expect([status, answer.detail]).toEqual([400, detail]);
});

test('as many items as are allowed are kept', async () => {
  const { uid } = await add({ items: Array.from({ length: 1000 }, () => ITEMS[0]) });
  expect((await get(uid)).body.items).toHaveLength(1000);
});

test('every change is recorded with who made it, and a refused one is not', async () => {
  const { uid } = await add({ name: 'watched' });
  await world.send(editor.as, 'PUT', `${PATH}/${uid}`, { name: 'watched', interval: '1h' });
  await world.send(editor.as, 'PUT', `${PATH}/${uid}`, { name: 'watched', interval: 'soon' });
  await world.send(viewer.as, 'DELETE', `${PATH}/${uid}`);
  await world.send(editor.as, 'DELETE', `${PATH}/${uid}`);
  const rows = await world.context.db
    .selectFrom('audit')
    .select(['action', 'actor', 'object_name', 'change'])
    .where('object_kind', '=', 'playlist')
    .where('object_id', '=', uid)
    .orderBy('id')
    .execute();
  const by = { actor: 'user:edna', object_name: 'watched' };
  const items = ['dashboard_by_uid one', 'dashboard_by_tag team a', 'dashboard_by_id 7'];
  const before = { interval: '5m', items };
  expect(rows.map((row) => ({ ...row, change: JSON.parse(row.change) as unknown }))).toEqual([
    { ...by, action: 'playlists:create', change: { name: 'watched', interval: '5m', items } },
    { ...by, action: 'playlists:write', change: { interval: '1h', items: [], before } },
    { ...by, action: 'playlists:delete', change: {} },
  ]);
});

test('an organization takes its playlists with it, and the server counts those that are there', async () => {
  const count = async (): Promise<number> =>
    (await world.send(ADMIN, 'GET', '/api/admin/stats')).body.playlists;
  const before = await count();
  const org = await makeOrg(world, 'short-lived');
  const admin = await makeMember(world, org, 'olga', 'Admin');
  const { id } = await add({}, admin.as);
  expect(await count()).toBe(before + 1);
  expect((await world.send(ADMIN, 'DELETE', `/api/orgs/${org}`)).status).toBe(200);
  expect(await count()).toBe(before);
  const left = await world.context.db
    .selectFrom('playlist_item')
    .selectAll()
    .where('playlist_id', '=', id)
    .execute();
  expect(left).toEqual([]);
});
