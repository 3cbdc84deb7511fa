import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageOf } from './paging.ts';

const counted = fc.constantFrom<0 | 1>(0, 1);
const perpage = fc.integer({ min: 1, max: 12_000 });

test.each([0, 1] as const)('read page by page from %i until an empty one, every row comes once', (first) => {
  fc.assert(
    fc.property(fc.nat(20_000), perpage, (total, size) => {
      let read = 0;
      for (let page = first as number; ; page++) {
        const { offset, limit } = pageOf({ page, perpage: size }, first);
        const rows = Math.max(0, Math.min(limit, total - offset));
        if (rows === 0) break;
        // Each page begins where the one before it ended.
        expect(offset).toBe(read);
        read += rows;
      }
      expect(read).toBe(total);
    }),
    { numRuns: 200 },
  );
});

test('whatever is asked for, the database is asked for a bounded number of rows at a whole place', () => {
  const query = fc.record(
    { page: fc.nat(1_000_000_000), perpage: fc.nat(Number.MAX_SAFE_INTEGER) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(query, counted, (asked, first) => {
      const { limit, offset, page } = pageOf(asked, first);
      expect(limit).toBeGreaterThanOrEqual(1);
      expect(limit).toBeLessThanOrEqual(5000);
      expect(Number.isSafeInteger(offset)).toBe(true);
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(page).toBeGreaterThanOrEqual(first);
    }),
  );
});

test('none asked for, it is the first page; and where pages count from 1, 0 is the first too', () => {
  expect(pageOf({})).toEqual({ page: 1, perPage: 1000, limit: 1000, offset: 0 });
  expect(pageOf({}, 0)).toEqual({ page: 0, perPage: 1000, limit: 1000, offset: 0 });
  expect(pageOf({ page: 0, perpage: 10 })).toEqual(pageOf({ page: 1, perpage: 10 }));
  expect(pageOf({ page: 1, perpage: 10 }, 0).offset).toBe(10);
});
