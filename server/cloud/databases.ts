import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import { ensureDirectory } from '../db/directory.ts';
import { postgresConnection } from '../db/postgres.ts';

type Database = Config['database'];

// Each stack has a pool; together they must stay below what a PostgreSQL takes.
const CONNECTIONS_OF_STACK = 4;
const NOT_ALLOWED = '42501';
const NAME_IN_URL = /^(postgres(?:ql)?:\/\/[^/?#]*(?:@[^/?#]*)?\/)([^/?#]*)(.*)$/;

/** The cloud side's own database, beside the server's: a file, or a database of the same PostgreSQL. */
export function cloudDatabase(database: Database): Database {
  if (database.type === 'sqlite') return { ...database, path: join(dirname(database.path), 'cloud.db') };
  return renamed(database, 'cloud');
}

/** A stack's own database. */
export function stackDatabase(database: Database, id: number): Database {
  if (database.type === 'sqlite') {
    return { ...database, path: join(dirname(database.path), 'stacks', `${id}.db`) };
  }
  const most = database.max_open_conn === 0 ? CONNECTIONS_OF_STACK : database.max_open_conn;
  return { ...renamed(database, `stack_${id}`), max_open_conn: Math.min(most, CONNECTIONS_OF_STACK) };
}

/** Whether a database is there. */
export async function databaseExists(main: Database, wanted: Database): Promise<boolean> {
  if (wanted.type === 'sqlite') return existsSync(wanted.path);
  return (await ask(main, 'select 1 from pg_database where datname = $1', [nameOf(wanted)])).length > 0;
}

/** The ids of all stacks that have a database, of those too that nothing else tells of. */
export async function stacksWithDatabase(main: Database): Promise<number[]> {
  const names = await namesOfStacks(main);
  return names.flatMap((name) => /(?:^|_stack_)(\d+)$/.exec(name)?.[1] ?? []).map(Number);
}

async function namesOfStacks(main: Database): Promise<string[]> {
  if (main.type === 'postgres') {
    const beginning = `${nameOf(main)}_stack_`;
    const rows = await ask(main, 'select datname from pg_database where starts_with(datname, $1)', [
      beginning,
    ]);
    return rows.map(([name]) => String(name)).filter((name) => /^\d+$/.test(name.slice(beginning.length)));
  }
  const directory = dirname(stackDatabase(main, 0).path);
  const files = existsSync(directory) ? readdirSync(directory) : [];
  return files.flatMap((file) => /^(\d+)\.db$/.exec(file)?.[1] ?? []);
}

/** Makes a database that is not there yet. Throws a ConfigError where the PostgreSQL user may not. */
export async function ensureDatabase(main: Database, wanted: Database): Promise<void> {
  if (wanted.type === 'sqlite') return ensureDirectory(dirname(wanted.path));
  const name = nameOf(wanted);
  await administer(main, async (query) => {
    if (await query('select 1 from pg_database where datname = $1', [name])) return;
    await query(`create database "${name.replaceAll('"', '""')}"`);
  });
}

/** Removes a database for good; that it is gone already is fine. */
export async function removeDatabase(main: Database, unwanted: Database): Promise<void> {
  if (unwanted.type === 'sqlite') {
    for (const end of ['', '-wal', '-shm']) rmSync(unwanted.path + end, { force: true });
    return;
  }
  await administer(main, async (query) => {
    await query(`drop database if exists "${nameOf(unwanted).replaceAll('"', '""')}" with (force)`);
  });
}

type Query = (text: string, values?: unknown[]) => Promise<boolean>;

async function administer<T>(main: Database, work: (query: Query) => Promise<T>): Promise<T> {
  const client = postgresConnection(main);
  await client.connect();
  try {
    return await work(async (text, values) => ((await client.query(text, values)).rowCount ?? 0) > 0);
  } catch (error) {
    if ((error as { code?: string }).code !== NOT_ALLOWED) throw error;
    throw new ConfigError(
      'the PostgreSQL user of [database] may not make databases, and each stack has one of its own: alter role … createdb',
      { cause: error },
    );
  } finally {
    await client.end();
  }
}

async function ask(main: Database, text: string, values: unknown[]): Promise<unknown[][]> {
  const client = postgresConnection(main);
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text, values, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

function renamed(database: Database, end: string): Database {
  const name = `${nameOf(database)}_${end}`;
  if (database.url === '') return { ...database, name };
  return { ...database, url: database.url.replace(NAME_IN_URL, `$1${encodeURIComponent(name)}$3`) };
}

function nameOf(database: Database): string {
  if (database.url === '') return database.name;
  const [, , name = ''] = NAME_IN_URL.exec(database.url) ?? [];
  return decodeURIComponent(name) || database.user;
}
