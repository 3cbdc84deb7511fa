import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { carriedNode, forwardSignals, isNewEnough, refuse } from '../bin/run-on-node-24.js';
import { startClock } from './clock.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');

/** Makes node_modules agree with package-lock.json; quick and silent when it does already. */
export async function ensureInstalled({ withDevelopmentTools }) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  // npm writes this file last, so an interrupted install has none.
  const present = readPackages(join(modules, '.package-lock.json'));
  if (isComplete(wanted, present, withDevelopmentTools)) return;

  const say = startClock();
  const hasTools = Object.values(present).some((entry) => entry.dev === true);
  if (!withDevelopmentTools && !hasTools) {
    say('Installing the dependencies, with a Node of their own (about 95 MB, once) …');
    await runNpm(['ci', '--omit=dev'], say);
  } else if (isComplete(wanted, present, false)) {
    say('Adding the development tools (about 70 MB, once) …');
    await runNpm(['install', '--no-save', '--include=dev'], say);
  } else {
    say(
      'Installing the dependencies and the development tools, with a Node of their own (about 165 MB, once) …',
    );
    await runNpm(['ci', '--include=dev'], say);
  }
  dropUnusableNode();
  say('Installed.');
}

function readPackages(file) {
  if (!existsSync(file)) return {};
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

function isComplete(wanted, present, withDevelopmentTools) {
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') || entry.link) return true;
    if (entry.dev && !withDevelopmentTools) return true;
    const found = present[path];
    // npm leaves out optional packages that are made for other machines, and what only those need.
    if (found === undefined) return entry.optional === true && !isMadeForThisMachine(entry);
    return found.integrity === entry.integrity && existsSync(join(root, path, 'package.json'));
  });
}

function isMadeForThisMachine({ os = [], cpu = [], libc }) {
  return os.includes(process.platform) && cpu.includes(process.arch) && libc === undefined;
}

async function runNpm(command, say) {
  const child = spawn(
    'npm',
    [...command, '--include=optional', '--ignore-scripts=false', '--loglevel=error'],
    {
      cwd: root,
      env: { ...process.env, PATH: pathOfTheMachine() },
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  const { code, interrupted } = await ended(child, say);
  if (code === 0) return;
  if (interrupted) {
    say('Stopped before everything was installed. Run this again to go on.');
    process.exit(130);
  }
  console.error(output);
  say('The installation failed; npm says why above. Mend that and run this again.');
  process.exit(1);
}

async function ended(child, say) {
  const stopForwarding = forwardSignals(child);
  const stillThere = setInterval(() => say('… still installing'), 10_000);
  let interrupted = false;
  const onInterrupt = () => {
    if (!interrupted) say('Stopping: npm takes away what it has put down, which may take some seconds …');
    interrupted = true;
    clearInterval(stillThere);
  };
  process.on('SIGINT', onInterrupt);
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { code, interrupted };
  } finally {
    process.off('SIGINT', onInterrupt);
    clearInterval(stillThere);
    stopForwarding();
  }
}

// npm ci removes node_modules, and with it the Node in there: it has to run on the machine's own.
function pathOfTheMachine() {
  const entries = (process.env.PATH ?? '').split(delimiter);
  return entries.filter((entry) => !entry.startsWith(modules)).join(delimiter);
}

// On a machine that cannot start it (another C library, say), npm scripts must not find the carried Node first.
function dropUnusableNode() {
  const node = carriedNode();
  if (node !== undefined && spawnSync(node, ['--version']).status === 0) return;
  if (node !== undefined) rmSync(join(modules, '.bin', 'node'), { force: true });
  if (!isNewEnough()) refuse();
}
