import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from './column-types.ts';

/** Dashboards that anybody may read who knows their token. */
export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { id, text, integer, flag } = columnTypes(type);
  await sql
    .raw(
      `create table public_dashboard (${id}, org_id ${integer} not null references org (id) on delete cascade,
         dashboard_id ${integer} not null unique references dashboard (id) on delete cascade,
         uid ${text} not null, access_token ${text} not null unique, is_enabled ${flag},
         annotations_enabled ${flag}, time_selection_enabled ${flag}, share ${text} not null,
         created_at ${integer} not null, created_by ${integer}, updated_at ${integer} not null,
         updated_by ${integer}, unique (org_id, uid))`,
    )
    .execute(db);
}
