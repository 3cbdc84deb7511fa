import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory, runCli } from '../../test/support/run-cli.ts';

function fileWith(text: string): string {
  const path = join(makeDirectory(), 'latchkey.ini');
  writeFileSync(path, text);
  return path;
}

test('every value is shown with the place that it comes from', async () => {
  const file = fileWith('[server]\nhttp_port = 8080\n');
  const env = { GF_LOG_LEVEL: 'debug' };
  const { code, stdout, stderr } = await runCli(['config', '--config', file], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^SECTION +KEY +VALUE +FROM\n/);
  expect(stdout).toContain(`8080`);
  expect(stdout).toMatch(new RegExp(`server +http_port +8080 +${file}:2\n`));
  expect(stdout).toMatch(/log +level +debug +environment GF_LOG_LEVEL\n/);
  expect(stdout).toMatch(/server +http_addr +127\.0\.0\.1 +default\n/);
});

test('what is not the default can be shown alone, and as JSON with its meaning', async () => {
  const file = fileWith('[server]\nhttp_port = 8080\n');
  const { code, stdout } = await runCli(['config', '--config', file, '--changed', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    settings: [
      {
        section: 'server',
        key: 'http_port',
        value: '8080',
        source: `${file}:2`,
        meaning: expect.stringMatching(/./),
      },
    ],
    warnings: [],
  });
});

test('secrets are hidden', async () => {
  const env = {
    GF_SECURITY_ADMIN_PASSWORD: 'open sesame',
    GF_SECURITY_SECRET_KEY: 'the key to it all',
    GF_DATABASE_URL: 'postgres://me:hush@db/latchkey',
  };
  for (const json of [[], ['--json']]) {
    const { code, stdout } = await runCli(['config', ...json, '--config', fileWith('')], { env });
    expect(code).toBe(0);
    expect(stdout).toContain('GF_SECURITY_ADMIN_PASSWORD');
    expect(stdout).not.toMatch(/sesame|to it all|hush/);
  }
});

test.each(['config', 'serve', 'migrate-db'])('a wrong value stops %s with one line', async (command) => {
  const file = fileWith('[server]\nhttp_port = many\n');
  const { code, stdout, stderr } = await runCli([command, '--config', file]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe(
    `latchkey: [server] http_port = "many" (${file}:2) must be a whole number from 0 to 65535\n`,
  );
});

test('a file that is not there, and a key that nobody knows', async () => {
  const missing = await runCli(['config', '--config', '/nonexistent/latchkey.ini']);
  expect(missing).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('does not exist') });
  const unknown = await runCli(['config', '--changed', '--config', fileWith('[server]\nhttp_prot = 1\n')]);
  expect(unknown).toMatchObject({ code: 0, stderr: expect.stringContaining('did you mean http_port?') });
});
