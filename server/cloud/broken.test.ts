import {
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import pg from 'pg';
import { type CloudWorld, startCloudWorld } from '../testing/cloud.ts';
import { ADMIN, type Answer, type As } from '../testing/world.ts';

interface Made {
  id: number;
  slug: string;
  url: string;
  /** An Admin of it. */
  as: As;
}

let world: CloudWorld;
let broken: Made;
let whole: Made;
afterEach(() => world.stop());

async function start(overrides: Parameters<typeof startCloudWorld>[0] = {}): Promise<void> {
  world = await startCloudWorld(overrides);
  [broken, whole] = [await make('broken'), await make('whole')];
}

async function make(slug: string): Promise<Made> {
  const { body } = await world.ask(world.admin, 'POST', '/api/instances', { name: slug, slug });
  const key = await world.ask(world.admin, 'POST', `/api/instances/${slug}/api/auth/keys`, {
    name: 'key',
    role: 'Admin',
  });
  return { id: body.id, slug, url: body.url, as: { bearer: key.body.key } };
}

const askStack = ({ url, as }: Made, method = 'GET', path = '/api/org', body?: unknown): Promise<Answer> =>
  world.sendTo(url, as, method, path, body);

/** A change in a stack, which its memory cannot answer. */
const changeStack = (stack: Made): Promise<Answer> =>
  askStack(stack, 'POST', '/api/folders', { title: `folder ${Math.random()}` });

async function expectOthersWork(): Promise<void> {
  expect((await changeStack(whole)).status).toBe(200);
  expect((await world.send(ADMIN, 'GET', '/api/org')).status).toBe(200);
  expect((await world.ask(world.admin, 'GET', '/api/instances')).body.items).toHaveLength(2);
  const inside = await world.ask(world.admin, 'GET', '/api/instances/whole/api/auth/keys');
  expect(inside.status).toBe(200);
}

/** Of the stack that is broken, by everybody's way to it; `word` is what says what is to be done. */
async function expectAway(word: string): Promise<void> {
  const answer = await askStack(broken);
  expect([answer.status, answer.body.message]).toEqual([503, 'The stack cannot be used']);
  expect(answer.body.detail).toContain(word);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  const inside = await world.ask(world.admin, 'GET', '/api/instances/broken/api/auth/keys');
  expect([inside.status, inside.body.detail]).toEqual([503, answer.body.detail]);
  const ready = await world.ask(world.admin, 'GET', '/api/v1/stacks/broken/readiness');
  expect(ready.status).toBe(503);
  await expectOthersWork();
  const said = world.log.filter((line) => line.includes('the stack cannot be opened'));
  expect(said.length).toBeGreaterThan(0);
  expect(said.every((line) => line.includes('"stack":"broken"') || line.includes('stack=broken'))).toBe(true);
}

/** It works again, without a restart, with what it had. */
async function expectMended(): Promise<void> {
  world.clock.advance(1000);
  await expect.poll(async () => (await changeStack(broken)).status).toBe(200);
  await expectOthersWork();
}

describe.runIf(process.env['LATCHKEY_TEST_DATABASE'] !== 'postgres')('of stacks that are files', () => {
  let file: string;
  beforeEach(async () => {
    await start();
    file = join(world.context.config.database.path, '..', 'stacks', `${broken.id}.db`);
  });
  const close = (): Promise<void> => world.cloud.stacks.close(broken.id);

  const DAMAGES: [string, string, () => void][] = [
    ['whose header is overwritten', 'backup', () => overwrite(0, 100)],
    ['whose pages are overwritten', 'backup', () => overwrite(8192, statSync(file).size)],
    ['that is cut short', 'backup', () => truncateSync(file, 20_000)],
    ['that is empty', 'bring it back', () => truncateSync(file, 0)],
    ['that is gone', 'bring it back', () => rmSync(file)],
    ['in whose place is a directory', 'restart', () => (rmSync(file), mkdirSync(file))],
  ];
  test.each(DAMAGES)(
    'one %s is told so, others go on, and a backup in its place is used',
    async (_what, word, damage) => {
      await close();
      const backup = readFileSync(file);
      damage();
      await expectAway(word);
      rmSync(file, { recursive: true, force: true });
      writeFileSync(file, backup, { mode: 0o600 });
      await expectMended();
    },
  );

  test('one whose pages are overwritten while it is open goes on as damaged, and a backup in its place is used', async () => {
    await close();
    const backup = readFileSync(file);
    expect((await askStack(broken)).status).toBe(200);
    // A change by another program has SQLite read anew what it had in memory.
    const other = new DatabaseSync(file);
    other.exec('pragma user_version = 1');
    overwrite(4096, statSync(file).size);
    other.close();
    // What it remembers it may answer; whoever needs its database is told.
    let answer: Answer | undefined;
    await expect.poll(async () => (answer = await changeStack(broken)).status).toBe(503);
    expect(answer?.body.detail).toContain('a backup in its place');
    expect(answer?.body.detail).not.toContain('Stop the server');
    await expectOthersWork();
    await expectAway('backup');
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    writeFileSync(file, backup, { mode: 0o600 });
    await expectMended();
  });

  test('one whose file is replaced while it is open is opened anew', async () => {
    await close();
    const backup = readFileSync(file);
    const { body: folder } = await changeStack(broken);
    expect((await askStack(broken, 'GET', `/api/folders/${folder.uid}`)).status).toBe(200);
    writeFileSync(`${file}.new`, backup, { mode: 0o600 });
    for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true });
    renameSync(`${file}.new`, file);
    await world.cloud.tidy();
    expect((await askStack(broken, 'GET', `/api/folders/${folder.uid}`)).status).toBe(404);
    expect((await changeStack(broken)).status).toBe(200);
  });

  test('one that another program has locked waits by itself, and answers once it is let go', async () => {
    await close();
    const other = new DatabaseSync(file);
    onTestFinished(() => void (other.isOpen && other.close()));
    other.exec('pragma locking_mode = exclusive; begin exclusive');
    const waiting = askStack(broken);
    await expectOthersWork();
    other.exec('commit');
    other.close();
    expect((await waiting).status).toBe(200);
    await expectMended();
  });

  function overwrite(from: number, to: number): void {
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(to - from, 0xa5), 0, to - from, from);
    closeSync(handle);
  }
});

describe.runIf(process.env['LATCHKEY_TEST_DATABASE'] === 'postgres')('of stacks on PostgreSQL', () => {
  let name: string;
  let admin: pg.Client;
  beforeEach(async () => {
    await start({ database: { query_timeout: '1s' } });
    const { url } = world.context.config.database;
    name = `${new URL(url).pathname.slice(1)}_stack_${broken.id}`;
    admin = await connect(process.env['LATCHKEY_TEST_POSTGRES_URL'] ?? '');
  });
  const close = (): Promise<void> => world.cloud.stacks.close(broken.id);

  async function connect(url: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    // What is left of it when the test ends is ended with its database.
    client.on('error', () => {});
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  }

  function connectToBroken(): Promise<pg.Client> {
    const url = new URL(world.context.config.database.url);
    url.pathname = `/${name}`;
    return connect(url.href);
  }

  const endConnections = async (): Promise<void> =>
    void (await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      name,
    ]));

  async function takeAway(): Promise<void> {
    // A name may not be changed while somebody is connected.
    await admin.query(`alter database ${name} with allow_connections false`);
    await endConnections();
    await admin.query(`alter database ${name} rename to ${name}_away`);
    onTestFinished(async () => void (await admin.query(`drop database if exists ${name}_away with (force)`)));
  }

  async function bringBack(): Promise<void> {
    await admin.query(`alter database ${name}_away rename to ${name}`);
    await admin.query(`alter database ${name} with allow_connections true`);
  }

  test('one whose database is gone is told so, others go on, and it is used once it is back', async () => {
    await close();
    await takeAway();
    await expectAway('bring it back');
    await bringBack();
    await expectMended();
  });

  test('one whose database goes away while it is open is told so, others go on, and it is used once it is back', async () => {
    await takeAway();
    await expect.poll(async () => (await changeStack(broken)).status).toBe(503);
    await expectOthersWork();
    await bringBack();
    await expectMended();
  });

  test('one whose database lets nobody in is told so, others go on, and it is used once it does', async () => {
    await close();
    await admin.query(`alter database ${name} with allow_connections false`);
    await expectAway('restart');
    await admin.query(`alter database ${name} with allow_connections true`);
    await expectMended();
  });

  test('one that hangs as it is opened holds up nobody else, and answers once it can', async () => {
    await close();
    const other = await connectToBroken();
    await other.query('begin; lock table kysely_migration in access exclusive mode');
    const waiting = askStack(broken);
    await expectOthersWork();
    expect((await waiting).status).toBe(503);
    await expectAway('does not answer');
    await other.query('commit');
    await expectMended();
  });

  test('one whose queries take endlessly holds up nobody else, and answers once they end', async () => {
    const other = await connectToBroken();
    await other.query('begin; lock table dashboard, dashboard_version, identity in access exclusive mode');
    const waiting = Array.from({ length: 30 }, () => changeStack(broken));
    for (let round = 0; round < 5; round++) await expectOthersWork();
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(503);
    await expectOthersWork();
    await other.query('commit');
    await expectMended();
  });
});
