import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { Timestamp } from './schemas.ts';
import { timestamp } from './time.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
// Grafana's months and years are of one length: 365 days and a twelfth of them.
const UNITS = [
  ['year', 365 * DAY_MS],
  ['month', (365 * DAY_MS) / 12],
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
] as const;
const NEVER_SEEN_YEARS = 10;

export const LastSeen = { lastSeenAt: Timestamp, lastSeenAtAge: Type.String() };

/** When a person was last seen, what is not yet written included. Grafana: who never was, was so ten years before they were made. */
export function lastSeen(
  context: Context,
  person: { id: number; created_at: number; last_seen_at: number | null },
): { lastSeenAt: string; lastSeenAtAge: string } {
  const at =
    Math.max(context.uses.users.get(person.id) ?? 0, person.last_seen_at ?? 0) ||
    yearsBefore(person.created_at);
  return { lastSeenAt: timestamp(at), lastSeenAtAge: age(context.now() - at) };
}

/** A span of time in its largest whole unit, in Grafana's words: `< 1 minute`, `1 minute`, `3 days`. */
export function age(milliseconds: number): string {
  for (const [unit, length] of UNITS) {
    const count = Math.floor(milliseconds / length);
    if (count > 0) return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return '< 1 minute';
}

function yearsBefore(time: number): number {
  const date = new Date(time);
  return date.setUTCFullYear(date.getUTCFullYear() - NEVER_SEEN_YEARS);
}
