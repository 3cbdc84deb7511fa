import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
let viewer: As;
let editor: As;
beforeAll(async () => {
  world = await startWorld();
  viewer = (await makeMember(world, 1, 'vera', 'Viewer')).as;
  editor = (await makeMember(world, 1, 'edna', 'Editor')).as;
});
afterAll(() => world.stop());

const diff = (body: unknown, as: As = ADMIN) =>
  world.send(as, 'POST', '/api/dashboards/calculate-diff', body);

let names = 0;

/** Saves each of these as the next version of one dashboard; a text is the JSON as it is to be sent. */
async function makeVersions(first: object | string, ...rest: (object | string)[]) {
  const title = `Compared ${++names}`;
  let [id, uid] = [0, ''];
  for (const state of [first, ...rest]) {
    const members = typeof state === 'string' ? state : JSON.stringify(state).slice(1, -1);
    const named = uid === '' ? '' : `"uid":"${uid}",`;
    const body = `{"overwrite":true,"dashboard":{${named}"title":"${title}",${members}}}`;
    const saved = await world.send(ADMIN, 'POST', '/api/dashboards/db', body);
    expect(saved.status, JSON.stringify(saved.body)).toBe(200);
    ({ id, uid } = saved.body);
  }
  const side = (version: number) => ({ dashboardUid: uid, version });
  const compare = (diffType?: string, as: As = ADMIN) => diff({ base: side(1), new: side(2), diffType }, as);
  return { id, uid, title, side, compare };
}

test('the delta tells what was changed, added, taken away and moved', async () => {
  const panel = (id: number, title: string) => ({ id, title });
  const { compare } = await makeVersions(
    { a: 1, b: { c: true, d: null }, panels: [panel(1, 'one'), panel(2, 'two'), panel(3, 'three')] },
    { a: '1', b: { c: true }, panels: [panel(3, 'three'), panel(1, 'ONE'), panel(2, 'two')], new: [] },
  );
  const { status, headers, body } = await compare('delta');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(body).toEqual({
    a: [1, '1'],
    b: { d: [null, 0, 0] },
    panels: { _t: 'a', _2: ['', 0, 3], 1: { title: ['one', 'ONE'] } },
    new: [[]],
    version: [1, 2],
  });
});

test('the listing tells the same to people, shortened or in full', async () => {
  const long = 'long '.repeat(100);
  const { compare } = await makeVersions(
    { a: 1, 'odd name': 'x', list: [{ id: 1 }, { id: 2 }] },
    { a: { long }, list: [{ id: 2 }, { id: 1 }] },
  );
  const basic = await compare('basic');
  expect(basic.status).toBe(200);
  expect(basic.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(basic.headers.get('x-content-type-options')).toBe('nosniff');
  expect(basic.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(basic.body).toContain('<p>4 differences</p>');
  expect(basic.body).toContain(
    '<code>a</code> changed<del><pre>1</pre></del><ins><pre>{&quot;long&quot;:&quot;long long',
  );
  expect(basic.body).toContain(
    '<code>[&quot;odd name&quot;]</code> removed<del><pre>&quot;x&quot;</pre></del>',
  );
  expect(basic.body).toMatch(/<code>list\[\d\]<\/code> moved to <code>\[\d\]<\/code>/);
  expect(basic.body).not.toContain(long);
  expect((await compare()).body).toBe(basic.body);

  const full = await compare('json');
  expect(full.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(full.body).toContain(`<ins><pre>{\n  &quot;long&quot;: &quot;${long}&quot;\n}</pre></ins>`);
});

test('nothing of a dashboard comes out as markup', async () => {
  const evil = `<script>alert(1)</script><img src=x onerror='alert(2)'>&lt;"`;
  const { compare } = await makeVersions(
    { [evil]: 1, gone: evil, list: [{ id: evil }] },
    { new: { [evil]: evil }, list: [{ id: evil, [evil]: evil }] },
  );
  for (const diffType of ['basic', 'json']) {
    const { body } = await compare(diffType);
    expect(body).toContain('&lt;script&gt;alert(1)');
    expect(body.replaceAll(/<\/?(?:div|p|ul|li|code|del|ins|pre)(?: class="diff")?>/g, '')).not.toMatch(
      /[<>"']/,
    );
  }
});

test('numbers beyond what JavaScript can hold differ, and are told as they were written', async () => {
  const { compare } = await makeVersions(
    '"big":12345678901234567890,"same":[1.0,98765432109876543210],"far":1e400',
    '"big":12345678901234567891,"same":[1,98765432109876543210.0],"far":1e401',
  );
  expect((await compare('basic')).body).toContain(
    '<del><pre>12345678901234567890</pre></del><ins><pre>12345678901234567891</pre></ins>',
  );
  const headers = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
  const { uid, side } = await makeVersions('"n":12345678901234567890', '"n":12345678901234567891');
  expect(uid).not.toBe('');
  const body = JSON.stringify({ base: side(1), new: side(2), diffType: 'delta' });
  const url = `${world.url}/api/dashboards/calculate-diff`;
  const answer = await fetch(url, { method: 'POST', body, headers });
  expect(await answer.text()).toBe('{"n":[12345678901234567890,12345678901234567891],"version":[1,2]}');
});

test('a version compared with itself has no difference', async () => {
  const { side } = await makeVersions({ a: [1, { b: 2 }] });
  const same = (diffType: string) => diff({ base: side(1), new: side(1), diffType });
  expect((await same('delta')).body).toEqual({});
  expect((await same('basic')).body).toContain('Nothing is different');
});

test('two dashboards are compared, by id or uid, and with what is not saved yet', async () => {
  const one = await makeVersions({ a: 1 });
  const other = await makeVersions({ a: 2 });
  const two = await diff({
    base: { dashboardId: one.id, version: 1 },
    new: { dashboardUid: other.uid, dashboardId: null, version: 1 },
    diffType: 'delta',
  });
  expect(two.body).toMatchObject({ a: [1, 2], title: [one.title, other.title], uid: [one.uid, other.uid] });

  const unsaved =
    `{"base":{"dashboardUid":"${one.uid}","version":1},"new":{"dashboardUid":"${one.uid}","version":99,` +
    `"unsavedDashboard":{"title":"${one.title}","id":${one.id},"uid":"${one.uid}","version":1,"a":1.00000000000000000001}},"diffType":"basic"}`;
  const { status, body } = await diff(unsaved);
  expect(status).toBe(200);
  expect(body).toContain('<p>1 difference</p>');
  expect(body).toContain('<ins><pre>1.00000000000000000001</pre></ins>');
});

test('who may not write to both dashboards does not see what they were', async () => {
  const { body: folder } = await world.send(ADMIN, 'POST', '/api/folders', { title: `closed ${++names}` });
  const items = {
    items: [
      { role: 'Viewer', permission: 1 },
      { role: 'Editor', permission: 1 },
    ],
  };
  await world.send(ADMIN, 'POST', `/api/folders/${folder.uid}/permissions`, items);
  const closed = await makeVersions({ a: 1 }, { a: 2 });
  const move = {
    dashboard: { uid: closed.uid, title: closed.title },
    folderUid: folder.uid,
    overwrite: true,
  };
  expect((await world.send(ADMIN, 'POST', '/api/dashboards/db', move)).status).toBe(200);
  const open = await makeVersions({ a: 1 }, { a: 2 });

  expect((await open.compare('delta', editor)).status).toBe(200);
  const unsaved = { ...closed.side(1), unsavedDashboard: { a: 3 } };
  const missing = { dashboardUid: 'is-not-there', version: 1 };
  for (const [base, other] of [
    [closed.side(1), closed.side(2)],
    [open.side(1), closed.side(1)],
    [closed.side(1), open.side(1)],
    [{ dashboardId: closed.id, version: 1 }, open.side(1)],
    [unsaved, open.side(1)],
    // What is not there is not to be told from what is closed.
    [open.side(1), missing],
    [open.side(1), { dashboardId: 987_654, version: 1 }],
  ]) {
    const { status, body } = await diff({ base, new: other, diffType: 'delta' }, editor);
    expect(status, JSON.stringify([base, other, body])).toBe(403);
  }
  const refusals = [closed.id, 987_654].map(async (dashboardId) => {
    const { body } = await diff({ base: open.side(1), new: { dashboardId, version: 1 } }, editor);
    return [body.message, body.detail];
  });
  const [ofClosed, ofMissing] = await Promise.all(refusals);
  expect(ofClosed).toEqual(ofMissing);
  for (const body of [{ base: open.side(1), new: open.side(2) }, '{nonsense', undefined]) {
    expect((await diff(body, viewer)).status).toBe(403);
    expect((await world.send(undefined, 'POST', '/api/dashboards/calculate-diff', body)).status).toBe(401);
  }
});

test("another organization's dashboard is missing like any other that is not there", async () => {
  const { id, uid, side } = await makeVersions({ secret: 'of the first' });
  const orgId = await makeOrg(world, `comparing ${++names}`);
  const { as } = await makeMember(world, orgId, 'theodora', 'Admin');
  const dashboard = { title: 'own' };
  const { body: own } = await world.send(as, 'POST', '/api/dashboards/db', { dashboard });
  const mine = { dashboardUid: own.uid, version: 1 };
  const answers = [];
  for (const theirs of [side(1), { dashboardId: id, version: 1 }, { dashboardUid: 'nowhere', version: 1 }]) {
    for (const body of [
      { base: mine, new: theirs },
      { base: theirs, new: mine },
      { base: { ...theirs, unsavedDashboard: {} }, new: mine },
    ]) {
      const answer = await diff(body, as);
      answers.push([answer.status, answer.body.message]);
    }
  }
  expect(uid).not.toBe(own.uid);
  expect(answers).toEqual(Array.from({ length: 9 }, () => [404, 'Dashboard not found']));
});

test('a version that is not kept is missing, and so are a folder and a dashboard that was deleted', async () => {
  const { uid, side } = await makeVersions({ a: 1 });
  for (const version of [0, -1, 2, Number.MAX_SAFE_INTEGER]) {
    const { status, body } = await diff({ base: side(1), new: side(version) });
    expect([status, body.message]).toEqual([404, 'Dashboard version not found']);
  }
  const { body: folder } = await world.send(ADMIN, 'POST', '/api/folders', { title: `no version ${names}` });
  const ofFolder = { dashboardUid: folder.uid, version: 1 };
  expect((await diff({ base: side(1), new: ofFolder })).status).toBe(404);
  await world.send(ADMIN, 'DELETE', `/api/dashboards/uid/${uid}`);
  const again = { dashboard: { uid, title: `again ${names}` } };
  await world.send(ADMIN, 'POST', '/api/dashboards/db', again);
  expect((await diff({ base: side(1), new: side(2) })).status).toBe(404);
});

test.each<[string, unknown]>([
  ['nothing', {}],
  ['no list', []],
  ['no new side', { base: { dashboardUid: 'x', version: 1 } }],
  ['no dashboard', { base: { version: 1 }, new: { version: 1 } }],
  ['an empty uid', { base: { dashboardUid: '', version: 1 }, new: { version: 1 } }],
  ['a version as a text', { base: { dashboardUid: 'x', version: '1' }, new: {} }],
  ['a huge version', { base: { dashboardUid: 'x', version: 1e300 }, new: {} }],
  ['a NUL', { base: { dashboardUid: '\u0000', version: 1 }, new: {} }],
  ['a long uid', { base: { dashboardUid: 'x'.repeat(10_000), version: 1 }, new: {} }],
  ['an unknown type', { base: {}, new: {}, diffType: 'xml' }],
  ['an unsaved dashboard that is a list', { base: { dashboardUid: 'x', unsavedDashboard: [] }, new: {} }],
])('what cannot be compared is refused: %s', async (_, body) => {
  const answer = await diff(body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(400);
  expect(answer.body.detail).toEqual(expect.any(String));
});

test('without a version there is nothing to compare', async () => {
  const { uid, side } = await makeVersions({ a: 1 });
  const { status, body } = await diff({ base: side(1), new: { dashboardUid: uid } });
  expect([status, body.detail]).toEqual([400, 'new.version is required']);
});

const PANELS = 5000;
const panels = (change: (n: number) => object): object[] =>
  Array.from({ length: PANELS }, (_, id) => ({
    id,
    type: 'graph',
    title: `panel ${id}`,
    gridPos: { h: 8, w: 12, x: 0, y: id },
    targets: [{ refId: 'A', expr: `rate(requests_total{job="${id}"}[5m])` }],
    ...change(id),
  }));

test.each<[string, string, () => [object, object]]>([
  [
    'every panel changed and elsewhere',
    'basic',
    () => [{ panels: panels(() => ({})) }, { panels: panels((n) => ({ n })).toReversed() }],
  ],
  [
    'two lists of numbers',
    'delta',
    () => [{ list: Array<number>(500_000).fill(1) }, { list: Array<number>(500_000).fill(2) }],
  ],
])('two dashboards of 2 MiB together are compared as well: %s', async (_, diffType, make) => {
  const { compare } = await makeVersions(...make());
  const { status, body } = await compare(diffType);
  expect(status).toBe(200);
  expect(JSON.stringify(body)).toMatch(/list|panels/);
});

test('what is too large to be compared in a moment is refused, and the refusal says what to do', async () => {
  const text = 'x'.repeat(700_000);
  const { uid, side, compare } = await makeVersions({ a: text }, { a: text, b: text });
  for (const diffType of ['basic', 'json', 'delta']) {
    const { status, body } = await compare(diffType);
    expect(status).toBe(413);
    expect(body.detail).toContain('/versions/{version}');
  }
  expect((await diff({ base: side(1), new: side(1) })).status).toBe(200);
  const unsavedDashboard = { a: text, b: text };
  expect((await diff({ base: side(1), new: { dashboardUid: uid, unsavedDashboard } })).status).toBe(413);
  // Letters of more than a byte count as what they are.
  const wide = { a: '\u20ac'.repeat(500_000) };
  expect((await diff({ base: side(1), new: { dashboardUid: uid, unsavedDashboard: wide } })).status).toBe(
    413,
  );
  // Who may not read them learns no more from their size.
  expect((await compare('basic', viewer)).status).toBe(403);
});

test('a page of differences stays small, however deep or many the values are, and says what it leaves out', async () => {
  let deep = `[${Array(40_000).fill('1').join(',')}]`;
  for (let depth = 0; depth < 180; depth++) deep = `[${deep}]`;
  const nested = await makeVersions('"a":1', `"a":${deep}`);
  const { status, body } = await nested.compare('json');
  expect(status).toBe(200);
  expect(body.length).toBeLessThan(200_000);
  expect(body).not.toContain('left out');

  const quotes = '"'.repeat(1000);
  const texts = (more: string) => ({
    list: Array.from({ length: 450 }, (_, id) => ({ id, text: quotes + more })),
  });
  const many = await makeVersions(texts('a'), texts('b'));
  const page = await many.compare('json');
  expect(page.status).toBe(200);
  expect(page.body.length).toBeGreaterThan(3_000_000);
  expect(page.body.length).toBeLessThan(4_100_000);
  expect(page.body).toContain('<p>451 differences</p>');
  expect(page.body).toMatch(/<p>Only the first \d+ are listed: the rest is left out\./);
});
