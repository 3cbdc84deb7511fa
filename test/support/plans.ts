import { CompiledQuery, type Kysely, type KyselyPlugin, sql } from 'kysely';
import type { DatabaseType } from '../../server/db/migrations/column-types.ts';
import type { Schema } from '../../server/db/schema.ts';

/** A statement as it is sent. */
export interface Sent {
  sql: string;
  parameters: readonly unknown[];
}

/** A table that a statement reads whole, be it by an index. */
export interface WholeRead {
  table: string;
  sql: string;
}

/** The same database; whatever statement goes through it is handed over first. */
export function listening(db: Kysely<Schema>, onSent: (sent: Sent) => void): Kysely<Schema> {
  const plugin: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      const { sql: text, parameters } = db.getExecutor().compileQuery(node, queryId);
      onSent({ sql: text, parameters });
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  };
  return db.withPlugin(plugin);
}

const HAS_PLAN = /^\s*(select|insert|update|delete|with)\b/i;
// They do not grow with what is on the server.
const FEW_ROWS = new Set(['lease', 'sso_setting', 'grafana_source', 'secret_key_check', 'kysely_migration']);
const MAY_READ_WHOLE: Record<string, RegExp> = {
  'all organizations, in their order and up to the page':
    /^select "id", "name" from "org" .*order by "name" limit/s,
  'all users, in their order and up to the page': /^select \* from "user" .*order by "login" limit/s,
  'how many there are of all, for whoever administers the server':
    /^select count\(\*\) as "count" from "(org|user)"/,
  'figures of the whole server, for whoever administers it': /as "monthlySessions"|^with "person" as/,
  'any row will do': /^select "id" from "org" limit/,
  'the first entry of an index': /^select min\("hour"\) as "hour" from "usage_\w+"$/,
};

/** Which of these statements read a whole table that grows and need not, as the database would run them. */
export async function listWholeReads(
  db: Kysely<Schema>,
  type: DatabaseType,
  statements: readonly Sent[],
): Promise<WholeRead[]> {
  const found: WholeRead[] = [];
  const once = new Map(
    statements.filter(({ sql: text }) => HAS_PLAN.test(text)).map((sent) => [sent.sql, sent]),
  );
  const known = await knownIn(db, type);
  const reasons = Object.values(MAY_READ_WHOLE);
  for (const sent of once.values()) {
    if (reasons.some((statement) => statement.test(sent.sql))) continue;
    const tables =
      type === 'sqlite' ? await readBySqlite(db, sent, known) : await readByPostgres(db, sent, known);
    for (const table of new Set(tables)) if (!FEW_ROWS.has(table)) found.push({ table, sql: sent.sql });
  }
  return found;
}

/** Keeps PostgreSQL from counting how few rows there are, which it does by itself after a minute: it would plan for as few. */
export async function leaveUncounted(db: Kysely<Schema>): Promise<void> {
  for (const table of (await knownIn(db, 'postgres')).tables) {
    await sql`alter table ${sql.table(table)} set (autovacuum_enabled = false)`.execute(db);
  }
}

/** Has PostgreSQL read a whole table only where nothing else is possible: with few rows it always would. Within a transaction. */
export async function avoidWholeReads(db: Kysely<Schema>): Promise<void> {
  for (const way of ['seqscan', 'hashjoin', 'mergejoin'])
    await sql.raw(`set local enable_${way} = off`).execute(db);
}

interface Known {
  tables: Set<string>;
  /** Indexes of some rows alone: who reads the whole of one reads what it is for. */
  partial: Set<string>;
}

async function knownIn(db: Kysely<Schema>, type: DatabaseType): Promise<Known> {
  const names = async (query: string): Promise<Set<string>> => {
    const { rows } = await sql<{ name: string }>`${sql.raw(query)}`.execute(db);
    return new Set(rows.map(({ name }) => name));
  };
  return type === 'sqlite'
    ? {
        tables: await names(`select name from sqlite_master where type = 'table'`),
        partial: await names(`select name from sqlite_master where type = 'index' and sql like '% where %'`),
      }
    : {
        tables: await names('select tablename as name from pg_tables where schemaname = current_schema()'),
        partial: await names(`select indexname as name from pg_indexes where indexdef like '% WHERE %'`),
      };
}

async function readBySqlite(
  db: Kysely<Schema>,
  { sql: text, parameters }: Sent,
  { tables, partial }: Known,
): Promise<string[]> {
  const query = CompiledQuery.raw(`explain query plan ${text}`, [...parameters]);
  const { rows } = await db.executeQuery<{ detail: string }>(query);
  const lines = rows.map(({ detail }) => detail);
  const aliases = new Map(
    [...text.matchAll(/"?(\w+)"?\s+as\s+"?(\w+)"?/gi)].map(([, table = '', alias = '']) => [alias, table]),
  );
  return lines.flatMap((line) => {
    const [, name = '', index = ''] = /^SCAN (\w+)(?:.* INDEX (\w+))?/.exec(line) ?? [];
    // A subquery that has the name of a table, and is read whole because it is what was looked for.
    const isMade = lines.some(
      (other) => /^(CO-ROUTINE|MATERIALIZE) /.test(other) && other.endsWith(` ${name}`),
    );
    const table = aliases.get(name) ?? name;
    return !tables.has(table) || isMade || partial.has(index) ? [] : [table];
  });
}

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: Node[];
}

async function readByPostgres(
  db: Kysely<Schema>,
  { sql: text, parameters }: Sent,
  known: Known,
): Promise<string[]> {
  const query = CompiledQuery.raw(`explain (format json) ${text}`, [...parameters]);
  const { rows } = await db.executeQuery<{ 'QUERY PLAN': [{ Plan: Node }] }>(query);
  return rows.flatMap((row) => readByNode(row['QUERY PLAN'][0].Plan, known));
}

function readByNode(node: Node, { tables, partial }: Known, above = ''): string[] {
  const { 'Node Type': type, 'Relation Name': table = above, 'Index Name': index = '', Plans = [] } = node;
  const isByIndex = /Index (Only )?Scan$/.test(type);
  const isWhole =
    type === 'Seq Scan' || (isByIndex && node['Index Cond'] === undefined && !partial.has(index));
  const own = isWhole && tables.has(table) ? [table] : [];
  return [...own, ...Plans.flatMap((each) => readByNode(each, { tables, partial }, table))];
}
