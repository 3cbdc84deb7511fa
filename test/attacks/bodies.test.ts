import { gzipSync } from 'node:zlib';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from 'vitest';
import { makeMember, makeOrg } from '../../server/testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../server/testing/world.ts';
import { attack, IN_FULL } from './attack.ts';
import { basic, dial, exchange } from './raw.ts';
import { everything } from './stored.ts';

// What may stand in a path, a query, a header or a body.

const LIMIT = 2_000_000;
const BODIES = new Set(['POST', 'PUT', 'PATCH']);

let world: World;
/** Of an Admin of the organization; a person could rename themselves by such bodies. */
let asAdmin: As;
let orgId: number;
beforeAll(async () => {
  world = await startWorld({
    limits: { max_body_bytes: String(LIMIT) },
    log: { level: 'debug' },
    security: { disable_brute_force_login_protection: 'true' },
  });
  orgId = await makeOrg(world, 'ours');
  const owner = await makeMember(world, orgId, 'owner', 'Admin');
  // The first key and account are what is named by 1.
  await world.send(owner.as, 'POST', '/api/auth/keys', { name: 'first', role: 'Viewer' });
  const account = await world.send(owner.as, 'POST', '/api/serviceaccounts', {
    name: 'attacking',
    role: 'Admin',
  });
  const path = `/api/serviceaccounts/${account.body.id}/tokens`;
  asAdmin = { bearer: (await world.send(owner.as, 'POST', path, { name: 'attacking' })).body.key };
});
afterAll(() => world.stop());

const takers = (): [method: string, path: string][] =>
  world.routes
    .filter(({ method, schema }) => BODIES.has(method) && schema.body !== undefined)
    .map(({ method, url }) => [method, url.replaceAll(/:\w+/g, '1')]);
const AS_ADMIN = basic('admin', 'admin');

/** The server goes on, and who attacked could act all the time. */
async function expectAlive(): Promise<void> {
  for (const who of [ADMIN, asAdmin])
    expect((await world.send(who, 'GET', '/api/org/users')).status).toBe(200);
}

attack(
  'a body without an end',
  'each route has a limit, also where a body does not say how long it is',
  async (tried) => {
    expect(takers().length).toBeGreaterThan(60);
    for (const [method, path] of takers()) {
      tried(2);
      const said = `${method} ${path} HTTP/1.1\r\nHost: x\r\n${AS_ADMIN}\r\nContent-Length: 1000000000000\r\n\r\n{`;
      const { statuses } = await exchange(world, said);
      expect([413, 403, 404], `${method} ${path}`).toContain(statuses[0]);

      const socket = await dial(world);
      const told: string[] = [];
      socket.setEncoding('latin1').on('data', (part: string) => void told.push(part));
      socket.write(
        `${method} ${path} HTTP/1.1\r\nHost: x\r\n${AS_ADMIN}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      );
      const piece = `10000\r\n${' '.repeat(0x1_00_00)}\r\n`;
      let sent = 0;
      while (!socket.destroyed && told.length === 0 && sent < 40_000_000) {
        sent += 0x1_00_00;
        socket.write(piece);
        while (socket.writableNeedDrain && !socket.destroyed && told.length === 0) await sleep(1);
      }
      socket.destroy();
      expect(sent, `${method} ${path} took ${sent} bytes`).toBeLessThan(40_000_000);
      if (told.length > 0) expect(told.join(''), `${method} ${path}`).toMatch(/^HTTP\/1\.1 (403|404|413)/);
    }
    await expectAlive();
  },
);

attack(
  'a body that grows when it is unpacked',
  'a coded body is refused with 415, and never unpacked',
  async (tried) => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '), { level: 9 });
    for (const [method, path] of takers()) {
      for (const coding of ['gzip', 'deflate', 'br', 'zstd', 'x-gzip', 'gzip, gzip', 'GZIP']) {
        tried();
        const head =
          `${method} ${path} HTTP/1.1\r\nHost: x\r\n${AS_ADMIN}\r\nContent-Encoding: ${coding}\r\n` +
          `Content-Length: ${bomb.length}\r\nConnection: close\r\n\r\n`;
        const { statuses, text } = await exchange(world, Buffer.concat([Buffer.from(head), bomb]));
        expect([415, 403, 404], `${method} ${path} ${coding}: ${text}`).toContain(statuses[0]);
        if (!IN_FULL) break;
      }
    }
    const plain = { 'content-encoding': 'identity' };
    expect((await world.send(asAdmin, 'POST', '/api/teams', { name: 'plain' }, plain)).status).toBe(200);
  },
);

const deep = (open: string, close: string): string => open.repeat(100_000) + '1' + close.repeat(100_000);

const POISONED = /_proto__":|"constructor":/;

/** What routes that take any JSON take it for. */
const within = (value: string): string =>
  '{"name":"deep","title":"deep","type":"prometheus","kind":1,"text":"deep","provider":"github",' +
  `"dashboard":{"title":"deep","any":${value}},"model":${value},"jsonData":{"any":${value}},"data":${value},"settings":{"any":${value}}}`;

attack('JSON of 100,000 levels', 'the depth is counted before it is read', async (tried) => {
  const open = '['.repeat(100_000);
  const texts = [
    within(deep('[', ']')),
    deep('{"a":', '}'),
    deep('[{"a":', '}]'),
    open,
    '{"a":'.repeat(100_000),
  ];
  for (const [at, [method, path]] of takers().entries()) {
    for (const text of IN_FULL ? texts : [texts[0] ?? '', texts[at % texts.length] ?? '']) {
      tried();
      const { status } = await world.send(asAdmin, method, path, text);
      expect([400, 403, 404, 413], `${method} ${path}`).toContain(status);
    }
  }
  await expectAlive();
});

attack(
  'very many elements, keys and digits',
  'the limit of the body; checks that look at each element once',
  async (tried) => {
    const count = 100_000;
    const texts = [
      `{"permissions":[${'{},'.repeat(count)}{}]}`,
      `{${Array.from({ length: count }, (_, at) => `"k${at}":1`).join()}}`,
      `{"name":${'9'.repeat(count)}}`,
      `{"name":"${'\\u0041'.repeat(count)}"}`,
      `{"tags":[${'"a",'.repeat(count)}"a"],"text":"x"}`,
      `{"users":[${'1,'.repeat(count)}1],"teams":[],"service_accounts":[]}`,
      `{"dashboard":{"title":"many","panels":[${'{},'.repeat(count)}{}]}}`,
    ];
    const before = (await world.send(ADMIN, 'GET', '/api/org')).status;
    for (const [at, [method, path]] of takers().entries()) {
      for (const text of IN_FULL ? texts : [texts[at % texts.length] ?? '']) {
        tried();
        const { status } = await world.send(asAdmin, method, path, text);
        expect(status, `${method} ${path}`).toBeLessThan(500);
      }
    }
    expect((await world.send(ADMIN, 'GET', '/api/org')).status).toBe(before);
  },
);

attack(
  'a key given twice, which two readers read differently',
  'one reader: what is checked is what is kept',
  async (tried) => {
    tried(4);
    const viewer = await world.send(
      asAdmin,
      'POST',
      '/api/auth/keys',
      '{"name":"twice","role":"Admin","role":"Viewer"}',
    );
    const asKey = { bearer: viewer.body.key };
    expect((await world.send(asKey, 'GET', '/api/user')).body.orgRole).toBe('Viewer');
    const locked = await world.send(asAdmin, 'POST', '/api/folders', { title: 'locked', uid: 'locked' });
    await world.send(asAdmin, 'POST', '/api/folders/locked/permissions', { items: [] });
    expect(locked.status).toBe(200);
    const editor = await makeMember(world, orgId, 'editor', 'Editor');
    for (const body of [
      '{"folderUid":"","folderUid":"locked","dashboard":{"title":"in"}}',
      '{"dashboard":{"title":"in","uid":"in"},"folderUid":"locked","folderUid":"locked"}',
    ]) {
      expect((await world.send(editor.as, 'POST', '/api/dashboards/db', body)).status).toBe(403);
    }
    const twice =
      '{"dashboard":{"title":"first","uid":"first"},"dashboard":{"title":"second","uid":"second","title":"third"}}';
    expect((await world.send(editor.as, 'POST', '/api/dashboards/db', twice)).body.uid).toBe('second');
    const { dashboard } = (await world.send(editor.as, 'GET', '/api/dashboards/uid/second')).body;
    expect([dashboard.title, dashboard.uid]).toEqual(['third', 'second']);
    expect((await world.send(editor.as, 'GET', '/api/dashboards/uid/first')).status).toBe(404);
  },
);

attack(
  'properties put on every object by way of __proto__ or constructor',
  'such keys are refused, and maps are no objects',
  async (tried) => {
    const poisons = [
      '{"__proto__":{"polluted":true,"isGrafanaAdmin":true}}',
      '{"constructor":{"prototype":{"polluted":true}}}',
      '{"name":"x","title":"x","jsonData":{"__proto__":{"polluted":true}},"type":"prometheus"}',
      '{"dashboard":{"title":"x","__proto__":{"polluted":true}}}',
      '{"dashboard":{"title":"y","a":{"constructor":{"prototype":{"polluted":true}}}}}',
      '{"settings":{"__proto__":{"polluted":true}},"provider":"github"}',
      '{"\\u005f_proto__":{"polluted":true}}',
      '{"name":"__proto__","login":"__proto__","title":"__proto__","uid":"__proto__","role":"Viewer","password":"password"}',
      '{"name":"constructor","login":"constructor","title":"constructor","uid":"constructor","role":"Viewer","password":"password"}',
      '{"role":"__proto__","permission":"constructor","name":"toString"}',
    ];
    const expectClean = (what: string): void => {
      expect(({} as Record<string, unknown>)['polluted'], what).toBeUndefined();
      expect(({} as Record<string, unknown>)['isGrafanaAdmin'], what).toBeUndefined();
      expect(Object.keys(Object.prototype), what).toEqual([]);
    };
    for (const [at, [method, path]] of takers().entries()) {
      for (const poison of IN_FULL
        ? poisons
        : [poisons[at % poisons.length] ?? '', poisons[(at + 3) % poisons.length] ?? '']) {
        tried();
        const { status } = await world.send(asAdmin, method, path, poison);
        const isRefused = POISONED.test(poison) ? [400, 403, 404].includes(status) : status < 500;
        expect(isRefused, `${method} ${path} ${poison} -> ${status}`).toBe(true);
        expectClean(`${method} ${path} ${poison}`);
      }
    }
    const queries = [
      '__proto__[polluted]=1',
      '__proto__.polluted=1',
      'constructor[prototype][polluted]=1',
      '__proto__=1',
      'toString=1',
    ];
    for (const { method, url, access } of world.routes) {
      if (method !== 'GET' || access.kind === 'open') continue;
      for (const value of ['__proto__', 'constructor', 'hasOwnProperty']) {
        tried();
        const query = queries[(url.length + value.length) % queries.length];
        const { status } = await world.send(
          asAdmin,
          'GET',
          `${url.replaceAll(/:\w+/g, value)}?${query}`,
          undefined,
          {
            ['__proto__']: 'polluted',
            'x-grafana-org-id': String(orgId),
          },
        );
        expect(status, url).toBeLessThan(500);
      }
    }
    expectClean('queries');
    const { body } = await world.send(asAdmin, 'GET', '/api/user');
    expect([body.isGrafanaAdmin, 'polluted' in body]).toEqual([false, false]);
  },
);

attack(
  'one type for another, and numbers that are none',
  'bodies are taken as they are, never turned into what is wanted',
  async (tried) => {
    const values = [
      '[]',
      '{}',
      '["x"]',
      'null',
      'true',
      '1',
      '"1"',
      '-0',
      '1e400',
      '-1e400',
      '1.5',
      '9007199254740993',
      '""',
      '"\\u0000"',
      '"\\ud800"',
    ];
    const names = [
      'name',
      'role',
      'login',
      'password',
      'orgId',
      'userId',
      'permission',
      'uid',
      'title',
      'secondsToLive',
      'isGrafanaAdmin',
      'isDisabled',
      'version',
      'permissions',
      'dashboard',
      'items',
      'user',
      'loginOrEmail',
    ];
    const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;
    let at = 0;
    for (const [method, path] of takers()) {
      for (let round = 0; round < (IN_FULL ? 40 : 2); round++) {
        at++;
        tried();
        const body = `{${names.map((name, place) => `"${name}":${pick(values, at * 7 + place * (round + 1))}`).join()}}`;
        const { status, body: told } = await world.send(asAdmin, method, path, body);
        expect(status, `${method} ${path} ${body}: ${JSON.stringify(told)}`).toBeLessThan(500);
      }
    }
    await expectAlive();
    const never = ['[true]', '"true"', '1', '{}'];
    for (const value of never) {
      tried();
      const { status } = await world.send(
        ADMIN,
        'PUT',
        `/api/admin/users/2/permissions`,
        `{"isGrafanaAdmin":${value}}`,
      );
      expect(status, value).toBe(400);
    }
    for (const raw of [
      Buffer.from([0xc0, 0xaf]),
      Buffer.from([0xe0, 0x80, 0xaf]),
      Buffer.from([0xff]),
      Buffer.from([0xed, 0xa0, 0x80]),
    ]) {
      tried();
      const body = Buffer.concat([Buffer.from('{"title":"overlong '), raw, Buffer.from('"}')]);
      const head = `POST /api/folders HTTP/1.1\r\nHost: x\r\n${AS_ADMIN}\r\nContent-Length: ${body.length}\r\n\r\n`;
      const { statuses, text } = await exchange(world, Buffer.concat([Buffer.from(head), body]));
      expect(statuses[0], text).toBeLessThan(500);
      expect(text).not.toContain('overlong /');
    }
  },
);

attack('SQL in every parameter', 'values are bound, never written into a statement', async (tried) => {
  const injections = [
    "' or '1'='1",
    "' or 1=1 --",
    '" or ""="',
    '1; drop table org --',
    '1 or 1=1',
    '1) or (1=1',
    '\'; update "user" set is_server_admin = 1; --',
    "\\'; select pg_sleep(10); --",
    "%' union select secret_hash from credential --",
    '$1',
    '?1',
    '\u02bc or 1=1 --',
  ];
  const queries = [
    ...new Set(
      world.routes.flatMap(({ schema }) =>
        Object.keys((schema.querystring as { properties?: object } | undefined)?.properties ?? {}),
      ),
    ),
  ];
  const own = await world.send(asAdmin, 'GET', '/api/org/users');
  const before = await everything(world);
  let at = 0;
  for (const { method, url, access } of world.routes) {
    if (access.kind === 'open' || (method !== 'GET' && method !== 'DELETE')) continue;
    const taken = IN_FULL
      ? injections
      : [injections[at % injections.length] ?? '', injections[(at + 5) % injections.length] ?? ''];
    at++;
    for (const injection of taken) {
      tried();
      const value = encodeURIComponent(injection);
      const path = url.replaceAll(/:\w+/g, value);
      // A row that names nothing of the path is asked with what it takes as its query.
      if (method === 'DELETE' && path === url) continue;
      for (const query of method === 'GET'
        ? ['', `?${queries.map((name) => `${name}=${value}`).join('&')}`]
        : ['']) {
        const { status, body } = await world.send(asAdmin, method, path + query);
        const what = `${method} ${path}${query}`;
        expect(status, `${what} ${JSON.stringify(body)}`).toBeLessThan(500);
        expect(JSON.stringify(body), what).not.toMatch(/syntax error|sqlite|postgres/i);
      }
    }
  }
  const bodies = injections.map((text) => ({
    name: text,
    title: text,
    login: text,
    email: text,
    uid: text,
    loginOrEmail: text,
    text,
    query: text,
  }));
  for (const injection of injections) {
    tried(2);
    const found = await world.send(
      asAdmin,
      'GET',
      `/api/search?query=${encodeURIComponent(injection)}&limit=5000`,
    );
    expect(found.body, injection).toEqual([]);
    const users = await world.send(asAdmin, 'GET', `/api/org/users?query=${encodeURIComponent(injection)}`);
    expect(users.body, injection).toEqual([]);
  }
  expect(await everything(world)).toBe(before);
  for (const [path, body] of takers().flatMap(([method, taker]) =>
    method === 'POST' ? [[taker, bodies[at++ % bodies.length]] as const] : [],
  )) {
    tried();
    expect((await world.send(asAdmin, 'POST', path, body)).status, path).toBeLessThan(500);
  }
  const after = await world.send(asAdmin, 'GET', '/api/org/users');
  expect(after.body.map(({ login }: { login: string }) => login)).toEqual(
    own.body.map(({ login }: { login: string }) => login),
  );
  expect((await world.send(asAdmin, 'GET', '/api/orgs')).status).toBe(403);
});

attack(
  'ids, pages and limits beyond what a number holds',
  'numbers have bounds in their schema',
  async (tried) => {
    const numbers = [
      '-1',
      '0',
      '2147483647',
      '2147483648',
      '4294967297',
      '9007199254740991',
      '9007199254740993',
      '9223372036854775808',
      '1e20',
      '1e400',
      '0x10',
      'NaN',
      'Infinity',
      '1.5',
      '-0',
      '+1',
      '%201',
      '١',
    ];
    for (const { method, url, access } of world.routes) {
      if (method !== 'GET' || access.kind === 'open') continue;
      for (const number of numbers) {
        tried();
        const path = url.replaceAll(/:\w+/g, number);
        const query = [
          'page',
          'perpage',
          'perPage',
          'limit',
          'start',
          'from',
          'to',
          'dashboardId',
          'folderIds',
          'userId',
        ].map((name) => `${name}=${number}`);
        const { status } = await world.send(asAdmin, 'GET', `${path}?${query.join('&')}`);
        expect(status, `${path} ${number}`).toBeLessThan(500);
      }
    }
  },
);

attack(
  'line ends and odd letters in names, to add headers or lines of the log',
  'a name is in no header; a line of the log is one line',
  async (tried) => {
    const names = [
      'a\r\nSet-Cookie: grafana_session=forged',
      'a\nX-Forged: 1',
      'a\u2028b',
      'a\u0085b',
      'a\u0000b',
      'a\u001b[2Jb',
      '\u560d\u560aX-Forged: 1',
      'a"; filename="forged',
    ];
    const makers = [
      '/api/folders',
      '/api/teams',
      '/api/auth/keys',
      '/api/serviceaccounts',
      '/api/access-control/roles',
      '/api/playlists',
      '/api/datasources',
      '/api/annotations',
    ];
    world.log.length = 0;
    for (const [at, name] of names.entries()) {
      for (const path of makers) {
        tried();
        const body = {
          name: `${name} ${at}`,
          title: `${name} ${at}`,
          text: name,
          role: 'Viewer',
          type: 'prometheus',
          interval: '5m',
          tags: [name],
          version: 1,
        };
        const { headers, status } = await world.send(asAdmin, 'POST', path, body, {
          'user-agent': 'x',
          'x-request-id': 'forged',
        });
        expect(status, path).toBeLessThan(500);
        expect([...headers.keys()].filter((key) => key.includes('forged'))).toEqual([]);
        expect(headers.get('set-cookie') ?? '').not.toContain('forged');
      }
      tried(3);
      const coded = encodeURIComponent(name);
      for (const path of [`/api/nothing/${coded}`, `/api/folders/${coded}`, `/api/org?x=${coded}`]) {
        const { headers } = await world.send(asAdmin, 'GET', path);
        expect([...headers.keys()].filter((key) => key.includes('forged'))).toEqual([]);
      }
      await world.send({ basic: `${name}:x` }, 'GET', '/api/user');
      await world.send(undefined, 'POST', '/login', { user: name, password: 'x' });
    }
    expect(world.log.length).toBeGreaterThan(20);
    for (const line of world.log) {
      // oxlint-disable-next-line no-control-regex
      expect(line.slice(0, -1), 'a line of the log').not.toMatch(/[\u0000-\u001f\u007f\u0085\u2028\u2029]/);
      expect(line).toMatch(/^time=\S+ level=\w+ /);
    }
  },
);

attack(
  'a secret of a data source sent to a server that somebody else names',
  'nothing is passed on: there is no proxy',
  async (tried) => {
    let asked = 0;
    const listener = createServer((_request, response) => {
      asked++;
      response.end();
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const source = {
      name: 'proxied',
      type: 'prometheus',
      uid: 'proxied',
      url,
      access: 'proxy',
      basicAuth: true,
      secureJsonData: { basicAuthPassword: 'password' },
    };
    const { id } = (await world.send(asAdmin, 'POST', '/api/datasources', source)).body;
    const paths = [
      `/api/datasources/proxy/${id}/x`,
      '/api/datasources/proxy/uid/proxied/x',
      `/api/datasources/${id}/health`,
      '/api/datasources/uid/proxied/health',
      '/api/datasources/uid/proxied/resources/x',
      '/api/plugin-proxy/x/y',
      '/api/ds/query',
      '/api/tsdb/query',
      '/api/gnet/x',
      '/avatar/x',
      '/render/d-solo/x',
    ];
    for (const path of paths) {
      for (const method of ['GET', 'POST', 'PUT']) {
        tried();
        const body = method === 'GET' ? undefined : { queries: [{ datasource: { uid: 'proxied' } }], url };
        expect((await world.send(asAdmin, method, path, body)).status, `${method} ${path}`).toBe(404);
      }
    }
    listener.close();
    expect(asked).toBe(0);
  },
);
