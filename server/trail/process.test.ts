import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeDirectory, runCli } from '../../test/support/run-cli.ts';
import { serve } from '../../test/support/serving.ts';

interface Line {
  action: string;
  actor: { kind: string };
  object: { name: string };
}

const read = (file: string): Line[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

test('a hangup goes on in a new file without ending the server, and commands on its machine write to it as well', async () => {
  const directory = makeDirectory();
  const file = join(directory, 'audit.jsonl');
  const env = { GF_PATHS_DATA: join(directory, 'data'), GF_AUDIT_FILE: file, GF_AUDIT_REQUIRED: 'true' };
  const server = await serve(env);
  onTestFinished(() => server.stop());
  const addTeam = async (name: string): Promise<void> => {
    const { status } = await fetch(`${server.url}/api/teams`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ name }),
    });
    expect(status).toBe(200);
  };
  await addTeam('before');
  renameSync(file, `${file}.1`);
  server.process.kill('SIGHUP');
  await addTeam('after');
  expect(read(`${file}.1`).map(({ object }) => object.name)).toContain('before');
  expect(read(file).map(({ object }) => object.name)).toEqual(['after']);

  const reset = await runCli(['reset-admin-password', '--password-stdin'], { env, input: 'a new password' });
  expect(reset).toMatchObject({ code: 0 });
  expect(read(file).at(-1)).toMatchObject({
    action: 'users.password:write',
    actor: { kind: 'operator' },
    object: { name: 'admin' },
  });
});
