import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelsText, readLabels, slugLike } from './stack.ts';

test.each([
  ['Blue Whale 2', 'blue-whale-2'],
  ['my_stack', 'my_stack'],
  ['2nd try!', 'nd-try'],
  ['Über', 'ber'],
  ['鯨', ''],
])('the slug like %s is "%s"', (name, slug) => {
  expect(slugLike(name)).toBe(slug);
});

test('the slug like any name is one that a stack may have, or nothing, and like itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (name) => {
      const slug = slugLike(name);
      expect(slug).toMatch(/^([a-z][a-z0-9_-]{0,62})?$/);
      expect(slugLike(slug).startsWith(slug.replace(/-+$/, ''))).toBe(true);
    }),
  );
});

test('labels are read as they were written, and a line that is none is noticed', () => {
  const word = fc.stringMatching(/^[a-zA-Z0-9/\-.]+$/);
  fc.assert(
    fc.property(fc.dictionary(word, word, { noNullPrototype: true }), (labels) => {
      expect(readLabels(`\n${labelsText(labels)}  \n`)).toEqual(labels);
    }),
  );
  for (const text of ['team', 'team=', '=a', 'a=b=c']) expect(readLabels(text)).toBeUndefined();
});
