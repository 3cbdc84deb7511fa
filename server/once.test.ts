import { once } from 'node:events';
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { seedKeys } from '../bench/seed.ts';
import { startCli } from '../test/support/run-cli.ts';
import { type Running, serve } from '../test/support/serving.ts';
import { loadConfig } from './config/config.ts';
import { startServer } from './server.ts';
import { makeBrowser, makeMember, makeUser, signIn } from './testing/people.ts';
import { ADMIN, newDatabase, startWorld, type TestDatabase, type World } from './testing/world.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const SECRET_KEY = 'a key for tests';
const PATIENT = { timeout: 20 * SECOND };

vi.setConfig({ testTimeout: 60 * SECOND });

test('of several servers that are asked at once to move all keys, each key is moved by one, and every answer has all of them', async () => {
  const database = await makeDatabase();
  const worlds = [await startBeside(database), await startBeside(database)];
  const [first] = worlds as [World, ...World[]];
  for (let at = 0; at < 120; at++)
    await send(first, 'POST', '/api/auth/keys', { name: `k${at}`, role: 'Viewer' });
  const answers = await Promise.all(
    worlds.map((world) => send(world, 'POST', '/api/serviceaccounts/migrate')),
  );
  for (const { total, failed } of answers) expect([total, failed]).toEqual([120, 0]);
  expect(answers.reduce((sum, { migrated }) => sum + migrated, 0)).toBe(120);
  expect(await movedOf(first)).toEqual({ moved: 120, recorded: 120, by: ['user:admin'] });
});

test('what a server was killed in is finished by another, as whoever asked for it, and nobody asks again', async () => {
  const database = await makeDatabase();
  const keys = await seedKeys(environmentOf(database), 800, 10);
  const doomed = await startProcess(database);
  const other = await startBeside(database, { usage: { flush_interval: '1s' } });
  const asked = fetch(`${doomed.url}/api/serviceaccounts/migrate`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('admin:admin')}` },
  }).catch(() => 'cut off');
  const moved = async () =>
    (await send(other, 'GET', '/api/serviceaccounts/migrationstatus')).moved as number;
  await expect.poll(moved, { ...PATIENT, interval: 5 }).toBeGreaterThan(0);
  await doomed.kill();
  expect(await asked).toBe('cut off');
  expect(await moved()).toBeLessThan(keys.length);
  // Nobody touches it while it may still be alive.
  other.clock.advance(11 * SECOND);
  await expect.poll(moved, PATIENT).toBe(keys.length);
  const isClosed = async () =>
    (await send(other, 'GET', '/api/serviceaccounts/migrationstatus')).migrated as boolean;
  await expect.poll(isClosed, PATIENT).toBe(true);
  expect(await movedOf(other)).toEqual({ moved: keys.length, recorded: keys.length, by: ['user:admin'] });
  const requests = await other.context.db
    .selectFrom('audit')
    .select('request_id')
    .distinct()
    .where('action', '=', 'apikeys:migrate')
    .execute();
  expect(requests).toHaveLength(1);
});

describe('a move of all keys that has to wait for another', () => {
  test('is refused when whoever asked has lost the right meanwhile', async () => {
    const { world, hold, release } = await startWithKeys();
    const ann = await makeMember(world, 1, 'ann', 'Admin');
    await hold(9 * SECOND);
    const asked = world.send(ann.as, 'POST', '/api/serviceaccounts/migrate');
    await isWaiting();
    await send(world, 'PATCH', `/api/orgs/1/users/${ann.id}`, { role: 'Viewer' });
    await release();
    expect((await asked).status).toBe(403);
    expect(await movedOf(world)).toMatchObject({ moved: 0 });
  });

  test('is told to ask again when that takes too long', async () => {
    const { world, hold } = await startWithKeys();
    await hold(50 * SECOND);
    const asked = world.send(ADMIN, 'POST', '/api/serviceaccounts/migrate');
    await isWaiting();
    world.clock.advance(31 * SECOND);
    const { status, headers, body } = await asked;
    expect([status, body.messageId]).toEqual([503, 'busy']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await movedOf(world)).toMatchObject({ moved: 0 });
  });

  test('does not begin when whoever asked has gone away', async () => {
    const { world, hold, release } = await startWithKeys();
    await hold(9 * SECOND);
    const gone = new AbortController();
    const asked = fetch(`${world.url}/api/serviceaccounts/migrate`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
      body: '{}',
      signal: gone.signal,
    });
    await isWaiting();
    gone.abort();
    await expect(asked).rejects.toThrow('aborted');
    await isWaiting();
    await release();
    await isWaiting();
    expect(await movedOf(world)).toMatchObject({ moved: 0 });
  });

  test('does not wait for one whose time lies where nobody can have set it, after the clock was set back', async () => {
    const { world, hold } = await startWithKeys();
    await hold(HOUR);
    expect((await send(world, 'POST', '/api/serviceaccounts/migrate')).migrated).toBe(3);
    await hold(HOUR, 'clear-ended-sessions');
    await hold(49 * HOUR, 'drop-old-usage', '');
    await hold(HOUR, 'drop-old-entries', '');
    const done = (name: string): number => world.log.filter((line) => line.includes(`chore=${name}`)).length;
    const before = ['clear-ended-sessions', 'drop-old-usage', 'drop-old-entries'].map(done);
    await expect.poll(() => done('clear-ended-sessions'), PATIENT).toBeGreaterThan(before[0] ?? 0);
    await expect.poll(() => done('drop-old-usage'), PATIENT).toBeGreaterThan(before[1] ?? 0);
    // One that rests is left in peace.
    expect(done('drop-old-entries')).toBe(before[2]);
  });

  // Several looks of whoever waits.
  const isWaiting = (): Promise<void> => sleep(SECOND);

  /** A server with three keys, and a lease that somebody else has. */
  async function startWithKeys() {
    const world = await startBeside(await makeDatabase(), {
      usage: { flush_interval: '1s' },
      log: { level: 'debug' },
      security: { disable_brute_force_login_protection: true },
    });
    for (let at = 0; at < 3; at++)
      await send(world, 'POST', '/api/auth/keys', { name: `k${at}`, role: 'Viewer' });
    const { db } = world.context;
    const hold = async (forMs: number, name = 'key-migration:1', holder = 'somebody'): Promise<void> => {
      const row = { name, holder, held_until: Date.now() + forMs, note: '' };
      await db.deleteFrom('lease').where('name', '=', name).execute();
      await db.insertInto('lease').values(row).execute();
    };
    const release = () => db.deleteFrom('lease').where('name', '=', 'key-migration:1').execute();
    return { world, hold, release };
  }
});

test('whoever loses the right in the middle of a move of all keys is refused the rest', async () => {
  const database = await makeDatabase();
  const keys = await seedKeys(environmentOf(database), 3000, 10);
  const world = await startBeside(database);
  const ann = await makeMember(world, 1, 'ann', 'Admin');
  const asked = world.send(ann.as, 'POST', '/api/serviceaccounts/migrate');
  const moved = async () => (await movedOf(world)).moved as number;
  await expect.poll(moved, { ...PATIENT, interval: 5 }).toBeGreaterThan(0);
  await send(world, 'PATCH', `/api/orgs/1/users/${ann.id}`, { role: 'Viewer' });
  expect((await asked).status).toBe(403);
  expect(await moved()).toBeLessThan(keys.length);
});

test('one of several servers cleans for all, and another once that one is gone', async () => {
  const database = await makeDatabase();
  const start = () => startBeside(database, { usage: { flush_interval: '1s' }, log: { level: 'debug' } });
  const worlds = await Promise.all([start(), start(), start()]);
  const done = (world: World) =>
    world.log.filter((line) => line.includes('chore=clear-ended-sessions')).length;
  const sum = () => worlds.reduce((all, world) => all + done(world), 0);
  await expect.poll(sum, PATIENT).toBe(1);
  const one = worlds.find((world) => done(world) === 1);
  const rest = worlds.filter((world) => world !== one);
  await one?.stop();
  for (const world of rest) world.clock.advance(HOUR + SECOND);
  await expect.poll(sum, PATIENT).toBe(2);
});

test('cleaning that fails every time keeps nobody from the rest of it', async () => {
  const settings = { usage: { flush_interval: '1s' }, log: { level: 'debug' } };
  const world = await startBeside(await makeDatabase(), settings);
  await world.context.db.schema.dropTable('usage_caller').execute();
  world.clock.advance(HOUR + SECOND);
  const fails = (line: string) => line.includes('could not be done') && line.includes('chore=drop-old-usage');
  await expect.poll(() => world.log.filter(fails).length, PATIENT).toBeGreaterThan(0);
  const before = world.log.length;
  // What is still at its first round when the clock is set is due an hour later than that.
  const isRestDone = () => {
    world.clock.advance(HOUR + SECOND);
    return world.log.slice(before).some((line) => line.includes('chore=clear-ended-sessions'));
  };
  await expect.poll(isRestDone, PATIENT).toBe(true);
});

test('of several servers that start at once on an empty database, one makes the administrator, whose password works on all', async () => {
  const database = await makeDatabase({ isUpToDate: false });
  const config = () =>
    loadConfig({
      home: database.directory,
      env: environmentOf(database),
      overrides: {
        server: { http_port: 0 },
        security: { generate_admin_password: true },
        log: { level: 'critical' },
      },
    }).config;
  const servers = await Promise.all([1, 2, 3].map(() => startServer(config())));
  for (const server of servers) onTestFinished(() => server.stop());
  const makers = servers.filter(({ isFirstRun }) => isFirstRun);
  expect(makers).toHaveLength(1);
  const passwords = servers.flatMap(({ generatedPassword }) => generatedPassword ?? []);
  expect(passwords).toHaveLength(1);
  const authorization = `Basic ${btoa(`admin:${passwords[0]}`)}`;
  for (const { url } of servers) {
    const orgs = await fetch(`${url}/api/orgs`, { headers: { authorization } });
    expect(await orgs.json()).toEqual([{ id: 1, name: 'Main Org.' }]);
  }
});

test('what was counted an interval ago outlives a server that is killed, and what it revoked stays revoked', async () => {
  const database = await makeDatabase();
  const other = await startBeside(database);
  const { body: account } = await other.send(ADMIN, 'POST', '/api/serviceaccounts', {
    name: 'counted',
    role: 'Viewer',
  });
  const tokens = `/api/serviceaccounts/${account.id}/tokens`;
  const counted = (await other.send(ADMIN, 'POST', tokens, { name: 'counted' })).body;
  const revoked = (await other.send(ADMIN, 'POST', tokens, { name: 'revoked' })).body;
  const doomed = await startProcess(database, { GF_USAGE_FLUSH_INTERVAL: '1s' });
  const ask = async (bearer: string) =>
    (await fetch(`${doomed.url}/api/org`, { headers: { authorization: `Bearer ${bearer}` } })).status;
  const told = async () => {
    const path = `/api/usage?groupBy=credential&credential=token:${counted.id}`;
    return ((await send(other, 'GET', path)).groups[0]?.requests ?? 0) as number;
  };
  for (let at = 0; at < 20; at++) expect(await ask(counted.key)).toBe(200);
  expect(await ask(revoked.key)).toBe(200);
  await expect.poll(told, PATIENT).toBe(20);
  const revocation = await fetch(`${doomed.url}${tokens}/${revoked.id}/revoke`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('admin:admin')}` },
  });
  expect(revocation.status).toBe(200);
  for (let at = 0; at < 5; at++) await ask(counted.key);
  await doomed.kill();
  expect((await other.send({ bearer: revoked.key }, 'GET', '/api/org')).status).toBe(401);
  const left = await told();
  expect(left).toBeGreaterThanOrEqual(20);
  expect(left).toBeLessThanOrEqual(25);
});

test('what is gathered and cannot be written holds up nothing else, and is written once it can be', async () => {
  const database = await makeDatabase();
  const other = await startBeside(database, { usage: { flush_interval: '1h' } });
  const world = await startBeside(database, { usage: { flush_interval: '1s' } });
  const key = await send(world, 'POST', '/api/auth/keys', { name: 'used', role: 'Viewer' });
  const { schema } = world.context.db;
  await schema.alterTable('key_caller').renameTo('key_caller_elsewhere').execute();
  for (let at = 0; at < 5; at++)
    expect((await world.send({ bearer: key.key }, 'GET', '/api/org')).status).toBe(200);
  const counted = async (): Promise<number> =>
    (await send(other, 'GET', `/api/usage?groupBy=credential&credential=api-key:${key.id}`)).groups[0]
      ?.requests ?? 0;
  await expect.poll(counted, PATIENT).toBe(5);
  expect(world.log.join('')).toMatch(/could not be written; trying again later.*callers of keys/);
  await schema.alterTable('key_caller_elsewhere').renameTo('key_caller').execute();
  const called = async (): Promise<number> => {
    const rows = await other.context.db.selectFrom('key_caller').select('reads').execute();
    return rows.reduce((sum, { reads }) => sum + reads, 0);
  };
  await expect.poll(called, PATIENT).toBe(5);
});

describe.runIf(process.env['LATCHKEY_TEST_DATABASE'] === 'postgres')('on one PostgreSQL', () => {
  test('a session is known on all servers at once, and ended on all', async () => {
    const database = await makeDatabase();
    const [one, other] = [await startBeside(database), await startBeside(database)];
    await makeUser(one, 'ann');
    const statusOn = async (world: World, cookie: string | undefined) =>
      (await makeBrowser(world, cookie).send('GET', '/api/user')).status;
    const signedOut = await signIn(one, 'ann');
    const [here, there] = [await signIn(one, 'ann'), await signIn(other, 'ann')];
    for (const { cookie } of [signedOut, here, there])
      for (const world of [one, other]) expect(await statusOn(world, cookie)).toBe(200);
    const { cookie } = signedOut;
    expect((await signedOut.send('POST', '/logout')).status).toBe(200);
    await expect.poll(() => statusOn(other, cookie)).toBe(401);
    const passwords = { oldPassword: 'password of ann', newPassword: 'another password of ann' };
    expect((await here.send('PUT', '/api/user/password', passwords)).status).toBe(200);
    await expect.poll(() => statusOn(one, there.cookie)).toBe(401);
    await expect.poll(() => statusOn(other, there.cookie)).toBe(401);
  });

  test('a session whose secret is due on two servers at once gets one new secret, and nobody is sent away', async () => {
    const database = await makeDatabase();
    const worlds = [await startBeside(database), await startBeside(database)];
    const [one] = worlds as [World, World];
    await makeUser(one, 'ann');
    const { cookie } = await signIn(one, 'ann');
    const browsers = worlds.map((world) => makeBrowser(world, cookie));
    for (const browser of browsers) await browser.send('GET', '/api/user');
    for (const { clock } of worlds) clock.advance(HOUR / 4);
    const answers = await Promise.all(browsers.map((browser) => browser.send('GET', '/api/user')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const fresh = browsers.filter((browser) => browser.cookie !== cookie);
    expect(fresh).toHaveLength(1);
    for (const known of [cookie, fresh[0]?.cookie])
      for (const world of worlds)
        expect((await makeBrowser(world, known).send('GET', '/api/user')).status).toBe(200);
  });

  test('the main organization is number 1 even where a start that ended in the middle used the number up', async () => {
    const database = await makeDatabase();
    await withClient(database, (client) =>
      client.query(`select nextval(pg_get_serial_sequence('org', 'id'))`),
    );
    const world = await startBeside(database);
    expect(await send(world, 'GET', '/api/orgs')).toEqual([{ id: 1, name: 'Main Org.' }]);
    expect((await send(world, 'POST', '/api/orgs', { name: 'next' })).orgId).toBeGreaterThan(1);
  });

  test('a server that is killed while it brings the database up to date leaves nothing, and the next ones do it once', async () => {
    const database = await makeDatabase({ isUpToDate: false });
    const count = (from: string): Promise<number> =>
      withClient(database, async (client) => (await client.query(`select from ${from}`)).rows.length);
    const waiting = () =>
      count(`pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
    await withClient(database, async (client) => {
      // The step that makes the table of this name waits.
      await client.query('begin; create table audit (id bigint)');
      const child = startCli(['serve'], { ...environmentOf(database), GF_SERVER_HTTP_PORT: '0' });
      const ended = once(child, 'exit');
      await expect.poll(waiting, PATIENT).toBe(1);
      child.kill('SIGKILL');
      await ended;
      await client.query('rollback');
    });
    await expect.poll(waiting, PATIENT).toBe(0);
    expect(await count(`pg_tables where schemaname = 'public' and tablename not like 'kysely%'`)).toBe(0);
    const worlds = await Promise.all([1, 2, 3].map(() => startBeside(database)));
    const said = worlds.flatMap(({ log }) => log.filter((line) => line.includes('database brought up to')));
    expect(new Set(said.map((line) => /up to ([\w-]+)/.exec(line)?.[1])).size).toBe(said.length);
    for (const world of worlds) expect((await send(world, 'GET', '/api/orgs')).length).toBe(1);
  });
});

async function makeDatabase({ isUpToDate = true } = {}): Promise<TestDatabase> {
  const database = await newDatabase({ isUpToDate });
  onTestFinished(() => database.remove());
  return database;
}

async function startBeside(
  database: TestDatabase,
  overrides: Parameters<typeof startWorld>[0] = {},
): Promise<World> {
  const world = await startWorld(overrides, database);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= world.stop());
  onTestFinished(stop);
  return { ...world, stop };
}

/** A server in a process of its own, which may be killed. */
async function startProcess(database: TestDatabase, env: Record<string, string> = {}): Promise<Running> {
  const running = await serve({ ...environmentOf(database), ...env });
  onTestFinished(() => void running.process.kill('SIGKILL'));
  return running;
}

function environmentOf({ directory, settings }: TestDatabase): Record<string, string> {
  return {
    GF_PATHS_DATA: directory,
    GF_SECURITY_SECRET_KEY: SECRET_KEY,
    ...(settings['url'] === undefined ? {} : { GF_DATABASE_URL: settings['url'] }),
  };
}

async function withClient<T>(database: TestDatabase, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: database.settings['url'] });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function send(world: World, method: string, path: string, body?: unknown) {
  const answer = await world.send(ADMIN, method, path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

/** How many keys have moved, and how many times the record says so of one, and of whom. */
async function movedOf(world: World) {
  const { moved } = await send(world, 'GET', '/api/serviceaccounts/migrationstatus');
  const rows = await world.context.db
    .selectFrom('audit')
    .select(['actor', 'object_id'])
    .where('action', '=', 'apikeys:migrate')
    .where('object_kind', '=', 'api-key')
    .execute();
  expect(new Set(rows.map(({ object_id }) => object_id)).size).toBe(rows.length);
  return { moved, recorded: rows.length, by: [...new Set(rows.map(({ actor }) => actor))] };
}
