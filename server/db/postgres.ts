import { type Dialect, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Config } from '../config/config.ts';
import { troubleOf } from './errors.ts';

const INT8 = 20;
const DEFAULT_CONNECTIONS = 10;
// Also for one of those that are all taken.
const CONNECT_TIMEOUT_MS = 5000;

// Ids and times stay far below 2^53, so a number holds them; pg would give text.
const types = new pg.TypeOverrides();
types.setTypeParser(INT8, Number);

/** Kysely's dialect for the configured PostgreSQL. `onIdleError` is told of connections that broke unused; the pool replaces them. */
export function postgresDialect(config: Config['database'], onIdleError: (error: Error) => void): Dialect {
  const pool = new pg.Pool({
    ...addressOf(config),
    max: config.max_open_conn || DEFAULT_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    ...(config.query_timeout === 0 ? {} : { query_timeout: config.query_timeout }),
    types,
  });
  pool.on('error', onIdleError);
  pool.on('connect', closeWhenStuck);
  return new PostgresDialect({ pool });
}

/** A connection of its own, not yet open, for what listens: it never waits for one of the pool. */
export function postgresConnection(config: Config['database']): pg.Client {
  return new pg.Client({
    ...addressOf(config),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
}

function addressOf(config: Config['database']): pg.ClientConfig {
  return config.url === '' ? parts(config) : { connectionString: config.url };
}

/**
 * Has a connection closed on which a query took too long. pg would use it again: what comes next waits behind that query or, within
 * its transaction, becomes part of somebody else's.
 */
function closeWhenStuck(client: pg.ClientBase): void {
  // Without a listener, a connection that breaks between two queries of a transaction ends the process; the next query tells.
  client.on('error', () => {});
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
  const watched = async (...args: unknown[]): Promise<unknown> => {
    try {
      return await query(...args);
    } catch (error) {
      if (troubleOf(error) === 'away') void (client as pg.Client).end();
      throw error;
    }
  };
  client.query = watched as typeof client.query;
}

function parts({ host, name, user, password, ssl_mode }: Config['database']): pg.ClientConfig {
  const isSocket = host.startsWith('/');
  const at = isSocket ? -1 : host.lastIndexOf(':');
  const hasPort = at !== -1 && !host.endsWith(']');
  const address = (hasPort ? host.slice(0, at) : host).replace(/^\[|\]$/g, '');
  return {
    host: address,
    ...(hasPort ? { port: Number(host.slice(at + 1)) } : {}),
    database: name,
    user,
    password,
    ssl: ssl_mode === 'disable' ? false : { rejectUnauthorized: ssl_mode === 'verify-full' },
  };
}
