import { expect, test } from 'vitest';
import { newDatabase, startWorld } from '../../server/testing/world.ts';
import { removeStacks } from '../../server/testing/cloud.ts';
import { runCli } from '../../test/support/run-cli.ts';

test('"latchkey cloud init" prints the first cloud key alone, once, and a server takes it', async () => {
  const database = await newDatabase({ isUpToDate: true });
  const env = {
    GF_PATHS_DATA: database.directory,
    ...(database.settings['url'] === undefined ? {} : { GF_DATABASE_URL: database.settings['url'] }),
  };
  const init = () => runCli(['cloud', 'init', '--org', 'My Company'], { env });
  const { code, stdout, stderr } = await init();
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^glc_[A-Za-z0-9+/=]+\n$/);
  expect(stderr).toContain('mycompany');
  expect(stderr).toContain('[cloud] enabled = true');

  const again = await init();
  expect([again.code, again.stdout]).toEqual([1, '']);
  expect(again.stderr).toContain('There is a key first of My Company already');
  const another = await runCli(['cloud', 'init', '--org', 'My Company', '--key', 'second'], { env });
  expect(another.code, another.stderr).toBe(0);
  expect(another.stdout).not.toBe(stdout);

  const world = await startWorld({ cloud: { enabled: true, http_port: 0 } }, database);
  const as = { bearer: stdout.trim() };
  const asSecond = { bearer: another.stdout.trim() };
  const { body: keys } = await world.sendTo(
    world.cloud?.url ?? '',
    asSecond,
    'GET',
    '/api/orgs/mycompany/api-keys',
  );
  expect(keys.items.map(({ name }: { name: string }) => name)).toEqual(['first', 'second']);
  const { body: refusal } = await world.send(as, 'GET', '/api/org');
  expect(refusal.detail).toContain('glc_ is for the cloud side');
  const { status, body } = await world.sendTo(world.cloud?.url ?? '', as, 'GET', '/api/orgs/mycompany');
  expect([status, body.name]).toEqual([200, 'My Company']);
  await world.stop();
  await removeStacks(database);
  await database.remove();
});

test('an organization without a name is not made', async () => {
  const { code, stderr } = await runCli(['cloud', 'init', '--org', ' '], { env: {} });
  expect([code, stderr]).toEqual([2, expect.stringContaining('--org acme')]);
});

test('without its name an organization is not made, and the command says how it is called', async () => {
  const { code, stderr } = await runCli(['cloud', 'init'], { env: {} });
  expect(code).toBe(2);
  expect(stderr).toContain('--org <name>');
});
