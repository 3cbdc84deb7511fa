import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from './column-types.ts';

export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { id, text, integer } = columnTypes(type);

  const statements = [
    `create table playlist (${id}, org_id ${integer} not null references org (id) on delete cascade,
       uid ${text} not null, name ${text} not null, pause ${text} not null, search_text ${text} not null,
       created_at ${integer} not null, updated_at ${integer} not null, unique (org_id, uid))`,
    `create index playlist_by_text on playlist (org_id, search_text, id)`,

    `create table playlist_item (playlist_id ${integer} not null references playlist (id) on delete cascade,
       position ${integer} not null, type ${text} not null, value ${text} not null, title ${text} not null,
       primary key (playlist_id, position))`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
