import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from '../../db/migrations/column-types.ts';

export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { id, text, integer, flag } = columnTypes(type);
  const times = `created_at ${integer} not null, updated_at ${integer} not null`;
  const ofOrg = `org_id ${integer} not null references org (id) on delete cascade`;

  const statements = [
    `create table org (${id}, slug ${text} not null unique, name ${text} not null, ${times})`,
    `create table member (${id}, ${ofOrg}, username ${text} not null, role ${text} not null, billing ${flag}, ${times},
       unique (org_id, username))`,
    `create table cloud_key (${id}, ${ofOrg}, name ${text} not null, role ${text} not null,
       secret_hash ${text} not null unique, created_at ${integer} not null, unique (org_id, name))`,

    `create table policy (${id}, uid ${text} not null unique, ${ofOrg}, region ${text} not null, name ${text} not null,
       display_name ${text} not null, scopes ${text} not null, realms ${text} not null, allowed_subnets ${text} not null, ${times},
       unique (org_id, region, name))`,
    `create table policy_token (${id}, uid ${text} not null unique,
       policy_id ${integer} not null references policy (id) on delete cascade, name ${text} not null,
       display_name ${text} not null, secret_hash ${text} not null unique, expires_at ${integer}, ${times},
       unique (policy_id, name))`,

    `create table stack (${id}, ${ofOrg}, slug ${text} not null, name ${text} not null, description ${text} not null,
       region ${text} not null, labels ${text} not null, delete_protection ${flag},
       port ${integer}, host ${text}, created_by ${text} not null, updated_by ${text} not null, ${times},
       deleted_at ${integer}, removed_at ${integer})`,
    // Of those that are there: who deletes one may make another of the same name at once.
    'create unique index stack_by_slug on stack (slug) where deleted_at is null',
    'create unique index stack_by_port on stack (port) where deleted_at is null',
    'create unique index stack_by_host on stack (host) where deleted_at is null',
    'create index stack_by_deletion on stack (deleted_at) where removed_at is null',
    `create table plugin (${id}, stack_id ${integer} not null references stack (id) on delete cascade,
       slug ${text} not null, version ${text} not null, created_at ${integer} not null, unique (stack_id, slug))`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
