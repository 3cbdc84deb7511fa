import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inParts } from './parts.ts';

test('everything is worked on once and in its order, never much at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 2000, size: 'max' }), async (all) => {
      const parts: number[][] = [];
      await inParts(all, (some) => Promise.resolve(parts.push(some)));
      expect(parts.flat()).toEqual(all);
      expect(parts.every(({ length }) => length > 0 && length <= 500)).toBe(true);
    }),
  );
});

test('where a part fails, none is begun after it', async () => {
  let begun = 0;
  const work = (): Promise<never> => Promise.reject(new Error(`part ${++begun}`));
  await expect(inParts(Array.from({ length: 1200 }), work)).rejects.toThrow('part 1');
  expect(begun).toBe(1);
});
