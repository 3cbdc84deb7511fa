import { createRequire } from 'node:module';
import type { Node, Query } from 'web-tree-sitter';

export type { Node } from 'web-tree-sitter';

/** A part of a text, from one offset to before another. */
export interface Span {
  start: number;
  end: number;
}

/** What is wrong with a text, and in which line of it. */
export interface Problem {
  line: number;
  what: string;
}

export interface Syntax {
  root: Node;
  /** Looks for what Terraform would object to. */
  findProblem(): Problem | undefined;
  /** Everything that a pattern of the parser's own query language finds, in order. */
  find(pattern: string): Node[];
}

export interface Hcl {
  /** Reads a text and hands its syntax to the caller, whose result must hold none of it. */
  read<T>(text: string, look: (syntax: Syntax) => T): T;
}

const require = createRequire(import.meta.url);
const LONGEST_QUOTE = 24;

/** Loads the parser of Terraform's language, which nothing else needs. */
export async function loadHcl(): Promise<Hcl> {
  const { Language, Parser, Query } = await import('web-tree-sitter');
  await Parser.init();
  const language = await Language.load(
    require.resolve('@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm'),
  );
  const parser = new Parser().setLanguage(language);
  const queries = new Map<string, Query>();
  const queryOf = (pattern: string): Query => {
    const query = queries.get(pattern) ?? new Query(language, pattern);
    queries.set(pattern, query);
    return query;
  };

  return {
    read(text, look) {
      const tree = parser.parse(text);
      if (tree === null) throw new Error('the parser was stopped');
      try {
        const root = tree.rootNode;
        const find = (pattern: string): Node[] =>
          queryOf(pattern)
            .captures(root)
            .map(({ node }) => node);
        return look({ root, find, findProblem: () => problemIn(root, text, find) });
      } finally {
        tree.delete();
      }
    },
  };
}

/** The line of a text that a node starts in, counted from 1. */
export function lineOf(node: Node): number {
  return node.startPosition.row + 1;
}

export function spanOf(node: Node): Span {
  return { start: node.startIndex, end: node.endIndex };
}

/** The named children of a node but for comments, which may stand anywhere. */
export function partsOf(node: Node): Node[] {
  return node.namedChildren.filter((child) => child.type !== 'comment');
}

export function childOf(node: Node, type: string): Node | undefined {
  return node.namedChildren.find((child) => child.type === type);
}

function problemIn(root: Node, text: string, find: Syntax['find']): Problem | undefined {
  const control = /\0|\r(?!\n)/.exec(text);
  if (control !== null) return { line: lineAt(text, control.index), what: 'a control character' };
  if (root.hasError) return brokenAt(root, text);
  if (childOf(root, 'object') !== undefined) return { line: 1, what: 'an object where blocks are expected' };
  return brokenLine(root, find) ?? brokenString(find);
}

/** The innermost place that the parser could make nothing of. */
function brokenAt(root: Node, text: string): Problem {
  let node = root;
  for (;;) {
    const next = node.children.find((child) => child.isMissing || child.isError || child.hasError);
    if (next === undefined) break;
    node = next;
  }
  const [quote = ''] = text.slice(node.startIndex).trimStart().split(/\r?\n/, 1);
  const from = quote === '' ? 'the end' : JSON.stringify(quote.slice(0, LONGEST_QUOTE));
  return { line: lineOf(node), what: `not understood from ${from} on` };
}

// Where Terraform asks for a new line, or for none, the parser takes any white space.
function brokenLine(root: Node, find: Syntax['find']): Problem | undefined {
  const top = childOf(root, 'body');
  const found =
    (top && wronglyPlaced(partsOf(top), -1, Infinity)) ?? firstOf(find('(block) @block'), inWrongPlace);
  return found && { line: lineOf(found), what: 'a line break is missing, or is where none may be' };
}

function inWrongPlace(block: Node): Node | undefined {
  const [open, close] = [childOf(block, 'block_start'), childOf(block, 'block_end')];
  if (open === undefined || close === undefined || lineOf(open) !== lineOf(block)) return block;
  const body = childOf(block, 'body');
  const parts = body === undefined ? [] : partsOf(body);
  if (lineOf(close) !== lineOf(open)) {
    return wronglyPlaced(parts, open.endPosition.row, close.startPosition.row);
  }
  return parts.length > 1 ? parts[1] : parts.find(({ type }) => type === 'block');
}

/** The first part that shares a line with the one before it, or with what stands around all of them. */
function wronglyPlaced(parts: readonly Node[], open: number, close: number): Node | undefined {
  let last = open;
  for (const part of parts) {
    const value = part.type === 'attribute' ? part.lastNamedChild : null;
    if (part.startPosition.row === last || (value !== null && lineOf(value) !== lineOf(part))) return part;
    last = part.endPosition.row;
  }
  return last === close ? parts.at(-1) : undefined;
}

function brokenString(find: Syntax['find']): Problem | undefined {
  const quoted = find('[(string_lit) (quoted_template)] @quoted');
  const found = quoted.find((node) => {
    if (node.startPosition.row === node.endPosition.row) return false;
    // Only what is filled in may take several lines.
    const filledIn = node.children.filter(
      ({ type }) => type.startsWith('template_') && type !== 'template_literal',
    );
    const rows = filledIn.reduce(
      (sum, { startPosition, endPosition }) => sum + endPosition.row - startPosition.row,
      0,
    );
    return rows !== node.endPosition.row - node.startPosition.row;
  });
  return found && { line: lineOf(found), what: 'a line break within quotation marks' };
}

function firstOf<T, R>(all: readonly T[], look: (one: T) => R | undefined): R | undefined {
  for (const one of all) {
    const found = look(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
