import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from '../../db/migrations/column-types.ts';

// What leaked is deleted, and has to be known all the same when it is reported again.
export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { text, integer } = columnTypes(type);
  await sql
    .raw(
      `create table leaked (secret_hash ${text} primary key, kind ${text} not null, credential_id ${integer} not null,
         name ${text} not null, org_id ${integer} not null references org (id) on delete cascade)`,
    )
    .execute(db);
}
