import { existsSync, statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type Engine, sourceOver, tablesOf, wholeNumber } from './queries.ts';
import { type Row, type Source, SourceError } from './source.ts';

const PATIENCE_MS = 5000;
const STATEMENTS_KEPT = 50;

// SQLite's own numbers.
const BUSY = 5;
const LOCKED = 6;
const READ_ONLY = 8;
const IO = 10;
const CORRUPT = 11;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

/** A SQLite file as a source. Throws a SourceError for what is no whole database, before anything is read of it. */
export function openSqliteSource(path: string): Source {
  if (!existsSync(path)) throw new SourceError(`there is no file ${path}`, 'Check the path after --from.');
  if (!statSync(path).isFile()) throw new SourceError(`${path} is no file`, 'Name the database file itself.');
  return explaining(path, () => {
    const database = new DatabaseSync(path, { readOnly: true, timeout: PATIENCE_MS });
    try {
      requireWhole(path, database);
      return sourceOver(engineOf(path, database));
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

// A file that was cut off opens like any other, and fails only where it ends.
function requireWhole(path: string, database: DatabaseSync): void {
  const found = database.prepare('pragma quick_check(1)').all()[0]?.['quick_check'];
  if (found !== 'ok') throw damaged(path, new Error(String(found)));
}

function engineOf(path: string, database: DatabaseSync): Engine {
  const statements = new Map<string, StatementSync>();
  const prepared = (text: string): StatementSync => {
    const known = statements.get(text);
    if (known) return known;
    if (statements.size >= STATEMENTS_KEPT) statements.clear();
    const statement = database.prepare(text);
    // Without it, a number beyond what JavaScript can hold ends the reading.
    statement.setReadBigInts(true);
    statements.set(text, statement);
    return statement;
  };
  const run: Engine['run'] = (text, values) =>
    Promise.resolve().then(() =>
      explaining(path, () =>
        prepared(text)
          .all(...(values as SQLInputValue[]))
          .map(asRow),
      ),
    );
  const listed = database
    .prepare(
      `select tables.name as table_name, columns.name as column_name
         from sqlite_schema as tables join pragma_table_info(tables.name) as columns where tables.type = 'table'`,
    )
    .all() as Row[];
  return {
    name: path,
    tables: tablesOf(listed),
    quote: (name) => `"${name}"`,
    placeholder: () => '?',
    flag: (value) => (value ? 1 : 0),
    run,
    close() {
      database.close();
      return Promise.resolve();
    },
  };
}

function asRow(read: Record<string, unknown>): Row {
  const row: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(read)) {
    row[name] = typeof value === 'bigint' ? wholeNumber(value) : value;
  }
  return row as Row;
}

function explaining<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explained(path, error);
  }
}

function explained(path: string, error: unknown): unknown {
  const code = (error as { errcode?: unknown }).errcode;
  if (typeof code !== 'number') return error;
  // The lower byte is the kind, the rest says more exactly what happened.
  switch (code & 0xff) {
    case NOT_A_DATABASE:
      return new SourceError(`${path} is no SQLite database`, "Grafana's is named grafana.db.", error);
    case CORRUPT:
    case IO:
      return damaged(path, error);
    case BUSY:
    case LOCKED:
      return new SourceError(
        `${path} is locked by another program`,
        'Stop Grafana, or copy the file with "sqlite3 grafana.db \'.backup copy.db\'" and import the copy.',
        error,
      );
    case READ_ONLY:
    case CANNOT_OPEN:
      return new SourceError(
        `${path} cannot be opened for reading alone: ${(error as Error).message}`,
        'Grafana may not have ended cleanly: start and stop it once, or copy the file with those beside it to a directory that you may write to.',
        error,
      );
    default:
      return error;
  }
}

function damaged(path: string, cause: unknown): SourceError {
  return new SourceError(
    `${path} is damaged or was cut off: ${(cause as Error).message}`,
    'Copy it again while Grafana is stopped. Nothing was brought from it.',
    cause,
  );
}
