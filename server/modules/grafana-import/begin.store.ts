import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../db/schema.ts';

/** Whether there is nothing here but what a first start makes: one organization and at most one user. */
export async function isUntouched(db: Kysely<Schema>): Promise<boolean> {
  const any = (table: string) =>
    sql`(select count(*) from (select 1 from ${sql.table(table)} limit 2) as few)`;
  const { rows } = await sql<Record<string, number>>`select ${any('org')} as orgs, ${any('user')} as users,
    ${any('service_account')} + ${any('credential')} + ${any('dashboard')} + ${any('team')} + ${any('data_source')}
      + ${any('grafana_source')} as others`.execute(db);
  const [{ orgs = 0, users = 0, others = 0 } = {}] = rows;
  return orgs === 1 && users <= 1 && others === 0;
}

/** Whether anybody but a command on this machine has changed anything since a time. */
export async function wasChangedSince(db: Kysely<Schema>, at: number): Promise<boolean> {
  const row = await db
    .selectFrom('audit')
    .select('id')
    .where('at', '>=', at)
    .where('actor', 'not like', 'operator:%')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
