import { randomLetters } from '../../crypto/random.ts';

const LENGTH = 14;
const UID = /^[A-Za-z0-9_-]{1,40}$/;

/** The uid of a folder, dashboard, team or data source as it can be kept; undefined for one that cannot. */
export function fitUid(uid: string): string | undefined {
  // The general folder, which is none, goes by this one.
  return UID.test(uid) && uid !== 'general' ? uid : undefined;
}

function newUid(): string {
  return randomLetters(LENGTH);
}

/**
 * These uids, each kept where it can be and is free within its organization, else a new one. `taken` has those that are not, as
 * `org:uid`.
 */
export function freeUids(
  wanted: readonly { orgId: number; uid: string }[],
  taken: ReadonlySet<string>,
): string[] {
  const given = new Set<string>();
  return wanted.map(({ orgId, uid }) => {
    const key = uidKey(orgId, uid);
    const isFree = fitUid(uid) !== undefined && !taken.has(key) && !given.has(key);
    const chosen = isFree ? uid : newUid();
    given.add(uidKey(orgId, chosen));
    return chosen;
  });
}

export function uidKey(orgId: number, uid: string): string {
  return `${orgId}:${uid}`;
}
