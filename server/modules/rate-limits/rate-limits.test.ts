import { request as httpRequest } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Overrides } from '../../config/settings.ts';
import { createLane } from '../../limits.ts';
import { makeMember, makeOrg, makeUser, signIn } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

const HOUR = 3_600_000;
const FIELDS = ['ratelimit', 'ratelimit-policy', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'];
const WRONG: As = { bearer: 'glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_e97abe11' };

/** A world whose clock stands until it is moved, so that nothing comes back by itself. */
async function still(overrides: Overrides = {}): Promise<World & { move(milliseconds: number): void }> {
  const world = await startWorld(overrides);
  onTestFinished(() => world.stop());
  let at = Date.now();
  world.context.now = () => at;
  return { ...world, move: (milliseconds) => void (at += milliseconds) };
}

const limited = (burst = 10) => still({ rate_limiting: { enabled: true, per_second: 1, burst } });

async function makeToken(world: World, name: string, more: object = {}): Promise<As> {
  const { body: account } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name, role: 'Admin' });
  world.context.limits.requests?.buckets['password']?.clear();
  const path = `/api/serviceaccounts/${account.id}/tokens`;
  const { body } = await world.send(ADMIN, 'POST', path, { name, ...more });
  return { bearer: body.key };
}

async function statuses(world: World, as: As, times: number, path = '/api/org'): Promise<number[]> {
  const all: number[] = [];
  for (let time = 0; time < times; time++) all.push((await world.send(as, 'GET', path)).status);
  return all;
}

const times = (count: number, status: number): number[] => Array.from({ length: count }, () => status);

/** A request from another address of this machine. */
function askFrom(localAddress: string, world: World, basic: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(`${world.url}/api/org`, { localAddress, auth: basic }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.on('error', reject).end();
  });
}

function waitBy({ limits }: World['context'], pause: (milliseconds: number) => Promise<void>): void {
  if (limits.attempts === undefined) throw new Error('nobody is held up in this world');
  limits.attempts.pause = pause;
}

/** Has nobody wait in truth, and tells how long each would have. */
function pausesOf({ context }: World): number[] {
  const pauses: number[] = [];
  waitBy(context, async (milliseconds) => void pauses.push(milliseconds));
  return pauses;
}

test('a credential that asks too much is told when to come back, is let in again then, and is no trouble to another', async () => {
  const world = await limited();
  const busy = await makeToken(world, 'busy');
  const quiet = await makeToken(world, 'quiet');
  expect(await statuses(world, busy, 11)).toEqual([...times(10, 200), 429]);
  const { status, headers, body } = await world.send(busy, 'GET', '/api/org');
  expect(status).toBe(429);
  expect(headers.get('retry-after')).toBe('1');
  expect(body).toMatchObject({ message: 'Too many requests', messageId: 'rate-limited', statusCode: 429 });
  expect(body.detail).toContain('wait 1 s and send it again');
  expect(body.traceID).toBeTypeOf('string');
  expect(await statuses(world, quiet, 10)).toEqual(times(10, 200));
  world.move(999);
  expect(await statuses(world, busy, 1)).toEqual([429]);
  world.move(1);
  expect(await statuses(world, busy, 2)).toEqual([200, 429]);
  world.move(HOUR);
  expect(await statuses(world, busy, 11)).toEqual([...times(10, 200), 429]);
});

test('every answer says how much is left, refusals too', async () => {
  const world = await limited(20);
  const token = await makeToken(world, 'counted');
  const first = await world.send(token, 'GET', '/api/org');
  expect(Object.fromEntries(FIELDS.map((name) => [name, first.headers.get(name)]))).toEqual({
    ratelimit: '"default";r=19;t=1',
    'ratelimit-policy': '"default";q=20;w=20',
    'ratelimit-limit': '20',
    'ratelimit-remaining': '19',
    'ratelimit-reset': '1',
  });
  for (const [as, method, path, status] of [
    [token, 'GET', '/api/admin/usage', 403],
    [token, 'GET', '/api/nowhere', 404],
    [token, 'POST', '/api/folders', 400],
    [undefined, 'GET', '/api/org', 401],
    [WRONG, 'GET', '/api/org', 401],
    [undefined, 'GET', '/bootdata', 200],
    [undefined, 'GET', '/api/openapi.json', 200],
  ] as const) {
    const answer = await world.send(as, method, path, method === 'POST' ? {} : undefined);
    expect(answer.status, path).toBe(status);
    for (const name of FIELDS) expect(answer.headers.has(name), `${name} of ${path}`).toBe(true);
  }
});

test('a request with a body is counted once', async () => {
  const world = await limited();
  const token = await makeToken(world, 'writer');
  const { headers } = await world.send(token, 'POST', '/api/folders', { title: 'one' });
  expect(headers.get('ratelimit-remaining')).toBe('9');
});

test('whoever asks without a credential, or with wrong ones, is limited by address; a right one from there is let in', async () => {
  const world = await limited();
  const token = await makeToken(world, 'right');
  await makeUser(world, 'person');
  const browser = await signIn(world, 'person');
  expect(await statuses(world, undefined, 6)).toEqual(times(6, 401));
  expect(await statuses(world, WRONG, 6)).toEqual([...times(4, 401), 429, 429]);
  expect(await statuses(world, undefined, 2, '/api/nowhere')).toEqual([429, 429]);
  expect(await statuses(world, undefined, 1, '/api/openapi.json')).toEqual([429]);
  expect(await statuses(world, token, 3)).toEqual(times(3, 200));
  expect(await statuses(world, token, 1, '/bootdata')).toEqual([200]);
  expect((await browser.send('GET', '/api/org')).status).toBe(200);
  expect((await signIn(world, 'person')).send).toBeDefined();
  expect(await statuses(world, { basic: 'person:password of person' }, 1)).toEqual([200]);
});

test('an expired token pays for itself, and not its address', async () => {
  const world = await limited(5);
  const token = await makeToken(world, 'short', { secondsToLive: 60 });
  world.move(HOUR);
  expect(await statuses(world, token, 7)).toEqual([...times(5, 401), 429, 429]);
  expect(await statuses(world, undefined, 1)).toEqual([401]);
});

test('probes, the figures, the page and signing in are not limited', async () => {
  const world = await limited(2);
  await makeUser(world, 'late');
  await statuses(world, undefined, 5);
  for (const path of ['/api/health', '/healthz', '/metrics', '/', '/login']) {
    expect(await statuses(world, undefined, 5, path), path).toEqual(times(5, 200));
    expect((await world.send(undefined, 'GET', path)).headers.has('ratelimit')).toBe(false);
  }
  for (let time = 0; time < 5; time++) await signIn(world, 'late');
});

test('a clock that is set back keeps nobody out for longer than one request takes to come back', async () => {
  const world = await limited();
  const token = await makeToken(world, 'time');
  await statuses(world, token, 11);
  world.move(-5 * HOUR);
  expect(await statuses(world, token, 1)).toEqual([429]);
  world.move(1000);
  expect(await statuses(world, token, 2)).toEqual([200, 429]);
});

test('nothing is limited, and no answer speaks of limits, unless it is switched on', async () => {
  const world = await still({ rate_limiting: { per_second: 1, burst: 1 } });
  expect(await statuses(world, ADMIN, 20)).toEqual(times(20, 200));
  const { headers } = await world.send(ADMIN, 'GET', '/api/org');
  for (const name of FIELDS) expect(headers.has(name)).toBe(false);
});

test('an Admin sees which credentials of their organization were limited, and the administrator those of all and the addresses', async () => {
  const world = await limited(20);
  const token = await makeToken(world, 'hasty');
  const other = await makeOrg(world, 'other');
  const admin = await makeMember(world, other, 'other-admin', 'Admin');
  await statuses(world, token, 23);
  await statuses(world, undefined, 22);
  world.move(20_000);
  const own = await world.send(ADMIN, 'GET', '/api/rate-limits');
  expect(own.body).toMatchObject({ enabled: true, perSecond: 1, burst: 20 });
  expect(own.body.limited).toEqual([
    expect.objectContaining({
      kind: 'token',
      name: 'hasty',
      owner: expect.objectContaining({ name: 'hasty' }),
    }),
  ]);
  const [{ since, lastAt, until, refused, reason, isLimited }] = own.body.limited;
  expect([refused, reason, isLimited]).toEqual([3, 'requests', true]);
  expect(Date.parse(until) - Date.parse(lastAt)).toBe(1000);
  expect(since).toBe(lastAt);
  expect((await world.send(admin.as, 'GET', '/api/rate-limits')).body.limited).toEqual([]);
  const all = await world.send(ADMIN, 'GET', '/api/admin/rate-limits');
  expect(all.body.limited).toContainEqual(
    expect.objectContaining({ kind: 'address', address: '127.0.0.1', refused: 2, reason: 'requests' }),
  );
  const metrics = (await world.send(undefined, 'GET', '/metrics')).body as string;
  expect(metrics).toContain('latchkey_requests_limited_total{kind="token",reason="requests"} 3');
  expect(metrics).toContain('latchkey_requests_limited_total{kind="address",reason="requests"} 2');
  expect(metrics).toContain('latchkey_limited{reason="requests"} 2');
  world.move(2 * 60_000);
  const later = await world.send(ADMIN, 'GET', '/api/rate-limits');
  expect(later.body.limited).toMatchObject([{ isLimited: false }]);
  world.move(HOUR);
  expect((await world.send(ADMIN, 'GET', '/api/rate-limits')).body.limited).toEqual([]);
});

test('an explanation says that a credential asks too much, and afterwards that it did', async () => {
  const world = await limited();
  const token = (await makeToken(world, 'why')) as { bearer: string };
  const explained = async () => {
    const headers = { authorization: `Bearer ${token.bearer}` };
    const asked = { method: 'GET', path: '/api/org', headers };
    const { body } = await world.send(ADMIN, 'POST', '/api/access-control/explain', asked);
    return { ...body, limit: body.steps.find(({ step }: { step: string }) => step === 'limit') };
  };
  expect(await explained()).toMatchObject({ verdict: 'allowed', limit: { outcome: 'passed' } });
  await statuses(world, token, 12);
  expect(await explained()).toMatchObject({
    verdict: 'refused',
    status: 429,
    limit: { outcome: 'refused', advice: expect.stringContaining('Retry-After') },
  });
  world.move(1000);
  const after = await explained();
  expect(after).toMatchObject({ verdict: 'allowed', limit: { outcome: 'noted' } });
  expect(after.limit.text).toContain('2 of its requests were answered 429');
});

test('whoever sends wrong passwords is held up for longer each time; a right one gets in all the same, by every way', async () => {
  const world = await still();
  const pauses = pausesOf(world);
  await makeUser(world, 'target');
  const wrong: As = { basic: 'target:a guess' };
  expect(await statuses(world, wrong, 30)).toEqual([...times(5, 401), ...times(25, 429)]);
  expect(pauses.slice(0, 3)).toEqual([50, 100, 150]);
  expect(pauses.toSorted((one, other) => one - other)).toEqual(pauses);
  const refused = await world.send(wrong, 'GET', '/api/org');
  expect(refused.headers.get('retry-after')).toBe('2');
  expect(refused.body).toMatchObject({ messageId: 'too-many-attempts', statusCode: 429 });
  expect(refused.body.detail).toContain('Wait 2 s');
  const signing = await world.send(undefined, 'POST', '/login', { user: 'target', password: 'a guess' });
  expect(signing.status).toBe(429);
  const headers = { authorization: `Basic ${Buffer.from('target:password of target').toString('base64')}` };
  const asked = { method: 'GET', path: '/api/org', headers };
  const { body } = await world.send(ADMIN, 'POST', '/api/access-control/explain', asked);
  expect(body).toMatchObject({ verdict: 'allowed', identity: { login: 'target' } });
  await signIn(world, 'target');
  expect(await statuses(world, { basic: 'target:password of target' }, 2)).toEqual([200, 200]);
});

test('a password that was right before is never held up: not where it is remembered, nor where it came from', async () => {
  const world = await still();
  const pauses = pausesOf(world);
  await makeUser(world, 'regular');
  await signIn(world, 'regular');
  for (let time = 0; time < 80; time++) await askFrom('127.0.0.2', world, 'regular:a guess');
  expect(pauses).not.toEqual([]);
  pauses.length = 0;
  await signIn(world, 'regular');
  world.context.memory.clear();
  await signIn(world, 'regular');
  expect(pauses).toEqual([]);
  world.context.memory.clear();
  expect(await askFrom('127.0.0.3', world, 'regular:password of regular')).toBe(200);
  expect(pauses).not.toEqual([]);
  expect(await askFrom('127.0.0.2', world, 'regular:a guess')).toBe(429);
  const held = pauses.length;
  // Remembered by now, and so let in from anywhere at once.
  expect(await askFrom('127.0.0.2', world, 'regular:password of regular')).toBe(200);
  expect(pauses).toHaveLength(held);
});

test('a name that nobody has, and one that is disabled, meet what every other meets', async () => {
  const world = await still();
  const pauses = pausesOf(world);
  await makeUser(world, 'known');
  const { id } = await makeUser(world, 'off');
  await world.send(ADMIN, 'POST', `/api/admin/users/${id}/disable`);
  const heard: unknown[] = [];
  for (const [address, basic] of [
    ['127.0.0.4', 'known:a guess'],
    ['127.0.0.5', 'nobody:a guess'],
    ['127.0.0.6', 'off:password of off'],
  ] as const) {
    pauses.length = 0;
    const answers: number[] = [];
    for (let time = 0; time < 12; time++) answers.push(await askFrom(address, world, basic));
    heard.push({ answers, pauses: [...pauses] });
  }
  expect(heard[0]).toMatchObject({ answers: [...times(5, 401), ...times(7, 429)] });
  expect(heard[1]).toEqual(heard[0]);
  expect(heard[2]).toEqual(heard[0]);
});

test('many who come together with a right password are all let in, however few may be wrong', async () => {
  const world = await still({ security: { brute_force_login_protection_max_attempts: 1 } });
  const pauses = pausesOf(world);
  await makeUser(world, 'farm');
  const asked = Array.from({ length: 50 }, () => askFrom('127.0.0.9', world, 'farm:password of farm'));
  expect(await Promise.all(asked)).toEqual(times(50, 200));
  const people = await Promise.all(Array.from({ length: 25 }, (_, at) => makeUser(world, `one-${at}`)));
  const logins = people.map(({ login }) => askFrom('127.0.0.9', world, `${login}:password of ${login}`));
  expect(await Promise.all(logins)).toEqual(times(25, 200));
  expect(pauses).toEqual([]);
});

test('of many wrong passwords at once only a few are looked at, and others are let in meanwhile', async () => {
  const world = await still();
  const token = await makeToken(world, 'meanwhile');
  await makeUser(world, 'flooded');
  await makeUser(world, 'bystander');
  let held = 0;
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  waitBy(world.context, () => {
    held++;
    return released;
  });
  const flood = Array.from({ length: 60 }, () => askFrom('127.0.0.7', world, 'flooded:a guess'));
  const quick = Promise.all(flood.map((answer) => Promise.race([answer, released])));
  await vi.waitUntil(() => held === 4, { timeout: 20_000 });
  expect(await statuses(world, token, 1)).toEqual([200]);
  expect(await statuses(world, { basic: 'bystander:password of bystander' }, 1)).toEqual([200]);
  expect(await askFrom('127.0.0.8', world, 'flooded:password of flooded')).toBe(200);
  release();
  await quick;
  const answers = (await Promise.all(flood)).toSorted((one, other) => one - other);
  expect(answers).toEqual([...times(5, 401), ...times(55, 429)]);
  expect(held).toBe(4);
});

test('while more passwords are being checked than the server can take, the next is asked to come again, and not told that it is wrong', async () => {
  const world = await still();
  world.context.limits.hashing = createLane({ atOnce: 1, waiting: 1 });
  const token = await makeToken(world, 'unhindered');
  const people = await Promise.all([makeUser(world, 'a'), makeUser(world, 'b'), makeUser(world, 'c')]);
  world.context.memory.clear();
  const answers = Promise.all(people.map(({ as }) => world.send(as, 'GET', '/api/org')));
  expect(await statuses(world, token, 1)).toEqual([200]);
  const refused = (await answers).filter(({ status }) => status !== 200);
  expect(refused).toMatchObject([{ status: 503, body: { messageId: 'busy' } }]);
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  const again = await Promise.all(people.map(({ as }) => statuses(world, as, 1).then(([status]) => status)));
  expect(again).toEqual([200, 200, 200]);
});

test('after many unknown keys from an address the next are 429, and a key that is known is let in from there', async () => {
  const world = await still({ security: { brute_force_login_protection_max_attempts: 1 } });
  const token = await makeToken(world, 'fresh');
  expect(await statuses(world, WRONG, 62)).toEqual([...times(60, 401), 429, 429]);
  expect(await statuses(world, { bearer: 'malformed' }, 1)).toEqual([429]);
  world.context.memory.clear();
  expect(await statuses(world, token, 2)).toEqual([200, 200]);
  world.move(HOUR);
  expect(await statuses(world, WRONG, 1)).toEqual([401]);
});

test('who tried too many passwords shows to the administrator by address, without what was typed', async () => {
  const world = await still();
  pausesOf(world);
  await statuses(world, { basic: 'typed in the wrong field:a guess' }, 8);
  const answer = await world.send(ADMIN, 'GET', '/api/admin/rate-limits');
  expect(answer.body.limited).toMatchObject([
    { kind: 'address', address: '127.0.0.1', reason: 'wrong credentials', refused: 3 },
  ]);
  expect((await world.send(ADMIN, 'GET', '/api/rate-limits')).body.limited).toEqual([]);
  const metrics = (await world.send(undefined, 'GET', '/metrics')).body as string;
  expect(metrics).toContain('latchkey_requests_limited_total{kind="address",reason="wrong credentials"} 3');
  expect(metrics).toContain('latchkey_password_checks_held_up_total 3');
  expect(JSON.stringify(answer.body) + metrics + world.log.join('\n')).not.toContain('wrong field');
});

test('nobody is held up where the settings say so', async () => {
  const world = await still({ security: { disable_brute_force_login_protection: true } });
  expect(await statuses(world, { basic: 'admin:a guess' }, 8)).toEqual(times(8, 401));
});
