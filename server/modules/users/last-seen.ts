import type { Context } from '../../context.ts';
import { updateUses } from '../../db/times.ts';
import { writeUses } from '../../uses.ts';
import type { Person } from './users.ts';

// Exact to this, so that somebody at work is written once in five minutes and not once in every batch.
const PRECISION_MS = 5 * 60_000;

/** Notes that somebody is here now; writeUserUses brings it to the database. */
export function notePerson(context: Context, person: Person): void {
  const { id } = person.principal;
  const now = context.now();
  const last = Math.max(person.lastSeenAt ?? 0, context.uses.users.get(id) ?? 0);
  if (now - last < PRECISION_MS) return;
  person.lastSeenAt = now;
  context.uses.users.set(id, now);
}

/** Writes who was seen since the last time. */
export function writeUserUses(context: Context): Promise<void> {
  return writeUses(context.uses.users, (batch) => updateUses(context.db, 'user.last_seen_at', batch));
}
