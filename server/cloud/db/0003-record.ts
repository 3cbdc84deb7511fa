import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from '../../db/migrations/column-types.ts';

// The same table as in the database of a server or a stack, since the same rules write and read it.
export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { id, text, integer } = columnTypes(type);

  const statements = [
    `create table audit (${id}, at ${integer} not null, org_id ${integer}, actor ${text} not null,
       actor_id ${integer} not null, credential ${text} not null, credential_id ${integer} not null,
       address ${text} not null, request_id ${text} not null, action ${text} not null, object_kind ${text} not null,
       object_id ${text} not null, object_name ${text} not null, change ${text} not null, search_text ${text} not null)`,
    'create index audit_by_org on audit (org_id, at)',
    'create index audit_by_at on audit (at)',
    'create index audit_by_actor on audit (org_id, actor, at)',
    'create index audit_by_action on audit (org_id, action, at)',
    'create index audit_by_kind on audit (org_id, object_kind, at)',
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
