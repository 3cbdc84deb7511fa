import type { WholeEntry } from './entries.ts';

export const FORMATS = ['jsonl', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

const COLUMNS = [
  'id',
  'at',
  'orgId',
  'actorKind',
  'actor',
  'actorId',
  'credential',
  'credentialId',
  'address',
  'requestId',
  'action',
  'objectKind',
  'objectId',
  'object',
  'change',
];

// What spreadsheets take for a formula, in the wide forms of East Asian scripts too.
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/** The text of a file of entries, a piece for each page of them. */
export async function* exported(format: Format, pages: AsyncIterable<WholeEntry[]>): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(COLUMNS);
  const lineOf = format === 'csv' ? (entry: WholeEntry) => csvLine(cellsOf(entry)) : jsonLine;
  for await (const entries of pages) yield entries.map(lineOf).join('');
}

/** https://jsonlines.org */
function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** RFC 4180, in which a text that a spreadsheet would calculate begins with an apostrophe, as they write it themselves. */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function cellsOf({ actor, credential, object, ...entry }: WholeEntry): (string | number)[] {
  return [
    entry.id,
    entry.at,
    entry.orgId ?? '',
    actor.kind,
    actor.name,
    actor.id,
    credential.kind,
    credential.id,
    entry.address,
    entry.requestId,
    entry.action,
    object.kind,
    object.id,
    object.name,
    JSON.stringify(entry.change),
  ];
}
