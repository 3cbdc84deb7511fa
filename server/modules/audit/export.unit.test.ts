import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvLine } from './export.ts';

const text = fc.string({
  unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', "'", 'a', 'ö', '＝'),
});

/** RFC 4180, read character by character. */
function cellsOf(line: string): string[] {
  const cells = [''];
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (isQuoted && character === '"' && line[at + 1] === '"') at++;
    else if (character === '"') {
      isQuoted = !isQuoted;
      continue;
    } else if (!isQuoted && character === ',') {
      cells.push('');
      continue;
    } else if (!isQuoted && line.startsWith('\r\n', at)) return cells;
    cells.push(`${cells.pop()}${character}`);
  }
  throw new Error('the line does not end');
}

test('whatever stands in a cell comes back from a line of CSV, behind an apostrophe where it might be calculated', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1 }), (cells) => {
      const back = cellsOf(csvLine(cells));
      expect(back.map((cell, at) => (cell === `'${cells[at]}` ? cells[at] : cell))).toEqual(cells);
      expect(back.filter((cell) => /^[=+\-@\t\r\n＝＋－＠]/.test(cell))).toEqual([]);
    }),
  );
});

test('numbers and plain texts stay as they are', () => {
  expect(csvLine([7, 'user', '{"a":"b"}'])).toBe('7,user,"{""a"":""b""}"\r\n');
});
