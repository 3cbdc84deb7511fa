import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../db/schema.ts';

/** The tables that give out ids of their own. */
export type Numbered =
  | 'org'
  | 'identity'
  | 'team'
  | 'credential'
  | 'dashboard'
  | 'data_source'
  | 'library_element'
  | 'playlist'
  | 'annotation';

export interface Range {
  above: number;
  up_to: number;
}

/**
 * Has a table give out only ids above a number from now on, and returns the last one that it has given out so far. To be called
 * within a transaction: nobody else gets an id in between.
 */
export async function skipIds(
  db: Kysely<Schema>,
  type: 'sqlite' | 'postgres',
  table: Numbered,
  upTo: number,
): Promise<number> {
  if (type === 'postgres') {
    await sql`lock table ${sql.table(table)} in share row exclusive mode`.execute(db);
  }
  const last = await lastId(db, type, table);
  if (last >= upTo) return last;
  if (type === 'postgres') await sql`select setval(${sequenceOf(table)}, ${upTo})`.execute(db);
  else await setSqliteSequence(db, table, upTo);
  return last;
}

/** The last id that a table has given out. */
async function lastId(db: Kysely<Schema>, type: 'sqlite' | 'postgres', table: Numbered): Promise<number> {
  const query =
    type === 'postgres'
      ? sql<{ last: number | null }>`select pg_sequence_last_value(${sequenceOf(table)}::regclass) as last`
      : sql<{ last: number | null }>`select seq as last from sqlite_sequence where name = ${table}`;
  return (await query.execute(db)).rows[0]?.last ?? 0;
}

/** So many new ids of a table, which nobody else gets. */
export async function takeIds(
  db: Kysely<Schema>,
  type: 'sqlite' | 'postgres',
  table: Numbered,
  count: number,
): Promise<number[]> {
  if (count === 0) return [];
  if (type === 'postgres') {
    const { rows } = await sql<{
      id: number;
    }>`select nextval(${sequenceOf(table)}) as id from generate_series(1, ${count}::integer)`.execute(db);
    return rows.map(({ id }) => id);
  }
  const last = await lastId(db, type, table);
  await setSqliteSequence(db, table, last + count);
  return Array.from({ length: count }, (_, at) => last + 1 + at);
}

export function listRanges(db: Kysely<Schema>, sourceId: number, table: Numbered): Promise<Range[]> {
  return db
    .selectFrom('grafana_ids')
    .select(['above', 'up_to'])
    .where('source_id', '=', sourceId)
    .where('table_name', '=', table)
    .execute();
}

export async function insertRange(
  db: Kysely<Schema>,
  sourceId: number,
  table: Numbered,
  range: Range,
): Promise<void> {
  await db
    .insertInto('grafana_ids')
    .values({ source_id: sourceId, table_name: table, ...range })
    .execute();
}

function sequenceOf(table: Numbered) {
  return sql`pg_get_serial_sequence(${`"${table}"`}, 'id')`;
}

async function setSqliteSequence(db: Kysely<Schema>, table: Numbered, last: number): Promise<void> {
  const { numAffectedRows = 0n } =
    await sql`update sqlite_sequence set seq = ${last} where name = ${table}`.execute(db);
  // A table that has never given out an id has no row yet.
  if (numAffectedRows > 0n) return;
  await sql`insert into sqlite_sequence (name, seq) values (${table}, ${last})`.execute(db);
}
