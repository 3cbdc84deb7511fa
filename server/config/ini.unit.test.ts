import { expect, test } from 'vitest';
import { ConfigError } from './config-error.ts';
import { parseIni } from './ini.ts';

const read = (text: string) =>
  parseIni(text, 'f.ini').entries.map(({ section, key, value }) => `${section}.${key}=${value}`);
const valueOf = (text: string) => parseIni(`key = ${text}`, 'f.ini').entries[0]?.value;

test('keys belong to the section above them, and to DEFAULT before any', () => {
  expect(read('app_mode = development\n[server]\nhttp_port=3000\n[ log.filters ]\napi: debug')).toEqual([
    'DEFAULT.app_mode=development',
    'server.http_port=3000',
    'log.filters.api=debug',
  ]);
});

test('a section may come again, and each entry knows its line', () => {
  const { sections, entries } = parseIni('[a]\nx = 1\n\n[b]\n[a] ; again\ny = 2', 'f.ini');
  expect(sections).toEqual([
    { name: 'a', line: 1 },
    { name: 'b', line: 4 },
    { name: 'a', line: 5 },
  ]);
  expect(entries.map(({ section, key, line }) => [section, key, line])).toEqual([
    ['a', 'x', 2],
    ['a', 'y', 6],
  ]);
});

test('a byte order mark and Windows line ends leave no trace', () => {
  expect(read('\uFEFF[server]\r\nhttp_port = 1\r\ndomain = x\r\n')).toEqual([
    'server.http_port=1',
    'server.domain=x',
  ]);
});

test.each([
  ['-1 # No expiration', '-1'],
  ['-1 ; No expiration', '-1'],
  ['-1\t# No expiration', '-1'],
  ['# nothing', ''],
  ['', ''],
  ['pass#word;x', 'pass#word;x'],
  ['a = b : c', 'a = b : c'],
  ['"quoted # text" # comment', 'quoted # text'],
  ["'single ; text'", 'single ; text'],
  ['`back "tick"`', 'back "tick"'],
  ['"  spaces kept  "', '  spaces kept  '],
  ['""', ''],
  ['"a" or "b"', '"a" or "b"'],
  ["contains(groups[*], 'admin') && 'Admin'", "contains(groups[*], 'admin') && 'Admin'"],
  ['"""#pass"word;"""', '#pass"word;'],
  ["'''it's''' ; note", "it's"],
  [String.raw`"C:\data\"`, 'C:\\data\\'],
])('the value %j reads as %j', (text, value) => {
  expect(valueOf(text)).toBe(value);
});

test('a value in triple quotes may run over lines, and later lines keep their numbers', () => {
  const { entries } = parseIni('a = """one\r\n# two\nthree"""\nb = 1', 'f.ini');
  expect(entries).toEqual([
    { section: 'DEFAULT', key: 'a', value: 'one\n# two\nthree', line: 1 },
    { section: 'DEFAULT', key: 'b', value: '1', line: 4 },
  ]);
});

test.each([
  ['[server', 'f.ini:1 is no section heading; write it as [name]'],
  ['[]', 'f.ini:1 is no section heading; write it as [name]'],
  ['[a] x = 1', 'f.ini:1 has text after [a]; put each key on a line of its own'],
  ['[a]\nhunter2', 'f.ini:2 is neither a comment nor a [section] nor key = value'],
  ['= hunter2', 'f.ini:1 is neither a comment nor a [section] nor key = value'],
  ['\n\nkey = "hunter2', 'f.ini:3 opens a quote (") and does not close it'],
  ["key = 'hunter2", "f.ini:1 opens a quote (') and does not close it"],
  ['a = 1\nkey = """hunter2\nb = 2\n', 'f.ini:2 opens a quote (""") and nothing closes it'],
  ['key = """a"""hunter2', 'f.ini:1 has text after the closing """'],
  ['key = hunter2\\', 'f.ini:1 ends in a backslash; put the value in quotes'],
  ['a = 1\nkey = hun\u0000ter2', 'f.ini:2 has a control character; save the file as plain text'],
  ['key = """a\nhun\u001Bter2"""', 'f.ini:2 has a control character; save the file as plain text'],
])('%j stops with the line and without the text', (text, message) => {
  expect(() => parseIni(text, 'f.ini')).toThrow(new ConfigError(message));
});

test('names of JavaScript objects are names like others', () => {
  expect(read('[__proto__]\npolluted = 1\n[constructor]\n__proto__ = 2')).toEqual([
    '__proto__.polluted=1',
    'constructor.__proto__=2',
  ]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('ten megabytes of keys, of quoted lines and of one long line are read to the end', () => {
  const size = 10 * 1024 * 1024;
  expect(parseIni(`key = ${'1'.repeat(57)}\n`.repeat(size / 64), 'f.ini').entries).toHaveLength(size / 64);
  expect(parseIni(`key = """${`${'""x'.repeat(20)}\n`.repeat(size / 61)}"""`, 'f.ini').entries).toHaveLength(
    1,
  );
  expect(parseIni(`key = ${' ='.repeat(size / 2)}`, 'f.ini').entries[0]?.value).toHaveLength(size - 1);
});
