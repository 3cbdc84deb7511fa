import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { makeDirectory, type Outcome, runCli } from '../../test/support/run-cli.ts';

let world: World;
let key = '';
beforeAll(async () => {
  world = await startWorld();
  key = (await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'saved', role: 'Admin' })).body.key;
});
afterAll(() => world.stop());

/** Somebody with a home of their own, so that what is saved is theirs. */
function someone() {
  const home = makeDirectory();
  const file = join(home, 'latchkey', 'credentials.json');
  const run = (args: string[], input = '', env: Record<string, string> = {}): Promise<Outcome> =>
    runCli(args, { env: { XDG_CONFIG_HOME: home, ...env }, input });
  return { file, run };
}

/** A server of somebody else's, and what it was told. */
async function startStranger(): Promise<{ url: string; heard: string[] }> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(JSON.stringify(request.headers));
    response.setHeader('content-type', 'application/json').end('[]');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

test('a login is saved for this user only, used by later commands, and forgotten', async () => {
  const { file, run } = someone();
  const saved = await run(['login', `${world.url}/`, '--token-stdin'], `${key}\n`);
  expect(saved).toMatchObject({
    code: 0,
    stdout: `Signed in to ${world.url} as saved; saved in ${file}\n`,
    stderr: '',
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ url: world.url, token: key });
  expect((await run(['keys', 'list'])).stdout).toContain('saved');
  expect(await run(['logout'])).toMatchObject({ code: 0 });
  expect(await run(['keys', 'list'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('latchkey login'),
  });
  expect(await run(['logout'])).toMatchObject({ code: 0, stdout: 'There was no saved login.\n' });
});

test('a file that others could read is closed to them by the next login', async () => {
  const { file, run } = someone();
  mkdirSync(dirname(file));
  writeFileSync(file, '{}');
  chmodSync(file, 0o644);
  expect((await run(['keys', 'list'])).code).toBe(2);
  expect((await run(['login', world.url, '--token-stdin'], key)).code).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a password is saved as well, with the organization to act in', async () => {
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'kept' });
  const { run } = someone();
  const args = ['login', world.url, '--user', 'admin', '--password-stdin', '--org', String(body.orgId)];
  expect((await run(args, 'admin\n')).code).toBe(0);
  expect((await run(['orgs', 'show'])).stdout).toContain('kept');
  expect((await run(['orgs', 'show', '--org', '1'])).stdout).toContain('Main Org.');
});

test('what the server does not accept is not saved', async () => {
  const { file, run } = someone();
  expect((await run(['login', world.url, '--user', 'admin', '--password-stdin'], 'wrong')).code).toBe(3);
  expect((await run(['login', 'http://127.0.0.1:2', '--token-stdin'], key)).code).toBe(5);
  expect((await run(['login', world.url])).code).toBe(2);
  expect((await run(['login', world.url, '--token-stdin'], '\n')).code).toBe(2);
  expect(() => readFileSync(file)).toThrow('ENOENT');
});

test("the saved login, and each variable's secret, goes to no other server", async () => {
  const { run } = someone();
  const stranger = await startStranger();
  await run(['login', world.url, '--token-stdin'], key);
  const elsewhere = await run(['keys', 'list', '--url', stranger.url]);
  expect(elsewhere).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`not sent there: the saved login`),
  });
  await run(['whoami', '--url', stranger.url]);
  await run(['keys', 'list'], '', { LATCHKEY_URL: stranger.url });
  const grafana = { GRAFANA_URL: world.url, GRAFANA_AUTH: 'admin:admin', LATCHKEY_URL: stranger.url };
  expect((await run(['keys', 'list'], '', grafana)).code).toBe(2);
  expect(stranger.heard.join()).not.toContain('authorization');
  expect(
    (await run(['keys', 'list', '--url', stranger.url], '', { LATCHKEY_TOKEN: 'for-any-server' })).code,
  ).toBe(0);
  expect(stranger.heard.join()).toContain('Bearer for-any-server');
});

test("Terraform's variables, an address with a login in it, and options before everything else", async () => {
  const { run } = someone();
  const asKey = await run(['whoami', '--json'], '', { GRAFANA_URL: world.url, GRAFANA_AUTH: key });
  expect(JSON.parse(asKey.stdout).identity).toMatchObject({ kind: 'api-key', name: 'saved' });
  const asAdmin = await run(['whoami', '--json'], '', {
    GRAFANA_URL: `${world.url}/`,
    GRAFANA_AUTH: 'admin:admin',
  });
  expect(JSON.parse(asAdmin.stdout).identity).toMatchObject({ kind: 'user', login: 'admin' });
  const address = world.url.replace('//', '//admin:admin@');
  expect(JSON.parse((await run(['whoami', '--url', address, '--json'])).stdout).identity.login).toBe('admin');
  const wrong = { LATCHKEY_URL: 'http://127.0.0.1:2', LATCHKEY_TOKEN: 'wrong' };
  expect((await run(['keys', 'list', '--url', world.url, '--token', key], '', wrong)).code).toBe(0);
});

test('options that contradict each other are a wrong call', async () => {
  const { run } = someone();
  const calls = [
    ['keys', 'list', '--token', 'x', '--user', 'admin'],
    ['keys', 'list', '--password-stdin'],
    ['keys', 'list', '--user', 'admin:admin', '--password-stdin'],
    ['keys', 'list', '--user', 'admin'],
    ['keys', 'list', '--org', '0', '--token', 'x'],
    ['keys', 'list', '--url', '127.0.0.1:3000', '--token', 'x'],
    ['keys', 'list', '--token', 'two\nlines'],
    ['login', world.url, '--url', world.url],
  ];
  for (const args of calls)
    expect({ args, code: (await run(args, 'admin')).code }).toEqual({ args, code: 2 });
});

test('without a terminal, what to use in place of an answer is said', async () => {
  const { run } = someone();
  const { code, stderr } = await run(['login', world.url]);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^latchkey: there is no terminal .*\n.*--token-stdin.*--user LOGIN .*--password-stdin/,
  );
});
