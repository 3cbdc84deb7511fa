import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { fillGrafana, OLD_SECRET_KEY } from '../../../test/support/grafana-content.ts';
import { type GrafanaDatabase, makeGrafana } from '../../../test/support/grafana-database.ts';
import { grafanaHashOf } from '../../../test/support/grafana-secrets.ts';
import { importInto } from '../../../test/support/import-grafana.ts';
import { makeDirectory } from '../../../test/support/run-cli.ts';
import type { Source } from '../../sources/source.ts';
import { startWorld, type World } from '../../testing/world.ts';

const KEYS = 500;
const DASHBOARDS = 120;
const TIMES = 12;

/** A source whose connection breaks after so many queries. */
function breaking(after: number): (source: Source) => Source {
  let left = after;
  const counted = <A extends unknown[], R>(query: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> => (left-- > 0 ? query(...args) : Promise.reject(new Error('it broke')));
  };
  return (source) => ({
    ...source,
    count: counted(source.count),
    greatest: counted(source.greatest),
    page: counted(source.page),
    rowsWith: counted(source.rowsWith),
  });
}

/** How many queries a whole import takes. */
async function queriesOf(world: World, grafana: GrafanaDatabase): Promise<number> {
  let queries = 0;
  const counting = (source: Source): Source => {
    const counted = <A extends unknown[], R>(query: (...args: A) => Promise<R>) => {
      return (...args: A): Promise<R> => {
        queries++;
        return query(...args);
      };
    };
    return {
      ...source,
      page: counted(source.page),
      rowsWith: counted(source.rowsWith),
      count: counted(source.count),
      greatest: counted(source.greatest),
    };
  };
  await importInto(world, grafana.from, { oldSecretKey: OLD_SECRET_KEY, through: counting });
  return queries;
}

/** A Grafana of several batches of some kinds. */
async function makeMuch(): Promise<GrafanaDatabase> {
  const grafana = await makeGrafana('sqlite', '9.4');
  await fillGrafana(grafana);
  const hash = grafanaHashOf('any', 'any').slice(0, 92);
  await grafana.insert(
    'api_key',
    ...Array.from({ length: KEYS }, (_, at) => ({
      id: 100 + at,
      org_id: 1 + (at % 2),
      // A tenth have a name that others have.
      name: at % 10 === 0 ? 'collides' : `key ${at}`,
      key: hash + String(10_000_000 + at),
      role: 'Viewer',
    })),
  );
  await grafana.insert(
    'dashboard',
    ...Array.from({ length: DASHBOARDS }, (_, at) => ({
      id: 100 + at,
      uid: `many-${at}`,
      title: `Many ${at}`,
      org_id: 1 + (at % 2),
      version: 1,
      data: `{"title":"Many ${at}","tags":["t"]}`,
    })),
  );
  return grafana;
}

/** All that was brought, but for what is drawn at random or depends on the hour. */
async function content({ context: { db } }: World): Promise<unknown> {
  const credentials = await db
    .selectFrom('credential')
    .select(['id', 'org_id', 'name', 'secret_hash', 'role'])
    .orderBy('id')
    .execute();
  return {
    orgs: await db.selectFrom('org').select(['id', 'name']).orderBy('id').execute(),
    users: await db.selectFrom('user').select(['id', 'login', 'password_hash']).orderBy('id').execute(),
    members: await db
      .selectFrom('org_member')
      .select(['org_id', 'user_id', 'role'])
      .orderBy('org_id')
      .orderBy('user_id')
      .execute(),
    accounts: await db.selectFrom('service_account').select(['id', 'login', 'role']).orderBy('id').execute(),
    // Which of those with one name gets which number depends on where it went on.
    credentials: credentials.map((row) => ({ ...row, name: row.name.replace(/^collides-\d+$/, 'collides') })),
    dashboards: await db
      .selectFrom('dashboard')
      .select(['id', 'org_id', 'uid', 'parent_uid', 'title'])
      .orderBy('id')
      .execute(),
    versions: await db
      .selectFrom('dashboard_version')
      .select(['dashboard_id', 'version', 'data'])
      .orderBy('dashboard_id')
      .orderBy('version')
      .execute(),
    tags: await db.selectFrom('dashboard_tag').selectAll().orderBy('dashboard_id').orderBy('term').execute(),
    stars: await db.selectFrom('star').selectAll().execute(),
    permissions: await db
      .selectFrom('object_permission')
      .select(['org_id', 'kind', 'object_id', 'subject', 'level'])
      .orderBy('kind')
      .orderBy('object_id')
      .orderBy('subject')
      .orderBy('org_id')
      .execute(),
    sources: await db.selectFrom('data_source').select(['id', 'uid', 'name']).orderBy('id').execute(),
    ledger: await db.selectFrom('grafana_import').selectAll().orderBy('kind').orderBy('row_id').execute(),
  };
}

test(`stopped at any of ${TIMES} moments, an import is finished by the next one, and comes to the same`, async () => {
  const grafana = await makeMuch();
  onTestFinished(() => grafana.remove());
  const whole = await startWorld();
  const queries = await queriesOf(whole, grafana);
  const expected = await content(whole);
  await whole.stop();
  for (let time = 0; time < TIMES; time++) {
    const world = await startWorld();
    // One in each part of it, so that all of it is tried.
    const after = Math.floor(((time + Math.random()) * queries) / TIMES);
    const wishes = { oldSecretKey: OLD_SECRET_KEY, through: breaking(after) };
    await expect(importInto(world, grafana.from, wishes)).rejects.toThrow('it broke');
    const next = await importInto(world, grafana.from, { oldSecretKey: OLD_SECRET_KEY });
    expect(await content(world), `stopped after ${after} of ${queries} queries`).toEqual(expected);
    for (const { kind, found, brought, alreadyThere, skipped } of next.kinds) {
      expect([kind, brought + alreadyThere, skipped]).toEqual([kind, found, 0]);
    }
    await world.stop();
  }
}, 120_000);

test('two imports at the same time double nothing', async () => {
  const grafana = await makeMuch();
  onTestFinished(() => grafana.remove());
  const world = await startWorld();
  onTestFinished(() => world.stop());
  const ended = await Promise.allSettled([importInto(world, grafana.from), importInto(world, grafana.from)]);
  // One may give up where the other was first; it can be run again.
  expect(ended.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
  await importInto(world, grafana.from);
  const { db } = world.context;
  const { keys } = await db
    .selectFrom('credential')
    .select(({ fn }) => fn.countAll<number>().as('keys'))
    .executeTakeFirstOrThrow();
  expect(keys).toBe(KEYS + 5);
  const { pages } = await db
    .selectFrom('dashboard')
    .select(({ fn }) => fn.countAll<number>().as('pages'))
    .executeTakeFirstOrThrow();
  expect(pages).toBe(DASHBOARDS + 4);
});

test('what is no whole database of Grafana is refused before anything has changed', async () => {
  const world = await startWorld();
  onTestFinished(() => world.stop());
  const grafana = await makeMuch();
  onTestFinished(() => grafana.remove());
  const directory = makeDirectory();
  const path = (name: string): string => join(directory, name);
  writeFileSync(
    path('text.db'),
    'this is no database, and long enough to be looked at as if it were one'.repeat(20),
  );
  writeFileSync(path('empty.db'), '');
  new DatabaseSync(path('other.db')).exec('create table org (id integer primary key, name text)');
  await grafana.run(`vacuum into '${path('cut.db')}'`);
  truncateSync(path('cut.db'), 30_000);
  await grafana.run(`vacuum into '${path('locked.db')}'`);
  const locking = new DatabaseSync(path('locked.db'));
  onTestFinished(() => locking.close());
  locking.exec('begin exclusive');
  await grafana.run(`vacuum into '${path('saltless.db')}'`);
  new DatabaseSync(path('saltless.db')).exec("update user set salt = '', rands = null");

  const before = await content(world);
  for (const [from, why] of [
    [path('text.db'), 'is no SQLite database'],
    [path('empty.db'), 'the table org is missing'],
    [path('other.db'), 'the table user is missing'],
    [path('cut.db'), 'is damaged or was cut off'],
    [path('locked.db'), 'is locked by another program'],
    [path('saltless.db'), 'has nothing that tells it from another Grafana'],
    [path('none.db'), 'there is no file'],
    [directory, 'is no file'],
    ['oracle://host/grafana', 'there is no reading from oracle'],
    ['postgres://me:hush@127.0.0.1:2/none', 'cannot be read'],
    ['mysql://me:hush@127.0.0.1:2/none', 'cannot be read'],
  ] as const) {
    const failed: unknown = await importInto(world, from).catch((error: unknown) => error);
    expect((failed as Error).message).toContain(why);
    expect((failed as Error).message).not.toContain('hush');
  }
  await expect(importInto(world, grafana.from, { oldSecretKey: 'another' })).rejects.toThrow(
    'the old secret key does not open the secrets',
  );
  expect(await content(world)).toEqual(before);
});
