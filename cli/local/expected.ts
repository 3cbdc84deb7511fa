import { ConfigError } from '../../server/config/config-error.ts';
import { ApiError } from '../../server/errors.ts';
import { EXIT, Failure } from '../failure.ts';

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
  if (error instanceof ApiError) {
    const detail = error.detail === undefined ? {} : { detail: error.detail };
    return new Failure(EXIT.failure, error.message, { ...detail, cause: error });
  }
  const root = rootOf(error);
  const detail = adviceFor(root);
  return detail === undefined ? error : new Failure(EXIT.failure, root.message, { detail, cause: error });
}

const CHECK_DATABASE =
  'Check [database] in the configuration: "latchkey config --changed" shows what is in force.';

const ADVICE: Record<string, string> = {
  EADDRINUSE:
    'Something listens there already. Stop it, or choose another [server] http_port (GF_SERVER_HTTP_PORT).',
  EADDRNOTAVAIL: 'This machine does not have that address. Check [server] http_addr (GF_SERVER_HTTP_ADDR).',
  EACCES: 'This user may not do that. Ports below 1024 need a right of their own.',
  ECONNREFUSED: `The database server does not answer. ${CHECK_DATABASE}`,
  ENOTFOUND: `The database server has an unknown name. ${CHECK_DATABASE}`,
  ETIMEDOUT: `The database server does not answer. ${CHECK_DATABASE}`,
  ERR_SQLITE_ERROR: CHECK_DATABASE,
};

// PostgreSQL: no connection, no sign-in, no such database, no right, too many connections, starting or stopping.
const POSTGRES_REFUSES = /^(08...|28...|3D000|42501|53...|57P..)$/;

/** What to say besides the error's own words; undefined when the error is a surprise. */
function adviceFor(error: Error): string | undefined {
  const code = 'code' in error ? String(error.code) : '';
  if (POSTGRES_REFUSES.test(code)) return CHECK_DATABASE;
  // Whatever the operating system refuses names the file or address itself.
  const refusedBySystem =
    'syscall' in error ? 'Check [paths] and [database] in the configuration.' : undefined;
  return ADVICE[code] ?? refusedBySystem;
}

/** What lies at the bottom: a failed migration says little, its cause all. */
function rootOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0]);
  return error.cause instanceof Error ? rootOf(error.cause) : error;
}
