import { type Connection, createConnection } from 'mysql2/promise';
import { type Engine, sourceOver, tablesOf } from './queries.ts';
import { type Row, type Source, SourceError } from './source.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const STATEMENTS_KEPT = 50;

/** A MySQL or MariaDB database as a source, read as it is at this moment. */
export async function openMysqlSource(url: string, name: string): Promise<Source> {
  const connection = await createConnection({
    uri: url,
    connectTimeout: CONNECT_TIMEOUT_MS,
    charset: 'utf8mb4',
    // As the other databases give them; else they would be taken for this machine's time.
    dateStrings: true,
    supportBigNumbers: true,
    maxPreparedStatements: STATEMENTS_KEPT,
  }).catch((error: unknown) => {
    throw unreadable(name, error);
  });
  try {
    // Unheard, it would end the process; the query that is under way or comes next fails with it.
    connection.on('error', () => {});
    await connection.query('set session transaction isolation level repeatable read');
    await connection.query('start transaction with consistent snapshot, read only');
    return sourceOver(await engineOf(name, connection));
  } catch (error) {
    connection.destroy();
    throw unreadable(name, error);
  }
}

async function engineOf(name: string, connection: Connection): Promise<Engine> {
  const run: Engine['run'] = async (text, values) => {
    try {
      return (await connection.execute(text, [...values]))[0] as Row[];
    } catch (error) {
      throw unreadable(name, error);
    }
  };
  const listed = await run(
    `select table_name as table_name, column_name as column_name from information_schema.columns
       where table_schema = database()`,
    [],
  );
  return {
    name,
    tables: tablesOf(listed),
    quote: (column) => `\`${column}\``,
    placeholder: () => '?',
    flag: (value) => (value ? 1 : 0),
    run,
    close: () => connection.end(),
  };
}

function unreadable(name: string, error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  const detail = 'Check the address after --from, and that the user may read the tables there.';
  return new SourceError(`${name} cannot be read: ${(error as Error).message}`, detail, error);
}
