import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, type LogEvent } from 'kysely';
import type { Config } from '../config/config.ts';
import { ensureDirectory } from './directory.ts';
import { postgresDialect } from './postgres.ts';
import type { Schema } from './schema.ts';
import { sqliteDialect } from './sqlite.ts';

/** Told of each statement when it has ended: its text without values, how long it took, and whether it failed. */
export type OnStatement = (sql: string, milliseconds: number, failed: boolean) => void;

interface Watching {
  onStatement?: OnStatement | undefined;
  /** Whether a SQLite file was just found whole. */
  isLookedThrough?: boolean;
}

/**
 * The configured database, its directory and file made, for its own user alone, if they are not there. The schema is not touched.
 * `onTrouble` is told, besides the errors of queries, of connections that broke unused, and once of a damaged file.
 */
export function openDatabase(
  { database }: Config,
  onTrouble: (error: Error, what: 'broken connection' | 'damage') => void,
  { onStatement, isLookedThrough = false }: Watching = {},
): Kysely<Schema> {
  const watching = onStatement === undefined ? {} : { log: tellOf(onStatement) };
  if (database.type === 'postgres') {
    const dialect = postgresDialect(database, (error) => onTrouble(error, 'broken connection'));
    return new Kysely({ dialect, ...watching });
  }
  ensureDirectory(dirname(database.path));
  // SQLite itself would let everybody read it; the files that it puts beside it get the mode of this one.
  closeSync(openSync(database.path, 'a', 0o600));
  const dialect = sqliteDialect(database.path, (error) => onTrouble(error, 'damage'), isLookedThrough);
  return new Kysely({ dialect, ...watching });
}

function tellOf(onStatement: OnStatement): (event: LogEvent) => void {
  return ({ level, query, queryDurationMillis }) =>
    onStatement(query.sql, queryDurationMillis, level === 'error');
}
