import { load, type Measured, median } from './load.ts';
import { freePort, type Started, startBare, startLatchkey, stopProgram, usageOf } from './processes.ts';
import { BENCH_SECRET_KEY, seedTokens } from './seed.ts';

const TOKENS = 100_000;
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3);
// Short and many, in turn: what a shared machine does meanwhile falls on both, and what is done every minute falls into some of them.
const ROUNDS = 10;
// Every token is looked up once, and then V8 goes on for some twenty seconds compiling what is called most.
const WARM_UP_SECONDS = SECONDS * 10;
const STARTS = 3;

/** Requests with 100,000 tokens in turn against those of a bare server that answers the same bytes. Returns whether all were answered. */
export async function benchHotPath(directory: string): Promise<boolean> {
  console.log(
    `Filling a SQLite database with ${TOKENS.toLocaleString('en')} tokens of 1,000 service accounts …`,
  );
  const tokens = await seedTokens(
    { GF_PATHS_DATA: directory, GF_SECURITY_SECRET_KEY: BENCH_SECRET_KEY },
    TOKENS,
  );
  const authorization = { authorization: `Bearer ${tokens[0]}` };

  const port = await freePort();
  const url = `http://127.0.0.1:${port}/api/org`;
  const starts: number[] = [];
  let ours: Started | undefined;
  for (let start = 0; start < STARTS; start++) {
    if (ours) await stopProgram(ours.process);
    ours = await startLatchkey(directory, port, url, authorization);
    starts.push(ours.firstAnswerMs);
  }
  if (ours === undefined) throw new Error('nothing was started');

  const body = await (await fetch(url, { headers: authorization })).text();
  const barePort = await freePort();
  const bareUrl = `http://127.0.0.1:${barePort}/api/org`;
  const bare = await startBare(directory, body, barePort, bareUrl);

  console.log(`Warming up: ${2 * WARM_UP_SECONDS} s …`);
  await load(bareUrl, tokens, WARM_UP_SECONDS, bare.process);
  await load(url, tokens, WARM_UP_SECONDS, ours.process);
  const bareRuns: Measured[] = [];
  const ourRuns: Measured[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    console.log(
      `Round ${round} of ${ROUNDS}: ${SECONDS} s each, 64 connections, a different token each time …`,
    );
    bareRuns.push(await load(bareUrl, tokens, SECONDS, bare.process));
    ourRuns.push(await load(url, tokens, SECONDS, ours.process));
  }
  const memory = usageOf(ours.process)?.residentMiB;
  await stopProgram(ours.process);
  await stopProgram(bare.process);
  return report(bareRuns, ourRuns, median(starts), memory);
}

function report(
  bareRuns: Measured[],
  ourRuns: Measured[],
  startMs: number,
  memoryMiB: number | undefined,
): boolean {
  const failed = [...bareRuns, ...ourRuns].reduce((sum, run) => sum + run.failed, 0);
  const of = (runs: Measured[], field: keyof Measured): number =>
    runs.reduce((sum, run) => sum + (run[field] ?? Number.NaN), 0) / runs.length;
  const row = (name: string, field: keyof Measured, unit: string, digits: number): string => {
    const [bare, ours] = [of(bareRuns, field), of(ourRuns, field)];
    return `| ${name} | ${bare.toFixed(digits)} ${unit} | ${ours.toFixed(digits)} ${unit} | ${(ours / bare).toFixed(2)} |`;
  };
  console.log(`
GET /api/org, 64 connections, ${TOKENS.toLocaleString('en')} tokens in turn; means of ${ROUNDS} rounds of ${SECONDS} s

| | bare node:http | Latchkey | Latchkey / bare |
| --- | --- | --- | --- |
${row('requests', 'requestsPerSecond', '/s', 0)}
${row('p50', 'p50Ms', 'ms', 1)}
${row('p99', 'p99Ms', 'ms', 1)}
${row('processor time a request', 'cpuMicroseconds', 'µs', 0)}

cold start to first answer: ${(startMs / 1000).toFixed(2)} s (median of ${STARTS})
resident memory after the load: ${memoryMiB?.toFixed(0) ?? 'not known on this system'} MiB
answers that were no 2xx: ${failed}`);
  return failed === 0;
}
