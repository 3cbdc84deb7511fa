import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { type Outcome, runCli } from '../../test/support/run-cli.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

function latchkey(...args: string[]): Promise<Outcome> {
  return runCli(args, { env: { LATCHKEY_URL: world.url, GRAFANA_AUTH: 'admin:admin' } });
}

async function json(...args: string[]) {
  const { code, stdout } = await latchkey(...args, '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

function call(token: string, headers: Record<string, string> = {}) {
  return world.send({ bearer: token }, 'GET', '/api/org', undefined, headers);
}

test("a new account's number stands alone on standard output, and its token's secret too", async () => {
  const made = await latchkey('service-accounts', 'create', 'alone', '--role', 'Editor');
  expect(made.stdout).toMatch(/^\d+\n$/);
  const issued = await latchkey('tokens', 'create', made.stdout.trim(), 'first', '--ttl', '1M');
  expect(issued.code).toBe(0);
  expect(issued.stdout).toMatch(/^glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}\n$/);
  expect((await call(issued.stdout.trim())).status).toBe(200);
  const [token] = await json('tokens', 'list', 'alone');
  expect(token).toMatchObject({ name: 'first', expiration: expect.stringMatching(/Z$/), isRevoked: false });
});

test('an account is found by its name, listed, changed, shown and deleted', async () => {
  await latchkey('service-accounts', 'create', 'deploy');
  await latchkey('service-accounts', 'create', 'deploy-2', '--role', 'Admin');
  expect(await json('service-accounts', 'show', 'deploy')).toMatchObject({
    role: 'Viewer',
    isDisabled: false,
    orgs: [],
  });
  const set = await latchkey(
    'service-accounts',
    'set',
    'deploy',
    '--name',
    'deployer',
    '--role',
    'Editor',
    '--disable',
  );
  expect(set).toMatchObject({ code: 0, stdout: 'Service account updated: deploy\n' });
  expect(await json('service-accounts', 'show', 'deployer')).toMatchObject({
    role: 'Editor',
    isDisabled: true,
  });
  const found = await json('service-accounts', 'list', '--query', 'deploy');
  expect(found.map(({ name }: { name: string }) => name)).toEqual(['deploy-2', 'deployer']);
  expect((await latchkey('service-accounts', 'list')).stdout).toMatch(
    /deployer +sa-deploy +Editor +0 +disabled\n/,
  );
  expect((await latchkey('service-accounts', 'delete', 'deployer')).code).toBe(0);
  expect(await latchkey('service-accounts', 'show', 'deployer')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no service account named "deployer"'),
  });
});

test('a disabled account is refused, and let in again when it is enabled', async () => {
  await latchkey('service-accounts', 'create', 'switched');
  const token = (await latchkey('tokens', 'create', 'switched', 'switched token')).stdout.trim();
  await latchkey('service-accounts', 'set', 'switched', '--disable');
  expect((await call(token)).status).toBe(401);
  await latchkey('service-accounts', 'set', 'switched', '--enable');
  expect((await call(token)).status).toBe(200);
});

test('to change nothing, or both ways at once, is a wrong call', async () => {
  await latchkey('service-accounts', 'create', 'steady');
  const nothing = await latchkey('service-accounts', 'set', 'steady');
  expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining('--disable') });
  expect((await latchkey('service-accounts', 'set', 'steady', '--disable', '--enable')).code).toBe(2);
});

test('a token is revoked and deleted by name within its account', async () => {
  await latchkey('service-accounts', 'create', 'holder');
  const token = (await latchkey('tokens', 'create', 'holder', 'ending')).stdout.trim();
  expect((await call(token)).status).toBe(200);
  expect(await latchkey('tokens', 'revoke', 'holder', 'ending')).toMatchObject({
    code: 0,
    stdout: 'Service account token revoked: ending\n',
  });
  expect((await call(token)).body.message).toBe('Token revoked');
  expect((await latchkey('tokens', 'list', 'holder')).stdout).toMatch(/ending .* revoked\n/);
  expect(await json('tokens', 'delete', 'holder', 'ending')).toEqual({
    message: 'Service account token deleted',
  });
  expect((await call(token)).body.message).toBe('Invalid API key');
  expect(await latchkey('tokens', 'list', 'holder')).toMatchObject({ code: 0, stdout: '' });
  expect((await latchkey('tokens', 'delete', 'holder', 'ending')).stderr).toContain(
    'no token named "ending"',
  );
});

test('an account acts in a further organization as long as it is granted', async () => {
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'further' });
  const there = { 'X-Grafana-Org-Id': String(body.orgId) };
  await latchkey('service-accounts', 'create', 'traveller');
  const token = (await latchkey('tokens', 'create', 'traveller', 'travelling')).stdout.trim();
  expect((await call(token, there)).status).toBe(403);
  expect(
    (await latchkey('service-accounts', 'grant-org', 'traveller', 'further', '--role', 'Editor')).code,
  ).toBe(0);
  expect((await call(token, there)).body.name).toBe('further');
  expect((await latchkey('service-accounts', 'show', 'traveller')).stdout).toContain(
    `Editor in organization ${body.orgId}, further`,
  );
  expect((await latchkey('service-accounts', 'withdraw-org', 'traveller', String(body.orgId))).code).toBe(0);
  expect((await call(token, there)).status).toBe(403);
});
