import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeNumbers, changeTexts, depthOf, laidOut, membersOf, objectText } from './json-text.ts';

test('members are found whatever lies in them', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.constantFrom(undefined, 1, '\t'),
      (object, indent) => {
        const text = JSON.stringify(object, null, indent);
        const members = [...membersOf(text)].map(([name, value]) => [name, JSON.parse(value)]);
        expect(members).toEqual(Object.entries(JSON.parse(text)));
        expect(JSON.parse(objectText(membersOf(text)))).toEqual(JSON.parse(text));
      },
    ),
  );
});

test('numbers, escapes and the order of members stay as they were written', () => {
  const text = '{ "b": 1.0, "2":[1e400 , -0], "1" : "\\u0041\\"}\\\\", "a":12345678901234567890 }';
  expect([...membersOf(text)]).toEqual([
    ['b', '1.0'],
    ['2', '[1e400 , -0]'],
    ['1', '"\\u0041\\"}\\\\"'],
    ['a', '12345678901234567890'],
  ]);
});

test('a name that comes twice, or in escapes, is one member with the last value', () => {
  expect([...membersOf('{"id":1,"x":2,"\\u0069d":3}')]).toEqual([
    ['id', '3'],
    ['x', '2'],
  ]);
});

test('an empty object has no members, whatever stands around it', () => {
  expect(membersOf('\uFEFF { } \n').size).toBe(0);
});

test('depth counts brackets, but not those within strings', () => {
  expect(depthOf('7')).toBe(0);
  expect(depthOf('[{"a":"[[[[\\"{{"}]')).toBe(2);
});

test('JSON is laid out as JSON.stringify does it, and its numbers and escapes stay as they were written', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(laidOut(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
    }),
  );
  expect(laidOut('{"2":1.0, "1" :[ ],"\\u0041": 12345678901234567890}')).toBe(
    '{\n  "2": 1.0,\n  "1": [],\n  "\\u0041": 12345678901234567890\n}',
  );
});

test('texts are changed where they are values, and nowhere else', () => {
  const text = '{ "a" : "a", "b":["a\\"", "\\\\" ,{"c"\n:\t"" }], "d": 1.0 }';
  expect(changeTexts(text, () => '"!"')).toBe('{ "a" : "!", "b":["!", "!" ,{"c"\n:\t"!" }], "d": 1.0 }');
  expect(changeTexts('"alone"', (found) => found.toUpperCase())).toBe('"ALONE"');
});

test('numbers are changed, but not the digits within texts and names', () => {
  const text = '{"1":"2 -3","\\"4":[-5.50E+6,0 , 7e-8,{"9":null}],"t":true}';
  const seen: string[] = [];
  const changed = changeNumbers(text, (number) => `<${seen.push(number)}>`);
  expect(seen).toEqual(['-5.50E+6', '0', '7e-8']);
  expect(changed).toBe('{"1":"2 -3","\\"4":[<1>,<2> , <3>,{"9":null}],"t":true}');
});

test('whatever the JSON, what stays the same leaves it the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(changeTexts(text, (found) => JSON.stringify(JSON.parse(found)))).toBe(text);
      expect(changeNumbers(text, (found) => JSON.stringify(JSON.parse(found)))).toBe(text);
    }),
  );
});
