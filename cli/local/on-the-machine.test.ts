import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../server/config/config.ts';
import { stepsOf } from '../../server/db/migrations/index.ts';
import { openDatabase } from '../../server/db/open.ts';
import { ADMIN, newDatabase, startWorld, type World } from '../../server/testing/world.ts';
import { makeDirectory, type Outcome, runCli, startCli } from '../../test/support/run-cli.ts';

let world: World;
// A developer's own conf/latchkey.ini must have no part in this, least of all its database.
let noSettings = '';
beforeAll(async () => {
  // A new password is tried until the server obeys.
  world = await startWorld({ security: { disable_brute_force_login_protection: true } });
  noSettings = join(world.context.config.paths.data, 'empty.ini');
  writeFileSync(noSettings, '');
});
afterAll(() => world.stop());

/** The environment of a command that works on a server's database. */
function environment({ context: { config } }: World): Record<string, string> {
  return {
    GF_PATHS_DATA: config.paths.data,
    GF_SECURITY_SECRET_KEY: config.security.secret_key,
    ...(config.database.type === 'postgres' ? { GF_DATABASE_URL: config.database.url } : {}),
  };
}

function latchkey(args: string[], input = '', env = environment(world)): Promise<Outcome> {
  return runCli([...args, '--config', noSettings], { env, input });
}

/** Serves in a process of its own until told to stop, which answers with the exit code. */
async function startServing(
  env: Record<string, string>,
): Promise<{ url: string; advice: string; stop(): Promise<number | null> }> {
  const child = startCli(['serve', '--config', noSettings], { ...env, GF_SERVER_HTTP_PORT: '0' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const { url, advice } = await new Promise<{ url: string; advice: string }>((resolve, reject) => {
    let text = '';
    const listen = (chunk: unknown): void => {
      text += String(chunk);
      const found = /Latchkey listens on (\S+)[^]*\((?:change it|.*set another): (.*)\)\n/.exec(text);
      if (found) resolve({ url: found[1] ?? '', advice: found[2] ?? '' });
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('close', () => reject(new Error(`it ended and said: ${text}`)));
  });
  const stop = (): Promise<number | null> => {
    child.kill('SIGTERM');
    return ended;
  };
  return { url, advice, stop };
}

async function signsIn(url: string, password: string): Promise<boolean> {
  const headers = { authorization: `Basic ${btoa(`admin:${password}`)}` };
  const { status } = await fetch(`${url}/api/user`, { headers });
  expect([200, 401]).toContain(status);
  return status === 200;
}

test('of servers that start at once on a new database, one makes the tables and the administrator', async () => {
  const { directory, settings, remove } = await newDatabase();
  onTestFinished(remove);
  const { url } = settings;
  const env = { GF_PATHS_DATA: directory, ...(url === undefined ? {} : { GF_DATABASE_URL: url }) };
  const started = await Promise.allSettled(Array.from({ length: 3 }, () => startServing(env)));
  const servers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  // On SQLite one serves, and the others are refused.
  expect(servers).toHaveLength(url === undefined ? 1 : 3);
  for (const server of servers) expect(await signsIn(server.url, 'admin')).toBe(true);
  const headers = { authorization: `Basic ${btoa('admin:admin')}` };
  const users: unknown = await (await fetch(`${servers[0]?.url}/api/users`, { headers })).json();
  expect(users).toHaveLength(1);
  for (const server of servers) expect(await server.stop()).toBe(0);
});

test('a server serves until it is told to stop, and its password is reset in between', async () => {
  // In SQLite a database of its own, in PostgreSQL the same one.
  const env = { ...environment(world), GF_PATHS_DATA: makeDirectory() };
  const first = await startServing(env);
  expect((await fetch(`${first.url}/api/health`)).status).toBe(200);
  expect(await first.stop()).toBe(0);

  for (const [password, before] of [
    ['the second one', 'admin'],
    ['admin', 'the second one'],
  ] as const) {
    const reset = await latchkey(['reset-admin-password', '--password-stdin'], `${password}\n`, env);
    expect(reset).toMatchObject({ code: 0, stdout: '' });
    const server = await startServing(env);
    expect(await signsIn(server.url, password)).toBe(true);
    expect(await signsIn(server.url, before)).toBe(false);
    expect(await server.stop()).toBe(0);
  }
});

test('a running server obeys a reset password too, and ends the sessions', async () => {
  await latchkey(['reset-admin-password', '--password-stdin'], 'known\n');
  await until(() => signsIn(world.url, 'known'));
  const signedIn = await world.send(undefined, 'POST', '/login', { user: 'admin', password: 'known' });
  expect(signedIn.status).toBe(200);
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  expect((await world.send(undefined, 'GET', '/api/user', undefined, { cookie })).status).toBe(200);

  const { code, stdout, stderr } = await latchkey(['reset-admin-password', '--generate']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^[A-Za-z0-9]{24}\n$/);
  expect(stderr).not.toContain(stdout.trim());
  await until(async () => !(await signsIn(world.url, 'known')));
  expect(await signsIn(world.url, stdout.trim())).toBe(true);
  expect((await world.send(undefined, 'GET', '/api/user', undefined, { cookie })).status).toBe(401);
  await latchkey(['reset-admin-password', '--password-stdin'], 'admin');
  await until(() => signsIn(world.url, 'admin'));
});

test('the audit says that a password was set on the machine', async () => {
  await latchkey(['reset-admin-password', '--password-stdin'], 'admin');
  const rows = await world.context.db
    .selectFrom('audit')
    .select(['actor', 'credential', 'object_name', 'change'])
    .where('action', '=', 'users.password:write')
    .execute();
  expect(rows.at(-1)).toMatchObject({
    actor: 'operator:command line',
    credential: 'machine',
    object_name: 'admin',
  });
  expect(rows.map(({ change }) => change).join()).not.toContain('argon2');
});

test('a password that is too short, a login that nobody has, and no password at all change nothing', async () => {
  const short = await latchkey(['reset-admin-password', '--password-stdin'], 'abc');
  expect(short).toMatchObject({ code: 1, stderr: expect.stringContaining('at least') });
  const nobody = await latchkey(['reset-admin-password', '--login', 'ghost', '--generate']);
  expect(nobody).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('the login "ghost"') });
  for (const [args, input] of [
    [[], ''],
    [['--password-stdin'], ''],
    [['--password-stdin', '--generate'], 'a password'],
  ] as const) {
    expect((await latchkey(['reset-admin-password', ...args], input)).code).toBe(2);
  }
  expect((await world.send(ADMIN, 'GET', '/api/org')).status).toBe(200);
});

test.each([
  ['reset-admin-password', '--generate'],
  ['reencrypt-secrets', '--forget-unreadable', '--yes'],
])(
  'a command that changes makes nothing where no server has been, and says where it looked: %s',
  async (...args) => {
    const { directory, settings, remove } = await newDatabase();
    onTestFinished(remove);
    const { url } = settings;
    const env = { GF_PATHS_DATA: directory, ...(url === undefined ? {} : { GF_DATABASE_URL: url }) };
    const { code, stdout, stderr } = await latchkey(args, '', env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(url === undefined ? join(directory, 'latchkey.db') : 'PostgreSQL');
    expect(stderr).toContain('GF_PATHS_DATA');
    expect(readdirSync(directory)).toEqual([]);
    if (url === undefined) return;
    const db = openDatabase(loadConfig({ home: directory, env }).config, () => {});
    onTestFinished(() => db.destroy());
    expect(await stepsOf(db)).toEqual([]);
  },
);

test('a password is reset without the secret key of the server, and no other is made', async () => {
  const { directory, settings, remove } = await newDatabase();
  onTestFinished(remove);
  const { url } = settings;
  const env = { GF_PATHS_DATA: directory, ...(url === undefined ? {} : { GF_DATABASE_URL: url }) };
  const server = await startServing({ ...env, GF_SECURITY_SECRET_KEY: 'its own' });
  expect(await server.stop()).toBe(0);
  expect((await latchkey(['reset-admin-password', '--generate'], '', env)).code).toBe(0);
  expect(readdirSync(directory)).not.toContain('secret-key');
});

test('the command that a start advises resets the password of that very server', async () => {
  const data = join(makeDirectory(), "its data's place");
  const { url, advice } = await startServing({ GF_PATHS_DATA: data, GF_SECURITY_ADMIN_USER: 'boss' });
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const command = advice.replace('npx latchkey', `'${process.execPath}' '${main}'`);
  expect(command).not.toBe(advice);
  const { stdout } = await promisify(execFile)('sh', ['-c', `${command} --generate`], {
    env: { PATH: process.env['PATH'] },
  });
  await until(async () => {
    const headers = { authorization: `Basic ${btoa(`boss:${stdout.trim()}`)}` };
    return (await fetch(`${url}/api/user`, { headers })).ok;
  });
});

test("anybody's password can be set by login", async () => {
  const ann = { name: 'Ann', login: 'ann', password: 'forgotten' };
  expect((await world.send(ADMIN, 'POST', '/api/admin/users', ann)).status).toBe(200);
  expect(
    (await latchkey(['reset-admin-password', '--login', 'ann', '--password-stdin'], 'remembered')).code,
  ).toBe(0);
  expect((await world.send({ basic: 'ann:remembered' }, 'GET', '/api/user')).status).toBe(200);
});

test('a new database is brought up to date once', async () => {
  const again = await latchkey(['migrate-db']);
  expect(again).toEqual({ code: 0, stdout: 'The database is up to date.\n', stderr: '' });
  const fresh = await latchkey(['migrate-db'], '', { GF_PATHS_DATA: makeDirectory() });
  expect(fresh).toMatchObject({ code: 0, stdout: expect.stringContaining('Done: 0001-initial\n') });
});

test('a database of a newer version is refused in a line, and nothing of it is changed', async () => {
  const { directory, settings, remove } = await newDatabase();
  onTestFinished(remove);
  const { url } = settings;
  const env = { GF_PATHS_DATA: directory, ...(url === undefined ? {} : { GF_DATABASE_URL: url }) };
  expect((await latchkey(['migrate-db'], '', env)).code).toBe(0);
  const { config } = loadConfig({ home: directory, env });
  const db = openDatabase(config, () => {});
  onTestFinished(() => db.destroy());
  await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '2099')`.execute(db);
  const steps = await stepsOf(db);

  for (const command of ['serve', 'migrate-db']) {
    const { code, stdout, stderr } = await latchkey([command], '', env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^latchkey: [^\n]*newer Latchkey \(9999-later\)[^\n]*\n$/);
  }
  expect(await stepsOf(db)).toEqual(steps);
});

test('a database that cannot be used is said in a line or two', async () => {
  const refused = await latchkey(['migrate-db'], '', {
    GF_PATHS_DATA: makeDirectory(),
    GF_DATABASE_URL: 'postgres://me:hush@127.0.0.1:2/none',
  });
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^latchkey: .*ECONNREFUSED.*\n.*\[database\]/),
  });
  expect(refused.stderr).not.toMatch(/hush|\.ts:/);
  const inTheWay = await latchkey(['migrate-db'], '', { GF_PATHS_DATA: '/dev/null' });
  expect(inTheWay.code).toBe(1);
  expect(inTheWay.stderr).not.toMatch(/\.ts:/);
});

test('a port that is taken is said in a line or two', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const port = String((server.address() as AddressInfo).port);
  const env = { GF_PATHS_DATA: makeDirectory(), GF_SERVER_HTTP_PORT: port };
  const { code, stderr } = await latchkey(['serve'], '', env);
  expect(code).toBe(1);
  expect(stderr).toContain('GF_SERVER_HTTP_PORT');
  expect(stderr).not.toMatch(/\.ts:/);
});

/** Waits until something is so. What never becomes so ends with the test's own time. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(50);
}

interface Setup {
  env: Record<string, string>;
  directory: string;
}

/** A server's database of its own, whose first start takes the secret key "old". */
async function underOldKey(): Promise<Setup> {
  const { directory, settings, remove } = await newDatabase();
  onTestFinished(remove);
  const { url } = settings;
  const env = { GF_PATHS_DATA: directory, ...(url === undefined ? {} : { GF_DATABASE_URL: url }) };
  const server = await startServing({ ...env, GF_SECURITY_SECRET_KEY: 'old' });
  const answer = await fetch(`${server.url}/api/datasources`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'db',
      type: 'postgres',
      secureJsonData: { password: 'hidden', token: 'too' },
    }),
  });
  expect(answer.status).toBe(200);
  expect(await server.stop()).toBe(0);
  return { env, directory };
}

test('a server with another secret key than its database does not start, and says what to do', async () => {
  const { env } = await underOldKey();
  const { code, stderr } = await latchkey(['serve'], '', { ...env, GF_SECURITY_SECRET_KEY: 'new' });
  expect(code).toBe(2);
  expect(stderr).toContain('previous_secret_key');
});

test('the secret key is exchanged while servers go on, and the old one is then worth nothing', async () => {
  const { env } = await underOldKey();
  const both = { ...env, GF_SECURITY_SECRET_KEY: 'new', GF_SECURITY_PREVIOUS_SECRET_KEY: 'old' };
  const server = await startServing(both);
  const first = await latchkey(['reencrypt-secrets', '--json'], '', both);
  expect(JSON.parse(first.stdout)).toEqual({ dataSourceSecrets: 2, ssoSecrets: 0, unreadable: [] });
  const second = await latchkey(['reencrypt-secrets'], '', both);
  expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('0 of data sources') });
  expect(await server.stop()).toBe(0);

  const withNew = await startServing({ ...env, GF_SECURITY_SECRET_KEY: 'new' });
  expect(await withNew.stop()).toBe(0);
  const withOld = await latchkey(['serve'], '', { ...env, GF_SECURITY_SECRET_KEY: 'old' });
  expect(withOld.code).toBe(2);
});

test('under a wrong key nothing is changed, and secrets whose key is lost go only when that is meant', async () => {
  const { env } = await underOldKey();
  const wrong = { ...env, GF_SECURITY_SECRET_KEY: 'new', GF_SECURITY_PREVIOUS_SECRET_KEY: 'never used' };
  const { code, stderr } = await latchkey(['reencrypt-secrets'], '', wrong);
  expect(code).toBe(1);
  expect(stderr).toContain('Nothing was changed');
  const withOld = await startServing({ ...env, GF_SECURITY_SECRET_KEY: 'old' });
  expect(await withOld.stop()).toBe(0);

  const unmeant = await latchkey(['reencrypt-secrets', '--forget-unreadable'], '', wrong);
  expect(unmeant).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
  const lost = await latchkey(['reencrypt-secrets', '--forget-unreadable', '--yes'], '', wrong);
  expect(lost.code).toBe(0);
  expect(lost.stderr).toContain('Forgotten: data source db of organization 1: token');
  const withNew = await startServing({ ...env, GF_SECURITY_SECRET_KEY: 'new' });
  expect(await withNew.stop()).toBe(0);
});
