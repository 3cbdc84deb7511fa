import { randomInt } from 'node:crypto';
import type { Ask, Scene } from './asks.ts';
import type { Asker } from './crowd.ts';
import type { Table } from './minutes.ts';

/** What was asked for each guarantee, how often that was answered wrongly, and the first of the wrong answers. */
export type Tally = Map<string, { asked: number; wrong: number; examples: string[] }>;

interface Load {
  asks: readonly Ask[];
  slow: Ask;
  connections: number;
  table: Table;
}

const SLOW_ONES = 8;
const EXAMPLES = 5;

/** Has as many ask as there are connections, each the next thing once the last was answered, until the time is over. */
export async function keepAsking(scene: Scene, { asks, slow, connections, table }: Load): Promise<Tally> {
  const tally: Tally = new Map(
    [...asks, slow].map(({ guarantee }) => [guarantee, { asked: 0, wrong: 0, examples: [] }]),
  );
  const choose = weighted(asks);
  const keepOn = async (next: () => Ask): Promise<void> => {
    while (!table.isOver()) {
      const ask = next();
      const asker = scene.crowd[randomInt(scene.crowd.length)] as Asker;
      const row = tally.get(ask.guarantee);
      if (row === undefined) throw new Error(`nothing counts for "${ask.guarantee}"`);
      row.asked++;
      try {
        await ask.run(scene, asker);
      } catch (error) {
        row.wrong++;
        table.failed();
        const who = `${asker.kind} ${asker.id}, ${asker.role} of ${asker.orgId}`;
        if (row.examples.length >= EXAMPLES) continue;
        row.examples.push(`${who}: ${placeOf(error)}`);
        console.log(`wrong: ${row.examples.at(-1)}`);
      }
    }
  };
  await Promise.all([
    ...Array.from({ length: connections }, () => keepOn(choose)),
    ...Array.from({ length: SLOW_ONES }, () => keepOn(() => slow)),
  ]);
  return tally;
}

function weighted(asks: readonly Ask[]): () => Ask {
  const total = asks.reduce((sum, { weight }) => sum + weight, 0);
  return () => {
    let left = Math.random() * total;
    for (const ask of asks) if ((left -= ask.weight) < 0) return ask;
    return asks[0] as Ask;
  };
}

/** What an error says, and the line of the ask that it came from. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const line = /asks\.ts:\d+/.exec(error.stack ?? '')?.[0] ?? '';
  return `${error.message.replaceAll(/\s*\n\s*/g, ' ')} ${line}`;
}
