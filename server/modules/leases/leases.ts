import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { randomLetters } from '../../crypto/random.ts';
import {
  databaseTime,
  deleteHeldLease,
  endWhenIdle,
  listLeases,
  type Longest,
  takeLeaseRow,
  updateHeldLease,
} from './leases.store.ts';

// A holder that was not heard of for so long is succeeded. Each transaction of the work renews it.
const HELD_FOR_MS = 10_000;
const LOOK_EVERY_MS = 200;
const DAY_MS = 24 * 60 * 60 * 1000;
// What is held for longer than this was held before the clock was set back. The longest rest of a chore is a day.
const LONGEST: Longest = { held: 6 * HELD_FOR_MS, resting: DAY_MS + 6 * HELD_FOR_MS };

/** What one process at a time does, on all servers of a database. */
export interface Lease {
  name: string;
  holder: string;
  /** What a holder who did not come to the end noted last; else ''. */
  left: string;
}

/** Somebody else does the work: nothing of the transaction that met this is kept. */
export class LeaseLost extends Error {}

/** Takes a lease; undefined where somebody has it, or its time has not come. */
export async function takeLease(context: Context, name: string): Promise<Lease | undefined> {
  const holder = randomLetters(16);
  const left = await takeLeaseRow(context.db, { name, holder, ...heldFor(context, HELD_FOR_MS) }, LONGEST);
  return left === undefined ? undefined : { name, holder, left };
}

/**
 * Takes a lease as soon as nobody has it, or whoever has it was not heard of for 10 s; undefined where that takes too many milliseconds,
 * or nobody waits for it any more.
 */
export async function awaitLease(
  context: Context,
  name: string,
  { patience, signal }: { patience: number; signal?: AbortSignal | undefined },
): Promise<Lease | undefined> {
  // Of a clock that is never set; a test's own is ahead of it.
  const now = (): number => performance.now() + context.now() - Date.now();
  for (const limit = now() + patience; ; await sleep(LOOK_EVERY_MS)) {
    if (signal?.aborted) return undefined;
    const lease = await takeLease(context, name);
    if (lease !== undefined || now() >= limit) return lease;
  }
}

/**
 * Renews a lease and notes what a successor has to know: first of all in each transaction of the work. Throws LeaseLost where it is
 * somebody else's; until the transaction has ended it cannot become so.
 */
export async function keepLease(context: Context, { name, holder }: Lease, note = ''): Promise<void> {
  // Whoever is stopped in the middle would have the rows locked for as long.
  if (context.config.database.type === 'postgres') await endWhenIdle(context.db, HELD_FOR_MS);
  const lease = { name, holder, ...heldFor(context, HELD_FOR_MS) };
  if (!(await updateHeldLease(context.db, lease, { note }))) throw new LeaseLost(name);
}

/** Ends the work. Nobody takes the lease again for so many milliseconds; without a number it is as if it had never been. */
export async function releaseLease(
  context: Context,
  { name, holder }: Lease,
  restMs?: number,
): Promise<void> {
  if (restMs === undefined) return deleteHeldLease(context.db, name, holder);
  const lease = { name, holder, ...heldFor(context, restMs) };
  await updateHeldLease(context.db, lease, { holder: '', note: '' });
}

/** The names of the leases that may be taken, and of those that may not. */
export async function lookAtLeases(context: Context): Promise<{ free: string[]; taken: Set<string> }> {
  const all = await listLeases(context.db, heldFor(context, 0).now, LONGEST);
  const named = (free: boolean) =>
    all.filter(({ mayBeTaken }) => mayBeTaken === free).map(({ name }) => name);
  return { free: named(true), taken: new Set(named(false)) };
}

// Servers' clocks differ, that of the database is one. A test sets its own ahead; in operation that is nothing.
function heldFor({ config, now }: Context, forMs: number) {
  return { now: databaseTime(config.database.type, now() - Date.now()), forMs };
}
