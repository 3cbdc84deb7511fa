import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { ConfigError } from './config/config-error.ts';
import type { Config } from './config/config.ts';
import type { Context } from './context.ts';
import { stepsOf } from './db/migrations/index.ts';
import { openDatabase } from './db/open.ts';
import type { Schema } from './db/schema.ts';
import { prepareFirstRun } from './first-run.ts';
import { openContext, type Surroundings } from './server.ts';

const AT_ONCE = 1000;

// Whatever may be in the way of something new, by its key. What is only ever read, and large, is left out.
const COPIED: Partial<Record<keyof Schema, readonly string[]>> = {
  org: ['id'],
  identity: ['id'],
  user: ['id'],
  org_member: ['org_id', 'user_id'],
  service_account: ['id'],
  credential: ['id'],
  dashboard: ['id'],
  star: ['user_id', 'dashboard_id'],
  team: ['id'],
  team_member: ['team_id', 'user_id'],
  preference: ['org_id', 'owner'],
  quota: ['owner', 'target'],
  data_source: ['id'],
  library_element: ['id'],
  playlist: ['id'],
  public_dashboard: ['id'],
  grafana_source: ['id'],
  grafana_sign: ['sign'],
  grafana_ids: ['source_id', 'table_name', 'above'],
  grafana_import: ['source_id', 'kind', 'row_id'],
};

/**
 * Runs a change on a throw-away copy of the database, as far as it matters to what is added: the same things are found taken as
 * would be. The database itself is only read; one that is not there yet is taken to be new. Throws a ConfigError for one that has to
 * be brought up to date first.
 */
export async function rehearse<T>(
  config: Config,
  surroundings: Surroundings,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-rehearsal-'));
  const { context, close } = await openContext(
    {
      ...config,
      audit: { ...config.audit, file: '', syslog: '' },
      database: { ...config.database, type: 'sqlite', path: join(directory, 'copy.db') },
    },
    surroundings,
  );
  try {
    await copyInto(context.db, config);
    await prepareFirstRun(context);
    return await work(context);
  } finally {
    await close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function copyInto(copy: Kysely<Schema>, config: Config): Promise<void> {
  const { type, path } = config.database;
  // To open it would make it.
  if (type === 'sqlite' && !existsSync(path)) return;
  const original = openDatabase(config, () => {});
  try {
    const steps = await stepsOf(original);
    if (steps.length === 0) return;
    const missing = (await stepsOf(copy)).find((step) => !steps.includes(step));
    if (missing !== undefined)
      throw new ConfigError('the database is not up to date yet: run "latchkey migrate-db" first');
    await copyTables(original, copy, type);
  } finally {
    await original.destroy();
  }
}

async function copyTables(
  original: Kysely<Schema>,
  copy: Kysely<Schema>,
  type: Config['database']['type'],
): Promise<void> {
  // Somebody may change the original while it is read, and a row miss what it names.
  await sql`pragma foreign_keys = off`.execute(copy);
  for (const [table, key] of Object.entries(COPIED) as [keyof Schema, readonly string[]][]) {
    for (let offset = 0; ; offset += AT_ONCE) {
      const order = sql.join(key.map((column) => sql.ref(column)));
      const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)} order by ${order}
        limit ${AT_ONCE} offset ${offset}`.execute(original);
      if (rows.length > 0) await copy.insertInto(table).values(rows.map(withoutSecrets)).execute();
      if (rows.length < AT_ONCE) break;
    }
    if (key[0] === 'id' && table !== 'user' && table !== 'service_account')
      await copyLastId(original, copy, table, type);
  }
  await sql`pragma foreign_keys = on`.execute(copy);
}

// A copy that is left behind, since it was killed, is to tell as little as can be. The hashes of keys are looked for.
function withoutSecrets(row: Record<string, unknown>): Record<string, unknown> {
  return {
    ...row,
    ...('password_hash' in row ? { password_hash: null } : {}),
    ...('secure_json_data' in row ? { secure_json_data: '{}' } : {}),
  };
}

/** The last id that was given out, which may be of a row that is gone. */
async function copyLastId(
  original: Kysely<Schema>,
  copy: Kysely<Schema>,
  table: string,
  type: Config['database']['type'],
): Promise<void> {
  const query =
    type === 'postgres'
      ? sql<{
          last: number | null;
        }>`select pg_sequence_last_value(pg_get_serial_sequence(${`"${table}"`}, 'id')::regclass) as last`
      : sql<{ last: number | null }>`select seq as last from sqlite_sequence where name = ${table}`;
  const last = (await query.execute(original)).rows[0]?.last ?? 0;
  const { numAffectedRows = 0n } =
    await sql`update sqlite_sequence set seq = ${last} where name = ${table}`.execute(copy);
  if (numAffectedRows === 0n)
    await sql`insert into sqlite_sequence (name, seq) values (${table}, ${last})`.execute(copy);
}
