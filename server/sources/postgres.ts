import pg from 'pg';
import { type Engine, sourceOver, tablesOf, wholeNumber } from './queries.ts';
import { type Row, type Source, SourceError } from './source.ts';

const CONNECT_TIMEOUT_MS = 10_000;

// The numbers of PostgreSQL's own types.
const BOOL = 16;
const INT8 = 20;
const DATE = 1082;
const TIMESTAMP = 1114;
const TIMESTAMP_WITH_ZONE = 1184;

const types = new pg.TypeOverrides();
types.setTypeParser(BOOL, (text: string) => (text === 't' ? 1 : 0));
types.setTypeParser(INT8, (text: string) => wholeNumber(BigInt(text)));
// As the other databases give them; pg would take them for this machine's time.
for (const type of [DATE, TIMESTAMP, TIMESTAMP_WITH_ZONE]) types.setTypeParser(type, (text: string) => text);

/** A PostgreSQL database as a source, read as it is at this moment. */
export async function openPostgresSource(url: string, name: string): Promise<Source> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types,
    // Whatever happens, the server itself refuses a change.
    options: '-c default_transaction_read_only=on',
  });
  try {
    await client.connect();
    // Unheard, it would end the process; the query that is under way or comes next fails with it.
    client.on('error', () => {});
    await client.query('begin isolation level repeatable read read only');
    return sourceOver(await engineOf(name, client));
  } catch (error) {
    await client.end().catch(() => {});
    throw unreadable(name, error);
  }
}

async function engineOf(name: string, client: pg.Client): Promise<Engine> {
  const run: Engine['run'] = async (text, values) => {
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw unreadable(name, error);
    }
  };
  const listed = await run(
    `select table_name, column_name from information_schema.columns where table_schema = any (current_schemas(false))`,
    [],
  );
  return {
    name,
    tables: tablesOf(listed),
    quote: (column) => `"${column}"`,
    placeholder: (number) => `$${number}`,
    flag: (value) => value,
    run,
    close: () => client.end(),
  };
}

function unreadable(name: string, error: unknown): SourceError {
  const why = error instanceof AggregateError ? error.errors[0] : error;
  const detail = 'Check the address after --from, and that the user may read the tables there.';
  return new SourceError(`${name} cannot be read: ${(why as Error).message}`, detail, error);
}
