import type { Place } from '../test/support/place.ts';
import { median } from './load.ts';
import { type Filled, type Serving, startBareServing, startServing, timeStarts } from './serving.ts';
import { sumOfTurns, table, takeTurn, type Turn } from './turn.ts';

const ROUNDS = 7;
const STARTS = 3;
/** What does not count before rounds of so many: V8 goes on for some twenty seconds compiling what is called most. */
export const warmUpSeconds = (seconds: number): number => Math.min(30, seconds * 10);

interface Asked {
  name: string;
  tokens: readonly string[];
  serving: Serving;
  startMs: number;
  turns: Turn[];
}

/** One server on each of these databases, asked with as many tokens of each, which it remembers. Whether all was answered. */
export async function benchFlatness(
  directory: string,
  { name }: Place,
  databases: readonly Filled[],
  seconds: number,
): Promise<boolean> {
  const working = Math.min(...databases.map(({ count }) => count));
  const bareServing = await startBareServing(directory, databases[0] as Filled, 1);
  const ours: Asked[] = [];
  for (const filled of databases) {
    const startMs = median(await timeStarts(filled, STARTS));
    const serving = await startServing(filled);
    const tokens = filled.tokens.slice(0, working);
    ours.push({ name: filled.count.toLocaleString('en'), tokens, serving, startMs, turns: [] });
  }
  const bare = { ...(ours[0] as Asked), serving: bareServing, turns: [] };
  for (const asked of [bare, ...ours]) {
    await takeTurnOf(asked, warmUpSeconds(seconds));
    for (const other of [bare, ...ours]) await other.serving.crowd.keep();
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const asked of [bare, ...ours]) asked.turns.push(await takeTurnOf(asked, seconds));
  }
  for (const asked of [bare, ...ours]) await asked.serving.stop();

  const bareTurn = sumOfTurns(bare.turns);
  const turns = ours.map((asked) => sumOfTurns(asked.turns));
  const least = turns[0]?.requestsPerSecond ?? Number.NaN;
  const rows = turns.map(({ requestsPerSecond, cpuMicroseconds }, at) => [
    ours[at]?.name ?? '',
    `${requestsPerSecond.toFixed(0)} /s`,
    (requestsPerSecond / least).toFixed(2),
    (requestsPerSecond / bareTurn.requestsPerSecond).toFixed(2),
    `${cpuMicroseconds.toFixed(0)} µs`,
    `${((ours[at]?.startMs ?? 0) / 1000).toFixed(2)} s`,
  ]);
  const head = ['tokens there', 'requests', 'of the first', 'of bare', 'processor time', 'cold start'];
  console.log(`
${name}, 1 server, the same ${working.toLocaleString('en')} tokens in turn, all remembered; ${ROUNDS} rounds of ${seconds} s each, together, bare ${bareTurn.requestsPerSecond.toFixed(0)} /s; medians of ${STARTS} starts

${table(head, rows)}`);
  return [bareTurn, ...turns].every(({ failed }) => failed === 0);
}

function takeTurnOf({ serving, tokens }: Asked, seconds: number): Promise<Turn> {
  let next = 0;
  return takeTurn(serving.crowd, serving.pids, () => tokens[next++ % tokens.length], seconds);
}
