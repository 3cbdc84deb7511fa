import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonProblem } from './json-problem.ts';

describe('what is wrong with a text that should be JSON', () => {
  test.each([
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'A comma is missing before this.'],
    ['{\n  "a": 1,\n}', 2, 9, 'No comma may stand before }: remove it.'],
    ['[1, 2, ]', 1, 6, 'No comma may stand before ]: remove it.'],
    ['{ "a" 1 }', 1, 7, 'A colon is missing between the name and its value.'],
    ['{ a: 1 }', 1, 3, 'The name of a member has to stand here, in double quotes.'],
    ['{ "a": }', 1, 8, 'A value is missing before }.'],
    ['{ "a": [1, 2 }', 1, 14, '} does not close the [ that is open here.'],
    ['{ "a": "b\n}', 1, 8, 'The text that begins here has no closing quote on its line.'],
    ['{ "a": "C:\\dir" }', 1, 11, 'No such escape: write \\\\ where a backslash is meant.'],
    [
      '{ "a": True }',
      1,
      8,
      'True is no value: write true, false, null, a number, or a text in double quotes.',
    ],
    ['{ "a": 007 }', 1, 8, '007 is no value: write true, false, null, a number, or a text in double quotes.'],
    ['{ // why\n}', 1, 3, 'The name of a member has to stand here, in double quotes.'],
    ['[ // why\n]', 1, 3, 'JSON has no comments: remove it.'],
    ['{}\n{}', 2, 1, 'There is more text after the end of the JSON: remove it.'],
    ['{\n  "a": {', 2, 9, 'The text ends too early: } is missing for a { further up.'],
    ['', 1, 1, 'Nothing stands here: JSON is an object, as { "title": "Requests" }.'],
  ])('is said of %j with line and column', (text, line, column, message) => {
    expect(jsonProblem(text)).toMatchObject({ line, column, message });
  });

  test('is nothing for JSON, however it is laid out', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(4), (json, indent) => {
        expect(jsonProblem(JSON.stringify(JSON.parse(json), undefined, indent))).toBeUndefined();
      }),
    );
  });

  test('is found, and within the text, wherever somebody slipped', () => {
    const slips = fc.record({
      json: fc.json(),
      at: fc.nat(),
      put: fc.constantFrom('', ',', '"', '}', ']', ':', 'x', '\\', '\n', '-', '.', '0'),
    });
    fc.assert(
      fc.property(slips, ({ json, at, put }) => {
        const place = at % json.length;
        const text = json.slice(0, place) + put + json.slice(place + 1);
        const problem = jsonProblem(text);
        if (problem === undefined) return;
        expect(problem.message).not.toBe('This is no JSON.');
        expect(problem.offset).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2000 },
    );
  });
});
