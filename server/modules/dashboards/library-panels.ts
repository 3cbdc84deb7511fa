import { badRequest } from '../../errors.ts';

const MOST_LIBRARY_PANELS = 1000;
// What no library element can have for a uid is none.
const UID = /^[A-Za-z0-9_-]{1,40}$/;

/** The uids that panels name as those of library panels, each once: in a list of panels, in the rows within it, and in the rows of old. */
export function libraryPanelsIn(panels: unknown, rows: unknown): string[] {
  const found = new Set<string>();
  gather(panels, found);
  gather(rows, found);
  if (found.size <= MOST_LIBRARY_PANELS) return [...found];
  throw badRequest(`a dashboard must have at most ${MOST_LIBRARY_PANELS} different library panels`);
}

function gather(panels: unknown, found: Set<string>): void {
  if (!Array.isArray(panels)) return;
  for (const panel of panels) {
    const uid = memberOf(memberOf(panel, 'libraryPanel'), 'uid');
    if (typeof uid === 'string' && UID.test(uid)) found.add(uid);
    gather(memberOf(panel, 'panels'), found);
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
