import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { type Outcome, runCli } from '../../test/support/run-cli.ts';

// More than a page, and as JSON more than a pipe holds.
const LONG = 510;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

function latchkey(...args: string[]): Promise<Outcome> {
  return runCli(args, { env: { LATCHKEY_URL: world.url, GRAFANA_AUTH: 'admin:admin' } });
}

async function statusWith(key: string): Promise<number> {
  return (await world.send({ bearer: key }, 'GET', '/api/org')).status;
}

test('the secret of a new key stands alone on standard output, and works', async () => {
  const { code, stdout, stderr } = await latchkey(
    'keys',
    'create',
    'alone',
    '--role',
    'Viewer',
    '--ttl',
    '12h',
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^eyJ[\w+/=]+\n$/);
  expect(stderr).toContain('"alone"');
  expect(stderr).not.toContain(stdout.trim());
  expect(await statusWith(stdout.trim())).toBe(200);
});

test('the life of a key is what was asked for', async () => {
  await latchkey('keys', 'create', 'short', '--role', 'Viewer', '--ttl', '1M');
  const { stdout } = await latchkey('keys', 'list', '--json');
  const listed = JSON.parse(stdout).find(({ name }: { name: string }) => name === 'short');
  const days = (Date.parse(listed.expiration) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(29.9);
  expect(days).toBeLessThanOrEqual(30);
});

test('a new key as JSON is the whole answer', async () => {
  const { code, stdout, stderr } = await latchkey('keys', 'create', 'whole', '--role', 'Editor', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    id: expect.any(Number),
    name: 'whole',
    key: expect.stringMatching(/^eyJ/),
  });
  expect(stderr).toBe('');
});

test('a key is revoked by its name and deleted by its number', async () => {
  const { stdout } = await latchkey('keys', 'create', 'ending', '--role', 'Viewer', '--json');
  const { id, key } = JSON.parse(stdout);
  expect(await statusWith(key)).toBe(200);
  const revoked = await latchkey('keys', 'revoke', 'ending');
  expect(revoked).toMatchObject({ code: 0, stdout: 'API key revoked: ending\n' });
  expect(await statusWith(key)).toBe(401);
  expect((await latchkey('keys', 'list')).stdout).toMatch(/ending .* revoked\n/);
  const deleted = await latchkey('keys', 'delete', String(id), '--json');
  expect(JSON.parse(deleted.stdout)).toEqual({ message: 'API key deleted' });
  expect((await latchkey('keys', 'list')).stdout).not.toContain('ending');
});

test('expired keys are listed only when asked for', async () => {
  await latchkey('keys', 'create', 'brief', '--role', 'Viewer', '--ttl', '1s');
  world.clock.advance(2000);
  expect((await latchkey('keys', 'list')).stdout).not.toContain('brief');
  expect((await latchkey('keys', 'list', '--expired')).stdout).toContain('brief');
});

let longList = 0;
beforeAll(async () => {
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'long list' });
  longList = body.orgId;
  const headers = { 'X-Grafana-Org-Id': String(longList) };
  for (let at = 0; at < LONG; at++) {
    await world.send(ADMIN, 'POST', '/api/auth/keys', { name: `k${at}`, role: 'Viewer' }, headers);
  }
});

test('a long list is read to its end', async () => {
  const { stdout } = await latchkey('keys', 'list', '--org', String(longList), '--json');
  expect(new Set(JSON.parse(stdout).map(({ name }: { name: string }) => name)).size).toBe(LONG);
});

test('the table fits into 80 columns, and a name that could steer the terminal is written out', async () => {
  const name = `\u001b[31m${'名前が長い'.repeat(30)}`;
  await world.send(ADMIN, 'POST', '/api/auth/keys', { name, role: 'Viewer' });
  const env = { LATCHKEY_URL: world.url, GRAFANA_AUTH: 'admin:admin', COLUMNS: '80' };
  const { stdout } = await runCli(['keys', 'list'], { env });
  expect(stdout).not.toContain('\u001b');
  const line = stdout.split('\n').find((text) => text.includes('\\u001b[31m名前が')) ?? '';
  // Each of these letters takes two columns.
  expect(line.replaceAll(/[^\u0020-\u007e…]/g, 'xx').length).toBeLessThanOrEqual(80);
  expect(line).toMatch(/… .*never .* active$/);
});

test('whoever has read enough hears no complaint: keys list | head -1', async () => {
  const command = `"${process.execPath}" cli/main.ts keys list --org ${longList} --json | head -1; echo "\${PIPESTATUS[0]}"`;
  const env = {
    PATH: process.env['PATH'],
    LATCHKEY_URL: world.url,
    GRAFANA_AUTH: 'admin:admin',
    HOME: '/nonexistent',
  };
  expect(await promisify(execFile)('bash', ['-c', command], { env })).toEqual({
    stdout: '[\n0\n',
    stderr: '',
  });
});

test('failures have their own exit codes, and no stack traces', async () => {
  const taken = await latchkey('keys', 'create', 'alone', '--role', 'Viewer');
  expect(taken.code).toBe(1);
  expect(taken.stdout).toBe('');
  expect(taken.stderr).toBe(
    'latchkey: 409 API key, organization ID and name must be unique\n' +
      '  The organization has a key or a service account token of that name already: choose another.\n',
  );
  expect(await latchkey('keys', 'revoke', 'nobody')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no key named "nobody"'),
  });
  const badLife = await latchkey('keys', 'create', 'x', '--role', 'Viewer', '--ttl', '12');
  expect(badLife.code).toBe(2);
  expect(badLife.stderr).toContain(
    's (seconds), m (minutes), h (hours), d (days), w (weeks) or M (months of 30 days)',
  );
  expect((await latchkey('keys', 'create', 'x', '--role', 'Owner')).stderr).toContain(
    'None, Viewer, Editor, Admin',
  );
  expect((await latchkey('keys', 'create', 'x')).code).toBe(2);
});

test('401, 403 and an unreachable server each have an exit code', async () => {
  const { stdout: viewer } = await latchkey('keys', 'create', 'viewer', '--role', 'Viewer');
  const as = (token: string, url = world.url) =>
    runCli(['keys', 'list'], { env: { LATCHKEY_URL: url, LATCHKEY_TOKEN: token } });
  const forbidden = await as(viewer.trim());
  expect(forbidden.code).toBe(4);
  expect(forbidden.stderr).toContain('403 Permission denied: apikeys:read');
  expect(forbidden.stderr).toContain('the role Admin');
  const unauthorized = await as('nonsense');
  expect(unauthorized.code).toBe(3);
  expect(unauthorized.stderr).toContain('latchkey whoami');
  const unreachable = await as('nonsense', 'http://127.0.0.1:1');
  expect(unreachable.code).toBe(5);
  expect(unreachable.stderr).not.toMatch(/ at .*\.ts/);
});

interface Moved {
  id: number;
  name: string;
  outcome: string;
  serviceAccount?: string;
}

const outcomesIn = (stdout: string): Record<string, string> =>
  Object.fromEntries(JSON.parse(stdout).keys.map(({ name, outcome }: Moved) => [name, outcome]));

test('keys move to service accounts one by one or all at once, and their secrets go on working', async () => {
  const { body: org } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'to be migrated' });
  const there = { 'x-grafana-org-id': String(org.orgId) };
  const keys: string[] = [];
  for (const name of ['one', 'two', 'three']) {
    const { body } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name, role: 'Editor' }, there);
    keys.push(body.key);
  }
  const here = ['--org', String(org.orgId)];
  const dry = await latchkey('keys', 'migrate', '--all', '--dry-run', '--json', ...here);
  expect(outcomesIn(dry.stdout)).toEqual({ one: 'would move', two: 'would move', three: 'would move' });

  const single = await latchkey('keys', 'migrate', '--key', 'two', ...here);
  expect(single).toMatchObject({ code: 0, stderr: '1 moved\n' });
  expect(single.stdout).toMatch(/two +moved +\d+ sa-autogen-two\n/);

  const all = await latchkey('keys', 'migrate', '--all', '--group-by-role', '--json', ...here);
  expect(all.code).toBe(0);
  expect(outcomesIn(all.stdout)).toEqual({ one: 'moved', two: 'already moved', three: 'moved' });
  const accounts = JSON.parse(all.stdout).keys.map(({ serviceAccount }: Moved) => serviceAccount);
  expect(accounts.toSorted()).toEqual(['sa-autogen-keys-editor', 'sa-autogen-keys-editor', 'sa-autogen-two']);
  for (const key of keys) expect(await statusWith(key)).toBe(200);

  const again = await latchkey('keys', 'migrate', '--key', 'two', '--json', ...here);
  expect(outcomesIn(again.stdout)).toEqual({ two: 'already moved' });
  const back = await latchkey('keys', 'revert', 'two', ...here);
  expect(back).toMatchObject({ code: 0, stdout: 'reverted service account to API key: two\n' });
  const twice = await latchkey('keys', 'revert', 'two', ...here);
  expect(twice).toMatchObject({ code: 1, stderr: expect.stringContaining('the key two has not moved') });
  for (const key of keys) expect(await statusWith(key)).toBe(200);

  const refused = await latchkey('keys', 'create', 'late', '--role', 'Viewer', ...here);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('POST /api/serviceaccounts');
});

test('what to move has to be said, and once', async () => {
  for (const flags of [[], ['--all', '--key', '1']]) {
    const { code, stderr } = await latchkey('keys', 'migrate', ...flags);
    expect(code).toBe(2);
    expect(stderr).toContain('give one of --all and --key');
  }
  expect((await latchkey('keys', 'migrate', '--key', 'nobody')).stderr).toContain('no key "nobody"');
});

test('the inventory says who uses a key and what to do about it', async () => {
  const { body } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'watched', role: 'Viewer' });
  await world.send({ bearer: body.key }, 'GET', '/api/org', undefined, { 'user-agent': 'cron/7' });
  const { code, stdout, stderr } = await latchkey('keys', 'inventory');
  expect(code).toBe(0);
  expect(stdout).toMatch(/watched +Viewer .*never-expires/);
  expect(stderr).toMatch(
    /watched\n +used by +cron\/7 at 127\.0\.0\.1: 1 read, 0 written, .*\n +advice +It never expires/,
  );
  const listed = JSON.parse((await latchkey('keys', 'inventory', '--json')).stdout);
  expect(listed.find(({ name }: Moved) => name === 'watched').callers).toMatchObject([
    { userAgent: 'cron/7', reads: 1, writes: 0 },
  ]);
});

test('an empty token stands for nobody else', async () => {
  const byFlag = await latchkey('whoami', '--token', '');
  expect(byFlag).toMatchObject({ code: 2, stderr: expect.stringContaining('--token is given but empty') });
  const env = { LATCHKEY_URL: world.url, GRAFANA_AUTH: 'admin:admin', LATCHKEY_TOKEN: '' };
  const byVariable = await runCli(['keys', 'list'], { env });
  expect(byVariable).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('LATCHKEY_TOKEN is given but'),
  });
});
