import { tmpdir } from 'node:os';
import pg from 'pg';
import { administer, bringUpToDate } from '../../server/testing/world.ts';
import { startPostgres, type PostgresServer } from './postgres-server.ts';

const VARIABLE = 'LATCHKEY_TEST_POSTGRES_URL';
const TEMPLATE = `latchkey_template_${process.pid}`;
let server: PostgresServer | undefined;

/**
 * Gives the tests a PostgreSQL in LATCHKEY_TEST_POSTGRES_URL: the one named there, else one of its own. In it is a database with all
 * tables, which LATCHKEY_TEST_POSTGRES_TEMPLATE names.
 */
export async function setup(): Promise<void> {
  let url = process.env[VARIABLE];
  if (url === undefined || url === '') {
    server = await startPostgres();
    url = server.url;
    process.env[VARIABLE] = url;
  }
  await administer(url, `create database ${TEMPLATE}`);
  const template = new URL(url);
  template.pathname = `/${TEMPLATE}`;
  await bringUpToDate(tmpdir(), { type: 'postgres', url: template.href });
  process.env['LATCHKEY_TEST_POSTGRES_TEMPLATE'] = TEMPLATE;
  console.log(
    `PostgreSQL ${await readVersion(url)}, ${server === undefined ? `from ${VARIABLE}` : 'started for this run'}`,
  );
}

/** Stops the PostgreSQL that setup started; leaves any other as it was. */
export async function teardown(): Promise<void> {
  const url = process.env[VARIABLE];
  if (server === undefined && url !== undefined)
    await administer(url, `drop database ${TEMPLATE} with (force)`);
  await server?.stop();
}

async function readVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  await client.end();
  return rows[0]?.server_version ?? 'of an unknown version';
}
