import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from './column-types.ts';

/** What the server knows of each provider of single sign-on. */
export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { text, integer } = columnTypes(type);
  const statement = `create table sso_setting (provider ${text} primary key, uid ${text} not null unique,
    settings ${text} not null, secure_settings ${text} not null,
    created_at ${integer} not null, updated_at ${integer} not null)`;
  await sql.raw(statement).execute(db);
}
