import { type Dialect, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Config } from '../config/config.ts';

const INT8 = 20;
const DEFAULT_CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 10_000;

// Ids and times stay far below 2^53, so a number holds them; pg would give text.
const types = new pg.TypeOverrides();
types.setTypeParser(INT8, Number);

/** Kysely's dialect for the configured PostgreSQL. `onIdleError` is told of connections that broke unused; the pool replaces them. */
export function postgresDialect(config: Config['database'], onIdleError: (error: Error) => void): Dialect {
  const pool = new pg.Pool({
    ...(config.url === '' ? parts(config) : { connectionString: config.url }),
    max: config.max_open_conn || DEFAULT_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types,
  });
  pool.on('error', onIdleError);
  return new PostgresDialect({ pool });
}

function parts({ host, name, user, password, ssl_mode }: Config['database']): pg.PoolConfig {
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
