import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely } from 'kysely';
import type { Config } from '../config/config.ts';
import { postgresDialect } from './postgres.ts';
import type { Schema } from './schema.ts';
import { sqliteDialect } from './sqlite.ts';

/** The configured database, its directory and file made, for its own user alone, if they are not there. The schema is not touched. */
export function openDatabase({ database }: Config, onIdleError: (error: Error) => void): Kysely<Schema> {
  if (database.type === 'postgres') return new Kysely({ dialect: postgresDialect(database, onIdleError) });
  mkdirSync(dirname(database.path), { recursive: true, mode: 0o700 });
  // SQLite itself would let everybody read it; the files that it puts beside it get the mode of this one.
  closeSync(openSync(database.path, 'a', 0o600));
  return new Kysely({ dialect: sqliteDialect(database.path) });
}
