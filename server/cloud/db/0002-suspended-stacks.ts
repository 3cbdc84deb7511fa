import { type Kysely, sql } from 'kysely';
import { columnTypes, type DatabaseType } from '../../db/migrations/column-types.ts';

export async function up(db: Kysely<unknown>, type: DatabaseType): Promise<void> {
  const { integer } = columnTypes(type);

  const statements = [
    `alter table stack add column suspended_at ${integer}`,
    // Apart from the stack's own row, which changes of it read: they would lose races against each batch of uses.
    `create table stack_use (stack_id ${integer} not null, day ${integer} not null, requests ${integer} not null, last_used_at ${integer} not null, primary key (stack_id, day))`,
    'create index stack_use_by_day on stack_use (day)',
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
