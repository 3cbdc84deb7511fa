import { type Kysely, sql } from 'kysely';

/** What is asked for by something that no index began with, so that every row of the server was looked at. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    // A user or account that goes takes what it was given in whatever organization.
    `drop index object_permission_by_subject`,
    `create index object_permission_by_subject on object_permission (subject, org_id, kind, level, object_id)`,

    `create index session_by_creation on session (created_at)`,
    `create index user_server_admin on "user" (id) where is_server_admin = 1`,
    `create index user_imported on "user" (id) where substr(password_hash, 1, 9) = '$grafana$'`,

    // The filters by which single entries are looked for; the organization's others would all be read.
    `create index audit_by_credential on audit (org_id, credential, credential_id, at)`,
    `create index audit_by_request on audit (org_id, request_id, at)`,
    `create index audit_by_address on audit (org_id, address, at)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
