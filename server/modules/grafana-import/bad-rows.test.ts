import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillGrafana, type Held } from '../../../test/support/grafana-content.ts';
import { type GrafanaDatabase, makeGrafana } from '../../../test/support/grafana-database.ts';
import { grafanaHashOf, grafanaKey, grafanaToken } from '../../../test/support/grafana-secrets.ts';
import { type Done, importInto } from '../../../test/support/import-grafana.ts';
import { type As, startWorld, type World } from '../../testing/world.ts';

// A Grafana in which much is wrong, beside what is right.

let world: World;
let grafana: GrafanaDatabase;
let held: Held;
let done: Done;
const twin = grafanaKey('twin', 1);
const nameless = grafanaKey('', 1);
const orphan = grafanaKey('orphan', 99);
const stray = grafanaToken();

beforeAll(async () => {
  world = await startWorld({
    limits: { max_dashboard_bytes: '20000' },
    dashboards: { versions_to_keep: '2' },
  });
  grafana = await makeGrafana('sqlite', '12');
  held = await fillGrafana(grafana);
  await spoil(grafana);
  done = await importInto(world, grafana.from);
});
afterAll(async () => {
  await world.stop();
  await grafana.remove();
});

const admin = (): As => ({ basic: `admin:${held.passwords.admin}` });

async function spoil({ insert, run }: GrafanaDatabase): Promise<void> {
  const key = (id: number, more: object) => ({
    id,
    org_id: 1,
    name: `key-${id}`,
    role: 'Viewer',
    key: grafanaHashOf(`${id}`, 'x'),
    ...more,
  });
  await insert(
    'api_key',
    key(101, { org_id: 99, name: 'orphan', key: orphan.stored }),
    key(102, { org_id: 0 }),
    // Grafana has an index against it; a database that was put together by hand may not.
    key(103, { name: 'twin', key: twin.stored }),
    key(104, { name: 'twin' }),
    key(105, { name: 'the same secret', key: twin.stored }),
    key(106, { key: 'not a hash' }),
    key(107, { role: 'Sheriff' }),
    key(108, { service_account_id: 4711, key: stray.stored }),
    key(109, { service_account_id: 2 }),
    key(110, { name: '', key: nameless.stored }),
    key(111, { name: `nul \0 and much ${'x'.repeat(10_000)}` }),
    key(112, { org_id: 2, service_account_id: 4 }),
    key(113, { name: 'for ever', expires: '9223372036854775807' }),
    key(114, { name: 'of who knows when', expires: 'soon' }),
    key(115, { name: 'revoked, it seems', is_revoked: 'yes' }),
  );
  await run(
    `insert into api_key (id, org_id, name, key, role) values (9223372036854775807, 1, 'id', '${grafanaHashOf('id', 'x')}', 'Viewer')`,
  );
  await insert(
    'user',
    { id: 101, login: '', email: '', salt: 's', rands: 'r' },
    { id: 102, login: 'ANN', email: 'other@example.org', salt: 's', rands: 'r', password: 'plain' },
    { id: 103, login: 'cat', email: 'ann', salt: 's', rands: 'r' },
    { id: 104, login: 'sa-nowhere', email: 'sa-nowhere', is_service_account: true },
    { id: 105, login: 'sa-lost', email: 'sa-lost', is_service_account: true },
  );
  await insert(
    'org_user',
    { id: 101, org_id: 99, user_id: 2, role: 'Admin' },
    { id: 102, org_id: 1, user_id: 4711, role: 'Admin' },
    { id: 103, org_id: 1, user_id: 102, role: 'Sheriff' },
    { id: 104, org_id: 99, user_id: 105, role: 'Viewer' },
  );
  await insert(
    'team_member',
    { id: 101, org_id: 1, team_id: 4711, user_id: 2 },
    { id: 102, org_id: 1, team_id: 1, user_id: 102 },
  );
  const page = (id: number, title: string, more: object = {}) => ({
    id,
    uid: `bad-${id}`,
    title,
    version: 1,
    org_id: 1,
    data: `{"title":"${title}"}`,
    ...more,
  });
  await insert(
    'dashboard',
    page(101, 'cut off', { data: '{"title":"cut o' }),
    page(102, 'a list', { data: '[]' }),
    page(103, 'deep', { data: `{"a":${'['.repeat(300)}${']'.repeat(300)}}` }),
    page(104, 'large', { data: `{"a":"${'x'.repeat(30_000)}"}` }),
    page(105, 'in the trash', { deleted: '2024-01-01 00:00:00' }),
    page(106, 'of nobody', { org_id: 99 }),
    page(107, 'in a lost folder', { folder_uid: 'gone' }),
    page(108, 'in a circle', { folder_uid: 'circle-a' }),
    page(109, 'the same title'),
    page(110, 'the same title'),
    page(111, 'an odd uid', { uid: '../etc' }),
    page(112, 'x'.repeat(10_000)),
    page(113, 'many versions', { version: 5 }),
    page(114, 'circle a', { uid: 'circle-a', is_folder: true }),
    page(115, 'circle b', { uid: 'circle-b', is_folder: true }),
    page(116, 'General', { uid: 'general', is_folder: true }),
  );
  await insert(
    'folder',
    { id: 101, uid: 'circle-a', org_id: 1, title: 'circle a', parent_uid: 'circle-b' },
    { id: 102, uid: 'circle-b', org_id: 1, title: 'circle b', parent_uid: 'circle-a' },
    { id: 103, uid: 'only-new', org_id: 1, title: 'Only in the newer table', parent_uid: 'f-top' },
  );
  const version = (id: number, number: number, data: string) => ({
    id,
    dashboard_id: 113,
    version: number,
    data,
    message: '',
  });
  await insert(
    'dashboard_version',
    version(101, 1, '{}'),
    version(102, 4, '{"title":"the one before"}'),
    version(103, 5, '{}'),
    version(104, 9, '{}'),
  );
  await insert(
    'star',
    { id: 101, user_id: 2, dashboard_id: 4711 },
    { id: 102, user_id: 4711, dashboard_id: 11 },
  );
  await insert('role', { id: 101, name: 'made by hand', org_id: 1, uid: 'by-hand' });
  await insert('permission', {
    id: 1001,
    role_id: 1,
    scope: 'dashboards:uid:bad-109',
    action: 'dashboards:read',
  });
  await insert('user_role', { id: 101, org_id: 1, user_id: 102, role_id: 1 });
  await insert('data_source', {
    id: 101,
    org_id: 1,
    uid: 'broken',
    name: 'Broken',
    type: 'loki',
    json_data: '{',
    secure_json_data: '{"a":"AAAA"}',
  });
  await insert('quota', { id: 101, org_id: 1, user_id: 0, target: 'alert_rule', limit: 3 });
  await insert('preferences', { id: 101, org_id: 1, user_id: 102, team_id: 0, home_dashboard_id: 0 });
}

/** What was skipped of a kind, with the reason. */
function skipped(kind: string): string[] {
  return done.notes
    .filter((note) => note.kind === kind && note.outcome === 'skipped')
    .map(({ id, reason }) => `${id}: ${reason}`);
}

function changed(kind: string): string[] {
  return done.notes
    .filter((note) => note.kind === kind && note.outcome === 'changed')
    .map(({ id, reason }) => `${id}: ${reason}`);
}

test('keys of nobody, with the secret of another, or of an unknown form are named and left out', () => {
  expect(skipped('API key')).toEqual([
    '9223372036854775807: its id is no number that an id can be',
    '101: its organization 99 is not there',
    '102: its organization 0 is not there',
    '105: another key or token has, or had, the same secret',
    '106: its hash is of no form that is known',
    '107: "Sheriff" is no role',
    '114: when it expires cannot be told',
  ]);
  expect(skipped('token')).toEqual([
    '108: its service account 4711 is not there',
    '109: its service account 2 is not there',
    '112: its service account 4 is in another organization',
  ]);
});

test('what was left out is refused, and what has a name that is taken works under another', async () => {
  for (const { secret } of [orphan, stray]) {
    expect((await world.send({ bearer: secret }, 'GET', '/api/org')).status).toBe(401);
  }
  for (const { secret } of [twin, nameless]) {
    expect((await world.send({ bearer: secret }, 'GET', '/api/org')).status).toBe(200);
  }
  expect(changed('API key')).toEqual([
    '104: it is named "twin-2" here, since its name is taken; its secret stays the same',
    '111: its name is longer than 190 letters, and was cut',
  ]);
  const { body: keys } = await world.send(admin(), 'GET', '/api/auth/keys?includeExpired=true&perpage=100');
  const names = keys.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(['twin', 'twin-2', 'API key 110']));
  expect(names.some((name: string) => name.startsWith('nul  and much') && name.length === 190)).toBe(true);
});

test('what may mean that a key is good no longer means it', async () => {
  const rows = await world.context.db
    .selectFrom('credential')
    .select(['name', 'is_revoked', 'expires_at'])
    .where('name', 'in', ['for ever', 'revoked, it seems'])
    .orderBy('name')
    .execute();
  expect(rows).toEqual([
    { name: 'for ever', is_revoked: 0, expires_at: null },
    { name: 'revoked, it seems', is_revoked: 1, expires_at: null },
  ]);
});

test('people who cannot be called so, and accounts of nowhere, are named', async () => {
  expect(skipped('user')).toEqual(['101: nobody can be called so: it has no login, or an endless one']);
  expect(changed('user')).toEqual([
    expect.stringMatching(/^1: it is this server's first administrator/),
    '102: the login is ann-2 here, since theirs is taken',
    '103: the email is cat here, since ann is taken',
    '102: its password is kept in a form that is not known: set a new one',
  ]);
  expect(skipped('service account')).toEqual([
    '104: it is in no organization',
    '105: its organization 99 is not there',
  ]);
  // Nobody's email locks out somebody whose login it is.
  const user = await world.send({ basic: `ann:${held.passwords.ann}` }, 'GET', '/api/user');
  expect([user.status, user.body.id]).toEqual([200, 2]);
});

test('memberships of what is not there are left out', () => {
  expect(skipped('membership')).toEqual([
    '101: the organization 99 is not there',
    '102: the user 4711 is not there',
    '103: "Sheriff" is no role',
    '104: the organization 99 is not there',
  ]);
  expect(skipped('team member')).toEqual([
    '101: the team 4711 is not there',
    '102: the user 102 is not in the organization of the team',
  ]);
  expect(skipped('star')).toEqual(['101: the dashboard did not come', '102: the user did not come']);
  expect(skipped('preferences')).toEqual(['101: whose they are did not come, or is not in the organization']);
  expect(skipped('quota')).toEqual(['101: there is no such limit here']);
  expect(skipped('custom role')).toEqual([
    '101: custom roles are not brought: make it anew, and give it to whom it is for',
  ]);
});

test('dashboards that cannot be kept are left out, and so is what lies in a folder that did not come', () => {
  expect(skipped('dashboard')).toEqual([
    expect.stringMatching(/^101: its JSON is not valid: /),
    '102: its JSON is no object',
    '103: its JSON is nested deeper than 200 levels',
    '104: it is larger than [limits] max_dashboard_bytes, 20000',
    '105: it was deleted, and lay in the trash',
    '106: its organization 99 is not there',
    '107: the folder gone around it did not come',
    '108: the folder circle-a around it did not come',
  ]);
  expect(skipped('folder')).toEqual([
    '114: the folder circle-b around it did not come, or lies in it',
    '115: the folder circle-a around it did not come, or lies in it',
  ]);
});

test('titles and uids that are taken or no such thing get another form', async () => {
  expect(changed('dashboard')).toEqual([
    '110: its title is "the same title-2" here, since its own is taken there',
    expect.stringMatching(/^111: its uid is [A-Za-z0-9]{14} here, since \.\.\/etc cannot be kept$/),
    '112: its name is longer than 190 letters, and was cut',
  ]);
  const { body: second } = await world.send(admin(), 'GET', '/api/dashboards/uid/bad-110');
  expect(second.dashboard).toMatchObject({ title: 'the same title-2', uid: 'bad-110' });
  const { body: long } = await world.send(admin(), 'GET', '/api/dashboards/uid/bad-112');
  expect(long.meta.slug).toHaveLength(190);
  expect(changed('folder')).toEqual([
    expect.stringMatching(/^116: its uid is [A-Za-z0-9]{14} here, since general cannot be kept$/),
    '116: its title is "General-2" here, since its own is taken there',
  ]);
});

test('a folder that only the newer table has comes with its place', async () => {
  const { body: folder } = await world.send(admin(), 'GET', '/api/folders/only-new');
  expect(folder).toMatchObject({ title: 'Only in the newer table', parentUid: 'f-top' });
});

test('versions that are none, and more than are kept, are named', async () => {
  expect(skipped('dashboard version').filter((reason) => /^10[1-4]:/.test(reason))).toEqual([
    '101: [dashboards] versions_to_keep is 2, and there are as many newer ones',
    '104: 9 is no version between 1 and the newest, 5',
  ]);
  const { body } = await world.send(admin(), 'GET', '/api/dashboards/uid/bad-113/versions');
  const versions = (body.versions ?? body).map(({ version }: { version: number }) => version);
  expect(versions).toEqual([5, 4]);
});

test('nothing is permitted to somebody who is not in the organization', () => {
  const all = skipped('permission');
  expect(all.length).toBeGreaterThan(0);
  for (const reason of all) expect(reason).toMatch(/the user 102 is not in the organization$/);
});

test('a data source with broken settings comes without them, and secrets that do not open are named', async () => {
  const { body: source } = await world.send(admin(), 'GET', '/api/datasources/uid/broken');
  expect(source).toMatchObject({ jsonData: {}, secureJsonFields: {} });
  expect(changed('data source')).toContain(
    '101: its jsonData is not valid JSON of an object, and is empty here',
  );
  expect(skipped('data source secret')).toEqual([
    expect.stringMatching(/^1: give the secret_key of that Grafana/),
    expect.stringMatching(/^101: give the secret_key of that Grafana/),
  ]);
});

test('of each kind, what was found is what was brought or skipped', () => {
  for (const { kind, found, brought, alreadyThere, skipped: left } of done.kinds) {
    expect([kind, brought + alreadyThere + left]).toEqual([kind, found]);
  }
});
