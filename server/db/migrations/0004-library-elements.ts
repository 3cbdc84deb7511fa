import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from './column-types.ts';

/** Library elements, and which of them dashboards name. */
export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { id, text, integer } = columnTypes(type);
  const orgId = `org_id ${integer} not null references org (id) on delete cascade`;

  const statements = [
    `create table library_element (${id}, ${orgId},
       folder_id ${integer} references dashboard (id) on delete cascade,
       uid ${text} not null, name ${text} not null, kind ${integer} not null, type ${text} not null,
       description ${text} not null, name_text ${text} not null, search_text ${text} not null,
       version ${integer} not null, created_at ${integer} not null, created_by ${integer},
       updated_at ${integer} not null, updated_by ${integer}, model ${text} not null, unique (org_id, uid))`,
    // Grafana: a panel and a variable may have the same name.
    `create unique index library_element_by_name on library_element (org_id, coalesce(folder_id, 0), name, kind)`,
    `create index library_element_by_folder on library_element (folder_id)`,
    `create index library_element_by_text on library_element (org_id, name_text, id)`,

    `create table dashboard_library_panel (${id}, ${orgId},
       dashboard_id ${integer} not null references dashboard (id) on delete cascade,
       element_uid ${text} not null, created_at ${integer} not null, created_by ${integer},
       unique (dashboard_id, element_uid))`,
    `create index dashboard_library_panel_by_element on dashboard_library_panel (org_id, element_uid, id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
