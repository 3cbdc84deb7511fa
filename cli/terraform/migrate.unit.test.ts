import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory, type Outcome, runCli } from '../../test/support/run-cli.ts';

const KEY = 'resource "grafana_api_key" "ci" {\n  name = "ci"\n  role = "Viewer"\n}\n';
const ACCOUNT = 'resource "grafana_service_account" "ci" {\n  name = "ci"\n  role = "Viewer"\n}\n';
const TOKEN =
  'resource "grafana_service_account_token" "ci" {\n  name               = "ci-token"\n  service_account_id = grafana_service_account.ci.id\n}\n';
const OUTPUT = 'output "key" {\n  value     = grafana_api_key.ci.key\n  sensitive = true\n}\n';

/** A directory with these files. */
function directoryOf(files: Record<string, string>): string {
  const directory = makeDirectory();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

function migrate(directory: string, ...args: string[]): Promise<Outcome> {
  return runCli(['terraform', 'migrate', directory, ...args]);
}

function read(directory: string, name: string): string {
  return readFileSync(join(directory, name), 'utf8');
}

test('it shows the diff, writes on --yes, and has nothing to do the second time', async () => {
  const directory = directoryOf({ 'main.tf': KEY, 'out.tf': OUTPUT });
  chmodSync(join(directory, 'main.tf'), 0o600);
  const { code, stdout, stderr } = await migrate(directory, '--yes');
  expect(code).toBe(0);
  expect(stdout).toContain(`--- ${join(directory, 'main.tf')}\n`);
  expect(stdout).toContain(
    '\n-resource "grafana_api_key" "ci" {\n+resource "grafana_service_account" "ci" {\n',
  );
  expect(stderr).toContain('1 key to rewrite and 1 reference to follow, in 3 files.\nWritten.\n');
  expect(stderr).toContain('old keys as they are');
  expect(read(directory, 'main.tf')).toBe(`${ACCOUNT}\n${TOKEN}`);
  expect(read(directory, 'out.tf')).toBe(OUTPUT.replace('api_key', 'service_account_token'));
  expect(read(directory, 'latchkey-imports.tf')).toContain(
    'removed {\n  from = grafana_api_key.ci\n\n  lifecycle {\n    destroy = false\n  }\n}\n',
  );
  expect(statSync(join(directory, 'main.tf')).mode & 0o777).toBe(0o600);

  const again = await migrate(directory, '--yes');
  expect(again).toEqual({ code: 0, stdout: '', stderr: `There is no key to rewrite in ${directory}.\n` });
});

test('without a terminal it writes only when told to', async () => {
  const directory = directoryOf({ 'main.tf': KEY });
  const unasked = await migrate(directory);
  expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
  expect(unasked.stdout).toContain('+++ ');
  const dry = await migrate(directory, '--dry-run');
  expect(dry.code).toBe(0);
  expect(dry.stdout).toBe(unasked.stdout);
  expect(readdirSync(directory)).toEqual(['main.tf']);
  expect(read(directory, 'main.tf')).toBe(KEY);
});

test.each([
  [['--yes', '--dry-run'], /one of --yes and --dry-run/],
  [['--json'], /add --yes or --dry-run/],
  [['--nonsense'], /unknown option/],
])('%j is a wrong call', async (args, why) => {
  const directory = directoryOf({ 'main.tf': KEY });
  expect(await migrate(directory, ...args)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(why),
  });
  expect(read(directory, 'main.tf')).toBe(KEY);
});

test('a program learns the files, the changes, what is left and why, and what becomes of the state', async () => {
  const directory = directoryOf({
    'main.tf': KEY + KEY.replaceAll('"ci"', '"id"'),
    'out.tf': `${OUTPUT}output "id" {\n  value = grafana_api_key.id.id\n}\n`,
    'provider.tf': 'provider "grafana" {\n  auth = grafana_api_key.ci.key\n}\n',
  });
  const { code, stdout, stderr } = await migrate(directory, '--dry-run', '--json');
  expect(code).toBe(6);
  expect(stderr).toBe('latchkey: one thing was left as it is\n');
  const path = (name: string): string => join(directory, name);
  expect(JSON.parse(stdout)).toEqual({
    written: false,
    files: [
      {
        path: path('main.tf'),
        isNew: false,
        changes: [
          {
            line: 1,
            what: 'key',
            from: 'grafana_api_key.ci',
            to: 'grafana_service_account.ci, grafana_service_account_token.ci',
          },
        ],
        diff: expect.stringContaining('\n+resource "grafana_service_account_token" "ci" {\n'),
      },
      {
        path: path('out.tf'),
        isNew: false,
        changes: [
          {
            line: 2,
            what: 'reference',
            from: 'grafana_api_key.ci.key',
            to: 'grafana_service_account_token.ci.key',
          },
        ],
        diff: expect.stringContaining('+++ '),
      },
      {
        path: path('provider.tf'),
        isNew: false,
        changes: [expect.objectContaining({ line: 2 })],
        diff: expect.any(String),
      },
      {
        path: path('latchkey-imports.tf'),
        isNew: true,
        changes: [{ line: 1, what: 'state', from: 'grafana_api_key.ci', to: '' }],
        diff: expect.stringContaining('--- /dev/null\n'),
      },
    ],
    leftAlone: [
      {
        path: path('main.tf'),
        line: 5,
        key: 'grafana_api_key.id',
        reasons: [{ path: path('out.tf'), line: 6, why: expect.stringContaining('its id is used') }],
      },
    ],
    imports: [
      {
        to: 'grafana_service_account.ci',
        id: null,
        account: 'sa-autogen-ci',
        command: "terraform import 'grafana_service_account.ci' '<organization>:<account>'",
        isBlock: false,
      },
    ],
    removed: [
      { address: 'grafana_api_key.ci', command: "terraform state rm 'grafana_api_key.ci'", isBlock: true },
    ],
    providers: [{ path: path('provider.tf'), line: 2, token: 'grafana_service_account_token.ci' }],
  });
  const written = await migrate(directory, '--yes', '--json');
  expect(written.code).toBe(6);
  expect(JSON.parse(written.stdout)).toMatchObject({ written: true });
  expect(read(directory, 'main.tf')).toContain('grafana_service_account_token');
});

test('instead of blocks there are commands, and a provider that needs its token first is named', async () => {
  const directory = directoryOf({
    'main.tf': `${KEY}provider "grafana" {\n  auth = grafana_api_key.ci.key\n}\n`,
  });
  const { code, stderr } = await migrate(directory, '--yes', '--no-removed-blocks');
  expect(code).toBe(0);
  expect(readdirSync(directory)).toEqual(['main.tf']);
  expect(stderr).toContain("      terraform state rm 'grafana_api_key.ci'\n");
  expect(stderr).toContain(
    "      terraform import 'grafana_service_account.ci' '<organization>:<account>'  # sa-autogen-ci\n",
  );
  expect(stderr).toContain("      terraform apply -target='grafana_service_account_token.ci'\n");
});

test('what is written to latchkey-imports.tf later comes behind what is there', async () => {
  const directory = directoryOf({ 'main.tf': KEY });
  await migrate(directory, '--yes');
  const first = read(directory, 'latchkey-imports.tf');
  writeFileSync(join(directory, 'more.tf'), KEY.replaceAll('"ci"', '"more"'));
  expect((await migrate(directory, '--yes')).code).toBe(0);
  const both = read(directory, 'latchkey-imports.tf');
  expect(both.startsWith(`${first}\nremoved {\n  from = grafana_api_key.more\n`)).toBe(true);
  expect(both.match(/removed/g)).toHaveLength(2);

  writeFileSync(join(directory, 'latchkey-imports.tf'), 'removed {\n');
  writeFileSync(join(directory, 'more.tf'), KEY);
  const refused = await migrate(directory, '--yes');
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('latchkey-imports.tf cannot be added to'),
  });
  expect(read(directory, 'more.tf')).toBe(KEY);
});

test('--recursive takes every directory as a module of its own, and leaves hidden ones alone', async () => {
  const copy = { '.terraform/modules/a/main.tf': KEY, 'node_modules/a/main.tf': KEY, '.git/main.tf': KEY };
  const directory = directoryOf({
    'main.tf': 'module "keys" {\n  source = "./modules/keys"\n}\n',
    'modules/keys/main.tf': KEY,
    'other/main.tf': KEY + OUTPUT,
    ...copy,
  });
  const flat = await migrate(directory, '--yes');
  expect(flat).toMatchObject({ code: 0, stderr: expect.stringContaining('There is no key to rewrite') });
  const { code, stderr } = await migrate(directory, '--yes', '--recursive');
  expect(code).toBe(0);
  for (const name of ['modules/keys/main.tf', 'other/main.tf'])
    expect(read(directory, name)).toContain(TOKEN);
  for (const name of Object.keys(copy)) expect(read(directory, name)).toBe(KEY);
  // An import is for the root module alone, which knows the other's resources by a longer address.
  expect(stderr).toContain("terraform import 'module.<name>.grafana_service_account.ci'");
  expect(stderr).toContain("terraform import 'grafana_service_account.ci'");
});

test('a broken file is named with its line, the others go on, and the exit code tells', async () => {
  const broken = 'locals {\n  a = [\n}\n';
  const directory = directoryOf({ 'broken.tf': broken, 'main.tf': KEY });
  const { code, stderr } = await migrate(directory, '--yes');
  expect(code).toBe(6);
  expect(stderr).toMatch(/^\S+broken\.tf:[123]: left as it is: it does not parse: /m);
  expect(read(directory, 'broken.tf')).toBe(broken);
  expect(read(directory, 'main.tf')).toContain(TOKEN);
});

test('files that cannot be read, or that are in another language, are named and do not stop the others', async () => {
  const directory = directoryOf({
    'latin.tf': '',
    'keys.tf.json': '{"output": {"x": {"value": "${grafana_api_key.json.key}"}}}',
    'plain.tf.json': '{}',
    'main.tf': KEY + KEY.replaceAll('"ci"', '"json"'),
    'main.tf~': KEY,
  });
  writeFileSync(join(directory, 'latin.tf'), Buffer.from('# gr\u00fcn\n', 'latin1'));
  symlinkSync(join(directory, 'nowhere'), join(directory, 'gone.tf'));
  mkdirSync(join(directory, 'folder.tf'));
  const { code, stderr } = await migrate(directory, '--yes');
  expect(code).toBe(6);
  expect(stderr).toMatch(/latin\.tf:1: left as it is: it is not UTF-8\n/);
  expect(stderr).toMatch(/gone\.tf:1: left as it is: it cannot be read: .*ENOENT/);
  expect(stderr).toMatch(/keys\.tf\.json:1: left as it is: files of this kind are not handled/);
  expect(stderr).toMatch(
    /keys\.tf\.json:1: grafana_api_key\.json is left as it is \(in \S+main\.tf\): it is used there/,
  );
  expect(stderr).not.toMatch(/plain\.tf\.json|folder\.tf/);
  expect(read(directory, 'main.tf')).toBe(`${ACCOUNT}\n${TOKEN}${KEY.replaceAll('"ci"', '"json"')}`);
  expect(read(directory, 'main.tf~')).toBe(KEY);
});

test('a symbolic link is not written through, nor is a file that another directory links to', async () => {
  const directory = directoryOf({ 'common/keys.tf': KEY, 'prod/out.tf': OUTPUT });
  symlinkSync('../common/keys.tf', join(directory, 'prod/keys.tf'));
  const { code, stderr } = await migrate(directory, '--yes', '--recursive');
  expect(code).toBe(6);
  expect(stderr).toMatch(
    /common\/keys\.tf:1: grafana_api_key\.ci is left as it is: \S+prod\/keys\.tf is a symbolic link to it/,
  );
  expect(stderr).toMatch(/prod\/keys\.tf:1: grafana_api_key\.ci is left as it is: it is a symbolic link/);
  expect(read(directory, 'common/keys.tf')).toBe(KEY);
  expect(read(directory, 'prod/out.tf')).toBe(OUTPUT);
});

test('a directory that is not there, is none, or has no Terraform files is said in a line or two', async () => {
  const directory = directoryOf({ 'a.txt': 'x' });
  expect(await migrate(join(directory, 'gone'))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('(ENOENT)'),
  });
  expect(await migrate(join(directory, 'a.txt'))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('(ENOTDIR)'),
  });
  const empty = await migrate(directory);
  expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining('no Terraform files (.tf)') });
  expect(empty.stderr).toContain('--recursive');
});

test('a file of 5 MB is rewritten where it has to be, and nowhere else', { timeout: 120_000 }, async () => {
  const filler = 'resource "null_resource" "n" {\n  triggers = { a = "# resource" }\n}\n# a remark\n\n';
  const half = filler.repeat(Math.ceil(2_500_000 / filler.length));
  const directory = directoryOf({ 'main.tf': half + KEY + half });
  expect((await migrate(directory, '--yes', '--no-removed-blocks')).code).toBe(0);
  // Not by toBe(), which would show all of it.
  expect(read(directory, 'main.tf') === `${half}${ACCOUNT}\n${TOKEN}${half}`).toBe(true);
});

test('what could steer a terminal in a file or its name is written out', async () => {
  const directory = directoryOf({ 'ma\u001b[31min.tf': `# \u001b]0;title\u0007\n\tlocals {}\n${KEY}` });
  const { code, stdout, stderr } = await migrate(directory, '--dry-run');
  expect(code).toBe(0);
  expect(stdout + stderr).not.toContain('\u001b');
  expect(stdout).toContain('# \\u001b]0;title\\u0007\n');
  expect(stdout).toContain(' \tlocals {}\n');
});
