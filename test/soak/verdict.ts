import type { Tally } from './keep-asking.ts';
import type { Minute } from './minutes.ts';
import type { Level } from './probe.ts';

interface Outcome {
  tally: Tally;
  minutes: readonly Minute[];
  before: Level;
  after: Level;
  errors: readonly string[];
}

interface Verdict {
  guarantee: string;
  figures: string;
  /** Undefined where the run was too short to say. */
  holds: boolean | undefined;
  /** What was wrong, as far as it helps. */
  examples: readonly string[];
}

// Below that a server is still warming up, and a slope says nothing.
const LONG_ENOUGH_SECONDS = 600;
const MOST_GROWTH = 0.1;

/** Says of each guarantee whether it held, and prints the table of minutes first. */
export function judge({ tally, minutes, before, after, errors }: Outcome): Verdict[] {
  print(minutes);
  return [
    ...[...tally].map(([guarantee, { asked, wrong, examples }]) => ({
      guarantee,
      figures: `${asked.toLocaleString('en')} asked, ${wrong} wrong`,
      holds: asked > 0 && wrong === 0,
      examples,
    })),
    {
      guarantee: 'nothing in the log tells of an error',
      figures: `${errors.length} lines`,
      holds: errors.length === 0,
      examples: errors.slice(0, 5),
    },
    level('memory is level', minutes, ({ residentMiB }) => residentMiB),
    level("what is alive in Node's heap is level", minutes, ({ heapMiB }) => heapMiB),
    {
      guarantee: 'no file and no connection stays open',
      figures: `${before.descriptors} before, ${after.descriptors} after; ${before.handles} handles before, ${after.handles} after`,
      holds: after.descriptors <= before.descriptors && after.handles <= before.handles,
      examples: [],
    },
  ];
}

/** Prints what held, ends with `N passed, N failed`, and says whether everything held. */
export function report(verdicts: readonly Verdict[]): boolean {
  for (const { guarantee, figures, holds, examples } of verdicts) {
    const word = holds === undefined ? 'not judged' : holds ? 'held' : 'FAILED';
    console.log(`${word.padEnd(10)}  ${guarantee}: ${figures}`);
    if (holds === false) for (const example of examples) console.log(`            ${example}`);
  }
  const passed = verdicts.filter(({ holds }) => holds === true).length;
  const failed = verdicts.filter(({ holds }) => holds === false).length;
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}

/** Judges the second half of the run by a straight line through it. */
function level(guarantee: string, minutes: readonly Minute[], value: (minute: Minute) => number): Verdict {
  const half = minutes.slice(Math.floor(minutes.length / 2));
  const perSecond = slopeOf(half.map((minute) => [minute.endsAtSeconds, value(minute)]));
  const [first, last] = [half[0], half.at(-1)];
  if (first === undefined || last === undefined) throw new Error('nothing was measured');
  const growth = perSecond * (last.endsAtSeconds - first.endsAtSeconds);
  const isLongEnough = last.endsAtSeconds >= LONG_ENOUGH_SECONDS;
  const figures = `${(perSecond * 60).toFixed(2)} MiB a minute over the second half, at ${value(last).toFixed(0)} MiB`;
  return {
    guarantee,
    figures: isLongEnough ? figures : `${figures}; too soon to judge before ten minutes`,
    holds: isLongEnough ? growth <= value(first) * MOST_GROWTH : undefined,
    examples: [],
  };
}

function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, one) => sum + one, 0) / values.length;
  const [middleX, middleY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const above = points.reduce((sum, [x, y]) => sum + (x - middleX) * (y - middleY), 0);
  const below = points.reduce((sum, [x]) => sum + (x - middleX) ** 2, 0);
  return below === 0 ? 0 : above / below;
}

function print(minutes: readonly Minute[]): void {
  const titles = [
    'until s',
    'answers',
    'per s',
    'p50 ms',
    'p99 ms',
    'RSS MiB',
    'heap MiB',
    'files',
    'handles',
    'server',
    'generator',
  ];
  const rows = minutes.map((minute) => [
    minute.endsAtSeconds.toFixed(0),
    String(minute.requests),
    minute.perSecond.toFixed(0),
    minute.p50Ms.toFixed(0),
    minute.p99Ms.toFixed(0),
    minute.residentMiB.toFixed(0),
    minute.heapMiB.toFixed(1),
    String(minute.descriptors),
    String(minute.handles),
    `${(minute.serverShare * 100).toFixed(0)} %`,
    `${(minute.generatorShare * 100).toFixed(0)} %`,
  ]);
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padStart(titles[at]?.length ?? 0)).join(' | ')} |`;
  console.log(line(titles));
  console.log(line(titles.map((title) => '-'.repeat(title.length))));
  for (const row of rows) console.log(line(row));
}
