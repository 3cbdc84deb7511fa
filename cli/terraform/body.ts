import { childOf, lineOf, type Node, partsOf, type Problem, type Span, spanOf } from './hcl.ts';

/** What stands directly before a thing: empty lines, then comments that have lines of their own. */
interface Before {
  blanks: number;
  comments: Span[];
}

export interface Setting {
  kind: 'setting';
  name: string;
  line: number;
  before: Before;
  indent: string;
  value: Span;
  shape: 'string' | 'heredoc' | 'lines' | 'other';
  /** The comment behind it in the same line. */
  remark: Span | undefined;
}

export interface Section {
  kind: 'section';
  name: string;
  line: number;
  before: Before;
  indent: string;
  span: Span;
  body: Body;
  remark: Span | undefined;
}

/** Comments that belong to nothing below them. */
export interface Remarks {
  kind: 'remarks';
  before: Before;
}

export type Entry = Setting | Section | Remarks;

export interface Body {
  /** The comment behind the opening brace. */
  remark: Span | undefined;
  isOneLine: boolean;
  entries: Entry[];
}

/** A block is written in a way that this command does not take apart. */
export class NotUnderstood extends Error {
  override name = 'NotUnderstood';
  readonly line: number;

  constructor({ line, what }: Problem) {
    super(what);
    this.line = line;
  }
}

/** Takes a block apart so that each of its lines belongs to exactly one entry. Throws NotUnderstood. */
export function readBody(block: Node, text: string): Body {
  const [open, close] = [childOf(block, 'block_start'), childOf(block, 'block_end')];
  if (open === undefined || close === undefined) throw new Error('a block without braces');
  const body = childOf(block, 'body');
  const isOneLine = lineOf(open) === lineOf(close);
  const things = [
    ...(body?.namedChildren ?? []),
    ...block.namedChildren.filter(({ type }) => type === 'comment'),
  ];
  const inside = things.toSorted((a, b) => a.startIndex - b.startIndex);
  for (const { type, startIndex, parent } of inside) {
    if (type === 'comment' && startIndex < open.startIndex)
      throw odd(parent ?? block, 'a comment before the brace');
  }
  if (isOneLine && inside.some(({ type }) => type === 'comment'))
    throw odd(block, 'a comment within one line');
  return { isOneLine, ...entriesOf(inside, open, text) };
}

function entriesOf(things: readonly Node[], open: Node, text: string): Pick<Body, 'remark' | 'entries'> {
  const found: Pick<Body, 'remark' | 'entries'> = { remark: undefined, entries: [] };
  let before: Before = { blanks: 0, comments: [] };
  let last = open;
  for (const thing of things) {
    const isBehind = thing.startPosition.row === last.endPosition.row;
    if (thing.type === 'comment' && isBehind) {
      putBehind(found, thing, text);
    } else {
      const blanks = emptyLines(text.slice(last.endIndex, thing.startIndex));
      // A comment that an empty line follows belongs to nothing below.
      if (blanks > 0 && before.comments.length > 0) before = closed(found, before);
      if (before.comments.length === 0) before = { blanks, comments: [] };
      if (thing.type === 'comment') {
        before.comments.push(wholeLines(thing, text));
      } else {
        found.entries.push(
          entryOf(thing, before, isBehind && last === open ? '' : indentOf(thing, text), text),
        );
        before = { blanks: 0, comments: [] };
      }
    }
    last = thing;
  }
  if (before.comments.length > 0) closed(found, before);
  return found;
}

function closed(found: Pick<Body, 'entries'>, before: Before): Before {
  found.entries.push({ kind: 'remarks', before });
  return { blanks: 0, comments: [] };
}

function putBehind(found: Pick<Body, 'remark' | 'entries'>, comment: Node, text: string): void {
  const entry = found.entries.at(-1);
  const isLong = comment.startPosition.row !== comment.endPosition.row;
  if (isLong || entry?.kind === 'remarks' || (entry ?? found).remark !== undefined) {
    throw odd(comment, 'a comment in an unusual place');
  }
  (entry ?? found).remark = trimmed(spanOf(comment), text);
}

function entryOf(node: Node, before: Before, indent: string, text: string): Entry {
  const name = node.firstNamedChild?.text ?? '';
  const line = lineOf(node);
  if (node.type === 'block') {
    const body = readBody(node, text);
    return { kind: 'section', name, line, before, indent, span: spanOf(node), body, remark: undefined };
  }
  const value = node.lastNamedChild;
  if (value?.type !== 'expression' || partsOf(node).length !== node.namedChildCount) {
    throw odd(node, 'a comment in an unusual place');
  }
  return {
    kind: 'setting',
    name,
    line,
    before,
    indent,
    value: trimmed(spanOf(value), text),
    shape: shapeOf(value),
    remark: undefined,
  };
}

function shapeOf(value: Node): Setting['shape'] {
  const inner = value.namedChildCount === 1 ? value.firstNamedChild?.firstNamedChild : undefined;
  if (inner?.type === 'heredoc_template') return 'heredoc';
  if (value.startPosition.row !== value.endPosition.row) return 'lines';
  return inner?.type === 'string_lit' || inner?.type === 'quoted_template' ? 'string' : 'other';
}

/** The white space before a thing that has its line to itself. */
function indentOf(node: Node, text: string): string {
  const start = text.lastIndexOf('\n', node.startIndex - 1) + 1;
  const indent = text.slice(start, node.startIndex);
  if (indent.trim() !== '') throw odd(node, 'a comment in an unusual place');
  return indent;
}

function wholeLines(comment: Node, text: string): Span {
  const start = comment.startIndex - indentOf(comment, text).length;
  return trimmed({ start, end: comment.endIndex }, text);
}

/** Without the white space at the end: the parser counts the CR of a line's end as part of a comment. */
function trimmed({ start, end }: Span, text: string): Span {
  return { start, end: start + text.slice(start, end).trimEnd().length };
}

function emptyLines(between: string): number {
  return Math.max(between.split('\n').length - 2, 0);
}

function odd(node: Node, what: string): NotUnderstood {
  return new NotUnderstood({ line: lineOf(node), what });
}
