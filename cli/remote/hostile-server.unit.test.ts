import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../../test/support/run-cli.ts';

// Sets the title, clears the screen, and begins a line that looks like our own.
const STEERS = '\u001b]0;title\u0007\u001b[2J\u009b31m\r\nlatchkey: fine';

test.each([
  [['keys', 'create', 'x', '--role', 'Viewer']],
  [['tokens', 'create', '3', 'x']],
  [['service-accounts', 'create', 'x']],
  [['orgs', 'create', 'x']],
  [['orgs', 'show']],
  [['keys', 'revoke', '3']],
])('nothing that a server answers to %j steers the terminal or makes a line of its own', async (command) => {
  const names = ['id', 'orgId', 'name', 'key', 'message', 'role'];
  const body = JSON.stringify(Object.fromEntries(names.map((name) => [name, STEERS])));
  for (const status of [200, 400]) {
    const server = createServer((_, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { stdout, stderr } = await runCli([
      ...command,
      '--url',
      `http://127.0.0.1:${port}`,
      '--token',
      'x',
    ]);
    expect(stdout + stderr).toContain('\\u001b');
    expect(stdout + stderr).not.toMatch(/[^\P{Cc}\n]/u);
    expect(stdout + stderr).not.toMatch(/^latchkey: fine/m);
  }
});
