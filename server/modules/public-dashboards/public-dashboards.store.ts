import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import { isInSight } from '../../access/visible.store.ts';
import type { Sight } from '../../access/visible.ts';
import type { PublicDashboardTable, Schema } from '../../db/schema.ts';
import { contains } from '../../db/search.ts';

export type PublicRow = Selectable<PublicDashboardTable>;

/** What makes a dashboard public; undefined for one that is not. */
export function getPublic(db: Kysely<Schema>, dashboardId: number): Promise<PublicRow | undefined> {
  return db
    .selectFrom('public_dashboard')
    .selectAll()
    .where('dashboard_id', '=', dashboardId)
    .executeTakeFirst();
}

/** The newest version of the dashboard that a token opens, while it does. */
export function getPublished(db: Kysely<Schema>, accessToken: string) {
  return db
    .selectFrom('public_dashboard')
    .innerJoin('dashboard', 'dashboard.id', 'public_dashboard.dashboard_id')
    .innerJoin('dashboard_version', (join) =>
      join
        .onRef('dashboard_version.dashboard_id', '=', 'dashboard.id')
        .onRef('dashboard_version.version', '=', 'dashboard.version'),
    )
    .select(['public_dashboard.uid as public_uid', 'dashboard.title', 'dashboard.version'])
    .select(['dashboard.created_at', 'dashboard.updated_at', 'dashboard_version.data'])
    .where('public_dashboard.access_token', '=', accessToken)
    .where('public_dashboard.is_enabled', '=', 1)
    .executeTakeFirst();
}

/** The public ones among the dashboards in sight, by title. */
export function listPublic(
  db: Kysely<Schema>,
  sight: Sight,
  query: string,
  { limit, offset }: { limit: number; offset: number },
) {
  return found(db, sight, query)
    .select(['public_dashboard.uid', 'public_dashboard.access_token', 'public_dashboard.is_enabled'])
    .select(['dashboard.uid as dashboard_uid', 'dashboard.title'])
    .orderBy('dashboard.search_text')
    .orderBy('dashboard.id')
    .limit(limit)
    .offset(offset)
    .execute();
}

/** How many there are of them. */
export async function countPublic(db: Kysely<Schema>, sight: Sight, query: string): Promise<number> {
  const { count } = await found(db, sight, query)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** Whether a public dashboard of the organization has this uid. */
export async function isUidTaken(db: Kysely<Schema>, orgId: number, uid: string): Promise<boolean> {
  const query = db.selectFrom('public_dashboard').select('id').where('org_id', '=', orgId);
  return (await query.where('uid', '=', uid).executeTakeFirst()) !== undefined;
}

/** Whether a public dashboard of any organization has this token. */
export async function isTokenTaken(db: Kysely<Schema>, accessToken: string): Promise<boolean> {
  const query = db.selectFrom('public_dashboard').select('id').where('access_token', '=', accessToken);
  return (await query.executeTakeFirst()) !== undefined;
}

export function insertPublic(db: Kysely<Schema>, row: Insertable<PublicDashboardTable>): Promise<PublicRow> {
  return db.insertInto('public_dashboard').values(row).returningAll().executeTakeFirstOrThrow();
}

export function updatePublic(
  db: Kysely<Schema>,
  id: number,
  changes: Updateable<PublicDashboardTable>,
): Promise<PublicRow> {
  return db
    .updateTable('public_dashboard')
    .set(changes)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deletePublic(db: Kysely<Schema>, id: number): Promise<void> {
  await db.deleteFrom('public_dashboard').where('id', '=', id).execute();
}

function found(db: Kysely<Schema>, sight: Sight, query: string) {
  return db
    .selectFrom('public_dashboard')
    .innerJoin('dashboard', 'dashboard.id', 'public_dashboard.dashboard_id')
    .where('public_dashboard.org_id', '=', sight.orgId)
    .where('dashboard.org_id', '=', sight.orgId)
    .where(isInSight(sight, 'dashboard'))
    .$if(query !== '', (q) => q.where(contains('dashboard.search_text', query)));
}
