import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Config } from './config/config.ts';
import { ConfigError } from './config/config-error.ts';
import { ensureDirectory } from './db/directory.ts';
import { troubleOf } from './db/errors.ts';

// A server that was just told to stop may be about to end.
const PATIENCE_MS = 2000;

// As long as it is open, the file is locked; the system ends that with the process, however that ends, and between containers too.
const kept: DatabaseSync[] = [];

/**
 * Keeps other processes from serving on the same SQLite file until this one ends: they would not hear of each other's changes, and
 * let in what was revoked. Throws a ConfigError where one serves already.
 */
export function requireSoleServer({ database }: Config): void {
  if (database.type !== 'sqlite') return;
  let opened: DatabaseSync | undefined;
  try {
    ensureDirectory(dirname(database.path));
    opened = new DatabaseSync(`${database.path}.serving`, { timeout: PATIENCE_MS });
    opened.exec('begin exclusive');
    kept.push(opened);
  } catch (error) {
    opened?.close();
    // Where files cannot be made, opening the database says so, in words about it.
    if (troubleOf(error) !== 'busy') return;
    throw new ConfigError(
      `another server serves on ${database.path} already, and on SQLite two would not hear of each other's changes: stop that one, ` +
        'give this one a data directory of its own by [paths] data (GF_PATHS_DATA), or move to PostgreSQL as docs/two-servers.md says. ' +
        'For more processes of one server there is [server] workers',
    );
  }
}
