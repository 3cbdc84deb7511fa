import { type Edit, edited } from './edits.ts';
import type { Span } from './hcl.ts';

/** A line of a diff as `diff -u` writes it, without its end; where the file's lines end in CR LF, the CR is still there. */
export interface DiffLine {
  kind: 'file' | 'hunk' | 'context' | 'removed' | 'added' | 'note';
  text: string;
}

interface Step {
  kind: 'context' | 'removed' | 'added';
  line: string;
}

const CONTEXT = 3;
const SIGNS = { context: ' ', removed: '-', added: '+' } as const;
// Beyond that, all lines of a changed place are shown as removed and as added.
const MOST_COMPARISONS = 1_000_000;

/** What changes do to a text; a file that is not there yet has none. */
export function unifiedDiff(path: string, before: string | undefined, edits: readonly Edit[]): DiffLine[] {
  const steps = stepsOf(before ?? '', edits);
  if (steps.every(({ kind }) => kind === 'context')) return [];
  return [
    { kind: 'file', text: `--- ${before === undefined ? '/dev/null' : path}` },
    { kind: 'file', text: `+++ ${path}` },
    ...hunksOf(steps),
  ];
}

/** The lines as one text. */
export function diffText(lines: readonly DiffLine[]): string {
  return lines.map(({ text }) => `${text}\n`).join('');
}

function stepsOf(before: string, edits: readonly Edit[]): Step[] {
  const after = edited(before, edits);
  const steps: Step[] = [];
  const same = (text: string): void => {
    for (const line of linesIn(text)) steps.push({ kind: 'context', line });
  };
  let at = 0;
  for (const place of placesOf(before, edits)) {
    same(before.slice(at, place.start));
    for (const step of compare(linesIn(before.slice(place.start, place.end)), linesIn(after(place))))
      steps.push(step);
    at = place.end;
  }
  same(before.slice(at));
  return steps;
}

/** The whole lines that changes touch, each place once. */
function placesOf(text: string, edits: readonly Edit[]): Span[] {
  const places: Span[] = [];
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    const start = text.lastIndexOf('\n', edit.start - 1) + 1;
    const lineEnd = text.indexOf('\n', Math.max(edit.end - 1, edit.start));
    const end = lineEnd === -1 ? text.length : lineEnd + 1;
    const last = places.at(-1);
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end);
    else places.push({ start, end });
  }
  return places;
}

function linesIn(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** The fewest removed and added lines, by the longest common subsequence. */
function compare(before: readonly string[], after: readonly string[]): Step[] {
  const steps: Step[] = [];
  const common = before.length * after.length > MOST_COMPARISONS ? undefined : lengthsOf(before, after);
  let [from, to] = [0, 0];
  while (from < before.length || to < after.length) {
    const [old, now] = [before[from], after[to]];
    if (common !== undefined && old !== undefined && old === now) {
      steps.push({ kind: 'context', line: old });
      from++;
      to++;
    } else if (old !== undefined && (now === undefined || isBetter(common, from + 1, to, from, to + 1))) {
      steps.push({ kind: 'removed', line: old });
      from++;
    } else if (now !== undefined) {
      steps.push({ kind: 'added', line: now });
      to++;
    }
  }
  return steps;
}

function isBetter(common: number[][] | undefined, a: number, b: number, c: number, d: number): boolean {
  return common === undefined || (common[a]?.[b] ?? 0) >= (common[c]?.[d] ?? 0);
}

/** How many lines the rests from each pair of places on have in common. */
function lengthsOf(before: readonly string[], after: readonly string[]): number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    Array.from({ length: after.length + 1 }, () => 0),
  );
  for (let from = before.length - 1; from >= 0; from--) {
    const [row = [], next = []] = [lengths[from], lengths[from + 1]];
    for (let to = after.length - 1; to >= 0; to--) {
      row[to] =
        before[from] === after[to] ? (next[to + 1] ?? 0) + 1 : Math.max(next[to] ?? 0, row[to + 1] ?? 0);
    }
  }
  return lengths;
}

function hunksOf(steps: readonly Step[]): DiffLine[] {
  const found: DiffLine[] = [];
  let [old, now] = [0, 0];
  let at = 0;
  for (const { start, end } of rangesOf(steps)) {
    for (; at < start; at++) [old, now] = [old + 1, now + 1];
    const hunk = steps.slice(start, end);
    const olds = hunk.filter(({ kind }) => kind !== 'added').length;
    const news = hunk.filter(({ kind }) => kind !== 'removed').length;
    found.push({ kind: 'hunk', text: `@@ -${rangeText(old, olds)} +${rangeText(now, news)} @@` });
    for (const step of hunk) found.push(...linesOf(step));
    [old, now, at] = [old + olds, now + news, end];
  }
  return found;
}

/** The changes with some lines around them; those whose surroundings meet are one. */
function rangesOf(steps: readonly Step[]): Span[] {
  const ranges: Span[] = [];
  for (const [index, { kind }] of steps.entries()) {
    if (kind === 'context') continue;
    const last = ranges.at(-1);
    const start = Math.max(index - CONTEXT, 0);
    const end = Math.min(index + CONTEXT + 1, steps.length);
    if (last !== undefined && start <= last.end) last.end = end;
    else ranges.push({ start, end });
  }
  return ranges;
}

// A range without lines stands behind the line whose number it has.
function rangeText(linesBefore: number, count: number): string {
  const start = count === 0 ? linesBefore : linesBefore + 1;
  return count === 1 ? String(start) : `${start},${count}`;
}

function linesOf({ kind, line }: Step): DiffLine[] {
  if (line.endsWith('\n')) return [{ kind, text: SIGNS[kind] + line.slice(0, -1) }];
  return [
    { kind, text: SIGNS[kind] + line },
    { kind: 'note', text: '\\ No newline at end of file' },
  ];
}
