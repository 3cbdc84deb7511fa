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
  expect(again.stderr).toContain('There is an organization mycompany already');

  const world = await startWorld({ cloud: { enabled: true, http_port: 0 } }, database);
  const as = { bearer: stdout.trim() };
  const { status, body } = await world.sendTo(world.cloud?.url ?? '', as, 'GET', '/api/orgs/mycompany');
  expect([status, body.name]).toEqual([200, 'My Company']);
  await world.stop();
  await removeStacks(database);
  await database.remove();
});

test('without its name an organization is not made, and the command says how it is called', async () => {
  const { code, stderr } = await runCli(['cloud', 'init'], { env: {} });
  expect(code).toBe(2);
  expect(stderr).toContain('--org <name>');
});
