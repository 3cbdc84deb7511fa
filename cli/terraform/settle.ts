import type { Edit } from './edits.ts';
import type { Span } from './hcl.ts';
import type { KeyContent } from './key-block.ts';
import type { Loop, Reference, Step } from './references.ts';
import { attributeOf, type Part } from './resources.ts';
import type { Names } from './write-key.ts';

/** What a reference becomes, or why nothing can be put in its place. */
export type Settled = { edits: Edit[] } | { why: string };

type Renamed = Pick<KeyContent, 'kind' | 'instances'> & { names: Names; textOf(span: Span): string };

const WHOLE =
  'the whole key is used there, and its attributes change: name the one that is needed, as in .key';

/** Puts the token or the account in the place of a key, whichever has the same value afterwards. */
export function settle(reference: Reference, key: Renamed): Settled {
  const { place, steps } = reference;
  // Both are about what the state knows the key as, which a `removed` block of ours then ends.
  if (place.kind === 'moved' || place.kind === 'removed') return { edits: [] };
  if (place.kind === 'import') return { why: 'an import block brings it into the state' };
  const used = usedOf(steps, key);
  if (used !== undefined) return settleAttribute(reference, key, [used]);
  if (place.kind === 'dependency') return { edits: rename(reference, key, 'token') };
  if (steps.length > 0 || key.instances === undefined) return { why: WHOLE };
  if (place.kind === 'loop') return settleLoop(reference, key, place.loop);
  if (place.kind !== 'function') return { why: WHOLE };
  if (place.name !== 'values') return { edits: rename(reference, key, 'token') };
  const behind = usedOf(place.steps, key);
  return behind === undefined ? { why: WHOLE } : settleAttribute(reference, key, [behind]);
}

/** The attribute that the steps behind a name, or behind one of its instances, ask for. */
function usedOf(steps: readonly Step[], { instances }: Renamed): Step | undefined {
  const [first, second] = steps;
  const isOfOne = first?.kind === 'attribute' || (instances === undefined && first?.name !== undefined);
  const used = isOfOne && instances === undefined ? first : first?.kind === 'attribute' ? undefined : second;
  return used?.name === undefined ? undefined : used;
}

function settleAttribute(reference: Reference, key: Renamed, used: readonly Step[]): Settled {
  const wanted = used.map((step) => ({ step, found: attributeOf(step.name ?? '') }));
  const edits: Edit[] = [];
  const parts = new Set<Part>();
  for (const { step, found } of wanted) {
    if (found === undefined) return { why: whyNot(step.name ?? '') };
    parts.add(found.part);
    if (found.name !== step.name) edits.push({ ...step.span, text: written(step, found.name) });
  }
  const [part = 'token', other] = parts;
  return other === undefined ? { edits: [...rename(reference, key, part), ...edits] } : { why: WHOLE };
}

/** In a loop that asks for both, the account is found by what the instances are told apart by. */
function settleLoop(reference: Reference, key: Renamed, loop: Loop): Settled {
  if (loop.isShadowed) return { why: 'a loop within the loop uses the same name for something else' };
  const used: { use: Span; step: Step }[] = [];
  for (const { span, steps } of loop.uses) {
    const [step] = steps;
    if (step?.name === undefined) return { why: WHOLE };
    used.push({ use: span, step });
  }
  const parts = new Set(used.map(({ step }) => attributeOf(step.name ?? '')?.part));
  const all = settleAttribute(
    reference,
    key,
    used.map(({ step }) => step),
  );
  if (parts.size < 2 || parts.has(undefined)) return all;

  const index = loop.index ?? freeName(key.textOf(loop.span));
  const edits = rename(reference, key, 'token');
  if (loop.index === undefined)
    edits.push({ start: loop.value.start, end: loop.value.start, text: `${index}, ` });
  for (const { use, step } of used) {
    const found = attributeOf(step.name ?? '');
    if (found?.part === 'account') {
      edits.push({ ...use, text: `${key.kind.account}.${key.names.label}[${index}]` });
    } else if (found !== undefined && found.name !== step.name) {
      edits.push({ ...step.span, text: written(step, found.name) });
    }
  }
  return { edits };
}

function rename({ typeSpan, labelSpan, label }: Reference, { kind, names }: Renamed, part: Part): Edit[] {
  const newLabel = part === 'account' ? (names.shared?.label ?? names.label) : names.label;
  const type = { ...typeSpan, text: kind[part] };
  return newLabel === label ? [type] : [type, { ...labelSpan, text: newLabel }];
}

function written(step: Step, name: string): string {
  return step.kind === 'index' ? `["${name}"]` : name;
}

function whyNot(name: string): string {
  return name === 'id'
    ? 'its id is used there, and neither the account nor the token has the same one'
    : `${name} is used there, which this command does not know`;
}

function freeName(text: string): string {
  let name = 'instance';
  while (text.includes(name)) name += '_';
  return name;
}
