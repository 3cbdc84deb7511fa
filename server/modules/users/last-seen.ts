import { setImmediate } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { updateSessionsSeen } from './sessions.store.ts';
import type { Person } from './users.ts';
import { updateUsersSeen } from './users.store.ts';

// Exact to this, so that somebody at work is written once in five minutes and not once in every batch.
const PRECISION_MS = 5 * 60_000;
const ROWS_PER_STATEMENT = 500;

/** Notes that somebody is here now; writeLastSeen brings it to the database. */
export function notePerson(context: Context, person: Person): void {
  const { id } = person.principal;
  const now = context.now();
  const last = Math.max(person.lastSeenAt ?? 0, context.lastSeen.users.get(id) ?? 0);
  if (now - last < PRECISION_MS) return;
  person.lastSeenAt = now;
  context.lastSeen.users.set(id, now);
}

/** Writes who was seen, and which sessions were used, since the last time. What cannot be written is kept for the next. */
export async function writeLastSeen(context: Context): Promise<void> {
  await writeAll(context.lastSeen.users, (batch) => updateUsersSeen(context.db, batch));
  await writeAll(context.lastSeen.sessions, (batch) => updateSessionsSeen(context.db, batch));
}

async function writeAll(
  noted: Map<number, number>,
  write: (batch: (readonly [id: number, at: number])[]) => Promise<void>,
): Promise<void> {
  const all = [...noted];
  for (let start = 0; start < all.length; start += ROWS_PER_STATEMENT) {
    const batch = all.slice(start, start + ROWS_PER_STATEMENT);
    await write(batch);
    for (const [id, at] of batch) {
      if (noted.get(id) === at) noted.delete(id);
    }
    // SQLite writes on this very thread: let the requests that wait go first.
    await setImmediate();
  }
}
