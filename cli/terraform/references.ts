import { childOf, lineOf, type Node, partsOf, type Span, spanOf, type Syntax } from './hcl.ts';
import { KEY_TYPES } from './resources.ts';

/** One thing behind a name: `.key`, `[0]`, `["a"]`, `[*]`. */
export interface Step {
  kind: 'attribute' | 'index' | 'splat';
  /** Of an attribute, or an index that is a plain text. */
  name?: string;
  span: Span;
}

/** A loop over all instances of a key, with every use of the variable that stands for one of them. */
export interface Loop {
  span: Span;
  /** The variable for what tells the instances apart, if the loop has one. */
  index: string | undefined;
  value: Span;
  uses: { span: Span; steps: Step[] }[];
  /** The same name means something else further inside. */
  isShadowed: boolean;
}

/** What stands around a reference, where that decides what it means. */
export type Place =
  | { kind: 'value' }
  /** Only the order of things depends on it. */
  | { kind: 'dependency' }
  /** A `moved` or `removed` block tells what was, an `import` block what will be. */
  | { kind: 'moved' | 'removed' | 'import' }
  | { kind: 'function'; name: string; steps: Step[] }
  | { kind: 'loop'; loop: Loop };

export interface Reference {
  type: string;
  label: string;
  line: number;
  typeSpan: Span;
  labelSpan: Span;
  steps: Step[];
  place: Place;
  /** It configures a provider, which Terraform needs to know before it plans. */
  isForProvider: boolean;
}

// They look at all instances and pass on nothing but what stands behind them.
const TRANSPARENT = new Set(['keys', 'length', 'values']);
const LOOPS = ['for_tuple_expr', 'for_object_expr', 'template_for'];
const ORDER = new Set(['depends_on', 'replace_triggered_by']);

/** Everything in a file that refers to a key. */
export function findReferences({ find }: Syntax): Reference[] {
  return find('(variable_expr (identifier) @name)')
    .filter((node) => KEY_TYPES.includes(node.text))
    .flatMap((node) => readReference(node) ?? []);
}

function readReference(identifier: Node): Reference | undefined {
  const variable = identifier.parent;
  if (variable === null) return undefined;
  const [label, ...steps] = stepsAfter(variable);
  const around = ancestorsOf(variable);
  if (label?.kind !== 'attribute' || label.name === undefined) return undefined;
  if (around.some((node) => LOOPS.includes(node.type) && namesOf(node).includes(identifier.text)))
    return undefined;
  const block = around.at(-3)?.firstNamedChild?.text ?? '';
  return {
    type: identifier.text,
    label: label.name,
    line: lineOf(identifier),
    typeSpan: spanOf(identifier),
    labelSpan: label.span,
    steps,
    place: placeIn(block, around),
    isForProvider: block === 'provider',
  };
}

/** Innermost first; the last three are a block, the body around all of them, and the file. */
function ancestorsOf(node: Node): Node[] {
  const found: Node[] = [];
  for (let next = node.parent; next !== null; next = next.parent) found.push(next);
  return found;
}

function placeIn(block: string, around: readonly Node[]): Place {
  if (block === 'moved' || block === 'removed' || block === 'import') return { kind: block };
  const [expression, outer, next] = around;
  if (outer?.type === 'for_intro' && next !== undefined) return { kind: 'loop', loop: readLoop(next, outer) };
  if (outer?.type === 'template_for_start' && next !== undefined)
    return { kind: 'loop', loop: readLoop(next, outer) };
  if (outer?.type === 'function_arguments' && next !== undefined && partsOf(outer).length === 1) {
    const name = next.firstNamedChild?.text ?? '';
    if (TRANSPARENT.has(name)) return { kind: 'function', name, steps: stepsAfter(next) };
  }
  const attribute = around.find(({ type }) => type === 'attribute');
  const isElement = expression?.type === 'expression' && outer?.type === 'tuple' && around[4] === attribute;
  if (isElement && ORDER.has(attribute?.firstNamedChild?.text ?? '')) return { kind: 'dependency' };
  return { kind: 'value' };
}

function stepsAfter(node: Node): Step[] {
  const found: Step[] = [];
  for (let next = node.nextSibling; next !== null; next = next.nextSibling) {
    if (next.type === 'comment') continue;
    const steps = stepsIn(next);
    if (steps === undefined) break;
    found.push(...steps);
  }
  return found;
}

function stepsIn(node: Node): Step[] | undefined {
  if (node.type === 'get_attr') {
    const name = childOf(node, 'identifier');
    return name && [{ kind: 'attribute', name: name.text, span: spanOf(name) }];
  }
  if (node.type === 'index') {
    const text = /^\["([^"\\$%]*)"\]$/.exec(node.text)?.[1];
    const span = spanOf(node);
    return [text === undefined ? { kind: 'index', span } : { kind: 'index', name: text, span }];
  }
  if (node.type !== 'splat') return undefined;
  const behind = node.firstNamedChild === null ? [] : partsOf(node.firstNamedChild);
  return [{ kind: 'splat', span: spanOf(node) }, ...behind.flatMap((step) => stepsIn(step) ?? [])];
}

function readLoop(loop: Node, intro: Node): Loop {
  const names = intro.namedChildren.filter(({ type }) => type === 'identifier');
  const value = names.at(-1);
  if (value === undefined) throw new Error('a loop without a variable');
  const index = names.length === 2 ? names[0]?.text : undefined;
  const uses = loop.descendantsOfType('variable_expr').filter(({ text }) => text === value.text);
  const inner = loop.descendantsOfType(LOOPS).filter(({ id }) => id !== loop.id);
  return {
    span: spanOf(loop),
    index,
    value: spanOf(value),
    uses: uses.map((use) => ({ span: spanOf(use), steps: stepsAfter(use) })),
    isShadowed: inner.flatMap(namesOf).some((name) => name === value.text || name === index),
  };
}

/** The variables of a loop. */
function namesOf(loop: Node): string[] {
  const intro = childOf(loop, 'for_intro') ?? childOf(loop, 'template_for_start');
  return (intro?.namedChildren ?? []).filter(({ type }) => type === 'identifier').map(({ text }) => text);
}
