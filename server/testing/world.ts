import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import pg from 'pg';
import { loadConfig } from '../config/config.ts';
import type { Overrides } from '../config/settings.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { Context } from '../context.ts';
import { migrate } from '../db/migrations/index.ts';
import { openDatabase } from '../db/open.ts';
import type { GuardedRoute } from '../http/request.ts';
import { startServer } from '../server.ts';
import { documentedOnly } from './documented.ts';

export interface Answer {
  status: number;
  headers: Headers;
  // Tests say what they expect of a body by asserting it.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

/** Who asks: a bearer secret, a login with a password, or nobody. */
export type As = { bearer: string } | { basic: string } | undefined;

export interface World {
  url: string;
  context: Context;
  /** The cloud side, where its settings have it run. */
  cloud: Cloud | undefined;
  /** The same as `send`, to any address. */
  sendTo(
    url: string,
    as: As,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Every route and what it asks. */
  routes: readonly GuardedRoute[];
  /** A request as the client sends it. A string body goes out as it is, anything else as JSON. */
  send(
    as: As,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  clock: { now(): number; advance(milliseconds: number): void };
  /** Everything that was logged, line by line. */
  log: string[];
  stop(): Promise<void>;
}

// In the data directory, where no setting says otherwise.
const SQLITE_FILE = 'latchkey.db';
let upToDate: Promise<Buffer> | undefined;

/** The first administrator. */
export const ADMIN: As = { basic: 'admin:admin' };

/**
 * A real server with a new database of the kind that the test run is on, listening on a free port of this machine; or beside others on
 * the database that is given, which then stays.
 */
export async function startWorld(overrides: Overrides = {}, shared?: TestDatabase): Promise<World> {
  const database = shared ?? (await newDatabase({ isUpToDate: true }));
  const { config } = loadConfig({
    home: database.directory,
    env: {},
    overrides: {
      ...overrides,
      paths: { ...overrides['paths'], data: database.directory },
      server: { http_port: 0, ...overrides['server'] },
      database: { ...overrides['database'], ...database.settings },
      security: { secret_key: 'a key for tests', ...overrides['security'] },
    },
  });
  let ahead = 0;
  const now = (): number => Date.now() + ahead;
  const log: string[] = [];
  const console = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      log.push(line);
      done();
    },
  });
  const server = await startServer(config, { now, console, complaints: console });
  const expectDocumented = documentedOnly(server.app.routes);

  return {
    url: server.url,
    context: server.context,
    cloud: server.cloud,
    sendTo: (url, as, method, path, body, headers) => send(url + path, as, method, body, headers),
    routes: server.app.routes,
    clock: { now, advance: (milliseconds) => void (ahead += milliseconds) },
    log,
    async send(as, method, path, body, headers) {
      const answer = await send(server.url + path, as, method, body, headers);
      expectDocumented(method, path, answer.status);
      return answer;
    },
    async stop() {
      await server.stop();
      if (shared === undefined) await database.remove();
    },
  };
}

async function send(
  url: string,
  as: As,
  method: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...authorization(as),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && text !== '' ? JSON.parse(text) : text,
  };
}

function authorization(as: As): Record<string, string> {
  if (as === undefined) return {};
  if ('bearer' in as) return { authorization: `Bearer ${as.bearer}` };
  return { authorization: `Basic ${Buffer.from(as.basic).toString('base64')}` };
}

export interface TestDatabase {
  directory: string;
  settings: Record<string, string>;
  remove(): Promise<void>;
}

/**
 * A new database of the kind that the test run is on, with a directory for what belongs to it: empty, or with all tables, which is
 * a copy and so takes a tenth of the work.
 */
export async function newDatabase({ isUpToDate = false } = {}): Promise<TestDatabase> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
  const removeDirectory = (): void => rmSync(directory, { recursive: true, force: true });
  if (process.env['LATCHKEY_TEST_DATABASE'] !== 'postgres') {
    if (isUpToDate)
      writeFileSync(join(directory, SQLITE_FILE), await (upToDate ??= upToDateFile()), { mode: 0o600 });
    return { directory, settings: { type: 'sqlite' }, remove: () => Promise.resolve(removeDirectory()) };
  }
  const server = process.env['LATCHKEY_TEST_POSTGRES_URL'];
  if (server === undefined) throw new Error('LATCHKEY_TEST_POSTGRES_URL names no PostgreSQL server');
  const template = (isUpToDate && process.env['LATCHKEY_TEST_POSTGRES_TEMPLATE']) || 'template1';
  const name = `latchkey_${process.pid}_${Math.random().toString(36).slice(2)}`;
  await administer(server, `create database ${name} template ${template}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    directory,
    settings: { type: 'postgres', url: url.href },
    async remove() {
      await administer(server, `drop database ${name} with (force)`);
      removeDirectory();
    },
  };
}

async function upToDateFile(): Promise<Buffer> {
  const { directory, settings, remove } = await newDatabase();
  await bringUpToDate(directory, settings);
  const file = readFileSync(join(directory, SQLITE_FILE));
  await remove();
  return file;
}

/** Gives a database all tables, and nothing in them. */
export async function bringUpToDate(directory: string, settings: Record<string, string>): Promise<void> {
  const overrides = { paths: { data: directory }, database: settings };
  const { config } = loadConfig({ home: directory, env: {}, overrides });
  const db = openDatabase(config, (error) => {
    throw error;
  });
  await migrate(db, config.database.type);
  await db.destroy();
}

/** Runs one statement on a PostgreSQL. */
export async function administer(server: string, statement: string): Promise<void> {
  await administering(server, (client) => client.query(statement));
}

/** Does work on a PostgreSQL over one connection. */
export async function administering<T>(server: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
