import type { Among, Equals, Page, Row, Source, Value } from './source.ts';

/** What one kind of database does in its own way. */
export interface Engine {
  name: string;
  /** The columns of each table. */
  tables: ReadonlyMap<string, ReadonlySet<string>>;
  quote: (name: string) => string;
  /** How the value with this number, from 1, is referred to. */
  placeholder: (number: number) => string;
  flag: (value: boolean) => boolean | number;
  run(text: string, values: readonly Parameter[]): Promise<Row[]>;
  close(): Promise<void>;
}

export type Parameter = string | number | bigint | boolean;

const VALUES_AT_ONCE = 500;

/** A source over an engine: the few queries that there are, of names that the database itself has. */
export function sourceOver(engine: Engine): Source {
  const { tables, quote } = engine;

  const has = (table: string, ...columns: string[]): boolean => {
    const known = tables.get(table);
    return known !== undefined && columns.every((column) => known.has(column));
  };

  function selected(table: string, { columns, sizes = [] }: Pick<Page, 'columns' | 'sizes'>): string {
    const plain = columns.filter((column) => has(table, column)).map(quote);
    const bytes = sizes
      .filter((column) => has(table, column))
      .map((column) => `octet_length(${quote(column)}) as ${quote(`${column}_bytes`)}`);
    return [...plain, ...bytes].join(', ');
  }

  /** The conditions that columns have to meet; the values are added to those that are bound. */
  function conditions(table: string, equals: Equals, bound: Parameter[]): string[] {
    return Object.entries(equals)
      .filter(([column]) => has(table, column))
      .map(([column, value]) => {
        const isAbove = typeof value === 'object';
        bound.push(isAbove ? value.above : typeof value === 'boolean' ? engine.flag(value) : value);
        return `${quote(column)} ${isAbove ? '>' : '='} ${engine.placeholder(bound.length)}`;
      });
  }

  const where = (found: string[]): string => (found.length === 0 ? '' : ` where ${found.join(' and ')}`);

  return {
    name: engine.name,
    has,
    async count(table, equals = {}) {
      if (!has(table)) return 0;
      const bound: Parameter[] = [];
      const text = `select count(*) as n from ${quote(table)}${where(conditions(table, equals, bound))}`;
      return numberOf((await engine.run(text, bound))[0]?.['n']);
    },
    async greatest(table, column, atMost) {
      if (!has(table, column)) return 0;
      const name = quote(column);
      const text = `select max(${name}) as n from ${quote(table)} where ${name} <= ${engine.placeholder(1)}`;
      return numberOf((await engine.run(text, [atMost]))[0]?.['n']);
    },
    page(table, page) {
      if (!has(table, 'id')) return Promise.resolve([]);
      const bound: Parameter[] = [];
      const found = conditions(table, page.equals ?? {}, bound);
      if (page.after !== undefined) {
        bound.push(page.after);
        found.push(`${quote('id')} > ${engine.placeholder(bound.length)}`);
      }
      const text = `select ${selected(table, page)} from ${quote(table)}${where(found)} order by ${quote('id')} limit ${page.limit}`;
      return engine.run(text, bound);
    },
    async rowsWith(table, column, values, wanted) {
      if (!has(table, column)) return [];
      const rows: Row[] = [];
      for (let start = 0; start < values.length; start += VALUES_AT_ONCE) {
        const bound: Parameter[] = [];
        const among = ({ column: name, values: some }: Among): string => {
          const places = some.map((value) => {
            bound.push(value);
            return engine.placeholder(bound.length);
          });
          return `${quote(name)} in (${places.join(', ')})`;
        };
        const found = [
          { column, values: values.slice(start, start + VALUES_AT_ONCE) },
          ...(wanted.also === undefined ? [] : [wanted.also]),
        ];
        const text = `select ${selected(table, wanted)} from ${quote(table)}${where(found.map(among))}`;
        rows.push(...(await engine.run(text, bound)));
      }
      return rows;
    },
    close: () => engine.close(),
  };
}

/** Tables and columns as a list of pairs gives them. */
export function tablesOf(rows: readonly Row[]): Map<string, Set<string>> {
  const tables = new Map<string, Set<string>>();
  for (const { table_name: table, column_name: column } of rows) {
    const known = tables.get(String(table)) ?? new Set();
    tables.set(String(table), known.add(String(column)));
  }
  return tables;
}

/** A whole number as JavaScript holds it, or as it must be held. */
export function wholeNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function numberOf(value: Value | undefined): number {
  const number = Number(value ?? 0);
  return Number.isSafeInteger(number) ? number : 0;
}
