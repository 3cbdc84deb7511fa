import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../testing/world.ts';
import { inTransaction } from './transaction.ts';

const AT_ONCE = 150;

let world: World;
beforeAll(async () => {
  // So that very many transactions run beside one another, where the database lets them.
  world = await startWorld({ database: { max_open_conn: 100 } });
});
afterAll(() => world.stop());

test('however many change the same thing at once, all of them do', { timeout: 60_000 }, async () => {
  const dashboard = { title: 'wanted', uid: 'wanted', tags: ['a', 'b'] };
  const saves = Array.from({ length: AT_ONCE }, () =>
    world.send(ADMIN, 'POST', '/api/dashboards/db', { dashboard, overwrite: true }),
  );
  expect(new Set((await Promise.all(saves)).map(({ status }) => status))).toEqual(new Set([200]));
  const { body } = await world.send(ADMIN, 'GET', '/api/dashboards/uid/wanted');
  expect(body.dashboard.version).toBe(AT_ONCE);
});

test('however many make something of one kind at once, all of them do', { timeout: 60_000 }, async () => {
  const made = Array.from({ length: AT_ONCE }, (_, number) =>
    world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: `account ${number}` }),
  );
  expect(new Set((await Promise.all(made)).map(({ status }) => status))).toEqual(new Set([201]));
});

test.runIf(process.env['LATCHKEY_TEST_DATABASE'] === 'postgres')(
  'tokens of one account that are made at once do not lose to one another, and saves of one dashboard are told to have',
  { timeout: 60_000 },
  async () => {
    const lost = async (): Promise<number> => {
      const { body } = await world.send(ADMIN, 'GET', '/metrics');
      return Number(/^latchkey_transactions_repeated_total (\d+)$/m.exec(body)?.[1]);
    };
    expect(await lost()).toBeGreaterThan(0);
    const { body } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'of many tokens' });
    const before = await lost();
    const made = Array.from({ length: 50 }, (_, number) =>
      world.send(ADMIN, 'POST', `/api/serviceaccounts/${body.id}/tokens`, { name: `token ${number}` }),
    );
    expect(new Set((await Promise.all(made)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(await lost()).toBe(before);
  },
);

test('what is touched is forgotten, also when nobody knows whether the change was made', async () => {
  const { context } = world;
  const remember = () => context.memory.remember('thing:1', () => Promise.resolve({ is: 'old' }));
  await remember();
  await inTransaction(context, (context) => Promise.resolve(context.touch('thing:1')));
  expect(context.memory.recall('thing:1')).toBeUndefined();
  await remember();
  const lost = inTransaction(context, (context) => {
    context.touch('thing:1');
    return Promise.reject(new Error('the connection was cut'));
  });
  await expect(lost).rejects.toThrow('the connection was cut');
  expect(context.memory.recall('thing:1')).toBeUndefined();
});
