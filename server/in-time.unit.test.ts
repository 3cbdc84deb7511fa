import { expect, test } from 'vitest';
import { inTime } from './in-time.ts';

test('what comes too late is given back, and only that', async () => {
  const back: string[] = [];
  const giveBack = (late: string): void => void back.push(late);
  expect(await inTime(Promise.resolve('in time'), 1, 'late', giveBack)).toBe('in time');
  const { promise: slow, resolve } = Promise.withResolvers<string>();
  await expect(inTime(slow, 1, 'too late', giveBack)).rejects.toThrow('too late');
  const { promise: failing, reject } = Promise.withResolvers<string>();
  await expect(inTime(failing, 1, 'too late', giveBack)).rejects.toThrow('too late');
  resolve('a place');
  reject(new Error('lost'));
  await expect.poll(() => back).toEqual(['a place']);
});
