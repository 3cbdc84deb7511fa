import { Change, diff } from '@codemirror/merge';

// Codes for lines stay below those that stand for half a letter.
const MOST_LINES = 0xd800;
const OF_LINES = { scanLimit: 20_000, timeout: 1500 };
const WITHIN_LINES = { scanLimit: 500 };

/** How two texts differ, line by line and then within the lines. Letter by letter from the start, a large text would be one difference. */
export function lineDiff(a: string, b: string): Change[] {
  const codes = new Map<string, string>();
  const linesOfA = linesOf(a, codes);
  const linesOfB = linesOf(b, codes);
  if (codes.size > MOST_LINES) return [...diff(a, b, WITHIN_LINES)];
  return diff(linesOfA.codes, linesOfB.codes, OF_LINES).flatMap(({ fromA, toA, fromB, toB }) => {
    const startA = linesOfA.starts[fromA] ?? a.length;
    const startB = linesOfB.starts[fromB] ?? b.length;
    const [ofA, ofB] = [a.slice(startA, linesOfA.starts[toA]), b.slice(startB, linesOfB.starts[toB])];
    return diff(ofA, ofB, WITHIN_LINES).map(
      (change) =>
        new Change(startA + change.fromA, startA + change.toA, startB + change.fromB, startB + change.toB),
    );
  });
}

/** A text with one letter for each line, the same for the same, and where its lines begin. */
function linesOf(text: string, codes: Map<string, string>): { codes: string; starts: number[] } {
  const starts: number[] = [];
  const letters: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at) + 1 || text.length;
    const line = text.slice(at, end);
    const letter = codes.get(line) ?? String.fromCharCode(codes.size);
    codes.set(line, letter);
    starts.push(at);
    letters.push(letter);
    at = end;
  }
  return { codes: letters.join(''), starts };
}
