import type { Permission } from './resources.ts';

/** Under which names the person in front of the page has permissions. */
export interface Own {
  userId: number;
  role: string;
  teamIds: readonly number[];
}

/**
 * What a change would leave somebody of their own access: '' is none. Undefined where they lose nothing by it.
 * The levels go from the least to the most; no level takes the permission away.
 */
export function leftAfter(
  entries: readonly Permission[],
  changed: Permission,
  level: string,
  { levels, own }: { levels: readonly string[]; own: Own },
): string | undefined {
  const mine = entries.filter((entry) => isOwn(entry, own));
  if (!mine.includes(changed)) return undefined;
  const rankOf = (name: string): number => levels.indexOf(name);
  const highest = (names: string[]): number => Math.max(-1, ...names.map(rankOf));
  const before = highest(mine.map(({ permission }) => permission));
  const after = highest(mine.map((entry) => (entry === changed ? level : entry.permission)));
  return after < before ? (levels[after] ?? '') : undefined;
}

function isOwn({ userId, teamId, builtInRole }: Permission, { userId: ownId, role, teamIds }: Own): boolean {
  return userId === ownId || builtInRole === role || (teamId !== undefined && teamIds.includes(teamId));
}
