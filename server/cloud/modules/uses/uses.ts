import type { CloudContext } from '../../context.ts';
import { addUses, deleteUsesBefore, listUses } from './uses.store.ts';

const DAY_MS = 86_400_000;
const KEPT_DAYS = 30;
// Of how many days, today among them, requests are told.
const TOLD_DAYS = 7;

export interface UseOfStack {
  /** Milliseconds since 1970. */
  lastUsedAt: number;
  /** Of the last 7 days in UTC. */
  requests: number;
}

/** Writes what the stacks were asked since the last time; what cannot be written is kept for the next. */
export async function writeUses({ db, now, stacks: { uses } }: CloudContext): Promise<void> {
  // In one order, so that servers do not wait for each other in a circle.
  const gathered = [...uses].toSorted(([one], [other]) => one - other);
  uses.clear();
  if (gathered.length === 0) return;
  const today = dayOf(now());
  const rows = gathered.map(([stack_id, { requests, lastUsedAt }]) => ({
    stack_id,
    day: today,
    requests,
    last_used_at: lastUsedAt,
  }));
  try {
    await addUses(db, rows);
  } catch (error) {
    for (const [id, { requests, lastUsedAt }] of gathered) {
      const since = uses.get(id);
      uses.set(id, {
        requests: requests + (since?.requests ?? 0),
        lastUsedAt: since?.lastUsedAt ?? lastUsedAt,
      });
    }
    throw error;
  }
  await deleteUsesBefore(db, today - KEPT_DAYS);
}

/** How these stacks were used, as far as it is written; nothing of those that never were. */
export async function usesOf(
  { db, now }: CloudContext,
  ids: readonly number[],
): Promise<Map<number, UseOfStack>> {
  if (ids.length === 0) return new Map();
  const rows = await listUses(db, ids, dayOf(now()) - TOLD_DAYS + 1);
  return new Map(
    rows.map(({ stack_id, last_used_at, requests }) => [stack_id, { lastUsedAt: last_used_at, requests }]),
  );
}

function dayOf(milliseconds: number): number {
  return Math.floor(milliseconds / DAY_MS);
}
