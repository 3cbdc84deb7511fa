import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { makeBrowser, makeUser, signIn } from '../../testing/people.ts';
import { ADMIN, startWorld, type World } from '../../testing/world.ts';
import { writeSessionUses } from '../sessions/sessions.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let world: World;
beforeAll(async () => {
  world = await startWorld({ usage: { flush_interval: '1s' } });
});
afterAll(() => world.stop());

test('whoever signs in is known by the cookie, which no script reads and no other site sends', async () => {
  const user = await makeUser(world, 'cookie');
  const { status, body, headers } = await world.send(undefined, 'POST', '/login', {
    user: 'Cookie@Example.org',
    password: 'password of cookie',
  });
  expect(status).toBe(200);
  expect(body).toEqual({ message: 'Logged in' });
  const cookie = headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^grafana_session=[\w-]{43}; /);
  const attributes = cookie.split('; ').slice(1).toSorted();
  const life = expect.stringMatching(/^Max-Age=259\d{4}$/);
  expect(attributes).toEqual(['HttpOnly', life, 'Path=/', 'SameSite=Lax']);
  const browser = makeBrowser(world, /=([^;]+)/.exec(cookie)?.[1]);
  const me = await browser.send('GET', '/api/user');
  expect(me.body).toMatchObject({ id: user.id, kind: 'user', credential: { kind: 'session' } });
  expect(me.body.expiration).toEqual(expect.any(String));
  expect(me.headers.get('set-cookie')).toBeNull();
});

test.each([
  [{ server: { root_url: 'https://keys.example.org/' } }, ['Secure', 'SameSite=Lax']],
  [{ security: { cookie_secure: true, cookie_samesite: 'none' } }, ['Secure', 'SameSite=None']],
  [
    { security: { cookie_samesite: 'strict' }, auth: { login_cookie_name: 'mine' } },
    ['SameSite=Strict', 'mine='],
  ],
])('the cookie follows the settings %j', async (overrides, parts) => {
  const other = await startWorld(overrides);
  try {
    const { headers } = await other.send(undefined, 'POST', '/login', { user: 'admin', password: 'admin' });
    for (const part of parts) expect(headers.get('set-cookie')).toContain(part);
  } finally {
    await other.stop();
  }
});

test('an unknown user, a wrong password and a disabled user look the same', async () => {
  const { id } = await makeUser(world, 'disabled');
  await world.send(ADMIN, 'POST', `/api/admin/users/${id}/disable`);
  const attempts = [
    { user: 'nobody', password: 'admin' },
    { user: 'admin', password: 'wrong' },
    { user: 'admin', password: '' },
    { user: '', password: '' },
    { user: 'nob\u0000dy', password: 'admin' },
    { user: 'disabled', password: 'password of disabled' },
  ];
  const answers = [];
  for (const attempt of attempts) {
    const { status, body, headers } = await world.send(undefined, 'POST', '/login', attempt);
    const { traceID: _, ...rest } = body;
    answers.push({
      status,
      rest,
      cookie: headers.get('set-cookie'),
      challenge: headers.get('www-authenticate'),
    });
  }
  expect(answers[0]).toMatchObject({
    status: 401,
    rest: { message: 'Invalid username or password' },
    cookie: null,
  });
  for (const answer of answers) expect(answer).toEqual(answers[0]);
});

test('the right password of somebody disabled is not remembered, so that no quick refusal gives it away', async () => {
  const { id, as } = await makeUser(world, 'locked');
  const { memory } = world.context;
  const { remember } = memory;
  onTestFinished(() => void (memory.remember = remember));
  const asked: string[] = [];
  memory.remember = (key, load) => {
    asked.push(key);
    return remember(key, load);
  };
  expect((await world.send(as, 'GET', '/api/user')).status).toBe(200);
  const key = asked.find((name) => name.startsWith('password:')) ?? '';
  expect(memory.recall(key)).toBeDefined();

  await world.send(ADMIN, 'POST', `/api/admin/users/${id}/disable`);
  expect((await world.send(as, 'GET', '/api/user')).status).toBe(401);
  expect(memory.recall(key)).toBeUndefined();
  await world.send(ADMIN, 'POST', `/api/admin/users/${id}/enable`);
  expect((await world.send(as, 'GET', '/api/user')).status).toBe(200);
});

test.each([
  ['nothing', {}],
  ['no password', { user: 'admin' }],
  ['a number', { user: 7, password: 'x' }],
  ['a password of 10,000 characters', { user: 'a', password: 'x'.repeat(10_000) }],
  ['no JSON', 'no json'],
])('signing in with %s is refused with 400', async (_, body) => {
  expect((await world.send(undefined, 'POST', '/login', body)).status).toBe(400);
});

test('a sign-out ends the session at once, takes the cookie away, and says the same without a session', async () => {
  await makeUser(world, 'leaver');
  const browser = await signIn(world, 'leaver');
  const kept = makeBrowser(world, browser.cookie);
  expect((await kept.send('GET', '/api/user')).status).toBe(200);
  const left = await browser.send('POST', '/logout');
  expect(left).toMatchObject({ status: 200, body: { message: 'Logged out' } });
  expect(left.headers.get('set-cookie')).toMatch(/^grafana_session=; .*Max-Age=0/);
  expect(browser.cookie).toBeUndefined();
  expect((await kept.send('GET', '/api/user')).status).toBe(401);
  expect((await browser.send('POST', '/logout')).status).toBe(200);
});

test('many who sign in at the same time are all let in', async () => {
  await makeUser(world, 'crowd');
  const browsers = await Promise.all(Array.from({ length: 20 }, () => signIn(world, 'crowd')));
  expect(new Set(browsers.map((browser) => browser.cookie)).size).toBe(20);
  const { body } = await world.send({ basic: 'crowd:password of crowd' }, 'GET', '/api/user/auth-tokens');
  expect(body).toHaveLength(20);
});

test('who is disabled while they sign in has no session afterwards, not even once enabled again', async () => {
  const { id } = await makeUser(world, 'too-late');
  const login = { user: 'too-late', password: 'password of too-late' };
  for (let round = 0; round < 5; round++) {
    const browser = makeBrowser(world);
    const [signedIn] = await Promise.all([
      browser.send('POST', '/login', login),
      world.send(ADMIN, 'POST', `/api/admin/users/${id}/disable`),
    ]);
    expect([200, 401]).toContain(signedIn.status);
    await world.send(ADMIN, 'POST', `/api/admin/users/${id}/enable`);
    expect((await browser.send('GET', '/api/user')).status).toBe(401);
  }
});

test('each sign-in has a session of its own, whatever cookie came with it', async () => {
  await makeUser(world, 'twice');
  const first = await signIn(world, 'twice');
  const again = makeBrowser(world, first.cookie);
  await again.send('POST', '/login', { user: 'twice', password: 'password of twice' });
  expect(again.cookie).not.toBe(first.cookie);
  const planted = makeBrowser(world, 'A'.repeat(43));
  await planted.send('POST', '/login', { user: 'twice', password: 'password of twice' });
  expect(planted.cookie).not.toBe('A'.repeat(43));
  const { body } = await planted.send('GET', '/api/user/auth-tokens');
  expect(body).toHaveLength(3);
});

test.each([
  ['well formed', 'A'.repeat(43)],
  ['short', 'short'],
  ['empty', ''],
  ['a NUL', '%00'],
  ['long', 'x'.repeat(5000)],
])('a cookie with an unknown session (%s) is refused and taken away', async (_, cookie) => {
  const { status, body, headers } = await makeBrowser(world, cookie).send('GET', '/api/user');
  expect(status).toBe(401);
  expect(body.message).toBe('Unauthorized');
  expect(headers.get('set-cookie')).toMatch(/^grafana_session=; .*Max-Age=0/);
});

test('a cookie that is taken away is so at a path that does not exist, too', async () => {
  const { status, headers } = await makeBrowser(world, 'B'.repeat(43)).send('GET', '/api/nope');
  expect(status).toBe(401);
  expect(headers.get('set-cookie')).toContain('Max-Age=0');
});

test('the secret is kept only as a hash', async () => {
  await makeUser(world, 'hashed');
  const { cookie } = await signIn(world, 'hashed');
  const rows = await world.context.db.selectFrom('session').selectAll().execute();
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toContain(cookie);
  expect(world.log.join('\n')).not.toContain(cookie);
});

test('a session in use gets a new secret after a while; the one before is good for a minute more, and then not', async () => {
  await makeUser(world, 'rotating');
  const browser = await signIn(world, 'rotating');
  const first = browser.cookie;
  world.clock.advance(9 * MINUTE);
  await browser.send('GET', '/api/user');
  expect(browser.cookie).toBe(first);
  world.clock.advance(2 * MINUTE);
  const rotated = await browser.send('GET', '/api/user');
  expect(rotated.status).toBe(200);
  expect(browser.cookie).not.toBe(first);
  const second = browser.cookie;

  const late = makeBrowser(world, first);
  world.clock.advance(58_000);
  expect((await late.send('GET', '/api/user')).status).toBe(200);
  expect(late.cookie).toBe(first);
  world.clock.advance(3_000);
  const { status, headers } = await late.send('GET', '/api/user');
  expect(status).toBe(401);
  // The browser may have the new one by now: it must not lose it.
  expect(headers.get('set-cookie')).toBeNull();
  expect((await browser.send('GET', '/api/user')).status).toBe(200);
  expect(browser.cookie).toBe(second);

  world.clock.advance(10 * MINUTE);
  await browser.send('GET', '/api/user');
  expect(browser.cookie).not.toBe(second);
  expect((await makeBrowser(world, first).send('GET', '/api/user')).status).toBe(401);
});

test('of many requests at once exactly one gets the new secret, and all are let in', async () => {
  await makeUser(world, 'parallel');
  const browser = await signIn(world, 'parallel');
  world.clock.advance(11 * MINUTE);
  const tabs = Array.from({ length: 10 }, () => makeBrowser(world, browser.cookie));
  const answers = await Promise.all(tabs.map((tab) => tab.send('GET', '/api/user')));
  expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 10 }, () => 200));
  const fresh = tabs.filter((tab) => tab.cookie !== browser.cookie);
  expect(fresh).toHaveLength(1);
  expect((await fresh[0]?.send('GET', '/api/user'))?.status).toBe(200);
});

test('a new secret comes with a refusal, too: with 403, 404 and 400', async () => {
  await makeUser(world, 'refused');
  for (const [method, path, status] of [
    ['GET', '/api/users', 403],
    ['GET', '/api/nope', 404],
    ['POST', '/api/user/using/abc', 400],
  ] as const) {
    const browser = await signIn(world, 'refused');
    const before = browser.cookie;
    world.clock.advance(11 * MINUTE);
    expect((await browser.send(method, path)).status).toBe(status);
    expect(browser.cookie, path).not.toBe(before);
    expect((await browser.send('GET', '/api/user')).status).toBe(200);
  }
});

test('a session that nobody uses ends, and one in use goes on to its longest life', async () => {
  await makeUser(world, 'lasting');
  const idle = await signIn(world, 'lasting');
  const busy = await signIn(world, 'lasting');
  for (let day = 0; day < 6; day++) {
    world.clock.advance(DAY);
    expect((await busy.send('GET', '/api/user')).status).toBe(200);
  }
  world.clock.advance(DAY + MINUTE);
  const ended = await idle.send('GET', '/api/user');
  expect(ended.status).toBe(401);
  expect(idle.cookie).toBeUndefined();
  for (let day = 0; day < 22; day++) {
    expect((await busy.send('GET', '/api/user')).status, `day ${day}`).toBe(200);
    world.clock.advance(DAY);
  }
  world.clock.advance(DAY);
  expect((await busy.send('GET', '/api/user')).status).toBe(401);
});

test('when a session was used outlives what is remembered, and ended ones are cleared away', async () => {
  await makeUser(world, 'stored');
  const browser = await signIn(world, 'stored');
  const stored = async () => {
    const { id } = (await world.send(ADMIN, 'GET', '/api/users/lookup?loginOrEmail=stored')).body;
    const query = world.context.db.selectFrom('session').select('seen_at').where('user_id', '=', id);
    return (await query.execute()).map((row) => row.seen_at);
  };
  const [opened] = await stored();
  world.clock.advance(5 * MINUTE);
  await browser.send('GET', '/api/user');
  await writeSessionUses(world.context);
  world.context.memory.clear();
  const [used] = await stored();
  expect(used).toBeGreaterThanOrEqual((opened ?? 0) + 5 * MINUTE);
  world.clock.advance(8 * DAY);
  expect((await browser.send('GET', '/api/user')).status).toBe(401);
  await signIn(world, 'stored');
  await expect.poll(stored, { timeout: 10_000 }).toHaveLength(1);
});

test('a session says with what, from where and since when it is used, and which one asks', async () => {
  await makeUser(world, 'travelling');
  const agents = ['curl/8.5.0', 'Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) Version/18.1 Safari/604.1'];
  const login = { user: 'travelling', password: 'password of travelling' };
  for (const agent of agents) {
    world.clock.advance(MINUTE);
    const sent = { 'user-agent': agent };
    expect((await world.send(undefined, 'POST', '/login', login, sent)).status).toBe(200);
  }
  world.clock.advance(MINUTE);
  const browser = await signIn(world, 'travelling');
  const { body } = await browser.send('GET', '/api/user/auth-tokens');
  const told = { isActive: false, clientIp: '127.0.0.1' };
  expect(body.slice(1)).toMatchObject([
    { ...told, browser: 'Safari', browserVersion: '18.1', os: 'iOS', osVersion: '18.1', device: 'iPad' },
    { ...told, browser: 'curl', browserVersion: '8.5.0', os: 'Other', device: 'Other' },
  ]);
  expect(body[0].isActive).toBe(true);
  expect(body[0].createdAt > body[1].createdAt && body[1].createdAt > body[2].createdAt).toBe(true);
  world.clock.advance(2 * MINUTE);
  const [{ createdAt, seenAt }] = (await browser.send('GET', '/api/user/auth-tokens')).body;
  expect(seenAt > createdAt).toBe(true);
});

test('one sees and ends one’s own sessions, but not the one that asks, and nobody else’s', async () => {
  await makeUser(world, 'owner');
  await makeUser(world, 'stranger');
  const here = await signIn(world, 'owner');
  const there = await signIn(world, 'owner');
  const stranger = await signIn(world, 'stranger');
  const { body } = await here.send('GET', '/api/user/auth-tokens');
  expect(body).toHaveLength(2);
  const own = body.find((session: { isActive: boolean }) => session.isActive);
  const other = body.find((session: { isActive: boolean }) => !session.isActive);
  expect(own).toMatchObject({ clientIp: '127.0.0.1', browser: expect.any(String), os: expect.any(String) });
  expect(JSON.stringify(body)).not.toMatch(/hash|secret/i);

  const path = '/api/user/revoke-auth-token';
  const foreign = await stranger.send('POST', path, { authTokenId: other.id });
  expect(foreign).toMatchObject({ status: 404, body: { message: 'User auth token not found' } });
  const itself = await here.send('POST', path, { authTokenId: own.id });
  expect(itself).toMatchObject({ status: 400, body: { message: 'Cannot revoke active user auth token' } });
  expect((await there.send('GET', '/api/user')).status).toBe(200);
  const revoked = await here.send('POST', path, { authTokenId: other.id });
  expect(revoked).toMatchObject({ status: 200, body: { message: 'User auth token revoked' } });
  expect((await there.send('GET', '/api/user')).status).toBe(401);
  expect((await here.send('POST', path, { authTokenId: 'one' })).status).toBe(400);
});

test('an administrator sees and ends the sessions of others, and cannot log themselves out so', async () => {
  const user = await makeUser(world, 'watched');
  const base = `/api/admin/users/${user.id}`;
  expect((await world.send(ADMIN, 'GET', `${base}/auth-tokens`)).body).toEqual([]);
  const first = await signIn(world, 'watched');
  const second = await signIn(world, 'watched');
  const { body } = await world.send(ADMIN, 'GET', `${base}/auth-tokens`);
  expect(body).toHaveLength(2);
  const revoked = await world.send(ADMIN, 'POST', `${base}/revoke-auth-token`, { authTokenId: body[1].id });
  expect(revoked.status).toBe(200);
  const alive = [first, second].map(
    async (browser) => (await browser.send('GET', '/api/user')).status === 200,
  );
  expect((await Promise.all(alive)).filter(Boolean)).toHaveLength(1);
  const out = await world.send(ADMIN, 'POST', `${base}/logout`);
  expect(out).toMatchObject({ status: 200, body: { message: 'User logged out' } });
  expect((await first.send('GET', '/api/user')).status).toBe(401);
  expect((await second.send('GET', '/api/user')).status).toBe(401);
  const self = await world.send(ADMIN, 'POST', '/api/admin/users/1/logout');
  expect(self).toMatchObject({ status: 400, body: { message: 'You cannot logout yourself' } });
  for (const path of ['auth-tokens', 'logout', 'revoke-auth-token']) {
    const method = path === 'auth-tokens' ? 'GET' : 'POST';
    const choice = path === 'revoke-auth-token' ? { authTokenId: 1 } : undefined;
    const { status } = await world.send(ADMIN, method, `/api/admin/users/99999/${path}`, choice);
    expect(status, path).toBe(404);
  }
});

test.each([
  [{ origin: 'https://evil.example' }],
  [{ origin: 'null' }],
  [{ origin: 'not an address' }],
  [{ 'sec-fetch-site': 'cross-site' }],
])('a change that another site sends with the cookie is refused: %j', async (headers) => {
  const login = { user: 'admin', password: 'admin' };
  const browser = await signIn(world, 'admin', 'admin');
  const change = await browser.send('PUT', '/api/org', { name: 'Taken over' }, headers);
  expect(change.status).toBe(403);
  expect(change.body.message).toMatch(/^Permission denied/);
  expect((await browser.send('POST', '/logout', undefined, headers)).status).toBe(403);
  expect((await world.send(undefined, 'POST', '/login', login, headers)).status).toBe(403);
  // Reading is what the browser itself keeps from other sites; and a header with a token is no cookie.
  const read = await browser.send('GET', '/api/org', undefined, headers);
  expect(read).toMatchObject({ status: 200, body: { name: 'Main Org.' } });
  expect((await world.send(ADMIN, 'POST', '/api/user/using/1', undefined, headers)).status).toBe(200);
});

test('a change that the page itself sends is done, under the address of the request and under root_url', async () => {
  const behindProxy = await startWorld({ server: { root_url: 'https://keys.example.org/' } });
  try {
    const browser = await signIn(behindProxy, 'admin', 'admin');
    for (const origin of [behindProxy.url, 'https://keys.example.org']) {
      const headers = { origin, 'sec-fetch-site': 'same-origin' };
      expect((await browser.send('POST', '/api/user/using/1', undefined, headers)).status).toBe(200);
    }
    const near = { origin: 'http://keys.example.org' };
    expect((await browser.send('POST', '/api/user/using/1', undefined, near)).status).toBe(403);
  } finally {
    await behindProxy.stop();
  }
});

test('sign-ins and sign-outs are in the audit, and a failure is in the log without what was typed', async () => {
  const user = await makeUser(world, 'recorded');
  const browser = await signIn(world, 'recorded');
  await browser.send('POST', '/logout');
  const rows = await world.context.db
    .selectFrom('audit')
    .select(['action', 'actor', 'credential', 'address'])
    .where('actor_id', '=', user.id)
    .orderBy('id')
    .execute();
  const common = { actor: 'user:recorded', credential: 'session', address: '127.0.0.1' };
  expect(rows).toEqual([
    { action: 'sessions:open', ...common },
    { action: 'sessions:end', ...common },
  ]);
  const typed = { user: 'typed in the wrong field', password: 'something' };
  expect((await world.send(undefined, 'POST', '/login', typed)).status).toBe(401);
  const log = world.log.join('\n');
  expect(log).toContain('a sign-in failed');
  expect(log).not.toContain('wrong field');
});
