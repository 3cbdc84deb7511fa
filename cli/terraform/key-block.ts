import { type Body, type Entry, NotUnderstood, readBody, type Setting } from './body.ts';
import { childOf, lineOf, type Node, type Problem, type Span, spanOf, type Syntax } from './hcl.ts';
import { isArgument, KEY_TYPES, type Kind, kindOf, NEW_TYPES } from './resources.ts';

/** A resource that stands for a key, as a file declares it. */
export interface KeyBlock {
  type: string;
  label: string;
  line: number;
  span: Span;
  /** How it is to be rewritten, or why it cannot be. */
  content: KeyContent | Problem;
}

export interface KeyContent {
  kind: Kind;
  body: Body;
  /** One instance for each of something, by `count` or `for_each`. */
  instances: 'count' | 'for_each' | undefined;
  name: Setting;
  /** The name, where it is a plain text. */
  literalName: string | undefined;
  role: Setting;
}

/** A resource of the new kind that is there already. */
export interface Declared {
  type: string;
  label: string;
  literalName: string | undefined;
}

export interface Resources {
  keys: KeyBlock[];
  declared: Declared[];
}

const NEEDED = ['name', 'role'];
// What these do with the key they do with the token; a provisioner may need a connection.
// As Terraform has it for names; commands that are printed hold it in quotes.
const LABEL = /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u;
const SECTIONS = new Set(['lifecycle', 'provisioner', 'connection']);

/** The keys in a file, and what there is of the resources that they become. */
export function findResources({ root }: Syntax, text: string): Resources {
  const found: Resources = { keys: [], declared: [] };
  for (const block of childOf(root, 'body')?.namedChildren ?? []) {
    const [word, type = '', label = ''] = headOf(block);
    if (word !== 'resource') continue;
    if (KEY_TYPES.includes(type)) found.keys.push(keyOf(block, type, label, text));
    if (NEW_TYPES.includes(type)) found.declared.push({ type, label, literalName: nameIn(block) });
  }
  return found;
}

/** The words before a block's brace, without their quotation marks. */
export function headOf(block: Node): string[] {
  if (block.type !== 'block') return [];
  const words = block.namedChildren.filter(({ type }) => type === 'identifier' || type === 'string_lit');
  return words.map(({ text }) => text.replaceAll(/^"|"$/g, ''));
}

/** What a quoted text without anything filled in says; undefined for every other expression. */
export function literalOf(text: string): string | undefined {
  const inner = /^"((?:[^"\\$%]|[$%](?!\{)|\\["\\])*)"$/.exec(text)?.[1];
  return inner?.replaceAll(/\\(["\\])/g, '$1');
}

function keyOf(block: Node, type: string, label: string, text: string): KeyBlock {
  const key = { type, label, line: lineOf(block), span: spanOf(block) };
  try {
    return { ...key, content: contentOf(block, type, text) };
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return { ...key, content: { line: error.line, what: error.message } };
  }
}

function contentOf(block: Node, type: string, text: string): KeyContent {
  const body = readBody(block, text);
  if (headOf(block).length !== 3 || block.startPosition.column !== 0) {
    throw new NotUnderstood({ line: lineOf(block), what: 'it does not begin as resources do' });
  }
  if (!LABEL.test(headOf(block)[2] ?? '')) {
    throw new NotUnderstood({ line: lineOf(block), what: 'its label is no name for Terraform' });
  }
  for (const entry of body.entries) requireKnown(entry);
  const settings = settingsOf(body);
  const [name, role] = NEEDED.map((needed) => settings.get(needed));
  if (name === undefined || role === undefined || body.isOneLine) {
    throw new NotUnderstood({ line: lineOf(block), what: 'it has no name or no role' });
  }
  if (name.shape === 'heredoc')
    throw new NotUnderstood({ line: name.line, what: 'its name has several lines' });
  const both = ['count', 'for_each'].filter((argument) => settings.has(argument));
  if (both.length > 1)
    throw new NotUnderstood({ line: lineOf(block), what: 'it has both count and for_each' });
  return {
    kind: kindOf(type, settings.has('cloud_stack_slug')),
    body,
    instances: both[0] as KeyContent['instances'],
    name,
    literalName: literalOf(text.slice(name.value.start, name.value.end)),
    role,
  };
}

function settingsOf(body: Body): Map<string, Setting> {
  const found = new Map<string, Setting>();
  for (const entry of body.entries) {
    if (entry.kind !== 'setting') continue;
    if (found.has(entry.name))
      throw new NotUnderstood({ line: entry.line, what: `${entry.name} is set twice` });
    found.set(entry.name, entry);
  }
  return found;
}

function requireKnown(entry: Entry): void {
  if (entry.kind === 'setting' && !isArgument(entry.name)) {
    throw new NotUnderstood({ line: entry.line, what: `the argument ${entry.name} is not known` });
  }
  if (entry.kind === 'section' && !SECTIONS.has(entry.name)) {
    throw new NotUnderstood({ line: entry.line, what: `the block ${entry.name} is not known` });
  }
}

function nameIn(block: Node): string | undefined {
  for (const part of childOf(block, 'body')?.namedChildren ?? []) {
    if (part.type === 'attribute' && part.firstNamedChild?.text === 'name')
      return literalOf(part.lastNamedChild?.text ?? '');
  }
  return undefined;
}
