import type { Insertable, Kysely } from 'kysely';
import type { PreferenceTable, Schema } from '../../db/schema.ts';

/** What somebody or something prefers; `owner` is 'org', 'user:<id>' or 'team:<id>'. */
export function getPreference(db: Kysely<Schema>, orgId: number, owner: string) {
  return db
    .selectFrom('preference')
    .leftJoin('dashboard', 'dashboard.id', 'home_dashboard_id')
    .select(['theme', 'timezone', 'week_start', 'language', 'navbar', 'query_history', 'home_dashboard_id'])
    .select('dashboard.uid as home_dashboard_uid')
    .where('preference.org_id', '=', orgId)
    .where('owner', '=', owner)
    .executeTakeFirst();
}

export async function upsertPreference(db: Kysely<Schema>, row: Insertable<PreferenceTable>): Promise<void> {
  const { created_at: _since, org_id: _org, owner: _owner, ...changes } = row;
  await db
    .insertInto('preference')
    .values(row)
    .onConflict((conflict) => conflict.columns(['org_id', 'owner']).doUpdateSet(changes))
    .execute();
}

/** A dashboard of the organization, no folder. */
export function getDashboardRef(
  db: Kysely<Schema>,
  orgId: number,
  which: { uid: string } | { id: number },
): Promise<{ id: number; uid: string } | undefined> {
  return db
    .selectFrom('dashboard')
    .select(['id', 'uid'])
    .where('org_id', '=', orgId)
    .where('is_folder', '=', 0)
    .$if('uid' in which, (query) => query.where('uid', '=', (which as { uid: string }).uid))
    .$if('id' in which, (query) => query.where('id', '=', (which as { id: number }).id))
    .executeTakeFirst();
}

/** The home dashboards that any of these have chosen. */
export function listHomes(
  db: Kysely<Schema>,
  orgId: number,
  owners: readonly string[],
): Promise<{ owner: string; uid: string; title: string }[]> {
  return db
    .selectFrom('preference')
    .innerJoin('dashboard', 'dashboard.id', 'home_dashboard_id')
    .select(['owner', 'dashboard.uid', 'dashboard.title'])
    .where('preference.org_id', '=', orgId)
    .where('owner', 'in', owners)
    .execute();
}

export interface Looks {
  theme: string;
  timezone: string;
  weekStart: string;
  language: string;
}

/** How any of these want pages to look, in the order in which they are named. */
export async function listLooks(
  db: Kysely<Schema>,
  orgId: number,
  owners: readonly string[],
): Promise<Looks[]> {
  const rows = await db
    .selectFrom('preference')
    .select(['owner', 'theme', 'timezone', 'week_start as weekStart', 'language'])
    .where('org_id', '=', orgId)
    .where('owner', 'in', owners)
    .execute();
  return rows.toSorted((one, other) => owners.indexOf(one.owner) - owners.indexOf(other.owner));
}
