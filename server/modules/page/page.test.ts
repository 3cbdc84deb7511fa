import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../testing/world.ts';

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

test.each(['/', '/login', '/org/apikeys', '/d/some-uid/some-slug', '/admin/users/7'])(
  'a browser that asks for %s gets the page, with a policy that lets in nothing from elsewhere',
  async (path) => {
    const { status, headers, body } = await world.send(undefined, 'GET', path, undefined, HTML);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body).toContain('<div id="root"></div>');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[\w+/=]+';/);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers.get('x-frame-options')).toBe('deny');
    expect(headers.get('cache-control')).toBe('no-store');
  },
);

test('no two answers have the same nonce, and the page knows its own', async () => {
  const nonces = new Set<string>();
  for (let count = 0; count < 3; count++) {
    const { headers, body } = await world.send(undefined, 'GET', '/', undefined, HTML);
    const [, nonce = ''] = /'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '') ?? [];
    expect(body).toContain(`<meta property="csp-nonce" nonce="${nonce}"`);
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(3);
});

test.each(['/api/nothing', '/api', '/apis/x', '/public/build/nothing.js', '/public/nothing'])(
  '%s is no page, whoever asks',
  async (path) => {
    expect((await world.send(undefined, 'GET', path, undefined, HTML)).headers.get('content-type')).toMatch(
      /json/,
    );
    const { status, body } = await world.send(ADMIN, 'GET', path, undefined, HTML);
    expect([status, typeof body.message]).toEqual([404, 'string']);
  },
);

test('clients that do not ask for a page get their JSON at an address without a route', async () => {
  const { status, body } = await world.send(ADMIN, 'GET', '/org/apikeys');
  expect([status, body.message]).toEqual([404, 'Not found']);
  expect((await world.send(ADMIN, 'POST', '/org/apikeys', {}, HTML)).status).toBe(404);
});

test('what the page is made of is there, compressed, and kept for good', async () => {
  const page = await world.send(undefined, 'GET', '/', undefined, HTML);
  const files = [...String(page.body).matchAll(/(?:src|href)="\.\/(public\/build\/[^"]+)"/g)].map(
    ([, file]) => file,
  );
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    const { status, headers } = await world.send(undefined, 'GET', `/${file}`);
    expect([status, headers.get('x-content-type-options')], file).toEqual([200, 'nosniff']);
    const isBuilt = /-[\w-]{8}\.(js|css)$/.test(file ?? '');
    if (!isBuilt) continue;
    expect(headers.get('cache-control'), file).toBe('public, max-age=31536000, immutable');
    expect(headers.get('content-encoding'), file).toMatch(/^(br|gzip)$/);
    expect(headers.get('vary'), file).toContain('accept-encoding');
  }
});

test.each([
  '..%2f..%2fpackage.json',
  '%2e%2e/%2e%2e/index.html',
  '.built-from',
  'index.html',
  '..%5cindex.html',
])('no other file is served: %s', async (file) => {
  expect((await world.send(ADMIN, 'GET', `/public/build/${file}`)).status).not.toBe(200);
});

test('under a path of its own, the page finds its files there, and the API answers there too', async () => {
  const below = await startWorld({
    server: { root_url: 'https://example.org/latchkey/', serve_from_sub_path: true },
  });
  onTestFinished(() => below.stop());
  for (const path of ['/latchkey/', '/latchkey', '/latchkey/org/apikeys', '/']) {
    const { status, body } = await below.send(undefined, 'GET', path, undefined, HTML);
    expect([status, String(body).includes('<base href="/latchkey/" />')], path).toEqual([200, true]);
  }
  expect((await below.send(undefined, 'GET', '/latchkey/public/build/latchkey.svg')).status).toBe(200);
  for (const path of ['/latchkey/api/org', '/api/org', '/latchkey/api/org?x=1'])
    expect((await below.send(ADMIN, 'GET', path)).status, path).toBe(200);
  expect((await below.send(ADMIN, 'GET', '/latchkeyapi/org')).status).toBe(404);
});
