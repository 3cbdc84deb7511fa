/** What one scenario of a run showed. */
export interface Shown {
  times: number;
  /** What held, in a few words. */
  held: string;
  /** How long it took until all was well again, in milliseconds. */
  recoveryMs?: number;
}

export interface Row extends Partial<Shown> {
  run: string;
  tried: string;
  failure?: string;
  /** What there would have to be for it to be tried. */
  needs?: string;
}

/** A run of scenarios: `--short` is the form for each change, else it takes its time. */
export type Run = (tell: Tell) => Promise<void>;

export interface Tell {
  isShort: boolean;
  /** Runs one scenario, and notes what it showed or how it failed; the others go on. */
  scenario(tried: string, work: () => Promise<Shown>): Promise<void>;
  /** Notes that it was not tried, and what for. */
  notTried(tried: string, needs: string): void;
  /** A line on how far it is. */
  progress(words: string): void;
}

/** Notes what the scenarios of a run show, on the console as they end and in `rows`. */
export function teller(run: string, rows: Row[], isShort: boolean): Tell {
  const progress = (words: string): void => console.log(`  ${run}: ${words}`);
  return {
    isShort,
    progress,
    notTried(tried, needs) {
      progress(`${tried}: not tried, needs ${needs}`);
      rows.push({ run, tried, needs });
    },
    async scenario(tried, work) {
      progress(`${tried} …`);
      try {
        rows.push({ run, tried, ...(await work()) });
      } catch (error) {
        rows.push({ run, tried, failure: error instanceof Error ? error.message : String(error) });
        console.error(error);
      }
    },
  };
}

/** All rows as a table in Markdown, and the plain line that says how many passed; what was not tried is counted in neither. */
export function summary(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.run,
    row.tried,
    row.times?.toLocaleString('en') ?? '',
    resultOf(row),
    row.recoveryMs === undefined ? '' : `${(row.recoveryMs / 1000).toFixed(1)} s`,
  ]);
  const table = [['run', 'what was tried', 'times', 'what held', 'well again after'], ...cells];
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = table;
  const rule = widths.map((width) => '-'.repeat(width));
  const passed = rows.filter(({ held }) => held !== undefined).length;
  const failed = rows.filter(({ failure }) => failure !== undefined).length;
  return [line(head), line(rule), ...body.map(line), '', `${passed} passed, ${failed} failed`].join('\n');
}

function resultOf({ held = '', failure, needs }: Row): string {
  if (needs !== undefined) return `not tried: needs ${needs}`;
  return failure === undefined ? held : `FAILED: ${failure.split('\n', 1)[0]}`;
}
