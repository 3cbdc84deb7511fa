import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { troubleOf } from './errors.ts';
import { MAY_BE_LOST } from './times.ts';
import { isSmall, lookThroughBeside, requireWhole } from './whole.ts';

const STATEMENTS_KEPT = 500;
// How long somebody waits while another process has the database locked, and how often it looks.
const BUSY_PATIENCE_MS = 5000;
const BUSY_LOOK_EVERY_MS = 20;
const BUSY_FIRST_LOOK_MS = 1;
const SQLITE_CORRUPT = 11;

interface Prepared {
  statement: StatementSync;
  /** The names of what it returns; none when it returns no rows. */
  columns: string[];
}

interface Handle {
  database: DatabaseSync;
  prepared(sql: string): Prepared;
}

/**
 * Kysely's dialect for node:sqlite: a read-only handle for selects on their own, and one writing handle that transactions
 * and single changes take in turn. So nobody sees half of a transaction, and nobody waits for one just to read. A file that is
 * found to be damaged is not written on any more; `onDamage` is told once. It is looked through, a large one beside the work, unless
 * somebody just did.
 */
export function sqliteDialect(
  path: string,
  onDamage: (error: Error) => void,
  isLookedThrough: boolean,
): Dialect {
  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => createDriver(path, onDamage, isLookedThrough),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

// Kysely's own adapter lets one query in at a time and does not count on SQLite's rolling back changes of the schema.
class TransactionalAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }

  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

interface SqliteConnection extends DatabaseConnection {
  /** Set while a transaction runs: gives the writing handle to the next in line. */
  leave?: () => void;
}

function createDriver(path: string, onDamage: (error: Error) => void, isLookedThrough: boolean): Driver {
  let reader: Handle;
  let writer: Handle;
  let lastInLine: Promise<void> = Promise.resolve();
  let damage: Error | undefined;
  let stopLooking: (() => Promise<unknown>) | undefined;

  async function takeTurn(): Promise<() => void> {
    const before = lastInLine;
    const { promise, resolve } = Promise.withResolvers<void>();
    lastInLine = promise;
    await before;
    return resolve;
  }

  function watched<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (troubleOf(error) === 'damaged') isDamaged(error as Error);
      throw error;
    }
  }

  function isDamaged(error: Error): void {
    if (damage !== undefined) return;
    damage = error;
    onDamage(error);
  }

  function begin(): void {
    if (damage) throw damage;
    // The write lock now rather than at the first change, so that another process waits here and not halfway.
    writer.database.exec('begin immediate');
  }

  function change<R>(query: CompiledQuery): QueryResult<R> {
    if (damage) throw damage;
    if (!query.sql.startsWith(MAY_BE_LOST)) return run(writer, query);
    writer.database.exec('pragma synchronous = normal');
    try {
      return run(writer, query);
    } finally {
      writer.database.exec('pragma synchronous = full');
    }
  }

  /** Ends the connection's transaction one way or the other and lets the next in line begin. */
  function end(connection: SqliteConnection, sql: 'commit' | 'rollback'): Promise<void> {
    try {
      if (sql === 'commit' && damage) throw damage;
      watched(() => writer.database.exec(sql));
    } finally {
      // A commit that failed, on a full disk for one, leaves its transaction open.
      if (writer.database.isTransaction) writer.database.exec('rollback');
      connection.leave?.();
      delete connection.leave;
    }
    return Promise.resolve();
  }

  function connect(): SqliteConnection {
    const connection: SqliteConnection = {
      async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
        if (connection.leave) return watched(() => run<R>(writer, query));
        const asked = performance.now();
        if (query.query.kind === 'SelectQueryNode')
          return onceFree(asked, () => watched(() => run<R>(reader, query)));
        const leave = await takeTurn();
        try {
          return await onceFree(asked, () => watched(() => change<R>(query)));
        } finally {
          leave();
        }
      },
      // oxlint-disable-next-line require-yield
      async *streamQuery() {
        throw new Error('node:sqlite answers at once: there is nothing to stream');
      },
    };
    return connection;
  }

  return {
    async init() {
      const asked = performance.now();
      try {
        writer = await onceFree(asked, () => openHandle(path, false));
        if (!isLookedThrough && isSmall(path)) await onceFree(asked, () => requireWhole(writer.database));
      } catch (error) {
        // oxlint-disable-next-line typescript/no-unnecessary-condition -- unset where it could not be opened
        writer?.database.close();
        throw troubleOf(error) === 'damaged' ? damaged(path, error) : error;
      }
      reader = await onceFree(asked, () => openHandle(path, true));
      if (!isLookedThrough && !isSmall(path)) stopLooking = lookThroughBeside(path, isDamaged);
    },
    acquireConnection: () => Promise.resolve(connect()),
    async beginTransaction(connection) {
      const sqlite = connection as SqliteConnection;
      const asked = performance.now();
      const leave = await takeTurn();
      try {
        await onceFree(asked, () => watched(begin));
      } catch (error) {
        leave();
        throw error;
      }
      sqlite.leave = leave;
    },
    commitTransaction: (connection) => end(connection, 'commit'),
    rollbackTransaction(connection: SqliteConnection) {
      const hasEnded = connection.leave === undefined;
      return hasEnded ? Promise.resolve() : end(connection, 'rollback');
    },
    releaseConnection: () => Promise.resolve(),
    async destroy() {
      await stopLooking?.();
      reader.database.close();
      writer.database.close();
    },
  };
}

function openHandle(path: string, readOnly: boolean): Handle {
  // SQLite does not wait by itself for others that have it locked: nothing else would be answered meanwhile.
  const database = new DatabaseSync(path, { readOnly, timeout: 0 });
  try {
    // An acknowledged change is on disk: WAL with a sync at each commit.
    if (!readOnly) database.exec('pragma journal_mode = wal; pragma synchronous = full');
    // A small cache: the system has the file in memory too, and lists and look-ups were as quick with four times as much.
    database.exec('pragma foreign_keys = on; pragma cache_size = -1024');
  } catch (error) {
    database.close();
    throw error;
  }
  const statements = new LRUCache<string, Prepared>({ max: STATEMENTS_KEPT });
  return {
    database,
    prepared(sql) {
      const known = statements.get(sql);
      if (known) return known;
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      const prepared = { statement, columns: statement.columns().map((column) => column.name) };
      statements.set(sql, prepared);
      return prepared;
    },
  };
}

function damaged(path: string, cause: unknown): Error {
  const words = cause instanceof Error ? cause.message : String(cause);
  const error = new Error(
    `the database ${path} is damaged: keep the file, and put a backup in its place (${words})`,
  );
  return Object.assign(error, { code: 'ERR_SQLITE_ERROR', errcode: SQLITE_CORRUPT });
}

/** Does the work as soon as no other process has the database locked, which is now or, at the latest, after a few seconds. */
async function onceFree<T>(asked: number, work: () => T): Promise<T> {
  for (let pause = BUSY_FIRST_LOOK_MS; ; pause = Math.min(pause * 2, BUSY_LOOK_EVERY_MS)) {
    try {
      return work();
    } catch (error) {
      if (troubleOf(error) !== 'busy' || performance.now() - asked >= BUSY_PATIENCE_MS) throw error;
    }
    await sleep(pause);
  }
}

function run<R>(handle: Handle, query: CompiledQuery): QueryResult<R> {
  const { statement, columns } = handle.prepared(query.sql);
  const parameters = query.parameters.map(bindable);
  if (columns.length > 0) {
    const rows = statement.all(...parameters) as unknown as unknown[][];
    return { rows: rows.map((values) => named<R>(columns, values)) };
  }
  const { changes, lastInsertRowid } = statement.run(...parameters);
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
}

// The objects that node:sqlite makes itself are hash tables: ten times the memory of this, and slow to read.
function named<R>(columns: readonly string[], values: readonly unknown[]): R {
  const row: Record<string, unknown> = {};
  for (let at = 0; at < columns.length; at++) row[columns[at] as string] = values[at];
  return row as R;
}

// node:sqlite binds NULL for what it does not know: better to say so.
function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`a ${typeof value} cannot be bound to SQLite`);
}
