import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory } from '../../test/support/run-cli.ts';
import { writeAll } from './write.ts';

test('files are replaced whole, keep their modes, and leave nothing beside them', () => {
  const directory = makeDirectory();
  const [script, fresh] = [join(directory, 'a.tf'), join(directory, 'b.tf')];
  writeFileSync(script, '\ufeffold');
  chmodSync(script, 0o640);
  writeAll([
    { path: script, before: '\ufeffold', after: '\ufeffnew 😀' },
    { path: fresh, before: undefined, after: 'fresh' },
  ]);
  expect(readFileSync(script, 'utf8')).toBe('\ufeffnew 😀');
  expect(statSync(script).mode & 0o777).toBe(0o640);
  expect(readFileSync(fresh, 'utf8')).toBe('fresh');
  expect(readdirSync(directory)).toEqual(['a.tf', 'b.tf']);
});

test.each([
  ['lies in a directory that is not there', join('gone', 'b.tf'), 'old', /ENOENT/],
  ['is not there any more', 'c.tf', 'old', /ENOENT/],
  ['says something else by now', 'b.tf', 'older', /changed it meanwhile/],
  ['has come to be meanwhile', 'b.tf', undefined, /changed it meanwhile/],
  ['is a directory', 'd.tf', 'old', /EISDIR/],
])('when one file %s, no other is written', (_what, name, before, why) => {
  const directory = makeDirectory();
  const [first, second, path] = [join(directory, 'a.tf'), join(directory, 'b.tf'), join(directory, name)];
  writeFileSync(first, 'old');
  writeFileSync(second, 'old');
  mkdirSync(join(directory, 'd.tf'));
  const write = (): void =>
    writeAll([
      { path: first, before: 'old', after: 'new' },
      { path, before, after: 'new' },
    ]);
  expect(write).toThrow(why);
  expect(write).toThrow(expect.objectContaining({ exitCode: 1, detail: 'Nothing was written.' }));
  expect(readFileSync(first, 'utf8')).toBe('old');
  expect(readFileSync(second, 'utf8')).toBe('old');
  expect(readdirSync(directory)).toEqual(['a.tf', 'b.tf', 'd.tf']);
});

test('when the last file loses its place at the last moment, those before it say again what they said', () => {
  const directory = makeDirectory();
  const [first, fresh, beneath] = [join(directory, 'a.tf'), join(directory, 'b.tf'), join(directory, 'c')];
  writeFileSync(first, 'old');
  chmodSync(first, 0o600);
  mkdirSync(beneath);
  const last = {
    before: undefined,
    after: 'new',
    get path() {
      if (readFileSync(first, 'utf8') === 'new') rmSync(beneath, { recursive: true, force: true });
      return join(beneath, 'c.tf');
    },
  };
  const write = (): void =>
    writeAll([
      { path: first, before: 'old', after: 'new' },
      { path: fresh, before: undefined, after: 'new' },
      last,
    ]);
  expect(write).toThrow(expect.objectContaining({ exitCode: 1, detail: 'Nothing was written.' }));
  expect(readFileSync(first, 'utf8')).toBe('old');
  expect(statSync(first).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['a.tf']);
});
