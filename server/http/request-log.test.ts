import { createHmac } from 'node:crypto';
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
