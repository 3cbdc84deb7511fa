import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchange } from '../../test/attacks/raw.ts';
import { startWorld, type World } from '../testing/world.ts';

let world: World;
const ID = /^x-request-id: (\S+)\r$/im;
const ROOT = 'https://keys.example.org/grafana/';

beforeAll(async () => {
  world = await startWorld({
    server: { enforce_domain: true, domain: 'keys.example.org', root_url: ROOT, serve_from_sub_path: true },
  });
});
afterAll(() => world.stop());

async function ask(line: string, host: string): Promise<{ status: number; location: string; text: string }> {
  const { statuses, text } = await exchange(
    world,
    `${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
  );
  const location = /^location: (.*)\r$/im.exec(text)?.[1] ?? '';
  return { status: statuses[0] ?? 0, location, text };
}

test.each(['keys.example.org', 'KEYS.example.ORG', 'keys.example.org:3000', 'keys.example.org.'])(
  'requests to the domain are answered: %s',
  async (host) => {
    expect((await ask('GET /api/org', host)).status).toBe(401);
    expect((await ask('GET /login', host)).status).not.toBe(301);
  },
);

test.each([
  '127.0.0.1',
  '[::1]:3000',
  'keys.example.org.evil.example',
  'evil.example',
  'keys.example.org@evil',
])('at any other name a browser is sent to the domain, and what is no page is refused: %s', async (host) => {
  expect(await ask('GET /login?redirect=1', host)).toMatchObject({
    status: 301,
    location: `${ROOT}login?redirect=1`,
    text: expect.stringMatching(ID),
  });
  expect(await ask('HEAD /', host)).toMatchObject({ status: 301, location: ROOT });
  for (const line of ['GET /api/org', 'GET /apis/x', 'POST /login', 'DELETE /api/auth/keys/1', 'OPTIONS /']) {
    const { status, text } = await ask(line, host);
    expect(status, line).toBe(421);
    expect(text, line).toContain('"messageId":"wrong-host"');
    expect(text, line).toContain(`"traceID":"${ID.exec(text)?.[1]}"`);
    expect(text, line).toMatch(/^cache-control: no-store\r$/im);
  }
});

test('no credential is looked at under another name', async () => {
  const lines = [
    'GET /api/org HTTP/1.1',
    'Host: evil.example',
    'Authorization: Bearer x',
    'Connection: close',
  ];
  const { statuses } = await exchange(world, [...lines, '', ''].join('\r\n'));
  expect(statuses).toEqual([421]);
});

test.each(['/healthz', '/readyz', '/api/health', '/metrics'])(
  'probes may come to any name: %s',
  async (path) => {
    expect((await ask(`GET ${path}`, '10.0.0.5:3000')).status).toBe(200);
  },
);

test.each([
  '//evil.example/',
  '///evil.example',
  '/\\evil.example',
  '/\\/evil.example',
  'http://evil.example/',
  'https:evil.example',
  '/@evil.example',
  '/.evil.example',
  '/%0d%0aSet-Cookie:x=1',
  '/%2f%2fevil.example',
  '/..//evil.example',
  '/\xe9\xff',
  '/"<script>',
  '*',
])('wherever a request wants to lead, the redirect leads to the domain or is none: %j', async (target) => {
  const { status, location, text } = await ask(`GET ${target}`, 'evil.example');
  expect([301, 400]).toContain(status);
  const reached = status === 301 ? location : ROOT;
  expect(reached).toMatch(/^https:\/\/keys\.example\.org\/grafana\/[\x21-\x7e]*$/);
  expect(new URL(reached).origin).toBe('https://keys.example.org');
  expect(text).not.toMatch(/^set-cookie/im);
});
