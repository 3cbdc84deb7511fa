import { type Kysely, sql } from 'kysely';
import { MIGRATION_LOCK_ID, Migrator } from 'kysely/migration';
import { isUniqueViolation } from '../errors.ts';
import type { DatabaseType } from './column-types.ts';

// PostgreSQL's codes: such a table, such a type.
const MADE_MEANWHILE = new Set(['42P07', '42710']);

/** Steps by name, in the order of their names. */
export type Steps = Readonly<Record<string, (db: Kysely<unknown>, type: DatabaseType) => Promise<void>>>;

/**
 * Takes those of the steps that a database has not taken, and says which. All in one transaction under a lock, so that of several
 * servers that start at once one does it, and a step that fails, or a server that dies, leaves nothing behind; within a transaction, in
 * that.
 */
export async function runMigrations(
  // Of whatever tables: the steps make them.
  // oxlint-disable-next-line typescript/no-explicit-any
  db: Kysely<any>,
  type: DatabaseType,
  steps: Steps,
): Promise<string[]> {
  if (type === 'postgres' && !db.isTransaction) {
    await makeLock(db);
    return (
      db
        .transaction()
        // So that whoever has waited for the lock sees what was done under it.
        .setIsolationLevel('read committed')
        .execute((transaction) => runMigrations(transaction, type, steps))
    );
  }
  const provider = {
    getMigrations: () =>
      Promise.resolve(
        Object.fromEntries(
          Object.entries(steps).map(([name, up]) => [
            name,
            { up: (target: Kysely<unknown>) => up(target, type) },
          ]),
        ),
      ),
  };
  // Steps that were made side by side land in either order.
  const migrator = new Migrator({ db, provider, allowUnorderedMigrations: true });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw new Error('the database could not be brought up to date', { cause: error });
  return (results ?? []).filter((step) => step.status === 'Success').map((step) => step.migrationName);
}

/** The tables by which Kysely counts the steps and locks; of several that make them at once, all but one fail. */
async function makeLock(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    'create table if not exists kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null)',
    'create table if not exists kysely_migration_lock (id varchar(255) primary key, is_locked integer not null default 0)',
    `insert into kysely_migration_lock (id) values ('${MIGRATION_LOCK_ID}') on conflict do nothing`,
  ]) {
    try {
      await sql.raw(statement).execute(db);
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (!isUniqueViolation(error) && !MADE_MEANWHILE.has(String(code))) throw error;
    }
  }
}
