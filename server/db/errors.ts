const SQLITE_UNIQUE = new Set([2067, 1555]);
const POSTGRES_UNIQUE = '23505';
/** PostgreSQL's code for a database that is not there. */
export const NO_DATABASE = '3D000';
const POSTGRES_RETRY = new Set(['40001', '40P01']);

/** What keeps a database from doing what it is asked, through no fault of what is asked. */
export type Trouble = 'away' | 'refusing' | 'busy' | 'full' | 'read-only' | 'failing' | 'damaged';

/** Whether a change failed because a row like it is there already. */
export function isUniqueViolation(error: unknown): boolean {
  const { code, errcode } = codes(error);
  return code === POSTGRES_UNIQUE || (typeof errcode === 'number' && SQLITE_UNIQUE.has(errcode));
}

/** Whether PostgreSQL gave a transaction up in favour of another: run again, it may well pass. */
export function isLostRace(error: unknown): boolean {
  const { code } = codes(error);
  return typeof code === 'string' && POSTGRES_RETRY.has(code);
}

/** What is the matter with the database, by SQLite's result codes, PostgreSQL's SQLSTATE or the system's; undefined for any other error. */
export function troubleOf(error: unknown): Trouble | undefined {
  const { code, errcode, message } = codes(error);
  if (typeof errcode === 'number') return SQLITE_TROUBLE[errcode & 0xff];
  if (typeof code === 'string') {
    const troubles = isOfSystem(error) ? SYSTEM_TROUBLE : POSTGRES_TROUBLE;
    return troubles.find(([pattern]) => pattern.test(code))?.[1];
  }
  if (typeof message === 'string' && DRIVER_GIVES_UP.test(message)) return 'away';
  return error instanceof Error && error.cause !== undefined ? troubleOf(error.cause) : undefined;
}

// Without the extension that the upper bits are: https://sqlite.org/rescode.html
const SQLITE_TROUBLE: Record<number, Trouble> = {
  5: 'busy',
  6: 'busy',
  7: 'failing', // out of memory
  8: 'read-only',
  10: 'failing', // the system failed to read or write
  11: 'damaged',
  13: 'full',
  14: 'failing', // a file cannot be opened
  15: 'busy', // the locks of the write-ahead log
  26: 'damaged',
};

const POSTGRES_TROUBLE: [RegExp, Trouble][] = [
  [/^53100$/, 'full'],
  // Also a server that stands by for another.
  [/^25006$/, 'read-only'],
  [/^(55P03|57014)$/, 'busy'],
  [/^XX00[12]$/, 'damaged'],
  [/^58...$/, 'failing'],
  // No connection, none left, starting or stopping, idle for too long.
  [/^(08...|53...|57P0.|25P0[34])$/, 'away'],
  // No sign-in, no such database.
  [/^(28...|3D000)$/, 'refusing'],
];

const SYSTEM_TROUBLE: [RegExp, Trouble][] = [
  [/^E[MN]FILE$/, 'failing'],
  [/^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|E(HOST|NET)(UNREACH|DOWN)|ENOTFOUND|EAI_.*)$/, 'away'],
];

// pg gives these no code: its pool, its clients, and a query that took too long.
const DRIVER_GIVES_UP =
  /^(timeout exceeded when trying to connect|timeout expired$|Connection terminated|Client (was closed|has encountered)|Query read timeout)/;

/** Whether a call of the system failed, of which several addresses tried make one; a client that went away has only the code in common. */
function isOfSystem(error: unknown): boolean {
  return error instanceof AggregateError || (error instanceof Error && 'syscall' in error);
}

function codes(error: unknown): { code?: unknown; errcode?: unknown; message?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}
