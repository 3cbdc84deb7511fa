import fc from 'fast-check';
import { patch } from 'jsondiffpatch';
import { expect, test } from 'vitest';
import { compareJson } from './json-diff.ts';

const deltaText = (before: string, after: string): string | undefined => {
  const { delta, textOf } = compareJson(before, after);
  return delta === undefined ? undefined : textOf(delta);
};

test.each([
  ['1.0', '1'],
  ['1e3', '1000'],
  ['-0', '0'],
  ['-0.0e5', '0e1'],
  ['12345678901234567890', '12345678901234567890.000'],
  ['12345678901234567890', '1234567890123456789e1'],
  ['1e400', '0.01E+402'],
  ['0.1', '0.100000000000000000000'],
])('the numbers %s and %s are the same', (before, after) => {
  expect(deltaText(`{"n":[${before}]}`, `{"n":[${after}]}`)).toBeUndefined();
});

test.each([
  ['12345678901234567890', '12345678901234567891'],
  ['9007199254740993', '9007199254740992'],
  ['0.1', '0.10000000000000000001'],
  ['1e400', '1e401'],
  ['1e400', '-1e400'],
  ['1e-400', '0'],
  ['1e99999999999999999999', '1e99999999999999999998'],
  ['1', '"1"'],
])('the numbers %s and %s are not, and are told as they were written', (before, after) => {
  expect(deltaText(`{"n":${before}}`, `{"n":${after}}`)).toBe(`{"n":[${before},${after}]}`);
});

test('an item of a list is found again by its id, and its move is told', () => {
  const panel = (id: number, title: string) => ({ id, title });
  const before = JSON.stringify({ panels: [panel(1, 'a'), panel(2, 'b'), panel(3, 'c')] });
  const after = JSON.stringify({ panels: [panel(3, 'c'), panel(1, 'a'), panel(4, 'd'), panel(2, 'B')] });
  expect(JSON.parse(deltaText(before, after) ?? '')).toEqual({
    panels: { _t: 'a', _2: ['', 0, 3], 2: [panel(4, 'd')], 3: { title: ['b', 'B'] } },
  });
});

test('members called like what every object inherits are members like any others', () => {
  const none = '{"a":{}}';
  const some = '{"a":{"toString":1,"constructor":"x","hasOwnProperty":null}}';
  const members = { toString: 1, constructor: 'x', hasOwnProperty: null };
  const added = Object.fromEntries(Object.entries(members).map(([name, value]) => [name, [value]]));
  const removed = Object.fromEntries(Object.entries(members).map(([name, value]) => [name, [value, 0, 0]]));
  expect(JSON.parse(deltaText(none, some) ?? '')).toEqual({ a: added });
  expect(JSON.parse(deltaText(some, none) ?? '')).toEqual({ a: removed });
});

test('lists that are long and in another order are told as a whole, and equal ones not at all', () => {
  const numbers = Array.from({ length: 2000 }, (_, n) => n);
  const list = (of: unknown[]) => JSON.stringify({ list: of, other: [1, 2] });
  const backwards = numbers.toReversed();
  expect(JSON.parse(deltaText(list(numbers), list(backwards)) ?? '')).toEqual({
    list: [numbers, backwards],
  });
  expect(deltaText(list(backwards), list(backwards))).toBeUndefined();
  const changed = JSON.parse(deltaText(list([...numbers, {}]), list([...numbers, { a: 1 }])) ?? '');
  expect(changed).toEqual({ list: { _t: 'a', 2000: { a: [1] } } });
});

test('whatever the documents, the delta makes the one of the other, and there is none for equal ones', () => {
  const value = fc.jsonValue({ maxDepth: 4 }).filter((json) => !JSON.stringify(json).includes('__proto__'));
  fc.assert(
    fc.property(value, value, (before, after) => {
      const delta = deltaText(JSON.stringify({ before }), JSON.stringify({ before: after }));
      const plain = (json: unknown): unknown => JSON.parse(JSON.stringify(json));
      const patched = delta === undefined ? { before } : patch(plain({ before }), JSON.parse(delta));
      expect(patched).toEqual(plain({ before: after }));
      expect(deltaText(JSON.stringify(before), JSON.stringify(before))).toBeUndefined();
    }),
  );
});
