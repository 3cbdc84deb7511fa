import { expect, test } from 'vitest';
import { migrated } from '../../test/support/terraform.ts';

const GOOD = 'resource "grafana_api_key" "good" {\n  name = "good"\n  role = "Viewer"\n}\n';

function key(inside: string): string {
  return `resource "grafana_api_key" "x" {\n${inside}}\n`;
}

const NAMED = '  name = "x"\n  role = "Viewer"\n';

test.each([
  [
    'an argument that is not known',
    key(`${NAMED}  scopes = ["a"]\n`),
    /^main\.tf:4 the argument scopes is not known/,
  ],
  ['no role', key('  name = "x"\n'), /^main\.tf:1 it has no name or no role/],
  ['everything in one line', 'resource "grafana_api_key" "x" { name = "x" }\n', /^main\.tf:1 it has no name/],
  [
    'a block that is not known',
    key(`${NAMED}  dynamic "a" {\n    for_each = []\n  }\n`),
    /^main\.tf:4 the block dynamic/,
  ],
  ['a rule that is not known', key(`${NAMED}  lifecycle {\n    a = 1\n  }\n`), /^main\.tf:5 a in lifecycle/],
  ['count and for_each', key(`${NAMED}  count = 1\n  for_each = {}\n`), /^main\.tf:1 it has both/],
  [
    'a name in several lines',
    key('  name = <<EOT\nx\nEOT\n  role = "Viewer"\n'),
    /^main\.tf:2 its name has several/,
  ],
  ['an argument twice', key(`${NAMED}  name = "y"\n`), /^main\.tf:4 name is set twice/],
  [
    'a comment before the brace',
    `resource "grafana_api_key" "x" /* a */ {\n${NAMED}}\n`,
    /^main\.tf:1 a comment/,
  ],
  ['a comment within an argument', key('  name /* a */ = "x"\n  role = "Viewer"\n'), /^main\.tf:2 a comment/],
  ['a comment before an argument', key('  /* a */ name = "x"\n  role = "Viewer"\n'), /^main\.tf:2 a comment/],
  [
    'a list with comments',
    key(`${NAMED}  lifecycle {\n    ignore_changes = [role /* a */]\n  }\n`),
    /^main\.tf:5 ignore_changes/,
  ],
  [
    'a provisioner that wants more than the token has',
    key(`${NAMED}  provisioner "local-exec" {\n    command = self.name\n  }\n`),
    /^main\.tf:4 provisioner reads more/,
  ],
  [
    'a condition on everything',
    key(`${NAMED}  lifecycle {\n    postcondition {\n      condition = self != null\n    }\n  }\n`),
    /^main\.tf:5 postcondition reads more/,
  ],
  [
    'a label that is no name',
    `resource "grafana_api_key" "x'; touch y; '" {\n${NAMED}}\n`,
    /^main\.tf:1 its label is no name/,
  ],
  ['a label too many', `resource "grafana_api_key" "x" "y" {\n${NAMED}}\n`, /^main\.tf:1 it does not begin/],
])('a key with %s stays as it is, and the others do not', (_what, text, why) => {
  const { files, left } = migrated({ 'main.tf': text + GOOD });
  expect(files['main.tf']).toContain(text);
  expect(files['main.tf']).not.toContain(GOOD);
  expect(left).toEqual([expect.stringMatching(why)]);
});

test('a key that is declared twice, or overridden, stays in both places', () => {
  const twice = { 'a.tf': key(NAMED), 'b.tf': key(NAMED) };
  expect(migrated(twice)).toMatchObject({
    files: twice,
    left: ['b.tf:1 it is declared there too', 'a.tf:1 it is declared there too'],
  });
  const override = { 'a.tf': key(NAMED), 'a_override.tf': key('  role = "Admin"\n') };
  const { files, left } = migrated(override);
  expect(files).toEqual(override);
  expect(left).toContain('a_override.tf:1 it is in a file of overrides');
  expect(left).toContain('a_override.tf:1 it is declared there too');
});

test.each([
  ['an open brace', 'locals {\n  a = 1\n', 3],
  ['an open quotation mark', 'locals {\n  a = "b\n}\n', 1],
  ['a line break within a text', 'locals {\n  a = "b\n  c"\n}\n', 2],
  ['two arguments in a line', 'locals {\n  a = 1 b = 2\n}\n', 2],
  ['a block and more in a line', 'locals {\n  a = 1\n} locals {\n}\n', 3],
  ['an argument at the brace', 'locals { a = 1\n}\n', 1],
  ['a brace at an argument', 'locals {\n  a = 1}\n', 2],
  ['several arguments in a block of one line', 'locals { a = 1, b = 2 }\n', 1],
  ['a head in two lines', 'resource "a"\n"b" {\n}\n', 1],
  ['a value in the next line', 'locals {\n  a =\n    1\n}\n', 2],
  ['JSON', '{"resource": {}}\n', 1],
  ['a NUL character', 'locals {\n  a = "\0"\n}\n', 2],
  ['a CR alone', 'locals {\n  a = 1\r}\n', 2],
  ['nonsense', 'what is this?\n', 1],
])('a file with %s is named with the line, and the other files go on', (_what, broken, line) => {
  const { files, left } = migrated({ 'broken.tf': broken, 'good.tf': GOOD });
  expect(files['broken.tf']).toBe(broken);
  expect(files['good.tf']).not.toBe(GOOD);
  expect(left).toEqual([expect.stringMatching(new RegExp(`^broken\\.tf:${line} it does not parse: `))]);
});

test('a key that a broken file seems to use stays, so that mending that file is enough', () => {
  const broken = 'output "x" {\n  value = grafana_api_key.good.key\n';
  const { files, left } = migrated({ 'broken.tf': broken, 'good.tf': GOOD });
  expect(files).toEqual({ 'broken.tf': broken, 'good.tf': GOOD });
  expect(left[1]).toBe('broken.tf:2 it is used there, in a file that is left as it is');
});
