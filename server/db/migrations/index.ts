import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Schema } from '../schema.ts';
import type { DatabaseType } from './column-types.ts';
import { up as initial } from './0001-initial.ts';

const MIGRATIONS = { '0001-initial': initial };

/**
 * Brings the schema up to date and says which steps it took. All in one transaction under a lock, so that of several servers
 * that start at once one does it, and a step that fails leaves nothing behind.
 */
export async function migrate(db: Kysely<Schema>, type: DatabaseType): Promise<string[]> {
  const provider = {
    getMigrations: () =>
      Promise.resolve(
        Object.fromEntries(
          Object.entries(MIGRATIONS).map(([name, up]) => [
            name,
            { up: (target: Kysely<unknown>) => up(target, type) },
          ]),
        ),
      ),
  };
  const { error, results } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw new Error('the database could not be brought up to date', { cause: error });
  return (results ?? []).filter((step) => step.status === 'Success').map((step) => step.migrationName);
}
