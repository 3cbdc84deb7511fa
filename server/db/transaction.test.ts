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
