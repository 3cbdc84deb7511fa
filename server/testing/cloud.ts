import { cpSync } from 'node:fs';
import type { Client } from 'pg';
import { loadConfig } from '../config/config.ts';
import type { Overrides } from '../config/settings.ts';
import type { StackRow } from '../cloud/db/schema.ts';
import { asGuarded } from '../cloud/http/openapi.ts';
import { initCloud } from '../cloud/init.ts';
import { configOfStack } from '../cloud/stack-config.ts';
import { setPassword } from '../modules/users/passwords.ts';
import { asOperator } from '../operator.ts';
import { openContext } from '../server.ts';
import { documentedOnly } from './documented.ts';
import {
  administering,
  type Answer,
  type As,
  newDatabase,
  startWorld,
  type TestDatabase,
  type World,
} from './world.ts';

/** A server with its cloud side, and a cloud organization with the key of its Admin. */
export interface CloudWorld extends Omit<World, 'cloud'> {
  cloud: NonNullable<World['cloud']>;
  /** The Admin's cloud key. */
  admin: As;
  /** The slug of the organization. */
  org: string;
  /** A request to the cloud side. */
  ask(
    as: As,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Another organization with its own Admin. */
  otherOrg(name: string): Promise<{ slug: string; as: As }>;
}

// Apart from each other's where test files run side by side, and below those that systems give to clients: one of these may be taken for a moment.
const FIRST_PORT = 20_000 + (process.pid % 240) * 50;
const PORTS = 800;

export async function startCloudWorld(overrides: Overrides = {}, shared?: TestDatabase): Promise<CloudWorld> {
  const database = shared ?? (await newDatabase({ isUpToDate: true }));
  const all: Overrides = {
    ...overrides,
    cloud: {
      enabled: true,
      http_port: 0,
      stack_ports: `${FIRST_PORT}-${FIRST_PORT + PORTS - 1}`,
      ...overrides['cloud'],
    },
  };
  const init = (org: string) =>
    initCloud(
      loadConfig({
        home: database.directory,
        env: {},
        overrides: {
          ...all,
          paths: { data: database.directory },
          database: database.settings,
          log: { level: 'error' },
        },
      }).config,
      { org, key: 'first' },
    );
  const first = shared === undefined ? await init('Acme') : undefined;
  const world = await startWorld(all, database);
  const { cloud } = world;
  if (cloud === undefined) throw new Error('the cloud side does not run');
  const expectDocumented = documentedOnly(cloud.routes.map(asGuarded));
  return {
    ...world,
    cloud,
    admin: { bearer: first?.token ?? '' },
    org: 'acme',
    async ask(as, method, path, body, headers) {
      const answer = await world.sendTo(cloud.url, as, method, path, body, headers);
      expectDocumented(method, path, answer.status);
      return answer;
    },
    async otherOrg(name) {
      const { slug, token } = await init(name);
      return { slug, as: { bearer: token } };
    },
    async stop() {
      await world.stop();
      if (shared !== undefined) return;
      await removeStacks(database);
      await database.remove();
    },
  };
}

/** As `latchkey reset-admin-password` does on the machine: nobody knows the password that a stack begins with. */
export async function setAdminPassword(
  { cloud, context: { config, log } }: CloudWorld,
  id: number,
  password: string,
): Promise<void> {
  await cloud.stacks.close(id);
  const row = { id, slug: 'any', port: 1, host: null } as StackRow;
  const { context, close } = await openContext(configOfStack(config, row), { log });
  const { id: userId } = await context.db.selectFrom('user').select('id').executeTakeFirstOrThrow();
  await setPassword(asOperator(context), userId, password);
  await close();
}

/** Removes the databases that the cloud side and its stacks have in PostgreSQL; in SQLite they are files of the directory. */
export async function removeStacks(database: TestDatabase): Promise<void> {
  await inPostgres(database, async (client, name) => {
    for (const part of await partsOf(client, name))
      await client.query(`drop database ${name + part} with (force)`);
  });
}

/** Copies what a server, its cloud side and its stacks have, while nobody uses it, to where nothing is. */
export async function copyStacks(from: TestDatabase, to: TestDatabase): Promise<void> {
  cpSync(from.directory, to.directory, { recursive: true });
  const { url = '' } = to.settings;
  await inPostgres(from, async (client, name) => {
    const copy = new URL(url).pathname.slice(1);
    await client.query(`drop database ${copy}`);
    for (const part of ['', ...(await partsOf(client, name))])
      await client.query(`create database ${copy + part} template ${name + part}`);
  });
}

async function inPostgres(
  { settings: { url } }: TestDatabase,
  work: (client: Client, name: string) => Promise<void>,
): Promise<void> {
  const server = process.env['LATCHKEY_TEST_POSTGRES_URL'];
  if (url === undefined || server === undefined) return;
  await administering(server, (client) => work(client, new URL(url).pathname.slice(1)));
}

/** How the names of the databases go on that belong to one. */
async function partsOf(client: Client, name: string): Promise<string[]> {
  const { rows } = await client.query<{ datname: string }>(
    'select datname from pg_database where starts_with(datname, $1)',
    [`${name}_`],
  );
  return rows.map(({ datname }) => datname.slice(name.length));
}
