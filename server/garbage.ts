import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

const LOOK_EVERY_MS = 10_000;
/** Of a core. */
const QUIET = 0.05;
// Nobody is answered meanwhile, for a millisecond or two for each MiB that is kept: see docs/performance.md.
const MUCH_BYTES = 16 * 2 ** 20;
const MUCH_SHARE = 1 / 4;

/** Has V8 take all garbage away and give back the memory that it had, where Node was started with --expose-gc. */
export async function takeGarbageAway(): Promise<void> {
  await globalThis.gc?.({ type: 'major', execution: 'async', flavor: 'last-resort' });
}

/**
 * Takes garbage away now, and from then on whenever a load is over: V8 itself looks only where next to nothing has happened for a
 * hundred seconds, and servers on PostgreSQL tell each other five times a second that they live.
 */
export async function keepGarbageLow(lookEveryMs = LOOK_EVERY_MS): Promise<void> {
  if (globalThis.gc === undefined) return;
  await takeGarbageAway();
  let [before, kept] = [performance.eventLoopUtilization(), takenBytes()];
  const look = async (): Promise<void> => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization > QUIET || takenBytes() < kept + Math.max(MUCH_BYTES, kept * MUCH_SHARE)) return;
    await takeGarbageAway();
    kept = takenBytes();
  };
  setInterval(() => void look(), lookEveryMs).unref();
}

/** What V8 has of the machine for its heap, used or not. */
function takenBytes(): number {
  return getHeapStatistics().total_heap_size;
}
