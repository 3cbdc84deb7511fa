import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg, type MadeUser } from '../../testing/people.ts';
import { ADMIN, type Answer, type As, startWorld, type World } from '../../testing/world.ts';

const PATH = '/api/annotations';

let world: World;
let viewer: MadeUser;
let editor: MadeUser;
let stranger: MadeUser;
let nobody: As;
beforeAll(async () => {
  world = await startWorld();
  viewer = await makeMember(world, 1, 'vera', 'Viewer');
  editor = await makeMember(world, 1, 'edna', 'Editor');
  stranger = await makeMember(world, await makeOrg(world, 'elsewhere'), 'stan', 'Admin');
  nobody = await makeAccount('nobody', 'None');
});
afterAll(() => world.stop());

async function makeAccount(name: string, role: string): Promise<As> {
  const { body: account } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name, role });
  const path = `/api/serviceaccounts/${account.id}/tokens`;
  const { status, body } = await world.send(ADMIN, 'POST', path, { name: `${name} token` });
  expect(status, JSON.stringify(body)).toBe(200);
  return { bearer: body.key };
}

interface Made {
  id: number;
  uid: string;
}

let made = 0;
async function makeDashboard(more: object = {}, as: As = ADMIN): Promise<Made> {
  const dashboard = { title: `dashboard ${++made}`, ...more };
  const { status, body } = await world.send(as, 'POST', '/api/dashboards/db', { dashboard });
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

/** A dashboard that only Admins see. */
async function makeHidden(): Promise<Made> {
  const dashboard = await makeDashboard();
  await permit(dashboard, []);
  return dashboard;
}

async function permit({ uid }: Made, items: object[]): Promise<void> {
  const path = `/api/dashboards/uid/${uid}/permissions`;
  expect((await world.send(ADMIN, 'POST', path, { items })).status).toBe(200);
}

async function add(body: object, as: As = ADMIN): Promise<number> {
  const answer = await world.send(as, 'POST', PATH, { text: 'something', ...body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  expect(answer.body).toEqual({ message: 'Annotation added', id: expect.any(Number) });
  return answer.body.id;
}

interface Shown {
  id: number;
  text: string;
  tags: string[];
}

async function list(query = '', as: As = ADMIN): Promise<Shown[]> {
  const { status, body } = await world.send(as, 'GET', PATH + query);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

async function idsOf(query: string, as: As = ADMIN): Promise<number[]> {
  return (await list(query, as)).map(({ id }) => id);
}

const get = (id: number, as: As = ADMIN): Promise<Answer> => world.send(as, 'GET', `${PATH}/${id}`);

async function tagsOf(query = '', as: As = ADMIN): Promise<Record<string, number>> {
  const { status, body } = await world.send(as, 'GET', `${PATH}/tags${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(Object.keys(body)).toEqual(['result']);
  return Object.fromEntries(
    body.result.tags.map(({ tag, count }: { tag: string; count: number }) => [tag, count]),
  );
}

test('an annotation comes back with everything that was sent, and with who made it', async () => {
  const { id: dashboardId, uid } = await makeDashboard();
  const now = world.clock.now();
  const data = { version: 12, list: [1, { a: null }], ключ: 'значение' };
  const body = {
    dashboardUID: uid,
    panelId: 2,
    time: 1000,
    timeEnd: 2000,
    tags: [' b ', 'a', 'b', ''],
    data,
  };
  const id = await add({ ...body, text: 'deploy <b>ü</b>' }, editor.as);
  const { status, body: shown } = await get(id, viewer.as);
  expect(status).toBe(200);
  expect(shown).toEqual({
    id,
    alertId: 0,
    alertName: '',
    dashboardId,
    dashboardUID: uid,
    panelId: 2,
    userId: editor.id,
    newState: '',
    prevState: '',
    created: expect.any(Number),
    updated: shown.created,
    time: 1000,
    timeEnd: 2000,
    text: 'deploy <b>ü</b>',
    tags: ['b', 'a'],
    login: 'edna',
    email: 'edna@example.org',
    avatarUrl: expect.stringMatching(/^\/avatar\/[0-9a-f]{32}$/),
    data,
  });
  expect(shown.created).toBeGreaterThanOrEqual(now);
  expect(await list(`?dashboardUID=${uid}`, viewer.as)).toEqual([shown]);
});

test('without times it is now; without an end it is a moment; without a dashboard it is of the organization', async () => {
  const before = world.clock.now();
  const { body: now } = await get(await add({ time: 0, timeEnd: 0, dashboardUID: '', dashboardId: 0 }));
  expect(now.time).toBeGreaterThanOrEqual(before);
  expect(now).toMatchObject({ timeEnd: now.time, dashboardId: 0, dashboardUID: null, panelId: 0, tags: [] });
  expect(now.data).toEqual({});
  const { body: moment } = await get(await add({ time: 5, timeEnd: null, tags: null, data: null }));
  expect(moment).toMatchObject({ time: 5, timeEnd: 5 });
});

test('a key is nobody, and a service account is itself', async () => {
  const { body: key } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'k', role: 'Editor' });
  const byKey = await get(await add({}, { bearer: key.key }));
  expect(byKey.body).toMatchObject({ userId: 0, login: '', email: '', avatarUrl: '' });
  const byAccount = await get(await add({}, await makeAccount('deployer', 'Editor')));
  expect(byAccount.body).toMatchObject({ login: 'sa-deployer', email: '' });
  expect(byAccount.body.userId).toBeGreaterThan(0);
});

test('Graphite events are taken with words or a list as their tags', async () => {
  const send = (body: object, as: As = editor.as): Promise<Answer> =>
    world.send(as, 'POST', `${PATH}/graphite`, body);
  const { status, body } = await send({ what: 'Deploy', tags: ' web  prod web ', when: 1467844, data: 'v1' });
  expect([status, body.message]).toEqual([200, 'Graphite annotation added']);
  expect((await get(body.id)).body).toMatchObject({
    text: 'Deploy\nv1',
    tags: ['web', 'prod'],
    time: 1_467_844_000,
    timeEnd: 1_467_844_000,
    dashboardUID: null,
    login: 'edna',
  });
  const { body: other } = await send({ what: 'Deploy', tags: ['two words', 'x'] });
  expect((await get(other.id)).body).toMatchObject({ text: 'Deploy', tags: ['two words', 'x'] });
  for (const wrong of [
    {},
    { what: '' },
    { what: 'x', tags: 7 },
    { what: 'x', tags: 'y'.repeat(101) },
    { what: 'x', tags: Array.from({ length: 51 }, (_, at) => String(at)).join(' ') },
    { what: 'x', when: 1e12 },
  ]) {
    const answer = await send(wrong);
    expect([answer.status, answer.body.detail], JSON.stringify(wrong)).toEqual([400, expect.any(String)]);
  }
  expect((await send({}, viewer.as)).status).toBe(403);
});

test('PUT sets all of the text and the tags, and keeps the times and the data that are not given', async () => {
  const { uid } = await makeDashboard();
  const id = await add({ dashboardUID: uid, time: 10, timeEnd: 20, tags: ['old'], data: { a: 1 } });
  const put = (body: object): Promise<Answer> => world.send(editor.as, 'PUT', `${PATH}/${id}`, body);
  const whole = await put({ time: 30, timeEnd: 40, text: 'new', tags: ['x', 'y'], data: { b: 2 } });
  expect([whole.status, whole.body]).toEqual([200, { message: 'Annotation updated' }]);
  const { body: first } = await get(id);
  expect(first).toMatchObject({ time: 30, timeEnd: 40, text: 'new', tags: ['x', 'y'], data: { b: 2 } });
  // It stays the work of whoever made it.
  expect(first.login).toBe('admin');
  expect((await put({ text: 'newer' })).status).toBe(200);
  expect((await get(id)).body).toMatchObject({
    time: 30,
    timeEnd: 40,
    text: 'newer',
    tags: [],
    data: { b: 2 },
    dashboardUID: uid,
  });
  for (const text of [undefined, null, '', ' ']) {
    const { status, body } = await put({ text });
    expect([status, body.detail]).toEqual([400, 'text is required and must not be empty']);
  }
});

test('PATCH changes what is given and nothing else', async () => {
  const id = await add({ time: 10, timeEnd: 20, tags: ['kept'], data: { a: 1 }, text: 'kept' });
  const patch = async (body: object): Promise<object> => {
    const answer = await world.send(editor.as, 'PATCH', `${PATH}/${id}`, body);
    expect([answer.status, answer.body]).toEqual([200, { message: 'Annotation patched' }]);
    const { body: shown } = await get(id);
    const { time, timeEnd, text, tags, data } = shown;
    return { time, timeEnd, text, tags, data };
  };
  const before = { time: 10, timeEnd: 20, text: 'kept', tags: ['kept'], data: { a: 1 } };
  expect(await patch({})).toEqual(before);
  expect(await patch({ text: '', time: 0, timeEnd: 0, tags: null, data: null })).toEqual(before);
  expect(await patch({ text: 'new' })).toEqual({ ...before, text: 'new' });
  expect(await patch({ tags: [] })).toEqual({ ...before, text: 'new', tags: [] });
  expect(await patch({ tags: ['one', 'two'] })).toMatchObject({ tags: ['one', 'two'] });
  expect(await patch({ time: 15 })).toMatchObject({ time: 15, timeEnd: 20 });
  expect(await patch({ data: {} })).toMatchObject({ data: {} });
});

test('a moment that is moved stays a moment, and a region never ends before it begins', async () => {
  const moment = await add({ time: 10 });
  const region = await add({ time: 10, timeEnd: 20 });
  const move = (id: number, body: object): Promise<Answer> =>
    world.send(ADMIN, 'PATCH', `${PATH}/${id}`, body);
  expect((await move(moment, { time: 100 })).status).toBe(200);
  expect((await get(moment)).body).toMatchObject({ time: 100, timeEnd: 100 });
  for (const body of [{ time: 21 }, { timeEnd: 9 }, { time: 7, timeEnd: 6 }]) {
    const { status, body: answer } = await move(region, body);
    expect([status, answer.detail]).toEqual([400, expect.stringContaining('must not be before')]);
  }
  expect((await get(region)).body).toMatchObject({ time: 10, timeEnd: 20 });
  const { status } = await world.send(ADMIN, 'POST', PATH, { text: 'x', time: 2, timeEnd: 1 });
  expect(status).toBe(400);
});

test('what is deleted is gone, with its tags', async () => {
  const id = await add({ tags: ['soon gone'] });
  const { status, body } = await world.send(editor.as, 'DELETE', `${PATH}/${id}`);
  expect([status, body]).toEqual([200, { message: 'Annotation deleted' }]);
  expect(await tagsOf('?tag=soon')).toEqual({});
  for (const [method, send] of [
    ['GET', undefined],
    ['PUT', { text: 'x' }],
    ['PATCH', {}],
    ['DELETE', undefined],
  ] as const) {
    const answer = await world.send(editor.as, method, `${PATH}/${id}`, send);
    expect([method, answer.status, answer.body.message]).toEqual([method, 404, 'Annotation not found']);
  }
});

test('a time range finds what overlaps it, the newest first', async () => {
  const { uid } = await makeDashboard();
  const on = { dashboardUID: uid };
  const early = await add({ ...on, time: 100 });
  const long = await add({ ...on, time: 150, timeEnd: 900 });
  const late = await add({ ...on, time: 800 });
  const alsoLate = await add({ ...on, time: 800 });
  const find = (range: string): Promise<number[]> => idsOf(`?dashboardUID=${uid}&${range}`);
  expect(await find('')).toEqual([long, alsoLate, late, early]);
  expect(await find('from=100&to=100')).toEqual([early]);
  expect(await find('from=101&to=149')).toEqual([]);
  expect(await find('from=200&to=300')).toEqual([long]);
  expect(await find('from=100&to=150')).toEqual([long, early]);
  expect(await find('from=900')).toEqual([long]);
  expect(await find('from=901')).toEqual([]);
  expect(await find('to=799')).toEqual([long, early]);
  expect(await find('from=0&to=0')).toHaveLength(4);
  expect(await find('from=1000&to=1')).toEqual([]);
});

test('every filter narrows the list down', async () => {
  const one = await makeDashboard();
  const two = await makeDashboard();
  const a = await add({ dashboardUID: one.uid, panelId: 1 }, editor.as);
  const b = await add({ dashboardId: one.id, panelId: 2 });
  const c = await add({ dashboardUID: two.uid, dashboardId: one.id, panelId: 1 });
  expect(new Set(await idsOf(`?dashboardUID=${one.uid}`))).toEqual(new Set([a, b]));
  expect(new Set(await idsOf(`?dashboardId=${one.id}`))).toEqual(new Set([a, b]));
  expect(await idsOf(`?dashboardId=${two.id}&dashboardUID=&panelId=0&userId=0`)).toEqual([c]);
  expect(await idsOf(`?dashboardId=${two.id}&dashboardUID=${one.uid}`)).toEqual([]);
  expect(await idsOf(`?dashboardUID=${one.uid}&panelId=2`)).toEqual([b]);
  expect(await idsOf(`?dashboardUID=${one.uid}&userId=${editor.id}`)).toEqual([a]);
  expect(await idsOf(`?dashboardUID=${one.uid}&type=annotation&alertId=0`)).toHaveLength(2);
  expect(await idsOf(`?dashboardUID=nope`)).toEqual([]);
  expect(await idsOf(`?dashboardId=999999`)).toEqual([]);
  // There are no alerts here that could have left any.
  expect(await idsOf('?type=alert')).toEqual([]);
  expect(await idsOf('?alertId=1')).toEqual([]);
});

test('tags are matched exactly: all of them, or any when that is asked for', async () => {
  const ab = await add({ tags: ['t-a', 't:b'] });
  const a = await add({ tags: ['t-a'] });
  const c = await add({ tags: ['t-c', 't-abc'] });
  const find = async (query: string): Promise<number[]> => (await idsOf(query)).toSorted((x, y) => x - y);
  expect(await find('?tags=t-a')).toEqual([ab, a]);
  expect(await find('?tags=t-a&tags=t-a&tags=')).toEqual([ab, a]);
  expect(await find('?tags=t-a&tags=t:b')).toEqual([ab]);
  expect(await find('?tags=t:b')).toEqual([ab]);
  expect(await find('?tags=t:')).toEqual([]);
  expect(await find('?tags=T-A')).toEqual([]);
  expect(await find('?tags=t-a&tags=t-c')).toEqual([]);
  expect(await find('?tags=t-a&tags=t-c&matchAny=true')).toEqual([ab, a, c]);
  expect(await find('?tags=t-a&tags=t-c&matchAny=false')).toEqual([]);
  expect(await find("?tags='")).toEqual([]);
});

test('tags are counted, and found by a part of them', async () => {
  await add({ tags: ['count:one', 'count:Zwei'] });
  await add({ tags: ['count:one'] });
  expect(await tagsOf('?tag=count:')).toEqual({ 'count:Zwei': 1, 'count:one': 2 });
  expect(await tagsOf('?tag=ZWEI')).toEqual({ 'count:Zwei': 1 });
  expect(await tagsOf('?tag=%25')).toEqual({});
  expect(Object.keys(await tagsOf('?tag=count&limit=1'))).toHaveLength(1);
  expect(Object.keys(await tagsOf('?limit=0')).length).toBeGreaterThan(1);
});

test('a list has 100 unless it is asked for more or fewer, and its pages hold everything once', async () => {
  const { uid } = await makeDashboard();
  const ids: number[] = [];
  // Of one time, so that only the last sort key tells them apart.
  for (let count = 0; count < 103; count++) ids.push(await add({ dashboardUID: uid, time: 7 }));
  ids.reverse();
  const path = `?dashboardUID=${uid}`;
  expect(await idsOf(path)).toEqual(ids.slice(0, 100));
  expect(await idsOf(`${path}&limit=0`)).toHaveLength(100);
  expect(await idsOf(`${path}&limit=2`)).toEqual(ids.slice(0, 2));
  const paged: number[] = [];
  for (let page = 1; ; page++) {
    const found = await idsOf(`${path}&limit=50&page=${page}`);
    if (found.length === 0) break;
    paged.push(...found);
  }
  expect(paged).toEqual(ids);
  expect(await idsOf(`${path}&limit=5000`)).toEqual(ids);
});

test('whoever only reads a dashboard writes nothing on it', async () => {
  const dashboard = await makeDashboard();
  const on = { dashboardUID: dashboard.uid, panelId: 3 };
  const id = await add(on, editor.as);
  expect((await get(id, viewer.as)).status).toBe(200);
  // A body that is wrong too: who may not do it is not told.
  const tries = [
    ['POST', PATH, { ...on, text: '' }],
    ['PUT', `${PATH}/${id}`, { text: 7 }],
    ['PATCH', `${PATH}/${id}`, { tags: 'x' }],
    ['DELETE', `${PATH}/${id}`, undefined],
    ['POST', `${PATH}/mass-delete`, on],
    ['POST', `${PATH}/mass-delete`, { annotationId: id }],
  ] as const;
  for (const [method, path, body] of tries) {
    const answer = await world.send(viewer.as, method, path, body);
    expect([answer.status, answer.body.message], `${method} ${path}`).toEqual([
      403,
      `Permission denied: dashboards:write on dashboards:uid:${dashboard.uid} is needed`,
    ]);
  }
  const meta = async (): Promise<object> => {
    const { body } = await world.send(viewer.as, 'GET', `/api/dashboards/uid/${dashboard.uid}`);
    return body.meta.annotationsPermissions.dashboard;
  };
  expect(await meta()).toEqual({ canAdd: false, canEdit: false, canDelete: false });

  await permit(dashboard, [{ userId: viewer.id, permission: 2 }]);
  expect(await meta()).toEqual({ canAdd: true, canEdit: true, canDelete: true });
  const own = await add(on, viewer.as);
  expect((await world.send(viewer.as, 'PATCH', `${PATH}/${id}`, { text: 'x' })).status).toBe(200);
  expect((await world.send(viewer.as, 'DELETE', `${PATH}/${own}`)).status).toBe(200);
  expect((await world.send(viewer.as, 'POST', `${PATH}/mass-delete`, on)).status).toBe(200);
  expect((await get(id)).status).toBe(404);
});

test('annotations of the organization are read by every member, and written by Editors', async () => {
  const id = await add({}, editor.as);
  expect((await get(id, viewer.as)).status).toBe(200);
  for (const [method, path, body] of [
    ['POST', PATH, {}],
    ['PUT', `${PATH}/${id}`, { text: 7 }],
    ['PATCH', `${PATH}/${id}`, {}],
    ['DELETE', `${PATH}/${id}`, undefined],
    ['POST', `${PATH}/mass-delete`, { annotationId: id }],
  ] as const) {
    const answer = await world.send(viewer.as, method, path, body);
    expect(answer.status, `${method} ${path}`).toBe(403);
    expect(answer.body.message).toContain('annotations:type:organization');
    expect(answer.body.detail).toContain('for the role Editor');
  }
  expect((await world.send(editor.as, 'DELETE', `${PATH}/${id}`)).status).toBe(200);
});

test('who has no role reads and writes none', async () => {
  const id = await add({});
  for (const [method, path, body] of [
    ['GET', PATH, undefined],
    ['GET', `${PATH}/tags`, undefined],
    ['GET', `${PATH}/${id}`, undefined],
    ['GET', `${PATH}/999999`, undefined],
    ['POST', PATH, { text: 'x' }],
    ['POST', `${PATH}/graphite`, { what: 'x' }],
    ['POST', `${PATH}/mass-delete`, { annotationId: id }],
    ['PUT', `${PATH}/${id}`, { text: 'x' }],
    ['PUT', `${PATH}/999999`, { text: 'x' }],
    ['PATCH', `${PATH}/${id}`, {}],
    ['DELETE', `${PATH}/${id}`, undefined],
  ] as const) {
    expect((await world.send(nobody, method, path, body)).status, `${method} ${path}`).toBe(403);
    expect((await world.send(undefined, method, path, body)).status, `${method} ${path}`).toBe(401);
  }
});

test('what is on a hidden dashboard is as good as missing: in lists, tags, by its id and for changes', async () => {
  const hidden = await makeHidden();
  const id = await add({ dashboardUID: hidden.uid, panelId: 1, tags: ['hidden-tag'] });
  for (const { as } of [viewer, editor]) {
    expect(await idsOf(`?dashboardUID=${hidden.uid}`, as)).toEqual([]);
    expect(await idsOf(`?dashboardId=${hidden.id}`, as)).toEqual([]);
    expect(await idsOf('?tags=hidden-tag', as)).toEqual([]);
    expect(await tagsOf('?tag=hidden-tag', as)).toEqual({});
    expect(await idsOf('?limit=5000', as)).not.toContain(id);
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', { text: 7 }],
      ['PATCH', {}],
      ['DELETE', undefined],
    ] as const) {
      const there = await world.send(as, method, `${PATH}/${id}`, body);
      const missing = await world.send(as, method, `${PATH}/999999`, body);
      expect([there.status, { ...there.body, traceID: '' }]).toEqual([404, { ...missing.body, traceID: '' }]);
    }
    const path = `${PATH}/mass-delete`;
    expect((await world.send(as, 'POST', path, { annotationId: id })).status).toBe(404);
    expect((await world.send(as, 'POST', path, { dashboardUID: hidden.uid, panelId: 1 })).status).toBe(403);
    expect((await world.send(as, 'POST', PATH, { dashboardUID: hidden.uid, text: 'x' })).status).toBe(403);
  }
  expect(await idsOf(`?dashboardUID=${hidden.uid}`)).toEqual([id]);
  await permit(hidden, [{ role: 'Viewer', permission: 1 }]);
  expect(await idsOf('?tags=hidden-tag', viewer.as)).toEqual([id]);
  expect(await tagsOf('?tag=hidden-tag', viewer.as)).toEqual({ 'hidden-tag': 1 });
});

test('a role that gives one type gives nothing of the other', async () => {
  const { uid } = await makeDashboard();
  const onDashboard = await add({ dashboardUID: uid, tags: ['typed'] });
  const ofOrg = await add({ tags: ['typed'] });
  const name = 'organization annotations';
  const { body: account } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name, role: 'None' });
  const { body: token } = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account.id}/tokens`, {
    name,
  });
  const permissions = ['read', 'write'].map((verb) => ({
    action: `annotations:${verb}`,
    scope: 'annotations:type:organization',
  }));
  const { body: role } = await world.send(ADMIN, 'POST', '/api/access-control/roles', { name, permissions });
  const given = await world.send(ADMIN, 'POST', `/api/access-control/users/${account.id}/roles`, {
    roleUid: role.uid,
  });
  expect(given.status, JSON.stringify(given.body)).toBe(200);
  const as: As = { bearer: token.key };
  expect(await idsOf('?tags=typed', as)).toEqual([ofOrg]);
  expect(await tagsOf('?tag=typed', as)).toEqual({ typed: 1 });
  expect((await get(onDashboard, as)).status).toBe(404);
  const patch = (id: number) => world.send(as, 'PATCH', `${PATH}/${id}`, { text: 'x' });
  expect((await patch(ofOrg)).status).toBe(200);
  expect((await patch(onDashboard)).status).toBe(404);
  expect((await world.send(as, 'DELETE', `${PATH}/${ofOrg}`)).status).toBe(403);
});

test("another organization's annotations are missing, by whatever way", async () => {
  const dashboard = await makeDashboard({ uid: 'in-both' });
  const theirs = await makeDashboard({ uid: 'in-both' }, stranger.as);
  const id = await add({ dashboardUID: 'in-both', panelId: 1, tags: ['ours'] });
  const ofOrg = await add({ tags: ['ours'] });
  const there = await add({ dashboardUID: 'in-both', panelId: 1, tags: ['theirs'] }, stranger.as);
  expect(await idsOf('', stranger.as)).toEqual([there]);
  expect(await tagsOf('', stranger.as)).toEqual({ theirs: 1 });
  expect(await idsOf('?dashboardUID=in-both', stranger.as)).toEqual([there]);
  expect(await idsOf(`?dashboardId=${dashboard.id}`, stranger.as)).toEqual([]);
  for (const target of [id, ofOrg]) {
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', { text: 'taken' }],
      ['PATCH', { text: 'taken' }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await world.send(stranger.as, method, `${PATH}/${target}`, body);
      expect([answer.status, answer.body.message]).toEqual([404, 'Annotation not found']);
    }
    const { status } = await world.send(stranger.as, 'POST', `${PATH}/mass-delete`, { annotationId: target });
    expect(status).toBe(404);
  }
  const onOurs = { dashboardId: dashboard.id, panelId: 1, text: 'x' };
  for (const path of [PATH, `${PATH}/mass-delete`]) {
    const { status, body } = await world.send(stranger.as, 'POST', path, onOurs);
    expect([status, body.message]).toEqual([404, 'Dashboard not found']);
  }
  // The uid is theirs too, and means theirs.
  const onTheirs = { dashboardUID: 'in-both', panelId: 1 };
  expect((await world.send(stranger.as, 'POST', `${PATH}/mass-delete`, onTheirs)).status).toBe(200);
  expect(await idsOf(`?dashboardId=${theirs.id}`, stranger.as)).toEqual([]);
  expect((await get(id)).body.text).toBe('something');
});

test('mass-delete takes one annotation, or those of one panel, and asks which', async () => {
  const { id: dashboardId, uid } = await makeDashboard();
  const [a, b, c] = [
    await add({ dashboardUID: uid, panelId: 1 }),
    await add({ dashboardUID: uid, panelId: 1 }),
    await add({ dashboardUID: uid, panelId: 2 }),
  ];
  const send = (body: object): Promise<Answer> => world.send(editor.as, 'POST', `${PATH}/mass-delete`, body);
  for (const body of [
    {},
    { dashboardUID: uid },
    { panelId: 1 },
    { annotationId: 0, dashboardId: 0, panelId: 1 },
  ]) {
    const { status, body: answer } = await send(body);
    expect([status, answer.detail]).toEqual([400, expect.stringContaining('annotationId')]);
  }
  const one = await send({ annotationId: a });
  expect([one.status, one.body]).toEqual([200, { message: 'Annotations deleted' }]);
  expect(await idsOf(`?dashboardUID=${uid}`)).toEqual([c, b]);
  expect((await send({ dashboardId, panelId: 1 })).status).toBe(200);
  expect(await idsOf(`?dashboardUID=${uid}`)).toEqual([c]);
  expect((await send({ dashboardUID: 'nope', panelId: 1 })).status).toBe(404);
  expect((await send({ annotationId: a })).status).toBe(404);
});

test('annotations go with their dashboard, also within a folder, and a new one of its uid has none', async () => {
  const { body: folder } = await world.send(ADMIN, 'POST', '/api/folders', { title: 'going' });
  for (const remove of ['/api/dashboards/uid/again', `/api/folders/${folder.uid}`]) {
    const dashboard = { title: 'again', uid: 'again' };
    await world.send(ADMIN, 'POST', '/api/dashboards/db', { dashboard, folderUid: folder.uid });
    const id = await add({ dashboardUID: 'again', tags: ['gone'] });
    expect(await idsOf('?dashboardUID=again')).toEqual([id]);
    expect((await world.send(ADMIN, 'DELETE', remove)).status).toBe(200);
    expect((await get(id)).status).toBe(404);
    expect(await tagsOf('?tag=gone')).toEqual({});
    expect((await world.send(ADMIN, 'POST', PATH, { dashboardUID: 'again', text: 'x' })).status).toBe(404);
  }
  await makeDashboard({ title: 'again', uid: 'again' });
  expect(await idsOf('?dashboardUID=again')).toEqual([]);
});

test('a dashboard that is moved or saved again keeps its annotations', async () => {
  const { uid } = await makeDashboard({ title: 'moved', uid: 'moved' });
  const id = await add({ dashboardUID: uid });
  const { body: folder } = await world.send(ADMIN, 'POST', '/api/folders', { title: 'goal' });
  const dashboard = { title: 'moved on', uid };
  const body = { dashboard, folderUid: folder.uid, overwrite: true };
  expect((await world.send(ADMIN, 'POST', '/api/dashboards/db', body)).status).toBe(200);
  expect(await idsOf('?dashboardUID=moved')).toEqual([id]);
});

test('a folder is no dashboard', async () => {
  const { body: folder } = await world.send(ADMIN, 'POST', '/api/folders', { title: 'no dashboard' });
  for (const place of [{ dashboardUID: folder.uid }, { dashboardId: folder.id }]) {
    const { status, body } = await world.send(ADMIN, 'POST', PATH, { ...place, text: 'x' });
    expect([status, body.message]).toEqual([404, 'Dashboard not found']);
  }
});

test.each([
  [{}, 'text is required and must not be empty'],
  [{ text: '  ' }, 'text is required and must not be empty'],
  [{ text: 7 }, 'text must be string or null'],
  [{ text: 'a\u0000b' }, 'text has a character that is not allowed'],
  [{ text: 'x'.repeat(65_537) }, 'text must have at most 65536 characters'],
  [{ text: 'x', tags: 'x' }, 'tags must be array or null'],
  [{ text: 'x', tags: [7] }, 'tags.0 must be string'],
  [{ text: 'x', tags: ['\u0000'] }, 'tags.0 has a character that is not allowed'],
  [{ text: 'x', tags: ['x'.repeat(101)] }, 'tags.0 must have at most 100 characters'],
  [
    { text: 'x', tags: Array.from({ length: 51 }, (_, at) => String(at)) },
    'tags must NOT have more than 50 items',
  ],
  [{ text: 'x', time: '1' }, 'time must be integer or null'],
  [{ text: 'x', time: 1e300 }, 'time must be <= 253402300799999'],
  [{ text: 'x', time: -1 }, 'time must be >= 0'],
  [{ text: 'x', time: 2, timeEnd: 1 }, 'timeEnd, 1, must not be before time, 2'],
  [{ text: 'x', panelId: 1e300 }, 'panelId must be <= 9007199254740991'],
  [{ text: 'x', data: [] }, 'data must be object or null'],
  [{ text: 'x', data: { a: 'x'.repeat(65_536) } }, 'data must have at most 65536 characters as JSON'],
])('what cannot be kept is refused (%#)', async (body, detail) => {
  const { status, body: answer } = await world.send(ADMIN, 'POST', PATH, body);
  expect([status, answer.detail]).toEqual([400, detail]);
});

test('the most that can be kept comes back', async () => {
  const tags = Array.from({ length: 50 }, (_, at) => `${at}`.padEnd(100, '\u{1f511}').slice(0, 99));
  const body = {
    text: 'x'.repeat(65_536),
    tags,
    time: 253_402_300_799_999,
    data: { nul: '\u0000', deep: [[[1e300]]] },
  };
  const { body: shown } = await get(await add(body));
  expect(shown).toMatchObject({ text: body.text, time: body.time, timeEnd: body.time, data: body.data });
  expect(shown.tags).toHaveLength(50);
});

test.each([
  'from=x',
  'to=1.5',
  'limit=-1',
  'type=other',
  'matchAny=7',
  `tags=${'x'.repeat(101)}`,
  'tags=%00',
])('a filter that means nothing is refused: %s', async (query) => {
  expect((await world.send(ADMIN, 'GET', `${PATH}?${query}`)).status).toBe(400);
});

test('every change is recorded with who made it', async () => {
  const { uid } = await makeDashboard();
  const id = await add({ dashboardUID: uid, panelId: 1, text: 'watched' }, editor.as);
  await world.send(editor.as, 'PUT', `${PATH}/${id}`, { text: 'watched still' });
  await world.send(editor.as, 'PATCH', `${PATH}/${id}`, { text: '' });
  await world.send(editor.as, 'PATCH', `${PATH}/${id}`, { time: 7, timeEnd: 6 });
  await world.send(editor.as, 'DELETE', `${PATH}/${id}`);
  await world.send(editor.as, 'POST', `${PATH}/mass-delete`, { dashboardUID: uid, panelId: 1 });
  const rows = await world.context.db
    .selectFrom('audit')
    .select(['action', 'actor', 'object_kind', 'object_name'])
    .where((where) =>
      where.or([
        where.and([where('object_kind', '=', 'annotation'), where('object_id', '=', String(id))]),
        where.and([where('object_id', '=', uid), where('action', '=', 'annotations:delete')]),
      ]),
    )
    .orderBy('id')
    .execute();
  expect(rows.map(({ action, object_kind }) => `${action} ${object_kind}`)).toEqual([
    'annotations:create annotation',
    'annotations:write annotation',
    'annotations:write annotation',
    'annotations:delete annotation',
    'annotations:delete dashboard',
  ]);
  expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(['user:edna']));
  expect(rows[0]?.object_name).toBe('watched');
});

test('an organization takes its annotations with it', async () => {
  const org = await makeOrg(world, 'short-lived');
  const admin = await makeMember(world, org, 'olga', 'Admin');
  const { uid } = await makeDashboard({}, admin.as);
  await add({ tags: ['x'] }, admin.as);
  await add({ dashboardUID: uid, tags: ['x'] }, admin.as);
  expect((await world.send(ADMIN, 'DELETE', `/api/orgs/${org}`)).status).toBe(200);
  for (const table of ['annotation', 'annotation_tag'] as const) {
    const left = await world.context.db.selectFrom(table).selectAll().where('org_id', '=', org).execute();
    expect(left).toEqual([]);
  }
});

test('many at once are all kept, and a dashboard that goes meanwhile leaves none behind', async () => {
  const { uid } = await makeDashboard();
  const body = { dashboardUID: uid, text: 'x', tags: ['crowd'] };
  const sent = Array.from({ length: 12 }, () => world.send(editor.as, 'POST', PATH, body));
  expect(new Set((await Promise.all(sent)).map(({ status }) => status))).toEqual(new Set([200]));
  expect(await tagsOf('?tag=crowd')).toEqual({ crowd: 12 });
  const [removed, ...late] = await Promise.all([
    world.send(ADMIN, 'DELETE', `/api/dashboards/uid/${uid}`),
    ...Array.from({ length: 8 }, () => world.send(editor.as, 'POST', PATH, body)),
  ]);
  expect(removed.status).toBe(200);
  for (const { status } of late) expect([200, 404]).toContain(status);
  expect(await tagsOf('?tag=crowd')).toEqual({});
});

test('the number of a hidden dashboard is answered like one that nothing has', async () => {
  const hidden = await makeHidden();
  const missing = hidden.id + 900_000;
  for (const { as } of [viewer, editor]) {
    for (const [path, body] of [
      [PATH, { text: 'x' }],
      [`${PATH}/mass-delete`, { panelId: 1 }],
    ] as const) {
      const send = (dashboardId: number) => world.send(as, 'POST', path, { ...body, dashboardId });
      const [ofHidden, ofMissing] = [await send(hidden.id), await send(missing)];
      expect([ofHidden.status, { ...ofHidden.body, traceID: '' }]).toEqual([
        ofMissing.status,
        { ...ofMissing.body, traceID: '' },
      ]);
      expect(JSON.stringify(ofHidden.body)).not.toContain(hidden.uid);
    }
  }
  // Whoever reads it is told what is missing.
  const read = await makeDashboard();
  const refused = await world.send(viewer.as, 'POST', PATH, { text: 'x', dashboardId: read.id });
  expect([refused.status, refused.body.message]).toEqual([403, expect.stringContaining(read.uid)]);
});

test('tags that no text can hold are told apart no more than they are kept', async () => {
  const body = '{"text":"half a letter","tags":["\\ud800","\\udfff","\\ud800x","\\udc00x"]}';
  const answer = await world.send(ADMIN, 'POST', PATH, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  expect((await get(answer.body.id)).body.tags.toSorted()).toEqual(['\ufffd', '\ufffdx']);
});
