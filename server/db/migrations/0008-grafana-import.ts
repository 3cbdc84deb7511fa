import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from './column-types.ts';

/** What has been brought from which Grafana, so that bringing it again adds only what is new. */
export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { id, text, integer, flag } = columnTypes(type);
  const sourceId = `source_id ${integer} not null references grafana_source (id)`;

  const statements = [
    `create table grafana_source (${id}, took_over ${flag}, begun_at ${integer} not null)`,
    `create table grafana_sign (sign ${text} primary key, ${sourceId})`,
    `create table grafana_ids (${sourceId}, table_name ${text} not null, above ${integer} not null,
       up_to ${integer} not null, primary key (source_id, table_name, above))`,
    `create table grafana_import (${sourceId}, kind ${text} not null, row_id ${integer} not null,
       target_id ${integer} not null, primary key (source_id, kind, row_id))`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
