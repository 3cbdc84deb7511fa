import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from './column-types.ts';

/** From where and with what program each legacy key is used. */
export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { text, integer } = columnTypes(type);
  await sql
    .raw(
      `create table key_caller (credential_id ${integer} not null references credential (id) on delete cascade,
         address ${text} not null, user_agent ${text} not null, reads ${integer} not null, writes ${integer} not null,
         first_seen_at ${integer} not null, last_seen_at ${integer} not null,
         primary key (credential_id, address, user_agent))`,
    )
    .execute(db);
}
