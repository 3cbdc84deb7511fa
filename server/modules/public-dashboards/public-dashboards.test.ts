import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type Answer, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
let viewer: As;
let editor: As;
let stranger: As;
let viewerId = 0;
beforeAll(async () => {
  world = await startWorld({ log: { level: 'debug' } });
  const vera = await makeMember(world, 1, 'vera', 'Viewer');
  [viewer, viewerId] = [vera.as, vera.id];
  editor = (await makeMember(world, 1, 'edna', 'Editor')).as;
  stranger = (await makeMember(world, await makeOrg(world, 'elsewhere'), 'stan', 'Admin')).as;
});
afterAll(() => world.stop());

const MISSING = 'Public dashboard not found';
const sorted = (answers: Answer[]): number[] =>
  answers.map(({ status }) => status).toSorted((one, other) => one - other);
let names = 0;
const fresh = (): string => `Board ${++names}`;
const TOKEN = (letter: string): string => letter.repeat(32);

async function save(dashboard: object = {}, more: object = {}, as: As = ADMIN): Promise<string> {
  const document = { title: fresh(), ...dashboard };
  const answer = await world.send(as, 'POST', '/api/dashboards/db', {
    dashboard: document,
    overwrite: true,
    ...more,
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.uid;
}

const pathOf = (uid: string): string => `/api/dashboards/uid/${uid}/public-dashboards`;

function publish(uid: string, body: unknown = {}, as: As = ADMIN): Promise<Answer> {
  return world.send(as, 'POST', pathOf(uid), body);
}

async function makePublic(uid: string, body: object = { isEnabled: true }, as: As = ADMIN) {
  const answer = await publish(uid, body, as);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as { uid: string; accessToken: string; isEnabled: boolean };
}

/** As anybody on the street. */
function visit(token: string): Promise<Answer> {
  return world.send(undefined, 'GET', `/api/public/dashboards/${token}`);
}

function change(uid: string, publicUid: string, body: unknown, as: As = ADMIN, method = 'PATCH') {
  return world.send(as, method, `${pathOf(uid)}/${publicUid}`, body);
}

function unpublish(uid: string, publicUid: string, as: As = ADMIN): Promise<Answer> {
  return world.send(as, 'DELETE', `${pathOf(uid)}/${publicUid}`);
}

test('a dashboard is made public, read, changed and made private again', async () => {
  const uid = await save();
  const before = await world.send(viewer, 'GET', pathOf(uid));
  expect([before.status, before.body]).toEqual([
    404,
    expect.objectContaining({ message: MISSING, messageId: 'publicdashboards.notFound', statusCode: 404 }),
  ]);
  const made = await makePublic(uid, {});
  expect(made).toEqual({
    uid: expect.stringMatching(/^[A-Za-z0-9]{14}$/),
    dashboardUid: uid,
    accessToken: expect.stringMatching(/^[0-9a-f]{32}$/),
    isEnabled: false,
    annotationsEnabled: false,
    timeSelectionEnabled: false,
    share: 'public',
    createdBy: 1,
    updatedBy: 1,
    createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  expect((await world.send(viewer, 'GET', `${pathOf(uid)}/`)).body).toEqual(made);

  const opened = await change(uid, made.uid, { isEnabled: true, annotationsEnabled: true });
  expect(opened.body).toEqual({
    ...made,
    isEnabled: true,
    annotationsEnabled: true,
    updatedAt: expect.any(String),
  });
  // What is left out, or null, stays; the token and the uid stay whatever is sent.
  const sent = {
    timeSelectionEnabled: true,
    isEnabled: null,
    share: '',
    accessToken: TOKEN('f'),
    uid: 'other',
  };
  const again = await change(uid, made.uid, sent, ADMIN, 'PUT');
  expect(again.body).toEqual({ ...opened.body, timeSelectionEnabled: true, updatedAt: expect.any(String) });
  expect((await visit(made.accessToken)).status).toBe(200);

  const gone = await unpublish(uid, made.uid);
  expect([gone.status, gone.body]).toEqual([200, { message: 'Public dashboard deleted' }]);
  expect((await visit(made.accessToken)).status).toBe(404);
  expect((await unpublish(uid, made.uid)).status).toBe(404);
});

test('whoever has the link reads the dashboard as it is stored but for its queries, and nothing of people or places', async () => {
  const { body: folder } = await world.send(ADMIN, 'POST', '/api/folders', { title: 'Secret plans' });
  const place = { folderUid: folder.uid };
  const inner = '"one":1.0,"big":12345678901234567890123,"templating":{"list":[{"name":"v"}]}';
  const sent = inner.replace('"name":"v"', '"name":"v","query":"q"');
  const title = `Größe ${fresh()}`;
  const { body: saved } = await world.send(
    ADMIN,
    'POST',
    '/api/dashboards/db',
    `{"folderUid":"${place.folderUid}","dashboard":{"title":"${title}",${sent}}}`,
  );
  const made = await makePublic(saved.uid);
  const answer = await visit(made.accessToken);
  expect(answer.body.meta).toEqual({
    type: 'db',
    slug: saved.slug,
    url: '',
    version: 1,
    created: expect.stringMatching(/^\d{4}-.*Z$/),
    updated: expect.stringMatching(/^\d{4}-.*Z$/),
    expires: '0001-01-01T00:00:00Z',
    createdBy: '',
    updatedBy: '',
    canSave: false,
    canEdit: false,
    canAdmin: false,
    canStar: false,
    canDelete: false,
    hasAcl: false,
    isFolder: false,
    folderId: 0,
    folderUid: '',
    folderTitle: '',
    folderUrl: '',
    provisioned: false,
    provisionedExternalId: '',
    annotationsPermissions: null,
    hasPublicDashboard: true,
    publicDashboardAccessToken: '',
    publicDashboardUid: made.uid,
    publicDashboardEnabled: true,
  });
  const text = await (await fetch(`${world.url}/api/public/dashboards/${made.accessToken}`)).text();
  const own = `"id":${saved.id},"uid":"${saved.uid}","version":1`;
  expect(text.slice(text.lastIndexOf('"dashboard":'))).toBe(
    `"dashboard":{"title":"${title}",${inner},${own}}}`,
  );
  expect(text).not.toMatch(/admin"|Secret plans/);
  expect(answer.headers.get('cache-control')).toBe('no-store');

  // A credential changes nothing, not even a wrong one.
  for (const as of [stranger, { bearer: 'wrong' }]) {
    const same = await world.send(as, 'GET', `/api/public/dashboards/${made.accessToken}`);
    expect([same.status, same.body]).toEqual([200, answer.body]);
  }
  await save({ uid: saved.uid, title: 'next' }, place);
  expect((await visit(made.accessToken)).body).toMatchObject({
    meta: { version: 2, slug: 'next' },
    dashboard: { title: 'next', version: 2 },
  });
});

test('every token that opens nothing is answered alike', async () => {
  const uid = await save();
  const { accessToken, uid: publicUid } = await makePublic(uid, {});
  const bodyOf = ({ status, body }: Answer) => ({ status, ...body, traceID: '' });
  const unknown = bodyOf(await visit(TOKEN('0')));
  expect(unknown).toEqual({
    status: 404,
    message: MISSING,
    messageId: 'publicdashboards.notFound',
    statusCode: 404,
    traceID: '',
  });
  const wrong = [
    'x',
    '*',
    '%25',
    '%00',
    "'",
    'null',
    publicUid,
    uid,
    'a'.repeat(31),
    TOKEN('g'),
    'x'.repeat(5000),
  ];
  for (const token of [accessToken, accessToken.toUpperCase(), `${accessToken}0`, ...wrong]) {
    expect(bodyOf(await visit(token)), token.slice(0, 40)).toEqual(unknown);
  }
  await change(uid, publicUid, { isEnabled: true });
  expect((await visit(accessToken)).status).toBe(200);
  await change(uid, publicUid, { isEnabled: false });
  expect(bodyOf(await visit(accessToken))).toEqual(unknown);
});

test('a dashboard is made public once', async () => {
  const uid = await save();
  await makePublic(uid);
  const second = await publish(uid, {});
  expect([second.status, second.body]).toEqual([
    400,
    expect.objectContaining({
      message: 'Dashboard is already public',
      messageId: 'publicdashboards.dashboardIsPublic',
    }),
  ]);
  const other = await save();
  const all = await Promise.all(Array.from({ length: 6 }, () => publish(other, {})));
  expect(sorted(all)).toEqual([200, 400, 400, 400, 400, 400]);
});

test('a uid may be chosen once in an organization, and a token once anywhere', async () => {
  const [one, two] = [await save(), await save()];
  const theirs = await save({}, {}, stranger);
  const chosen = { uid: 'cd56d9fd-f3d4-486d-afba-a21760e2acbe', accessToken: TOKEN('A') };
  expect(await makePublic(one, chosen)).toMatchObject(chosen);
  const cases: [string, object, As, string][] = [
    [two, { uid: chosen.uid }, ADMIN, 'publicdashboards.uidExists'],
    [two, { accessToken: chosen.accessToken }, ADMIN, 'publicdashboards.accessTokenExists'],
    [theirs, { accessToken: chosen.accessToken }, stranger, 'publicdashboards.accessTokenExists'],
  ];
  for (const [uid, body, as, messageId] of cases) {
    const answer = await publish(uid, body, as);
    expect([answer.status, answer.body.messageId]).toEqual([400, messageId]);
  }
  expect(await makePublic(theirs, { uid: chosen.uid }, stranger)).toMatchObject({ uid: chosen.uid });
  // Empty is none.
  expect(await makePublic(two, { uid: '', accessToken: '', share: '' })).toMatchObject({ share: 'public' });
});

test('it ends with its dashboard, and does not come back with one of the same uid', async () => {
  const uid = await save();
  const { accessToken, uid: publicUid } = await makePublic(uid);
  expect((await world.send(ADMIN, 'DELETE', `/api/dashboards/uid/${uid}`)).status).toBe(200);
  expect((await visit(accessToken)).status).toBe(404);
  await save({ uid });
  expect((await visit(accessToken)).status).toBe(404);
  expect((await world.send(ADMIN, 'GET', pathOf(uid))).body.message).toBe(MISSING);
  expect((await change(uid, publicUid, { isEnabled: true })).status).toBe(404);

  const { body: folder } = await world.send(ADMIN, 'POST', '/api/folders', { title: fresh() });
  const inFolder = await makePublic(await save({}, { folderUid: folder.uid }));
  expect((await world.send(ADMIN, 'DELETE', `/api/folders/${folder.uid}`)).status).toBe(200);
  expect((await visit(inFolder.accessToken)).status).toBe(404);
});

test('it is changed and deleted only by the uid of its own dashboard', async () => {
  const [one, two] = [await save(), await save()];
  const [first, second] = [await makePublic(one), await makePublic(two)];
  for (const [uid, publicUid] of [
    [one, second.uid],
    [two, first.uid],
    [one, 'nope'],
    ['nope', first.uid],
  ] as const) {
    for (const answer of [
      await change(uid, publicUid, { isEnabled: false }),
      await change(uid, publicUid, { isEnabled: false }, ADMIN, 'PUT'),
      await unpublish(uid, publicUid),
    ]) {
      expect(answer.status).toBe(404);
    }
  }
  for (const { accessToken } of [first, second]) expect((await visit(accessToken)).status).toBe(200);
});

test('Viewers and Editors read it, and are told no before the body is looked at', async () => {
  const uid = await save();
  const { uid: publicUid, accessToken } = await makePublic(uid);
  const other = await save();
  for (const as of [viewer, editor]) {
    expect((await world.send(as, 'GET', pathOf(uid))).body.accessToken).toBe(accessToken);
    for (const body of ['{nonsense', '{}', undefined]) {
      for (const answer of [
        await publish(other, body, as),
        await publish('nope', body, as),
        await change(uid, publicUid, body, as),
        await change(uid, 'nope', body, as, 'PUT'),
      ]) {
        expect([answer.status, answer.body.message]).toEqual([
          403,
          expect.stringMatching(/^Permission denied: dashboards.public:write/),
        ]);
      }
    }
    expect((await unpublish(uid, publicUid, as)).status).toBe(403);
  }
  expect((await visit(accessToken)).status).toBe(200);
});

test('who may not read a dashboard is not told whether it is public', async () => {
  const uid = await save();
  await makePublic(uid);
  await world.send(ADMIN, 'POST', `/api/dashboards/uid/${uid}/permissions`, { items: [] });
  const hidden = await world.send(viewer, 'GET', pathOf(uid));
  expect([hidden.status, hidden.body.message]).toEqual([403, expect.stringMatching(/^Permission denied/)]);
  const query = '/api/dashboards/public-dashboards';
  const { body } = await world.send(viewer, 'GET', query);
  expect(body.publicDashboards.map((one: { dashboardUid: string }) => one.dashboardUid)).not.toContain(uid);
  const items = [{ userId: viewerId, permission: 1 }];
  await world.send(ADMIN, 'POST', `/api/dashboards/uid/${uid}/permissions`, { items });
  expect((await world.send(viewer, 'GET', pathOf(uid))).status).toBe(200);
  const after = await world.send(viewer, 'GET', query);
  expect(after.body.totalCount).toBe(body.totalCount + 1);
});

test('another organization sees and touches nothing', async () => {
  const uid = await save();
  const { uid: publicUid, accessToken } = await makePublic(uid);
  for (const answer of [
    await world.send(stranger, 'GET', pathOf(uid)),
    await publish(uid, {}, stranger),
    await change(uid, publicUid, { isEnabled: false }, stranger),
    await change(uid, publicUid, { isEnabled: false }, stranger, 'PUT'),
    await unpublish(uid, publicUid, stranger),
  ]) {
    expect([answer.status, answer.body.message]).toEqual([404, 'Dashboard not found']);
  }
  const { body } = await world.send(stranger, 'GET', '/api/dashboards/public-dashboards');
  expect(JSON.stringify(body)).not.toContain(accessToken);
  expect((await visit(accessToken)).status).toBe(200);
  for (const path of [pathOf(uid), '/api/dashboards/public-dashboards']) {
    expect((await world.send(undefined, 'GET', path)).status).toBe(401);
  }
});

test('public dashboards are listed by title, page by page until an empty page', async () => {
  const mark = `Zeta${++names}`;
  const uids = new Map<string, string>();
  for (const name of ['b', 'A', 'c']) uids.set(name, await save({ title: `${mark} ${name}` }));
  await save({ title: `${mark} private` });
  const shown = await makePublic(uids.get('A') ?? '', { isEnabled: true });
  for (const name of ['b', 'c']) await makePublic(uids.get(name) ?? '', {});
  const list = async (query: string) => {
    const { status, body } = await world.send(viewer, 'GET', `/api/dashboards/public-dashboards?${query}`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body;
  };
  const all = await list(`query=${mark}`);
  expect(all).toMatchObject({ totalCount: 3, page: 1, perPage: 1000 });
  expect(all.publicDashboards[0]).toEqual({
    uid: shown.uid,
    accessToken: shown.accessToken,
    title: `${mark} A`,
    slug: `${mark.toLowerCase()}-a`,
    dashboardUid: uids.get('A'),
    isEnabled: true,
  });
  const titles: string[] = [];
  for (let page = 1; ; page++) {
    const { publicDashboards, ...rest } = await list(`query=${mark}&perpage=2&page=${page}`);
    expect(rest).toEqual({ totalCount: 3, page, perPage: 2 });
    if (publicDashboards.length === 0) break;
    titles.push(...publicDashboards.map((one: { title: string }) => one.title));
  }
  expect(titles).toEqual([`${mark} A`, `${mark} b`, `${mark} c`]);
  expect((await list('query=%25%25')).publicDashboards).toEqual([]);
});

test('the dashboard itself tells that it is public', async () => {
  const uid = await save();
  const meta = async () => (await world.send(viewer, 'GET', `/api/dashboards/uid/${uid}`)).body.meta;
  const not = {
    hasPublicDashboard: false,
    publicDashboardAccessToken: '',
    publicDashboardUid: '',
    publicDashboardEnabled: false,
  };
  expect(await meta()).toMatchObject(not);
  const made = await makePublic(uid);
  expect(await meta()).toMatchObject({
    hasPublicDashboard: true,
    publicDashboardAccessToken: made.accessToken,
    publicDashboardUid: made.uid,
    publicDashboardEnabled: true,
  });
  await change(uid, made.uid, { isEnabled: false });
  expect(await meta()).toMatchObject({ hasPublicDashboard: true, publicDashboardEnabled: false });
  await unpublish(uid, made.uid);
  expect(await meta()).toMatchObject(not);
});

test.each([
  [{ uid: 'a b' }, 'publicdashboards.invalidUid'],
  [{ uid: '\u0000' }, 'publicdashboards.invalidUid'],
  [{ uid: 'x'.repeat(10_000) }, 'publicdashboards.invalidUid'],
  [{ accessToken: 'short' }, 'publicdashboards.invalidAccessToken'],
  [{ accessToken: TOKEN('g') }, 'publicdashboards.invalidAccessToken'],
  [{ accessToken: `${TOKEN('a')}a` }, 'publicdashboards.invalidAccessToken'],
  [{ accessToken: `${TOKEN('a')}\n` }, 'publicdashboards.invalidAccessToken'],
  [{ accessToken: '\u0000' }, 'publicdashboards.invalidAccessToken'],
  [{ share: 'email' }, 'publicdashboards.invalidShareType'],
  [{ share: '\u0000' }, 'bad-request'],
  [{ share: 'x'.repeat(10_000) }, 'bad-request'],
  [{ share: 7 }, 'bad-request'],
  [{ uid: 7 }, 'bad-request'],
  [{ accessToken: 7 }, 'bad-request'],
  [{ isEnabled: 'true' }, 'bad-request'],
  [{ annotationsEnabled: 1 }, 'bad-request'],
  [{ timeSelectionEnabled: {} }, 'bad-request'],
  ['[]', 'bad-request'],
  ['{', 'bad-request'],
])('%# nothing is made public of what does not fit', async (body, messageId) => {
  const uid = await save();
  const answer = await publish(uid, body);
  expect([answer.status, answer.body.messageId], JSON.stringify(answer.body)).toEqual([400, messageId]);
  expect((await world.send(ADMIN, 'GET', pathOf(uid))).status).toBe(404);
});

test('where it is switched off, nothing is made public and nothing that was can be read', async () => {
  const closed = await startWorld({ public_dashboards: { enabled: false } });
  const dashboard = { title: 'one' };
  const { body: saved } = await closed.send(ADMIN, 'POST', '/api/dashboards/db', { dashboard });
  const refused = await closed.send(ADMIN, 'POST', pathOf(saved.uid), { isEnabled: true });
  expect([refused.status, refused.body.detail]).toEqual([
    403,
    expect.stringContaining('[public_dashboards] enabled'),
  ]);
  // As if it had been made before.
  await closed.context.db
    .insertInto('public_dashboard')
    .values({
      org_id: 1,
      dashboard_id: saved.id,
      uid: 'old',
      access_token: TOKEN('b'),
      is_enabled: 1,
      annotations_enabled: 0,
      time_selection_enabled: 0,
      share: 'public',
      created_at: 0,
      created_by: null,
      updated_at: 0,
      updated_by: null,
    })
    .execute();
  const { status, body } = await closed.send(undefined, 'GET', `/api/public/dashboards/${TOKEN('b')}`);
  expect([status, body.message]).toEqual([404, MISSING]);
  expect(
    (await closed.send(ADMIN, 'GET', `/api/dashboards/uid/${saved.uid}`)).body.meta.publicDashboardEnabled,
  ).toBe(false);
  expect((await closed.send(ADMIN, 'DELETE', `${pathOf(saved.uid)}/old`)).status).toBe(200);
  await closed.stop();
});

test('what is done to public dashboards is recorded, and no token is written down', async () => {
  const uid = await save();
  const made = await makePublic(uid);
  await visit(made.accessToken);
  await change(uid, made.uid, { isEnabled: false });
  await visit(made.accessToken);
  await unpublish(uid, made.uid);
  const rows = await world.context.db
    .selectFrom('audit')
    .selectAll()
    .where('object_id', '=', made.uid)
    .execute();
  expect(rows.map(({ action }) => action)).toEqual([
    'dashboards.public:create',
    'dashboards.public:write',
    'dashboards.public:delete',
  ]);
  expect(JSON.parse(rows[1]?.change ?? '')).toMatchObject({ dashboardUid: uid, isEnabled: false });
  expect(JSON.stringify(rows)).not.toContain(made.accessToken);
  const lines = world.log.filter((line) => line.includes('/api/public/dashboards/'));
  expect(lines.length).toBeGreaterThan(1);
  expect(world.log.join('')).not.toContain(made.accessToken);
});

test('no literal of a query gets out by the link, wherever in the dashboard it stands', async () => {
  const secret = 'literal-of-a-query';
  const query = Object.fromEntries(
    ['expr', 'query', 'rawSql', 'rawQuery', 'queryText', 'target', 'body'].map((name) => [name, secret]),
  );
  const datasource = { type: 'prometheus', uid: 'prom', [secret]: secret };
  const targets = [
    { refId: 'A', hide: false, datasource, ...query, more: { deep: [secret] } },
    { refId: { x: secret } },
    secret,
  ];
  const panel = { id: 1, title: 'kept', targets, alert: { conditions: [{ query: { params: [secret] } }] } };
  const uid = await save({
    panels: [panel, { type: 'row', collapsed: true, panels: [panel] }, { libraryPanel: { model: panel } }],
    rows: [{ panels: [panel] }, { targets: { expr: secret } }],
    annotations: { list: [{ name: 'deploys', enable: true, datasource, ...query, tags: [secret] }] },
    templating: {
      [secret]: secret,
      list: [
        {
          name: 'host',
          type: 'query',
          ...query,
          definition: secret,
          regex: secret,
          current: { value: secret },
          options: [{ value: secret }],
        },
      ],
    },
  });
  const { accessToken } = await makePublic(uid);
  const left = { type: 'prometheus', uid: 'prom' };
  for (const time of ['first', 'again']) {
    const { status, body } = await visit(accessToken);
    expect([status, time]).toEqual([200, time]);
    expect(JSON.stringify(body)).not.toContain(secret);
    const [shown, row, library] = body.dashboard.panels;
    for (const one of [shown, row.panels[0], library.libraryPanel.model, body.dashboard.rows[0].panels[0]]) {
      expect(one.title).toBe('kept');
      expect(one.targets).toEqual([{ refId: 'A', hide: false, datasource: left }, {}]);
    }
    expect(body.dashboard.annotations).toEqual({
      list: [{ name: 'deploys', enable: true, datasource: left }],
    });
    expect(body.dashboard.templating).toEqual({ list: [{ name: 'host', type: 'query' }] });
  }
  await save({ uid, panels: [{ targets: [{ refId: 'B', expr: secret }] }] });
  const next = await visit(accessToken);
  expect(next.body.dashboard.panels).toEqual([{ targets: [{ refId: 'B' }] }]);
});

test.each([[null], [[]], [{}], [7], ['text'], [{ list: {} }], [{ list: [null, [], 1] }]])(
  'a dashboard of an odd form is shown to the public as well: %j',
  async (odd) => {
    const uid = await save({ annotations: odd, templating: odd, rows: odd, targets: odd });
    const { accessToken } = await makePublic(uid);
    const { status, body } = await visit(accessToken);
    expect(status).toBe(200);
    expect(body.dashboard).toMatchObject({
      annotations: { list: [] },
      templating: { list: [] },
      targets: [],
    });
  },
);

test('nobody makes public what they may not read', async () => {
  const { as, id } = await makeMember(world, 1, 'paula', 'Viewer');
  const permissions = [{ action: 'dashboards.public:write', scope: 'dashboards:*' }];
  const { body: role } = await world.send(ADMIN, 'POST', '/api/access-control/roles', {
    name: 'publishing',
    permissions,
  });
  const given = await world.send(ADMIN, 'POST', `/api/access-control/users/${id}/roles`, {
    roleUid: role.uid,
  });
  expect(given.status).toBe(200);
  const [hidden, paused, open] = [await save(), await save(), await save()];
  const { uid: pausedUid, accessToken } = await makePublic(paused, {});
  for (const uid of [hidden, paused]) {
    await world.send(ADMIN, 'POST', `/api/dashboards/uid/${uid}/permissions`, { items: [] });
  }
  for (const refused of [
    await publish(hidden, { isEnabled: true }, as),
    await change(paused, pausedUid, { isEnabled: true }, as),
    await change(paused, pausedUid, { isEnabled: true }, as, 'PUT'),
  ]) {
    expect(refused.status).toBe(403);
    expect(refused.body.message).toContain('dashboards:read');
  }
  expect((await visit(accessToken)).status).toBe(404);
  expect((await world.send(ADMIN, 'GET', pathOf(hidden))).status).toBe(404);
  const made = await makePublic(open, {}, as);
  expect((await change(open, made.uid, { isEnabled: true }, as)).status).toBe(200);
});
