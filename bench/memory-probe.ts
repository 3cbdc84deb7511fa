import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeGarbageAway } from '../server/garbage.ts';

// Loaded into a server before anything else. On SIGUSR2 it has the garbage taken away and writes down what is left.

const SETTLING_MS = 300;

process.on('SIGUSR2', () => void settle());

async function settle(): Promise<void> {
  for (let times = 0; times < 2; times++) {
    await takeGarbageAway();
    await sleep(SETTLING_MS);
  }
  const file = join(process.env['BENCH_LEVELS'] ?? '', `${process.pid}.json`);
  writeFileSync(`${file}.part`, JSON.stringify(process.memoryUsage()));
  // Whoever sees it there may read it.
  renameSync(`${file}.part`, file);
}
