import type { Answers, Crowd } from './crowd.ts';
import { median } from './load.ts';
import { cpuSeconds, familyOf, machineCpuSeconds } from './processes.ts';

/** How a crowd was answered, and how many cores were busy with what meanwhile. */
export interface Turn {
  requests: number;
  seconds: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  failed: number;
  /** Of the server's processes, for one request. */
  cpuMicroseconds: number;
  serverCores: number;
  generatorCores: number;
  /** The database's where it is one of its own, and of what else runs on the machine. */
  otherCores: number;
}

/** Has a crowd ask what is drawn, of servers with these first processes. */
export async function takeTurn(
  crowd: Crowd,
  pids: readonly number[],
  ...drawing: Parameters<Crowd['run']>
): Promise<Turn> {
  const family = pids.flatMap(familyOf);
  const before = clocks(family);
  const answers = await crowd.run(...drawing);
  const after = clocks(family);
  return turnOf(answers, {
    servers: after.servers - before.servers,
    generator: after.generator - before.generator,
    machine: after.machine - before.machine,
  });
}

/** Some turns as if they were one; of times that clients waited, the medians. */
export function sumOfTurns(turns: readonly Turn[]): Turn {
  const sum = (of: (turn: Turn) => number): number => turns.reduce((all, turn) => all + of(turn), 0);
  const [seconds, requests] = [sum((turn) => turn.seconds), sum((turn) => turn.requests)];
  const cores = (field: 'serverCores' | 'generatorCores' | 'otherCores'): number =>
    sum((turn) => turn[field] * turn.seconds) / seconds;
  return {
    requests,
    seconds,
    requestsPerSecond: requests / seconds,
    p50Ms: median(turns.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(turns.map(({ p99Ms }) => p99Ms)),
    failed: sum(({ failed }) => failed),
    cpuMicroseconds: sum((turn) => turn.cpuMicroseconds * turn.requests) / requests,
    serverCores: cores('serverCores'),
    generatorCores: cores('generatorCores'),
    otherCores: cores('otherCores'),
  };
}

/** A table in Markdown, its columns as wide as they have to be. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, at) => Math.max(name.length, 3, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

interface Clocks {
  servers: number;
  generator: number;
  machine: number;
}

function clocks(family: readonly number[]): Clocks {
  const { user, system } = process.cpuUsage();
  return {
    servers: family.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    generator: (user + system) / 1e6,
    machine: machineCpuSeconds(),
  };
}

function turnOf(
  { requests, failed, seconds, p50Ms, p99Ms }: Answers,
  { servers, generator, machine }: Clocks,
): Turn {
  return {
    requests,
    seconds,
    requestsPerSecond: requests / seconds,
    p50Ms,
    p99Ms,
    failed,
    cpuMicroseconds: (servers / requests) * 1e6,
    serverCores: servers / seconds,
    generatorCores: generator / seconds,
    otherCores: Math.max(0, machine - servers - generator) / seconds,
  };
}
