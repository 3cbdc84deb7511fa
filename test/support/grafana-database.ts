import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { type ColumnType, type Shape, tablesOf } from './grafana-shapes.ts';

export type Engine = 'sqlite' | 'postgres' | 'mysql';
type Value = string | number | boolean | null | Uint8Array;

/** A database like one of Grafana's, to import from. */
export interface GrafanaDatabase {
  shape: Shape;
  /** What stands after --from. */
  from: string;
  /** Adds rows; what they leave out is null, or empty. */
  insert(table: string, ...rows: Record<string, Value>[]): Promise<void>;
  run(statement: string): Promise<void>;
  remove(): Promise<void>;
}

const TYPES: Record<Engine, Record<ColumnType, string>> = {
  sqlite: {
    id: 'integer primary key autoincrement not null',
    number: 'integer',
    text: 'text',
    flag: 'integer',
    time: 'datetime',
    bytes: 'blob',
  },
  postgres: {
    id: 'bigserial primary key',
    number: 'bigint',
    text: 'text',
    flag: 'boolean',
    time: 'timestamp',
    bytes: 'bytea',
  },
  mysql: {
    id: 'bigint auto_increment primary key',
    number: 'bigint',
    text: 'mediumtext character set utf8mb4',
    flag: 'tinyint(1)',
    time: 'datetime',
    bytes: 'blob',
  },
};

const EMPTY: Partial<Record<ColumnType, Value>> = { flag: false, time: '2023-01-02 03:04:05' };
const NULLABLE = new Set(['deleted', 'last_seen_at', 'last_used_at']);

/** An empty database of a shape, on one of the three kinds of servers that Grafana uses. */
export async function makeGrafana(engine: Engine, shape: Shape): Promise<GrafanaDatabase> {
  const server = await open(engine);
  const quote = (name: string): string => (engine === 'mysql' ? `\`${name}\`` : `"${name}"`);
  const tables = tablesOf(shape);
  for (const [table, columns] of Object.entries(tables)) {
    const list = Object.entries(columns).map(([name, type]) => `${quote(name)} ${TYPES[engine][type]}`);
    await server.run(`create table ${quote(table)} (${list.join(', ')})`, []);
  }

  return {
    shape,
    from: server.from,
    async insert(table, ...rows) {
      const columns = tables[table];
      if (columns === undefined) throw new Error(`Grafana ${shape} has no table ${table}`);
      for (const row of rows) {
        const names = Object.keys(columns).filter((name) => name in row || columns[name] !== 'id');
        const values = names.map((name) => {
          const value =
            row[name] ??
            (NULLABLE.has(name) || name in row ? null : (EMPTY[columns[name] ?? 'text'] ?? null));
          return typeof value === 'boolean' && engine !== 'postgres' ? Number(value) : value;
        });
        const places = names.map((_, at) => (engine === 'postgres' ? `$${at + 1}` : '?'));
        const text = `insert into ${quote(table)} (${names.map(quote).join(', ')}) values (${places.join(', ')})`;
        await server.run(text, values);
      }
    },
    run: (statement) => server.run(statement, []),
    remove: () => server.remove(),
  };
}

interface Server {
  from: string;
  run(text: string, values: readonly Value[]): Promise<void>;
  remove(): Promise<void>;
}

function open(engine: Engine): Server | Promise<Server> {
  if (engine === 'sqlite') return openSqlite();
  return engine === 'postgres' ? openPostgres() : openMysql();
}

function openSqlite(): Server {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-grafana-'));
  const from = join(directory, 'grafana.db');
  const database = new DatabaseSync(from);
  // It is thrown away afterwards.
  database.exec('pragma synchronous = off');
  return {
    from,
    run(text, values) {
      database.prepare(text).run(...(values as SQLInputValue[]));
      return Promise.resolve();
    },
    remove() {
      database.close();
      rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

async function openPostgres(): Promise<Server> {
  const address = process.env['LATCHKEY_TEST_POSTGRES_URL'];
  if (address === undefined) throw new Error('LATCHKEY_TEST_POSTGRES_URL names no PostgreSQL server');
  const name = newName();
  const admin = new pg.Client({ connectionString: address });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const url = new URL(address);
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  return {
    from: url.href,
    async run(text, values) {
      await client.query(
        text,
        values.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value)),
      );
    },
    async remove() {
      await client.end();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

async function openMysql(): Promise<Server> {
  const address = process.env['LATCHKEY_TEST_MYSQL_URL'];
  if (address === undefined) throw new Error('LATCHKEY_TEST_MYSQL_URL names no MySQL server');
  const name = newName();
  const admin = await createConnection({ uri: address });
  await admin.query(`create database ${name} character set utf8mb4`);
  const url = new URL(address);
  url.pathname = `/${name}`;
  const client = await createConnection({ uri: url.href });
  return {
    from: url.href,
    async run(text, values) {
      await client.query(
        text,
        values.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value)),
      );
    },
    async remove() {
      await client.end();
      await admin.query(`drop database ${name}`);
      await admin.end();
    },
  };
}

function newName(): string {
  return `grafana_${process.pid}_${Math.random().toString(36).slice(2)}`;
}
