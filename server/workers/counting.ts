import { LRUCache } from 'lru-cache';
import { type Bucket, type Limit, unitsAt, type Wanted } from '../limits.ts';

/** Limits that are counted in one process for several. */
export interface Counting {
  /** Takes from a bucket, as `SharedLimits.take` says. */
  take(key: string, limit: Limit, wanted: Wanted): { left: number; isTaken: boolean };
  /** One of so many places for somebody, for so many milliseconds at most: its number, or 0 where all are taken. */
  occupy(key: string, places: number, milliseconds: number, by: object): number;
  leave(key: string, place: number): void;
  /** Gives back the places of somebody who is gone. */
  leaveAll(by: object): void;
  keep(key: string, milliseconds: number): void;
  knows(key: string): boolean;
}

interface Place {
  by: object;
  until: number;
}

// Of each kind, as for what one process counts for itself.
const MOST = 100_000;

/** Counts in memory, by a clock in milliseconds that is never set, so many of each kind at most. A bucket is forgotten when it is full, which is what one that is not there counts as. */
export function createCounting(now: () => number, most = MOST): Counting {
  const buckets = new Map<string, LRUCache<string, Bucket>>();
  const kept = new LRUCache<string, number>({ max: most });
  const taken = new Map<string, Map<number, Place>>();
  let numbers = 0;

  /** Who fills one kind of buckets empties none of another. */
  function bucketsFor(key: string): LRUCache<string, Bucket> {
    const [kind = ''] = /^\w+:[a-z-]+/.exec(key) ?? [];
    const known = buckets.get(kind) ?? new LRUCache<string, Bucket>({ max: most });
    buckets.set(kind, known);
    return known;
  }

  return {
    take(key, limit, { wanted, least, isForced }) {
      const all = bucketsFor(key);
      const known = all.get(key);
      const at = now();
      const units = known === undefined ? limit.capacity : unitsAt(limit, known, at);
      const isTaken = isForced || units - wanted >= least;
      const left = isTaken ? Math.min(limit.capacity, Math.max(least, units - wanted)) : units;
      if (left >= limit.capacity) all.delete(key);
      else all.set(key, { units: left, at });
      return { left, isTaken };
    },
    occupy(key, places, milliseconds, by) {
      const there = taken.get(key) ?? new Map<number, Place>();
      for (const [place, { until }] of there) if (until <= now()) there.delete(place);
      if (there.size >= places) return 0;
      there.set(++numbers, { by, until: now() + milliseconds });
      taken.set(key, there);
      return numbers;
    },
    leave(key, place) {
      const there = taken.get(key);
      there?.delete(place);
      if (there?.size === 0) taken.delete(key);
    },
    leaveAll(by) {
      for (const [key, there] of taken) {
        for (const [place, one] of there) if (one.by === by) there.delete(place);
        if (there.size === 0) taken.delete(key);
      }
    },
    keep: (key, milliseconds) => void kept.set(key, now() + milliseconds),
    knows: (key) => (kept.get(key) ?? 0) > now(),
  };
}
