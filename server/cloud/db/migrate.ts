import type { Kysely } from 'kysely';
import { runMigrations } from '../../db/migrations/run.ts';
import type { DatabaseType } from '../../db/migrations/column-types.ts';
import type { CloudSchema } from './schema.ts';
import { up as cloud } from './0001-cloud.ts';
import { up as suspendedStacks } from './0002-suspended-stacks.ts';
import { up as record } from './0003-record.ts';
import { up as leaked } from './0004-leaked.ts';

const MIGRATIONS = {
  '0001-cloud': cloud,
  '0002-suspended-stacks': suspendedStacks,
  '0003-record': record,
  '0004-leaked': leaked,
};

/** Brings the cloud side's database up to date, or only by some of the steps, and says which it took. */
export function migrateCloud(
  db: Kysely<CloudSchema>,
  type: DatabaseType,
  steps: readonly string[] = Object.keys(MIGRATIONS),
): Promise<string[]> {
  const wanted = Object.entries(MIGRATIONS).filter(([name]) => steps.includes(name));
  return runMigrations(db, type, Object.fromEntries(wanted));
}

/** Those of the steps that this version does not know: a newer one took them. */
export function unknownCloudSteps(steps: readonly string[]): string[] {
  return steps.filter((step) => !Object.hasOwn(MIGRATIONS, step));
}
