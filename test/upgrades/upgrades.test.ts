import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { readArchive } from '../../server/backup/archive.ts';
import { fillFrom } from '../../server/backup/restore.ts';
import { loadConfig } from '../../server/config/config.ts';
import { migrate, stepsOf } from '../../server/db/migrations/index.ts';
import { openDatabase } from '../../server/db/open.ts';
import type { Schema } from '../../server/db/schema.ts';
import { newDatabase } from '../../server/testing/world.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { serve } from '../support/serving.ts';
import type { Credentials } from './fill.ts';
import { digestOf, digestsTaken, FIXTURES, SECRET_KEY } from './fixtures.ts';

type Environment = Record<string, string>;
type Rows = Record<string, Record<string, unknown>[]>;

const MANY = 60_000;
const fixtures = readdirSync(FIXTURES).flatMap((file) => (file.endsWith('.backup') ? [file] : []));

async function emptyDatabase(): Promise<{
  env: Environment;
  db: Kysely<Schema>;
  type: 'sqlite' | 'postgres';
}> {
  const { directory, settings, remove } = await newDatabase();
  onTestFinished(remove);
  const url = settings['url'];
  const env = {
    GF_PATHS_DATA: directory,
    GF_SECURITY_SECRET_KEY: SECRET_KEY,
    ...(url === undefined ? {} : { GF_DATABASE_URL: url }),
  };
  const { config } = loadConfig({ home: directory, env });
  const db = openDatabase(config, () => {});
  onTestFinished(() => db.destroy());
  return { env, db, type: config.database.type };
}

/** A database as the version of a fixture left it. */
async function asItWas(fixture: string) {
  const place = await emptyDatabase();
  const file = join(FIXTURES, fixture);
  const contents = await readArchive(file);
  await place.db.transaction().execute((db) => fillFrom(file, contents, db, place.type));
  return place;
}

/** The command that brings it up to date, whatever else is configured on this machine. */
function upgrading(env: Environment): string[] {
  const noSettings = join(env['GF_PATHS_DATA'] ?? '', 'empty.ini');
  writeFileSync(noSettings, '');
  return ['migrate-db', '--config', noSettings];
}

async function rowsIn(db: Kysely<Schema>): Promise<Rows> {
  const rows: Rows = {};
  for (const { name } of await db.introspection.getTables())
    rows[name] = (await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db)).rows;
  return rows;
}

/** Rows as far as they have those columns, in an order that does not depend on the database. */
function sorted(rows: readonly Record<string, unknown>[], columns: string[]): string[] {
  return rows.map((row) => JSON.stringify(row, columns)).toSorted();
}

/** What the database says of its tables, columns, indexes and rules, in an order of its own. */
async function schemaOf(db: Kysely<Schema>, type: 'sqlite' | 'postgres'): Promise<unknown[]> {
  const query =
    type === 'sqlite'
      ? sql`select type, name, tbl_name, sql from sqlite_master order by type, name`
      : sql`select * from (
          select 'column' as kind, table_name || '.' || column_name as name, concat_ws(' ', ordinal_position, data_type,
            collation_name, is_nullable, column_default, is_identity, identity_generation) as said
            from information_schema.columns where table_schema = current_schema()
          union all select 'index', indexname, indexdef from pg_indexes where schemaname = current_schema()
          union all select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) from pg_constraint
            where connamespace = current_schema()::regnamespace
        ) as schema order by kind, name`;
  return (await query.execute(db)).rows;
}

test.each(fixtures)(
  'a database of %s is brought up to date with every row and credential',
  async (fixture) => {
    const { env, db, type } = await asItWas(fixture);
    const before = await rowsIn(db);
    expect(Object.values(before).flat().length).toBeGreaterThan(50);
    const upgraded = await runCli(upgrading(env), { env });
    expect(upgraded.code, upgraded.stderr).toBe(0);

    const after = await rowsIn(db);
    for (const [table, rows] of Object.entries(before)) {
      if (table.startsWith('kysely_')) continue;
      const columns = Object.keys(rows[0] ?? {});
      expect(sorted(after[table] ?? [], columns), table).toEqual(sorted(rows, columns));
    }
    const fresh = await emptyDatabase();
    await migrate(fresh.db, type);
    expect(await schemaOf(db, type)).toEqual(await schemaOf(fresh.db, type));

    const server = await serve(env);
    onTestFinished(() => server.kill());
    const path = join(FIXTURES, fixture.replace('.backup', '.json'));
    const { token, key, movedKey, person } = JSON.parse(readFileSync(path, 'utf8')) as Credentials;
    const basic = `Basic ${btoa(`${person.login}:${person.password}`)}`;
    for (const [authorization, expected] of [
      [`Bearer ${token}`, { kind: 'service-account', name: 'account', orgRole: 'Editor' }],
      [`Bearer ${key}`, { kind: 'api-key', name: 'key', orgRole: 'Viewer' }],
      [`Bearer ${movedKey}`, { kind: 'service-account', orgRole: 'Admin' }],
      [basic, { kind: 'user', login: 'ann', name: 'Ann Ünicode' }],
      [`Basic ${btoa('admin:admin')}`, { kind: 'user', isGrafanaAdmin: true }],
    ] as const) {
      const answer = await fetch(`${server.url}/api/user`, { headers: { authorization } });
      expect(await answer.json()).toMatchObject(expected);
    }
    const board = await fetch(`${server.url}/api/dashboards/uid/board`, {
      headers: { authorization: basic },
    });
    expect(await board.json()).toMatchObject({
      dashboard: { title: 'Bréad "board"', refresh: '5s', version: 2 },
    });
  },
);

test('there is a fixture of the schema before the newest step, at least', async () => {
  const { db, type } = await emptyDatabase();
  const steps = await migrate(db, type);
  const kept = await Promise.all(fixtures.map((fixture) => readArchive(join(FIXTURES, fixture))));
  const isKept = kept.some((contents) => steps.slice(0, -1).every((step) => contents.steps.includes(step)));
  expect(isKept, 'check out the version before the newest step and run "npm run fixture" there').toBe(true);
});

test('a step that a fixture has taken is never changed', () => {
  const taken = digestsTaken();
  expect(Object.keys(taken).length).toBeGreaterThan(10);
  for (const [step, sha256] of Object.entries(taken)) expect(digestOf(step), step).toBe(sha256);
});

test(
  'an upgrade that is killed in the middle leaves the old version whole, and the next one ends it',
  { timeout: 120_000 },
  async () => {
    const { env, db, type } = await asItWas('9-steps-to-0009-key-callers.backup');
    // So much that the last steps take a while.
    const columns = sql.raw(
      'at, org_id, actor, actor_id, credential, credential_id, address, request_id, action, object_kind, object_id, object_name, change',
    );
    await sql`with recursive n (i) as (select 1 union all select i + 1 from n where i < ${sql.lit(MANY)})
    insert into audit (${columns}) select ${columns} from n, (select * from audit order by id limit 1) a`.execute(
      db,
    );
    // What it has written so far is then all of the upgrade.
    if (type === 'sqlite') await sql`pragma wal_checkpoint(truncate)`.execute(db);
    const [steps, schema, rows] = [await stepsOf(db), await schemaOf(db, type), await rowsIn(db)];
    let killed = 0;
    for (let attempt = 0; attempt < 5; attempt++) {
      const child = startCli(upgrading(env), env);
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      while (child.exitCode === null && !(await isUnderWay(env, db, type))) await sleep(1);
      child.kill('SIGKILL');
      if ((await ended) !== null) break;
      killed++;
      expect(await stepsOf(db)).toEqual(steps);
      expect(await schemaOf(db, type)).toEqual(schema);
    }
    expect(killed).toBeGreaterThan(0);
    expect((await rowsIn(db))['audit']).toHaveLength(rows['audit']?.length ?? 0);
    expect((await runCli(upgrading(env), { env })).code).toBe(0);
    expect((await rowsIn(db))['audit']).toHaveLength(rows['audit']?.length ?? 0);
  },
);

/** Whether another process is changing what the last steps change. */
async function isUnderWay(
  env: Environment,
  db: Kysely<Schema>,
  type: 'sqlite' | 'postgres',
): Promise<boolean> {
  if (type === 'sqlite') return statSync(join(env['GF_PATHS_DATA'] ?? '', 'latchkey.db-wal')).size > 0;
  const { rows } =
    await sql`select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
    and state <> 'idle' and query ilike '%audit%'`.execute(db);
  return rows.length > 0;
}
