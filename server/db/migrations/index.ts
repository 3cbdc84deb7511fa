import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Schema } from '../schema.ts';
import type { DatabaseType } from './column-types.ts';
import { up as initial } from './0001-initial.ts';
import { up as annotations } from './0002-annotations.ts';
import { up as playlists } from './0003-playlists.ts';
import { up as libraryElements } from './0004-library-elements.ts';
import { up as publicDashboards } from './0005-public-dashboards.ts';
import { up as ssoSettings } from './0006-sso-settings.ts';
import { up as secretKeyCheck } from './0007-secret-key-check.ts';
import { up as grafanaImport } from './0008-grafana-import.ts';
import { up as keyCallers } from './0009-key-callers.ts';
import { up as usage } from './0010-usage.ts';
import { up as auditAndAttention } from './0011-audit-and-attention.ts';

const MIGRATIONS = {
  '0001-initial': initial,
  '0002-annotations': annotations,
  '0003-playlists': playlists,
  '0004-library-elements': libraryElements,
  '0005-public-dashboards': publicDashboards,
  '0006-sso-settings': ssoSettings,
  '0007-secret-key-check': secretKeyCheck,
  '0008-grafana-import': grafanaImport,
  '0009-key-callers': keyCallers,
  '0010-usage': usage,
  '0011-audit-and-attention': auditAndAttention,
};

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
