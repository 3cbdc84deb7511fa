import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from './column-types.ts';

/** The tables of version 1. */
export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { id, text, integer, flag, key } = columnTypes(type);

  const orgId = `org_id ${integer} not null references org (id) on delete cascade`;
  const dashboardId = `dashboard_id ${integer} not null references dashboard (id) on delete cascade`;
  const userId = `user_id ${integer} not null references "user" (id) on delete cascade`;
  const author = (column: string): string => `${column} ${integer}`;
  const times = `created_at ${integer} not null, updated_at ${integer} not null`;

  const statements = [
    `create table identity (${id}, kind ${text} not null)`,

    `create table org (${id}, name ${text} not null unique,
       address1 ${text} not null default '', address2 ${text} not null default '', city ${text} not null default '',
       zip_code ${text} not null default '', state ${text} not null default '', country ${text} not null default '',
       search_text ${text} not null, keys_migrated_at ${integer}, hides_api_keys ${flag}, ${times})`,

    `create table "user" (id ${key} references identity (id), login ${text} not null unique, email ${text} not null unique,
       name ${text} not null, password_hash ${text}, is_server_admin ${flag}, is_disabled ${flag},
       theme ${text} not null default '', org_id ${integer} not null, search_text ${text} not null, ${times}, last_seen_at ${integer})`,

    `create table org_member (${orgId}, ${userId}, role ${text} not null, ${times}, primary key (org_id, user_id))`,
    `create index org_member_by_user on org_member (user_id)`,

    `create table session (${id}, ${userId}, token_hash ${text} not null unique, previous_hash ${text} unique,
       user_agent ${text} not null, address ${text} not null,
       created_at ${integer} not null, rotated_at ${integer} not null, seen_at ${integer} not null)`,
    `create index session_by_user on session (user_id)`,
    `create index session_by_seen on session (seen_at)`,

    `create table service_account (id ${key} references identity (id), ${orgId}, name ${text} not null,
       login ${text} not null unique, role ${text} not null, is_disabled ${flag}, is_server_admin ${flag},
       search_text ${text} not null, ${times}, unique (org_id, name))`,

    `create table service_account_org (
       service_account_id ${integer} not null references service_account (id) on delete cascade, ${orgId},
       role ${text} not null, created_at ${integer} not null, primary key (service_account_id, org_id))`,
    `create index service_account_org_by_org on service_account_org (org_id)`,

    `create table credential (${id}, ${orgId},
       service_account_id ${integer} references service_account (id) on delete cascade,
       name ${text} not null, role ${text}, is_server_admin ${flag}, secret_hash ${text} not null unique,
       is_revoked ${flag}, migrated_at ${integer}, ${author('created_by')}, created_at ${integer} not null, expires_at ${integer},
       last_used_at ${integer}, unique (org_id, name), check ((service_account_id is null) <> (role is null)))`,
    `create index credential_by_service_account on credential (service_account_id)`,

    `create table dashboard (${id}, ${orgId}, uid ${text} not null, is_folder ${flag}, parent_uid ${text} not null,
       title ${text} not null, search_text ${text} not null, version ${integer} not null,
       created_at ${integer} not null, ${author('created_by')}, updated_at ${integer} not null, ${author('updated_by')},
       unique (org_id, uid), unique (org_id, parent_uid, title))`,
    `create index dashboard_by_text on dashboard (org_id, search_text, id)`,
    `create index folder_by_parent on dashboard (org_id, parent_uid, uid) where is_folder = 1`,

    `create table dashboard_version (${id}, ${dashboardId}, version ${integer} not null,
       parent_version ${integer} not null, restored_from ${integer} not null, message ${text} not null,
       created_at ${integer} not null, ${author('created_by')}, data ${text} not null, unique (dashboard_id, version))`,

    `create table dashboard_tag (${dashboardId}, term ${text} not null, primary key (dashboard_id, term))`,
    `create index dashboard_tag_by_term on dashboard_tag (term)`,

    `create table star (${userId}, ${dashboardId}, primary key (user_id, dashboard_id))`,
    `create index star_by_dashboard on star (dashboard_id)`,

    `create table object_permission (${id}, ${orgId}, kind ${text} not null, object_id ${text} not null,
       subject ${text} not null, level ${integer} not null, ${times}, unique (org_id, kind, object_id, subject))`,
    `create index object_permission_by_subject on object_permission (org_id, subject, kind, level, object_id)`,

    `create table team (${id}, ${orgId}, uid ${text} not null, name ${text} not null, email ${text} not null,
       search_text ${text} not null, ${times}, unique (org_id, uid), unique (org_id, name))`,

    `create table team_member (team_id ${integer} not null references team (id) on delete cascade,
       org_id ${integer} not null, user_id ${integer} not null, permission ${integer} not null, ${times},
       primary key (team_id, user_id),
       foreign key (org_id, user_id) references org_member (org_id, user_id) on delete cascade)`,
    `create index team_member_by_user on team_member (user_id, org_id)`,

    `create table team_group (team_id ${integer} not null references team (id) on delete cascade,
       group_id ${text} not null, created_at ${integer} not null, primary key (team_id, group_id))`,

    `create table preference (${orgId}, owner ${text} not null, user_id ${integer},
       team_id ${integer} references team (id) on delete cascade,
       theme ${text} not null, timezone ${text} not null, week_start ${text} not null, language ${text} not null,
       home_dashboard_id ${integer} references dashboard (id) on delete set null,
       navbar ${text} not null, query_history ${text} not null, ${times}, primary key (org_id, owner),
       foreign key (org_id, user_id) references org_member (org_id, user_id) on delete cascade)`,
    `create index preference_by_user on preference (user_id, org_id)`,
    `create index preference_by_team on preference (team_id)`,
    `create index preference_by_home_dashboard on preference (home_dashboard_id)`,

    `create table quota (owner ${text} not null, org_id ${integer} references org (id) on delete cascade,
       user_id ${integer} references "user" (id) on delete cascade, target ${text} not null,
       most ${integer} not null, updated_at ${integer} not null, primary key (owner, target))`,
    `create index quota_by_org on quota (org_id)`,
    `create index quota_by_user on quota (user_id)`,

    `create table role (${id}, org_id ${integer} references org (id) on delete cascade, uid ${text} not null,
       name ${text} not null, display_name ${text} not null, description ${text} not null, group_name ${text} not null,
       is_hidden ${flag}, version ${integer} not null, ${times})`,
    `create unique index role_by_uid on role (coalesce(org_id, 0), uid)`,
    `create unique index role_by_name on role (coalesce(org_id, 0), name)`,
    `create index role_by_org on role (org_id)`,

    `create table role_permission (role_id ${integer} not null references role (id) on delete cascade,
       action ${text} not null, scope ${text} not null, primary key (role_id, action, scope))`,

    `create table role_assignment (${id}, ${orgId}, role_id ${integer} references role (id) on delete cascade,
       fixed_role ${text} not null, user_id ${integer},
       service_account_id ${integer} references service_account (id) on delete cascade,
       team_id ${integer} references team (id) on delete cascade, created_at ${integer} not null,
       check ((role_id is null) <> (fixed_role = '')),
       foreign key (org_id, user_id) references org_member (org_id, user_id) on delete cascade)`,
    `create unique index role_assignment_once on role_assignment (org_id, coalesce(role_id, 0), fixed_role,
       coalesce(user_id, 0), coalesce(service_account_id, 0), coalesce(team_id, 0))`,
    `create index role_assignment_by_role on role_assignment (role_id)`,
    `create index role_assignment_by_user on role_assignment (user_id, org_id)`,
    `create index role_assignment_by_service_account on role_assignment (service_account_id)`,
    `create index role_assignment_by_team on role_assignment (team_id)`,

    `create table data_source (${id}, ${orgId}, uid ${text} not null, name ${text} not null, type ${text} not null,
       access ${text} not null, url ${text} not null, "user" ${text} not null, "database" ${text} not null,
       basic_auth ${flag}, basic_auth_user ${text} not null, with_credentials ${flag}, is_default ${flag},
       read_only ${flag}, version ${integer} not null, ${times}, json_data ${text} not null,
       secure_json_data ${text} not null, unique (org_id, uid), unique (org_id, name))`,

    // No foreign keys: the record outlives what it is about.
    `create table audit (${id}, at ${integer} not null, org_id ${integer}, actor ${text} not null,
       actor_id ${integer} not null, credential ${text} not null, credential_id ${integer} not null,
       address ${text} not null, request_id ${text} not null, action ${text} not null, object_kind ${text} not null,
       object_id ${text} not null, object_name ${text} not null, change ${text} not null)`,
    `create index audit_by_org on audit (org_id, at)`,
    `create index audit_by_at on audit (at)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
