import { badRequest } from '../../errors.ts';
import { membersOf, objectText } from '../../../client/json-text.ts';
import { libraryPanelsIn } from './library-panels.ts';

/** A dashboard as it was sent: what the server reads of it, and all the rest as text, number for number. */
export interface Document {
  title: string | null;
  tags: string[];
  id: number;
  uid: string;
  version: number;
  /** The uids of the library panels that it shows. */
  libraryPanels: string[];
  members: ReadonlyMap<string, string>;
}

const MOST_TAGS = 500;
const LONGEST_TAG = 100;

/** Reads a document, which has to be the valid JSON of an object. Throws 400 where what the server reads is not as it should be. */
export function readDocument(text: string): Document {
  const members = membersOf(text);
  const read = (name: string): unknown => JSON.parse(members.get(name) ?? 'null');
  return {
    title: textOf('title', read('title')),
    tags: tagsOf(read('tags')),
    id: integerOf('id', read('id')),
    uid: textOf('uid', read('uid')) ?? '',
    version: integerOf('version', read('version')),
    libraryPanels: libraryPanelsIn(read('panels'), read('rows')),
    members,
  };
}

/** The text of the document under its id, uid and version, each in its place where it had one. */
export function writeDocument(
  { members }: Document,
  { id, uid, version }: { id: number; uid: string; version: number },
): string {
  const own = { id, uid, version };
  const all = new Map(members);
  for (const [name, value] of Object.entries(own)) all.set(name, JSON.stringify(value));
  return objectText(all);
}

function textOf(name: string, value: unknown): string | null {
  if (value === null || typeof value === 'string') return value;
  throw badRequest(`dashboard.${name} must be string`);
}

/** A whole number; none and null are 0. */
function integerOf(name: string, value: unknown): number {
  if (value === null) return 0;
  if (Number.isSafeInteger(value)) return value as number;
  throw badRequest(`dashboard.${name} must be integer`);
}

function tagsOf(value: unknown): string[] {
  if (value === null) return [];
  if (!Array.isArray(value) || !value.every((tag) => typeof tag === 'string')) {
    throw badRequest('dashboard.tags must be an array of strings');
  }
  const tags = [...new Set(value.map((tag) => tag.toWellFormed()))].filter((tag) => tag !== '');
  if (tags.length > MOST_TAGS) throw badRequest(`dashboard.tags must have at most ${MOST_TAGS} tags`);
  if (tags.some((tag) => tag.length > LONGEST_TAG || tag.includes('\u0000'))) {
    throw badRequest(`a tag must have at most ${LONGEST_TAG} characters, and no NUL`);
  }
  return tags;
}
