import { setTimeout as sleep } from 'node:timers/promises';
import { type Filled, type Level, residentOf, settledOf, startServing } from './serving.ts';
import { table, takeTurn } from './turn.ts';

// A server looks for garbage every 10 s (server/garbage.ts).
const QUIET_MS = 30_000;

/** What one server keeps before and after it was asked with every token of a database. Whether all was answered. */
export async function benchMemory(name: string, filled: Filled, seconds: number): Promise<boolean> {
  const { tokens, count } = filled;
  const serving = await startServing(filled);
  const [before] = (await settledOf(serving, filled)) as [Level];
  let next = 0;
  const cold = await takeTurn(serving.crowd, serving.pids, () => tokens[next++]);
  const warm = await takeTurn(serving.crowd, serving.pids, () => tokens[next++ % count], seconds);
  const [loaded = 0] = residentOf(serving);
  await sleep(QUIET_MS);
  const [rested = 0] = residentOf(serving);
  const [after] = (await settledOf(serving, filled)) as [Level];
  await serving.stop();

  const bytesEach = ((after.heap - before.heap) * 2 ** 20) / count;
  const mib = (value: number): string => `${value.toFixed(0)} MiB`;
  const rows = [
    ['after the start, collected', mib(before.resident), mib(before.heap), mib(before.external)],
    ['right after the load', mib(loaded), '', ''],
    ['half a minute later, left alone', mib(rested), '', ''],
    ['after the load, collected', mib(after.resident), mib(after.heap), mib(after.external)],
  ];
  console.log(`
${name}, 1 server that remembers ${count.toLocaleString('en')} tokens: ${bytesEach.toFixed(0)} bytes of heap for each

${table(['', 'resident', 'heap in use', 'outside the heap'], rows)}`);
  return cold.failed === 0 && warm.failed === 0;
}
