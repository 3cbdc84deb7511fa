import {
  type Dialect,
  type Kysely,
  type MigrationLockOptions,
  PostgresAdapter,
  PostgresDialect,
  sql,
} from 'kysely';
import pg from 'pg';
import type { Config } from '../config/config.ts';
import {
  asksForWriter,
  parsePostgresHosts,
  parsePostgresUrl,
  type PostgresHost,
} from '../config/postgres-address.ts';
import { troubleOf } from './errors.ts';
import { seekWriter, tookNoWrites, type Writer } from './writer.ts';

const INT8 = 20;
const DEFAULT_CONNECTIONS = 10;
// Also for one of those that are all taken.
const CONNECT_TIMEOUT_MS = 5000;

// Ids and times stay far below 2^53, so a number holds them; pg would give text.
const types = new pg.TypeOverrides();
types.setTypeParser(INT8, Number);

// By the addresses, so that what listens is connected where the pool is.
const writers = new Map<string, Writer>();

/** Kysely's dialect for the configured PostgreSQL. `onIdleError` is told of connections that broke unused; the pool replaces them. */
export function postgresDialect(config: Config['database'], onIdleError: (error: Error) => void): Dialect {
  const writer = writerOf(config);
  const pool = new pg.Pool({
    ...(writer === undefined ? addressesOf(config)[0] : { Client: constructorOf(writer) }),
    max: config.max_open_conn || DEFAULT_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    ...(config.query_timeout === 0 ? {} : { query_timeout: config.query_timeout }),
    types,
  });
  pool.on('error', onIdleError);
  pool.on('connect', (client) => closeWhenStuck(client, writer));
  const dialect = new PostgresDialect({ pool });
  return Object.assign(dialect, { createAdapter: () => new RowLockingAdapter() });
}

// Kysely's own takes an advisory lock, which not all that speaks PostgreSQL's protocol has.
class RowLockingAdapter extends PostgresAdapter {
  /** Until the end of the transaction, in which the steps have to be taken. */
  override async acquireMigrationLock(
    // As Kysely has it.
    // oxlint-disable-next-line typescript/no-explicit-any
    db: Kysely<any>,
    { lockTable, lockRowId }: MigrationLockOptions,
  ): Promise<void> {
    if (!db.isTransaction) throw new Error('the steps of a migration need a transaction');
    await sql`select id from ${sql.table(lockTable)} where id = ${lockRowId} for update`.execute(db);
  }

  override releaseMigrationLock(): Promise<void> {
    return Promise.resolve();
  }
}

/** A connection of its own, not yet open, for what listens: it never waits for one of the pool. */
export function postgresConnection(config: Config['database']): pg.Client {
  const writer = writerOf(config);
  const options = {
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  };
  if (writer === undefined) return new pg.Client({ ...addressesOf(config)[0], ...options });
  // It is closed by whoever hears nothing over it any more.
  return writer.client(options).on('end', writer.doubt);
}

/** What finds the server that takes writes, where several are given or one is asked for. */
function writerOf(config: Config['database']): Writer | undefined {
  const addresses = addressesOf(config);
  if (addresses.length === 1 && !asksForWriter(config.url)) return undefined;
  const key = JSON.stringify(addresses);
  const writer = writers.get(key) ?? seekWriter(addresses);
  writers.set(key, writer);
  return writer;
}

/** The pool makes its connections with `new`. */
function constructorOf({ client }: Writer): new () => pg.Client {
  return function (options: pg.ClientConfig) {
    return client(options);
  } as unknown as new () => pg.Client;
}

/** Which server is asked for what, as the driver reads the settings; several where there are several. */
export function postgresPlaces(
  config: Config['database'],
): { host: string; database: string; user: string }[] {
  return addressesOf(config).map((address) => {
    const { host, port, database = '', user = '' } = new pg.Client(address);
    return { host: host.startsWith('/') ? host : `${host}:${port}`, database, user };
  });
}

function addressesOf(config: Config['database']): pg.ClientConfig[] {
  const each =
    config.url === ''
      ? (parsePostgresHosts(config.host) ?? []).map((host) => parts(host, config))
      : (parsePostgresUrl(config.url) ?? []).map((connectionString) => ({ connectionString }));
  return each.map((address) => ({ ...address, fallback_application_name: 'latchkey' }));
}

/**
 * Has a connection closed on which a query took too long. pg would use it again: what comes next waits behind that query or, within
 * its transaction, becomes part of somebody else's. Likewise one to a server that takes no writes any more: the next may lead to another.
 */
function closeWhenStuck(client: pg.ClientBase, writer: Writer | undefined): void {
  // Without a listener, a connection that breaks between two queries of a transaction ends the process; the next query tells.
  client.on('error', () => {});
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
  const watched = async (...args: unknown[]): Promise<unknown> => {
    try {
      return await query(...args);
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble !== 'away' && trouble !== 'read-only') throw error;
      void (client as pg.Client).end();
      writer?.doubt();
      throw writer !== undefined && trouble === 'read-only' ? tookNoWrites(error) : error;
    }
  };
  client.query = watched as typeof client.query;
}

function parts(
  { host, port }: PostgresHost,
  { name, user, password, ssl_mode }: Config['database'],
): pg.ClientConfig {
  return {
    host,
    ...(port === undefined ? {} : { port }),
    database: name,
    user,
    password,
    ssl: ssl_mode === 'disable' ? false : { rejectUnauthorized: ssl_mode === 'verify-full' },
  };
}
