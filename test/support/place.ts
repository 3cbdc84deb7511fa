import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from './postgres-server.ts';

/** A kind of database in which a run is begun over and over from the same contents. */
export interface Place {
  name: string;
  /** The environment of a server on an empty database. */
  create(): Promise<Environment>;
  /** The environment of a server on a copy of it. */
  copy(original: Environment): Promise<Environment>;
  remove(copy: Environment): Promise<void>;
  end(): Promise<void>;
}

export type Environment = Record<string, string>;

/** SQLite in directories of its own. */
export function onSqlite(): Place {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-place-'));
  const directory = (): string => mkdtempSync(join(root, 'data-'));
  const dataOf = ({ GF_PATHS_DATA = '' }: Environment): string => GF_PATHS_DATA;
  return {
    name: 'SQLite',
    create: () => Promise.resolve({ GF_PATHS_DATA: directory() }),
    copy(original) {
      const copy = directory();
      cpSync(dataOf(original), copy, { recursive: true });
      return Promise.resolve({ GF_PATHS_DATA: copy });
    },
    remove: (copy) => Promise.resolve(rmSync(dataOf(copy), { recursive: true })),
    end: () => Promise.resolve(rmSync(root, { recursive: true })),
  };
}

/** A PostgreSQL of this run's own, or the one that LATCHKEY_TEST_POSTGRES_URL names. */
export async function onPostgres(): Promise<Place> {
  const given = process.env['LATCHKEY_TEST_POSTGRES_URL'];
  if (given !== undefined) return placeOn(given);
  const own = await startPostgres();
  const place = placeOn(own.url);
  const end = async (): Promise<void> => {
    await place.end();
    await own.stop();
  };
  return { ...place, end };
}

/** A PostgreSQL that is running. */
export function placeOn(server: string): Place {
  const files = onSqlite();
  let count = 0;
  const make = async (template: string): Promise<Environment> => {
    const url = new URL(server);
    url.pathname = `/latchkey_place_${process.pid}_${++count}`;
    await run(`create database ${nameIn(url)} template ${template}`);
    return { ...(await files.create()), GF_DATABASE_URL: url.href };
  };
  async function run(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(statement);
    await client.end();
  }
  const nameIn = (url: URL): string => url.pathname.slice(1);
  const databaseOf = ({ GF_DATABASE_URL = '' }: Environment): string => nameIn(new URL(GF_DATABASE_URL));
  const made: Environment[] = [];
  const keep = (environment: Environment): Environment => {
    made.push(environment);
    return environment;
  };
  const remove = async (copy: Environment): Promise<void> => {
    await run(`drop database if exists ${databaseOf(copy)} with (force)`);
  };
  return {
    name: 'PostgreSQL',
    create: async () => keep(await make('template1')),
    copy: async (original) => keep(await make(databaseOf(original))),
    remove,
    async end() {
      for (const environment of made) await remove(environment);
      await files.end();
    },
  };
}
