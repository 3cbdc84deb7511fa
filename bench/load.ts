import type { ChildProcess } from 'node:child_process';
import { openCrowd } from './crowd.ts';
import { usageOf } from './processes.ts';

export interface Measured {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  failed: number;
  /** Processor time of the server for one request; undefined where the system does not tell. */
  cpuMicroseconds: number | undefined;
}

/** Loads a server for some seconds over 64 connections, each request with the next of the tokens. */
export async function load(
  url: string,
  tokens: readonly string[],
  seconds: number,
  server: ChildProcess,
): Promise<Measured> {
  const { port, pathname } = new URL(url);
  const crowd = await openCrowd([Number(port)], pathname, tokens[0] ?? '');
  let next = 0;
  const before = usageOf(server);
  const answers = await crowd.run(() => tokens[next++ % tokens.length], seconds);
  const after = usageOf(server);
  crowd.close();
  return {
    requestsPerSecond: answers.requests / answers.seconds,
    p50Ms: answers.p50Ms,
    p99Ms: answers.p99Ms,
    failed: answers.failed,
    cpuMicroseconds: before && after && ((after.cpuSeconds - before.cpuSeconds) / answers.requests) * 1e6,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
