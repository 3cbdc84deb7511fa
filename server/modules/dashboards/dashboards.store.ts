import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import { isInSight } from '../../access/visible.store.ts';
import type { Sight } from '../../access/visible.ts';
import { loginOf } from '../../db/author.ts';
import type { DashboardTable, DashboardVersionTable, Schema } from '../../db/schema.ts';

/** A folder or dashboard, without what is in it. */
export type DashboardRow = Selectable<DashboardTable>;
export type Which = { uid: string } | { id: number } | { parentUid: string; title: string };

/** A folder or dashboard by uid, by id, or by its title in a folder. */
export function getDashboard(
  db: Kysely<Schema>,
  orgId: number,
  which: Which,
): Promise<DashboardRow | undefined> {
  const query = db.selectFrom('dashboard').selectAll().where('org_id', '=', orgId);
  if ('uid' in which) return query.where('uid', '=', which.uid).executeTakeFirst();
  if ('id' in which) return query.where('id', '=', which.id).executeTakeFirst();
  return query.where('parent_uid', '=', which.parentUid).where('title', '=', which.title).executeTakeFirst();
}

/** A dashboard with its newest document, its authors and the folder that it lies in. */
export function getWholeDashboard(db: Kysely<Schema>, orgId: number, uid: string, userId: number) {
  return db
    .selectFrom('dashboard')
    .innerJoin('dashboard_version', (join) =>
      join
        .onRef('dashboard_version.dashboard_id', '=', 'dashboard.id')
        .onRef('dashboard_version.version', '=', 'dashboard.version'),
    )
    .leftJoin('dashboard as folder', (join) =>
      join
        .onRef('folder.org_id', '=', 'dashboard.org_id')
        .onRef('folder.uid', '=', 'dashboard.parent_uid')
        .on('folder.is_folder', '=', 1),
    )
    .leftJoin('star', (join) =>
      join.onRef('star.dashboard_id', '=', 'dashboard.id').on('star.user_id', '=', userId),
    )
    .leftJoin('public_dashboard', 'public_dashboard.dashboard_id', 'dashboard.id')
    .selectAll('dashboard')
    .select(['dashboard_version.data', 'star.user_id as starred_by'])
    .select(['public_dashboard.uid as public_uid', 'public_dashboard.access_token as public_token'])
    .select('public_dashboard.is_enabled as is_public')
    .select(['folder.id as folder_id', 'folder.title as folder_title'])
    .select([
      loginOf('dashboard.created_by').as('created_login'),
      loginOf('dashboard.updated_by').as('updated_login'),
    ])
    .where('dashboard.org_id', '=', orgId)
    .where('dashboard.uid', '=', uid)
    .where('dashboard.is_folder', '=', 0)
    .executeTakeFirst();
}

export async function insertDashboard(
  db: Kysely<Schema>,
  row: Insertable<DashboardTable>,
): Promise<DashboardRow> {
  return db.insertInto('dashboard').values(row).returningAll().executeTakeFirstOrThrow();
}

export function updateDashboard(
  db: Kysely<Schema>,
  id: number,
  changes: Updateable<DashboardTable>,
): Promise<DashboardRow> {
  return db
    .updateTable('dashboard')
    .set(changes)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Deletes a dashboard with its versions, tags and stars. */
export async function deleteDashboard(db: Kysely<Schema>, id: number): Promise<void> {
  await db.deleteFrom('dashboard').where('id', '=', id).execute();
}

/** Gives a dashboard these tags and no others. */
export async function replaceTags(db: Kysely<Schema>, id: number, tags: readonly string[]): Promise<void> {
  await db.deleteFrom('dashboard_tag').where('dashboard_id', '=', id).execute();
  if (tags.length === 0) return;
  const rows = tags.map((term) => ({ dashboard_id: id, term }));
  await db.insertInto('dashboard_tag').values(rows).execute();
}

/** Keeps which library panels the newest version of a dashboard shows; one that it showed before stays as it is. */
export async function replaceLibraryPanels(
  db: Kysely<Schema>,
  { id, org_id, updated_at, updated_by }: DashboardRow,
  uids: readonly string[],
): Promise<void> {
  const known = await db
    .selectFrom('dashboard_library_panel')
    .select(['id', 'element_uid'])
    .where('dashboard_id', '=', id)
    .execute();
  const wanted = new Set(uids);
  const gone = known.filter(({ element_uid }) => !wanted.has(element_uid)).map((row) => row.id);
  for (const { element_uid } of known) wanted.delete(element_uid);
  if (gone.length > 0) await db.deleteFrom('dashboard_library_panel').where('id', 'in', gone).execute();
  if (wanted.size === 0) return;
  const common = { org_id, dashboard_id: id, created_at: updated_at, created_by: updated_by };
  const rows = [...wanted].map((element_uid) => ({ ...common, element_uid }));
  await db.insertInto('dashboard_library_panel').values(rows).execute();
}

/** The tags of the dashboards in sight, with how many have each. */
export function countTags(db: Kysely<Schema>, sight: Sight): Promise<{ term: string; count: number }[]> {
  return db
    .selectFrom('dashboard_tag')
    .innerJoin('dashboard', 'dashboard.id', 'dashboard_tag.dashboard_id')
    .select(({ fn }) => ['term', fn.countAll<number>().as('count')])
    .where('dashboard.org_id', '=', sight.orgId)
    .where(isInSight(sight, 'dashboard'))
    .groupBy('term')
    .orderBy('term')
    .execute();
}

/** Keeps a version, and drops those that are older than the number to be kept. */
export async function insertVersion(
  db: Kysely<Schema>,
  row: Insertable<DashboardVersionTable>,
  keep: number,
): Promise<void> {
  await db.insertInto('dashboard_version').values(row).execute();
  await db
    .deleteFrom('dashboard_version')
    .where('dashboard_id', '=', row.dashboard_id)
    .where('version', '<=', row.version - keep)
    .execute();
}

/** The kept versions of a dashboard without their documents, the newest first. */
export function listVersions(
  db: Kysely<Schema>,
  dashboardId: number,
  { limit, offset }: { limit: number; offset: number },
) {
  return versions(db, dashboardId).orderBy('version', 'desc').limit(limit).offset(offset).execute();
}

/** One version of a dashboard with its document. */
export function getVersion(db: Kysely<Schema>, dashboardId: number, version: number) {
  return versions(db, dashboardId).select('data').where('version', '=', version).executeTakeFirst();
}

function versions(db: Kysely<Schema>, dashboardId: number) {
  return db
    .selectFrom('dashboard_version')
    .select(['id', 'version', 'parent_version', 'restored_from', 'message', 'created_at', 'created_by'])
    .select(loginOf('dashboard_version.created_by').as('created_login'))
    .where('dashboard_id', '=', dashboardId);
}
