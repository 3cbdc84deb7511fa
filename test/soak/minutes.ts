import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import type { Level } from './probe.ts';

/** A minute of the run, or a tenth of it where it is shorter than ten. */
export interface Minute extends Level {
  endsAtSeconds: number;
  requests: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Of one processor. */
  serverShare: number;
  generatorShare: number;
}

export interface Table {
  /** Whether it is time to stop. */
  isOver(): boolean;
  failed(): void;
  /** The rows, once the last of them is there. */
  end(): Promise<Minute[]>;
}

const PROGRESS_MS = 5000;
// PostgreSQL's driver keeps a connection that it does not need for ten seconds.
const SETTLES_WITHIN_MS = 15_000;
const SETTLING_MS = 250;

/** What the server holds once its garbage is gone. */
async function levelOf(server: ChildProcess): Promise<Level> {
  const answer = once(server, 'message');
  server.send('level');
  const [level] = (await answer) as [Level];
  return level;
}

/** The same once nobody asks any more: as soon as it has no more files open than that, or else after some seconds. */
export async function settledLevelOf(
  server: ChildProcess,
  wanted: Pick<Level, 'descriptors' | 'handles'> = { descriptors: 0, handles: 0 },
): Promise<Level> {
  for (let waited = 0; ; waited += SETTLING_MS) {
    const level = await levelOf(server);
    const isSettled = level.descriptors <= wanted.descriptors && level.handles <= wanted.handles;
    if (isSettled || waited >= SETTLES_WITHIN_MS) return level;
    await sleep(SETTLING_MS);
  }
}

/** Measures the server minute by minute, and says every few seconds how far the run is. */
export function startTable(server: ChildProcess, client: Client, seconds: number): Table {
  const minutes: Minute[] = [];
  const begun = performance.now();
  const elapsed = (): number => (performance.now() - begun) / 1000;
  const length = Math.min(60, seconds / 10);
  let answered = 0;
  let failed = 0;
  let times: number[] = [];
  const take = (): void => {
    const taken = client.takeTimes();
    answered += taken.length;
    times = times.concat(taken);
  };
  const progress = setInterval(() => {
    take();
    console.log(
      `${elapsed().toFixed(0)} of ${seconds} s: ${answered.toLocaleString('en')} answers, ${failed} wrong`,
    );
  }, PROGRESS_MS);

  async function measure(): Promise<void> {
    let last = { at: 0, own: process.cpuUsage(), level: await levelOf(server) };
    while (elapsed() < seconds) {
      await sleep(Math.min(length, Math.max(seconds - elapsed(), 0)) * 1000);
      take();
      const sorted = times.toSorted((one, other) => one - other);
      times = [];
      const level = await levelOf(server);
      const at = elapsed();
      const own = process.cpuUsage(last.own);
      const span = at - last.at;
      minutes.push({
        ...level,
        endsAtSeconds: at,
        requests: sorted.length,
        perSecond: sorted.length / span,
        p50Ms: sorted[Math.floor(sorted.length * 0.5)] ?? 0,
        p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
        serverShare: (level.cpuSeconds - last.level.cpuSeconds) / span,
        generatorShare: (own.user + own.system) / 1e6 / span,
      });
      last = { at, own: process.cpuUsage(), level };
    }
  }
  const measured = measure();
  return {
    isOver: () => elapsed() >= seconds,
    failed: () => void failed++,
    async end() {
      await measured;
      clearInterval(progress);
      return minutes;
    },
  };
}
