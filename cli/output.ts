import { styleText } from 'node:util';
import { cut, printable, printableJson, widthOf } from './text.ts';

export interface Column {
  title: string;
  /** May be cut when the line is too long for the terminal. */
  flexible?: boolean;
  align?: 'right';
}

export type Style = Parameters<typeof styleText>[0];

const GAP = 2;
const NARROWEST = 8;

/** Data, for the person or the script that asked. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** One value of the server's alone, for a script to keep. */
export function printValue(value: string | number): void {
  print(printable(String(value)));
}

/** Words beside the data: they stay on the terminal when the data goes elsewhere. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** What went wrong, and on a line of its own what to do next. */
export function sayFailure(message: string, detail: string | undefined): void {
  say(`latchkey: ${printable(message)}`);
  if (detail !== undefined) say(`  ${printable(detail)}`);
}

export function printJson(value: unknown): void {
  print(printableJson(value));
}

/** What a change came to: the server's words and what it was about, or its whole answer. */
export function printChange(answer: { message: string }, what: string, { json }: { json?: boolean }): void {
  if (json) return printJson(answer);
  print(printable(`${answer.message}: ${what}`));
}

/** Rows under their titles, cut to the terminal's width; into a pipe or file everything goes uncut. */
export function printTable(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
  const lines = rows.map((row) => row.map(printable));
  const widths = fit(columns, [columns.map(({ title }) => title), ...lines]);
  print(
    styled(
      'bold',
      lineOf(
        columns.map(({ title }) => title),
        columns,
        widths,
      ),
    ),
  );
  for (const line of lines) print(lineOf(line, columns, widths));
}

/** Names and values, one a line. */
export function printFields(fields: readonly (readonly [name: string, value: string])[]): void {
  const width = Math.max(...fields.map(([name]) => widthOf(name)));
  for (const [name, value] of fields) print(`${styled('bold', name.padEnd(width))}  ${printable(value)}`);
}

/** Colour or weight where standard output is a terminal that wants it. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** A time of the server in UTC to the minute; `none` where there is none. */
export function shortTime(time: string | null | undefined, none: string): string {
  if (time === null || time === undefined) return none;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toISOString().slice(0, 16).replace('T', ' ');
}

/** The columns that output has; none into a pipe, unless COLUMNS says so. */
export function terminalColumns(): number {
  const asked = process.stdout.isTTY ? process.stdout.columns : Number(process.env['COLUMNS']);
  return asked > 0 ? asked : Number.POSITIVE_INFINITY;
}

function fit(columns: readonly Column[], lines: readonly (readonly string[])[]): number[] {
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => widthOf(line[at] ?? ''))));
  const room = terminalColumns() - GAP * (columns.length - 1);
  for (;;) {
    const excess = widths.reduce((sum, width) => sum + width, 0) - room;
    const widest = widestFlexible(columns, widths);
    if (excess <= 0 || widest === undefined) return widths;
    const width = widths[widest] ?? 0;
    // Down to the next widest first, so that one long column does not cost the others anything.
    const next = Math.max(NARROWEST, ...widths.filter((other, at) => columns[at]?.flexible && other < width));
    widths[widest] = Math.max(next === width ? width - 1 : next, width - excess, NARROWEST);
  }
}

function widestFlexible(columns: readonly Column[], widths: readonly number[]): number | undefined {
  let widest: number | undefined;
  for (const [at, width] of widths.entries()) {
    if (columns[at]?.flexible && width > NARROWEST && width > (widths[widest ?? -1] ?? 0)) widest = at;
  }
  return widest;
}

function lineOf(cells: readonly string[], columns: readonly Column[], widths: readonly number[]): string {
  const padded = columns.map(({ align }, at) => {
    const width = widths[at] ?? 0;
    const text = cut(cells[at] ?? '', width);
    const space = ' '.repeat(Math.max(width - widthOf(text), 0));
    return align === 'right' ? space + text : text + space;
  });
  return padded.join(' '.repeat(GAP)).trimEnd();
}
