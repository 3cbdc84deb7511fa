import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../db/schema.ts';

/** What may be limited, within an organization or on the whole server. */
export type Counted = 'org_user' | 'dashboard' | 'data_source' | 'api_key' | 'service_account';

// Keys and tokens are one kind of thing here, as they share their names.
const TABLES: Record<Counted, keyof Schema> = {
  org_user: 'org_member',
  dashboard: 'dashboard',
  data_source: 'data_source',
  api_key: 'credential',
  service_account: 'service_account',
};

/** How many there are in an organization, or on the whole server. */
export async function countUsed(db: Kysely<Schema>, target: Counted, orgId?: number): Promise<number> {
  const inOrg = orgId === undefined ? sql`1 = 1` : sql`org_id = ${orgId}`;
  const kind = target === 'dashboard' ? sql`is_folder = 0` : sql`1 = 1`;
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(TABLES[target])}
    where ${inOrg} and ${kind}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** How many users or organizations the server has. */
export async function countAll(db: Kysely<Schema>, table: 'user' | 'org'): Promise<number> {
  const { count } = await db
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** How many organizations somebody is in. */
export async function countOrgsOf(db: Kysely<Schema>, userId: number): Promise<number> {
  const { count } = await db
    .selectFrom('org_member')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return count;
}

/** The limits set for an organization ('org:1') or a user ('user:1') alone, by target. */
export async function listLimits(db: Kysely<Schema>, owner: string): Promise<Map<string, number>> {
  const rows = await db.selectFrom('quota').select(['target', 'most']).where('owner', '=', owner).execute();
  return new Map(rows.map(({ target, most }) => [target, most]));
}

export async function upsertLimit(
  db: Kysely<Schema>,
  row: {
    owner: string;
    org_id: number | null;
    user_id: number | null;
    target: string;
    most: number;
    updated_at: number;
  },
): Promise<void> {
  const { most, updated_at } = row;
  await db
    .insertInto('quota')
    .values(row)
    .onConflict((conflict) => conflict.columns(['owner', 'target']).doUpdateSet({ most, updated_at }))
    .execute();
}

/** What an organization is called; undefined when there is none. */
export async function getOrgName(db: Kysely<Schema>, id: number): Promise<string | undefined> {
  return (await db.selectFrom('org').select('name').where('id', '=', id).executeTakeFirst())?.name;
}

/** What a user is called; undefined when there is none. */
export async function getLogin(db: Kysely<Schema>, id: number): Promise<string | undefined> {
  return (await db.selectFrom('user').select('login').where('id', '=', id).executeTakeFirst())?.login;
}
