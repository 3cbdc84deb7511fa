import type { Span } from './hcl.ts';

/** A part of a text, and what is put in its place. */
export interface Edit extends Span {
  text: string;
}

/** A text with changes, none of which may touch another: gives any part of it, as it was in the old text, brought up to date. */
export function edited(text: string, edits: readonly Edit[]): (span?: Span) => string {
  const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  return ({ start, end } = { start: 0, end: text.length }) => {
    const pieces: string[] = [];
    let at = start;
    for (let next = firstFrom(sorted, start); next < sorted.length; next++) {
      const edit = sorted[next];
      if (edit === undefined || edit.end > end) break;
      if (edit.start < at) throw new Error('two changes meet');
      pieces.push(text.slice(at, edit.start), edit.text);
      at = edit.end;
    }
    return pieces.join('') + text.slice(at, end);
  };
}

/** Where the first change is that starts there or later. */
function firstFrom(sorted: readonly Edit[], start: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.start ?? Infinity) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}
