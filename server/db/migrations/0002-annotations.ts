import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from './column-types.ts';

export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { id, text, integer } = columnTypes(type);

  const statements = [
    `create table annotation (${id}, org_id ${integer} not null references org (id) on delete cascade,
       dashboard_id ${integer} references dashboard (id) on delete cascade, panel_id ${integer} not null,
       starts_at ${integer} not null, ends_at ${integer} not null, text ${text} not null, data ${text} not null,
       created_at ${integer} not null, created_by ${integer}, updated_at ${integer} not null)`,
    `create index annotation_by_time on annotation (org_id, ends_at, starts_at, id)`,
    `create index annotation_by_dashboard on annotation (dashboard_id, ends_at, starts_at, id)`,

    `create table annotation_tag (annotation_id ${integer} not null references annotation (id) on delete cascade,
       org_id ${integer} not null, term ${text} not null, search_text ${text} not null, position ${integer} not null,
       primary key (annotation_id, term))`,
    `create index annotation_tag_by_term on annotation_tag (org_id, term, annotation_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
