import { expect, test } from 'vitest';
import { migrated } from '../../test/support/terraform.ts';

const MANY =
  'resource "grafana_api_key" "many" {\n  for_each = var.names\n  name     = each.key\n  role     = "Viewer"\n}\n';
const ONE = 'resource "grafana_api_key" "one" {\n  name = "one"\n  role = "Viewer"\n}\n';

function referring(text: string) {
  const { files, left } = migrated({ 'keys.tf': ONE + MANY, 'uses.tf': text });
  return { text: files['uses.tf'], left };
}

test.each([
  ['grafana_api_key.one.key', 'grafana_service_account_token.one.key'],
  ['grafana_api_key.one["key"]', 'grafana_service_account_token.one["key"]'],
  ['grafana_api_key.one.expiration', 'grafana_service_account_token.one.expiration'],
  ['grafana_api_key.one.name', 'grafana_service_account.one.name'],
  ['grafana_api_key.one.role', 'grafana_service_account.one.role'],
  ['grafana_api_key.one.org_id', 'grafana_service_account.one.org_id'],
  ['grafana_api_key.one[*].key', 'grafana_service_account_token.one[*].key'],
  ['"a ${grafana_api_key.one.key} b"', '"a ${grafana_service_account_token.one.key} b"'],
  ['"${"${~ grafana_api_key.one.key ~}"}"', '"${"${~ grafana_service_account_token.one.key ~}"}"'],
  ['var.a ? grafana_api_key.one.key : ""', 'var.a ? grafana_service_account_token.one.key : ""'],
  [
    '{ grafana_api_key = grafana_api_key.one.key }',
    '{ grafana_api_key = grafana_service_account_token.one.key }',
  ],
  ['grafana_api_key.many[each.key].key', 'grafana_service_account_token.many[each.key].key'],
  ['grafana_api_key.many[count.index].key', 'grafana_service_account_token.many[count.index].key'],
  ['grafana_api_key.many["a"].key', 'grafana_service_account_token.many["a"].key'],
  ['grafana_api_key.many["a"]["key"]', 'grafana_service_account_token.many["a"]["key"]'],
  ['grafana_api_key.many[0].key', 'grafana_service_account_token.many[0].key'],
  ['grafana_api_key.many.0.key', 'grafana_service_account_token.many.0.key'],
  ['grafana_api_key.many[*].key', 'grafana_service_account_token.many[*].key'],
  ['grafana_api_key.many.*.key[0]', 'grafana_service_account_token.many.*.key[0]'],
  ['values(grafana_api_key.many)[*].key', 'values(grafana_service_account_token.many)[*].key'],
  ['values(grafana_api_key.many)[*].name', 'values(grafana_service_account.many)[*].name'],
  ['length(grafana_api_key.many) + 1', 'length(grafana_service_account_token.many) + 1'],
  [
    'grafana_api_key.many[grafana_api_key.one.name].key',
    'grafana_service_account_token.many[grafana_service_account.one.name].key',
  ],
  ['[for k in grafana_api_key.many : k.key]', '[for k in grafana_service_account_token.many : k.key]'],
  [
    '{ for n, k in grafana_api_key.many : n => k["key"] if k.expiration != "" }',
    '{ for n, k in grafana_service_account_token.many : n => k["key"] if k.expiration != "" }',
  ],
  ['[for k in grafana_api_key.many : k.role]', '[for k in grafana_service_account.many : k.role]'],
  [
    '{ for n, k in grafana_api_key.many : k.name => k.key }',
    '{ for n, k in grafana_service_account_token.many : grafana_service_account.many[n].name => k.key }',
  ],
  [
    '{ for k in grafana_api_key.many : k.name => k.key }',
    '{ for instance, k in grafana_service_account_token.many : grafana_service_account.many[instance].name => k.key }',
  ],
])('%s becomes %s', (before, after) => {
  const text = (value: string): string => `output "x" {\n  value = ${value} # as it is\n}\n`;
  expect(referring(text(before))).toEqual({ text: text(after), left: [] });
});

test('references in heredocs, directives, modules, providers, and in what only waits follow too', () => {
  const text = (token: string): string => `locals {
  a = <<-EOT
    key=\${${token}.one.key}
    %{ for k in ${token}.many ~}
    \${k.key}
    %{ endfor ~}
    $\${grafana_api_key.one.key}
  EOT
}

module "m" {
  source = "./m"
  keys   = { for k in ["a"] : k => ${token}.many[k].key }
}

provider "grafana" {
  auth = ${token}.one.key
}

resource "grafana_folder" "f" {
  depends_on = [${token}.one, ${token}.many["a"]]

  lifecycle {
    replace_triggered_by = [${token}.one]
  }
}
`;
  expect(referring(text('grafana_api_key'))).toEqual({
    text: text('grafana_service_account_token'),
    left: [],
  });
});

test('a key follows what it refers to in another key', () => {
  const { files, left } = migrated({
    'main.tf': `${ONE}resource "grafana_api_key" "two" {
  name = "\${grafana_api_key.one.name}-two"
  role = grafana_api_key.one.role

  depends_on = [grafana_api_key.one]
}
`,
  });
  expect(left).toEqual([]);
  expect(files['main.tf']).toContain('"${grafana_service_account.one.name}-two"');
  expect(files['main.tf']).toContain('"${grafana_service_account.one.name}-two-token"');
  expect(files['main.tf']).toContain('role = grafana_service_account.one.role');
  expect(files['main.tf']).toContain('depends_on = [grafana_service_account_token.one]');
});

test('what tells of the past stays, for it is about the keys that the state knows', () => {
  const text = `moved {
  from = grafana_api_key.old
  to   = grafana_api_key.one
}
removed {
  from = grafana_api_key.gone
  lifecycle {
    destroy = false
  }
}
`;
  expect(referring(text)).toEqual({ text, left: [] });
});

test.each([
  ['grafana_api_key.one.id', /its id is used/],
  ['grafana_api_key.one', /the whole key/],
  ['grafana_api_key.one.secret', /secret is used there/],
  ['grafana_api_key.one["${var.a}"]', /the whole key/],
  ['(grafana_api_key.one).key', /the whole key/],
  ['[for k in grafana_api_key.one : k]', /the whole key/],
])('%s cannot be rewritten: its key stays, with the place and the reason', (value, why) => {
  const text = `output "x" {\n  value = ${value}\n}\n`;
  const { files, left } = migrated({ 'keys.tf': ONE + MANY, 'uses.tf': text });
  expect(files['uses.tf']).toBe(text);
  expect(files['keys.tf']).toContain(ONE);
  expect(files['keys.tf']).not.toContain(MANY);
  expect(left).toEqual([expect.stringMatching(new RegExp(`^uses\\.tf:2 .*${why.source}`))]);
});

test.each([
  'grafana_api_key.many',
  'grafana_api_key.many["a"]',
  'grafana_api_key.many["a"].id',
  'grafana_api_key.many.a.key',
  'grafana_api_key.many[*]',
  'values(grafana_api_key.many)',
  'merge(grafana_api_key.many, {})',
  'lookup(grafana_api_key.many, "a").key',
  '[for k in grafana_api_key.many : k]',
  '[for k in grafana_api_key.many : k.id]',
  '[for k in grafana_api_key.many : [for k in var.a : k.key]]',
  '[for k in grafana_api_key.many : k[var.what]]',
])('%s cannot be rewritten: its keys stay, and the others do not', (value) => {
  const text = `output "x" {\n  value = ${value}\n}\n`;
  const { files, left } = migrated({ 'keys.tf': ONE + MANY, 'uses.tf': text });
  expect(files['uses.tf']).toBe(text);
  expect(files['keys.tf']).toContain(MANY);
  expect(files['keys.tf']).not.toContain(ONE);
  expect(left).toHaveLength(1);
});

test('a key that an import block is about stays', () => {
  const { files, left } = migrated({
    'a.tf': ONE,
    'b.tf': 'import {\n  to = grafana_api_key.one\n  id = "1"\n}\n',
  });
  expect(files['a.tf']).toBe(ONE);
  expect(left).toEqual(['b.tf:2 an import block brings it into the state']);
});
