import { join } from 'node:path';
import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudWorld, startCloudWorld } from '../../../server/testing/cloud.ts';
import { ADMIN } from '../../../server/testing/world.ts';
import { makeDirectory, type Outcome, runCli } from '../../../test/support/run-cli.ts';

let world: CloudWorld;
let key = '';
beforeAll(async () => {
  world = await startCloudWorld({
    auth: { auth_token_max_seconds_to_live: 30 * 86_400 },
    security: { disable_brute_force_login_protection: true },
  });
  if (world.admin !== undefined && 'bearer' in world.admin) key = world.admin.bearer;
});
afterAll(() => world.stop());

function cloud(...args: string[]): Promise<Outcome> {
  return cloudAs(key, ...args);
}

function cloudAs(token: string, ...args: string[]): Promise<Outcome> {
  return runCli(['cloud', ...args], {
    env: { LATCHKEY_CLOUD_URL: world.cloud.url, LATCHKEY_CLOUD_TOKEN: token },
  });
}

async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cloud(...args);
  expect(code, stderr).toBe(0);
  return stdout;
}

async function json(...args: string[]) {
  return JSON.parse(await done(...args, '--json'));
}

test('a stack is made, waited for, and its address alone is on standard output', async () => {
  const flags = ['--name', 'Made here', '--label', 'team=a', '--wait'];
  const { code, stdout, stderr } = await cloud('stacks', 'create', 'made', ...flags);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
  expect((await fetch(`${stdout.trim()}/api/health`)).status).toBe(200);
  const shown = await done('stacks', 'show', 'made');
  expect(shown).toMatch(/Name +Made here\n/);
  expect(shown).toMatch(/Labels +team=a\n/);
  expect(shown).toMatch(/State +active\n/);
  expect(shown).toContain(stdout.trim());
});

test('stacks are listed as a table, and as JSON with all that the server tells', async () => {
  await done('stacks', 'create', 'listed', '--region', 'eu');
  expect(await done('stacks', 'list')).toMatch(/ID +SLUG[^]+ listed +listed +eu +active +http/);
  const found = await json('stacks', 'list');
  expect(found).toContainEqual(expect.objectContaining({ slug: 'listed', regionSlug: 'eu', alertCnt: 0 }));
});

test('what is given of a stack is changed, and nothing else', async () => {
  await done('stacks', 'create', 'changing', '--description', 'kept', '--delete-protection');
  const changed = await json('stacks', 'update', 'changing', '--name', 'Anew', '--label', 'a=b');
  expect(changed).toMatchObject({
    name: 'Anew',
    description: 'kept',
    labels: { a: 'b' },
    deleteProtection: true,
  });
  const refused = await cloud('stacks', 'delete', 'changing', '--yes');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('delete protection') });
  await done('stacks', 'update', 'changing', '--no-delete-protection');
  await done('stacks', 'delete', 'changing', '--yes');

  const nothing = await cloud('stacks', 'update', 'listed');
  expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining('--name') });
  const noLabel = await cloud('stacks', 'update', 'listed', '--label', 'team');
  expect(noLabel).toMatchObject({ code: 2, stderr: expect.stringContaining('name=value') });
});

test('a suspended stack lets nobody in, says so in the list, and is resumed', async () => {
  const url = (await done('stacks', 'create', 'pausing')).trim();
  expect(await done('stacks', 'suspend', 'pausing')).toBe('Suspended: pausing\n');
  expect((await fetch(`${url}/api/health`)).status).toBe(403);
  expect(await done('stacks', 'list')).toMatch(/pausing +pausing +\S+ +suspended/);
  expect(await done('stacks', 'resume', 'pausing', '--wait')).toBe(`Resumed: pausing, at ${url}\n`);
  expect((await fetch(`${url}/api/health`)).status).toBe(200);
});

test('a stack is deleted only when that is meant, and comes back by the number that is printed', async () => {
  await done('stacks', 'create', 'going');
  const unmeant = await cloud('stacks', 'delete', 'going');
  expect(unmeant).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
  expect((await json('stacks', 'show', 'going')).status).toBe('active');

  const { stdout, stderr } = await cloud('stacks', 'delete', 'going', '--yes');
  const [, id = ''] = /which was stack (\d+)/.exec(stdout) ?? [];
  expect(stderr).toContain(`cloud stacks restore ${id}`);
  expect(await done('stacks', 'list', '--deleted')).toMatch(new RegExp(`${id} +going +going +us +deleted`));
  const gone = await cloud('stacks', 'show', 'going');
  expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining('404 Instance not found') });
  expect(await done('stacks', 'restore', id, '--wait')).toMatch(/^Restored: going, at http/);
  expect(await cloud('stacks', 'restore', 'going')).toMatchObject({ code: 2 });
});

test('the first token of a stack stands alone on standard output, and works there by its role', async () => {
  const made = await cloud('stacks', 'create', 'inside');
  expect(made.stderr).toContain('cloud stacks token inside');
  const ask = (...more: string[]) => cloud('stacks', 'token', 'inside', 'ci', '--role', 'Editor', ...more);
  const refused = await ask();
  expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('max_seconds') });
  // No account is left behind that has the name.
  const { code, stdout, stderr } = await ask('--ttl', '1M');
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^glsa_\S+\n$/);
  expect(stderr).toContain('it expires');
  expect(stderr).not.toContain(stdout.trim());
  const headers = { authorization: `Bearer ${stdout.trim()}` };
  const answer = await fetch(`${made.stdout.trim()}/api/user`, { headers });
  expect(await answer.json()).toMatchObject({ orgRole: 'Editor' });
});

test('"whoami" says of the cloud side which commands are for it, and of a suspended stack that it is suspended', async () => {
  const whoami = (url: string, token: string) =>
    runCli(['whoami', '--json'], { env: { LATCHKEY_URL: url, LATCHKEY_TOKEN: token } });
  const side = await whoami(world.cloud.url, key);
  expect(side.code).toBe(5);
  expect(JSON.parse(side.stdout).server.problem.advice).toEqual([
    expect.stringContaining('latchkey cloud regions'),
  ]);
  const url = (await done('stacks', 'create', 'asleep')).trim();
  const token = (await done('stacks', 'token', 'asleep', 'who', '--ttl', '1M')).trim();
  await done('stacks', 'suspend', 'asleep');
  const stack = await whoami(url, token);
  expect(stack.code).toBe(4);
  expect(JSON.parse(stack.stdout).refused).toMatchObject({
    message: 'The stack is suspended',
    advice: [expect.stringContaining('/api/instances/asleep/resume')],
  });
});

test('the secret of a new cloud key stands alone on standard output, works, and is refused once deleted', async () => {
  const { code, stdout, stderr } = await cloud('keys', 'create', 'reader', '--role', 'Viewer');
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^glc_[A-Za-z0-9+/=]+\n$/);
  expect(stderr).not.toContain(stdout.trim());
  const secret = stdout.trim();
  expect((await cloudAs(secret, 'stacks', 'list')).code).toBe(0);
  const refused = await cloudAs(secret, 'stacks', 'create', 'never');
  expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('stacks:write') });
  expect(refused.stderr).not.toContain('whoami');

  expect(await done('keys', 'list')).toMatch(/reader +Viewer/);
  expect(await json('keys', 'list', '--org', world.org)).toHaveLength(2);
  expect(await cloud('keys', 'delete', 'reader')).toMatchObject({ code: 2 });
  await done('keys', 'delete', 'reader', '--yes');
  const late = await cloudAs(secret, 'stacks', 'list');
  expect(late).toMatchObject({ code: 3, stderr: expect.stringContaining('cloud login') });
});

test('a policy and its token reach the stack they are for, and nothing else', async () => {
  await done('stacks', 'create', 'mine');
  await done('stacks', 'create', 'theirs');
  const what = ['--scope', 'stacks:read', '--realm', 'stack:mine'];
  const id = await done('policies', 'create', 'one-stack', ...what);
  expect(id).toMatch(/^[0-9a-f-]{36}\n$/);
  expect(await done('policies', 'list')).toMatch(/one-stack +us +stacks:read +stack:mine +anywhere/);
  const token = (await done('tokens', 'create', 'one-stack', 'pipeline', '--ttl', '1M')).trim();
  const found = await cloudAs(token, 'stacks', 'list', '--json');
  expect(JSON.parse(found.stdout).map(({ slug }: { slug: string }) => slug)).toEqual(['mine']);

  const scopes = ['--scope', 'stacks:read', '--scope', 'stacks:write'];
  expect(await done('policies', 'update', 'one-stack', ...scopes)).toMatch(/stacks:read stacks:write\n/);
  expect((await cloudAs(token, 'stacks', 'update', 'mine', '--name', 'By token')).code).toBe(0);

  expect(await done('tokens', 'list')).toMatch(/one-stack +pipeline +us/);
  const [listed] = await json('tokens', 'list', 'one-stack');
  const days = (Date.parse(listed.expiresAt) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(29.9);
  expect(days).toBeLessThanOrEqual(30);
  await done('tokens', 'delete', 'one-stack', 'pipeline', '--yes');
  expect((await cloudAs(token, 'stacks', 'list')).code).toBe(3);
  expect((await cloud('tokens', 'delete', 'one-stack', 'pipeline', '--yes')).stderr).toContain('tokens list');

  await done('policies', 'delete', 'one-stack', '--yes');
  expect(await cloud('policies', 'show', 'one-stack')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('policies list'),
  });
});

test('addresses that a policy allows are set and taken away', async () => {
  const what = ['--scope', 'stacks:read', '--realm', `org:${world.org}`, '--subnet', '10.0.0.0/8'];
  await done('policies', 'create', 'near', ...what);
  const token = (await done('tokens', 'create', 'near', 'one', '--ttl', '1M')).trim();
  expect((await cloudAs(token, 'stacks', 'list')).code).not.toBe(0);
  expect(await done('policies', 'update', 'near', '--any-address')).toMatch(/From +anywhere/);
  expect((await cloudAs(token, 'stacks', 'list')).code).toBe(0);
});

test('a policy of a name that two regions have is asked for by its region', async () => {
  const what = ['--scope', 'stacks:read', '--realm', `org:${world.org}`];
  for (const region of ['us', 'eu']) {
    await done('policies', 'create', 'twice', ...what, '--region', region);
  }
  expect(await cloud('policies', 'show', 'twice')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--region'),
  });
  expect(await done('policies', 'show', 'twice', '--region', 'eu')).toMatch(/Region +eu/);
});

test('regions are listed, the first being where a stack is made', async () => {
  const found = await json('regions');
  expect(found.map(({ slug }: { slug: string }) => slug)).toEqual(
    expect.arrayContaining(['us', 'eu', 'prod-us-east-0']),
  );
  await done('stacks', 'create', 'somewhere');
  expect((await json('stacks', 'show', 'somewhere')).regionSlug).toBe(found[0].slug);
});

test('credentials of one side are not sent to the other, and whoever mixes them up is told', async () => {
  const { body } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'of server', role: 'Viewer' });
  const wrong = await cloudAs(body.key, 'stacks', 'list');
  expect(wrong).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('cloud keys create') });
  const reverse = await runCli(['keys', 'list'], {
    env: { LATCHKEY_URL: world.url, LATCHKEY_TOKEN: key },
  });
  expect(reverse).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('cloud --help') });

  const elsewhere = await cloud('stacks', 'list', '--url', world.url, '--token', key);
  expect(elsewhere.code).not.toBe(0);
  expect(elsewhere.stderr).toContain('[cloud] http_port');
});

test('where nothing listens, the command says that [cloud] has to be enabled', async () => {
  const { code, stderr } = await cloud('stacks', 'list', '--url', 'http://127.0.0.1:9', '--token', key);
  expect(code).toBe(5);
  expect(stderr).toContain('[cloud] enabled = true');
});

test('a token that Terraform has for grafana.com goes nowhere else, and the one for this address is used', async () => {
  const env = { GRAFANA_CLOUD_ACCESS_POLICY_TOKEN: key };
  const without = await runCli(['cloud', 'stacks', 'list', '--url', world.cloud.url], { env });
  expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no credential') });
  const meant = { ...env, GRAFANA_CLOUD_API_URL: world.cloud.url };
  expect((await runCli(['cloud', 'regions'], { env: meant })).code).toBe(0);
});

test('a login of the cloud side is kept apart from that of the server, for its owner alone', async () => {
  const env = { XDG_CONFIG_HOME: makeDirectory() };
  const server = await runCli(['login', world.url, '--user', 'admin', '--password-stdin'], {
    env,
    input: 'admin',
  });
  expect(server.code, server.stderr).toBe(0);
  const login = await runCli(['cloud', 'login', world.cloud.url, '--token-stdin'], { env, input: key });
  expect(login.code, login.stderr).toBe(0);
  const path = join(env.XDG_CONFIG_HOME, 'latchkey', 'cloud-credentials.json');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).toContain(key);

  expect((await runCli(['cloud', 'regions'], { env })).code).toBe(0);
  expect((await runCli(['orgs', 'list'], { env })).code).toBe(0);
  await runCli(['cloud', 'logout'], { env });
  expect((await runCli(['cloud', 'regions'], { env })).code).toBe(2);
  expect((await runCli(['orgs', 'list'], { env })).code).toBe(0);
});

test('a login that the cloud side does not know is not saved; one that may read nothing is', async () => {
  const env = { XDG_CONFIG_HOME: makeDirectory() };
  const login = (input: string) =>
    runCli(['cloud', 'login', world.cloud.url, '--token-stdin'], { env, input });
  const another = expect.stringContaining('cloud init --org NAME --key');
  expect(await login(`glc_${'a'.repeat(40)}`)).toMatchObject({ code: 3, stderr: another });
  const nobody = ['cloud', 'login', 'http://127.0.0.1:9', '--token-stdin'];
  expect(await runCli(nobody, { env, input: key })).toMatchObject({ code: 5, stderr: another });
  expect((await runCli(['cloud', 'regions'], { env })).code).toBe(2);
  const token = await done('keys', 'create', 'nothing', '--role', 'MetricsPublisher');
  expect((await login(token)).code).toBe(0);
});

test('whoever asks with a token that has expired is told how another is made', async () => {
  const what = ['--scope', 'stacks:read', '--realm', `org:${world.org}`];
  await done('policies', 'create', 'ending', ...what);
  const token = (await done('tokens', 'create', 'ending', 'soon', '--ttl', '1h')).trim();
  world.clock.advance(2 * 3_600_000);
  const refused = await cloudAs(token, 'stacks', 'list');
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('cloud tokens create POLICY') });
});
