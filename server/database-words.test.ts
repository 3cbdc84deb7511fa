import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startPostgresPair } from '../test/support/postgres-server.ts';
import { makeDirectory, type Outcome, runCli } from '../test/support/run-cli.ts';
import { newDatabase, startWorld } from './testing/world.ts';

const isPostgres = process.env['LATCHKEY_TEST_DATABASE'] === 'postgres';
const PATIENT = { timeout: 90_000 };

const start = (env: Record<string, string>, args = ['serve']): Promise<Outcome> =>
  runCli(args, { env: { GF_PATHS_DATA: makeDirectory(), GF_DATABASE_WAIT_AT_START: '1s', ...env } });

test('a PostgreSQL that is not there is told by host, port and names, with what to do and without a stack trace', async () => {
  const where = 'PostgreSQL at 127.0.0.1:2 (database keys, user me)';
  const url = 'postgres://me:hush@127.0.0.1:2/keys';
  const { code, stdout, stderr } = await start({ GF_DATABASE_URL: url });
  expect(code).toBe(1);
  expect(stdout).toContain(`waiting for it, 1 s at most. It is ${where}: start it, or check [database]`);
  expect(stderr).toMatch(
    /^latchkey: .* does not answer: connect ECONNREFUSED .*\n {2}Start it, or check \[database\]/,
  );
  expect(stderr).toContain(where);
  expect(stdout + stderr).not.toMatch(/stack|\.[jt]s:\d|hush|please report/);
  const backup = await start({ GF_DATABASE_URL: url }, ['backup', join(makeDirectory(), 'backup')]);
  expect(backup.stderr).toContain(`${where} does not answer`);
});

test('of several that do not take writes each is told, with its reason', async () => {
  const { code, stderr } = await start({
    GF_DATABASE_TYPE: 'postgres',
    GF_DATABASE_HOST: '127.0.0.1:2,127.0.0.1:3',
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^latchkey: no server of \[database\] takes writes: host 127\.0\.0\.1:2: .*ECONNREFUSED.*; host 127\.0\.0\.1:3: .*ECONNREFUSED/,
  );
});

describe.runIf(isPostgres)('on PostgreSQL', () => {
  test('a database that is not there is told by its name, with the statement that makes it', async () => {
    const { url, host, user } = await serverOf('keys-of-nobody');
    const { code, stderr } = await start({ GF_DATABASE_URL: url });
    expect(code).toBe(1);
    expect(stderr).toContain(
      `PostgreSQL at ${host} (database keys-of-nobody, user ${user}) refuses the server: database`,
    );
    expect(stderr).toContain(`CREATE DATABASE "keys-of-nobody" OWNER "${user}"`);
  });

  test('one that takes no writes is said to, and what to name in its place', PATIENT, async () => {
    const pair = await startPostgresPair();
    onTestFinished(() => pair.stop());
    const alone = await start({ GF_DATABASE_URL: pair.standby.url });
    expect([alone.code, alone.stdout]).toEqual([1, '']);
    expect(alone.stderr).toContain(`PostgreSQL at ${new URL(pair.standby.url).host} `);
    expect(alone.stderr).toMatch(
      /^latchkey: .* takes no writes: .*read-only transaction\n {2}It stands by for another/,
    );
    const asked = await start({ GF_DATABASE_URL: `${pair.standby.url}?target_session_attrs=read-write` });
    expect(asked.stderr).toMatch(
      /^latchkey: no server of \[database\] takes writes: host .*: it takes none\n/,
    );
  });

  test('connections are named, unless the url names them otherwise', async () => {
    for (const [added, name] of [
      ['', 'latchkey'],
      ['?application_name=keys-of-mine', 'keys-of-mine'],
    ] as const) {
      const database = await newDatabase({ isUpToDate: true });
      onTestFinished(() => database.remove());
      const { url = '' } = database.settings;
      const world = await startWorld({}, { ...database, settings: { type: 'postgres', url: url + added } });
      onTestFinished(() => world.stop());
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query(
        `select distinct application_name as name from pg_stat_activity
           where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
      );
      await client.end();
      expect(rows).toEqual([{ name }]);
    }
  });
});

/** The PostgreSQL of the tests, with another database in its address. */
async function serverOf(name: string): Promise<{ url: string; host: string; user: string }> {
  const database = await newDatabase();
  onTestFinished(() => database.remove());
  const url = new URL(database.settings['url'] ?? '');
  url.pathname = `/${name}`;
  return { url: url.href, host: url.host, user: url.username };
}
