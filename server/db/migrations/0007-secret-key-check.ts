import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from './column-types.ts';

/** What tells whether a secret key is the one that this database's secrets are under. */
export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { integer, text } = columnTypes(type);
  await sql
    .raw(`create table secret_key_check (id ${integer} primary key check (id = 1), sealed ${text} not null)`)
    .execute(db);
}
