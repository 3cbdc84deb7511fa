import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudWorld, startCloudWorld } from '../../server/testing/cloud.ts';
import { ADMIN, type Answer, type As } from '../../server/testing/world.ts';

// Whatever is thrown at any route, the answer is one that a client can read, and nothing of the server's inside.

let world: CloudWorld;
let viewer: As;
beforeAll(async () => {
  world = await startCloudWorld({ log: { level: 'debug' } });
  const { body } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'viewer', role: 'Viewer' });
  viewer = { bearer: body.key };
});
afterAll(() => world.stop());

const BAD_VALUES = [
  'abc',
  '-1',
  '0',
  '1.5',
  '1e400',
  '9223372036854775808',
  '99999999999999999999999',
  '%00',
  '%2F',
  '..%2F..',
  '*',
  '%25',
  'ключ',
  '%F0%9F',
  "';--",
  'x'.repeat(400),
];

const BAD_BODIES = [
  undefined,
  '',
  'null',
  '[]',
  '"text"',
  '7',
  '{',
  '{"name":1,"role":1,"title":1,"login":1,"password":1,"orgId":"x"}',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"name":"\\u0000","title":"\\u0000","login":"\\u0000","email":"\\u0000","loginOrEmail":"\\u0000","uid":"\\u0000"}',
  '{"name":"\\ud800","title":"\\ud800","login":"\\ud800","role":"Viewer"}',
  `{"name":"${'x'.repeat(10_000)}","title":"${'x'.repeat(10_000)}","login":"${'x'.repeat(10_000)}"}`,
  '{"orgId":1e300,"userId":1e300,"version":1e300,"secondsToLive":1e300}',
  '{"orgId":-1,"role":"King","isDisabled":"yes","dashboard":7,"permissions":{}}',
  `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
];

function paths(url: string): string[] {
  const names = [...url.matchAll(/:(\w+)/g)];
  if (names.length === 0) return [url];
  return BAD_VALUES.map((value) => url.replaceAll(/:\w+/g, value));
}

function expectReadable({ status, body, headers }: Answer, what: string): void {
  expect(status, `${what} -> ${JSON.stringify(body)}`).toBeLessThan(500);
  if (status < 400) return;
  expect(headers.get('content-type'), what).toContain('application/json');
  expect(body.message, what).toEqual(expect.any(String));
  expect(JSON.stringify(body), what).not.toMatch(/\.ts:\d|node_modules|select |insert |SQLITE|at Object\./i);
}

async function everyRoute(ask: (method: string, url: string) => Promise<void>): Promise<void> {
  expect(world.routes.length).toBeGreaterThan(20);
  for (const { method, url } of world.routes) {
    // Ending one's own session or changing one's own account would end the test.
    if (method !== 'HEAD' && !/^\/api\/user(\/|$)|logout/.test(url)) await ask(method, url);
  }
}

test('a bad path or query never breaks a route', { timeout: 120_000 }, async () => {
  await everyRoute(async (method, url) => {
    for (const path of paths(url)) {
      const known = /:/.test(url) ? path : `${path}?page=-1&perpage=abc&limit=1e99&query=%25&orgId=1`;
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      // A delete must not hit what is there: 0 and -1 are nobody.
      expectReadable(await world.send(ADMIN, method, known, body), `${method} ${known}`);
    }
  });
});

test('a bad body never breaks a route, and changes nothing halfway', { timeout: 120_000 }, async () => {
  await everyRoute(async (method, url) => {
    if (method === 'GET' || method === 'DELETE') return;
    for (const body of BAD_BODIES) {
      const path = url.replaceAll(/:\w+/g, '999999');
      expectReadable(await world.send(ADMIN, method, path, body), `${method} ${path} ${body?.slice(0, 80)}`);
    }
  });
});

test('a Viewer is told no before anything is said of the body', { timeout: 120_000 }, async () => {
  await everyRoute(async (method, url) => {
    const route = world.routes.find((candidate) => candidate.method === method && candidate.url === url);
    if (route?.access.kind !== 'server') return;
    for (const body of method === 'GET' || method === 'DELETE' ? [undefined] : BAD_BODIES) {
      const path = url.replaceAll(/:\w+/g, '999999');
      const { status } = await world.send(viewer, method, path, body);
      expect(status, `${method} ${path}`).toBe(403);
    }
  });
});

test('every route but the open ones is closed to nobody', async () => {
  for (const { method, url, access } of world.routes) {
    if (access.kind === 'open' || method === 'HEAD') continue;
    const { status } = await world.send(undefined, method, url.replaceAll(/:\w+/g, '1'));
    expect(status, `${method} ${url}`).toBe(401);
  }
});
