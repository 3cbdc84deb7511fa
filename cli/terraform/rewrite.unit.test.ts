import { expect, test } from 'vitest';
import { migrated } from '../../test/support/terraform.ts';

function rewritten(text: string, options = {}): string {
  const { files, left } = migrated({ 'main.tf': text }, options);
  expect(left).toEqual([]);
  return files['main.tf'] ?? '';
}

const PROVIDERS = `terraform {
  required_providers {
    grafana = {
      source = "grafana/grafana"
    }
  }
}

# signs in with a password
provider "grafana" {
  url  = "http://127.0.0.1:3000"
  auth = "admin:admin"
}
`;

test("the document's keys become accounts of the same roles, each with a token that lives as long", () => {
  const before = `${PROVIDERS}
resource "grafana_api_key" "foo" {
  name = "key_foo"
  role = "Viewer"
}

resource "grafana_api_key" "bar" {
  name            = "key_bar"
  role            = "Admin"
  seconds_to_live = 30
}
`;
  expect(rewritten(before)).toBe(`${PROVIDERS}
resource "grafana_service_account" "foo" {
  name = "key_foo"
  role = "Viewer"
}

resource "grafana_service_account_token" "foo" {
  name               = "key_foo-token"
  service_account_id = grafana_service_account.foo.id
}

resource "grafana_service_account" "bar" {
  name = "key_bar"
  role = "Admin"
}

resource "grafana_service_account_token" "bar" {
  name               = "key_bar-token"
  service_account_id = grafana_service_account.bar.id
  seconds_to_live    = 30
}
`);
});

test("the document's key of a stack becomes an account and a token of that stack, by the same provider", () => {
  const stack = `provider "grafana" {
  alias = "cloud"

  cloud_api_key = "<API-Key>"
}

resource "grafana_cloud_stack" "my_stack" {
  provider = grafana.cloud

  name        = "my_stack"
  slug        = "my_stack"
  region_slug = "eu" # “us” would do too
}
`;
  const before = `${stack}
# signs in to the stack
resource "grafana_cloud_stack_api_key" "management" {
  provider = grafana.cloud

  stack_slug = grafana_cloud_stack.my_stack.slug
  name       = "management-key"
  role       = "Admin"
}
`;
  expect(rewritten(before)).toBe(`${stack}
# signs in to the stack
resource "grafana_cloud_stack_service_account" "management" {
  provider = grafana.cloud

  stack_slug = grafana_cloud_stack.my_stack.slug
  name       = "management-key"
  role       = "Admin"
}

resource "grafana_cloud_stack_service_account_token" "management" {
  provider = grafana.cloud

  stack_slug         = grafana_cloud_stack.my_stack.slug
  name               = "management-key-token"
  service_account_id = grafana_cloud_stack_service_account.management.id
}
`);
});

test('on request keys of one role share an account, and no key gets a role that it did not have', () => {
  const key = (label: string, role: string, more = ''): string =>
    `resource "grafana_api_key" "${label}" {\n  name = "key_${label}"\n  role = "${role}"${more}\n}\n`;
  const before = [key('foo', 'Admin'), key('bar', 'Admin', ' # all of it'), key('baz', 'Viewer')].join('\n');
  expect(rewritten(before, { groupByRole: true })).toBe(`resource "grafana_service_account" "sa-admin" {
  name = "sa-admin"
  role = "Admin"
}

resource "grafana_service_account_token" "foo" {
  name               = "key_foo-token"
  service_account_id = grafana_service_account.sa-admin.id
}

resource "grafana_service_account_token" "bar" {
  name               = "key_bar-token"
  service_account_id = grafana_service_account.sa-admin.id # all of it
}

resource "grafana_service_account" "sa-viewer" {
  name = "sa-viewer"
  role = "Viewer"
}

resource "grafana_service_account_token" "baz" {
  name               = "key_baz-token"
  service_account_id = grafana_service_account.sa-viewer.id
}
`);
});

test.each([
  ['another organization', '  org_id = 2\n'],
  ['another provider', '  provider = grafana.other\n'],
  ['instances', '  count = 2\n'],
  ['a lifecycle', '  lifecycle {\n    prevent_destroy = true\n  }\n'],
  ['something it waits for', '  depends_on = [grafana_folder.x]\n'],
])('a key with %s shares no account with one that has none of it', (_what, more) => {
  const key = (label: string, rest: string): string =>
    `resource "grafana_api_key" "${label}" {\n  name = "${label}"\n  role = "Admin"\n${rest}}\n`;
  const after = rewritten(`${key('a', '')}${key('b', more)}`, { groupByRole: true });
  expect(after.match(/resource "grafana_service_account" "/g)).toHaveLength(2);
});

test('a key whose name is read elsewhere keeps an account of that name', () => {
  const after = rewritten(
    `resource "grafana_api_key" "a" {
  name = "a"
  role = "Admin"
}
output "a" {
  value = grafana_api_key.a.name
}
`,
    { groupByRole: true },
  );
  expect(after).toContain('resource "grafana_service_account" "a" {\n  name = "a"\n');
  expect(after).toContain('value = grafana_service_account.a.name');
});

test('arguments, their order, comments and empty lines go where they belong, and every comment stays once', () => {
  const before = `resource "grafana_api_key" "x" { # behind the brace
  # above all

  # above the provider
  provider = grafana.eu
  for_each = toset(["a", "b"])

  /* in
     two lines */
  org_id = 3 # the third

  name            = "x-\${each.key}" # with a part of its own
  # not for ever
  seconds_to_live = 60 * 60 # an hour
  role            = var.role # as needed

  depends_on = [
    grafana_folder.f, # first
  ]
  // at the end
} # behind it all
`;
  expect(rewritten(before)).toBe(`resource "grafana_service_account" "x" { # behind the brace
  # above all

  # above the provider
  provider = grafana.eu
  for_each = toset(["a", "b"])

  /* in
     two lines */
  org_id = 3 # the third

  name = "x-\${each.key}" # with a part of its own
  role = var.role        # as needed

  depends_on = [
    grafana_folder.f, # first
  ]
  // at the end
}

resource "grafana_service_account_token" "x" {
  provider = grafana.eu
  for_each = toset(["a", "b"])

  name = "x-\${each.key}-token"
  # not for ever
  seconds_to_live    = 60 * 60 # an hour
  service_account_id = grafana_service_account.x[each.key].id
} # behind it all
`);
});

test('the rules of a lifecycle are told apart: what is about the account, about the token, or about both', () => {
  const before = `resource "grafana_api_key" "x" {
  count = 2
  name  = "x-\${count.index}"
  role  = "Viewer"

  # kept
  lifecycle {
    # by all means
    prevent_destroy       = true
    create_before_destroy = true
    ignore_changes        = [role, seconds_to_live, name]
    # in turn
    replace_triggered_by = [time_rotating.month]

    precondition {
      condition     = var.is_allowed
      error_message = "no"
    }
    postcondition {
      condition     = self.key != ""
      error_message = "empty"
    }
    postcondition {
      condition     = self.role == "Viewer"
      error_message = "role"
    }
  }
}
`;
  expect(rewritten(before)).toBe(`resource "grafana_service_account" "x" {
  count = 2
  name  = "x-\${count.index}"
  role  = "Viewer"

  # kept
  lifecycle {
    # by all means
    prevent_destroy       = true
    create_before_destroy = true
    ignore_changes        = [role, name]

    precondition {
      condition     = var.is_allowed
      error_message = "no"
    }
    postcondition {
      condition     = self.role == "Viewer"
      error_message = "role"
    }
  }
}

resource "grafana_service_account_token" "x" {
  count              = 2
  name               = "x-\${count.index}-token"
  service_account_id = grafana_service_account.x[count.index].id

  lifecycle {
    prevent_destroy       = true
    create_before_destroy = true
    ignore_changes        = [seconds_to_live, name]
    # in turn
    replace_triggered_by = [time_rotating.month]

    postcondition {
      condition     = self.key != ""
      error_message = "empty"
    }
  }
}
`);
});

test.each([
  ['lifecycle { ignore_changes = [role] }', 'lifecycle { ignore_changes = [role] }', undefined],
  [
    'lifecycle { ignore_changes = all } # odd',
    'lifecycle { ignore_changes = all } # odd',
    'lifecycle { ignore_changes = all }',
  ],
  [
    'lifecycle {\n    # tail\n    ignore_changes = [seconds_to_live]\n  }',
    undefined,
    'lifecycle {\n    # tail\n    ignore_changes = [seconds_to_live]\n  }',
  ],
  ['lifecycle {}', 'lifecycle {}', undefined],
  [
    'provisioner "local-exec" {\n    command = "echo ${self.key}"\n  }',
    undefined,
    'provisioner "local-exec" {\n    command = "echo ${self.key}"\n  }',
  ],
])('%s goes to the part that it is about', (section, account, token) => {
  const after = rewritten(
    `resource "grafana_api_key" "x" {\n  name = "x"\n  role = "Viewer"\n  ${section}\n}\n`,
  );
  const [first, second] = after.split('\n\n');
  const written = (text: string | undefined): string => (text === undefined ? '' : `  ${text}\n`);
  expect(first).toBe(
    `resource "grafana_service_account" "x" {\n  name = "x"\n  role = "Viewer"\n${written(account)}}`,
  );
  expect(second?.split('.x.id\n')[1]).toBe(`${written(token)}}\n`);
});

test.each([
  ['"ci"', '"ci-token"'],
  ['"${var.a}"', '"${var.a}-token"'],
  ['"a \\" b"', '"a \\" b-token"'],
  ['var.name', '"${var.name}-token"'],
  ['format("%s", each.key)', '"${format("%s", each.key)}-token"'],
  ['join("-", [\n    "a",\n    "b",\n  ])', 'format("%s-token", join("-", [\n    "a",\n    "b",\n  ]))'],
])('the name %s gives the token the name %s, for names are taken by keys and tokens alike', (name, token) => {
  const after = rewritten(`resource "grafana_api_key" "x" {\n  name = ${name}\n  role = "Viewer"\n}\n`);
  expect(after).toContain(`"grafana_service_account" "x" {\n  name = ${name}\n`);
  expect(after.replaceAll(/ +=/g, ' =')).toContain(
    `"grafana_service_account_token" "x" {\n  name = ${token}\n`,
  );
});

test('a key with the slug of a stack becomes an account and a token of the stack', () => {
  const after = rewritten(`resource "grafana_api_key" "x" {
  cloud_stack_slug = "s"
  name             = "x"
  role             = "Viewer"
}
output "slug" {
  value = grafana_api_key.x.cloud_stack_slug
}
`);
  expect(after).toBe(`resource "grafana_cloud_stack_service_account" "x" {
  stack_slug = "s"
  name       = "x"
  role       = "Viewer"
}

resource "grafana_cloud_stack_service_account_token" "x" {
  stack_slug         = "s"
  name               = "x-token"
  service_account_id = grafana_cloud_stack_service_account.x.id
}
output "slug" {
  value = grafana_cloud_stack_service_account_token.x.stack_slug
}
`);
});

test('where a name is taken in the configuration, the new resources get a number, and what refers to them follows', () => {
  const after = rewritten(`resource "grafana_service_account" "x" {
  name = "other"
  role = "Viewer"
}
resource "grafana_service_account_token" "y" {
  name               = "x-token"
  service_account_id = grafana_service_account.x.id
}
resource "grafana_service_account" "z" {
  name = "x"
  role = "None"
}
resource "grafana_api_key" "x" {
  name = "x"
  role = "Viewer"
}
output "x" {
  value = "\${grafana_api_key.x.key} of \${grafana_api_key.x.name}"
}
`);
  expect(after).toContain('resource "grafana_service_account" "x_2" {\n  name = "x-2"\n');
  expect(after).toContain(
    'resource "grafana_service_account_token" "x_2" {\n  name               = "x-token-2"\n',
  );
  expect(after).toContain('= grafana_service_account.x_2.id\n');
  expect(after).toContain(
    '"${grafana_service_account_token.x_2.key} of ${grafana_service_account.x_2.name}"',
  );
});

test('keys of both kinds with one label do not meet', () => {
  const after = rewritten(`resource "grafana_api_key" "x" {
  cloud_stack_slug = "s"
  name             = "x"
  role             = "Viewer"
}
resource "grafana_cloud_stack_api_key" "x" {
  stack_slug = "s"
  name       = "y"
  role       = "Viewer"
}
`);
  const labels = [...after.matchAll(/resource "grafana_cloud_stack_service_account" "(\w+)"/g)].map(
    ([, label]) => label,
  );
  expect(labels).toEqual(['x', 'x_2']);
});

test('line ends, byte order mark, tabs, a missing last line end and letters of any kind stay', () => {
  const text = (key: string): string =>
    `\ufefflocals {\n\ta\t= "日本 😀 é"\n}\n\n${key}\n# größer 😀\noutput "x" {\n\tvalue = "😀 `;
  const before = `${text('resource "grafana_api_key" "x" {\n\tname = "é😀"\n\trole = "Viewer"\n}')}\${grafana_api_key.x.key}"\n}`;
  const account = 'resource "grafana_service_account" "x" {\n\tname = "é😀"\n\trole = "Viewer"\n}';
  const token =
    'resource "grafana_service_account_token" "x" {\n\tname               = "é😀-token"\n\tservice_account_id = grafana_service_account.x.id\n}';
  const after = `${text(`${account}\n\n${token}`)}\${grafana_service_account_token.x.key}"\n}`;
  expect(rewritten(before)).toBe(after);
  expect(rewritten(before.replaceAll('\n', '\r\n'))).toBe(after.replaceAll('\n', '\r\n'));
});

test.each([
  ['a comment', '# resource "grafana_api_key" "x" {\n#   name = "x"\n# }\n'],
  ['a long comment', '/*\nresource "grafana_api_key" "x" {\n  name = "x"\n  role = "Viewer"\n}\n*/\n'],
  [
    'a heredoc',
    'locals {\n  a = <<-EOT\n    resource "grafana_api_key" "x" {\n      name = "x"\n      role = "Viewer"\n    }\n    grafana_api_key.x.key $${grafana_api_key.x.key}\n  EOT\n}\n',
  ],
  ['a text', 'locals {\n  a = "grafana_api_key.x.key"\n}\n'],
  ['another kind of thing', 'data "grafana_api_key" "x" {\n  name = "x"\n  role = "Viewer"\n}\n'],
  [
    'something of another name',
    'locals {\n  grafana_api_key = { x = { key = 1 } }\n  b = local.grafana_api_key.x.key\n}\n',
  ],
  ['the variable of a loop', 'locals {\n  a = [for grafana_api_key in var.b : grafana_api_key.x.key]\n}\n'],
  [
    'a key that does not belong to an organization or stack',
    'resource "grafana_cloud_api_key" "x" {\n  name = "x"\n  role = "Viewer"\n}\n',
  ],
])('a key in %s is none', (_where, text) => {
  expect(migrated({ 'main.tf': text }).plan).toMatchObject({ files: [], left: [] });
});
