import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnOnNode24 } from '../bin/run-on-node-24.js';
import { startClock } from './clock.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'dist', 'web');
const stamp = join(built, '.built-from');
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');

/**
 * Builds the page for people where it is missing or older than what it is made of; quick and silent when it is not.
 * Resolves with the exit code.
 */
export async function ensurePageBuilt() {
  const wanted = digestOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return 0;
  const say = startClock();
  say('Building the page (some seconds, once for each change of it) …');
  const code = await buildPage();
  if (code !== 0) {
    say('The page could not be built; Vite says why above. The API and the command line work without it.');
    return code;
  }
  mkdirSync(built, { recursive: true });
  writeFileSync(stamp, wanted);
  say('Built.');
  return 0;
}

/** Builds the page anew; resolves with the exit code. */
async function buildPage() {
  const { code } = await spawnOnNode24(vite, ['build', '--logLevel', 'warn'], { cwd: join(root, 'web') });
  return code ?? 1;
}

/** What the page is made of, in one line: it changes when any of it does. */
function digestOfSources() {
  const hash = createHash('sha256');
  const files = ['package-lock.json', ...filesBelow('web'), ...filesBelow('client')];
  for (const file of files.filter((name) => !/openapi\.|\.test\.ts$/.test(name)))
    hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function filesBelow(directory) {
  return readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .toSorted();
}
