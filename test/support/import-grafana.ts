import {
  type Imported,
  importGrafana,
  type Note,
} from '../../server/modules/grafana-import/grafana-import.ts';
import { asOperator } from '../../server/operator.ts';
import { openSource } from '../../server/sources/open.ts';
import type { Source } from '../../server/sources/source.ts';
import type { World } from '../../server/testing/world.ts';

export interface Done extends Imported {
  notes: Note[];
}

export interface Wishes {
  oldSecretKey?: string;
  intoExisting?: boolean;
  /** Has the source be another one in some way. */
  through?: (source: Source) => Source;
}

/** Imports into a world's database in this process, as the command does it in one of its own. */
export async function importInto(world: World, from: string, wishes: Wishes = {}): Promise<Done> {
  const { through = (source) => source, oldSecretKey, intoExisting = false } = wishes;
  const source = await openSource(from);
  const notes: Note[] = [];
  try {
    const imported = await importGrafana(asOperator(world.context), through(source), {
      intoExisting,
      oldSecretKey,
      onNote: (note) => notes.push(note),
      onProgress: () => {},
    });
    return { ...imported, notes };
  } finally {
    await source.close();
  }
}

/** What of a kind was found, brought, there already, skipped and changed. */
export function countsOf({ kinds }: Imported): Record<string, number[]> {
  return Object.fromEntries(
    kinds.map(({ kind, found, brought, alreadyThere, skipped, changed }) => [
      kind,
      [found, brought, alreadyThere, skipped, changed],
    ]),
  );
}
