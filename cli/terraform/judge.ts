import { NotUnderstood } from './body.ts';
import type { Closed, Directory, Source } from './directory.ts';
import { edited } from './edits.ts';
import type { KeyBlock, KeyContent } from './key-block.ts';
import type { Reference } from './references.ts';
import { settle } from './settle.ts';
import { writeKey } from './write-key.ts';

export interface Reason {
  path: string;
  line: number;
  why: string;
}

/** Something that stays as it is: a key, or a whole file. */
export interface Left {
  path: string;
  line: number;
  /** The key's address; undefined for a file. */
  key: string | undefined;
  reasons: Reason[];
}

/** A key that can be rewritten, with everything that refers to it. */
export interface Movable {
  source: Source;
  block: KeyBlock;
  content: KeyContent;
  address: string;
  references: { source: Source; reference: Reference }[];
}

export interface Verdict {
  movable: Movable[];
  left: Left[];
}

const MENTION = /\b(grafana_(?:cloud_stack_)?api_key)\s*\.\s*([\p{ID_Continue}-]+)/gu;
const OVERRIDE = /^(?:.*_)?override\.tf$/;

/** Which keys of a module can be rewritten so that nothing there loses what it refers to. */
export function judge({ sources, closed }: Directory): Verdict {
  const verdict: Verdict = { movable: [], left: closed.map(leftFile) };
  const all = sources.flatMap((source) => source.facts.keys.map((block) => ({ source, block })));
  const declared = Map.groupBy(all, ({ block }) => addressOf(block));
  const mentioned = Map.groupBy(closed.flatMap(mentionsIn), ({ address }) => address);
  const referred = Map.groupBy(
    sources.flatMap((source) => source.facts.references.map((reference) => ({ source, reference }))),
    ({ reference }) => addressOf(reference),
  );
  for (const { source, block } of all) {
    const address = addressOf(block);
    const references = referred.get(address) ?? [];
    const others = (declared.get(address) ?? []).filter((other) => other.block !== block);
    const reasons = [
      ...reasonsInBlock(source, block),
      ...others.map((other) => ({ ...placeOf(other.source, other.block), why: 'it is declared there too' })),
      ...references.flatMap((each) => reasonInReference(each.source, each.reference, block)),
      ...(mentioned.get(address) ?? []).map(({ reason }) => reason),
    ];
    if (reasons.length > 0 || 'what' in block.content) {
      verdict.left.push({ ...placeOf(source, block), key: address, reasons });
    } else {
      verdict.movable.push({ source, block, content: block.content, address, references });
    }
  }
  return verdict;
}

export function addressOf({ type, label }: { type: string; label: string }): string {
  return `${type}.${label}`;
}

function leftFile({ path, line, why }: Closed): Left {
  return { path, line, key: undefined, reasons: [{ path, line, why }] };
}

function reasonsInBlock(source: Source, block: KeyBlock): Reason[] {
  const { content, line } = block;
  const { path } = source;
  if (source.frozen !== undefined) return [{ path, line, why: source.frozen }];
  if (OVERRIDE.test(source.name)) return [{ path, line, why: 'it is in a file of overrides' }];
  if ('what' in content) return [{ path, line: content.line, why: content.what }];
  try {
    writeKey(content, { label: block.label, suffix: '' }, edited(source.text, []), source.lineEnd);
    return [];
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return [{ path, line: error.line, why: error.message }];
  }
}

function reasonInReference(source: Source, reference: Reference, block: KeyBlock): Reason[] {
  if ('what' in block.content) return [];
  const { kind, instances } = block.content;
  const names = { label: block.label, suffix: '' };
  const settled = settle(reference, { kind, instances, names, textOf: edited(source.text, []) });
  const place = { path: source.path, line: reference.line };
  if ('why' in settled) return [{ ...place, why: settled.why }];
  if (settled.edits.length === 0 || source.frozen === undefined) return [];
  return [{ ...place, why: `it is used there, and ${source.frozen}` }];
}

/** What a file that is left as it is seems to refer to. */
function mentionsIn({ path, text }: Closed): { address: string; reason: Reason }[] {
  const why = 'it is used there, in a file that is left as it is';
  let [line, at] = [1, 0];
  return [...text.matchAll(MENTION)].map(({ index, 1: type, 2: label }) => {
    line += text.slice(at, index).split('\n').length - 1;
    at = index;
    return { address: `${type}.${label}`, reason: { path, line, why } };
  });
}

function placeOf({ path }: Source, { line }: KeyBlock): { path: string; line: number } {
  return { path, line };
}
