import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  cloudDatabase,
  databaseExists,
  removeDatabase,
  stackDatabase,
  stacksWithDatabase,
} from '../../server/cloud/databases.ts';
import { loadConfig } from '../../server/config/config.ts';
import { type CloudWorld, copyStacks, removeStacks, startCloudWorld } from '../../server/testing/cloud.ts';
import { ADMIN, newDatabase, type TestDatabase } from '../../server/testing/world.ts';
import { makeDirectory, type Outcome, runCli } from '../../test/support/run-cli.ts';

const KEY = 'a key for tests';
const isOnPostgres = process.env['LATCHKEY_TEST_DATABASE'] === 'postgres';

interface Place {
  shared: TestDatabase;
  env: Record<string, string>;
  main: ReturnType<typeof loadConfig>['config']['database'];
}

interface Stack {
  id: number;
  slug: string;
  url: string;
  /** Of an account in the stack. */
  token: string;
}

interface Furnished extends Place {
  /** The first cloud key. */
  key: string;
  stacks: [Stack, Stack, Stack];
}

/** One that no test changes. */
let intact: Furnished;
beforeAll(async () => {
  intact = await furnish(await makePlace());
});
afterAll(() => removePlace(intact));

/** An empty place for a server with a cloud side, gone when the test is over. */
async function newPlace(kind?: string): Promise<Place> {
  const place = await makePlace(kind);
  onTestFinished(() => removePlace(place));
  return place;
}

async function makePlace(kind = isOnPostgres ? 'PostgreSQL' : 'SQLite'): Promise<Place> {
  const shared: TestDatabase =
    kind === 'SQLite' && isOnPostgres ? inDirectory(makeDirectory()) : await newDatabase();
  // A developer's own conf/latchkey.ini must have no part in this.
  writeFileSync(join(shared.directory, 'empty.ini'), '');
  const { url } = shared.settings;
  const env = {
    GF_PATHS_DATA: shared.directory,
    GF_SECURITY_SECRET_KEY: KEY,
    ...(url === undefined ? {} : { GF_DATABASE_URL: url }),
  };
  return { shared, env, main: loadConfig({ home: shared.directory, env }).config.database };
}

async function removePlace({ shared }: Place): Promise<void> {
  await removeStacks(shared);
  await shared.remove();
}

function inDirectory(directory: string): TestDatabase {
  return { directory, settings: { type: 'sqlite' }, remove: () => Promise.resolve() };
}

/** Serves there while something is done. */
async function serving<T>({ shared }: Place, work: (world: CloudWorld) => Promise<T>): Promise<T> {
  const world = await startCloudWorld({}, shared);
  try {
    return await work(world);
  } finally {
    await world.stop();
  }
}

function latchkey({ env, shared }: Place, ...args: string[]): Promise<Outcome> {
  const configured = args[1] === 'verify' ? [] : ['--config', join(shared.directory, 'empty.ini')];
  return runCli([...args, ...configured], { env });
}

async function done(place: Place, ...args: string[]): Promise<Outcome> {
  const outcome = await latchkey(place, ...args);
  expect(outcome.code, outcome.stderr).toBe(0);
  return outcome;
}

async function ask(world: CloudWorld, key: string, method: string, path: string, body?: unknown) {
  const answer = await world.ask({ bearer: key }, method, path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

async function makeStack(world: CloudWorld, key: string, slug: string): Promise<Stack> {
  const { id, url } = await ask(world, key, 'POST', '/api/instances', { name: slug, slug });
  const inside = `/api/instances/${slug}/api/serviceaccounts`;
  const account = await world.ask({ bearer: key }, 'POST', inside, { name: 'kept', role: 'Admin' });
  const token = await ask(world, key, 'POST', `${inside}/${account.body.id}/tokens`, { name: 'kept' });
  const secret = { name: 'secret', type: 'postgres', secureJsonData: { password: `of ${slug}` } };
  const as = { bearer: token.key };
  expect((await world.sendTo(url, as, 'POST', '/api/datasources', secret)).status).toBe(200);
  return { id, slug, url, token: token.key };
}

/** A copy of it for a test to change. */
async function furnished(): Promise<Furnished> {
  const place = await newPlace();
  await copyStacks(intact.shared, place.shared);
  return { ...intact, ...place };
}

/** A server with a cloud side and three stacks, the last of them deleted. */
async function furnish(place: Place): Promise<Furnished> {
  const key = (await done(place, 'cloud', 'init', '--org', 'acme')).stdout.trim();
  const stacks = await serving(place, async (world) => {
    const one = await makeStack(world, key, 'one');
    const two = await makeStack(world, key, 'two');
    const gone = await makeStack(world, key, 'gone');
    await ask(world, key, 'DELETE', '/api/instances/gone');
    const made = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'of server', role: 'Viewer' });
    expect(made.status).toBe(200);
    return [one, two, gone] satisfies [Stack, Stack, Stack];
  });
  return { ...place, key, stacks };
}

async function statusIn(world: CloudWorld, { url, token }: Stack): Promise<number> {
  return (await world.sendTo(url, { bearer: token }, 'GET', '/api/user')).status;
}

/** Makes the database of a stack one that cannot be read. */
async function breakStack({ main }: Place, { id }: Stack): Promise<void> {
  const database = stackDatabase(main, id);
  if (isOnPostgres) return removeDatabase(main, database);
  for (const end of ['-wal', '-shm']) rmSync(database.path + end, { force: true });
  writeFileSync(database.path, 'no database at all, but long enough to be looked at');
}

const kinds = isOnPostgres ? ['PostgreSQL', 'SQLite'] : ['SQLite'];

test.each(kinds)(
  'a backup of a server with stacks, restored into an empty %s, brings back the server, the cloud side and every stack, deleted ones too',
  async (kind) => {
    const from = intact;
    const path = join(makeDirectory(), 'all');
    const backedUp = await done(from, 'backup', path);
    expect(backedUp.stdout).toContain('the server, the cloud side and 3 stacks');
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(readdirSync(path).toSorted()).toEqual(
      [
        'cloud.backup',
        'manifest.json',
        'server.backup',
        ...from.stacks.map(({ id }) => `stack-${id}.backup`),
      ].toSorted(),
    );
    expect((await latchkey(from, 'backup', 'verify', path)).stdout).toContain('3 stacks');

    const into = await newPlace(kind);
    const restored = await done(into, 'restore', path, '--json');
    expect(JSON.parse(restored.stdout)).toMatchObject({ failed: [], suspended: [], upgraded: [] });
    const [one, two, gone] = from.stacks;
    await serving(into, async (world) => {
      const { items } = await ask(world, from.key, 'GET', '/api/instances');
      expect(items.map(({ slug }: { slug: string }) => slug)).toEqual(['one', 'two']);
      for (const stack of [one, two]) expect(await statusIn(world, stack)).toBe(200);
      const { url } = await ask(world, from.key, 'POST', `/api/instances/${gone.id}/restore`);
      expect(await statusIn(world, { ...gone, url })).toBe(200);
      expect(await statusIn(world, { ...gone, url: one.url })).toBe(401);
      expect((await world.send(ADMIN, 'GET', '/api/auth/keys')).body).toHaveLength(1);
    });
  },
);

test('a stack that cannot be read is named and left out, the others are backed up, and a whole backup is kept', async () => {
  const place = await furnished();
  const [one, two] = place.stacks;
  const path = join(makeDirectory(), 'all');
  await done(place, 'backup', path);
  await breakStack(place, two);

  const again = await latchkey(place, 'backup', path, '--replace');
  expect(again.code).toBe(6);
  expect(again.stderr).toContain(`Stack ${two.id}, two: `);
  expect(again.stderr).toContain(`${path} is whole, and was kept`);
  expect((await latchkey(place, 'backup', 'verify', path)).code).toBe(0);
  const partly = await latchkey(place, 'backup', 'verify', `${path}.incomplete`);
  expect(partly).toMatchObject({ code: 6, stderr: expect.stringContaining('two') });

  const into = await newPlace();
  const restored = await latchkey(into, 'restore', `${path}.incomplete`);
  expect(restored.code).toBe(6);
  expect(restored.stderr).toContain('Suspended, as it has no database: two');
  await serving(into, async (world) => {
    expect(await statusIn(world, one)).toBe(200);
    expect(await statusIn(world, two)).toBe(403);
    expect((await ask(world, place.key, 'GET', '/api/instances/two')).status).toBe('paused');
  });

  const whole = await newPlace();
  await done(whole, 'restore', path);
  await serving(whole, async (world) => expect(await statusIn(world, two)).toBe(200));
});

test('a backup of one stack that was damaged is named, and the others are restored', async () => {
  const place = await furnished();
  const [one, two] = place.stacks;
  const path = join(makeDirectory(), 'all');
  await done(place, 'backup', path);
  const file = join(path, `stack-${one.id}.backup`);
  writeFileSync(file, readFileSync(file).subarray(0, -20));
  expect((await latchkey(place, 'backup', 'verify', path)).code).toBe(6);
  const into = await newPlace();
  expect((await latchkey(into, 'restore', path)).code).toBe(6);
  await serving(into, async (world) => {
    expect(await statusIn(world, one)).toBe(403);
    expect(await statusIn(world, two)).toBe(200);
  });
  // Where there is a database it is as it was.
  expect((await latchkey(place, 'restore', path, '--replace', '--yes')).code).toBe(6);
  await serving(place, async (world) => expect(await statusIn(world, one)).toBe(200));
});

test('without the server or the cloud side a backup is refused, and nothing is changed', async () => {
  const place = intact;
  const path = join(makeDirectory(), 'all');
  await done(place, 'backup', path);
  rmSync(join(path, 'cloud.backup'));
  const into = await newPlace();
  const refused = await latchkey(into, 'restore', path);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('cloud.backup is not there') });
  expect(await stacksWithDatabase(into.main)).toEqual([]);
  expect((await latchkey(place, 'backup', 'verify', path)).code).toBe(1);
});

test('a restore takes away stacks that were made since, and their numbers are not given out again', async () => {
  const place = await furnished();
  const path = join(makeDirectory(), 'all');
  await done(place, 'backup', path);
  const later = await serving(place, (world) => makeStack(world, place.key, 'later'));
  const unmeant = await latchkey(place, 'restore', path);
  expect(unmeant).toMatchObject({ code: 1, stderr: expect.stringContaining('--replace') });
  await serving(place, async (world) => expect(await statusIn(world, later)).toBe(200));

  await done(place, 'restore', path, '--replace', '--yes');
  expect(await stacksWithDatabase(place.main)).not.toContain(later.id);
  await serving(place, async (world) => {
    expect((await world.ask({ bearer: place.key }, 'GET', '/api/instances/later')).status).toBe(404);
    const another = await makeStack(world, place.key, 'another');
    expect(another.id).toBeGreaterThan(later.id);
    expect(await statusIn(world, { ...later, url: another.url })).toBe(401);
  });
});

test('no directory but a backup is replaced', async () => {
  const place = intact;
  const directory = makeDirectory();
  writeFileSync(join(directory, 'precious'), '');
  expect((await latchkey(place, 'backup', directory)).stderr).toContain('--replace');
  const refused = await latchkey(place, 'backup', directory, '--replace');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('no backup of Latchkey') });
  expect(readdirSync(directory)).toEqual(['precious']);

  const path = join(directory, 'all');
  await done(place, 'backup', path);
  await done(place, 'backup', path, '--replace');
  expect(readdirSync(directory).toSorted()).toEqual(['all', 'precious']);
});

test('with its key a backup of all opens every secret in a place that has none; under a wrong one no stack begins anew', async () => {
  const place = intact;
  const path = join(makeDirectory(), 'all');
  await done(place, 'backup', path, '--with-secret-key');
  const into = await newPlace();
  const { GF_SECURITY_SECRET_KEY: _none, ...env } = into.env;
  await done({ ...into, env }, 'restore', path);
  expect(readFileSync(join(into.shared.directory, 'secret-key'), 'utf8')).toBe(KEY);
  const wrong = await newPlace();
  const other = { ...wrong.env, GF_SECURITY_SECRET_KEY: 'another' };
  const lost = await latchkey({ ...wrong, env: other }, 'restore', path);
  expect(lost.code).toBe(6);
  expect(lost.stderr).toContain('under another secret key');
  expect(lost.stderr).toContain('Suspended, as it has no database: one');
  expect(await stacksWithDatabase(wrong.main)).toEqual([]);
});

test('secrets of every stack, deleted ones too, are put under the new key; a broken stack is named and the others are done', async () => {
  const place = await furnished();
  const [one, two, gone] = place.stacks;
  const both = {
    ...place,
    env: { ...place.env, GF_SECURITY_SECRET_KEY: 'new', GF_SECURITY_PREVIOUS_SECRET_KEY: KEY },
  };
  const first = await done(both, 'reencrypt-secrets', '--json');
  expect(JSON.parse(first.stdout)).toEqual({ dataSourceSecrets: 3, ssoSecrets: 0, unreadable: [] });

  const world = await startCloudWorld({ security: { secret_key: 'new' } }, place.shared);
  for (const stack of [one, two]) expect(await statusIn(world, stack)).toBe(200);
  const { url } = await ask(world, place.key, 'POST', `/api/instances/${gone.id}/restore`);
  expect(await statusIn(world, { ...gone, url })).toBe(200);
  await world.stop();

  await breakStack(place, two);
  const back = {
    ...place,
    env: { ...place.env, GF_SECURITY_SECRET_KEY: KEY, GF_SECURITY_PREVIOUS_SECRET_KEY: 'new' },
  };
  const partly = await latchkey(back, 'reencrypt-secrets');
  expect(partly.code).toBe(6);
  expect(partly.stdout).toContain('2 of data sources');
  expect(partly.stderr).toContain(`Stack ${two.id}, two: `);
  expect(partly.stderr).toContain('Keep previous_secret_key');
});

test('without a cloud side a backup is one file, as it was, and no cloud side is made', async () => {
  const place = await newPlace();
  await done(place, 'migrate-db');
  const file = join(makeDirectory(), 'one');
  await done(place, 'backup', file);
  expect(statSync(file).isFile()).toBe(true);
  expect(await databaseExists(place.main, cloudDatabase(place.main))).toBe(false);
});
