import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

// In a process of its own: the garbage of this one is not for a test to take.
const PROGRAM = `
  import { setTimeout as sleep } from 'node:timers/promises';
  import { keepGarbageLow } from ${JSON.stringify(new URL('garbage.ts', import.meta.url).href)};

  const heap = () => process.memoryUsage().heapTotal / 2 ** 20;
  await keepGarbageLow(50);
  const before = heap();
  let load = Array.from({ length: 400_000 }, (_, at) => ({ at, name: 'load ' + at }));
  load = load.slice(0, 10);
  const after = heap();
  for (let looks = 0; looks < 200 && heap() > before + 16; looks++) await sleep(50);
  console.log(JSON.stringify({ before, after, rested: heap(), kept: load.length }));
`;

test('once a load is over, all but 16 MiB of the heap that it took is given back', () => {
  const flags = ['--expose-gc', '--input-type=module', '--eval', PROGRAM];
  const { before, after, rested } = JSON.parse(execFileSync(process.execPath, flags, { encoding: 'utf8' }));
  expect(after).toBeGreaterThan(before + 16);
  expect(rested).toBeLessThan(before + 16);
});
