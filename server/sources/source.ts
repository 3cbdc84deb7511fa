/** A value as it was read: flags are 0 or 1, times are text, and whole numbers that JavaScript cannot hold are bigint. */
export type Value = null | string | number | bigint | Uint8Array;
export type Row = Readonly<Record<string, Value | undefined>>;

/** What a column must be, or be above, for a row to be read. */
export type Equals = Readonly<Record<string, string | number | boolean | { above: number }>>;

export interface Page {
  /** Those of them that the table has are read. */
  columns: readonly string[];
  /** Columns of which only the number of bytes is read, as `<name>_bytes`. */
  sizes?: readonly string[] | undefined;
  equals?: Equals | undefined;
  /** The id after which it begins; undefined is at the first. */
  after: number | bigint | undefined;
  limit: number;
}

/** A column and the values of it that are wanted: not too many. */
export interface Among {
  column: string;
  values: readonly (string | number)[];
}

/** The database of another program, which is read and never written. */
export interface Source {
  /** What it is, as people may see it: no password is in it. */
  name: string;
  /** Whether it has the table and, where columns are named, all of those. */
  has(table: string, ...columns: string[]): boolean;
  count(table: string, equals?: Equals): Promise<number>;
  /** The greatest value of a column that is not above a limit; 0 when there is none. */
  greatest(table: string, column: string, atMost: number): Promise<number>;
  /** Rows by their id. */
  page(table: string, page: Page): Promise<Row[]>;
  /** The rows whose column has one of these values and, where a second one is named, that has one of its own. */
  rowsWith(
    table: string,
    column: string,
    values: readonly (string | number)[],
    wanted: Pick<Page, 'columns' | 'sizes'> & { also?: Among },
  ): Promise<Row[]>;
  close(): Promise<void>;
}

/** A source that cannot be read. The message says what is wrong, the detail what to do about it. */
export class SourceError extends Error {
  override name = 'SourceError';
  readonly detail: string;

  constructor(message: string, detail: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.detail = detail;
  }
}
