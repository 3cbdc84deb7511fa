import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BENCH_SECRET_KEY } from './seed.ts';

const POLL_MS = 5;
const PATIENCE_MS = 30_000;
// Linux counts processor time in hundredths of a second.
const TICK_S = 0.01;
const KEPT_LETTERS = 1000;

// What a benchmark that fails leaves running would disturb the next one.
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill();
});

export interface Started {
  process: ChildProcess;
  /** From the start of the process to its first answer. */
  firstAnswerMs: number;
  /** When it says that it listens, by all of its processes. */
  listens: Promise<void>;
}

/** Starts Latchkey on a data directory as `npm start`, the container and the systemd unit do it. */
export function startLatchkey(
  directory: string,
  port: number,
  url: string,
  headers: Record<string, string>,
): Promise<Started> {
  const environment = { GF_PATHS_DATA: directory, GF_SECURITY_SECRET_KEY: BENCH_SECRET_KEY };
  return startLatchkeyOn(environment, port, url, headers);
}

/** The same in an environment that names the database and holds the settings; `flags` are more of Node's. */
export function startLatchkeyOn(
  environment: Record<string, string>,
  port: number,
  url: string,
  headers: Record<string, string>,
  flags: readonly string[] = [],
): Promise<Started> {
  const program = [
    '--max-semi-space-size=8',
    '--no-parallel-scavenge',
    '--expose-gc',
    ...flags,
    'bin/latchkey.js',
    'serve',
  ];
  const settings = { MALLOC_MMAP_THRESHOLD_: '16384', ...environment, GF_SERVER_HTTP_PORT: String(port) };
  return startProgram(program, settings, url, headers);
}

/** Starts a server that has nothing but one answer, in so many processes that share its port. */
export async function startBare(
  directory: string,
  body: string,
  port: number,
  url: string,
  processes = 1,
): Promise<Started> {
  const file = join(directory, 'bare-answer.json');
  writeFileSync(file, body);
  const environment = {
    BARE_BODY_FILE: file,
    BARE_PORT: String(port),
    BARE_PROCESSES: String(processes),
  };
  return startProgram(['bench/bare.ts'], environment, url, {});
}

/** Starts a program on this Node and waits until a request is answered with 200. */
async function startProgram(
  args: string[],
  env: Record<string, string>,
  url: string,
  headers: Record<string, string>,
): Promise<Started> {
  const begun = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const listens = new Promise<void>((resolve) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-KEPT_LETTERS);
      if (said.includes(' listens on ')) resolve();
    });
  });
  while (performance.now() - begun < PATIENCE_MS) {
    const status = await fetch(url, { headers }).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      },
      () => 0,
    );
    if (status === 200) return { process: child, firstAnswerMs: performance.now() - begun, listens };
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}`);
    await sleep(POLL_MS);
  }
  child.kill();
  throw new Error(`${url} did not answer with 200 within ${PATIENCE_MS / 1000} s`);
}

export async function stopProgram(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** Resident memory in MiB and processor time in seconds so far, as Linux accounts them; undefined elsewhere. */
export function usageOf({ pid = 0 }: ChildProcess): { residentMiB: number; cpuSeconds: number } | undefined {
  if (process.platform !== 'linux') return undefined;
  return { residentMiB: residentMiB(pid), cpuSeconds: cpuSeconds(pid) };
}

/** A process and all that it started, on Linux. */
export function familyOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return [pid, ...children.map(Number).flatMap(familyOf)];
}

export function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_S;
}

/** Processor time in seconds that everything on the machine took so far, on Linux. */
export function machineCpuSeconds(): number {
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, soft = 0] = readFileSync('/proc/stat', 'utf8')
    .split(/\s+/, 9)
    .slice(1)
    .map(Number);
  return (user + nice + system + interrupts + soft) * TICK_S;
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
