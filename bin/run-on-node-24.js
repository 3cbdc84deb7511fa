import { spawn } from 'node:child_process';
import * as modules from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const OLDEST_NODE = 24;
// Without a bound, V8 lets its young generation grow with the machine's memory: 130 MiB more for 5 % more requests. To wake
// helpers for its garbage takes longer than to take that away: docs/decisions/0064-young-garbage-without-helpers.md.
const NODE_FLAGS = ['--max-semi-space-size=8', '--no-parallel-scavenge', '--expose-gc'];
// What V8 needed while it compiled, glibc keeps in pieces for as long as the process lives: 20 MiB. In pieces of its own it is given back.
const NODE_ENVIRONMENT = { MALLOC_MMAP_THRESHOLD_: '16384' };
// What was compiled, and the types that were stripped, for the next start. Not in the system's temporary directory, where
// another user could leave code for us.
const COMPILE_CACHE = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));
const FORWARDED_SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** Runs a program on Node 24 or newer as if it had been started itself: arguments, signals and exit code pass through. */
export async function runOnNode24(file, args) {
  if (isNewEnough() && (!args.includes('serve') || hasFlags())) {
    modules.enableCompileCache(COMPILE_CACHE);
    process.argv = [process.argv[0], file, ...args];
    onLossOfNpm(() => process.kill(process.pid, 'SIGTERM'));
    await import(pathToFileURL(file).href);
    return;
  }
  const outcome = await spawnOnNode24(file, args);
  if (outcome.signal === null) process.exit(outcome.code);
  endBySignal(outcome.signal);
}

/** Starts a program on Node 24 or newer and waits for its end; resolves with { code, signal }. */
export async function spawnOnNode24(file, args, options = {}) {
  const node = findNode24();
  if (node === undefined) return refuse();
  const env = { ...NODE_ENVIRONMENT, ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE };
  const child = spawn(node, [...NODE_FLAGS, file, ...args], { stdio: 'inherit', env, ...options });
  const stopForwarding = forwardSignals(child);
  onLossOfNpm(() => child.kill('SIGTERM'));
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', (cause) => (cause.code === 'ENOENT' ? resolve(refuse()) : reject(cause)));
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
  } finally {
    stopForwarding();
  }
}

/** The program of a Node that is new enough: the running one, else the one that the npm registry brought. */
function findNode24() {
  return isNewEnough() ? process.execPath : carriedNode();
}

/** The Node that was installed with the dependencies, or undefined where the registry has none for this machine. */
export function carriedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const require = modules.createRequire(import.meta.url);
  try {
    const manifest = require.resolve(`node-${platform}-${process.arch}/package.json`);
    return join(dirname(manifest), require(manifest).bin.node);
  } catch (cause) {
    if (cause.code === 'MODULE_NOT_FOUND') return undefined;
    throw cause;
  }
}

/** Whether V8 was started as a server wants it, which cannot be changed afterwards. */
function hasFlags() {
  return NODE_FLAGS.every((flag) => process.execArgv.includes(flag));
}

export function isNewEnough() {
  return Number.parseInt(process.versions.node, 10) >= OLDEST_NODE;
}

/** Says in one line what to do on a machine without a usable Node. */
export function refuse() {
  console.error(
    `Latchkey needs Node ${OLDEST_NODE} or newer. This is ${process.versions.node}, and a copy that runs on ` +
      `${process.platform}-${process.arch} did not come with it: install one from https://nodejs.org and run this again.`,
  );
  process.exit(1);
}

/** Passes the signals that ask this process to stop on to a child; returns a function that ends it. */
export function forwardSignals(child) {
  const forward = (signal) => child.kill(signal);
  // A terminal sends Ctrl-C to every process in it, so the child has it already: a second one would mean "stop at once".
  const interrupt = () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  };
  for (const signal of FORWARDED_SIGNALS) process.on(signal, forward);
  process.on('SIGINT', interrupt);
  return () => {
    for (const signal of FORWARDED_SIGNALS) process.off(signal, forward);
    process.off('SIGINT', interrupt);
  };
}

// npm passes a SIGTERM on to the shell between it and this process, and the shell dies of it without telling anyone.
function onLossOfNpm(stop) {
  if (process.env.npm_command === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, 250).unref();
}

function endBySignal(signal) {
  process.kill(process.pid, signal);
  // Only reached for a signal that this process survives.
  setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 1000);
}
