import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { newDatabase, startWorld, type TestDatabase, type World } from '../../server/testing/world.ts';
import { fillGrafana, type Held, OLD_SECRET_KEY } from '../../test/support/grafana-content.ts';
import { type GrafanaDatabase, makeGrafana } from '../../test/support/grafana-database.ts';
import { grafanaKey } from '../../test/support/grafana-secrets.ts';
import { makeDirectory, type Outcome, runCli, startCli } from '../../test/support/run-cli.ts';

let grafana: GrafanaDatabase;
let held: Held;
beforeAll(async () => {
  grafana = await makeGrafana('sqlite', '12');
  held = await fillGrafana(grafana);
});
afterAll(() => grafana.remove());

interface Target {
  env: Record<string, string>;
  settings: string;
}

/** How the command finds a database, and no settings of a developer's own. */
function targetIn(directory: string, url: string | undefined, secretKey = 'a key for tests'): Target {
  const settings = join(directory, 'empty.ini');
  writeFileSync(settings, '');
  const database = url === undefined ? {} : { GF_DATABASE_URL: url };
  return { env: { GF_PATHS_DATA: directory, GF_SECURITY_SECRET_KEY: secretKey, ...database }, settings };
}

async function newTarget(): Promise<Target & { database: TestDatabase }> {
  const database = await newDatabase();
  onTestFinished(() => database.remove());
  return { ...targetIn(database.directory, database.settings['url']), database };
}

function targetOf({ context: { config } }: World): Target {
  const url = config.database.type === 'postgres' ? config.database.url : undefined;
  return targetIn(config.paths.data, url, config.security.secret_key);
}

function bring({ env, settings }: Target, args: string[], input = ''): Promise<Outcome> {
  return runCli(['import', 'grafana', ...args, '--config', settings], { env, input });
}

test('a running server hears of an import at once: keys and passwords that it refused before work', async () => {
  const world = await startWorld();
  onTestFinished(() => world.stop());
  const key = { bearer: held.keys.viewer };
  expect((await world.send(key, 'GET', '/api/org')).status).toBe(401);
  const { code, stdout, stderr } = await bring(
    targetOf(world),
    ['--from', grafana.from, '--old-secret-key-stdin'],
    `${OLD_SECRET_KEY}\n`,
  );
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: [
      'Not brought: 1 annotations that alerts made',
      "Changed: organization 1 (Main Org.): it is this server's first organization, which had nothing in it yet",
      "Changed: user 1 (admin): it is this server's first administrator now, with the password from Grafana",
      'Changed: data source 2 (Prometheus): it was set up from a file there, and can be changed here',
      'Changed: data source 1 (Prometheus): not every Viewer could query it there; here everybody in its organization can',
      '',
    ].join('\n'),
  });
  expect(stdout).toMatch(
    /^KIND +FOUND +BROUGHT +THERE ALREADY +SKIPPED +CHANGED\norganization +2 +2 +0 +0 +1\n/,
  );
  await until(async () => (await world.send(key, 'GET', '/api/org')).status === 200);
  const admin = { basic: `admin:${held.passwords.admin}` };
  expect((await world.send(admin, 'GET', '/api/user')).status).toBe(200);

  const { body: entries } = await rowsOf(world);
  expect(entries).toMatchObject({ actor: 'operator:command line', credential: 'machine' });
  expect(entries.change).not.toContain('grafana:');
});

async function rowsOf({ context }: World) {
  const body = await context.db
    .selectFrom('audit')
    .select(['actor', 'credential', 'change'])
    .where('action', '=', 'grafana:import')
    .executeTakeFirstOrThrow();
  return { body };
}

test('what did not come is named, and the exit code says so; the report has every note, and JSON all of it', async () => {
  const target = await newTarget();
  const report = join(makeDirectory(), 'report.ndjson');
  const first = await bring(target, ['--from', grafana.from, '--report', report]);
  expect(first.code).toBe(6);
  expect(first.stderr).toContain(
    'Skipped: data source secret 1 (basicAuthPassword of Prometheus): give the secret_key of that Grafana',
  );
  expect(first.stderr).toContain('latchkey: done, but 1 row did not come\n');
  const lines = readFileSync(report, 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).kind)).toEqual([
    'organization',
    'user',
    'data source secret',
    'data source',
    'data source',
  ]);

  const again = await bring(target, ['--from', grafana.from, '--json']);
  expect(again.code).toBe(6);
  const { dryRun, kinds, leftBehind, notes } = JSON.parse(again.stdout);
  expect({ dryRun, leftBehind }).toEqual({
    dryRun: false,
    leftBehind: [{ what: 'annotations that alerts made', rows: 1 }],
  });
  expect(kinds[0]).toEqual({
    kind: 'organization',
    found: 2,
    brought: 0,
    alreadyThere: 2,
    skipped: 0,
    changed: 0,
  });
  expect(notes).toMatchObject([{ outcome: 'skipped', kind: 'data source secret' }]);

  const file = join(makeDirectory(), 'key');
  writeFileSync(file, `${OLD_SECRET_KEY}\n`);
  expect((await bring(target, ['--from', grafana.from, '--old-secret-key-file', file])).code).toBe(0);
});

test('a dry run says the same as the run after it, and writes nothing', async () => {
  const target = await newTarget();
  const dry = await bring(target, ['--from', grafana.from, '--dry-run', '--json']);
  expect(dry.code).toBe(6);
  // Neither a database, nor a key, nor a word to servers.
  expect(readdirSync(target.database.directory)).toEqual(['empty.ini']);
  const real = await bring(target, ['--from', grafana.from, '--json']);
  const { dryRun: _dry, ...said } = JSON.parse(dry.stdout);
  const { dryRun: _real, ...done } = JSON.parse(real.stdout);
  expect(said).toEqual(done);
});

test('a dry run over a server where something is finds what is in the way, and leaves it as it is', async () => {
  const world = await startWorld();
  onTestFinished(() => world.stop());
  const admin = { basic: 'admin:admin' };
  expect((await world.send(admin, 'POST', '/api/orgs', { name: 'Second' })).status).toBe(200);
  const { context } = world;
  const counted = async () => [
    (await context.db.selectFrom('org').selectAll().execute()).length,
    (await context.db.selectFrom('user').selectAll().execute()).length,
    (await context.db.selectFrom('grafana_source').selectAll().execute()).length,
  ];
  const before = await counted();
  const dry = await bring(targetOf(world), ['--from', grafana.from, '--dry-run']);
  expect(dry.stdout).toMatch(/^KIND +FOUND +WOULD COME/);
  expect(dry.stderr).toContain('Changed: organization 2 (Second): it is named "Second-2" here');
  expect(dry.stderr).toContain('latchkey: 1 row would not come\n');
  expect(await counted()).toEqual(before);
  const next = await world.send(admin, 'POST', '/api/orgs', { name: 'Third' });
  expect(next.body.orgId).toBe(3);
});

test('killed at any moment, an import is finished by the next one', async () => {
  const target = await newTarget();
  const many = await makeGrafana('sqlite', '9.4');
  onTestFinished(() => many.remove());
  const kept = await fillGrafana(many);
  const keys = Array.from({ length: 3 }, (_, at) => grafanaKey(`many-${at}`, 2));
  await many.insert(
    'api_key',
    ...Array.from({ length: 2000 }, (_, at) => {
      const key = keys[at % 700];
      const hash = at < 3 && key ? key.stored : String(at).padStart(100, '0');
      return { id: 100 + at, org_id: 2, name: `many-${at}`, key: hash, role: 'Viewer' };
    }),
  );
  const args = ['import', 'grafana', '--from', many.from, '--config', target.settings];
  const begun = performance.now();
  const dry = await runCli([...args, '--dry-run'], { env: target.env });
  const length = performance.now() - begun;
  expect(dry.code).toBe(6);
  for (let time = 0; time < 4; time++) {
    const child = startCli(args, target.env);
    child.stdout.resume();
    child.stderr.resume();
    const ended = once(child, 'close');
    await sleep(Math.random() * length);
    child.kill('SIGKILL');
    await ended;
  }
  const last = await bring(target, ['--from', many.from, '--json']);
  expect(last.code).toBe(6);
  for (const { kind, found, brought, alreadyThere, skipped } of JSON.parse(last.stdout).kinds) {
    expect([kind, found]).toEqual([kind, brought + alreadyThere + skipped]);
  }
  const server = startCli(['serve', '--config', target.settings], {
    ...target.env,
    GF_SERVER_HTTP_PORT: '0',
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  const url = await new Promise<string>((resolve) => {
    server.stdout.on('data', (text: Buffer) => {
      const found = /Latchkey listens on (\S+)/.exec(text.toString())?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  for (const { secret } of [...keys, { secret: kept.keys.viewer }, { secret: kept.tokens?.editor ?? '' }]) {
    const answer = await fetch(`${url}/api/org`, { headers: { authorization: `Bearer ${secret}` } });
    expect(answer.status).toBe(200);
  }
});

test('what cannot be read is said in a line or two, before a database is made for it', async () => {
  const directory = makeDirectory();
  const target = targetIn(directory, undefined);
  const file = join(directory, 'grafana.db');
  writeFileSync(file, 'no database at all, though it is long enough to be one'.repeat(30));
  for (const [args, code, said] of [
    [['--from', file], 1, /^latchkey: .* is no SQLite database\n {2}/],
    [['--from', join(directory, 'none.db')], 1, /^latchkey: there is no file /],
    [
      ['--from', 'postgres://me:hush@127.0.0.1:2/none'],
      1,
      /^latchkey: postgres:\/\/127.0.0.1:2\/none cannot be read: .*ECONNREFUSED/,
    ],
    [['--from', grafana.from, '--old-secret-key-file', join(directory, 'none')], 2, /cannot be read/],
    [['--from', grafana.from, '--old-secret-key-stdin', '--old-secret-key-file', file], 2, /give one of/],
    [['--from', grafana.from, '--old-secret-key-stdin'], 2, /there is no secret key on standard input/],
    [[], 2, /--from <where>/],
  ] as const) {
    const refused = await bring(target, [...args]);
    expect([args, refused.code, refused.stdout]).toEqual([args, code, '']);
    expect(refused.stderr).toMatch(said);
    expect(refused.stderr).not.toMatch(/hush|\.ts:/);
  }
  const wrong = await bring(target, ['--from', grafana.from, '--old-secret-key-stdin'], 'another key');
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('does not open the secrets') });
  expect(existsSync(join(directory, 'latchkey.db'))).toBe(false);
});

test('secrets are not sealed under a key that is not the one of the database', async () => {
  const world = await startWorld();
  onTestFinished(() => world.stop());
  const target = targetOf(world);
  const other = { ...target, env: { ...target.env, GF_SECURITY_SECRET_KEY: 'quite another key' } };
  const refused = await bring(other, ['--from', grafana.from]);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('[security] secret_key is not') });
  expect(await world.context.db.selectFrom('grafana_source').selectAll().execute()).toEqual([]);
});

/** Waits until something is so. What never becomes so ends with the test's own time. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(50);
}
