import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { runCli } from '../../test/support/run-cli.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const revoke = (input: string, ...args: string[]) =>
  runCli(['leaks', 'revoke', ...args], {
    env: { LATCHKEY_URL: world.url, GRAFANA_AUTH: 'admin:admin' },
    input,
  });

async function makeKey(name: string): Promise<string> {
  return (await world.send(ADMIN, 'POST', '/api/auth/keys', { name, role: 'Viewer' })).body.key;
}

test('what stands on standard input is revoked, and told by name and not by secret', async () => {
  const keys = [await makeKey('one'), await makeKey('two')];
  const { code, stdout, stderr } = await revoke(`${keys.join('\n')}\n`);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/api-key.*one[^]*api-key.*two/);
  for (const key of keys) {
    expect((await world.send({ bearer: key }, 'GET', '/api/org')).body.message).toBe('Token revoked');
    expect(stdout + stderr).not.toContain(key);
  }
});

test('what is not known is counted and has an exit code of its own', async () => {
  const { code, stderr } = await revoke(`${await makeKey('known')}\nunknown\n`);
  expect(code).toBe(6);
  expect(stderr).toContain('1 of 2 are not known here');
});
