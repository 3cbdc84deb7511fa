import { describe, expect, onTestFinished, test } from 'vitest';
import pg from 'pg';
import { freePort } from '../../bench/processes.ts';
import { runCli } from '../../test/support/run-cli.ts';
import { serve } from '../../test/support/serving.ts';
import { type CloudWorld, removeStacks, startCloudWorld } from '../testing/cloud.ts';
import { ADMIN, type As, newDatabase, type TestDatabase } from '../testing/world.ts';

/** One server of several, each at an address of its own, since each listens at the ports of all stacks. */
interface Beside extends CloudWorld {
  /** The status of a request to a stack at this server; 0 where nobody listens at its port. */
  statusOf(stack: Made, as?: As): Promise<number>;
}

interface Made {
  id: number;
  slug: string;
  port: number;
  /** Of a service account in it. */
  as: { bearer: string };
  accountId: number;
  tokenId: number;
}

const PATIENT = { timeout: 5000 };
const WORKERS = 2;

// SQLite has one server.
describe.runIf(process.env['LATCHKEY_TEST_DATABASE'] === 'postgres')(
  'stacks of several servers on one PostgreSQL',
  () => {
    test('one made on a server is reached at its port on the others, and what is ended on one is ended on all', async () => {
      const { one, other, admin } = await startTwo();
      const stack = await make(one, admin);
      await expect.poll(() => other.statusOf(stack), PATIENT).toBe(200);
      expect(await one.statusOf(stack)).toBe(200);

      const path = `/api/instances/mine/api/serviceaccounts/${stack.accountId}/tokens/${stack.tokenId}`;
      expect((await other.ask(admin, 'DELETE', path)).status).toBe(200);
      await expect.poll(() => one.statusOf(stack), PATIENT).toBe(401);
      expect(await other.statusOf(stack)).toBe(401);
    });

    test('one suspended, moved, deleted or restored on a server is so on the others, and is closed there', async () => {
      const { one, other, admin } = await startTwo();
      const stack = await make(one, admin);
      const expectOnOther = async (status: number): Promise<void> => {
        await expect.poll(() => other.statusOf(stack), PATIENT).toBe(status);
      };
      const expectClosed = async (): Promise<void> => {
        await expect.poll(() => other.cloud.stacks.isOpen(stack.id), PATIENT).toBe(false);
      };
      await expectOnOther(200);
      await one.ask(admin, 'POST', '/api/instances/mine/suspend');
      await expectOnOther(403);
      await expectClosed();
      await one.ask(admin, 'POST', '/api/instances/mine/resume');
      await expectOnOther(200);
      await one.ask(admin, 'DELETE', '/api/instances/mine');
      await expectOnOther(404);
      await expectClosed();
      const { body: restored } = await one.ask(admin, 'POST', `/api/instances/${stack.id}/restore`);
      stack.port = Number(new URL(restored.url).port);
      await expectOnOther(200);
      const url = restored.url.replace(String(stack.port), String(stack.port + 5));
      const { body: moved } = await one.ask(admin, 'POST', '/api/instances/mine', { url });
      expect(moved.url).toBe(url);
      await expectOnOther(404);
      stack.port += 5;
      await expectOnOther(200);
      const { body: frontend } = await other.sendTo(
        at(other, stack),
        stack.as,
        'GET',
        '/api/frontend/settings',
      );
      expect(frontend.appUrl).toBe(`${at(other, stack)}/`);
    });

    test('what is reported as leaked to one server is refused by all, of the cloud side and in a stack', async () => {
      const { one, other, admin } = await startTwo();
      const stack = await make(one, admin);
      const { body } = await one.ask(admin, 'POST', '/api/orgs/acme/api-keys', { name: 'k', role: 'Viewer' });
      const key = { bearer: body.token as string };
      await expect.poll(() => other.statusOf(stack), PATIENT).toBe(200);
      expect((await other.ask(key, 'GET', '/api/instances')).status).toBe(200);
      // The other one has it open, and remembers its token.
      await one.cloud.stacks.close(stack.id);
      const leaks = [key, stack.as].map((as) => ({ token: as?.bearer }));
      const { body: judged } = await one.send(ADMIN, 'POST', '/api/leaks', leaks);
      expect(judged.map(({ label }: { label: string }) => label)).toEqual(['true_positive', 'true_positive']);
      await expect.poll(() => other.statusOf(stack), PATIENT).toBe(401);
      expect((await other.ask(key, 'GET', '/api/instances')).status).toBe(401);
      expect(await one.statusOf(stack)).toBe(401);
    });

    test('a new database is brought up to date once where all servers open it at once', async () => {
      const { one, other, admin, database } = await startTwo();
      const stack = await make(one, admin);
      await one.cloud.stacks.close(stack.id);
      const client = await connect();
      const name = `${nameOf(database)}_stack_${stack.id}`;
      await client.query(`drop database ${name} with (force)`);
      await client.query(`create database ${name}`);
      const asked = [one, other].flatMap((server) => Array.from({ length: 5 }, () => server.statusOf(stack)));
      // It is empty now, and knows no token.
      expect(new Set(await Promise.all(asked))).toEqual(new Set([401]));
    });

    test('one that is removed while another server has it open is gone for all, and is removed once', async () => {
      const { one, other, admin, database } = await startTwo({ keep_deleted_for: '0s' });
      const stack = await make(one, admin);
      await expect.poll(() => other.statusOf(stack), PATIENT).toBe(200);
      const asking = (async () => {
        const statuses = new Set<number>();
        do statuses.add(await other.statusOf(stack));
        while (!statuses.has(404));
        return statuses;
      })();
      await one.ask(admin, 'DELETE', '/api/instances/mine');
      one.clock.advance(1000);
      other.clock.advance(1000);
      await Promise.all([one.cloud.tidy(), other.cloud.tidy()]);
      await expect.poll(() => other.statusOf(stack), PATIENT).toBe(404);
      expect([200, 404, 503]).toEqual(expect.arrayContaining([...(await asking)]));
      const client = await connect();
      const left = await client.query('select 1 from pg_database where datname = $1', [
        `${nameOf(database)}_stack_${stack.id}`,
      ]);
      expect(left.rowCount).toBe(0);
      const { body: record } = await one.ask(admin, 'GET', '/api/audit?action=stacks:remove');
      expect(record.totalCount).toBe(1);
      expect((await other.send(ADMIN, 'GET', '/api/org')).status).toBe(200);
    });

    test('more connections than PostgreSQL has are warned of in figures', async () => {
      const database = await newPlace();
      const warningsOf = async (open_stacks: number): Promise<string[]> => {
        const world = await startCloudWorld({ log: { level: 'warn' }, cloud: { open_stacks } }, database);
        onTestFinished(() => world.stop());
        return world.log.filter((line) => line.includes('connections to PostgreSQL'));
      };
      expect(await warningsOf(1)).toEqual([]);
      expect(await warningsOf(1000)).toEqual([
        expect.stringMatching(/may take 5022 connections .* which has \d+/),
      ]);
    });

    test(
      'several workers of a server answer for a stack, and a token that one revokes is refused by all',
      { timeout: 120_000 },
      async () => {
        const database = await newPlace();
        const [port, first] = [await freePort(), await freePort()];
        const environment = {
          GF_PATHS_DATA: database.directory,
          GF_DATABASE_URL: database.settings['url'] ?? '',
          GF_SERVER_WORKERS: String(WORKERS),
          GF_CLOUD_ENABLED: 'true',
          GF_CLOUD_HTTP_PORT: String(port),
          GF_CLOUD_STACK_PORTS: `${first}-${first}`,
        };
        const said = await runCli(['cloud', 'init', '--org', 'Acme'], { env: environment });
        const key = /glc_\S+/.exec(said.stdout)?.[0];
        const server = await serve(environment);
        onTestFinished(server.stop);
        const send = async (url: string, bearer: string | undefined, method: string, body?: unknown) =>
          fetch(url, {
            method,
            headers: {
              authorization: `Bearer ${bearer}`,
              'content-type': 'application/json',
              connection: 'close',
            },
            body: JSON.stringify(body),
          });
        const cloud = `http://127.0.0.1:${port}/api/instances`;
        expect((await send(cloud, key, 'POST', { name: 'mine', slug: 'mine' })).status).toBe(200);
        const made = (await (
          await send(`${cloud}/mine/api/auth/keys`, key, 'POST', { name: 'key', role: 'Viewer' })
        ).json()) as { id: number; key: string };
        // Each connection may be another worker's.
        const statuses = async (): Promise<number[]> => {
          const answers = Array.from({ length: 8 }, () =>
            send(`http://127.0.0.1:${first}/api/org`, made.key, 'GET').then(
              ({ status }) => status,
              () => 0,
            ),
          );
          return [...new Set(await Promise.all(answers))];
        };
        await expect.poll(statuses, PATIENT).toEqual([200]);
        expect((await send(`${cloud}/mine/api/auth/keys/${made.id}`, key, 'DELETE')).status).toBe(200);
        await expect.poll(statuses, PATIENT).toEqual([401]);
        await send(`${cloud}/mine`, key, 'DELETE');
        await expect.poll(statuses, PATIENT).not.toContain(401);
      },
    );
  },
);

async function startTwo(cloud: Record<string, string> = {}) {
  const database = await newPlace();
  const start = async (http_addr: string): Promise<Beside> => {
    const world = await startCloudWorld({ server: { http_addr }, cloud }, database);
    onTestFinished(() => world.stop());
    return {
      ...world,
      statusOf: (stack, as = stack.as) =>
        world.sendTo(at(world, stack), as, 'GET', '/api/org').then(
          ({ status }) => status,
          () => 0,
        ),
    };
  };
  const [one, other] = [await start('127.0.0.1'), await start('127.0.0.2')];
  const { as: admin } = await one.otherOrg('Acme');
  return { one, other, admin, database };
}

async function newPlace(): Promise<TestDatabase> {
  const database = await newDatabase({ isUpToDate: true });
  onTestFinished(async () => {
    await removeStacks(database);
    await database.remove();
  });
  return database;
}

async function make(world: CloudWorld, admin: As): Promise<Made> {
  const { body: stack } = await world.ask(admin, 'POST', '/api/instances', { name: 'mine', slug: 'mine' });
  const accounts = '/api/instances/mine/api/serviceaccounts';
  const { body: account } = await world.ask(admin, 'POST', accounts, { name: 'account', role: 'Viewer' });
  const { body: token } = await world.ask(admin, 'POST', `${accounts}/${account.id}/tokens`, {
    name: 'token',
  });
  return {
    id: stack.id,
    slug: stack.slug,
    port: Number(new URL(stack.url).port),
    as: { bearer: token.key },
    accountId: account.id,
    tokenId: token.id,
  };
}

function at(world: CloudWorld, { port }: Made): string {
  const url = new URL(world.url);
  return `http://${url.hostname}:${port}`;
}

function nameOf({ settings }: TestDatabase): string {
  return new URL(settings['url'] ?? '').pathname.slice(1);
}

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: process.env['LATCHKEY_TEST_POSTGRES_URL'] });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
