import { expect, test } from 'vitest';
import type { Context } from '../../context.ts';
import { databaseCheck } from './health.ts';

/** A context whose database answers as it is told to, and counts how often it is asked. */
function fakeDatabase(answer: () => Promise<unknown>) {
  const asked = { times: 0 };
  const execute = (): Promise<unknown> => {
    asked.times++;
    return answer();
  };
  const query = { select: () => query, limit: () => query, execute };
  const context = { db: { selectFrom: () => query }, log: { error: () => undefined } } as unknown as Context;
  return { asked, context };
}

test('a database that never answers is taken for failing, and is not asked again meanwhile', async () => {
  const { asked, context } = fakeDatabase(() => new Promise(() => undefined));
  const check = databaseCheck(context, { trouble: undefined }, 5);
  const away = { canRead: false, reason: 'the database does not answer' };
  expect(await Promise.all([check(), check(), check()])).toEqual([away, away, away]);
  expect(await check()).toEqual(away);
  expect(asked.times).toBe(1);
});

test('a database that comes back is asked anew, and is well', async () => {
  let answer = (): void => undefined;
  const { asked, context } = fakeDatabase(() => new Promise<void>((resolve) => (answer = resolve)));
  const check = databaseCheck(context, { trouble: undefined }, 5);
  expect(await check()).toMatchObject({ canRead: false });
  answer();
  await new Promise(setImmediate);
  const again = check();
  answer();
  expect(await again).toEqual({ canRead: true, reason: undefined });
  expect(asked.times).toBe(2);
});
