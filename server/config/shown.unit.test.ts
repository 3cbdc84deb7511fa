import { expect, test } from 'vitest';
import { hidePasswords, quoted } from './shown.ts';

test.each([
  ['postgres://bob:hunter2@db/keys', 'postgres://bob:*********@db/keys'],
  ['postgres://bob:hun/t@er2#@db/keys', 'postgres://bob:*********@db/keys'],
  ['redis://:hunter2@cache', 'redis://:*********@cache'],
  [
    'postgres://bob@db/keys?application_name=x&PassWord=hunter2&sslmode=require',
    'postgres://bob@db/keys?application_name=x&PassWord=*********&sslmode=require',
  ],
  ['http://localhost:3000/', 'http://localhost:3000/'],
  ['plain text', 'plain text'],
])('%j is shown as %j', (text, shown) => {
  expect(hidePasswords(text)).toBe(shown);
});

test('a quoted value stays on one line, short, and without passwords', () => {
  expect(quoted('a\n"b"')).toBe('"a\\n\\"b\\""');
  expect(quoted('x'.repeat(500))).toBe(`"${'x'.repeat(80)}…"`);
  expect(quoted('http://bob:hunter2@x')).toBe('"http://bob:*********@x"');
});
