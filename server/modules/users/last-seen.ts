import type { Context } from '../../context.ts';
import { writeNoted, writeSessionsSeen } from '../sessions/sessions.ts';
import type { Person } from './users.ts';
import { updateUsersSeen } from './users.store.ts';

// Exact to this, so that somebody at work is written once in five minutes and not once in every batch.
const PRECISION_MS = 5 * 60_000;

/** Notes that somebody is here now; writeLastSeen brings it to the database. */
export function notePerson(context: Context, person: Person): void {
  const { id } = person.principal;
  const now = context.now();
  const last = Math.max(person.lastSeenAt ?? 0, context.lastSeen.users.get(id) ?? 0);
  if (now - last < PRECISION_MS) return;
  person.lastSeenAt = now;
  context.lastSeen.users.set(id, now);
}

/** Writes who was seen, and which sessions were used, since the last time. */
export async function writeLastSeen(context: Context): Promise<void> {
  await writeNoted(context.lastSeen.users, (batch) => updateUsersSeen(context.db, batch));
  await writeSessionsSeen(context);
}
