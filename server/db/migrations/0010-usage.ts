import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from './column-types.ts';

/** How often each credential asked what, and from where, hour by hour. */
export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { text, integer } = columnTypes(type);
  const whose = `org_id ${integer} references org (id) on delete cascade, hour ${integer} not null,
    credential_kind ${text} not null, credential_id ${integer} not null`;
  const statements = [
    `create table usage_request (${whose}, route ${text} not null, status ${integer} not null,
       requests ${integer} not null)`,
    `create table usage_caller (${whose}, address ${text} not null, requests ${integer} not null)`,
    // Rows of no organization are one another's match too, which nulls by themselves are not.
    `create unique index usage_request_once on usage_request
       (hour, coalesce(org_id, 0), credential_kind, credential_id, route, status)`,
    `create unique index usage_caller_once on usage_caller
       (hour, coalesce(org_id, 0), credential_kind, credential_id, address)`,
    `create index usage_request_by_org on usage_request (org_id, hour)`,
    `create index usage_caller_by_org on usage_caller (org_id, hour)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
