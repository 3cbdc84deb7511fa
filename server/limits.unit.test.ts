import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Bucket,
  createLane,
  type Limit,
  networkOf,
  siteOf,
  type Turn,
  unitsAt,
  waitOf,
} from './limits.ts';

const limits = fc
  .record({
    perSecond: fc.integer({ min: 1, max: 1_000_000 }),
    burst: fc.integer({ min: 1, max: 1_000_000 }),
  })
  .map(({ perSecond, burst }): Limit => ({ capacity: burst * 1000, refillPerMs: perSecond, cost: 1000 }));
const steps = fc.array(fc.integer({ min: -100_000, max: 100_000 }), { maxLength: 200 });

/** Asks once at each time: how often it was let through. */
function ask(limit: Limit, bucket: Bucket, times: number[]): number {
  let passed = 0;
  for (const now of times) {
    bucket.units = unitsAt(limit, bucket, now);
    bucket.at = now;
    if (waitOf(limit, bucket.units) > 0) continue;
    bucket.units -= limit.cost;
    passed++;
  }
  return passed;
}

test('within any span, no more is let through than the burst and what that span gives back', () => {
  fc.assert(
    fc.property(limits, fc.array(fc.nat(2000), { minLength: 1, maxLength: 300 }), (limit, gaps) => {
      let now = 1e12;
      const times = gaps.map((gap) => (now += gap % 3));
      const passed = ask(limit, { units: limit.capacity, at: 1e12 }, times);
      const span = now - 1e12;
      expect(passed * limit.cost).toBeLessThanOrEqual(limit.capacity + span * limit.refillPerMs);
    }),
  );
});

test('whoever asks no faster than the limit is always let through', () => {
  fc.assert(
    fc.property(limits, fc.integer({ min: 1, max: 200 }), (limit, times) => {
      const gap = Math.ceil(limit.cost / limit.refillPerMs);
      const asked = Array.from({ length: times }, (_, at) => 1e12 + at * gap);
      expect(ask(limit, { units: limit.capacity, at: 1e12 }, asked)).toBe(times);
    }),
  );
});

test('whoever waits as long as they were told is let through, and a millisecond sooner they are not', () => {
  fc.assert(
    fc.property(limits, fc.nat(999), (limit, left) => {
      const bucket = { units: left, at: 1e12 };
      const wait = waitOf(limit, left);
      expect(waitOf(limit, unitsAt(limit, bucket, 1e12 + wait))).toBe(0);
      expect(waitOf(limit, unitsAt(limit, bucket, 1e12 + wait - 1))).toBeGreaterThan(0);
    }),
  );
});

test('a bucket never holds less than nothing or more than it can, whatever the clock does, and nobody waits for more than one', () => {
  fc.assert(
    fc.property(limits, steps, (limit, moves) => {
      const bucket = { units: limit.capacity, at: 1e12 };
      let now = 1e12;
      for (const move of moves) {
        ask(limit, bucket, [(now += move)]);
        expect(bucket.units).toBeGreaterThanOrEqual(0);
        expect(bucket.units).toBeLessThanOrEqual(limit.capacity);
        expect(waitOf(limit, unitsAt(limit, bucket, now))).toBeLessThanOrEqual(
          Math.ceil(limit.cost / limit.refillPerMs),
        );
      }
    }),
  );
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::', 'fe80:0:0:0::/64'],
])('the address %s stands for %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each([
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
  ['2001:db8:1:3::6', '2001:db8:1::/48'],
  ['::1', '0:0:0::/48'],
])('the address %s takes turns as %s', (address, site) => {
  expect(siteOf(address)).toBe(site);
});

/** What came of work in a lane of two that three may wait for: in which order it was done, and what was dropped. */
async function laneOf(turns: Turn[]) {
  const lane = createLane({ atOnce: 2, waiting: 3 });
  const done: number[] = [];
  let [running, most] = [0, 0];
  const work = (number: number) => async (): Promise<number> => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    done.push(number);
    if (number === 1) throw new Error('one of them fails');
    return number;
  };
  const results = turns.map((turn, number) => lane.run(turn, work(number)));
  const settled = await Promise.allSettled(results);
  expect(most).toBe(2);
  await expect(lane.run({ site: 'later' }, work(99))).resolves.toBe(99);
  return {
    done: done.slice(0, -1),
    failed: settled.flatMap(({ status }, number) => (status === 'rejected' ? [number] : [])),
    dropped: settled.flatMap((result, number) =>
      result.status === 'fulfilled' && result.value === 'full' ? [number] : [],
    ),
  };
}

const turnsOf = (...sites: string[]): Turn[] =>
  sites.map((site) => ({ site: site.toLowerCase(), isFirst: site !== site.toLowerCase() }));

test('a lane does no more at once than it says, everything in turn, and refuses what does not fit', async () => {
  const { done, failed, dropped } = await laneOf(turnsOf('a', 'a', 'a', 'a', 'a', 'a'));
  expect({ done, failed, dropped }).toEqual({ done: [0, 1, 2, 3, 4], failed: [1], dropped: [5] });
});

test.each<[string, string[], number[], number[]]>([
  ['the sites take turns', ['a', 'a', 'a', 'a', 'b'], [0, 1, 2, 4, 3], []],
  [
    'a newcomer takes the place of the last of the fullest',
    ['a', 'a', 'a', 'a', 'a', 'b'],
    [0, 1, 2, 5, 3],
    [4],
  ],
  ['and of no smaller one', ['a', 'a', 'a', 'a', 'b', 'c', 'b'], [0, 1, 2, 4, 5], [3, 6]],
  ['whoever belongs here is first', ['a', 'a', 'a', 'b', 'C'], [0, 1, 4, 2, 3], []],
  ['and is not dropped for others', ['a', 'a', 'C', 'C', 'b', 'd', 'C'], [0, 1, 2, 3, 6], [4, 5]],
])('in a lane, %s', async (_what, sites, done, dropped) => {
  const result = await laneOf(turnsOf(...sites));
  expect(result.done).toEqual(done);
  expect(result.dropped).toEqual(dropped);
});
