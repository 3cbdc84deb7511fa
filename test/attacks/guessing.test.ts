import { expect, onTestFinished, vi } from 'vitest';
import { createLane } from '../../server/limits.ts';
import type { Overrides } from '../../server/config/settings.ts';
import { makeUser, signIn } from '../../server/testing/people.ts';
import { startWorld, type World } from '../../server/testing/world.ts';
import { attack, type Tried } from './attack.ts';

// Whoever has no credential sends wrong passwords, to guess one or to keep others from signing in.

const TURNS = 'sites that wait take turns, known ones first (server/limits.ts)';

async function behindProxy(overrides: Overrides = {}): Promise<World> {
  const world = await startWorld({ server: { trusted_proxies: '127.0.0.1' }, ...overrides });
  onTestFinished(() => world.stop());
  return world;
}

async function signInFrom(world: World, address: string, user: string, password: string): Promise<number> {
  const body = { user, password };
  return (await world.send(undefined, 'POST', '/login', body, { 'x-forwarded-for': address })).status;
}

/** Has 60 sign in at once, each with an invented name and from an address of its own; all that was answered. */
function flood(world: World, tried: Tried, addressOf: (at: number) => string) {
  const answers: number[] = [];
  const under = Array.from({ length: 60 }, async (_, at) => {
    answers.push(await signInFrom(world, addressOf(at), `invented ${at}`, 'a guess'));
    tried();
  });
  return { answers, over: Promise.all(under) };
}

for (const [who, addressOf] of [
  ['one /48', (at: number) => `2001:db8:77:${at}::1`],
  ['one address', () => '203.0.113.9'],
] as const) {
  attack(`keep others from signing in by sign-ins under invented names from ${who}`, TURNS, async (tried) => {
    const world = await behindProxy();
    // Smaller, so that few sign-ins fill it.
    world.context.limits.hashing = createLane({ atOnce: 2, waiting: 30 });
    await makeUser(world, 'regular');
    await makeUser(world, 'newcomer');
    expect(await signInFrom(world, '198.51.100.1', 'regular', 'password of regular')).toBe(200);
    world.context.memory.clear();
    const { answers, over } = flood(world, tried, addressOf);
    await vi.waitUntil(() => answers.includes(503), { timeout: 20_000, interval: 5 });
    expect(
      await Promise.all([
        signInFrom(world, '198.51.100.1', 'regular', 'password of regular'),
        signInFrom(world, '198.51.100.2', 'newcomer', 'password of newcomer'),
      ]),
    ).toEqual([200, 200]);
    // They were answered while the others still waited.
    expect(answers.length).toBeLessThan(60);
    await over;
  });
}

attack(
  'keep from signing in who belongs here by sign-ins from as many sites as may wait',
  TURNS,
  async (tried) => {
    const world = await behindProxy();
    world.context.limits.hashing = createLane({ atOnce: 2, waiting: 30 });
    await makeUser(world, 'regular');
    expect(await signInFrom(world, '198.51.100.1', 'regular', 'password of regular')).toBe(200);
    world.context.memory.clear();
    const { answers, over } = flood(world, tried, (at) => `203.0.113.${at}`);
    await vi.waitUntil(() => answers.includes(503), { timeout: 20_000, interval: 5 });
    expect(await signInFrom(world, '198.51.100.1', 'regular', 'password of regular')).toBe(200);
    expect(answers.length).toBeLessThan(60);
    await over;
  },
);

attack(
  'have more wrong passwords looked at from one address by sending them at once',
  'counted before the next has its turn (server/modules/authentication/attempts.ts)',
  async (tried) => {
    const world = await behindProxy({ security: { brute_force_login_protection_max_attempts: 1 } });
    if (world.context.limits.attempts) world.context.limits.attempts.pause = async () => {};
    const now = Date.now();
    world.context.now = () => now;
    const { answers, over } = flood(world, tried, () => '203.0.113.9');
    await over;
    // Twenty times as many as for one name.
    expect(answers.filter((status) => status === 401)).toHaveLength(20);
    expect(answers.filter((status) => status === 429)).toHaveLength(40);
  },
);

attack(
  'lock a name out by more wrong passwords than may wait',
  'four places for each name and address; a session, and what comes from elsewhere, needs none of them',
  async (tried) => {
    const world = await behindProxy();
    const released = Promise.withResolvers<void>();
    let held = 0;
    if (world.context.limits.attempts) {
      world.context.limits.attempts.pause = () => (held++ < 4 ? released.promise : Promise.resolve());
    }
    await makeUser(world, 'victim');
    const browser = await signIn(world, 'victim');
    world.context.memory.clear();
    const wrong = Array.from({ length: 9 }, async (_, at) => {
      await signInFrom(world, '203.0.113.9', 'victim', `guess ${at}`);
      tried();
    });
    await vi.waitUntil(() => held === 4, { timeout: 20_000 });
    const there = { 'x-forwarded-for': '203.0.113.9' };
    const right = { user: 'victim', password: 'password of victim' };
    const { status, body } = await world.send(undefined, 'POST', '/login', right, there);
    expect([status, body.detail]).toEqual([429, expect.stringContaining('was not looked at')]);
    expect((await browser.send('GET', '/api/org', undefined, there)).status).toBe(200);
    expect(await signInFrom(world, '198.51.100.1', 'victim', 'password of victim')).toBe(200);
    released.resolve();
    await Promise.all(wrong);
    world.context.memory.clear();
    expect(await signInFrom(world, '203.0.113.9', 'victim', 'password of victim')).toBe(200);
  },
);
