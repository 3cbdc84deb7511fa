import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hashPassword } from '../../crypto/passwords.ts';
import { makeDirectory, runCli, startCli } from '../../../test/support/run-cli.ts';
import { ADMIN, newDatabase, startWorld, type World } from '../../testing/world.ts';

const EVERYWHERE = { server: { http_addr: '0.0.0.0' } };
const SAYS = 'its administrator admin still has the password admin';

async function makeWorld(overrides: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const world = await startWorld(overrides);
  onTestFinished(() => world.stop());
  return world;
}

async function warningsOf(world: World, as: Parameters<World['send']>[0]): Promise<string[] | undefined> {
  const { status, body } = await world.send(as, 'GET', '/api/health');
  expect(status).toBe(200);
  return body.warnings as string[] | undefined;
}

test.each([
  ['listens beyond this machine', EVERYWHERE],
  ['listens to all over IPv6 too', { server: { http_addr: '::' } }],
  ['has a proxy in front', { server: { trusted_proxies: '10.0.0.1' } }],
  ['is known by a name', { server: { root_url: 'https://keys.example.org/' } }],
])(
  'a server that %s says in its log that the first password is still the one everybody knows',
  async (_what, overrides) => {
    expect((await makeWorld(overrides)).log.join('')).toContain(SAYS);
  },
);

test.each([
  ['nobody else can reach the server', {}],
  ['it listens on another loopback address', { server: { http_addr: '127.0.0.2' } }],
  ['the password is another', { ...EVERYWHERE, security: { admin_password: 'another' } }],
  ['there is no administrator', { ...EVERYWHERE, security: { disable_initial_admin_creation: true } }],
])('nothing is said where %s', async (_what, overrides) => {
  expect((await makeWorld(overrides)).log.join('')).not.toContain('still has the password');
});

test('the health of the server tells it to its administrators, to nobody else, and only while it is so', async () => {
  const world = await makeWorld(EVERYWHERE);
  expect(await warningsOf(world, ADMIN)).toEqual([expect.stringContaining(SAYS)]);
  const { body: key } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'k', role: 'Admin' });
  expect(await warningsOf(world, undefined)).toBeUndefined();
  expect(await warningsOf(world, { bearer: key.key })).toBeUndefined();
  expect(await warningsOf(world, { bearer: 'nonsense' })).toBeUndefined();
  expect(await warningsOf(world, { basic: 'admin:wrong' })).toBeUndefined();

  const own = { basic: 'admin:my-own-password' };
  const change = { password: 'my-own-password' };
  expect((await world.send(ADMIN, 'PUT', '/api/admin/users/1/password', change)).status).toBe(200);
  expect(await warningsOf(world, own)).toBeUndefined();
  const back = { password: 'admin' };
  expect((await world.send(own, 'PUT', '/api/admin/users/1/password', back)).status).toBe(200);
  expect(await warningsOf(world, ADMIN)).toHaveLength(1);
});

test('an administrator who may not sign in any more is none whose password matters', async () => {
  const world = await makeWorld(EVERYWHERE);
  const created = { name: 'boss', login: 'boss', password: 'a-long-password', OrgId: 1 };
  const { body } = await world.send(ADMIN, 'POST', '/api/admin/users', created);
  const raised = { isGrafanaAdmin: true };
  expect((await world.send(ADMIN, 'PUT', `/api/admin/users/${body.id}/permissions`, raised)).status).toBe(
    200,
  );
  const boss = { basic: 'boss:a-long-password' };
  expect(await warningsOf(world, boss)).toHaveLength(1);
  expect((await world.send(boss, 'POST', '/api/admin/users/1/disable')).status).toBe(200);
  expect(await warningsOf(world, boss)).toBeUndefined();
});

/** The environment of a server on a database of its own. */
async function environment(more: Record<string, string>): Promise<Record<string, string>> {
  const { directory, settings, remove } = await newDatabase();
  onTestFinished(remove);
  return {
    GF_PATHS_DATA: directory,
    GF_SERVER_HTTP_ADDR: '0.0.0.0',
    GF_SERVER_HTTP_PORT: '0',
    ...(settings['url'] === undefined ? {} : { GF_DATABASE_URL: settings['url'] }),
    ...more,
  };
}

function noSettings(): string {
  const file = join(makeDirectory(), 'empty.ini');
  writeFileSync(file, '');
  return file;
}

/** What a start prints until it listens, and the process, which goes on. */
async function startServing(env: Record<string, string>) {
  const child = startCli(['serve', '--config', noSettings()], env);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
  await new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.includes('/api/docs')) resolve();
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  onTestFinished(stop);
  return { text, url: /listens on (\S+)/.exec(text)?.[1] ?? '', stop };
}

function signIn(url: string, password: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
  return fetch(`${url}/api/org`, { headers: { authorization } }).then(({ status }) => status);
}

test('the welcome of every start warns of it', async () => {
  const env = await environment({});
  const first = await startServing(env);
  expect(first.text).toContain(
    'WARNING: others can reach this server, and admin still has the password admin',
  );
  await first.stop();
  const second = await startServing(env);
  expect(second.text).toContain('WARNING: others can reach this server');
});

test('a server that is told to does not start so, makes nothing, and says what to do', async () => {
  const required = await environment({ GF_SECURITY_REQUIRE_OWN_ADMIN_PASSWORD: 'true' });
  const refused = await runCli(['serve', '--config', noSettings()], { env: required });
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('GF_SECURITY_ADMIN_PASSWORD');
  const { url, text } = await startServing({ ...required, GF_SECURITY_ADMIN_PASSWORD: 'my-own-password' });
  expect(await signIn(url, 'my-own-password')).toBe(200);
  expect(text).not.toContain('WARNING');
});

test('a server that was begun with the known password does not start so either, until another is set', async () => {
  const env = await environment({});
  await (await startServing(env)).stop();
  const required = { ...env, GF_SECURITY_REQUIRE_OWN_ADMIN_PASSWORD: 'true' };
  const refused = await runCli(['serve', '--config', noSettings()], { env: required });
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('latchkey reset-admin-password --login admin');
  const reset = ['reset-admin-password', '--generate', '--config', noSettings()];
  const { stdout } = await runCli(reset, { env: required });
  const { url } = await startServing(required);
  expect(await signIn(url, stdout.trim())).toBe(200);
});

test.each(['127.0.0.1', '0.0.0.0'])(
  'a server that is told to does not start so at any address, since a proxy may be in front of it: %s',
  async (address) => {
    const env = await environment({ GF_SERVER_HTTP_ADDR: address });
    const required = { ...env, GF_SECURITY_REQUIRE_OWN_ADMIN_PASSWORD: 'true' };
    const first = await runCli(['serve', '--config', noSettings()], { env: required });
    expect(first).toMatchObject({ code: 2, stderr: expect.stringContaining('GF_SECURITY_ADMIN_PASSWORD') });
    await (await startServing(env)).stop();
    const later = await runCli(['serve', '--config', noSettings()], { env: required });
    expect(later).toMatchObject({ code: 2, stderr: expect.stringContaining('reset-admin-password') });
  },
);

test('where administrators need passwords of their own, none gets the one that everybody knows, and nothing is changed', async () => {
  const own = { basic: 'admin:my-own-password' };
  const security = { admin_password: 'my-own-password', require_own_admin_password: true };
  const world = await makeWorld({ security });
  const known = { password: 'admin' };
  const isRefused = { status: 400, body: { detail: expect.stringContaining('require_own_admin_password') } };
  const change = { oldPassword: 'my-own-password', newPassword: 'admin' };
  expect(await world.send(own, 'PUT', '/api/user/password', change)).toMatchObject(isRefused);
  expect(await world.send(own, 'PUT', '/api/admin/users/1/password', known)).toMatchObject(isRefused);
  expect((await world.send(own, 'GET', '/api/user')).status).toBe(200);

  const { body: ann } = await world.send(own, 'POST', '/api/admin/users', {
    login: 'ann',
    password: 'admin',
  });
  const permissions = `/api/admin/users/${ann.id}/permissions`;
  expect(await world.send(own, 'PUT', permissions, { isGrafanaAdmin: true })).toMatchObject(isRefused);
  const better = { password: 'another' };
  expect((await world.send(own, 'PUT', `/api/admin/users/${ann.id}/password`, better)).status).toBe(200);
  expect((await world.send(own, 'PUT', permissions, { isGrafanaAdmin: true })).status).toBe(200);
  expect(await world.send(own, 'PUT', `/api/admin/users/${ann.id}/password`, known)).toMatchObject(isRefused);

  expect((await world.send(own, 'POST', `/api/admin/users/${ann.id}/disable`)).status).toBe(200);
  const { db } = world.context;
  const password_hash = await hashPassword('admin');
  await db.updateTable('user').set({ password_hash }).where('login', '=', 'ann').execute();
  expect(await world.send(own, 'POST', `/api/admin/users/${ann.id}/enable`)).toMatchObject(isRefused);
});

test('a command on the machine does not give it to an administrator either', async () => {
  const required = await environment({
    GF_SECURITY_REQUIRE_OWN_ADMIN_PASSWORD: 'true',
    GF_SECURITY_ADMIN_PASSWORD: 'my-own-password',
  });
  await (await startServing(required)).stop();
  const args = ['reset-admin-password', '--password-stdin', '--config', noSettings()];
  const refused = await runCli(args, { env: required, input: 'admin' });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('require_own_admin_password') });
  const { url } = await startServing(required);
  expect(await signIn(url, 'my-own-password')).toBe(200);
});

test('a password that is made up is printed at the first start, once, and is in no log', async () => {
  const env = await environment({
    GF_SECURITY_GENERATE_ADMIN_PASSWORD: 'true',
    GF_SECURITY_REQUIRE_OWN_ADMIN_PASSWORD: 'true',
    GF_LOG_LEVEL: 'trace',
  });
  const first = await startServing(env);
  const password = /admin \/ (\S{24}) {3}\(made for you/.exec(first.text)?.[1] ?? '';
  expect(password).toMatch(/^[A-Za-z0-9]{24}$/);
  expect(await signIn(first.url, password)).toBe(200);
  expect(await signIn(first.url, 'admin')).toBe(401);
  expect(first.text.split(password)).toHaveLength(2);
  expect(
    first.text
      .split('\n')
      .filter((line) => line.includes('level='))
      .join(),
  ).not.toContain(password);
  await first.stop();
  const second = await startServing(env);
  expect(second.text).not.toContain(password);
  expect(await signIn(second.url, password)).toBe(200);
});
