import { depthOf, membersOf, objectText } from '../../../client/json-text.ts';
import { libraryPanelsIn } from '../dashboards/library-panels.ts';
import { ApiError } from '../../errors.ts';

const DEEPEST = 200;
const MOST_TAGS = 500;
const LONGEST_TAG = 100;

/** A dashboard's JSON, and what the server reads of it. */
export interface Document {
  text: string;
  tags: string[];
  libraryPanels: string[];
}

/** What can be kept of a dashboard's JSON; or why nothing can. */
export function readDocument(text: string): Document | { fault: string } {
  // Before anything goes through it level by level.
  if (depthOf(text) > DEEPEST) return { fault: `its JSON is nested deeper than ${DEEPEST} levels` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: `its JSON is not valid: ${(error as Error).message.slice(0, 200)}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { fault: 'its JSON is no object' };
  }
  const { tags, panels, rows } = value as Record<string, unknown>;
  try {
    return { text, tags: tagsOf(tags), libraryPanels: libraryPanelsIn(panels, rows) };
  } catch (error) {
    if (error instanceof ApiError) return { fault: error.detail ?? error.message };
    throw error;
  }
}

/** The text under an id, uid and version, each in its place where it had one, and under another title where it has one. */
export function documentText(
  text: string,
  own: { id: number; uid: string; version: number; title?: string },
): string {
  const members = membersOf(text);
  for (const [name, value] of Object.entries(own)) members.set(name, JSON.stringify(value));
  return objectText(members);
}

function tagsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  const fit = value.filter(
    (tag): tag is string =>
      typeof tag === 'string' && tag !== '' && tag.length <= LONGEST_TAG && !tag.includes('\0'),
  );
  return [...new Set(fit.map((tag) => tag.toWellFormed()))].slice(0, MOST_TAGS);
}
