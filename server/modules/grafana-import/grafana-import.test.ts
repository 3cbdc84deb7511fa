import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DOCUMENTS,
  fillGrafana,
  type Held,
  OLD_SECRET_KEY,
  PUBLIC_TOKEN,
  SECRET,
} from '../../../test/support/grafana-content.ts';
import { type Engine, type GrafanaDatabase, makeGrafana } from '../../../test/support/grafana-database.ts';
import { grafanaKey } from '../../../test/support/grafana-secrets.ts';
import type { Shape } from '../../../test/support/grafana-shapes.ts';
import { countsOf, type Done, importInto } from '../../../test/support/import-grafana.ts';
import { type As, startWorld, type World } from '../../testing/world.ts';

const SOURCES: [Engine, Shape][] = [
  ['sqlite', '8'],
  ['sqlite', '9.4'],
  ['sqlite', '12'],
];
// A PostgreSQL is there where one is the target too.
if (process.env['LATCHKEY_TEST_DATABASE'] === 'postgres') SOURCES.push(['postgres', '8'], ['postgres', '12']);
if (process.env['LATCHKEY_TEST_MYSQL_URL'] === undefined)
  process.stdout.write('Import from MySQL is not tested: LATCHKEY_TEST_MYSQL_URL names no server.\n');
else SOURCES.push(['mysql', '9.4'], ['mysql', '12']);

/** A server into which a Grafana was imported, for the tests of one describe. */
function imported(engine: Engine, shape: Shape) {
  const made = {} as { world: World; grafana: GrafanaDatabase; held: Held; first: Done };
  beforeAll(async () => {
    made.world = await startWorld();
    made.grafana = await makeGrafana(engine, shape);
    made.held = await fillGrafana(made.grafana);
    made.first = await importInto(made.world, made.grafana.from, { oldSecretKey: OLD_SECRET_KEY });
  });
  afterAll(async () => {
    await made.world.stop();
    await made.grafana.remove();
  });
  return {
    made,
    ann: (): As => ({ basic: `ann:${made.held.passwords.ann}` }),
    admin: (): As => ({ basic: `admin:${made.held.passwords.admin}` }),
    robot: (): { bearer: string } => ({ bearer: made.held.tokens?.editor ?? '' }),
    get: (as: As, path: string, orgId = 1) =>
      made.world.send(as, 'GET', path, undefined, { 'x-grafana-org-id': String(orgId) }),
  };
}

describe.each(SOURCES)('from %s with the tables of Grafana %s', (engine, shape) => {
  const { made, ann, admin, get } = imported(engine, shape);

  test('every row is accounted for', () => {
    const hasAccounts = shape !== '8';
    expect(countsOf(made.first)).toEqual({
      organization: [2, 2, 0, 0, 1],
      user: [3, 3, 0, 0, 1],
      ...(hasAccounts ? { 'service account': [1, 1, 0, 0, 0] } : {}),
      membership: [hasAccounts ? 5 : 4, hasAccounts ? 5 : 4, 0, 0, 0],
      team: [1, 1, 0, 0, 0],
      'team member': [1, 1, 0, 0, 0],
      'API key': [3, 3, 0, 0, 0],
      ...(hasAccounts ? { token: [2, 2, 0, 0, 0] } : {}),
      folder: [shape === '12' ? 2 : 1, shape === '12' ? 2 : 1, 0, 0, 0],
      dashboard: [3, 3, 0, 0, 0],
      'dashboard version': [2, 2, 0, 0, 0],
      star: [1, 1, 0, 0, 0],
      'data source': [2, 2, 0, 0, hasAccounts ? 2 : 1],
      'data source secret': [1, 1, 0, 0, 0],
      permission: [7, 7, 0, 0, 0],
      preferences: [2, 2, 0, 0, 0],
      'library element': [1, 1, 0, 0, 0],
      playlist: [1, 1, 0, 0, 0],
      annotation: [2, 2, 0, 0, 0],
      ...(hasAccounts ? { 'public dashboard': [1, 1, 0, 0, 0] } : {}),
      quota: [1, 1, 0, 0, 0],
    });
    expect(made.first.notes.map(({ outcome, kind, id }) => [outcome, kind, id])).toEqual([
      ['changed', 'organization', '1'],
      ['changed', 'user', '1'],
      ['changed', 'data source', '2'],
      ...(hasAccounts ? [['changed', 'data source', '1']] : []),
    ]);
    expect(made.first.leftBehind).toEqual([{ what: 'annotations that alerts made', rows: 1 }]);
  });

  test('a key works with its role, the first time and ever after, and then by our own hash', async () => {
    for (const [secret, orgId, mayMakeFolders] of [
      [made.held.keys.viewer, 1, false],
      [made.held.keys.editor, 2, true],
    ] as const) {
      for (const round of ['first', 'second']) {
        const org = await made.world.send({ bearer: secret }, 'GET', '/api/org');
        expect([round, org.status, org.body.id]).toEqual([round, 200, orgId]);
        made.world.context.memory.clear();
      }
      const folder = await made.world.send({ bearer: secret }, 'POST', '/api/folders', {
        title: `by a key of ${orgId}`,
      });
      expect(folder.status).toBe(mayMakeFolders ? 200 : 403);
    }
    const hashes = await storedHashes();
    expect(hashes.get('ci')).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(hashes.get('old')).toMatch(/^grafana:/);
  });

  test('a key that has expired there has expired here', async () => {
    const answer = await made.world.send({ bearer: made.held.keys.expired }, 'GET', '/api/org');
    expect([answer.status, answer.body.message]).toEqual([401, 'Token expired']);
  });

  test('a password works, the first time and ever after, and then by our own hash; a wrong one never', async () => {
    expect((await get({ basic: 'ann:wrong' }, '/api/user')).status).toBe(401);
    expect((await passwordHash('ann')).startsWith('$grafana$')).toBe(true);
    for (const round of [1, 2]) {
      const user = await get(ann(), '/api/user');
      expect([round, user.status, user.body.email]).toEqual([round, 200, 'ann@example.org']);
      made.world.context.memory.clear();
    }
    expect((await passwordHash('ann')).startsWith('$argon2id$')).toBe(true);
    expect((await get({ basic: 'ann:wrong' }, '/api/user')).status).toBe(401);
    expect((await get({ basic: 'nobody:wrong' }, '/api/user')).status).toBe(401);
    const signedIn = await made.world.send(undefined, 'POST', '/login', {
      user: 'ann@example.org',
      password: made.held.passwords.ann,
    });
    expect(signedIn.status).toBe(200);
  });

  test('who is disabled there is disabled here, whatever the password', async () => {
    expect((await get({ basic: `bob:${made.held.passwords.bob}` }, '/api/user')).status).toBe(401);
    expect((await passwordHash('bob')).startsWith('$grafana$')).toBe(true);
  });

  test("the first administrator is Grafana's, and the password of a first start is none any more", async () => {
    expect((await get({ basic: 'admin:admin' }, '/api/user')).status).toBe(401);
    const user = await get(admin(), '/api/user');
    expect([user.status, user.body.id, user.body.isGrafanaAdmin]).toEqual([200, 1, true]);
  });

  test('people are in the organizations and teams where they were, with the same roles', async () => {
    const { body: orgs } = await get(ann(), '/api/user/orgs');
    expect(orgs).toEqual([
      { orgId: 1, name: 'Main Org.', role: 'Viewer' },
      { orgId: 2, name: 'Second', role: 'Editor' },
    ]);
    const { body: members } = await get(admin(), '/api/teams/1/members');
    expect(members).toMatchObject([{ login: 'ann', permission: 4 }]);
    const { body: team } = await get(admin(), '/api/teams/1');
    expect(team).toMatchObject({ name: 'ops', email: 'ops@example.org' });
  });

  test('dashboards come back as they were, in their folders, with their versions', async () => {
    const { body: top } = await get(admin(), '/api/dashboards/uid/d-top');
    expect(top.dashboard).toEqual(JSON.parse(DOCUMENTS.top));
    expect(top.meta).toMatchObject({
      folderUid: '',
      version: 3,
      createdBy: 'ann',
      updatedBy: 'admin',
      updated: '2023-01-02T03:04:05Z',
    });
    const { body: inner } = await get(admin(), '/api/dashboards/uid/d-in');
    expect(inner.dashboard).toEqual(JSON.parse(DOCUMENTS.inner));
    expect(inner.meta.folderUid).toBe(shape === '12' ? 'f-inner' : 'f-top');
    const { body: versions } = await get(admin(), '/api/dashboards/uid/d-top/versions');
    const list = versions.versions ?? versions;
    expect(
      list.map(({ version, message }: { version: number; message: string }) => [version, message]),
    ).toEqual([
      [3, 'change 3'],
      [2, 'change 2'],
      [1, 'change 1'],
    ]);
    const { body: second } = await get(admin(), '/api/dashboards/uid/d-top/versions/2');
    expect(second.data).toMatchObject({ title: 'Second', tags: ['old'], uid: 'd-top', version: 2 });
    const { body: found } = await get(admin(), '/api/search?tag=a');
    expect(found.map(({ uid }: { uid: string }) => uid)).toEqual(['d-top']);
  });

  test('numbers that JavaScript cannot hold are the same digits', async () => {
    const url = `${made.world.url}/api/dashboards/uid/d-top`;
    const authorization = `Basic ${Buffer.from(`admin:${made.held.passwords.admin}`).toString('base64')}`;
    const text = await (await fetch(url, { headers: { authorization } })).text();
    expect(text).toContain('"big":12345678901234567890');
  });

  test('permissions are as they were: for users, teams and basic roles, and none for whoever had none', async () => {
    const { body: entries } = await get(admin(), '/api/folders/f-top/permissions');
    const given = entries.map(
      ({ userLogin, team, role, permission }: Record<string, string>) =>
        `${userLogin || team || role} ${permission}`,
    );
    expect(given.toSorted()).toEqual(['Viewer 1', 'ann 2', 'ops 4']);
    expect((await get({ bearer: made.held.keys.viewer }, '/api/dashboards/uid/d-in')).status).toBe(200);
    const { body: found } = await get({ bearer: made.held.keys.viewer }, '/api/search?type=dash-db');
    expect(found.map(({ uid }: { uid: string }) => uid).toSorted()).toEqual(['d-in', 'd-top']);
    // A Viewer of the organization who may edit what is in the folder, by name.
    const save = { dashboard: { uid: 'by-ann', title: 'By ann' }, folderUid: 'f-top' };
    expect((await made.world.send(ann(), 'POST', '/api/dashboards/db', save)).status).toBe(200);
  });

  test('data sources come with their settings, and their secrets under our own key', async () => {
    const { body: source } = await get(admin(), '/api/datasources/uid/prom');
    expect(source).toMatchObject({
      id: 1,
      name: 'Prometheus',
      isDefault: true,
      basicAuthUser: 'reader',
      jsonData: { timeInterval: '15s' },
      secureJsonFields: { basicAuthPassword: true },
      version: 4,
      readOnly: false,
    });
    const row = await made.world.context.db
      .selectFrom('data_source')
      .select('secure_json_data')
      .where('org_id', '=', 1)
      .executeTakeFirstOrThrow();
    const { basicAuthPassword } = JSON.parse(row.secure_json_data);
    expect(made.world.context.seal.open(basicAuthPassword, 'data source 1:prom:basicAuthPassword')).toBe(
      SECRET,
    );
    const { body: other } = await get(ann(), '/api/datasources/uid/prom', 2);
    expect(other).toMatchObject({ orgId: 2, jsonData: {}, secureJsonFields: {} });
  });

  test('stars, preferences and quotas come along', async () => {
    const { body: starred } = await get(ann(), '/api/search?starred=true');
    expect(starred.map(({ uid }: { uid: string }) => uid)).toEqual(['d-top']);
    const { body: org } = await get(admin(), '/api/org/preferences');
    expect(org).toMatchObject({
      theme: 'dark',
      homeDashboardUID: 'd-top',
      timezone: 'utc',
      weekStart: 'monday',
    });
    expect((await get(ann(), '/api/user/preferences')).body).toMatchObject({ theme: 'light' });
    const { body: quotas } = await get(admin(), '/api/orgs/2/quotas');
    expect(quotas).toContainEqual(expect.objectContaining({ target: 'dashboard', limit: 7 }));
  });

  test('library elements, playlists and annotations come along', async () => {
    const { body: element } = await get(admin(), '/api/library-elements/lib-1');
    expect(element.result).toMatchObject({
      id: 1,
      name: 'A panel for all',
      kind: 1,
      type: 'timeseries',
      folderUid: 'f-top',
      model: { type: 'timeseries', big: expect.any(Number) },
    });
    const { body: playlists } = await get(admin(), '/api/playlists');
    const [{ uid, name, interval }] = playlists;
    expect({ name, interval }).toEqual({ name: 'Round and round', interval: '10m' });
    const { body: playlist } = await get(admin(), `/api/playlists/${uid}`);
    expect(playlist.items.map(({ type, value }: Record<string, string>) => [type, value])).toEqual([
      ['dashboard_by_tag', 'a'],
      ['dashboard_by_id', '11'],
    ]);
    const { body: annotations } = await get(admin(), '/api/annotations?from=1&to=2000000000000');
    expect(
      annotations.map(({ id, dashboardUID, text, tags, time, timeEnd, login }: Record<string, unknown>) => ({
        id,
        dashboardUID,
        text,
        tags,
        time,
        timeEnd,
        login,
      })),
    ).toEqual([
      {
        id: 2,
        dashboardUID: 'd-top',
        text: 'rolled back',
        tags: [],
        login: '',
        time: 1_700_000_100_000,
        timeEnd: 1_700_000_200_000,
      },
      {
        id: 1,
        dashboardUID: null,
        text: 'rolled out',
        tags: ['deploy', 'v2'],
        login: 'ann',
        time: 1_700_000_000_000,
        timeEnd: 1_700_000_000_000,
      },
    ]);
  });

  test('a second import changes nothing, and a third brings what is new', async () => {
    const before = await everything(made.world);
    const second = await importInto(made.world, made.grafana.from, { oldSecretKey: OLD_SECRET_KEY });
    for (const { kind, found, brought, alreadyThere, skipped } of second.kinds) {
      expect([kind, brought, skipped, found]).toEqual([kind, 0, 0, alreadyThere]);
    }
    expect(second.notes).toEqual([]);
    expect(await everything(made.world)).toEqual(before);

    const fresh = grafanaKey('new', 1);
    await made.grafana.insert('api_key', {
      id: 20,
      org_id: 1,
      name: 'new',
      key: fresh.stored,
      role: 'Admin',
    });
    expect((await made.world.send({ bearer: fresh.secret }, 'GET', '/api/org')).status).toBe(401);
    const third = await importInto(made.world, made.grafana.from);
    expect(countsOf(third)['API key']?.slice(0, 4)).toEqual([4, 1, 3, 0]);
    expect((await made.world.send({ bearer: fresh.secret }, 'GET', '/api/org')).status).toBe(200);
  });

  async function storedHashes(): Promise<Map<string, string>> {
    const rows = await made.world.context.db
      .selectFrom('credential')
      .select(['name', 'secret_hash'])
      .execute();
    return new Map(rows.map(({ name, secret_hash }) => [name, secret_hash]));
  }

  async function passwordHash(login: string): Promise<string> {
    const { db } = made.world.context;
    const row = await db
      .selectFrom('user')
      .select('password_hash')
      .where('login', '=', login)
      .executeTakeFirstOrThrow();
    return row.password_hash ?? '';
  }
});

describe.each(SOURCES.filter(([, shape]) => shape !== '8'))(
  'the service accounts from %s with the tables of Grafana %s',
  (engine, shape) => {
    const { made, admin, robot, get } = imported(engine, shape);

    test('a token works as its service account, and a revoked one does not', async () => {
      const { editor, revoked } = made.held.tokens as NonNullable<Held['tokens']>;
      for (const round of [1, 2]) {
        const user = await made.world.send({ bearer: editor }, 'GET', '/api/user');
        expect([round, user.status, user.body.name]).toEqual([round, 200, 'deploy']);
        made.world.context.memory.clear();
      }
      const answer = await made.world.send({ bearer: revoked }, 'GET', '/api/org');
      expect([answer.status, answer.body.message]).toEqual([401, 'Token revoked']);
      const { body: tokens } = await get(admin(), '/api/serviceaccounts/4/tokens');
      expect(tokens.map(({ id, name }: { id: number; name: string }) => [id, name]).toSorted()).toEqual([
        [4, 'deploy-1'],
        [5, 'deploy-0'],
      ]);
      const { body: account } = await get(admin(), '/api/serviceaccounts/4');
      expect(account).toMatchObject({ name: 'deploy', login: 'sa-1-deploy', role: 'Editor', orgId: 1 });
    });

    test('what was public is so under the same token', async () => {
      const { body } = await made.world.send(undefined, 'GET', `/api/public/dashboards/${PUBLIC_TOKEN}`);
      expect(body.dashboard).toMatchObject({ title: 'At the top' });
    });

    test('permissions are given to and on them, and on data sources', async () => {
      // Editors were given nothing on the folder.
      const save = { dashboard: { title: 'By a robot' }, folderUid: 'f-top' };
      expect((await made.world.send(robot(), 'POST', '/api/dashboards/db', save)).status).toBe(403);
      const { body: onAccount } = await get(admin(), '/api/access-control/serviceaccounts/4');
      expect(onAccount).toMatchObject([{ team: 'ops', permission: 'Edit' }]);
      const { body: onSource } = await get(admin(), '/api/access-control/datasources/prom');
      expect(onSource).toMatchObject([{ userLogin: 'ann', permission: 'Edit' }]);
    });
  },
);

describe.each(SOURCES.filter(([, shape]) => shape === '12'))(
  'what only newer ones have, from %s with the tables of Grafana %s',
  (engine, shape) => {
    const { admin, get } = imported(engine, shape);

    test('folders lie in one another as they did', async () => {
      const { body: inner } = await get(admin(), '/api/folders/f-inner');
      expect(inner).toMatchObject({ id: 14, title: 'Inner', parentUid: 'f-top' });
      expect(inner.parents.map(({ uid }: { uid: string }) => uid)).toEqual(['f-top']);
    });

    test('teams keep their uids', async () => {
      expect((await get(admin(), '/api/teams/1')).body.uid).toBe('team-ops');
    });
  },
);

/** Every row of the tables that an import writes, but for when things were last used. */
async function everything({ context: { db } }: World): Promise<unknown> {
  const tables = [
    'org',
    'user',
    'org_member',
    'service_account',
    'credential',
    'team',
    'team_member',
    'dashboard',
    'dashboard_version',
    'dashboard_tag',
    'star',
    'object_permission',
    'data_source',
    'preference',
    'quota',
    'library_element',
    'playlist',
    'playlist_item',
    'annotation',
    'annotation_tag',
    'public_dashboard',
    'audit',
    'grafana_import',
  ] as const;
  const rows = await Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute()));
  return rows.map((all) =>
    all.map(({ last_used_at: _used, last_seen_at: _seen, ...row }: Record<string, unknown>) => row),
  );
}
