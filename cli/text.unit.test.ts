import { expect, test } from 'vitest';
import { cut, printable, printableJson, widthOf, wrap } from './text.ts';

test.each([
  ['', 0],
  ['plain', 5],
  ['Ünïcödé', 7],
  ['u\u0308ber', 4],
  ['日本語', 6],
  ['ｶﾀｶﾅ', 4],
  ['한국어', 6],
  ['🔑', 2],
  ['👩‍👩‍👧', 2],
  ['a\u200bb', 2],
])('%j takes %i columns', (text, columns) => {
  expect(widthOf(text)).toBe(columns);
});

test.each([
  ['short', 10, 'short'],
  ['exactly ten', 11, 'exactly ten'],
  ['a longer one', 8, 'a longe…'],
  ['日本語日本語', 6, '日本…'],
  ['👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5, '👩‍👩‍👧👩‍👩‍👧…'],
])('%j in %i columns is %j', (text, columns, expected) => {
  expect(cut(text, columns)).toBe(expected);
  expect(widthOf(cut(text, columns))).toBeLessThanOrEqual(columns);
});

test('what could steer a terminal, or turn a line around, is written out', () => {
  expect(printable('a\u001b[2Jb\r\nc\u009b1m\u202ed\u2028')).toBe(
    'a\\u001b[2Jb\\u000d\\u000ac\\u009b1m\\u202ed\\u2028',
  );
});

test('JSON stays JSON, with nothing in it that a terminal obeys', () => {
  const value = { name: 'a\u009bb\u001b\n\u202e', list: [1] };
  const json = printableJson(value);
  expect(JSON.parse(json)).toEqual(value);
  expect(json).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
});

test('a text is wrapped at words', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('averylongword and', 5)).toEqual(['averylongword', 'and']);
  expect(wrap('', 5)).toEqual(['']);
});
