import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from './column-types.ts';

/** Who of several processes does what only one of them may do, until when, and what a successor has to know. */
export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { integer, text } = columnTypes(type);
  await sql
    .raw(
      `create table lease (name ${text} primary key, holder ${text} not null, held_until ${integer} not null, note ${text} not null)`,
    )
    .execute(db);
}
