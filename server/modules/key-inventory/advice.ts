import type { Role } from '../../access/roles.ts';

const DAY_MS = 86_400_000;
const UNUSED_DAYS = 90;
// Reads of a few days say little about what a key is for.
const WATCHED_DAYS = 7;

export const ADVICE = ['expired', 'revoked', 'unused', 'never-expires', 'only-reads'] as const;

export interface Advice {
  code: (typeof ADVICE)[number];
  text: string;
}

/** What there is to know of a key; times in milliseconds since 1970. */
export interface KnownKey {
  role: Role;
  isServerAdmin: boolean;
  isRevoked: boolean;
  createdAt: number;
  expiresAt: number | null;
  lastUsedAt: number | null;
  reads: number;
  writes: number;
  /** Since when its calls are counted; null where there were none. */
  watchedSince: number | null;
}

/** What to do about a key, the most urgent first; nothing where it is as it should be. */
export function adviceFor(key: KnownKey, now: number): Advice[] {
  if (key.isRevoked) return [{ code: 'revoked', text: 'Nothing can use it any more: delete it.' }];
  if (key.expiresAt !== null && key.expiresAt <= now) {
    return [{ code: 'expired', text: 'Nothing can use it any more: delete it.' }];
  }
  const advice: Advice[] = [];
  const idleDays = Math.floor((now - (key.lastUsedAt ?? key.createdAt)) / DAY_MS);
  if (idleDays >= UNUSED_DAYS) {
    const never = key.lastUsedAt === null ? 'Never used' : 'Not used';
    advice.push({
      code: 'unused',
      text: `${never} for ${idleDays} days: revoke it, and delete it if nobody misses it.`,
    });
  }
  if (key.expiresAt === null) {
    advice.push({
      code: 'never-expires',
      text: 'It never expires: move it to a service account, and rotate its token.',
    });
  }
  if (readsWithoutNeed(key, now)) {
    const role = key.isServerAdmin ? 'administrator of the server' : key.role;
    advice.push({
      code: 'only-reads',
      text: `It is ${role}, and has only read since ${new Date(key.watchedSince ?? now).toISOString().slice(0, 10)}: a Viewer may do.`,
    });
  }
  return advice;
}

function readsWithoutNeed(
  { role, isServerAdmin, reads, writes, watchedSince }: KnownKey,
  now: number,
): boolean {
  const mayWrite = isServerAdmin || role === 'Admin' || role === 'Editor';
  const isWatched = watchedSince !== null && now - watchedSince >= WATCHED_DAYS * DAY_MS;
  return mayWrite && isWatched && reads > 0 && writes === 0;
}
