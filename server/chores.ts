import type { Context } from './context.ts';
import { dropOldEntries } from './modules/audit/kept.ts';
import { finishMigration } from './modules/key-migration/whole-migration.ts';
import {
  keepLease,
  type Lease,
  LeaseLost,
  lookAtLeases,
  releaseLease,
  takeLease,
} from './modules/leases/leases.ts';
import { clearEndedSessions } from './modules/sessions/sessions.ts';
import { dropOldUsage } from './modules/usage/usage.ts';

const HOUR_MS = 60 * 60 * 1000;
const LOOK_EVERY_MS = 10_000;

interface Chore {
  name: string;
  every: number;
  /** Keeps the lease in each of its transactions. */
  work: (context: Context, lease: Lease) => Promise<void>;
}

// What one process does for all that share the database, and how often. Each is the name of a lease.
const CHORES: Chore[] = [
  { name: 'drop-old-usage', every: HOUR_MS, work: dropOldUsage },
  {
    name: 'drop-old-entries',
    every: 24 * HOUR_MS,
    work: (context, lease) => dropOldEntries(context, (context) => keepLease(context, lease)),
  },
  { name: 'clear-ended-sessions', every: HOUR_MS, work: clearEndedSessions },
];

/** Looks again and again for chores that are due and for work that another process has left; returns what ends that. */
export function doChores(context: Context): () => Promise<void> {
  let isStopping = false;
  let looking = Promise.resolve();
  const look = (): void => {
    looking = looking.then(() => (isStopping ? undefined : doWhatIsDue(context)));
  };
  const timer = setInterval(look, Math.min(context.config.usage.flush_interval, LOOK_EVERY_MS));
  return async () => {
    clearInterval(timer);
    isStopping = true;
    await looking;
  };
}

async function doWhatIsDue(context: Context): Promise<void> {
  await unlessItFails(context, 'look', async () => {
    const { free, taken } = await lookAtLeases(context);
    // One that fails every time is to keep nobody from the others.
    for (const chore of CHORES.filter(({ name }) => !taken.has(name))) {
      await unlessItFails(context, chore.name, () => doOne(context, chore));
    }
    for (const name of free) await unlessItFails(context, name, () => finishMigration(context, name));
  });
}

async function doOne(context: Context, { name, every, work }: Chore): Promise<void> {
  const lease = await takeLease(context, name);
  if (lease === undefined) return;
  context.log.part('server').debug({ chore: name }, 'doing what one server does for all');
  await work(context, lease);
  await releaseLease(context, lease, every);
}

async function unlessItFails(context: Context, chore: string, work: () => Promise<unknown>): Promise<void> {
  const log = context.log.part('server');
  try {
    await work();
  } catch (error) {
    if (error instanceof LeaseLost) log.debug({ chore }, 'another server does that now');
    else
      log.error({ chore, err: error }, 'what one server does for all could not be done; trying again later');
  }
}
