import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { type Outcome, runCli } from '../../test/support/run-cli.ts';

let world: World;
let account = 0;
beforeAll(async () => {
  world = await startWorld();
  account = (await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'robot', role: 'Editor' })).body
    .id;
});
afterAll(() => world.stop());

function whoami(token: string | undefined, ...args: string[]): Promise<Outcome> {
  return runCli(['whoami', ...args], { env: { LATCHKEY_URL: world.url, LATCHKEY_TOKEN: token } });
}

async function makeKey(name: string, more: object = {}): Promise<{ id: number; key: string }> {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/auth/keys', {
    name,
    role: 'Viewer',
    ...more,
  });
  expect(status).toBe(200);
  return body;
}

async function makeToken(name: string): Promise<{ id: number; key: string }> {
  return (await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/tokens`, { name })).body;
}

test('a key that works: who it is, until when, and what it may do', async () => {
  const { key } = await makeKey('works', { secondsToLive: 3600 });
  const { code, stdout } = await whoami(key);
  expect(code).toBe(0);
  expect(stdout).toContain('An API key named "works", of organization 1.');
  expect(stdout).toContain('"Authorization: Bearer …"');
  expect(stdout).toContain('Viewer in organization 1, "Main Org.".');
  expect(stdout).toMatch(/It expires \d{4}-\d\d-\d\d \d\d:\d\d UTC\./);
  expect(stdout).toMatch(/yes {2}GET \/api\/org /);
  expect(stdout).toMatch(/yes {2}GET \/api\/folders /);
  expect(stdout).toMatch(/no {3}GET \/api\/auth\/keys .*\n +403 Permission denied: apikeys:read/);
  expect(stdout).toContain('-> The API key "works" has the role Viewer');
  expect(stdout).not.toContain(key);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('as JSON: everything that was found out', async () => {
  const { key } = await makeToken('as JSON');
  const { code, stdout, stderr } = await whoami(key, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const found = JSON.parse(stdout);
  expect(found).toMatchObject({
    url: world.url,
    server: { reachable: true, database: 'ok' },
    credential: { kind: 'service account token', isWellFormed: true, header: 'Bearer' },
    refused: null,
    identity: { kind: 'service-account', name: 'robot', role: 'Editor', org: { id: 1 }, expiresAt: null },
  });
  expect(
    found.access.map(({ call, allowed }: { call: string; allowed: boolean }) => [call, allowed]),
  ).toEqual([
    ['GET /api/org', true],
    ['GET /api/folders', true],
    ['GET /api/auth/keys', false],
    ['GET /api/serviceaccounts/search', false],
    ['GET /api/admin/stats', false],
  ]);
  expect(found.access[2].mend).toContain('Admin');
  expect(stdout).not.toContain(key);
});

test('an administrator with a password may do it all', async () => {
  const env = { LATCHKEY_URL: world.url };
  const { code, stdout } = await runCli(['whoami', '--user', 'admin', '--password-stdin'], {
    env,
    input: 'admin\n',
  });
  expect(code).toBe(0);
  expect(stdout).toContain('It administers the whole server.');
  expect(stdout).not.toMatch(/ no {3}GET/);
});

test('a revoked key', async () => {
  const { id, key } = await makeKey('revoked');
  await world.send(ADMIN, 'POST', `/api/auth/keys/${id}/revoke`);
  const { code, stdout } = await whoami(key);
  expect(code).toBe(3);
  expect(stdout).toContain('401 Token revoked');
  expect(stdout).toContain('latchkey keys create');
});

test('an expired token, as the command line sees it too', async () => {
  const { key } = await makeKey('expired', { secondsToLive: 60 });
  world.clock.advance(61_000);
  const { code, stdout } = await whoami(key);
  expect(code).toBe(3);
  expect(stdout).toContain('401 Token expired');
  expect(stdout).toContain('latchkey keys list --expired');
});

test('a deleted token', async () => {
  const { id, key } = await makeToken('deleted');
  await world.send(ADMIN, 'DELETE', `/api/serviceaccounts/${account}/tokens/${id}`);
  const { code, stdout } = await whoami(key);
  expect(code).toBe(3);
  expect(stdout).toContain('its checksum fits');
  expect(stdout).toContain('401 Invalid API key');
  expect(stdout).toContain('it was deleted, or it is of another server');
});

test('a token of a disabled service account', async () => {
  const { key } = await makeToken('of a disabled one');
  await world.send(ADMIN, 'PATCH', `/api/serviceaccounts/${account}`, { isDisabled: true });
  const { code, stdout } = await whoami(key);
  await world.send(ADMIN, 'PATCH', `/api/serviceaccounts/${account}`, { isDisabled: false });
  expect(code).toBe(3);
  expect(stdout).toContain('401 Service account is disabled');
  expect(stdout).toContain('latchkey service-accounts set ACCOUNT --enable');
});

test('a mistyped token, a key cut off, and the word Bearer in the wrong place', async () => {
  const { key: token } = await makeToken('mistyped');
  const swapped = token.replace(/.(?=_[0-9a-f]{8}$)/, (letter) => (letter === 'x' ? 'y' : 'x'));
  expect(await whoami(swapped)).toMatchObject({
    code: 3,
    stdout: expect.stringContaining('its checksum does not fit'),
  });
  const { key } = await makeKey('cut off');
  expect(await whoami(key.slice(0, -20))).toMatchObject({
    code: 3,
    stdout: expect.stringContaining('cut off'),
  });
  expect(await whoami(`Bearer ${key}`)).toMatchObject({
    code: 3,
    stdout: expect.stringContaining('the word Bearer'),
  });
});

test('a wrong password', async () => {
  const env = { LATCHKEY_URL: world.url, GRAFANA_AUTH: 'admin:guess' };
  const { code, stdout } = await runCli(['whoami'], { env });
  expect(code).toBe(3);
  expect(stdout).toContain('401 invalid username or password');
  expect(stdout).toContain('latchkey reset-admin-password');
  expect(stdout).not.toContain('guess');
});

test('a key sent as the password of api_key', async () => {
  const { key } = await makeKey('by basic');
  const { code, stdout } = await runCli(['whoami'], {
    env: { LATCHKEY_URL: world.url, GRAFANA_AUTH: `api_key:${key}` },
  });
  expect(code).toBe(0);
  expect(stdout).toContain('"Authorization: Basic …"');
  expect(stdout).toContain('The API key by basic');
});

test('no credential at all', async () => {
  const { code, stdout } = await whoami(undefined);
  expect(code).toBe(3);
  expect(stdout).toContain('There is none.');
  expect(stdout).toContain('latchkey login');
});

test('an organization that the credential may not act in', async () => {
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'another' });
  const { key } = await makeKey('of the main one');
  const { code, stdout } = await whoami(key, '--org', String(body.orgId));
  expect(code).toBe(4);
  expect(stdout).toContain('this credential belongs to organization 1');
  expect(stdout).toContain('Leave out --org');
});

test('a server that is not there', async () => {
  const env = { LATCHKEY_URL: 'http://127.0.0.1:2', LATCHKEY_TOKEN: 'x' };
  const page = await runCli(['whoami'], { env });
  expect(page).toMatchObject({ code: 5, stdout: expect.stringContaining('Nothing listens there') });
  const { code, stdout } = await runCli(['whoami', '--json'], { env });
  expect(code).toBe(5);
  expect(JSON.parse(stdout)).toMatchObject({ server: { reachable: false }, exitCode: 5 });
});

test('what is too much at once is asked again, and what stays unknown is no "no"', async () => {
  const limited = await startWorld({ rate_limiting: { enabled: true, per_second: 1, burst: 3 } });
  onTestFinished(() => limited.stop());
  const makeEnv = async (name: string) => {
    const { key } = (await limited.send(ADMIN, 'POST', '/api/auth/keys', { name, role: 'Admin' })).body;
    return { LATCHKEY_URL: limited.url, LATCHKEY_TOKEN: key };
  };
  const [env, another, third] = [await makeEnv('one'), await makeEnv('another'), await makeEnv('third')];
  const { code, stdout } = await runCli(['whoami'], { env });
  expect(stdout).not.toContain('429');
  expect(stdout.match(/ yes {2}GET/g)).toHaveLength(5);
  expect(code).toBe(0);

  // A clock that stands gives nothing back.
  const now = limited.clock.now();
  limited.context.now = () => now;
  const [stuck, asJson] = await Promise.all([
    runCli(['whoami'], { env: another }),
    runCli(['whoami', '--json'], { env: third }),
  ]);
  expect(stuck.stdout).toMatch(/ \? {4}GET \/api\/auth\/keys .*\n +not known: 429 Too many requests/);
  expect(stuck.code).toBe(6);
  const found = JSON.parse(asJson.stdout);
  const verdicts = found.access.map(({ allowed }: { allowed: boolean | null }) => allowed);
  expect(verdicts).toEqual([true, true, null, null, null]);
});

test('a server in trouble: what it says is wrong', async () => {
  const server = createServer((_, response) => {
    const body = {
      commit: '',
      database: 'failing',
      version: '12',
      reason: 'the disk of the database is full',
    };
    response.writeHead(503, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, stdout } = await whoami(undefined, '--url', url, '--token', 'secret');
  expect(code).toBe(1);
  expect(stdout).toContain('503 the disk of the database is full');
});

test('something else at that address does not get to see the credential', async () => {
  const heard: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    heard.push(request.headers.authorization);
    response.end('<html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, stdout } = await whoami(undefined, '--url', url, '--token', 'secret');
  expect(code).toBe(5);
  expect(stdout).toContain('an answer that is not JSON');
  expect(heard).toEqual([undefined]);
});
