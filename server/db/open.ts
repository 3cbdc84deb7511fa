import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely } from 'kysely';
import type { Config } from '../config/config.ts';
import { postgresDialect } from './postgres.ts';
import type { Schema } from './schema.ts';
import { sqliteDialect } from './sqlite.ts';

/** The configured database, its directory made if it is not there. The schema is not touched. */
export function openDatabase({ database }: Config, onIdleError: (error: Error) => void): Kysely<Schema> {
  if (database.type === 'postgres') return new Kysely({ dialect: postgresDialect(database, onIdleError) });
  mkdirSync(dirname(database.path), { recursive: true, mode: 0o700 });
  return new Kysely({ dialect: sqliteDialect(database.path) });
}
