import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnOnNode24 } from '../bin/run-on-node-24.js';
import { startClock } from './clock.js';
import { ensureInstalled } from './install.js';
import { ensurePageBuilt } from './page.js';

// With the TypeScript that it needs, which is not that of the rest.
const toTypes = 'client/node_modules/openapi-typescript/bin/cli.js';
const typesOfApi = ['client/openapi.json', '--output', 'client/openapi.d.ts'];
const root = fileURLToPath(new URL('..', import.meta.url));
const tool = {
  knip: 'node_modules/knip/bin/knip.js',
  oxlint: 'node_modules/oxlint/bin/oxlint',
  prettier: 'node_modules/prettier/bin/prettier.cjs',
  tsc: 'node_modules/typescript/bin/tsc',
  vite: 'node_modules/vite/bin/vite.js',
  vitest: 'node_modules/vitest/vitest.mjs',
};

const tasks = {
  attack: async (args) => {
    const code = await ensurePageBuilt();
    if (code !== 0) return code;
    process.env.LATCHKEY_ATTACKS = 'full';
    return run([tool.vitest, 'run', 'test/attacks/', ...args]);
  },
  bench: (args) => run(['bench/main.ts', ...args]),
  build,
  'build:page': ensurePageBuilt,
  check,
  dev: (args) => run(['--watch', '--watch-preserve-output', 'cli/main.ts', 'serve', ...args]),
  'dev:page': (args) => run([tool.vite, 'web', ...args]),
  faults: (args) => run(['test/faults/main.ts', ...args]),
  fixture: (args) => run(['test/upgrades/keep.ts', ...args]),
  fuzz: (args) => run(['test/fuzz/main.ts', ...args]),
  format: () => run([tool.prettier, '--write', '--log-level', 'warn', '.']),
  openapi,
  soak: (args) => run(['test/soak/main.ts', ...args]),
  test: async (args) => {
    const code = await ensurePageBuilt();
    return code === 0 ? run([tool.vitest, 'run', ...args]) : code;
  },
};

const [name, ...args] = process.argv.slice(2);
const task = tasks[name];
if (task === undefined) {
  console.error(`There is no task "${name}". Use one of: ${Object.keys(tasks).join(', ')}.`);
  process.exit(2);
}
await ensureInstalled({ withDevelopmentTools: true });
process.exitCode = await task(args);

async function build() {
  // The page stays: it is built where it is older than its sources, and tests may be looking at it.
  for (const part of ['cli', 'client', 'docs', 'server'])
    rmSync(join(root, 'dist', part), { recursive: true, force: true });
  const code = await run([tool.tsc, '--project', 'tsconfig.build.json']);
  const codeOfPage = await ensurePageBuilt();
  for (const file of ['client/openapi.json', 'docs/api-keys.md'])
    cpSync(join(root, file), join(root, 'dist', file));
  const reader = join(root, 'node_modules/swagger-ui-dist');
  for (const file of [
    'swagger-ui-bundle.js',
    'swagger-ui-bundle.js.LICENSE.txt',
    'swagger-ui.css',
    'LICENSE',
    'NOTICE',
  ])
    cpSync(join(reader, file), join(root, 'dist/server/modules/api-docs/swagger-ui', file));
  return code === 0 ? codeOfPage : code;
}

async function check() {
  const steps = [
    { title: 'types of the API', command: [toTypes, ...typesOfApi, '--check'] },
    { title: 'types', command: [tool.tsc, '--project', 'tsconfig.json'] },
    { title: 'types of the page', command: [tool.tsc, '--project', 'web/tsconfig.json'] },
    { title: 'types of its tests', command: [tool.tsc, '--project', 'test/browser/tsconfig.json'] },
    { title: 'lint', command: [tool.oxlint, '--type-aware', '--deny-warnings'] },
    { title: 'format', command: [tool.prettier, '--check', '--log-level', 'warn', '.'] },
    { title: 'unused code', command: [tool.knip] },
    {
      title: 'architecture',
      command: [tool.vitest, 'run', '--project', 'unit', 'test/architecture.test.ts'],
    },
  ];
  const say = startClock();
  const failed = [];
  for (const { title, command } of steps) {
    const code = await run(command);
    say(`${title}: ${code === 0 ? 'ok' : 'FAILED'}`);
    if (code !== 0) failed.push(title);
  }
  say(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}.`);
  return failed.length === 0 ? 0 : 1;
}

async function openapi() {
  const code = await run(['scripts/openapi.ts']);
  return code === 0 ? run([toTypes, ...typesOfApi]) : code;
}

async function run([file, ...rest]) {
  const { code, signal } = await spawnOnNode24(file, rest, { cwd: root });
  return signal === null ? code : 1;
}
