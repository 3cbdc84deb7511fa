import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { inTransaction } from '../db/transaction.ts';
import { openContext } from '../server.ts';
import { ADMIN, type As, newDatabase, startWorld, type TestDatabase, type World } from '../testing/world.ts';
import { startPostgresRelay } from '../../test/support/postgres-relay.ts';
import { createHearing, type Message, readMessage } from './hearing.ts';

// SQLite has one server: what several processes of it tell each other is another matter.
describe.runIf(process.env['LATCHKEY_TEST_DATABASE'] === 'postgres')(
  'several servers on one PostgreSQL',
  () => {
    test('a change on one is obeyed by all that have remembered what it ends', async () => {
      const database = await makeDatabase();
      const [first, ...others] = await Promise.all([1, 2, 3].map(() => startBeside(database)));
      if (first === undefined) throw new Error('no server');
      for (const [what, end] of Object.entries(ENDS)) {
        const { as, accountId, tokenId } = await makeToken(first);
        for (const world of others) expect(await statusOf(world, as)).toBe(200);
        await end(first, accountId, tokenId);
        for (const world of others) await expect.poll(() => statusOf(world, as), { message: what }).toBe(401);
      }
    });

    test('what nobody has changed is remembered: others are asked for nothing', async () => {
      const database = await makeDatabase();
      const [one, other] = [await startBeside(database), await startBeside(database)];
      const [{ as, tokenId }, another] = [await makeToken(one), await makeToken(one)];
      expect(await statusOf(other, as)).toBe(200);
      // Away from what the servers do: nobody is told of this.
      await one.context.db
        .updateTable('credential')
        .set({ is_revoked: 1 })
        .where('id', '=', tokenId)
        .execute();
      await one.send(ADMIN, 'DELETE', `/api/serviceaccounts/${another.accountId}`);
      expect(await statusOf(other, as)).toBe(200);
    });

    test('one that hears nothing of the others looks everything up, and remembers again once it hears them', async () => {
      const database = await makeDatabase();
      const relay = await startPostgresRelay(database.settings['url'] ?? '');
      onTestFinished(relay.close);
      const one = await startBeside(database);
      const deaf = await startBeside({ ...database, settings: { ...database.settings, url: relay.url } });
      const { as, accountId, tokenId } = await makeToken(one);
      expect(await statusOf(deaf, as)).toBe(200);

      relay.holdListeners();
      await expect.poll(() => deaf.context.peers?.isCurrent()).toBe(false);
      expect(await statusOf(deaf, as)).toBe(200);
      await ENDS['a token is deleted']?.(one, accountId, tokenId);
      expect(await statusOf(deaf, as)).toBe(401);
      const second = await makeToken(one);
      expect(await statusOf(deaf, second.as)).toBe(200);
      await ENDS['an account is disabled']?.(one, second.accountId, second.tokenId);
      expect(await statusOf(deaf, second.as)).toBe(401);

      await expect.poll(() => deaf.log.join('')).toContain('changes by other servers are not heard of');
      relay.letGo();
      await expect.poll(() => deaf.context.peers?.isCurrent(), { timeout: 5000 }).toBe(true);
      expect(deaf.log.join('')).toContain('changes by other servers are heard of again');
      const third = await makeToken(one);
      expect(await statusOf(deaf, third.as)).toBe(200);
      await ENDS['a token is deleted']?.(one, third.accountId, third.tokenId);
      await expect.poll(() => statusOf(deaf, third.as)).toBe(401);
    });

    test('whoever misses the last changes of one that ends, or of a process that only makes some, notices it', async () => {
      const database = await makeDatabase();
      const world = await startBeside(database);
      const client = new pg.Client({ connectionString: database.settings['url'] ?? '' });
      await client.connect();
      onTestFinished(() => client.end());
      const told: Message[] = [];
      client.on('notification', ({ payload = '' }) => {
        const message = readMessage(payload);
        if (message) told.push(message);
      });
      await client.query('listen latchkey');
      for (const listens of [false, true]) {
        const { context, close } = await openContext(world.context.config, { log: world.context.log });
        if (listens) await context.peers?.listen();
        const change = (key: string) => inTransaction(context, ({ touch }) => Promise.resolve(touch(key)));
        await change(`first ${listens}`);
        await change(`last ${listens}`);
        await close();
        await client.query('select 1');
        const isOfLast = (message: Message) => 'keys' in message && message.keys.includes(`last ${listens}`);
        const last = told.find(isOfLast);
        const ofOne = told.filter(({ from }) => from === last?.from);
        const [missing, all] = [createHearing(), createHearing()];
        expect(ofOne.map(all.hear)).not.toContain(true);
        expect(ofOne.filter((message) => message !== last).map(missing.hear)).toContain(true);
      }
    });
  },
);

/** What ends a token, each in its own way. */
const ENDS: Record<string, (world: World, accountId: number, tokenId: number) => Promise<unknown>> = {
  'a token is deleted': (world, accountId, tokenId) =>
    world.send(ADMIN, 'DELETE', `/api/serviceaccounts/${accountId}/tokens/${tokenId}`),
  'an account is disabled': (world, accountId) =>
    world.send(ADMIN, 'PATCH', `/api/serviceaccounts/${accountId}`, { isDisabled: true }),
  'an account is deleted': (world, accountId) =>
    world.send(ADMIN, 'DELETE', `/api/serviceaccounts/${accountId}`),
};

async function makeDatabase(): Promise<TestDatabase> {
  const database = await newDatabase();
  onTestFinished(() => database.remove());
  return database;
}

async function startBeside(database: TestDatabase): Promise<World> {
  const world = await startWorld({}, database);
  onTestFinished(() => world.stop());
  return world;
}

let accounts = 0;

async function makeToken(world: World): Promise<{ as: As; accountId: number; tokenId: number }> {
  const account = await world.send(ADMIN, 'POST', '/api/serviceaccounts', {
    name: `a${++accounts}`,
    role: 'Viewer',
  });
  const token = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account.body.id}/tokens`, {
    name: `t${accounts}`,
  });
  return { as: { bearer: token.body.key }, accountId: account.body.id, tokenId: token.body.id };
}

async function statusOf(world: World, as: As): Promise<number> {
  const { status } = await world.send(as, 'GET', '/api/org');
  return status;
}
