import type { RequestContext } from '../../context.ts';
import { inCheckedTransaction } from '../../db/transaction.ts';
import type { Row, Source } from '../../sources/source.ts';
import { recordChange } from '../audit/audit.ts';
import type { Range } from './ids.store.ts';
import { insertBrought, type Ledger, listBrought } from './ledger.store.ts';
import { LONGEST_NAME, type Numbers } from './names.ts';
import { type Kind, newTally, type Report, type Tally } from './report.ts';
import { integerOf, textOf } from './rows.ts';

/** One import that is under way. */
export interface Run {
  context: RequestContext;
  source: Source;
  /** The number of the source in the ledger. */
  sourceId: number;
  /** Whether its first organization and administrator are this server's own. */
  tookOver: boolean;
  /** Whether organizations and users that are here already are taken for those of the same name. */
  intoExisting: boolean;
  /** The ids that were set aside for what comes, by table. */
  ranges: ReadonlyMap<string, readonly Range[]>;
  numbers: Numbers;
  /** Whether permissions on objects are those of managed roles, as since Grafana 9, and no longer access control lists. */
  usesRoles: boolean;
  report: Report;
  advance(rows: number): void;
}

/** How the rows of one table are brought. */
export interface Stage<Prepared> {
  table: string;
  /** Under which name the ledger has them, where it is not the table's. */
  ledger: Ledger;
  columns: readonly string[];
  sizes?: readonly string[];
  equals?: Readonly<Record<string, boolean>>;
  /** How many rows make a batch, which is one transaction. */
  batch: number;
  /** What the rows are counted as; nothing where they were counted before. */
  kindOf(row: Row): Kind | undefined;
  /** Smaller batches, where rows may be large. */
  split?(rows: readonly Row[]): Row[][];
  /** Whatever takes long or reads the source, before the transaction. */
  prepare(run: Run, rows: readonly Row[]): Promise<Prepared>;
  /** Brings rows within a transaction, which may run twice. Returns the id that each of them that came has here. */
  bring(
    run: Run,
    rows: readonly Row[],
    tally: Tally,
    prepared: Prepared,
  ): Promise<ReadonlyMap<number, number>>;
}

export const NOTHING_TO_PREPARE = (): Promise<undefined> => Promise.resolve(undefined);

/** Brings all rows of a table that were not brought before, batch by batch. */
export async function runStage<Prepared>(run: Run, stage: Stage<Prepared>): Promise<void> {
  for await (const rows of batchesOf(run, stage)) {
    const tally = newTally();
    const sound = soundRows(stage, rows, tally);
    countFound(stage, sound, tally);
    const fresh = await unknownRows(run, stage, sound, tally);
    run.report.take(tally);
    for (const part of stage.split?.(fresh) ?? [fresh]) {
      if (part.length > 0) run.report.take((await bringBatch(run, stage, part)).tally);
    }
    run.advance(rows.length);
  }
}

/** Brings rows in one transaction; where another import of the same source was at it too, only those that are still to come. */
export async function bringBatch<Prepared>(
  run: Run,
  stage: Stage<Prepared>,
  rows: readonly Row[],
): Promise<{ tally: Tally; brought: number }> {
  const prepared = await stage.prepare(run, rows);
  return inCheckedTransaction(run.context, async (context) => {
    const inside = { ...run, context };
    const tally = newTally();
    const fresh = await unknownRows(inside, stage, rows, tally);
    const brought = await stage.bring(inside, fresh, tally, prepared);
    tellOfCutNames(
      stage,
      fresh.filter((row) => brought.has(idOf(row))),
      tally,
    );
    await insertBrought(context.db, run.sourceId, stage.ledger, brought);
    await record(inside, tally);
    return { tally, brought: brought.size };
  });
}

/** The rows of a stage's table in batches, by their id. */
export async function* batchesOf(
  { source }: Run,
  {
    table,
    columns,
    sizes,
    equals,
    batch,
  }: Pick<Stage<never>, 'table' | 'columns' | 'sizes' | 'equals' | 'batch'>,
): AsyncGenerator<Row[]> {
  let after: number | bigint | undefined;
  for (;;) {
    const rows = await source.page(table, {
      columns: ['id', ...columns],
      sizes,
      equals,
      after,
      limit: batch,
    });
    const last = rows.at(-1)?.['id'];
    if (typeof last !== 'number' && typeof last !== 'bigint') return;
    yield rows;
    after = last;
  }
}

/** The id of a row that was found to be sound. */
export function idOf(row: Row): number {
  return integerOf(row, 'id') ?? 0;
}

/** A row as notes name it. */
export function named(row: Row): { id: number | bigint | string; name: string } {
  const name = textOf(row, 'name') || textOf(row, 'login') || textOf(row, 'title');
  const id = row['id'];
  return { id: typeof id === 'number' || typeof id === 'bigint' ? id : '', name };
}

/** Rows with an id that can be one, each id once. */
export function soundRows(
  { kindOf }: Pick<Stage<never>, 'kindOf'>,
  rows: readonly Row[],
  tally: Tally,
): Row[] {
  const seen = new Set<number>();
  return rows.filter((row) => {
    const id = idOf(row);
    const fault =
      id < 1 ? 'its id is no number that an id can be' : seen.has(id) ? 'its id comes twice' : undefined;
    seen.add(id);
    const kind = kindOf(row);
    if (fault !== undefined && kind !== undefined) {
      tally.add(kind, 'found');
      tally.skip(kind, named(row), fault);
    }
    return fault === undefined;
  });
}

export function countFound(
  { kindOf }: Pick<Stage<never>, 'kindOf'>,
  rows: readonly Row[],
  tally: Tally,
): void {
  for (const row of rows) {
    const kind = kindOf(row);
    if (kind !== undefined) tally.add(kind, 'found');
  }
}

/** The rows that were not brought before. */
export async function unknownRows(
  { context, sourceId }: Run,
  { ledger, kindOf }: Pick<Stage<never>, 'ledger' | 'kindOf'>,
  rows: readonly Row[],
  tally: Tally,
): Promise<Row[]> {
  const known = await listBrought(context.db, sourceId, ledger, rows.map(idOf));
  for (const row of rows) {
    const kind = kindOf(row);
    if (kind !== undefined && known.has(idOf(row))) tally.add(kind, 'alreadyThere');
  }
  return rows.filter((row) => !known.has(idOf(row)));
}

function tellOfCutNames({ kindOf }: Pick<Stage<never>, 'kindOf'>, rows: readonly Row[], tally: Tally): void {
  for (const row of rows) {
    const kind = kindOf(row);
    const isCut = named(row).name.trim().length > LONGEST_NAME;
    if (kind !== undefined && isCut)
      tally.change(kind, named(row), `its name is longer than ${LONGEST_NAME} letters, and was cut`);
  }
}

/** One row in the record of changes for each batch and kind, with the counts. */
async function record({ context, source, sourceId }: Run, tally: Tally): Promise<void> {
  for (const { kind, brought, skipped, changed } of tally.counts.values()) {
    if (brought === 0) continue;
    await recordChange(context, {
      action: 'grafana:import',
      kind,
      id: sourceId,
      name: source.name,
      orgId: null,
      change: { brought, skipped, changed },
    });
  }
}
