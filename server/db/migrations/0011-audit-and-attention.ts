import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from './column-types.ts';

// What recordChange joins from now on. Of rows from before, only the letters of ASCII lose their case.
const SEARCHED = ['actor', 'action', 'object_id', 'object_name', 'address', 'request_id'];

/** What is searched in the audit, and the indexes by which it is read and credentials are looked through. */
export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { text } = columnTypes(type);
  const statements = [
    `alter table audit add column search_text ${text} not null default ''`,
    `update audit set search_text = lower(${SEARCHED.join(` || '\n' || `)})`,
    // Who was in no organization, and commands on the machine, were recorded in one that there is not.
    `update audit set org_id = null where org_id = 0`,
    `create index audit_by_actor on audit (org_id, actor, at)`,
    `create index audit_by_action on audit (org_id, action, at)`,
    `create index audit_by_kind on audit (org_id, object_kind, at)`,

    // Keys have no account. No time of use in it: each use would then write the index as well.
    `create index credential_by_life on credential (org_id, service_account_id, is_revoked, expires_at, created_at)`,
    `create index credential_moved on credential (org_id) where migrated_at is not null`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
