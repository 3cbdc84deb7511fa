const SQLITE_UNIQUE = new Set([2067, 1555]);
const POSTGRES_UNIQUE = '23505';
const POSTGRES_RETRY = new Set(['40001', '40P01']);

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

function codes(error: unknown): { code?: unknown; errcode?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}
