import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dial, exchange } from '../../test/attacks/raw.ts';
import { ADMIN, type As, startWorld, type World } from '../testing/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** The headers of an answer that came over a socket, in lower case; the last one, where several came. */
function headersIn(text: string): Record<string, string> {
  const head = text.slice(text.lastIndexOf('HTTP/1.1 ')).split('\r\n\r\n', 1)[0] ?? '';
  const pairs = [...head.matchAll(/^([\w-]+): (.*)\r?$/gm)].map(([, name = '', value = '']) => [
    name.toLowerCase(),
    value.trim(),
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

function expectGuarded(headers: Record<string, string>, where: string): void {
  expect(headers['cache-control'], where).toMatch(/^(no-store|public, max-age=\d+(, immutable)?)$/);
  expect(headers['content-security-policy'], where).toMatch(/^default-src 'none';/);
  expect(headers['content-security-policy'], where).toContain("frame-ancestors 'none'");
  expect(headers['cross-origin-resource-policy'], where).toBe('same-origin');
  expect(headers['referrer-policy'], where).toBe('no-referrer');
  expect(headers['x-content-type-options'], where).toBe('nosniff');
  expect(headers['x-frame-options'], where).toBe('deny');
  expect(headers['strict-transport-security'], where).toBeUndefined();
  const isDocument = headers['content-type']?.startsWith('text/html') === true;
  expect(headers['cross-origin-opener-policy'], where).toBe(isDocument ? 'same-origin' : undefined);
  expect(headers['permissions-policy']?.includes('camera=()'), where).toBe(isDocument ? true : undefined);
}

test('no answer of any route, to nobody or to an administrator, is kept by a proxy, guessed at, or framed', async () => {
  expect(world.routes.length).toBeGreaterThan(100);
  for (const { method, url } of world.routes) {
    const path = url.replaceAll(/:\w+/g, '1');
    for (const as of [undefined, method === 'GET' || method === 'HEAD' ? ADMIN : undefined] as As[]) {
      const { headers } = await world.send(as, method, path);
      expectGuarded(Object.fromEntries(headers), `${method} ${path}`);
    }
  }
});

test('no answer to an administrator who asks for what is not there, or wrongly, is either', async () => {
  for (const [method, path, status] of [
    ['GET', '/api/dashboards/uid/none', 404],
    ['GET', '/nowhere', 404],
    ['PUT', '/api/org', 400],
  ] as const) {
    const answer = await world.send(ADMIN, method, path, method === 'PUT' ? {} : undefined);
    expect(answer.status, path).toBe(status);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expectGuarded(Object.fromEntries(answer.headers), path);
  }
});

const HOST = 'Host: x\r\nConnection: close\r\n';

test.each([
  ['a path that is badly coded', `GET /% HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['a path with a badly coded part', `GET /api/folders/%ff HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['a HEAD of what is not there', `HEAD /nowhere HTTP/1.1\r\n${HOST}\r\n`, 401],
  ['a HEAD', `HEAD /api/health HTTP/1.1\r\n${HOST}\r\n`, 200],
  ['an absolute target', `GET http://elsewhere.example/healthz HTTP/1.1\r\n${HOST}\r\n`, 200],
  ['a method that has no route', `TRACE / HTTP/1.1\r\n${HOST}\r\n`, 401],
  ['a method that there is not', `GARBAGE / HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['what is not HTTP', 'nonsense\r\n\r\n', 400],
  ['the beginning of a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
  ['a header with a control character', `GET / HTTP/1.1\r\n${HOST}X: a\x00b\r\n\r\n`, 400],
  [
    'a body of two lengths',
    `POST /login HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`,
    400,
  ],
  ['headers that are too long', `GET / HTTP/1.1\r\n${HOST}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['a body that is too long', `POST /login HTTP/1.1\r\n${HOST}Content-Length: 99999999\r\n\r\n`, 413],
])('nor is the answer to %s', async (what, bytes, status) => {
  const { statuses, text } = await exchange(world, bytes);
  expect(statuses.at(-1)).toBe(status);
  expectGuarded(headersIn(text), what);
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  const isError = status >= 400 && !bytes.startsWith('HEAD');
  expect(isError ? (JSON.parse(body) as { statusCode: number }).statusCode : status).toBe(status);
});

test.each([
  ['without Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['that expects what there is not', `GET / HTTP/1.1\r\n${HOST}Expect: wonders\r\n\r\n`, 417],
])('nor is what Node itself answers to a request %s', async (what, bytes, status) => {
  const { statuses, text } = await exchange(world, bytes);
  expect(statuses).toEqual([status]);
  expectGuarded(headersIn(text), what);
});

test('a request that does not arrive in time is told so in JSON, with the same headers', async () => {
  const hasty = await startWorld({ server: { read_timeout: '1s' } });
  try {
    const socket = await dial(hasty);
    socket.write('POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n');
    let text = '';
    socket.setEncoding('latin1').on('data', (part: string) => (text += part));
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(text).toContain('"messageId":"broken-request"');
    expectGuarded(headersIn(text), 'a slow request');
  } finally {
    await hasty.stop();
  }
});

test('a file of the page that a browser has already is not sent again, and says the same', async () => {
  const page = await world.send(undefined, 'GET', '/', undefined, { accept: 'text/html' });
  const file = /"(\.?\/?public\/build\/[^"]+\.js)"/.exec(String(page.body))?.[1] ?? '';
  const path = `/${file.replace(/^[./]+/, '')}`;
  const first = await world.send(undefined, 'GET', path);
  expect(first.status).toBe(200);
  const condition = `If-None-Match: ${first.headers.get('etag')}`;
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: x',
    'Accept-Encoding: gzip, br',
    condition,
    'Connection: close',
  ];
  const { statuses, text } = await exchange(world, [...lines, '', ''].join('\r\n'));
  expect(statuses).toEqual([304]);
  expectGuarded(headersIn(text), path);
});
