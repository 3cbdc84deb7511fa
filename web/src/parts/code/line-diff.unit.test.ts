import { Chunk } from '@codemirror/merge';
import { Text } from '@codemirror/state';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineDiff } from './line-diff.ts';

/** What the changes make of the first text. */
function applied(a: string, b: string): string {
  let made = '';
  let at = 0;
  for (const { fromA, toA, fromB, toB } of lineDiff(a, b)) {
    made += a.slice(at, fromA) + b.slice(fromB, toB);
    at = toA;
  }
  return made + a.slice(at);
}

test('the differences, put into the one text, give the other', () => {
  const lines = fc.array(fc.constantFrom('{', '}', '  "a": 1,', '  "a": 12,', '', '"😀"', '"😁"'), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(lines, lines, (one, other) => {
      const [a, b] = [one.join('\n'), other.join('\n')];
      expect(applied(a, b)).toBe(b);
    }),
    { numRuns: 1000 },
  );
});

test('of a large text, each place that differs is found, and not one around them all', () => {
  const panels = Array.from({ length: 3000 }, (_, at) => ({
    title: `Panel ${at}`,
    gridPos: { x: at % 24, y: at },
  }));
  const other = panels.map((panel, at) => (at % 100 === 50 ? { ...panel, title: `Other ${at}` } : panel));
  const [a, b] = [panels, other].map((list) => JSON.stringify(list, null, 2));
  const texts = [a, b].map((text = '') => Text.of(text.split('\n'))) as [Text, Text];
  expect(Chunk.build(...texts, { override: lineDiff })).toHaveLength(30);
});
