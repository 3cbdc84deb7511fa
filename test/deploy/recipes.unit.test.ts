import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../server/config/config.ts';
import { variableName } from '../../server/config/env.ts';
import { listSettings } from '../../server/config/settings.ts';
import { findPython } from '../support/python.ts';
import { runProgram } from '../support/run-program.ts';

const RECIPES = join(import.meta.dirname, '../../deploy');
const FILES = readdirSync(RECIPES, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /Dockerfile|\.(yaml|service)$/.test(file),
);
const MANIFESTS = FILES.filter(
  (file) => file.startsWith('kubernetes/') && !file.endsWith('kustomization.yaml'),
);

test('every setting that a recipe makes is one that there is', () => {
  const known = new Set(listSettings().map(({ section, key }) => variableName(section, key)));
  const used = FILES.flatMap((file) => textOf(file).match(/\bGF_[A-Z0-9_]+/g) ?? []);
  expect(used.length).toBeGreaterThan(10);
  expect(used.filter((name) => !known.has(name.replace(/__FILE$/, '')))).toEqual([]);
});

test('whatever starts a server gives Node the flags that the command gives itself', () => {
  const flagsIn = (file: string): string[] => textOf(file).match(/--(no-)?[a-z-]+(=\d+)?(?=["' ,\]])/g) ?? [];
  const flags = flagsIn('../bin/run-on-node-24.js');
  expect(flags.length).toBeGreaterThan(1);
  for (const file of [
    '../package.json',
    '../bench/processes.ts',
    'container/Dockerfile',
    'systemd/latchkey.service',
  ])
    expect(flagsIn(file), file).toEqual(expect.arrayContaining(flags));
});

test('the settings in the Kubernetes recipe are accepted without a warning', () => {
  const home = mkdtempSync(join(tmpdir(), 'latchkey-recipe-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const configFile = join(home, 'latchkey.ini');
  const [, ini = ''] = textOf('kubernetes/config.yaml').split('latchkey.ini: |\n');
  writeFileSync(configFile, ini.replaceAll(/^ {4}/gm, ''));
  const { config, warnings } = loadConfig({ home, configFile, env: {} });
  expect(warnings).toEqual([]);
  expect(config.database.type).toBe('postgres');
});

test.each(['container/Dockerfile', 'kubernetes/deployment.yaml', 'systemd/latchkey.service'])(
  'a server made by %s does not start with the password that everybody knows',
  (file) => {
    expect(textOf(file)).toMatch(/GF_SECURITY_REQUIRE_OWN_ADMIN_PASSWORD(=|\s+value: ')true/);
  },
);

describe('with the programs that check such files', async () => {
  const requirements = join(import.meta.dirname, 'requirements.txt');
  const { python, objection } = await findPython(requirements, 'The check of the recipes');
  const beside = (name: string): string => join(dirname(python), name);

  test.for(MANIFESTS)('%s fits the schema of Kubernetes', async (file, { skip }) => {
    skip(objection !== '', objection);
    await expectGood(python, [beside('kubernetes-validate'), '--strict', pathOf(file)]);
  });

  test('the container recipe has nothing that hadolint speaks against', async ({ skip }) => {
    skip(objection !== '', objection);
    // It takes the name of a setting for a secret.
    await expectGood(beside('hadolint'), ['--ignore', 'DL3064', pathOf('container/Dockerfile')]);
  });

  test('the compose file fits the schema of compose', async ({ skip }) => {
    skip(objection !== '', objection);
    const schema = ['--builtin-schema', 'vendor.compose-spec'];
    await expectGood(python, [beside('check-jsonschema'), ...schema, pathOf('container/compose.yaml')]);
  });
});

async function expectGood(program: string, args: string[]): Promise<void> {
  const { code, output } = await runProgram(program, args);
  expect(code, output).toBe(0);
}

function pathOf(file: string): string {
  return join(RECIPES, file);
}

function textOf(file: string): string {
  return readFileSync(pathOf(file), 'utf8');
}
