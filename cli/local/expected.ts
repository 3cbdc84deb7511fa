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
  EACCES: 'This user may not do that. Check the rights of the directories, and that http_port is above 1023.',
  EROFS: 'The directory cannot be written to. Check [paths] data (GF_PATHS_DATA).',
  ENOSPC: 'The disk is full.',
  ECONNREFUSED: `The database server does not answer. ${CHECK_DATABASE}`,
  ENOTFOUND: `The database's host is not known. ${CHECK_DATABASE}`,
  ETIMEDOUT: `The database server does not answer. ${CHECK_DATABASE}`,
  ERR_SQLITE_ERROR: CHECK_DATABASE,
  // PostgreSQL: sign-in refused, no such database, no right to it, too many connections.
  '28P01': CHECK_DATABASE,
  '28000': CHECK_DATABASE,
  '3D000': `It has to be created first. ${CHECK_DATABASE}`,
  '42501': CHECK_DATABASE,
  '53300': 'The database server has no connection left for this.',
};

function adviceFor(error: Error): string | undefined {
  return 'code' in error ? ADVICE[String(error.code)] : undefined;
}

/** What lies at the bottom: a failed migration says little, its cause all. */
function rootOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0]);
  return error.cause instanceof Error ? rootOf(error.cause) : error;
}
