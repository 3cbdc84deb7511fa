import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type PostgresPair, startPostgresPair } from '../../test/support/postgres-server.ts';
import { ADMIN, newDatabase, startWorld, type World } from '../testing/world.ts';

const PATIENCE = { timeout: 20_000 };
const PATIENT = { timeout: 90_000 };

// SQLite is a file in the process.
describe.runIf(process.env['LATCHKEY_TEST_DATABASE'] === 'postgres')(
  'of two PostgreSQL, one standing by',
  () => {
    test(
      'the one that takes writes is used, and the other once that is dead and it takes them',
      PATIENT,
      async () => {
        const pair = await startPair();
        const { host, url } = settingsFor(pair);
        const [one, other] = [await startOn(url), await startOn(host)];
        const before = await makeKey(one, 'before');
        expect(await statusOf(other, before.key)).toBe(200);
        await pair.primary.kill();
        expect(await makeKeyStatus(one)).toBe(503);
        await pair.promote();
        for (const world of [one, other]) {
          await expect.poll(() => makeKeyStatus(world), PATIENCE).toBe(200);
          expect(await statusOf(world, before.key)).toBe(200);
          await expect.poll(() => world.context.peers?.isCurrent(), PATIENCE).toBe(true);
        }
        expect((await one.send(ADMIN, 'DELETE', `/api/auth/keys/${before.id}`)).status).toBe(200);
        await expect.poll(() => statusOf(other, before.key)).toBe(401);
      },
    );

    test(
      'one that takes no writes any more is left, by what listens too, and used again once it takes them',
      PATIENT,
      async () => {
        const pair = await startPair();
        const { url } = settingsFor(pair);
        const [one, other] = [await startOn(url), await startOn(url)];
        await settle(pair, 'on');
        await expect.poll(() => makeKeyStatus(one), PATIENCE).toBe(503);
        const { status, headers, body } = await one.send(ADMIN, 'GET', '/api/auth/keys');
        expect([status, body.messageId]).toEqual([503, 'database.away']);
        expect(headers.get('retry-after')).toMatch(/^\d+$/);
        await settle(pair, 'off');
        for (const world of [one, other]) await expect.poll(() => makeKeyStatus(world), PATIENCE).toBe(200);

        await settle(pair, 'on');
        await pair.promote();
        for (const world of [one, other]) await expect.poll(() => makeKeyStatus(world), PATIENCE).toBe(200);
        await expect.poll(() => othersOn(pair.primary.url), PATIENCE).toBe(0);
        for (const { context } of [one, other])
          await expect.poll(() => context.peers?.isCurrent(), PATIENCE).toBe(true);
        const { id, key } = await makeKey(one, 'heard of');
        expect(await statusOf(other, key)).toBe(200);
        expect((await one.send(ADMIN, 'DELETE', `/api/auth/keys/${id}`)).status).toBe(200);
        await expect.poll(() => statusOf(other, key)).toBe(401);
      },
    );

    test('one that is silent holds nobody up', PATIENT, async () => {
      const silent = createServer().listen(0, '127.0.0.1');
      await once(silent, 'listening');
      onTestFinished(() => void silent.close());
      const database = await newDatabase();
      onTestFinished(() => database.remove());
      const url = new URL(database.settings['url'] ?? '');
      const { port } = silent.address() as AddressInfo;
      const hosts = url.href.replace(url.host, `127.0.0.1:${port},${url.host}`);
      const world = await startWorld({}, { ...database, settings: { type: 'postgres', url: hosts } });
      onTestFinished(() => world.stop());
      expect(await makeKeyStatus(world)).toBe(200);
    });
  },
);

async function startPair(): Promise<PostgresPair> {
  const pair = await startPostgresPair();
  onTestFinished(() => pair.stop());
  return pair;
}

/** Both of them in a url, and in settings of their own, the one that stands by first. */
function settingsFor({ primary, standby }: PostgresPair): Record<'host' | 'url', Record<string, string>> {
  const [first, second] = [new URL(standby.url), new URL(primary.url)];
  const hosts = `${first.host},${second.host}`;
  const url = `postgres://postgres:${second.password}@${hosts}/postgres?target_session_attrs=read-write`;
  return {
    url: { type: 'postgres', url },
    host: { type: 'postgres', host: hosts, name: 'postgres', user: 'postgres', password: second.password },
  };
}

async function startOn(settings: Record<string, string>): Promise<World> {
  const database = await newDatabase();
  onTestFinished(() => database.remove());
  const world = await startWorld({}, { ...database, settings });
  onTestFinished(() => world.stop());
  return world;
}

/** How many connections there are but the one that asks, and those whose last commit waits for a standby that is none any more. */
async function othersOn(connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rowCount } = await client.query(
    `select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
       and wait_event is distinct from 'SyncRep'`,
  );
  await client.end();
  return rowCount ?? 0;
}

/** Has the primary refuse writes, of connections that are open too, or take them again. */
async function settle({ primary }: PostgresPair, isReadOnly: 'on' | 'off'): Promise<void> {
  const client = new pg.Client({ connectionString: primary.url });
  await client.connect();
  await client.query(`alter system set default_transaction_read_only = ${isReadOnly}`);
  await client.query('select pg_reload_conf()');
  await client.end();
}

let keys = 0;

function sendKey(world: World, name: string) {
  return world.send(ADMIN, 'POST', '/api/auth/keys', { name, role: 'Viewer' });
}

async function makeKey(world: World, name: string): Promise<{ id: number; key: string }> {
  const { body } = await sendKey(world, name);
  return { id: body.id, key: body.key };
}

async function makeKeyStatus(world: World): Promise<number> {
  return (await sendKey(world, `key ${++keys}`)).status;
}

async function statusOf(world: World, key: string): Promise<number> {
  return (await world.send({ bearer: key }, 'GET', '/api/org')).status;
}
