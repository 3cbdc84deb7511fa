import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../test/support/place.ts';
import { type Crowd, openCrowd } from './crowd.ts';
import {
  familyOf,
  freePort,
  residentMiB,
  type Started,
  startBare,
  startLatchkeyOn,
  stopProgram,
} from './processes.ts';

const PATH = '/api/org';

/** Loaded into a server that is to say what it keeps. */
export const PROBE = fileURLToPath(new URL('memory-probe.ts', import.meta.url));
const PATIENCE_MS = 10_000;

/** A database, how many tokens are in it, and they themselves. The last one is kept for the first request of each server. */
export interface Filled {
  count: number;
  environment: Environment;
  tokens: string[];
}

/** Servers that are the same to whoever asks, and those who ask them. */
export interface Serving {
  /** The first process of each. */
  pids: number[];
  crowd: Crowd;
  stop(): Promise<void>;
}

/** Starts so many servers on a database, each of so many processes. */
export async function startServing(
  filled: Filled,
  { servers = 1, workers = 1 }: { servers?: number; workers?: number } = {},
): Promise<Serving> {
  const levels = levelsIn(filled);
  mkdirSync(levels, { recursive: true });
  const settings = {
    BENCH_LEVELS: levels,
    ...(workers === 1 ? {} : { GF_SERVER_WORKERS: String(workers) }),
  };
  const [ports, processes]: [number[], ChildProcess[]] = [[], []];
  for (let count = 0; count < servers; count++) {
    const { process, port, listens } = await startOne(filled, settings, ['--import', PROBE]);
    // The first request is answered when one of its processes is there.
    await listens;
    ports.push(port);
    processes.push(process);
  }
  return serving(ports, processes, filled);
}

/**
 * Starts a server that answers the bytes that Latchkey answers on that database, in so many processes. Latchkey is asked for them here, so
 * on SQLite, where one serves at a time, this comes before any other on that database.
 */
export async function startBareServing(
  directory: string,
  filled: Filled,
  processes: number,
): Promise<Serving> {
  const body = await answerIn(filled);
  const port = await freePort();
  const started = await startBare(directory, body, port, urlAt(port), processes);
  await started.listens;
  return serving([port], [started.process], filled);
}

/** Starts and stops a server so many times; the milliseconds from each start to its first answer. */
export async function timeStarts(filled: Filled, times: number): Promise<number[]> {
  const took: number[] = [];
  for (let start = 0; start < times; start++) {
    const { process, firstAnswerMs } = await startOne(filled);
    took.push(firstAnswerMs);
    await stopProgram(process);
  }
  return took;
}

async function answerIn(filled: Filled): Promise<string> {
  const { process, port } = await startOne(filled);
  const body = await (await fetch(urlAt(port), { headers: bearing(filled) })).text();
  await stopProgram(process);
  return body;
}

async function startOne(
  filled: Filled,
  settings: Environment = {},
  flags: string[] = [],
): Promise<Started & { port: number }> {
  const port = await freePort();
  const environment = { ...filled.environment, ...settings };
  return { ...(await startLatchkeyOn(environment, port, urlAt(port), bearing(filled), flags)), port };
}

/** What a process keeps, in MiB. */
export interface Level {
  resident: number;
  heap: number;
  external: number;
}

/** Resident memory in MiB of every process of these servers. */
export function residentOf({ pids }: Serving): number[] {
  return pids.flatMap(familyOf).map(residentMiB);
}

/** What every process of these servers keeps once its garbage is gone. */
export async function settledOf(
  { pids }: Pick<Serving, 'pids'>,
  filled: Pick<Filled, 'environment'>,
): Promise<Level[]> {
  const family = pids.flatMap(familyOf);
  const levels: Level[] = [];
  for (const pid of family) {
    const file = join(levelsIn(filled), `${pid}.json`);
    rmSync(file, { force: true });
    process.kill(pid, 'SIGUSR2');
    for (const limit = Date.now() + PATIENCE_MS; !existsSync(file); await sleep(50)) {
      if (Date.now() > limit) throw new Error(`process ${pid} does not say what it keeps`);
    }
    const { rss, heapUsed, external } = JSON.parse(readFileSync(file, 'utf8')) as NodeJS.MemoryUsage;
    levels.push({ resident: rss / 2 ** 20, heap: heapUsed / 2 ** 20, external: external / 2 ** 20 });
  }
  return levels;
}

async function serving(ports: number[], processes: ChildProcess[], { tokens }: Filled): Promise<Serving> {
  const crowd = await openCrowd(ports, PATH, tokens.at(-1) ?? '');
  return {
    pids: processes.map(({ pid = 0 }) => pid),
    crowd,
    async stop() {
      crowd.close();
      for (const each of processes) await stopProgram(each);
    },
  };
}

function urlAt(port: number): string {
  return `http://127.0.0.1:${port}${PATH}`;
}

function bearing({ tokens }: Filled): Record<string, string> {
  return { authorization: `Bearer ${tokens.at(-1)}` };
}

export function levelsIn({ environment }: Pick<Filled, 'environment'>): string {
  return join(environment['GF_PATHS_DATA'] ?? '', 'levels');
}
