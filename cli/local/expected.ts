import { ConfigError } from '../../server/config/config-error.ts';
import { ApiError } from '../../server/errors.ts';
import { SourceError } from '../../server/sources/source.ts';
import { EXIT, Failure } from '../failure.ts';
import { OWN_NAME } from '../own-name.ts';

/** Runs work on the server's machine; what can be expected to fail there fails in one line. */
export async function expectingFailures(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw asFailure(error);
  }
}

function asFailure(error: unknown): unknown {
  if (error instanceof ConfigError) return new Failure(EXIT.usage, error.message, { cause: error });
  if (error instanceof SourceError)
    return new Failure(EXIT.failure, error.message, { detail: error.detail, cause: error });
  if (error instanceof ApiError) {
    const detail = error.detail === undefined ? {} : { detail: error.detail };
    return new Failure(EXIT.failure, error.message, { ...detail, cause: error });
  }
  const root = rootOf(error);
  const detail = adviceFor(root);
  return detail === undefined ? error : new Failure(EXIT.failure, root.message, { detail, cause: error });
}

const CHECK_DATABASE = `Check [database] in the configuration: "${OWN_NAME} config" shows what is in force.`;
const MAY_NOT_LISTEN = 'Ports below 1024 need a right of their own: choose another (GF_SERVER_HTTP_PORT).';
const MAY_NOT_WRITE =
  'Give it to the user that runs this, or choose another directory: [paths] data (GF_PATHS_DATA).';
const MAY_NOT_IN_DATABASE =
  'Let the user own the database: ALTER DATABASE its_name OWNER TO the_user, as a superuser.';

const ADVICE: Record<string, string> = {
  EADDRINUSE:
    'Something listens there already. Stop it, or choose another [server] http_port (GF_SERVER_HTTP_PORT).',
  EADDRNOTAVAIL: 'This machine does not have that address. Check [server] http_addr (GF_SERVER_HTTP_ADDR).',
  EACCES: MAY_NOT_WRITE,
  EPERM: MAY_NOT_WRITE,
  EROFS: MAY_NOT_WRITE,
  ECONNREFUSED: `The database server does not answer. ${CHECK_DATABASE}`,
  ENOTFOUND: `The database server has an unknown name. ${CHECK_DATABASE}`,
  ETIMEDOUT: `The database server does not answer. ${CHECK_DATABASE}`,
  ERR_SQLITE_ERROR: CHECK_DATABASE,
  '3D000': `Make it: CREATE DATABASE its_name OWNER the_user, as a superuser. ${CHECK_DATABASE}`,
  '42501': MAY_NOT_IN_DATABASE,
};

// PostgreSQL: no connection, no sign-in, too many connections, starting or stopping.
const POSTGRES_REFUSES = /^(08...|28...|53...|57P..)$/;
// TLS: a certificate that nobody vouches for, that has run out, or that is another host's.
const TLS_REFUSES = /CERT|^UNABLE_TO_|^ERR_TLS_|^ERR_SSL_/;
// The driver gives these no code.
const DRIVER_GIVES_UP = /^timeout e|^Connection terminated|does not support SSL/;

/** What to say besides the error's own words; undefined when the error is a surprise. */
function adviceFor(error: Error): string | undefined {
  const code = 'code' in error ? String(error.code) : '';
  if (POSTGRES_REFUSES.test(code) || TLS_REFUSES.test(code) || DRIVER_GIVES_UP.test(error.message))
    return CHECK_DATABASE;
  const call = 'syscall' in error ? error.syscall : undefined;
  if (code === 'EACCES' && call === 'listen') return MAY_NOT_LISTEN;
  // Whatever the operating system refuses names the file or address itself.
  const refusedBySystem =
    call === undefined ? undefined : 'Check [paths] and [database] in the configuration.';
  return ADVICE[code] ?? refusedBySystem;
}

/** What lies at the bottom: a failed migration says little, its cause all. */
function rootOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0]);
  return error.cause instanceof Error ? rootOf(error.cause) : error;
}
