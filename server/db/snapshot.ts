import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import type { Config } from '../config/config.ts';
import type { DatabaseType } from './migrations/column-types.ts';
import { openDatabase } from './open.ts';
import { type Cell, lastIdsOf, type Query, type Table, tablesOf } from './tables.ts';

/** A database as it was at one moment, while others go on writing. */
export interface Snapshot {
  /** The steps by which it was brought to where it is; none where it is not Latchkey's. */
  steps: string[];
  /** All but those that count the steps and hold leases, each behind those that it refers to. */
  tables: Table[];
  count(table: Table): Promise<number>;
  rowsOf(table: Table): AsyncGenerator<Cell[][]>;
  lastIds(): Promise<Map<string, number>>;
}

const AT_ONCE = 200;

/** Does the work on a snapshot of the configured database, whatever version it is of, and changes nothing in it. */
export function withSnapshot<T>(config: Config, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  return config.database.type === 'sqlite'
    ? withSqlite(config.database.path, work)
    : withPostgres(config, work);
}

async function withSqlite<T>(path: string, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  const all = (text: string, ...values: number[]): unknown[][] => {
    const statement = database.prepare(text);
    statement.setReturnArrays(true);
    return statement.all(...values) as unknown as unknown[][];
  };
  try {
    // Of a database with a write-ahead log, a transaction sees what its first query saw, and nobody waits for it.
    database.exec('begin');
    const query: Query = (text) => Promise.resolve(all(text));
    return await work(
      await snapshotOf(query, 'sqlite', async function* rows(table) {
        const columns = table.columns.map(quoted).join(', ');
        const text = `select rowid, ${columns} from ${quoted(table.name)} where rowid > ? order by rowid limit ${AT_ONCE}`;
        for (let last = 0; ;) {
          const found = all(text, last) as [number, ...Cell[]][];
          if (found.length === 0) return;
          last = found.at(-1)?.[0] ?? last;
          yield found.map(([, ...cells]) => cells);
        }
      }),
    );
  } finally {
    database.close();
  }
}

async function withPostgres<T>(config: Config, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  // A statement of this may take longer than any query of a request.
  const patient = { ...config, database: { ...config.database, query_timeout: 0 } };
  const db = openDatabase(patient, () => {});
  try {
    return await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (transaction) => {
        const query: Query = async (text) => {
          const { rows } = await sql.raw<object>(text).execute(transaction);
          return rows.map((row) => Object.values(row));
        };
        return work(
          await snapshotOf(query, 'postgres', async function* rows(table) {
            const columns = table.columns.map(quoted).join(', ');
            await query(`declare reading no scroll cursor for select ${columns} from ${quoted(table.name)}`);
            for (;;) {
              const found = (await query(`fetch ${AT_ONCE} from reading`)) as Cell[][];
              if (found.length === 0) break;
              yield found;
            }
            await query('close reading');
          }),
        );
      });
  } finally {
    await db.destroy();
  }
}

async function snapshotOf(query: Query, type: DatabaseType, rowsOf: Snapshot['rowsOf']): Promise<Snapshot> {
  const tables = await tablesOf(query, type);
  const hasSteps = tables.some(({ name }) => name === 'kysely_migration');
  const steps = hasSteps ? await query('select name from kysely_migration order by name') : [];
  return {
    steps: steps.map(([name]) => String(name)),
    // Nor who is doing something at the moment: nothing of that goes on in a copy.
    tables: tables.filter(({ name }) => !name.startsWith('kysely_') && name !== 'lease'),
    count: async ({ name }) => Number((await query(`select count(*) from ${quoted(name)}`))[0]?.[0]),
    rowsOf,
    lastIds: () => lastIdsOf(query, type),
  };
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
