import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ADMIN, type As, startWorld, type World } from '../testing/world.ts';

// Of the right form, so that it is looked up, but nobody's.
const UNKNOWN = 'glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_e97abe11';

async function makeWorld(overrides: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const world = await startWorld(overrides);
  onTestFinished(() => world.stop());
  return world;
}

/** The lines that a part of the server wrote while something was done. */
async function linesOf(world: World, part: string, action: () => Promise<unknown>): Promise<string[]> {
  const before = world.log.length;
  await action();
  // An answer is out before its line is.
  await new Promise(setImmediate);
  return world.log.slice(before).filter((line) => line.includes(`logger=${part} `));
}

async function makeToken(
  world: World,
  account: string,
  more: object = {},
): Promise<{ id: number; sa: number; key: string }> {
  const { body: sa } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', {
    name: account,
    role: 'Viewer',
  });
  const path = `/api/serviceaccounts/${sa.id}/tokens`;
  const { body } = await world.send(ADMIN, 'POST', path, { name: account, ...more });
  return { id: body.id, sa: sa.id, key: body.key };
}

test('with auth at debug, each refused credential has a line that says why, and the rest of the log is as before', async () => {
  const world = await makeWorld({ 'log.filters': { auth: 'debug' } });
  const expired = await makeToken(world, 'expired', { secondsToLive: 1 });
  const disabled = await makeToken(world, 'disabled');
  await world.send(ADMIN, 'PATCH', `/api/serviceaccounts/${disabled.sa}`, { isDisabled: true });
  const revoked = await makeToken(world, 'revoked');
  await world.send(ADMIN, 'POST', `/api/serviceaccounts/${revoked.sa}/tokens/${revoked.id}/revoke`);
  world.clock.advance(2000);

  const cases: [as: As, ...says: string[]][] = [
    [{ bearer: 'nonsense' }, 'reason=malformed'],
    [{ bearer: UNKNOWN }, 'reason=unknown'],
    [{ bearer: expired.key }, 'reason=expired', 'kind=token', `credentialId=${expired.id}`],
    [{ bearer: revoked.key }, 'reason=revoked', 'kind=token', `credentialId=${revoked.id}`],
    [{ bearer: disabled.key }, 'reason="account disabled"', `credentialId=${disabled.id}`],
    [{ basic: 'admin:wrong' }, 'reason="wrong password"', 'kind=password', 'principal=user:1'],
    [{ basic: 'nobody:wrong' }, 'reason="wrong password"', 'exactly="no such user"'],
    [undefined, 'reason="none sent"'],
  ];
  for (const [as, ...says] of cases) {
    const lines = await linesOf(world, 'auth', async () => {
      expect((await world.send(as, 'GET', '/api/org?orgId=1')).status).toBe(401);
    });
    expect(lines).toHaveLength(1);
    const common = ['level=debug', 'method=GET', 'path=/api/org ', 'address=127.0.0.1', 'requestId='];
    for (const part of [...says, ...common]) expect(lines[0]).toContain(part);
    expect(lines[0]).not.toContain('orgId');
  }
  expect(await linesOf(world, 'api', () => world.send(ADMIN, 'GET', '/api/org'))).toEqual([]);
  expect(await linesOf(world, 'auth', () => world.send(ADMIN, 'GET', '/api/org'))).toEqual([]);
});

test('at info, a refused credential has no line of its own, and an answered request none at all', async () => {
  const world = await makeWorld();
  expect(await linesOf(world, 'auth', () => world.send({ bearer: 'x' }, 'GET', '/api/org'))).toEqual([]);
  expect(await linesOf(world, 'api', () => world.send(ADMIN, 'GET', '/api/org'))).toEqual([]);
  const [refused] = await linesOf(world, 'api', () => world.send(undefined, 'GET', '/api/org?a=b'));
  expect(refused).toContain('level=info');
  expect(refused).toContain('status=401');
});

test('at info, the line of a refused request says why, with what, and from where', async () => {
  const world = await makeWorld({ rate_limiting: { enabled: true, per_second: 1, burst: 20 } });
  const now = world.clock.now();
  world.context.now = () => now;
  const token = await makeToken(world, 'busy');
  const revoked = await makeToken(world, 'revoked');
  await world.send(ADMIN, 'POST', `/api/serviceaccounts/${revoked.sa}/tokens/${revoked.id}/revoke`);
  const lineOf = async (as: As, path: string, expected: number): Promise<string> => {
    const [line = ''] = await linesOf(world, 'api', async () => {
      expect((await world.send(as, 'GET', path)).status).toBe(expected);
    });
    for (const part of ['level=info', `status=${expected}`, 'address=127.0.0.1'])
      expect(line).toContain(part);
    return line;
  };
  expect(await lineOf(undefined, '/api/org', 401)).toContain('reason="none sent"');
  expect(await lineOf({ bearer: UNKNOWN }, '/api/org', 401)).toContain('reason=unknown');
  expect(await lineOf({ basic: 'admin:wrong' }, '/api/org', 401)).toContain(
    'reason="wrong password" kind=password principal=user:1',
  );
  expect(await lineOf({ bearer: revoked.key }, '/api/org', 401)).toContain(
    `reason=revoked kind=token credentialId=${revoked.id} `,
  );
  const isToken = `kind=token credentialId=${token.id} `;
  expect(await lineOf({ bearer: token.key }, '/api/auth/keys', 403)).toContain(isToken);
  for (let sent = 1; sent < 20; sent++) await world.send({ bearer: token.key }, 'GET', '/api/org');
  const limited = await lineOf({ bearer: token.key }, '/api/org', 429);
  for (const part of ['reason=requests', isToken, `actor=service-account:${token.sa} org=1`]) {
    expect(limited).toContain(part);
  }
  const [missing] = await linesOf(world, 'api', () => world.send(ADMIN, 'GET', '/api/nowhere'));
  expect(missing).not.toMatch(/ (reason|address)=/);
});

test('who tries too many wrong passwords or keys is told of at warn, once a minute with how many, and never what was tried', async () => {
  const world = await makeWorld({ log: { level: 'warn' } });
  const { attempts } = world.context.limits;
  if (attempts === undefined) throw new Error('nobody is held up in this world');
  attempts.pause = async () => {};
  const guess = async (as: As, times: number): Promise<string[]> =>
    linesOf(world, 'auth', async () => {
      for (let time = 0; time < times; time++) await world.send(as, 'GET', '/api/org');
    });
  expect(await guess({ basic: 'admin:a-guess' }, 5)).toEqual([]);
  const first = await guess({ basic: 'admin:a-guess' }, 10);
  expect(first).toHaveLength(1);
  expect(first[0]).toContain('level=warn');
  expect(first[0]).toContain(
    'address=127.0.0.1 reason="wrong password" kind=password principal=user:1 refused=1',
  );
  world.clock.advance(61_000);
  const [second, ...others] = await guess({ basic: 'admin:a-guess' }, 10);
  expect(second).toContain(' refused=10');
  expect(others).toEqual([]);

  for (const name of ['invented-one', 'invented-two']) await guess({ basic: `${name}:a-guess` }, 10);
  expect(await guess({ basic: 'invented-three:a-guess' }, 10)).toEqual([]);
  const keys = await guess({ bearer: 'a-guess' }, 320);
  expect(keys).toHaveLength(1);
  expect(keys[0]).toContain('address=127.0.0.1 reason=malformed refused=1');
  expect(world.log.join('')).not.toMatch(/a-guess|invented/);
});

test('with api at debug, each request has a line, under the id that its answer gives', async () => {
  const world = await makeWorld({ 'log.filters': { api: 'debug' } });
  const [line] = await linesOf(world, 'api', () => world.send(ADMIN, 'GET', '/api/org?secret=hidden'));
  for (const part of ['level=debug', 'method=GET', 'path=/api/org ', 'status=200', 'actor=user:1', 'org=1']) {
    expect(line).toContain(part);
  }
  expect(line).toMatch(/ duration=\d+(\.\d+)? /);
  expect(line).not.toContain('hidden');
  let traceID = '';
  const [missing] = await linesOf(world, 'api', async () => {
    ({ traceID } = (await world.send(ADMIN, 'GET', '/api/nowhere')).body);
  });
  expect(missing).toContain('level=info');
  expect(missing).toContain('actor=user:1');
  expect(missing).toContain(`requestId=${traceID} `);
});

test('what breaks is logged as an error with its reason, which the client is not told', async () => {
  const world = await makeWorld();
  const { db } = world.context;
  const { selectFrom } = db;
  const [line] = await linesOf(world, 'api', async () => {
    db.selectFrom = () => {
      throw new Error('the reason');
    };
    const { status, body } = await world.send({ bearer: UNKNOWN }, 'GET', '/api/org');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('the reason');
  });
  db.selectFrom = selectFrom;
  expect(line).toContain('level=error');
  expect(line).toContain('status=500');
  const told = world.log.filter((entry) => entry.includes('the reason'));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/ error="the reason" stack="Error: the reason\\n/);
  expect(told[0]?.trimEnd().split('\n')).toHaveLength(1);
});

test('nothing that is secret is ever logged, however much is', async () => {
  const world = await makeWorld({
    log: { level: 'trace' },
    'log.filters': { auth: 'trace', api: 'trace' },
    security: { admin_password: 'first-secret-of-admin' },
  });
  const root: As = { basic: 'admin:first-secret-of-admin' };
  const secrets = ['first-secret-of-admin'];
  const send = async (
    as: As,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => {
    const answer = await world.send(as, method, path, body, headers);
    for (const name of ['key', 'token']) if (answer.body?.[name]) secrets.push(answer.body[name]);
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0]?.split('=')[1];
    if (cookie) secrets.push(cookie);
    return answer;
  };

  const key = (await send(root, 'POST', '/api/auth/keys', { name: 'k', role: 'Admin' })).body.key;
  const account = (await send(root, 'POST', '/api/serviceaccounts', { name: 'sa', role: 'Viewer' })).body.id;
  const tokens = `/api/serviceaccounts/${account}/tokens`;
  const token = (await send(root, 'POST', tokens, { name: 't' })).body.key;
  const user = { login: 'u', email: 'u@example.com', password: 'second-secret-of-u', OrgId: 1 };
  secrets.push(
    user.password,
    'wrong-secret-typed',
    'login-that-is-a-secret',
    'third-secret-kept',
    'fourth-secret',
  );
  await send(root, 'POST', '/api/admin/users', user);
  await send(root, 'POST', '/login', { user: 'u', password: user.password });
  await send(undefined, 'POST', '/login', { user: 'u', password: 'wrong-secret-typed' });
  await send(undefined, 'POST', '/login', { user: 'login-that-is-a-secret', password: 'x' });
  await send(undefined, 'POST', '/login', '{"user":"u","password":"wrong-secret-typed"');
  await send(root, 'POST', '/api/datasources', {
    name: 'd',
    type: 'loki',
    url: 'http://u:fourth-secret@host',
    secureJsonData: { p: 'third-secret-kept' },
  });
  const cut = key.slice(0, -8);
  const forged = createHmac('sha256', 'x').update('y').digest('hex');
  secrets.push(cut, forged);
  const shown: [As, Record<string, string>?][] = [
    [{ bearer: key }],
    [{ bearer: token }],
    [{ bearer: cut }],
    [{ bearer: `${token}x` }],
    [{ bearer: forged }],
    [{ basic: `api_key:${key}` }],
    [{ basic: `api_key:${token}` }],
    [{ basic: 'u:wrong-secret-typed' }],
    [{ basic: 'login-that-is-a-secret:x' }],
    [{ basic: `u:${user.password}` }],
    [undefined, { authorization: key }],
    [undefined, { authorization: `Token ${token}` }],
    [undefined, { authorization: `Basic ${forged}` }],
    [undefined, { cookie: `grafana_session=${forged}` }],
  ];
  for (const [as, headers] of shown) {
    for (const path of [`/api/org?auth_token=${token}`, '/api/nowhere', '/api/auth/keys', '/metrics']) {
      await send(as, 'GET', path, undefined, headers);
    }
    await send(as, 'POST', '/api/auth/keys', '{"name":', headers);
  }
  const log = world.log.join('');
  expect(log).toContain('credential refused');
  expect(log).toContain('request answered');
  expect(secrets.length).toBeGreaterThan(10);
  const encoded = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('base64').slice(0, -4)]);
  expect(encoded.filter((secret) => log.includes(secret))).toEqual([]);
});

test('no path brings a key or token into the log, wherever it stands in it', async () => {
  const world = await makeWorld({ log: { level: 'debug' } });
  const { key: token } = await makeToken(world, 'in a path');
  const key = Buffer.from('{"k":"0123456789abcdef0123456789abcdef","n":"a","id":1}').toString('base64');
  const spaced = Buffer.from('{"k" : "0123456789abcdef0123456789abcdef"}').toString('base64');
  for (const secret of [token, key, spaced]) {
    const escaped = `%${secret.charCodeAt(0).toString(16)}${secret.slice(1)}`;
    for (const path of [
      `/${secret}`,
      `/api/auth/keys/${secret}`,
      `/api/auth/keys/${secret}/revoke?a=b`,
      `/api//serviceaccounts/1/tokens/name:${secret}/`,
      `/api/auth/keys/${escaped}`,
      `/api/auth/keys/${escaped.replace('%', '%25')}`,
      `/api%2Fauth%2fkeys%2F${secret}`,
    ]) {
      for (const method of ['GET', 'DELETE']) {
        const lines = await linesOf(world, 'api', () => fetch(world.url + path, { method }));
        expect(lines, path).toHaveLength(1);
        expect(lines[0]).toMatch(/ path="?\/[^ ]*(glsa_|eyJrI)\*\*\*/);
        expect(lines[0]).not.toContain(secret.slice(8, 30));
      }
    }
  }
});

test('no path brings the link to a public dashboard into the log, whether it leads to a route or not', async () => {
  const world = await makeWorld({ log: { level: 'debug' } });
  const token = '0123456789abcdef0123456789abcdef';
  const paths = [
    `/api/public/dashboards/${token}`,
    `/api/public/dashboards/${token}/`,
    `/api/public/dashboards/${token}/annotations?from=1`,
    `/api/public/dashboards/${token}/panels/1/query`,
    `//api/public//dashboards//${token}`,
    `/API/Public/DASHBOARDS/${token}`,
    `/api/%70ublic/dashboards/${token}`,
    `/api/public%2Fdashboards%2f${token}`,
    `/api/%2570ublic/dashboards/${token}`,
    `/public-dashboards/${token}`,
    `/Public-Dashboards/${token}/x`,
  ];
  for (const path of paths) {
    for (const method of ['GET', 'POST', 'OPTIONS', 'HEAD', 'DELETE']) {
      const lines = await linesOf(world, 'api', () => fetch(world.url + path, { method }));
      expect(lines, path).toHaveLength(1);
      expect(lines[0]).toMatch(/ path="?\/[^ ]*dashboards\/+\*\*\*/i);
    }
  }
  expect(world.log.join('')).not.toContain(token);
  const [other] = await linesOf(world, 'api', () => fetch(`${world.url}/api/%6Eowhere/public/dashboards`));
  expect(other).toContain('path="/api/%6Eowhere/public/dashboards" ');
});

test('a connection that is reset before its request is looked at is no error of the server', async () => {
  const world = await makeWorld();
  const { port } = new URL(world.url);
  const head = `Host: localhost\r\nAuthorization: Bearer ${UNKNOWN}\r\n\r\n`;
  for (const path of ['/api/org', '/api/nowhere', '/api/health']) {
    for (let time = 0; time < 20; time++) {
      const socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      socket.write(`GET ${path} HTTP/1.1\r\n${head}`, () => socket.resetAndDestroy());
      await once(socket, 'close');
    }
  }
  expect((await world.send(ADMIN, 'GET', '/api/org')).status).toBe(200);
  expect(world.log.filter((line) => line.includes('level=error'))).toEqual([]);
});

test('what no route can be found for has an id in its answer, a line in the log and a place in the figures as any other', async () => {
  const world = await makeWorld();
  const before = world.log.length;
  const answer = await fetch(`${world.url}/api/folders/%ff`);
  expect(answer.status).toBe(400);
  const id = answer.headers.get('x-request-id');
  expect(((await answer.json()) as { traceID: string }).traceID).toBe(id);
  await expect.poll(() => world.log.slice(before)).toHaveLength(1);
  for (const part of ['logger=api', 'path="/api/folders/%ff"', 'status=400', `requestId=${id}`])
    expect(world.log[before]).toContain(part);
  const figures = await (await fetch(`${world.url}/metrics`)).text();
  expect(figures).toContain('http_requests_total{method="GET",route="unknown",status="400"} 1');
});
