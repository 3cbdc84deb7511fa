import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { makeDirectory, type Outcome, runCli } from '../../test/support/run-cli.ts';

let world: World;
let token: number;
beforeAll(async () => {
  world = await startWorld();
  const { body: account } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', {
    name: 'ci',
    role: 'Admin',
  });
  const path = `/api/serviceaccounts/${account.id}/tokens`;
  const { body } = await world.send(ADMIN, 'POST', path, { name: 'deploys' });
  token = body.id;
  await world.send({ bearer: body.key }, 'POST', '/api/teams', { name: 'made by the token' });
});
afterAll(() => world.stop());

function latchkey(...args: string[]): Promise<Outcome> {
  return runCli(['audit', ...args], { env: { LATCHKEY_URL: world.url, GRAFANA_AUTH: 'admin:admin' } });
}

test('changes are listed, the latest first, and narrowed down by every filter', async () => {
  const { code, stdout } = await latchkey('list', '--limit', '2');
  expect(code).toBe(0);
  expect(stdout.split('\n')[1]).toMatch(/ teams:create +made by the token$/);
  for (const filter of [
    ['--credential', `token:${token}`],
    ['--query', 'by the token', '--address', '127.0.0.1', '--kind', 'team'],
    ['--action', 'teams:create', '--from', '2020-01-01', '--actor', 'service-account:sa-ci'],
  ]) {
    const found = JSON.parse((await latchkey('list', ...filter, '--json')).stdout);
    expect(found.map(({ object }: { object: { name: string } }) => object.name)).toEqual([
      'made by the token',
    ]);
  }
  expect(await latchkey('list', '--actor', 'nobody')).toMatchObject({ code: 0, stdout: '' });
  expect((await latchkey('list', '--server')).stdout).not.toContain('made by the token');
});

test('all changes are exported to standard output, or to a new file that nobody else can read', async () => {
  const { code, stdout } = await latchkey('export', '--kind', 'team');
  expect(code).toBe(0);
  expect(
    stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  ).toMatchObject([{ action: 'teams:create', credential: { kind: 'token', id: token } }]);
  const file = join(makeDirectory(), 'changes.csv');
  expect(await latchkey('export', '--format', 'csv', '--out', file)).toMatchObject({ code: 0, stdout: '' });
  expect(readFileSync(file, 'utf8')).toMatch(/^id,at,orgId,.*\r\n(.*\r\n)*.*made by the token/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await latchkey('export', '--out', file)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is there already'),
  });
});

test('a refusal of the export is told as any other, and leaves nothing on standard output', async () => {
  const env = { LATCHKEY_URL: world.url, LATCHKEY_TOKEN: 'glsa_wrong' };
  expect(await runCli(['audit', 'export'], { env })).toMatchObject({ code: 3, stdout: '' });
  expect(await latchkey('export', '--from', 'yesterday')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('must be a time as in'),
  });
});
