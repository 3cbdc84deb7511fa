import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../server/config/config.ts';
import { openDatabase } from '../../server/db/open.ts';
import { ADMIN, newDatabase, startWorld, type World } from '../../server/testing/world.ts';
import { furnish } from '../../test/support/furnished.ts';
import { makeDirectory, type Outcome, runCli, startCli } from '../../test/support/run-cli.ts';
import { serve } from '../../test/support/serving.ts';

type Environment = Record<string, string>;

const KEY = 'a key for tests';
const MANY = 20_000;

let world: World;
let token = '';
let key = '';
let noSettings = '';
beforeAll(async () => {
  // So that nothing is written but what the tests do.
  world = await startWorld({ usage: { flush_interval: '1h' } });
  noSettings = join(world.context.config.paths.data, 'empty.ini');
  writeFileSync(noSettings, '');
  await furnish(world, 'furnished', 'f');
  const account = await made('/api/serviceaccounts', { name: 'kept', role: 'Editor' });
  token = (await made(`/api/serviceaccounts/${account.id}/tokens`, { name: 'kept token' })).key;
  key = (await made('/api/auth/keys', { name: 'kept key', role: 'Viewer' })).key;
  await made('/api/datasources', {
    name: 'secret',
    type: 'postgres',
    secureJsonData: { password: 'never told' },
  });
  await made('/api/dashboards/db', { dashboard: { title: 'línea\u2028 "quoted" 😀', uid: 'odd' } });
  const passing = await made('/api/serviceaccounts', { name: 'passing' });
  await world.send(ADMIN, 'DELETE', `/api/serviceaccounts/${passing.id}`);
});
afterAll(() => world.stop());

async function made(path: string, body: object) {
  const answer = await world.send(ADMIN, 'POST', path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
}

/** The environment of a command that works on a server's database. */
function environment({ context: { config } }: World): Environment {
  return environmentOf(config.paths.data, config.database.type === 'postgres' ? config.database.url : '');
}

function environmentOf(directory: string, url = ''): Environment {
  const database = url === '' ? {} : { GF_DATABASE_URL: url };
  return { GF_PATHS_DATA: directory, GF_SECURITY_SECRET_KEY: KEY, ...database };
}

/** An empty database of the kind that the tests are on, or SQLite. */
async function emptyDatabase(kind: string): Promise<Environment> {
  if (kind === 'SQLite') return environmentOf(makeDirectory());
  const { directory, settings, remove } = await newDatabase();
  onTestFinished(remove);
  return environmentOf(directory, settings['url']);
}

function latchkey(args: string[], env: Environment = environment(world)): Promise<Outcome> {
  const settings = args[1] === 'verify' ? [] : ['--config', noSettings];
  return runCli([...args, ...settings], { env });
}

function openIn(env: Environment) {
  const db = openDatabase(loadConfig({ home: '/', env }).config, () => {});
  onTestFinished(() => db.destroy());
  return db;
}

/** All rows of all tables, but for what says when the schema was made, that a backup was restored, and who does something now. */
async function everythingIn(env: Environment): Promise<Record<string, string[]>> {
  const db = openIn(env);
  const everything: Record<string, string[]> = {};
  for (const { name } of await db.introspection.getTables()) {
    if (name === 'lease') continue;
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db);
    const kept = rows.filter(({ action }) => action !== 'server:restore');
    everything[name] = kept.map((row) => JSON.stringify(row, Object.keys(row).toSorted())).toSorted();
  }
  return everything;
}

async function backedUp(env: Environment = environment(world), ...flags: string[]): Promise<string> {
  const file = join(makeDirectory(), 'latchkey.backup');
  const { code, stderr } = await latchkey(['backup', file, ...flags], env);
  expect(code, stderr).toBe(0);
  return file;
}

/** A database of that kind with what the world's has. */
async function copiedInto(kind: string): Promise<Environment> {
  const env = await emptyDatabase(kind);
  const { code, stderr } = await latchkey(['restore', await backedUp()], env);
  expect(code, stderr).toBe(0);
  return env;
}

const isOnPostgres = process.env['LATCHKEY_TEST_DATABASE'] === 'postgres';
const directions = isOnPostgres
  ? [
      ['PostgreSQL', 'PostgreSQL'],
      ['PostgreSQL', 'SQLite'],
      ['SQLite', 'PostgreSQL'],
    ]
  : [['SQLite', 'SQLite']];

test.each(directions)(
  'a backup of %s, restored into an empty %s, has every row of every table, and every credential works',
  async (from, into) => {
    const source = from === 'SQLite' && isOnPostgres ? await copiedInto('SQLite') : environment(world);
    const file = await backedUp(source);
    const target = await emptyDatabase(into);
    const { code, stdout, stderr } = await latchkey(['restore', file, '--json'], target);
    expect(code, stderr).toBe(0);
    const expected = await everythingIn(source);
    const rows = Object.values(expected).flat().length;
    expect(rows).toBeGreaterThan(100);
    expect(JSON.parse(stdout)).toMatchObject({ upgraded: [] });
    expect(await everythingIn(target)).toEqual(expected);

    const server = await serve(target);
    onTestFinished(() => server.kill());
    const ask = async (authorization: string, path: string, body?: object) => {
      const headers = { authorization, 'content-type': 'application/json' };
      const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      const answer = await fetch(server.url + path, { headers, ...sent });
      expect(answer.ok, `${path}: ${answer.status}`).toBe(true);
      return (await answer.json()) as Record<string, unknown>;
    };
    expect(await ask(`Bearer ${token}`, '/api/user')).toMatchObject({ name: 'kept', orgRole: 'Editor' });
    expect(await ask(`Bearer ${key}`, '/api/user')).toMatchObject({ name: 'kept key', orgRole: 'Viewer' });
    const admin = `Basic ${btoa('admin:admin')}`;
    expect(await ask(admin, '/api/dashboards/uid/odd')).toMatchObject({
      dashboard: { title: 'línea\u2028 "quoted" 😀' },
    });
    // The id of what was deleted before the backup is not given out again.
    const { id } = await ask(admin, '/api/serviceaccounts', { name: 'later' });
    const before = await world.context.db
      .selectFrom('audit')
      .select(({ fn }) => fn.max(sql<number>`cast(object_id as integer)`).as('id'))
      .where('action', '=', 'serviceaccounts:delete')
      .executeTakeFirstOrThrow();
    expect(id).toBeGreaterThan(before.id);
  },
);

test('what is written while a backup is made is in it whole or not at all', async () => {
  const writing = new AbortController();
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let at = 0; !writing.signal.aborted; at++) {
      const uid = `busy-${writer}-${at % 5}`;
      const dashboard = { uid, title: uid, tags: [`at-${at}`, uid], description: 'x'.repeat(2000) };
      await made('/api/dashboards/db', { dashboard, overwrite: true });
    }
  });
  await sleep(300);
  const file = await backedUp().finally(() => writing.abort());
  await Promise.all(writers);
  const target = await emptyDatabase(isOnPostgres ? 'PostgreSQL' : 'SQLite');
  expect((await latchkey(['restore', file], target)).code).toBe(0);

  const db = openIn(target);
  const dashboards = await db
    .selectFrom('dashboard')
    .innerJoin('dashboard_version', 'dashboard_version.dashboard_id', 'dashboard.id')
    .select(({ fn }) => [
      'dashboard.id as id',
      'dashboard.version as version',
      fn.max('dashboard_version.version').as('newest'),
      fn.countAll<number>().as('kept'),
    ])
    .where('dashboard.uid', 'like', 'busy-%')
    .groupBy(['dashboard.id', 'dashboard.version'])
    .execute();
  expect(dashboards.length).toBeGreaterThan(4);
  for (const { version, newest } of dashboards) expect(newest).toBe(version);
  const { changes } = await db
    .selectFrom('audit')
    .select(({ fn }) => fn.countAll<number>().as('changes'))
    .where('object_name', 'like', 'busy-%')
    .executeTakeFirstOrThrow();
  expect(changes).toBe(dashboards.reduce((sum, { version }) => sum + version, 0));
  const { changes: later } = await world.context.db
    .selectFrom('audit')
    .select(({ fn }) => fn.countAll<number>().as('changes'))
    .where('object_name', 'like', 'busy-%')
    .executeTakeFirstOrThrow();
  expect(later).toBeGreaterThan(changes);
});

test('a backup is for its owner alone, stands alone, and takes the place of another only when that is meant', async () => {
  const file = await backedUp();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(file, '..'))).toEqual(['latchkey.backup']);
  const written = readFileSync(file);
  const again = await latchkey(['backup', file]);
  expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('--replace') });
  expect(readFileSync(file)).toEqual(written);
  expect((await latchkey(['backup', file, '--replace'])).code).toBe(0);
  expect(readdirSync(join(file, '..'))).toEqual(['latchkey.backup']);
});

test('a backup holds no secret in clear, nor the secret key unless that is asked for, and says so', async () => {
  const file = join(makeDirectory(), 'plain');
  const plain = await latchkey(['backup', file]);
  const text = gunzipSync(readFileSync(file)).toString();
  for (const secret of [token, key, 'never told', KEY]) expect(text.includes(secret)).toBe(false);
  expect(plain.stderr).toContain('keep the secret key');
  const withKey = await latchkey(['backup', `${file}-2`, '--with-secret-key']);
  expect(withKey.stderr).toContain('It holds the secret key');
  expect(
    gunzipSync(readFileSync(`${file}-2`))
      .toString()
      .includes(KEY),
  ).toBe(true);
  for (const out of [plain, withKey]) expect(out.stdout + out.stderr).not.toContain(KEY);
});

test('the secret key comes with a backup that has it; without the right one nothing is restored unless that is meant', async () => {
  const anywhere = (): Environment => ({ GF_PATHS_DATA: makeDirectory() });
  const carried = anywhere();
  const brought = await latchkey(
    ['restore', await backedUp(environment(world), '--with-secret-key')],
    carried,
  );
  expect(brought.code, brought.stderr).toBe(0);
  expect(readFileSync(join(carried['GF_PATHS_DATA'] ?? '', 'secret-key'), 'utf8')).toBe(KEY);

  const file = await backedUp();
  const refusals: [Environment, RegExp][] = [
    [anywhere(), /there is no secret key .*\n.*Put the file secret-key .* into the data directory first/],
    [
      { ...anywhere(), GF_SECURITY_SECRET_KEY: 'another' },
      /under another secret key\n.*Exchange the secret key/,
    ],
  ];
  for (const [env, words] of refusals) {
    const refused = await latchkey(['restore', file], env);
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(words) });
    expect(refused.stderr).toContain('--with-other-key');
    expect(readdirSync(env['GF_PATHS_DATA'] ?? '')).toEqual([]);
    expect((await latchkey(['restore', file, '--with-other-key'], env)).code).toBe(0);
  }
});

test.each(['none', 'another'])(
  'a backup in which nothing is secret goes in where the secret key is %s, and a server starts on it',
  async (other) => {
    const plain = await startWorld();
    onTestFinished(() => plain.stop());
    const { body } = await plain.send(ADMIN, 'POST', '/api/auth/keys', { name: 'plain', role: 'Viewer' });
    const file = await backedUp(environment(plain));
    const target = { ...(await emptyDatabase(isOnPostgres ? 'PostgreSQL' : 'SQLite')) };
    if (other === 'none') delete target['GF_SECURITY_SECRET_KEY'];
    else target['GF_SECURITY_SECRET_KEY'] = other;
    const { code, stderr } = await latchkey(['restore', file], target);
    expect(code, stderr).toBe(0);
    const server = await serve(target);
    onTestFinished(() => server.kill());
    const headers = { authorization: `Bearer ${body.key}` };
    expect((await fetch(`${server.url}/api/user`, { headers })).status).toBe(200);
  },
);

test('a backup that was cut off or altered is refused, and the database stays as it is', async () => {
  const file = await backedUp();
  const target = await emptyDatabase(isOnPostgres ? 'PostgreSQL' : 'SQLite');
  expect((await latchkey(['restore', file], target)).code).toBe(0);
  const before = await everythingIn(target);
  const whole = readFileSync(file);
  const lines = gunzipSync(whole).toString().trimEnd().split('\n');
  const flipped = Buffer.from(whole);
  const middle = Math.floor(whole.length / 2);
  flipped.writeUInt8(flipped.readUInt8(middle) ^ 1, middle);
  const packed = (changed: string[]): Buffer => gzipSync(`${changed.join('\n')}\n`);
  const row = lines.findIndex((line) => line.includes('"kept token"'));
  const damaged = {
    empty: Buffer.alloc(0),
    text: Buffer.from('no backup at all'),
    'cut off': whole.subarray(0, middle),
    'its last byte gone': whole.subarray(0, -1),
    'a bit turned': flipped,
    'with something behind it': Buffer.concat([whole, gzipSync('[1]\n')]),
    'with zeros behind it': Buffer.concat([whole, Buffer.alloc(100)]),
    'with zeros and something behind it': Buffer.concat([whole, Buffer.alloc(100_000), Buffer.from('x')]),
    'a row gone': packed(lines.toSpliced(row, 1)),
    'a row twice': packed(lines.toSpliced(row, 0, lines[row] ?? '')),
    'a value changed': packed(lines.with(row, (lines[row] ?? '').replace('kept token', 'kept tokem'))),
    'its end gone': packed(lines.slice(0, -1)),
    'ending in a line of its own': packed([...lines.slice(0, -3), lines.at(-1) ?? '']),
  };
  for (const [how, bytes] of Object.entries(damaged)) {
    const bad = join(makeDirectory(), 'bad');
    writeFileSync(bad, bytes);
    const verified = await latchkey(['backup', 'verify', bad]);
    expect(verified, how).toMatchObject({ code: 1, stdout: '' });
    expect(verified.stderr, how).toMatch(/^latchkey: \S+ is (damaged|no backup).*\n {2}\S.*\n$/);
  }
  const altered = join(makeDirectory(), 'altered');
  writeFileSync(altered, damaged['a value changed']);
  expect((await latchkey(['restore', altered, '--replace', '--yes'], target)).code).toBe(1);
  expect(await everythingIn(target)).toEqual(before);
  const fine = await latchkey(['backup', 'verify', file, '--json']);
  expect(JSON.parse(fine.stdout)).toMatchObject({ file, withSecretKey: false, rows: expect.any(Number) });
});

test('a backup with a line that does not end is refused', async () => {
  const bad = join(makeDirectory(), 'bad');
  writeFileSync(bad, gzipSync(Buffer.alloc(257 * 1024 * 1024, ' '), { level: 1 }));
  const { code, stderr } = await latchkey(['backup', 'verify', bad]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('a line of it is longer than any')]);
});

test('a database that is not empty is restored into only when that is meant; a running server then obeys', async () => {
  const other = await startWorld();
  onTestFinished(() => other.stop());
  const env = environment(other);
  const { body } = await other.send(ADMIN, 'POST', '/api/auth/keys', { name: 'of before', role: 'Viewer' });
  const old = { bearer: body.key };
  expect((await other.send(old, 'GET', '/api/user')).status).toBe(200);
  const file = await backedUp();
  const unmeant = await latchkey(['restore', file], env);
  expect(unmeant).toMatchObject({ code: 1, stderr: expect.stringContaining('--replace') });
  expect(await latchkey(['restore', file, '--replace'], env)).toMatchObject({ code: 2 });
  expect((await other.send(old, 'GET', '/api/user')).status).toBe(200);

  const meant = await latchkey(['restore', file, '--replace', '--yes'], env);
  expect(meant.code, meant.stderr).toBe(0);
  while ((await other.send(old, 'GET', '/api/user')).status !== 401) await sleep(50);
  expect((await other.send({ bearer: token }, 'GET', '/api/user')).status).toBe(200);
  const found = await other.send(ADMIN, 'GET', '/api/admin/audit?action=server:restore');
  expect(found.body.entries).toMatchObject([
    { actor: { kind: 'operator' }, change: { rows: expect.any(Number) } },
  ]);
});

test('a backup of a newer version is made, and refused where it is not understood', async () => {
  const env = await emptyDatabase(isOnPostgres ? 'PostgreSQL' : 'SQLite');
  expect((await latchkey(['migrate-db'], env)).code).toBe(0);
  await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '2099')`.execute(
    openIn(env),
  );
  const file = await backedUp(env);
  const refused = await latchkey(['restore', file, '--replace', '--yes'], env);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('newer Latchkey (9999-later)') });
});

test('nothing to back up is said, and no database is made of it', async () => {
  const directory = makeDirectory();
  const { code, stderr } = await latchkey(['backup', join(directory, 'file')], environmentOf(directory));
  expect(code).toBe(1);
  expect(stderr).toContain('there is nothing of Latchkey in');
  expect(readdirSync(directory)).toEqual([]);
});

test(
  'a backup and a restore that are killed leave no file that looks whole, and the database as it was',
  { timeout: 120_000 },
  async () => {
    const env = await emptyDatabase(isOnPostgres ? 'PostgreSQL' : 'SQLite');
    expect((await latchkey(['restore', await backedUp()], env)).code).toBe(0);
    const db = openIn(env);
    const columns = sql.raw(
      `at, org_id, actor, actor_id, credential, credential_id, address, request_id, action, object_kind, object_id, object_name,
      change, search_text`,
    );
    const numbers = sql.raw(
      `with recursive n (i) as (select 1 union all select i + 1 from n where i < ${MANY})`,
    );
    await sql`${numbers} insert into audit (${columns})
    select ${columns} from n, (select * from audit order by id limit 1) a`.execute(db);
    const before = await everythingIn(env);

    const directory = makeDirectory();
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const child = startCli(['backup', join(directory, signal), '--config', noSettings], env);
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      while (!readdirSync(directory).some((name) => name.startsWith(signal))) await sleep(1);
      child.kill(signal);
      expect(await ended).not.toBe(0);
      expect(existsSync(join(directory, signal))).toBe(false);
    }
    // Who is told to stop takes away what it began.
    expect(readdirSync(directory).filter((name) => name.startsWith('SIGTERM'))).toEqual([]);

    const file = await backedUp(env);
    const begun = performance.now();
    const undisturbed = await latchkey(['restore', file, '--replace', '--yes'], env);
    expect(undisturbed.code, undisturbed.stderr).toBe(0);
    const whole = performance.now() - begun;
    for (const part of [0.4, 0.6, 0.8]) {
      const child = startCli(['restore', file, '--replace', '--yes', '--config', noSettings], env);
      const ended = new Promise((resolve) => child.once('close', resolve));
      await sleep(whole * part);
      child.kill('SIGKILL');
      await ended;
      expect(await everythingIn(env)).toEqual(before);
    }
  },
);

test.each([[['restore']], [['restore', '--replace', '--yes']], [['backup', 'verify']]])(
  'a backup that is not there is said to be missing: %j',
  async (command) => {
    const { code, stderr } = await runCli([...command, '/no/such.backup'], { env: {} });
    expect([code, stderr]).toEqual([
      1,
      'latchkey: there is no backup /no/such.backup\n  Name a file or directory that "latchkey backup" wrote.\n',
    ]);
  },
);

test('a backup into a directory that is not there says how to make it, and writes nothing', async () => {
  const directory = join(makeDirectory(), 'backups', 'daily');
  const { code, stderr } = await latchkey(['backup', join(directory, 'today')]);
  expect(code).toBe(1);
  expect(stderr).toBe(
    `latchkey: there is no directory ${directory}\n  Make it first: mkdir -p ${directory}\n`,
  );
  expect(existsSync(directory)).toBe(false);
});
