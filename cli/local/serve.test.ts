import { once } from 'node:events';
import { closeSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeDirectory, runCli, startCli } from '../../test/support/run-cli.ts';

/** A server in a process of its own, once it listens. */
async function startServing(env: Record<string, string>) {
  const child = startCli(['serve'], { ...env, GF_SERVER_HTTP_PORT: '0' });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  for await (const part of child.stdout.setEncoding('utf8')) {
    text += part;
    const url = /Latchkey listens on (\S+)/.exec(text)?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error(`the server ended and said: ${text}`);
}

test('a server that is told to stop a second time ends at once, whatever is under way', async () => {
  const { child, url } = await startServing({
    GF_PATHS_DATA: makeDirectory(),
    GF_SERVER_SHUTDOWN_TIMEOUT: '1h',
  });
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(
    `POST /api/auth/keys HTTP/1.1\r\nhost: localhost\r\nauthorization: Basic ${btoa('admin:admin')}\r\n` +
      'content-type: application/json\r\ncontent-length: 9\r\n\r\n',
  );
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(503);
  child.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
});

test('a second server on one SQLite file is refused, and says what to do instead; once the first was killed it serves', async () => {
  const env = { GF_PATHS_DATA: makeDirectory() };
  const { child, url } = await startServing(env);
  for (const workers of ['1', '2']) {
    const second = await runCli(['serve'], {
      env: { ...env, GF_SERVER_WORKERS: workers, GF_SERVER_HTTP_PORT: '0' },
    });
    expect(second.code).toBe(2);
    expect(second.stderr).toContain(
      `another server serves on ${join(env.GF_PATHS_DATA, 'latchkey.db')} already`,
    );
    expect(second.stderr).toContain('GF_PATHS_DATA');
  }
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  // Commands on the machine go on beside it.
  expect((await runCli(['reset-admin-password', '--generate'], { env })).code).toBe(0);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  await startServing(env);
});

test('a server goes on when nobody reads its log any more', async () => {
  const { child, url } = await startServing({ GF_PATHS_DATA: makeDirectory() });
  child.stdout.destroy();
  child.stderr.destroy();
  for (let count = 0; count < 3; count++) expect((await fetch(`${url}/api/org`)).status).toBe(401);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test('a data directory that cannot be made is said in a line or two', async () => {
  const { code, stderr } = await runCli(['serve'], { env: { GF_PATHS_DATA: '/proc/nowhere/data' } });
  expect(code).toBe(1);
  expect(stderr).toContain('/proc/nowhere');
  expect(stderr).not.toMatch(/\.ts:/);
});

test('a start gives up a database that does not answer, and says what to check', async () => {
  const { code, stdout, stderr } = await runCli(['serve'], {
    env: {
      GF_PATHS_DATA: makeDirectory(),
      GF_DATABASE_URL: 'postgres://me:hush@127.0.0.1:2/none',
      GF_DATABASE_WAIT_AT_START: '1s',
    },
  });
  expect(code).toBe(1);
  expect(stdout).toContain('waiting for it');
  expect(stderr).toMatch(/^latchkey: .*ECONNREFUSED.*\n.*\[database\]/);
  expect(stdout + stderr).not.toContain('hush');
});

test('a damaged database is not served, and is left as it is', async () => {
  const data = makeDirectory();
  const env = { GF_PATHS_DATA: data };
  expect((await runCli(['migrate-db'], { env })).code).toBe(0);
  const path = join(data, 'latchkey.db');
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(size / 2, 0xa5), 0, size / 2, size / 2);
  closeSync(file);
  const { code, stderr } = await runCli(['serve'], { env });
  expect(code).toBe(1);
  expect(stderr).toContain('is damaged: keep the file, and put a backup in its place');
});

test('a secret key that is to come from an empty file stops the start, and no other is made', async () => {
  const data = makeDirectory();
  const file = join(makeDirectory(), 'secret-key');
  writeFileSync(file, '');
  const env = { GF_PATHS_DATA: data, GF_SECURITY_SECRET_KEY__FILE: file };
  const { code, stderr } = await runCli(['serve'], { env });
  expect(code).toBe(2);
  expect(stderr).toContain(`GF_SECURITY_SECRET_KEY__FILE: names the file ${file}, which is empty`);
  expect(readdirSync(data)).toEqual([]);
});
