import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { makeDirectory, type Outcome, runCli } from '../../test/support/run-cli.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

interface Place {
  orgId: number;
  headers: Record<string, string>;
}

async function newOrg(name: string): Promise<Place> {
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name });
  return { orgId: body.orgId, headers: { 'x-grafana-org-id': String(body.orgId) } };
}

/** Makes keys, all of one role, and moves them to service accounts. */
async function moveKeys({ headers }: Place, names: readonly string[], query = ''): Promise<void> {
  for (const name of names) {
    const { status } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name, role: 'Editor' }, headers);
    expect(status).toBe(200);
  }
  const moved = await world.send(ADMIN, 'POST', `/api/serviceaccounts/migrate${query}`, undefined, headers);
  expect(moved.status).toBe(200);
}

async function accountId({ headers }: Place, name: string): Promise<number> {
  const { body } = await world.send(ADMIN, 'GET', '/api/serviceaccounts/search', undefined, headers);
  const found = body.serviceAccounts.find((account: { name: string }) => account.name === name);
  expect(found).toBeDefined();
  return found.id;
}

function keyText(label: string, more = '', role = 'Editor'): string {
  return `resource "grafana_api_key" "${label}" {\n  name = "${label}"\n  role = "${role}"\n${more}}\n`;
}

function directoryOf(text: string): string {
  const directory = makeDirectory();
  writeFileSync(join(directory, 'main.tf'), text);
  return directory;
}

function migrate(directory: string, ...args: string[]): Promise<Outcome> {
  const env = { LATCHKEY_URL: world.url, GRAFANA_AUTH: 'admin:admin' };
  return runCli(['terraform', 'migrate', directory, '--yes', ...args], { env });
}

function read(directory: string, name: string): string {
  return readFileSync(join(directory, name), 'utf8');
}

test('the accounts that the keys have become are taken over, and those of other keys are made', async () => {
  const org = await newOrg('taken over');
  await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'sa-autogen-a' }, org.headers);
  await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'new' }, org.headers);
  await moveKeys(org, ['a', 'b']);
  const directory = directoryOf(['a', 'b', 'new'].map((label) => keyText(label)).join('\n'));
  const { code, stderr } = await migrate(directory, '--org', String(org.orgId));
  expect(code).toBe(0);
  const state = read(directory, 'latchkey-imports.tf');
  // The plain name was taken, by an account that has nothing to do with the key.
  const [a, b] = [await accountId(org, 'sa-autogen-a-2'), await accountId(org, 'sa-autogen-b')];
  expect(state).toContain(
    `# The service account "sa-autogen-a-2"\nimport {\n  to = grafana_service_account.a\n  id = "${org.orgId}:${a}"\n}\n`,
  );
  expect(state).toContain(`import {\n  to = grafana_service_account.b\n  id = "${org.orgId}:${b}"\n}\n`);
  expect(state.match(/import \{/g)).toHaveLength(2);
  expect(state.match(/removed \{/g)).toHaveLength(3);
  expect(stderr).toContain("terraform import 'grafana_service_account.new' '<organization>:<account>'");
  expect(stderr).not.toContain("terraform import 'grafana_service_account.a'");
  // The server has an account of that name, so that a second one could not be made.
  expect(read(directory, 'main.tf')).toContain(
    'resource "grafana_service_account" "new" {\n  name = "new-2"\n',
  );
});

test('each key is looked for in its own organization, and one that is not told is not looked for', async () => {
  const [first, second] = [await newOrg('first'), await newOrg('second')];
  await moveKeys(first, ['deploy']);
  await moveKeys(second, ['other', 'deploy']);
  const directory = directoryOf(
    [
      keyText('deploy', `  org_id = ${second.orgId}\n`),
      keyText('other', `  org_id = grafana_organization.x.id\n`),
      keyText('many', '  count = 2\n'),
    ].join('\n'),
  );
  const { code, stderr } = await migrate(directory, '--lookup', '--no-import-blocks');
  expect(code).toBe(0);
  const id = `${second.orgId}:${await accountId(second, 'sa-autogen-deploy')}`;
  expect(stderr).toContain(`      terraform import 'grafana_service_account.deploy' '${id}'\n`);
  expect(stderr).toContain("'grafana_service_account.other' '<organization>:<account>'");
  expect(stderr).toContain("'grafana_service_account.many[<index>]' '<organization>:<account>'");
  expect(read(directory, 'latchkey-imports.tf')).not.toContain('import {');
});

test('keys that share an account on the server share it in the configuration when asked to', async () => {
  const org = await newOrg('shared');
  await moveKeys(org, ['a', 'b'], '?groupByRole=true');
  const directory = directoryOf(`${keyText('a')}${keyText('b')}`);
  expect((await migrate(directory, '--org', String(org.orgId), '--group-by-role')).code).toBe(0);
  const id = await accountId(org, 'sa-autogen-keys-editor');
  expect(read(directory, 'latchkey-imports.tf')).toContain(
    `import {\n  to = grafana_service_account.sa-editor\n  id = "${org.orgId}:${id}"\n}\n`,
  );
  expect(read(directory, 'main.tf').match(/"grafana_service_account" /g)).toHaveLength(1);
});

test('an account that has been disabled is not enabled by the apply', async () => {
  const org = await newOrg('disabled');
  await moveKeys(org, ['off']);
  const id = await accountId(org, 'sa-autogen-off');
  await world.send(ADMIN, 'PATCH', `/api/serviceaccounts/${id}`, { isDisabled: true }, org.headers);
  const directory = directoryOf(keyText('off'));
  expect((await migrate(directory, '--org', String(org.orgId))).code).toBe(0);
  expect(read(directory, 'main.tf')).toMatch(
    /^resource "grafana_service_account" "off" \{\n {2}name {8}= "off"\n {2}role {8}= "Editor"\n {2}is_disabled = true\n\}/,
  );
});

test('without being asked no server is called, and one that refuses or is not there changes nothing', async () => {
  const directory = directoryOf(keyText('x'));
  const [refused, nobody] = [
    await migrate(directory, '--token', 'nonsense'),
    await migrate(directory, '--url', 'http://127.0.0.1:2', '--token', 'nonsense'),
  ];
  expect(refused).toMatchObject({ code: 3, stdout: '' });
  expect(nobody).toMatchObject({ code: 5, stdout: '' });
  const without = await runCli(['terraform', 'migrate', directory, '--yes', '--lookup'], {
    env: { LATCHKEY_URL: world.url },
  });
  expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no credential') });
  expect(read(directory, 'main.tf')).toBe(keyText('x'));
  expect(existsSync(join(directory, 'latchkey-imports.tf'))).toBe(false);

  const alone = await runCli(['terraform', 'migrate', directory, '--yes'], {
    env: { LATCHKEY_URL: 'http://127.0.0.1:2', LATCHKEY_TOKEN: 'nonsense' },
  });
  expect(alone).toMatchObject({ code: 0, stderr: expect.stringContaining('With --lookup') });
});
