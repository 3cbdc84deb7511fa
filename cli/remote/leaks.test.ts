import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudWorld, startCloudWorld } from '../../server/testing/cloud.ts';
import { ADMIN } from '../../server/testing/world.ts';
import { runCli } from '../../test/support/run-cli.ts';

let world: CloudWorld;
beforeAll(async () => {
  world = await startCloudWorld();
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
  const { code, stderr } = await revoke(`${await makeKey('known')}\n\nunknown words\nX="glsa_unknown"\n`);
  expect(code).toBe(6);
  expect(stderr).toContain('Line 3 is not known here: nothing that looks like a key or token\n');
  expect(stderr).toContain('Line 4 is not known here: glsa_…\n');
  expect(stderr).toContain('2 of 3 are not known here');
});

test('a secret is found within a line, as it stands in a file or comes out of a search', async () => {
  const [key, other] = [await makeKey('in a file'), await makeKey('searched for')];
  const { code, stdout, stderr } = await revoke(
    `GRAFANA_AUTH="${key}"\nci/deploy.env:3:TOKEN=${other};\n# ${key}\n`,
  );
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/in a file[^]*searched for/);
});

test('what is of the cloud side and of a stack is revoked too, and told with where it was', async () => {
  const made = async (path: string, body: object) => (await world.ask(world.admin, 'POST', path, body)).body;
  const { token } = await made('/api/orgs/acme/api-keys', { name: 'of-cloud', role: 'Viewer' });
  await made('/api/instances', { name: 'shop', slug: 'shop' });
  const { key } = await made('/api/instances/shop/api/auth/keys', { name: 'of shop', role: 'Viewer' });
  const { code, stdout, stderr } = await revoke(`${token}\n${key}\n`);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/cloud-key.*of-cloud.*acme\s*\n.*api-key.*of shop.*stack shop/);
  expect((await world.ask({ bearer: token }, 'GET', '/api/instances')).status).toBe(401);
  const json = await revoke(key, '--json');
  expect(JSON.parse(json.stdout)).toMatchObject([{ credential: { stack: 'shop', name: 'of shop' } }]);
  expect(stdout + stderr + json.stdout).not.toContain(key);
});
