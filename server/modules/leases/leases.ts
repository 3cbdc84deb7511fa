import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { randomLetters } from '../../crypto/random.ts';
import {
  databaseTime,
  deleteHeldLease,
  endWhenIdle,
  listLeases,
  takeLeaseRow,
  updateHeldLease,
} from './leases.store.ts';

// A holder that was not heard of for so long is succeeded. Each transaction of the work renews it.
const HELD_FOR_MS = 10_000;
const LOOK_EVERY_MS = 200;

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
  const left = await takeLeaseRow(context.db, { name, holder, ...heldFor(context, HELD_FOR_MS) });
  return left === undefined ? undefined : { name, holder, left };
}

/** Takes a lease as soon as nobody has it, or whoever has it was not heard of for 10 s. */
export async function awaitLease(context: Context, name: string): Promise<Lease> {
  for (;;) {
    const lease = await takeLease(context, name);
    if (lease !== undefined) return lease;
    await sleep(LOOK_EVERY_MS);
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
  const all = await listLeases(context.db, heldFor(context, 0).now);
  const named = (free: boolean) =>
    all.filter(({ mayBeTaken }) => mayBeTaken === free).map(({ name }) => name);
  return { free: named(true), taken: new Set(named(false)) };
}

// Servers' clocks differ, that of the database is one. A test sets its own ahead; in operation that is nothing.
function heldFor({ config, now }: Context, forMs: number) {
  return { now: databaseTime(config.database.type, now() - Date.now()), forMs };
}
