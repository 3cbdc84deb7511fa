import type { DatabaseType } from './migrations/column-types.ts';

/** What is kept in a column: there are no others in either database. */
export type Cell = string | number | null;

export interface Table {
  name: string;
  columns: readonly string[];
}

/** Runs a query as it is written; each row as the values of its columns. */
export type Query = (text: string) => Promise<unknown[][]>;

const COLUMNS: Record<DatabaseType, string> = {
  sqlite: `select t.name, c.name as column_name from sqlite_master t, pragma_table_info(t.name) c
    where t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\' order by t.name, c.cid`,
  postgres: `select c.table_name, c.column_name from information_schema.columns c join information_schema.tables t
    on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' order by c.table_name, c.ordinal_position`,
};

const REFERENCES: Record<DatabaseType, string> = {
  sqlite: `select t.name, f."table" as other from sqlite_master t, pragma_foreign_key_list(t.name) f where t.type = 'table'`,
  postgres: `select t.relname, f.relname as other from pg_constraint k join pg_class t on t.oid = k.conrelid
    join pg_class f on f.oid = k.confrelid where k.contype = 'f' and k.connamespace = current_schema()::regnamespace`,
};

const LAST_IDS: Record<DatabaseType, string> = {
  sqlite: 'select name, seq from sqlite_sequence',
  postgres: `select c.table_name, pg_sequence_last_value(pg_get_serial_sequence(quote_ident(c.table_name), 'id')::regclass)
    from information_schema.columns c where c.table_schema = current_schema() and c.column_name = 'id' and c.is_identity = 'YES'`,
};

/** All tables of a database, each behind those that it refers to. */
export async function tablesOf(query: Query, type: DatabaseType): Promise<Table[]> {
  const columns = Map.groupBy((await query(COLUMNS[type])) as [string, string][], ([table]) => table);
  const references = (await query(REFERENCES[type])) as [table: string, other: string][];
  const tables: Table[] = [];
  for (let left = [...columns.keys()]; left.length > 0;) {
    const waits = (name: string): boolean =>
      references.some(([table, other]) => table === name && other !== name && left.includes(other));
    const next = left.filter((name) => !waits(name));
    if (next.length === 0) throw new Error(`${left.join(', ')} refer to one another in a circle`);
    for (const name of next)
      tables.push({ name, columns: (columns.get(name) ?? []).map(([, column]) => column) });
    left = left.filter(waits);
  }
  return tables;
}

/** The last id that each table has given out, which may be of a row that is gone. */
export async function lastIdsOf(query: Query, type: DatabaseType): Promise<Map<string, number>> {
  const rows = (await query(LAST_IDS[type])) as [table: string, last: number | null][];
  return new Map(rows.flatMap(([table, last]) => (last === null ? [] : [[table, last]])));
}
