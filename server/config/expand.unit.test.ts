import { expect, test } from 'vitest';
import { expand } from './expand.ts';

const lookups = {
  variable: (name: string) => `<variable ${name}>`,
  file: (path: string) => `<file ${path}>`,
  setting: (name: string) => `<setting ${name}>`,
};

test.each([
  ['a ${HOME} b', 'a <variable HOME> b'],
  ['$__env{HOME}', '<variable HOME>'],
  ['$__file{/run/secret}', '<file /run/secret>'],
  ['%(protocol)s://%(domain)s/', '<setting protocol>://<setting domain>/'],
  ['$HOME $ {x} %s %(x) ${} 100%', '$HOME $ {x} %s %(x) ${} 100%'],
])('%j becomes %j', (text, expanded) => {
  expect(expand(text, lookups)).toBe(expanded);
});

test('what is put in is not looked through again', () => {
  expect(expand('${A}', { ...lookups, variable: () => '${B} %(c)s $& $1' })).toBe('${B} %(c)s $& $1');
});

test('without settings to look in, %(…)s is plain text', () => {
  expect(expand('%(a)s', { variable: lookups.variable, file: lookups.file })).toBe('%(a)s');
});

test('a source that is not built in is named', () => {
  expect(() => expand('$__vault{kv:x}', lookups)).toThrow('uses $__vault{…}');
});
