import type { Kysely } from 'kysely';
import { runMigrations } from '../../db/migrations/run.ts';
import type { DatabaseType } from '../../db/migrations/column-types.ts';
import type { CloudSchema } from './schema.ts';
import { up as cloud } from './0001-cloud.ts';
import { up as suspendedStacks } from './0002-suspended-stacks.ts';

const MIGRATIONS = { '0001-cloud': cloud, '0002-suspended-stacks': suspendedStacks };

/** Brings the cloud side's database up to date. */
export async function migrateCloud(db: Kysely<CloudSchema>, type: DatabaseType): Promise<void> {
  await runMigrations(db, type, MIGRATIONS);
}
