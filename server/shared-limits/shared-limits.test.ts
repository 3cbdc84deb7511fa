import { request as httpRequest } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findRedis, type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import type { Overrides } from '../config/settings.ts';
import { makeUser } from '../testing/people.ts';
import { ADMIN, type As, newDatabase, startWorld, type World } from '../testing/world.ts';

const HOUR = 3_600_000;
const WRONG: As = { bearer: 'glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_e97abe11' };
const SIGN_IN = { security: { brute_force_login_protection_max_attempts: 1 } };

const program = await findRedis('What several servers count together');
const given = process.env['LATCHKEY_TEST_REDIS_URL'];

describe.runIf(program !== undefined || given !== undefined)('several servers with one store', () => {
  test('let through together what one would alone, whatever their clocks say', async () => {
    const worlds = await startPatient(await anyStore(), limits(300));
    const as = await makeToken(worlds);
    worlds[0].clock.advance(HOUR);
    worlds[1].clock.advance(-HOUR);
    const since = performance.now();
    const all = await Promise.all(worlds.map((world) => statuses(world, as, 250)));
    const back = Math.ceil((performance.now() - since) / 1000);
    const passed = all.flat().filter((status) => status === 200).length;
    expect(new Set(all.flat())).toEqual(new Set([200, 429]));
    expect(passed).toBeGreaterThanOrEqual(300);
    expect(passed).toBeLessThanOrEqual(300 + back);
  });

  test('all say the same of what is left, to a credential and to an address without one', async () => {
    const worlds = await startPatient(await anyStore(), limits(100));
    const as = await makeToken(worlds);
    for (const who of [as, undefined]) {
      await statuses(worlds[0], who, 40);
      for (const world of worlds) expect(await leftOf(world, who)).toBeLessThan(90);
    }
  });

  test('hold up whoever sends wrong passwords, to whichever of them; a right one gets in at all', async () => {
    const worlds = await startPatient(await anyStore());
    const pauses = worlds.map(pausesOf);
    await makePerson(worlds);
    for (const turn of [0, 1, 2, 3, 4]) {
      expect(await trying(worlds[turn % 2], `wrong ${turn}`)).toBe(401);
    }
    for (const world of worlds) expect(await trying(world, 'wrong again')).toBe(429);
    expect(pauses.map((waits) => waits.length)).toEqual([1, 1, 1]);
    expect(pauses.flat()).toEqual([50, 100, 150]);
    for (const world of worlds) expect(await trying(world, 'password of person')).toBe(200);
    expect(await trying(worlds[1], 'wrong once')).toBe(401);
  });

  test('who was right before from somewhere does not wait at another for what comes from elsewhere', async () => {
    const worlds = await startPatient(await anyStore(), SIGN_IN);
    const pauses = worlds.map(pausesOf);
    await makePerson(worlds);
    expect(await trying(worlds[0], 'password of person')).toBe(200);
    for (let host = 2; host < 14; host++) await trying(worlds[1], 'wrong', `127.0.0.${host}`);
    const waited = pauses[2]?.length;
    expect(await trying(worlds[2], 'password of person')).toBe(200);
    expect(pauses[2]?.length).toBe(waited);
    // Whoever was not, does.
    expect(await trying(worlds[0], 'not the password', '127.0.0.99')).toBe(429);
    expect(pauses[0]).not.toEqual([]);
  });

  test('have no more tries of one name from one address wait together than one would', async () => {
    const worlds = await startPatient(await anyStore(), SIGN_IN);
    await makePerson(worlds);
    expect(await trying(worlds[0], 'wrong')).toBe(401);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let waiting = 0;
    for (const { context } of worlds) {
      if (context.limits.attempts) {
        context.limits.attempts.pause = () => {
          waiting++;
          return released;
        };
      }
    }
    let answered = 0;
    const tries = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(async (turn) => {
      const status = await trying(worlds[turn % 3], `wrong ${turn}`);
      answered++;
      return status;
    });
    await expect.poll(() => answered, { timeout: 10_000 }).toBe(5);
    expect(waiting).toBe(4);
    release();
    expect(new Set(await Promise.all(tries))).toEqual(new Set([429]));
    // The places are free again.
    expect(await trying(worlds[1], 'password of person')).toBe(200);
  });

  test('say 401 to no more wrong passwords of an address that come at once, under whatever names, than one would', async () => {
    const worlds = await startPatient(await anyStore(), SIGN_IN);
    for (const world of worlds) pausesOf(world);
    const since = performance.now();
    const tries = Array.from({ length: 45 }, (_, at) =>
      trying(worlds[at % 3], 'a guess', '127.0.0.1', `nobody ${at}`),
    );
    const answers = await Promise.all(tries);
    // One comes back in 15 s.
    const back = Math.ceil((performance.now() - since) / 15_000);
    const unlimited = answers.filter((status) => status === 401).length;
    expect(new Set(answers)).toEqual(new Set([401, 429]));
    expect(unlimited).toBeGreaterThanOrEqual(20);
    expect(unlimited).toBeLessThanOrEqual(20 + back);
  });

  test('count unknown keys of an address together, and let in there one that is known', async () => {
    const worlds = await startPatient(await anyStore(), SIGN_IN);
    const as = await makeToken(worlds);
    expect((await statuses(worlds[0], WRONG, 60)).filter((status) => status === 401)).toHaveLength(60);
    await expect.poll(() => statuses(worlds[1], WRONG, 1)).toEqual([429]);
    expect(await statuses(worlds[1], as, 1)).toEqual([200]);
  });
});

describe.runIf(program !== undefined)('a store that is not well', () => {
  test.each<[string, (store: RedisServer) => unknown, (store: RedisServer) => unknown]>([
    ['stands still', (store) => store.signal('SIGSTOP'), (store) => store.signal('SIGCONT')],
    ['is killed and comes back empty', (store) => store.kill(), (store) => store.start()],
  ])('one that %s: each server goes on by itself, and then together again', async (_what, hurt, heal) => {
    const store = await ownStore();
    const worlds = await startThree(store.url, limits(30));
    const as = await makeToken(worlds);
    await hurt(store);
    const since = performance.now();
    const all = await Promise.all(worlds.map((world) => statuses(world, as, 40)));
    const back = Math.ceil((performance.now() - since) / 1000);
    for (const [index, world] of worlds.entries()) {
      expect(new Set(all[index])).toEqual(new Set([200, 429]));
      expect(all[index]?.filter((status) => status === 200).length).toBeLessThanOrEqual(30 + back);
      expect(await figure(world)).toBe(0);
    }
    for (const world of worlds)
      expect(await trying(world, 'not the password', '127.0.0.1', 'nobody')).toBe(401);

    await heal(store);
    for (const world of worlds) {
      await expect.poll(() => figure(world), { timeout: 10_000 }).toBe(1);
      const lines = (words: string) => world.log.filter((line) => line.includes(words)).length;
      expect([lines('does not answer in time'), lines('answers again')]).toEqual([1, 1]);
    }
    const other = await makeToken(worlds, 'other');
    const together = async () => {
      await statuses(worlds[0], other, 20);
      return leftOf(worlds[1], other);
    };
    await expect.poll(together, { timeout: 10_000 }).toBeLessThan(25);
  });

  test('a place that is given too late is free again', async () => {
    const store = await ownStore();
    const [world] = await startThree(store.url, limits(30));
    const { shared } = world.context.limits;
    const occupy = () => shared?.occupy('waiting:somebody', 1, HOUR);
    store.signal('SIGSTOP');
    expect(await occupy()).toBeUndefined();
    store.signal('SIGCONT');
    await expect.poll(() => figure(world), { timeout: 10_000 }).toBe(1);
    expect(await occupy()).toBeTypeOf('function');
    expect(await occupy()).toBe('full');
  });

  test('a server starts without its store, says so, and finds it later', async () => {
    const store = await ownStore();
    await store.kill();
    const [world] = await startThree(store.url, limits(30));
    expect(await statuses(world, ADMIN, 1)).toEqual([200]);
    expect(await figure(world)).toBe(0);
    expect(world.log.join('')).toContain('does not answer in time');
    await store.start();
    await expect.poll(() => figure(world), { timeout: 10_000 }).toBe(1);
  });

  test('one that asks for a password is used with the right one; a wrong one is told, and is in no line of the log', async () => {
    const store = await ownStore(['--requirepass', 'opens-the-store']);
    const { port } = new URL(store.url);
    const [right] = await startThree(`addr=127.0.0.1:${port},password=opens-the-store,db=1`, limits(30));
    expect(await figure(right)).toBe(1);
    const [wrong] = await startThree(`redis://:does-not-open@127.0.0.1:${port}`, limits(30));
    expect(await figure(wrong)).toBe(0);
    expect(await statuses(wrong, ADMIN, 1)).toEqual([200]);
    expect(wrong.log.join('')).toContain('WRONGPASS');
    expect(wrong.log.join('')).not.toContain('does-not-open');
    const { body } = await wrong.send(ADMIN, 'GET', '/api/admin/settings');
    expect(JSON.stringify(body)).not.toContain('does-not-open');
    expect(body.remote_cache.connstr).toBe('*********');
  });

  test('one that takes nothing counts as away', async () => {
    const store = await ownStore(['--min-replicas-to-write', '1']);
    const [world] = await startThree(store.url, limits(30));
    expect(await figure(world)).toBe(0);
    expect(new Set(await statuses(world, ADMIN, 40))).toEqual(new Set([200, 429]));
  });
});

test('where no store is set, nothing speaks of one', async () => {
  const world = await startWorld(limits(30));
  onTestFinished(() => world.stop());
  expect(world.context.limits.shared).toBeUndefined();
  expect((await world.send(ADMIN, 'GET', '/metrics')).body).not.toContain('latchkey_shared_limits_up');
});

const limits = (burst: number): Overrides => ({ rate_limiting: { enabled: true, per_second: 1, burst } });

/** The store that is given, else one of this test alone. */
async function anyStore(): Promise<string> {
  return given ?? (await ownStore()).url;
}

async function ownStore(options: string[] = []): Promise<RedisServer> {
  if (program === undefined) throw new Error('no program for a store');
  const store = await startRedis(program, options);
  onTestFinished(() => store.remove());
  return store;
}

let prefixes = 0;

/** Three servers: on one PostgreSQL, or each on a SQLite of its own, whose ids are then the same. */
async function startThree(connstr: string, overrides: Overrides = {}): Promise<[World, World, World]> {
  const isPostgres = process.env['LATCHKEY_TEST_DATABASE'] === 'postgres';
  const database = isPostgres ? await newDatabase() : undefined;
  if (database) onTestFinished(() => database.remove());
  const prefix = `test-${process.pid}-${Date.now()}-${++prefixes}:`;
  const start = async (): Promise<World> => {
    const world = await startWorld(
      { ...overrides, remote_cache: { type: 'redis', connstr, prefix } },
      database,
    );
    onTestFinished(() => world.stop());
    return world;
  };
  return [await start(), await start(), await start()];
}

/** Three that wait for their store however busy the machine is. */
async function startPatient(...asked: Parameters<typeof startThree>): ReturnType<typeof startThree> {
  const worlds = await startThree(...asked);
  for (const { context } of worlds) if (context.limits.shared) context.limits.shared.deadline = 10_000;
  for (const world of worlds) await expect.poll(() => figure(world), { timeout: 10_000 }).toBe(1);
  return worlds;
}

/** Has something made that all of them know: once where they have one database. */
async function everywhere<T>(worlds: World[], make: (world: World) => Promise<T>): Promise<T[]> {
  const isOne = process.env['LATCHKEY_TEST_DATABASE'] === 'postgres';
  const made: T[] = [];
  for (const world of isOne ? worlds.slice(0, 1) : worlds) made.push(await make(world));
  return made;
}

const secrets = new WeakMap<object, Map<World, string>>();

async function makeToken(worlds: World[], name = 'shared'): Promise<As> {
  const keys = await everywhere(worlds, async (world) => {
    const { body: account } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', {
      name,
      role: 'Admin',
    });
    const { body } = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account.id}/tokens`, { name });
    return body.key as string;
  });
  const as = { bearer: keys[0] ?? '' };
  secrets.set(as, new Map(worlds.map((world, index) => [world, keys[index] ?? as.bearer])));
  return as;
}

const makePerson = (worlds: World[]) => everywhere(worlds, (world) => makeUser(world, 'person'));

const asAt = (world: World, as: As): As => {
  const secret = as && secrets.get(as)?.get(world);
  return secret === undefined ? as : { bearer: secret };
};

async function statuses(world: World, as: As, times: number): Promise<number[]> {
  const all: number[] = [];
  for (let time = 0; time < times; time += 10) {
    const some = Array.from({ length: Math.min(10, times - time) }, async () => {
      return (await world.send(asAt(world, as), 'GET', '/api/org')).status;
    });
    all.push(...(await Promise.all(some)));
  }
  return all;
}

async function leftOf(world: World, as: As): Promise<number> {
  const { headers } = await world.send(asAt(world, as), 'GET', '/api/org');
  return Number(headers.get('ratelimit-remaining'));
}

/** A request of a person with a password, from an address of this machine. */
function trying(
  world: World | undefined,
  password: string,
  localAddress = '127.0.0.1',
  login = 'person',
): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(
      `${world?.url}/api/org`,
      { localAddress, auth: `${login}:${password}` },
      (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    asked.on('error', reject).end();
  });
}

/** Has nobody wait in truth, and tells how long each would have. */
function pausesOf({ context: { limits: kept } }: World): number[] {
  const pauses: number[] = [];
  if (kept.attempts) kept.attempts.pause = async (milliseconds) => void pauses.push(milliseconds);
  return pauses;
}

async function figure(world: World): Promise<number> {
  const { body } = await world.send(undefined, 'GET', '/metrics');
  return Number(/^latchkey_shared_limits_up(?:\{[^}]*\})? (\d)$/m.exec(body as string)?.[1]);
}
