import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changed } from './changed.ts';

// Null is told of what is not there.
const value = fc.jsonValue().filter((one) => one !== null);
const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), value);

test('what is told of a change, put on the fields as they were, gives them as they are, and the other way round', () => {
  fc.assert(
    fc.property(fields, fields, (before, given) => {
      const { before: old, ...since } = changed(before, given);
      const wanted = { ...before, ...given };
      expect({ ...before, ...since }).toEqual(wanted);
      // What was not there before is told as null.
      expect({ ...wanted, ...old }).toEqual({ ...wanted, ...before, ...blank(before, since) });
    }),
  );
});

function blank(before: object, since: object): object {
  return Object.fromEntries(
    Object.keys(since)
      .filter((name) => !Object.hasOwn(before, name))
      .map((name) => [name, null]),
  );
}

test('what stays is not told, be it given again or left out', () => {
  expect(changed({ a: 1, b: [2], c: 3 }, { a: 1, b: [2], c: undefined })).toEqual({ before: {} });
});
