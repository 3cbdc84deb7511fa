import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { Cell, Table } from '../db/tables.ts';
import { type ApiError, badRequest } from '../errors.ts';

// One line of JSON after the other, compressed by gzip: the heading; of each table its name and columns, its rows as lists of
// values, and how many there were with the last id that was given out; in the end the sum of all and the SHA-256 of the lines above.

const FORMAT = 'latchkey-backup';
const VERSION = 1;
// Of letters, so that memory stays small whatever the rows are.
const BATCH_LETTERS = 1_000_000;
const BATCH_ROWS = 200;
// Of letters. No body may have more than 100 MiB, and what is kept of it is at most twice as long here.
const LONGEST_LINE = 256 * 1024 * 1024;

export interface Heading {
  madeAt: string;
  /** The steps by which the schema was brought to where it was. */
  steps: readonly string[];
  /** Only where that was asked for. */
  secretKey?: string;
}

export interface TableToWrite extends Table {
  rows: AsyncIterable<Cell[][]>;
  lastId: () => Promise<number | null>;
}

/** What there is in a backup, of which every line was read. */
export interface Contents extends Heading {
  rows: number;
  tables: { name: string; rows: number }[];
}

/** Told of each part in its order. */
export interface Reader {
  heading?(heading: Heading): Promise<void>;
  rows?(table: Table, rows: Cell[][]): Promise<void>;
  tableEnd?(table: Table, lastId: number | null): Promise<void>;
}

/** Writes a new file that only its owner may read, and waits until it is on disk. */
export async function writeArchive(
  path: string,
  heading: Heading,
  tables: AsyncIterable<TableToWrite>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(Readable.from(linesOf(heading, tables)), createGzip(), file, { signal });
}

async function* linesOf(heading: Heading, tables: AsyncIterable<TableToWrite>): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const total = { tables: 0, rows: 0 };
  const counted = (text: string): string => {
    hash.update(text);
    return text;
  };
  yield counted(line({ format: FORMAT, version: VERSION, ...heading }));
  for await (const { name, columns, rows, lastId } of tables) {
    yield counted(line({ table: name, columns }));
    let count = 0;
    for await (const batch of rows) {
      count += batch.length;
      for (const row of batch) requireCells(name, row);
      yield counted(batch.map(line).join(''));
    }
    yield counted(line({ rows: count, lastId: await lastId() }));
    total.tables++;
    total.rows += count;
  }
  yield line({ ...total, sha256: hash.digest('hex') });
}

function line(value: unknown): string {
  const text = JSON.stringify(value);
  if (text.length > LONGEST_LINE) throw new RangeError('a row is longer than any that a backup can hold');
  return `${text}\n`;
}

/** Reads a whole backup. An error that can be expected says that it is no backup, or one that was cut off or altered. */
export async function readArchive(path: string, reader: Reader = {}): Promise<Contents> {
  const hash = createHash('sha256');
  const lines = linesIn(path, hash);
  try {
    const contents = await readHeading(path, lines);
    await reader.heading?.(contents);
    for (;;) {
      const start = objectIn(path, await next(path, lines));
      if (typeof start['table'] === 'string') {
        await readTable(path, lines, start, contents, reader);
        continue;
      }
      const { tables, rows, sha256 } = start;
      const isWhole =
        tables === contents.tables.length && rows === contents.rows && sha256 === hash.copy().digest('hex');
      if (!isWhole || !(await lines.next()).done)
        throw damaged(path, 'what is in it is not what was written');
      return contents;
    }
  } finally {
    await lines.return(undefined);
  }
}

async function readHeading(path: string, lines: AsyncGenerator<string>): Promise<Contents> {
  const { format, version, madeAt, steps, secretKey } = objectIn(path, await next(path, lines));
  if (format !== FORMAT) throw noBackup(path);
  if (version !== VERSION)
    throw badRequest('Take the version of Latchkey that wrote it.', `${path} is of another format`);
  const isWell = typeof madeAt === 'string' && Array.isArray(steps) && steps.every(isText);
  if (!isWell) throw damaged(path, 'its heading does not say what it should');
  const key = typeof secretKey === 'string' ? { secretKey } : {};
  return { madeAt, steps, ...key, rows: 0, tables: [] };
}

async function readTable(
  path: string,
  lines: AsyncGenerator<string>,
  { table: name, columns }: Record<string, unknown>,
  contents: Contents,
  reader: Reader,
): Promise<void> {
  if (typeof name !== 'string' || !Array.isArray(columns) || !columns.every(isText))
    throw damaged(path, 'a table has no columns');
  const table = { name, columns };
  let [count, letters, batch] = [0, 0, [] as Cell[][]];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await reader.rows?.(table, batch);
    [letters, batch] = [0, []];
  };
  for (;;) {
    const text = await nextText(path, lines);
    const value = parse(path, text);
    if (!Array.isArray(value)) {
      const { rows, lastId } = value;
      if (rows !== count) throw damaged(path, `${name} should have ${String(rows)} rows and has ${count}`);
      await flush();
      await reader.tableEnd?.(table, typeof lastId === 'number' ? lastId : null);
      contents.tables.push({ name, rows: count });
      contents.rows += count;
      return;
    }
    if (value.length !== columns.length || !value.every(isCell))
      throw damaged(path, `a row of ${name} does not fit its columns`);
    batch.push(value);
    count++;
    letters += text.length;
    if (batch.length >= BATCH_ROWS || letters >= BATCH_LETTERS) await flush();
  }
}

/** The lines of the file one by one. While one is looked at, the hash is of those before it. */
async function* linesIn(path: string, hash: Hash): AsyncGenerator<string> {
  const file = createReadStream(path);
  const plain = createGunzip({ rejectGarbageAfterEnd: true });
  // What goes wrong in either comes out of the reading below.
  file.once('error', (error) => plain.destroy(error));
  file.pipe(plain).setEncoding('utf8');
  // Looked through once each, as a line may be of many parts.
  let [begun, letters] = [[] as string[], 0];
  try {
    for await (const part of plain as AsyncIterable<string>) {
      const ends = part.split('\n');
      const rest = ends.pop() ?? '';
      for (const end of ends) {
        const text = begun.join('') + end;
        [begun, letters] = [[], 0];
        yield text;
        hash.update(`${text}\n`);
      }
      begun.push(rest);
      letters += rest.length;
      if (letters > LONGEST_LINE) throw damaged(path, 'a line of it is longer than any that was written');
    }
    if (letters > 0) throw damaged(path, 'its last line is not whole');
  } catch (error) {
    throw asDamage(path, error);
  } finally {
    file.destroy();
    plain.destroy();
  }
}

async function next(
  path: string,
  lines: AsyncGenerator<string>,
): Promise<Record<string, unknown> | unknown[]> {
  return parse(path, await nextText(path, lines));
}

async function nextText(path: string, lines: AsyncGenerator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw damaged(path, 'its end is missing');
  return value;
}

function parse(path: string, text: string): Record<string, unknown> | unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown> | unknown[];
  } catch {
    // Said below.
  }
  throw damaged(path, 'a line is not what was written');
}

function objectIn(path: string, value: Record<string, unknown> | unknown[]): Record<string, unknown> {
  if (Array.isArray(value)) throw noBackup(path);
  return value;
}

function asDamage(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'Z_DATA_ERROR' && error instanceof Error && error.message === 'incorrect header check')
    return noBackup(path);
  if (code === 'ERR_TRAILING_JUNK_AFTER_STREAM_END') return damaged(path, 'something stands behind its end');
  return code.startsWith('Z_') ? damaged(path, (error as Error).message) : error;
}

function noBackup(path: string): ApiError {
  return badRequest('Name a file that "latchkey backup" wrote.', `${path} is no backup of Latchkey`);
}

function damaged(path: string, how: string): ApiError {
  return badRequest('Take another backup. Nothing was changed.', `${path} is damaged: ${how}`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCell(value: unknown): value is Cell {
  return value === null || typeof value === 'string' || typeof value === 'number';
}

function requireCells(table: string, row: readonly unknown[]): void {
  const odd = row.find((value) => !isCell(value));
  if (odd !== undefined) throw new TypeError(`${table} holds a ${typeof odd}, which no backup can hold`);
}
