import type { Config } from './config/config.ts';
import { NO_DATABASE, type Trouble, troubleOf } from './db/errors.ts';
import { postgresPlaces } from './db/postgres.ts';
import { NONE_TAKES_WRITES } from './db/writer.ts';
import { ApiError } from './errors.ts';

const LOOK = '"latchkey config" shows what is in force';
// PostgreSQL's code: no right to what is in it.
const NO_RIGHT = '42501';

const STATES: Record<Trouble, string> = {
  away: 'does not answer',
  refusing: 'refuses the server',
  busy: 'has something locked',
  full: 'has no room left on its disk',
  'read-only': 'takes no writes',
  failing: 'cannot use its files',
  damaged: 'is damaged',
};

const ADVICE: Partial<Record<Trouble, string>> = {
  away: `Start it, or check [database]: ${LOOK}.`,
  refusing: `Check user and password in [database], and its pg_hba.conf: ${LOOK}.`,
  'read-only':
    'It stands by for another one, or was set read-only. Name the one that takes writes in [database] host or url, or all of them with ' +
    'commas between them: the one that takes writes is used.',
};

/** Where the database is: the file, or of PostgreSQL its hosts, its name and its user. */
export function whereItIs({ database }: Config): string {
  if (database.type === 'sqlite') return database.path;
  const places = postgresPlaces(database);
  const { database: name = '', user = '' } = places[0] ?? {};
  return `PostgreSQL at ${places.map(({ host }) => host).join(', ')} (database ${name}, user ${user})`;
}

/**
 * What a start or a command says where PostgreSQL does not do what it is asked: where that is, what it said, and what to do. Any other
 * error as it is.
 */
export function inWords(error: unknown, config: Config): unknown {
  if (config.database.type !== 'postgres' || error instanceof ApiError) return error;
  const said = tellingOf(error);
  const code = 'code' in said ? said.code : undefined;
  const trouble = code === NO_RIGHT ? 'refusing' : troubleOf(error);
  if (trouble === undefined) return error;
  const message = said.message.startsWith(NONE_TAKES_WRITES)
    ? said.message
    : `${whereItIs(config)} ${STATES[trouble]}: ${said.message}`;
  const detail =
    adviceFor(code, config) ?? ADVICE[trouble] ?? `Look at PostgreSQL's own log, and at [database]: ${LOOK}.`;
  return new ApiError(503, `database.${trouble}`, message, { cause: error, detail });
}

function adviceFor(code: unknown, { database }: Config): string | undefined {
  const [{ database: name, user } = { database: '', user: '' }] = postgresPlaces(database);
  if (code === NO_DATABASE)
    return `Make it, as a superuser: CREATE DATABASE "${name}" OWNER "${user}". Or name another in [database]: ${LOOK}.`;
  if (code === NO_RIGHT)
    return `Let the user own the database of [database], as a superuser: ALTER DATABASE "${name}" OWNER TO "${user}".`;
  return undefined;
}

/** What tells of all hosts, or else what lies at the bottom: a failed migration says little, its cause all. */
function tellingOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error.message.startsWith(NONE_TAKES_WRITES)) return error;
  if (error instanceof AggregateError && error.errors.length > 0) return tellingOf(error.errors[0]);
  return error.cause instanceof Error ? tellingOf(error.cause) : error;
}
