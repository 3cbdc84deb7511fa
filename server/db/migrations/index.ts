import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';
import type { DatabaseType } from './column-types.ts';
import { runMigrations } from './run.ts';
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
import { up as lease } from './0012-lease.ts';
import { up as indexes } from './0013-indexes.ts';

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
  '0012-lease': lease,
  '0013-indexes': indexes,
};

/** Brings the schema up to date, or only by some of the steps, and says which it took; see `runMigrations`. */
export function migrate(
  db: Kysely<Schema>,
  type: DatabaseType,
  steps: readonly string[] = Object.keys(MIGRATIONS),
): Promise<string[]> {
  const wanted = Object.entries(MIGRATIONS).filter(([name]) => steps.includes(name));
  return runMigrations(db, type, Object.fromEntries(wanted));
}

/** The steps by which a database was brought to where it is, in the order of their names; none where it is new. */
export async function stepsOf<S>(db: Kysely<S>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

/** Those of the steps that this version does not know: a newer one took them. */
export function unknownSteps(steps: readonly string[]): string[] {
  return steps.filter((step) => !Object.hasOwn(MIGRATIONS, step));
}
