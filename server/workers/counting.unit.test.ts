import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCounting } from './counting.ts';

const limit = { capacity: 5000, refillPerMs: 2, cost: 1000 };
const one = { wanted: limit.cost, least: 0, isForced: false };
const pauses = fc.array(fc.nat(2000), { minLength: 1, maxLength: 100 });

test('whoever asks, no more is taken than there was and has come back, and none of what another key has', () => {
  fc.assert(
    fc.property(pauses, (waits) => {
      let now = 0;
      const { take } = createCounting(() => now, 100);
      let taken = 0;
      for (const wait of waits) {
        now += wait;
        const { isTaken, left } = take('requests:token:1', limit, one);
        if (isTaken) taken++;
        expect(taken * limit.cost).toBeLessThanOrEqual(limit.capacity + now * limit.refillPerMs);
        // Who is refused has less than one left.
        expect(isTaken || left < limit.cost).toBe(true);
      }
      expect(take('requests:token:2', limit, one)).toEqual({ left: 4000, isTaken: true });
    }),
  );
});

test('what is forced leaves the least, what is given back no more than there was, and what is only asked for nothing', () => {
  const { take } = createCounting(() => 0, 100);
  const ask = (wanted: number) => take('wrong:pair x', limit, { wanted, least: -3000, isForced: true });
  expect(ask(0)).toEqual({ left: 5000, isTaken: true });
  expect(ask(7000)).toEqual({ left: -2000, isTaken: true });
  expect(ask(7000)).toEqual({ left: -3000, isTaken: true });
  expect(ask(-9000)).toEqual({ left: 5000, isTaken: true });
});

test('a place is free once it is left, its time is over, or who has it is gone', () => {
  let now = 0;
  const counting = createCounting(() => now, 100);
  const [ann, bob] = [{}, {}];
  const occupy = (by: object) => counting.occupy('waiting:pair x', 2, 1000, by);
  const first = occupy(ann);
  expect([first > 0, occupy(bob) > 0, occupy(ann)]).toEqual([true, true, 0]);
  counting.leave('waiting:pair x', first);
  expect([occupy(bob) > 0, occupy(ann)]).toEqual([true, 0]);
  counting.leaveAll(bob);
  expect([occupy(ann) > 0, occupy(ann) > 0, occupy(bob)]).toEqual([true, true, 0]);
  now = 1000;
  expect(occupy(bob)).toBeGreaterThan(0);
});

test('what is kept is known for so long', () => {
  let now = 0;
  const { keep, knows } = createCounting(() => now, 100);
  expect(knows('right:pair x')).toBe(false);
  keep('right:pair x', 1000);
  now = 999;
  expect(knows('right:pair x')).toBe(true);
  now = 1000;
  expect(knows('right:pair x')).toBe(false);
});
