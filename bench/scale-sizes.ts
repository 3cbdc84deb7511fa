import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { table } from './turn.ts';

const LARGEST = 14;
const MIB = 2 ** 20;

interface Part {
  name: string;
  of: string;
  bytes: number;
}

/** The largest tables and indexes of a database, as a table. */
export async function sizesOf(env: Record<string, string>): Promise<string> {
  const url = env['GF_DATABASE_URL'];
  const parts =
    url === undefined
      ? partsOfSqlite(join(env['GF_PATHS_DATA'] ?? '', 'latchkey.db'))
      : await partsOfPostgres(url);
  const sums = Map.groupBy(parts, ({ of }) => of);
  const sum = (some: readonly Part[]): number => some.reduce((total, { bytes }) => total + bytes, 0);
  const inMiB = (bytes: number): string => `${(bytes / MIB).toFixed(0)} MiB`;
  const rows = [...sums]
    .toSorted(([, some], [, others]) => sum(others) - sum(some))
    .slice(0, LARGEST)
    .map(([name, some]) => {
      const indexes = some.filter((part) => part.name !== name);
      const [largest] = indexes.toSorted((one, another) => another.bytes - one.bytes);
      return [
        name,
        inMiB(sum(some) - sum(indexes)),
        inMiB(sum(indexes)),
        largest === undefined ? '' : `${largest.name} ${inMiB(largest.bytes)}`,
      ];
    });
  rows.push([
    'all',
    inMiB(sum(parts.filter(({ name, of }) => name === of))),
    inMiB(sum(parts.filter(({ name, of }) => name !== of))),
    '',
  ]);
  return table(['', 'table', 'indexes', 'the largest of them'], rows);
}

function partsOfSqlite(path: string): Part[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const parts = database
    .prepare(
      `select s.name, coalesce(m.tbl_name, s.name) as "of", sum(s.pgsize) as bytes from dbstat s
         left join sqlite_master m on m.name = s.name where s.aggregate = true group by s.name`,
    )
    .all() as unknown as Part[];
  database.close();
  return parts;
}

async function partsOfPostgres(url: string): Promise<Part[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Part>(
    `select c.relname as name, coalesce(t.relname, c.relname) as "of",
       (case when c.relkind = 'r' then pg_table_size(c.oid) else pg_relation_size(c.oid) end)::float8 as bytes
     from pg_class c left join pg_index i on i.indexrelid = c.oid left join pg_class t on t.oid = i.indrelid
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'i')`,
  );
  await client.end();
  return rows;
}
