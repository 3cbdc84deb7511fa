import pg from 'pg';
import { startPostgres, type PostgresServer } from './postgres-server.ts';

const VARIABLE = 'LATCHKEY_TEST_POSTGRES_URL';
let server: PostgresServer | undefined;

/** Gives the tests a PostgreSQL in LATCHKEY_TEST_POSTGRES_URL: the one named there, else one of its own. */
export async function setup(): Promise<void> {
  let url = process.env[VARIABLE];
  if (url === undefined || url === '') {
    server = await startPostgres();
    url = server.url;
    process.env[VARIABLE] = url;
  }
  console.log(
    `PostgreSQL ${await readVersion(url)}, ${server === undefined ? `from ${VARIABLE}` : 'started for this run'}`,
  );
}

/** Stops the PostgreSQL that setup started; leaves any other alone. */
export async function teardown(): Promise<void> {
  await server?.stop();
}

async function readVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  await client.end();
  return rows[0]?.server_version ?? 'of an unknown version';
}
