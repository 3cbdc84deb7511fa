import { existsSync } from 'node:fs';
import { ConfigError } from './config/config-error.ts';
import type { Config } from './config/config.ts';
import { inWords } from './database-words.ts';
import { stepsOf } from './db/migrations/index.ts';
import { openDatabase } from './db/open.ts';

/** Throws a ConfigError, and makes nothing, where no server has begun the configured database. */
export async function requireDatabase(config: Config): Promise<void> {
  const { type, path } = config.database;
  if (type === 'sqlite' && !existsSync(path)) throw noDatabase(`there is no database at ${path}`);
  const db = openDatabase(config, () => {});
  try {
    if ((await stepsOf(db)).length > 0) return;
  } catch (error) {
    throw inWords(error, config);
  } finally {
    await db.destroy();
  }
  throw noDatabase(
    `the database ${type === 'postgres' ? 'in PostgreSQL' : path} has nothing of Latchkey in it`,
  );
}

function noDatabase(what: string): ConfigError {
  return new ConfigError(
    `${what}, and this command makes none. Give it the settings of the server: GF_PATHS_DATA for its data directory, ` +
      'GF_DATABASE_URL for PostgreSQL, or --config for its file. A new one is made by the first start of a server',
  );
}
