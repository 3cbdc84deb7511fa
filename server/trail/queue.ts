import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';

/** Lines on their way to one place, in order. */
export interface Queue {
  /** Has lines written sooner or later; what does not fit is lost, and counted. */
  add(lines: readonly string[]): void;
  /** Resolves once they are written, before anything that is added later; throws when they are not, and then they are left out. */
  write(lines: readonly string[]): Promise<void>;
  waiting(): number;
  lost(): number;
  /** How often writing failed. */
  failed(): number;
  /** Whether the last writing failed. */
  isFailing(): boolean;
  /** Writes what waits, if that takes no longer than a few seconds. */
  close(): Promise<void>;
}

const WAITING_MOST = 10_000;
const LINES_AT_ONCE = 500;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 30_000;
const PATIENCE_MS = 5000;
const WORDS_EVERY_MS = 60_000;

interface Part {
  lines: readonly string[];
  /** Of whoever waits for it. */
  settle?: PromiseWithResolvers<void>;
}

/**
 * A queue in front of a place. What nobody waits for is tried again until it is written: where a part of it arrived, that comes
 * twice.
 */
export function createQueue(name: string, put: (lines: readonly string[]) => Promise<void>, log: Log): Queue {
  const parts: Part[] = [];
  let waiting = 0;
  let lost = 0;
  let failed = 0;
  let isFailing = false;
  let saidAt = -Infinity;
  let pumping: Promise<void> | undefined;
  let closesAt = Infinity;
  let wake = new AbortController();

  async function pump(): Promise<void> {
    for (let retry = FIRST_RETRY_MS; parts.length > 0;) {
      const batch = takeBatch();
      const lines = batch.flatMap((part) => part.lines);
      try {
        await put(lines);
        isFailing = false;
        retry = FIRST_RETRY_MS;
        for (const { settle } of batch) settle?.resolve();
        waiting -= lines.length;
      } catch (error) {
        complain(error);
        giveBack(batch, error);
        if (parts.length > 0 && !(await mayRetryAfter(retry))) break;
        retry = Math.min(retry * 2, LAST_RETRY_MS);
      }
    }
    pumping = undefined;
  }

  function takeBatch(): Part[] {
    const batch: Part[] = [];
    for (
      let count = 0;
      parts[0] !== undefined && (count === 0 || count + parts[0].lines.length <= LINES_AT_ONCE);
    ) {
      count += parts[0].lines.length;
      batch.push(parts.shift() as Part);
    }
    return batch;
  }

  /** Who waits is told at once; the others come first the next time. */
  function giveBack(batch: readonly Part[], error: unknown): void {
    const all = [...batch, ...parts.splice(0)];
    for (const { settle, lines } of all) {
      if (settle) waiting -= lines.length;
      settle?.reject(error);
    }
    parts.push(...all.filter(({ settle }) => settle === undefined));
  }

  /** Waits, unless somebody comes who cannot. */
  async function mayRetryAfter(delay: number): Promise<boolean> {
    if (performance.now() + delay > closesAt) return false;
    wake = new AbortController();
    // Nobody stays alive for a line that cannot be written.
    await sleep(delay, undefined, { ref: closesAt < Infinity, signal: wake.signal }).catch(() => undefined);
    return true;
  }

  function push(part: Part): void {
    parts.push(part);
    waiting += part.lines.length;
    pumping ??= pump();
  }

  function complain(error: unknown): void {
    failed += 1;
    isFailing = true;
    if (performance.now() - saidAt < WORDS_EVERY_MS) return;
    saidAt = performance.now();
    log.error(
      { err: error, waiting, lost },
      `the record of changes does not get to the ${name}; trying again`,
    );
  }

  return {
    add(lines) {
      if (lines.length === 0) return;
      const room = Math.max(WAITING_MOST - waiting, 0);
      lost += Math.max(lines.length - room, 0);
      if (room > 0) push({ lines: lines.slice(0, room) });
    },
    write(lines) {
      const settle = Promise.withResolvers<void>();
      push({ lines, settle });
      wake.abort();
      return settle.promise;
    },
    waiting: () => waiting,
    lost: () => lost,
    failed: () => failed,
    isFailing: () => isFailing,
    async close() {
      closesAt = performance.now() + PATIENCE_MS;
      wake.abort();
      await Promise.race([pumping, sleep(PATIENCE_MS, undefined, { ref: false })]);
      if (waiting > 0)
        log.error({ lost: lost + waiting }, `entries of the record did not get to the ${name}`);
    },
  };
}
