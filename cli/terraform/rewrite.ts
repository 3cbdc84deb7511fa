import type { ServiceAccount } from '../../client/shapes.ts';
import type { FoundAccounts } from './accounts.ts';
import type { Assignment } from './assign.ts';
import type { Directory, Source } from './directory.ts';
import { type Edit, edited } from './edits.ts';
import type { Movable } from './judge.ts';
import { chooseNames, chooseSharedAccount, type Taken } from './names.ts';
import type { Reference } from './references.ts';
import { settle } from './settle.ts';
import { type Names, writeKey, writeSharedAccount } from './write-key.ts';

export interface Change {
  line: number;
  what: 'key' | 'reference' | 'state';
  from: string;
  to: string;
}

/** A file as it is and as it is to be. */
export interface FileChange {
  path: string;
  /** Undefined for a file that is not there yet. */
  before: string | undefined;
  edits: Edit[];
  changes: Change[];
}

/** A key that has been rewritten. */
export interface Moved extends Movable {
  names: Names;
  /** Their addresses in the module. */
  account: string;
  token: string;
  assignment: Assignment;
  /** It is the one at which an account that several share is written. */
  bringsAccount: boolean;
  /** Where the configuration of a provider reads the new token. */
  providers: { path: string; line: number }[];
}

interface Rewriting {
  source: Source;
  keys: Moved[];
  edits: Edit[];
  changes: Change[];
}

/** Rewrites the assigned keys of a module, and whatever refers to them. */
export function rewrite(
  { sources }: Directory,
  assignments: readonly Assignment[],
  taken: Taken,
  accounts: FoundAccounts['accounts'],
): { files: FileChange[]; moved: Moved[] } {
  const moved = assignments.flatMap((assignment) => withNames(assignment, taken, accounts.get(assignment)));
  const files = new Map(sources.map((source) => [source, newFile(source)]));
  for (const key of moved) {
    const { keys, changes } = fileOf(files, key.source);
    keys.push(key);
    changes.push({
      line: key.block.line,
      what: 'key',
      from: key.address,
      to: `${key.account}, ${key.token}`,
    });
    for (const { source, reference } of key.references)
      rewriteReference(fileOf(files, source), key, reference);
  }
  const changed = [...files.values()].filter(({ changes }) => changes.length > 0);
  return { moved, files: changed.map(changeOf) };
}

function newFile(source: Source): Rewriting {
  return { source, keys: [], edits: [], changes: [] };
}

function fileOf(files: ReadonlyMap<Source, Rewriting>, source: Source): Rewriting {
  const file = files.get(source);
  if (file === undefined) throw new Error('a file of another module');
  return file;
}

function withNames(assignment: Assignment, taken: Taken, found: ServiceAccount | undefined): Moved[] {
  const { keys, sharedRole } = assignment;
  const [first] = keys;
  // Without a word of it, the apply would enable an account that somebody has disabled.
  const isDisabled = found?.isDisabled ?? false;
  const shared =
    first === undefined || sharedRole === undefined
      ? undefined
      : { ...chooseSharedAccount(first, sharedRole, taken), isDisabled };
  return keys.map((key) => {
    const { kind } = key.content;
    const names = { ...chooseNames(key, taken, shared), isDisabled };
    const account = `${kind.account}.${shared?.label ?? names.label}`;
    const token = `${kind.token}.${names.label}`;
    const bringsAccount = shared !== undefined && key === first;
    return { ...key, names, account, token, assignment, bringsAccount, providers: [] };
  });
}

function rewriteReference({ source, edits, changes }: Rewriting, key: Moved, reference: Reference): void {
  const { path, text } = source;
  const settled = settle(reference, { ...key.content, names: key.names, textOf: edited(text, []) });
  if ('why' in settled) throw new Error('a reference that was judged otherwise');
  if (settled.edits.length === 0) return;
  edits.push(...settled.edits);
  const { line, typeSpan, labelSpan, steps } = reference;
  const span = { start: typeSpan.start, end: (steps.at(-1)?.span ?? labelSpan).end };
  const to = edited(text, settled.edits)(span);
  changes.push({ line, what: 'reference', from: text.slice(span.start, span.end), to });
  if (reference.isForProvider) key.providers.push({ path, line });
}

function changeOf({ source, keys, edits, changes }: Rewriting): FileChange {
  const { path, text, mark, lineEnd } = source;
  const textOf = edited(text, edits);
  const blocks = keys.map((key): Edit => {
    const { block, content, names, bringsAccount } = key;
    const parts = [writeKey(content, names, textOf, lineEnd)];
    if (names.shared !== undefined && bringsAccount) {
      parts.unshift(writeSharedAccount(content, names.shared, textOf, lineEnd));
    }
    return { ...block.span, text: parts.join(lineEnd + lineEnd) };
  });
  return {
    path,
    before: mark + text,
    edits: [...blocks, ...outside(edits, blocks)].map((edit) => shifted(edit, mark.length)),
    changes: changes.toSorted((a, b) => a.line - b.line),
  };
}

/** The changes that lie in none of the blocks. */
function outside(edits: readonly Edit[], blocks: readonly Edit[]): Edit[] {
  const sorted = blocks.toSorted((a, b) => a.start - b.start);
  let next = 0;
  return edits
    .toSorted((a, b) => a.start - b.start)
    .filter(({ start }) => {
      while ((sorted[next]?.end ?? Infinity) <= start) next++;
      return start < (sorted[next]?.start ?? Infinity);
    });
}

function shifted({ start, end, text }: Edit, by: number): Edit {
  return { start: start + by, end: end + by, text };
}
