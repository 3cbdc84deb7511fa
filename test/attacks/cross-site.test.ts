import { afterAll, beforeAll, expect } from 'vitest';
import { makeBrowser, makeUser, signIn, type Browser } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { everything } from './stored.ts';
import { attack, IN_FULL } from './attack.ts';
import { exchange } from './raw.ts';

// What another site can have the browser of somebody do who has signed in here.

const ELSEWHERE = 'https://elsewhere.example';
const SAME_ORIGIN = 'server/http/same-origin.ts, asked with every session';
const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

let world: World;
let browser: Browser;
beforeAll(async () => {
  world = await startWorld();
  browser = await signIn(world, 'admin', 'admin');
});
afterAll(() => world.stop());

const routesOf = (isWanted: (method: string) => boolean): [method: string, path: string][] =>
  world.routes
    .filter(({ method, access }) => isWanted(method) && access.kind !== 'open')
    .map(({ method, url }) => [method, url.replaceAll(/:\w+/g, '1')]);

/** What a page elsewhere can make a browser say of where a request comes from. */
function origins(): Record<string, string>[] {
  const { host, hostname, port } = new URL(world.url);
  return [
    { origin: ELSEWHERE },
    { origin: 'null' },
    { origin: '' },
    { origin: `http://${host}.elsewhere.example` },
    { origin: `http://${host}@elsewhere.example` },
    { origin: `http://sub.${host}` },
    { origin: `http://${hostname}:${Number(port) + 1}` },
    { origin: `http://${hostname}` },
    { origin: `${world.url}, ${ELSEWHERE}` },
    { origin: ELSEWHERE, 'sec-fetch-site': 'same-origin' },
    { origin: ELSEWHERE, 'sec-fetch-site': 'none' },
    { origin: ELSEWHERE, referer: world.url },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'cross-site', origin: world.url },
  ];
}

const WHOLE = { name: 'forged', title: 'forged', login: 'forged', role: 'Admin', isGrafanaAdmin: true };
/** What a form can send without asking first. */
const FORMS: [type: string, body: string][] = [
  ['text/plain', JSON.stringify({ ...WHOLE, padding: '=' })],
  ['application/x-www-form-urlencoded', 'name=forged&role=Admin'],
  [
    'multipart/form-data; boundary=x',
    '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nforged\r\n--x--\r\n',
  ],
];

attack('a change sent by another site, on every route that changes something', SAME_ORIGIN, async (tried) => {
  const routes = routesOf((method) => CHANGES.has(method));
  expect(routes.length).toBeGreaterThan(80);
  const before = await everything(world);
  for (const [at, [method, path]] of routes.entries()) {
    const all = origins().map((headers, place) => ({ headers, form: FORMS[(at + place) % FORMS.length] }));
    const tries = IN_FULL ? all : all.filter((_, place) => (place + at) % 4 === 0);
    for (const { headers, form: [type, body] = ['', ''] } of tries) {
      tried();
      const answer = await browser.send(method, path, body, { ...headers, 'content-type': type });
      expect(answer.status, `${method} ${path} ${JSON.stringify(headers)}`).toBe(403);
      expect(answer.body.detail ?? answer.body.message).toMatch(/another site|come from the page itself/);
    }
  }
  expect(await everything(world)).toBe(before);
  // The same session does change something when the page itself asks.
  const own = { origin: world.url, 'sec-fetch-site': 'same-origin' };
  expect((await browser.send('PUT', '/api/org/address', { city: 'Bern' }, own)).status).toBe(200);
});

attack(
  'a link, image or script elsewhere that changes something with GET',
  'nothing is changed by GET',
  async (tried) => {
    const before = await everything(world);
    for (const [method, path] of routesOf((name) => name === 'GET' || name === 'HEAD')) {
      for (const headers of [
        {},
        { 'x-http-method-override': 'DELETE' },
        { 'x-http-method': 'PUT', 'x-method-override': 'PUT' },
      ]) {
        tried();
        const query = '?_method=DELETE&name=forged&role=Admin';
        await browser.send(method, path + query, undefined, { 'sec-fetch-site': 'cross-site', ...headers });
      }
    }
    expect(await everything(world)).toBe(before);
  },
);

attack(
  'signing somebody in or out from another site',
  'server/http/same-origin.ts, asked by /login and /logout',
  async (tried) => {
    await makeUser(world, 'attacker');
    for (const headers of origins()) {
      tried(2);
      const credentials = { user: 'attacker', password: 'password of attacker' };
      const { status, headers: told } = await browser.send('POST', '/login', credentials, headers);
      expect([status, told.get('set-cookie')], JSON.stringify(headers)).toEqual([403, null]);
      const out = await browser.send('POST', '/logout', undefined, headers);
      expect([out.status, out.headers.get('set-cookie')], JSON.stringify(headers)).toEqual([403, null]);
    }
    expect((await browser.send('GET', '/api/user')).body.login).toBe('admin');
  },
);

attack(
  'a session fixed before its owner signs in',
  'each sign-in makes a session with a secret of its own',
  async (tried) => {
    await makeUser(world, 'victim');
    const attackers = await signIn(world, 'attacker');
    for (const fixed of ['chosen', 'a'.repeat(64), attackers.cookie, browser.cookie]) {
      tried();
      const victim = makeBrowser(world, fixed);
      const credentials = { user: 'victim', password: 'password of victim' };
      expect((await victim.send('POST', '/login', credentials)).status).toBe(200);
      expect(victim.cookie).not.toBe(fixed);
      expect((await victim.send('GET', '/api/user')).body.login).toBe('victim');
      const { status, body } = await makeBrowser(world, fixed).send('GET', '/api/user');
      expect(status === 401 || body.login !== 'victim', `${fixed} is the session of ${body.login}`).toBe(
        true,
      );
    }
  },
);

attack(
  'several cookies of one name',
  'the first one counts, and no other is tried after it',
  async (tried) => {
    const attackers = await signIn(world, 'attacker');
    const name = world.context.config.auth.login_cookie_name;
    const own = browser.cookie ?? '';
    const ask = async (cookie: string) => {
      tried();
      const { status, body } = await world.send(undefined, 'GET', '/api/user', undefined, { cookie });
      return status === 200 ? body.login : status;
    };
    expect(await ask(`${name}=tossed; ${name}=${own}`)).toBe(401);
    expect(await ask(`${name}=; ${name}=${own}`)).toBe(401);
    expect(await ask(`${name}=${attackers.cookie}; ${name}=${own}`)).toBe('attacker');
    expect(await ask(`${name}=${own}; ${name}=${attackers.cookie}`)).toBe('admin');
    expect(await ask(`${name.toUpperCase()}=${own}`)).toBe(401);
    expect(await ask(`x="; ${name}=${own}"`)).toBe(401);
    expect(await ask(`__proto__=${own}; constructor=${own}`)).toBe(401);
  },
);

attack('another site that reads answers', 'no answer has a CORS header', async (tried) => {
  for (const [method, path] of [
    ...routesOf(() => true),
    ['OPTIONS', '/api/org'],
    ['POST', '/login'],
  ] as const) {
    if (CHANGES.has(method) && method !== 'POST') continue;
    tried();
    const { headers } = await browser.send(method, path, undefined, {
      origin: ELSEWHERE,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    });
    const cors = [...headers.keys()].filter((name) => name.startsWith('access-control-'));
    expect(cors, `${method} ${path}`).toEqual([]);
  }
});

attack(
  'a WebSocket opened from another site',
  'an upgrade is not known here: it is answered as a request',
  async (tried) => {
    const upgrade =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n';
    for (const path of ['/api/live/ws', '/api/user', '/', '/api/health']) {
      tried();
      const cookie = `Cookie: grafana_session=${browser.cookie}\r\n`;
      const head = `GET ${path} HTTP/1.1\r\nHost: x\r\nOrigin: ${ELSEWHERE}\r\n${cookie}${upgrade}\r\n`;
      const { statuses } = await exchange(world, head);
      expect(statuses, path).toEqual([path.includes('live') ? 404 : 200]);
    }
  },
);

attack(
  'a redirect to another site, after signing in, on switching the organization, or by an odd path',
  'no answer redirects; the page goes on only to a path of its own (test/browser/sign-in.test.ts)',
  async (tried) => {
    const names = ['redirect', 'redirectTo', 'redirect_to', 'next', 'returnTo', 'url'];
    const query = `?${names.map((name) => `${name}=//elsewhere.example`).join('&')}`;
    const calls: [method: string, path: string, body?: object][] = [
      ['POST', '/login', { user: 'attacker', password: 'password of attacker' }],
      ['GET', '/login'],
      ['POST', '/logout'],
      ['GET', '/logout'],
      ['POST', '/api/user/using/1'],
      ['GET', '/'],
      ['GET', '//elsewhere.example'],
      ['GET', '//elsewhere.example/..'],
      ['GET', '/%5celsewhere.example'],
      ['GET', '/public/..%2f..//elsewhere.example'],
      ['GET', '/public/build'],
      ['GET', '/api/docs'],
      ['GET', '/org/switch'],
      ...routesOf((method) => method === 'GET').map(([, path]): [string, string] => ['GET', path]),
    ];
    for (const [method, path, body] of calls) {
      for (const as of [ADMIN, undefined]) {
        tried();
        const response = await fetch(`${world.url}${path}${query}`, {
          method,
          redirect: 'manual',
          headers: {
            accept: 'text/html',
            'content-type': 'application/json',
            cookie: `redirect_to=//elsewhere.example`,
            ...(as && 'basic' in as && { authorization: `Basic ${btoa(as.basic)}` }),
          },
          ...(body && { body: JSON.stringify(body) }),
        });
        await response.arrayBuffer();
        const refresh = [response.headers.get('location'), response.headers.get('refresh')];
        expect(refresh, `${method} ${path}`).toEqual([null, null]);
        expect(response.status < 300 || response.status > 399, `${method} ${path}`).toBe(true);
      }
    }
  },
);

attack('another host in Host, X-Forwarded-Host and the like', 'links are made of root_url', async (tried) => {
  const paths = [
    '/',
    '/login',
    '/api/frontend/settings',
    '/bootdata',
    '/api/user',
    '/api/nothing',
    '/api/openapi.json',
  ];
  const hosts = [
    'elsewhere.example',
    'elsewhere.example:80',
    'elsewhere.example/x?',
    '127.0.0.1@elsewhere.example',
  ];
  for (const path of paths) {
    for (const host of hosts) {
      tried();
      const head =
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-Host: ${host}\r\nX-Host: ${host}\r\nForwarded: host=${host}\r\n` +
        `X-Forwarded-Server: ${host}\r\nAccept: text/html\r\nCookie: grafana_session=${browser.cookie}\r\nConnection: close\r\n\r\n`;
      const { text } = await exchange(world, head);
      expect(text, `${path} ${host}`).not.toContain('elsewhere');
    }
  }
  tried();
  const absolute =
    'GET http://elsewhere.example/api/frontend/settings HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n';
  expect((await exchange(world, absolute)).text).not.toContain('elsewhere.example"');
});

attack(
  'a cache that gives one person the answer to another',
  'Cache-Control: no-store on all that needs a credential',
  async (tried) => {
    for (const [method, path] of routesOf((name) => name === 'GET' || name === 'HEAD')) {
      for (const who of [ADMIN, undefined]) {
        tried();
        const { headers } = await world.send(who, method, path);
        expect(headers.get('cache-control'), `${method} ${path}`).toBe('no-store');
      }
    }
    for (const tail of [
      '/x.css',
      ';x.css',
      '%0a.css',
      '%00.js',
      '/../x.css',
      '%2fx.css',
      '.css',
      '%23.css',
      '%3f.css',
    ]) {
      tried();
      const head = `GET /api/user${tail} HTTP/1.1\r\nHost: x\r\nCookie: grafana_session=${browser.cookie}\r\n\r\n`;
      const { text } = await exchange(world, head);
      expect(text, tail).not.toContain('"login":"admin"');
    }
  },
);
