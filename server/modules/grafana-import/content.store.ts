import type { Insertable, Kysely } from 'kysely';
import type {
  DashboardLibraryPanelTable,
  DashboardTable,
  DashboardTagTable,
  DashboardVersionTable,
  Schema,
} from '../../db/schema.ts';

const AT_ONCE = 500;

/** The folders and dashboards of organizations with any of these titles. */
export function listTitled(
  db: Kysely<Schema>,
  orgIds: readonly number[],
  titles: readonly string[],
): Promise<{ org_id: number; parent_uid: string; title: string }[]> {
  if (titles.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('dashboard')
    .select(['org_id', 'parent_uid', 'title'])
    .where('org_id', 'in', orgIds)
    .where('title', 'in', titles)
    .execute();
}

/** The folders and dashboards of organizations with any of these uids. */
export function listWithUids(
  db: Kysely<Schema>,
  orgIds: readonly number[],
  uids: readonly string[],
): Promise<{ org_id: number; uid: string }[]> {
  if (uids.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('dashboard')
    .select(['org_id', 'uid'])
    .where('org_id', 'in', orgIds)
    .where('uid', 'in', uids)
    .execute();
}

export async function insertContent(
  db: Kysely<Schema>,
  rows: readonly Insertable<DashboardTable>[],
): Promise<void> {
  if (rows.length > 0) await db.insertInto('dashboard').values(rows).execute();
}

export async function insertVersions(
  db: Kysely<Schema>,
  rows: readonly Insertable<DashboardVersionTable>[],
): Promise<void> {
  if (rows.length > 0) await db.insertInto('dashboard_version').values(rows).execute();
}

export async function insertTags(
  db: Kysely<Schema>,
  rows: readonly Insertable<DashboardTagTable>[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    await db
      .insertInto('dashboard_tag')
      .values(rows.slice(start, start + AT_ONCE))
      .execute();
  }
}

export async function insertLibraryPanels(
  db: Kysely<Schema>,
  rows: readonly Insertable<DashboardLibraryPanelTable>[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    await db
      .insertInto('dashboard_library_panel')
      .values(rows.slice(start, start + AT_ONCE))
      .execute();
  }
}
