import autocannon from 'autocannon';
import type { ChildProcess } from 'node:child_process';
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
  let next = 0;
  const before = usageOf(server);
  const result = await autocannon({
    url,
    connections: 64,
    duration: seconds,
    requests: [
      {
        method: 'GET',
        setupRequest: (request) => {
          const token = tokens[next++ % tokens.length];
          return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
        },
      },
    ],
  });
  const after = usageOf(server);
  const total = result.requests.total;
  return {
    requestsPerSecond: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failed: result.non2xx + result.errors,
    cpuMicroseconds: before && after && ((after.cpuSeconds - before.cpuSeconds) / total) * 1e6,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
