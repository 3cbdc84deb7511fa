/** A setting that the lines around it are set out with, or something that is written as it is. A remark stands behind it. */
export type Line = { remark: string | undefined } & (
  { kind: 'plain'; text: string } | { kind: 'setting'; indent: string; name: string; value: string }
);

interface Joined {
  text: string;
  remark: string | undefined;
}

const segmenter = new Intl.Segmenter();

/** Lines as Terraform's own formatter sets them out: "=" under "=", and remarks under remarks, in lines that follow on each other. */
export function layOut(lines: readonly Line[]): string[] {
  const isAligned = (line: Line): boolean => line.kind === 'setting' && isOneLine(line.value);
  const joined = runsOf(lines, (line, before) => isAligned(line) && isAligned(before)).flatMap(alignValues);
  const continues = (line: Joined, before: Joined): boolean =>
    line.remark !== undefined && before.remark !== undefined && !line.text.includes('\n');
  return runsOf(joined, continues).flatMap(alignRemarks);
}

function alignValues(run: readonly Line[]): Joined[] {
  const longest = Math.max(...run.map((line) => (line.kind === 'setting' ? widthOf(line.name) : 0)));
  return run.map((line) => {
    const { remark } = line;
    if (line.kind === 'plain') return { text: line.text, remark };
    const gap = isOneLine(line.value) ? ' '.repeat(longest - widthOf(line.name)) : '';
    return { text: `${line.indent}${line.name}${gap} = ${line.value}`, remark };
  });
}

function alignRemarks(run: readonly Joined[]): string[] {
  const longest = Math.max(...run.map(({ text }) => widthOf(lastLineOf(text))));
  return run.map(({ text, remark }) => {
    if (remark === undefined) return text;
    return `${text}${' '.repeat(longest - widthOf(lastLineOf(text)))} ${remark}`;
  });
}

/** Neighbours that go together, together. */
function runsOf<T>(things: readonly T[], continues: (thing: T, before: T) => boolean): T[][] {
  const runs: T[][] = [];
  for (const [at, thing] of things.entries()) {
    const before = things[at - 1];
    if (before !== undefined && continues(thing, before)) runs.at(-1)?.push(thing);
    else runs.push([thing]);
  }
  return runs;
}

// A heredoc opens no bracket, so that the formatter takes its first line for a whole one.
function isOneLine(value: string): boolean {
  return !value.includes('\n') || value.startsWith('<<');
}

function lastLineOf(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1);
}

function widthOf(text: string): number {
  return [...segmenter.segment(text)].length;
}
