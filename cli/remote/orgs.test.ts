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

test("a new organization's number stands alone on standard output, and keys can be made in it", async () => {
  const made = await latchkey('orgs', 'create', 'apiorg');
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\n$/) });
  const org = made.stdout.trim();
  const key = (await latchkey('keys', 'create', 'apikeycurl', '--role', 'Admin', '--org', org)).stdout.trim();
  expect((await world.send({ bearer: key }, 'GET', '/api/org')).body).toMatchObject({
    id: Number(org),
    name: 'apiorg',
  });
});

test('organizations are listed and shown, by number, by name, and as the one acted in', async () => {
  const id = (await latchkey('orgs', 'create', 'shown')).stdout.trim();
  const listed = JSON.parse((await latchkey('orgs', 'list', '--json')).stdout);
  expect(listed).toEqual(
    expect.arrayContaining([
      { id: 1, name: 'Main Org.' },
      { id: Number(id), name: 'shown' },
    ]),
  );
  expect((await latchkey('orgs', 'list')).stdout).toContain(`${id}  shown\n`);
  for (const args of [[id], ['shown'], ['--org', id]]) {
    expect(JSON.parse((await latchkey('orgs', 'show', ...args, '--json')).stdout)).toMatchObject({
      name: 'shown',
    });
  }
  expect((await latchkey('orgs', 'show')).stdout).toContain('Main Org.');
});

test('people are added by login, once, and listed with their role', async () => {
  const person = { name: 'Ann', login: 'ann', email: 'ann@example.org', password: 'a long password' };
  expect((await world.send(ADMIN, 'POST', '/api/admin/users', person)).status).toBe(200);
  await latchkey('orgs', 'create', 'peopled');
  const added = await latchkey('orgs', 'add-user', 'peopled', 'ann', '--role', 'Editor');
  expect(added).toMatchObject({ code: 0, stdout: 'User added to organization: ann\n' });
  expect((await latchkey('orgs', 'users', 'peopled')).stdout).toMatch(/ann +ann@example\.org +Editor /);
  expect(await latchkey('orgs', 'add-user', 'peopled', 'ann')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('409 User is already member of this organization'),
  });
  expect(await latchkey('orgs', 'add-user', 'peopled', 'ghost')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('404 User not found'),
  });
});

test('an organization is deleted only when somebody says yes', async () => {
  const id = (await latchkey('orgs', 'create', 'doomed')).stdout.trim();
  expect(await latchkey('orgs', 'delete', 'doomed')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--yes'),
  });
  expect((await latchkey('orgs', 'show', id)).code).toBe(0);
  expect(await latchkey('orgs', 'delete', id, '--yes')).toMatchObject({ code: 0 });
  expect((await latchkey('orgs', 'show', id)).stderr).toContain('404 Organization not found');
});
