import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely';
import { isFolderInSight, isInSight } from '../../access/visible.store.ts';
import type { Sight } from '../../access/visible.ts';
import { loginOf } from '../../db/author.ts';
import { inParts } from '../../db/parts.ts';
import type { DashboardTable, Schema } from '../../db/schema.ts';

export type FolderRow = Selectable<DashboardTable> & {
  created_login: string | null;
  updated_login: string | null;
};

/** What lies in a folder, at whatever depth; what lies in it directly has depth 1. */
export interface Content {
  uid: string;
  is_folder: 0 | 1;
  depth: number;
}

export function getFolder(
  db: Kysely<Schema>,
  orgId: number,
  which: { uid: string } | { id: number },
): Promise<FolderRow | undefined> {
  return db
    .selectFrom('dashboard')
    .selectAll()
    .select([
      loginOf('dashboard.created_by').as('created_login'),
      loginOf('dashboard.updated_by').as('updated_login'),
    ])
    .where('org_id', '=', orgId)
    .where('is_folder', '=', 1)
    .$if('uid' in which, (query) => query.where('uid', '=', (which as { uid: string }).uid))
    .$if('id' in which, (query) => query.where('id', '=', (which as { id: number }).id))
    .executeTakeFirst();
}

/** The folders in sight that lie in a folder, or at the top as far as the asker sees, by title. */
export function listFolders(
  db: Kysely<Schema>,
  sight: Sight,
  parentUid: string,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ id: number; uid: string; title: string; parent_uid: string }[]> {
  return db
    .selectFrom('dashboard')
    .select(['id', 'uid', 'title', 'parent_uid'])
    .where('org_id', '=', sight.orgId)
    .where('is_folder', '=', 1)
    .where(isInSight(sight, 'dashboard'))
    .$if(parentUid !== '', (query) => query.where('parent_uid', '=', parentUid))
    .$if(parentUid === '', (query) =>
      query.where(({ not }) => not(isFolderInSight(sight, 'dashboard.parent_uid'))),
    )
    .orderBy('search_text')
    .orderBy('id')
    .limit(limit)
    .offset(offset)
    .execute();
}

/** A folder and those that it lies in, from the top down. */
export function listLine(
  db: Kysely<Schema>,
  orgId: number,
  uid: string,
): Promise<{ id: number; uid: string; title: string }[]> {
  return db
    .withRecursive('line(id, uid, title, parent_uid, depth)', (query) =>
      query
        .selectFrom('dashboard')
        .select(['id', 'uid', 'title', 'parent_uid', sql<number>`0`.as('depth')])
        .where('org_id', '=', orgId)
        .where('uid', '=', uid)
        .where('is_folder', '=', 1)
        .unionAll(
          query
            .selectFrom('dashboard as parent')
            .innerJoin('line', 'line.parent_uid', 'parent.uid')
            .select(['parent.id', 'parent.uid', 'parent.title', 'parent.parent_uid'])
            .select(sql<number>`line.depth + 1`.as('depth'))
            .where('parent.org_id', '=', orgId)
            .where('parent.is_folder', '=', 1),
        ),
    )
    .selectFrom('line')
    .select(['id', 'uid', 'title'])
    .orderBy('depth', 'desc')
    .execute();
}

export function listContent(db: Kysely<Schema>, orgId: number, uid: string): Promise<Content[]> {
  return db
    .withRecursive('content(uid, is_folder, depth)', (query) =>
      query
        .selectFrom('dashboard')
        .select(['uid', 'is_folder', sql<number>`1`.as('depth')])
        .where('org_id', '=', orgId)
        .where('parent_uid', '=', uid)
        .unionAll(
          query
            .selectFrom('dashboard as child')
            .innerJoin('content', 'content.uid', 'child.parent_uid')
            .select(['child.uid', 'child.is_folder', sql<number>`content.depth + 1`.as('depth')])
            .where('child.org_id', '=', orgId)
            .where('content.is_folder', '=', 1),
        ),
    )
    .selectFrom('content')
    .select(['uid', 'is_folder', 'depth'])
    .orderBy('depth')
    .orderBy('uid')
    .execute();
}

/** The library elements that lie in a folder, at whatever depth, and whether a dashboard that does not lie there uses them. */
export async function listElementsWithin(
  db: Kysely<Schema>,
  orgId: number,
  uid: string,
): Promise<{ uid: string; name: string; is_used_outside: 0 | 1 }[]> {
  const { rows } = await sql<{ uid: string; name: string; is_used_outside: 0 | 1 }>`
    with recursive ${inside(orgId, uid)}
    select element.uid, element.name, case when exists (
        select 1 from dashboard_library_panel as panel
          join dashboard as other on other.id = panel.dashboard_id
         where panel.org_id = ${orgId} and panel.element_uid = element.uid
           and other.parent_uid not in (select uid from inside)) then 1 else 0 end as is_used_outside
      from library_element as element
      join dashboard as folder on folder.id = element.folder_id
     where folder.org_id = ${orgId} and folder.uid in (select uid from inside)
     order by element.id`.execute(db);
  return rows;
}

/** How many dashboards outside of a folder use an element, and the first of them that are in sight, by title. */
export async function listUsesOutside(
  db: Kysely<Schema>,
  sight: Sight,
  { folderUid, elementUid, limit }: { folderUid: string; elementUid: string; limit: number },
): Promise<{ count: number; some: { uid: string; title: string }[] }> {
  const users = sql`
      from dashboard_library_panel as panel
      join dashboard on dashboard.id = panel.dashboard_id
     where panel.org_id = ${sight.orgId} and panel.element_uid = ${elementUid}
       and dashboard.parent_uid not in (
         with recursive ${inside(sight.orgId, folderUid)} select uid from inside)`;
  const all = await sql<{ count: number }>`select count(*) as count ${users}`.execute(db);
  const some = await sql<{ uid: string; title: string }>`
    select dashboard.uid, dashboard.title ${users} and ${isInSight(sight, 'dashboard')}
     order by dashboard.search_text, dashboard.id limit ${limit}`.execute(db);
  return { count: all.rows[0]?.count ?? 0, some: some.rows };
}

/** A folder and those in it, at whatever depth, as the first table of a recursive query. */
function inside(orgId: number, uid: string) {
  return sql`inside(uid) as (
      select uid from dashboard where org_id = ${orgId} and is_folder = 1 and uid = ${uid}
      union
      select child.uid from inside cross join dashboard as child
       where child.org_id = ${orgId} and child.is_folder = 1 and child.parent_uid = inside.uid)`;
}

/** Whether the organization has a folder or dashboard of this uid. */
export async function isUidTaken(db: Kysely<Schema>, orgId: number, uid: string): Promise<boolean> {
  const query = db.selectFrom('dashboard').select('id').where('org_id', '=', orgId).where('uid', '=', uid);
  return (await query.executeTakeFirst()) !== undefined;
}

/** The id of the folder or dashboard that has this title in a folder. */
export async function getIdOfTitle(
  db: Kysely<Schema>,
  orgId: number,
  parentUid: string,
  title: string,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('dashboard')
    .select('id')
    .where('org_id', '=', orgId)
    .where('parent_uid', '=', parentUid)
    .where('title', '=', title)
    .executeTakeFirst();
  return row?.id;
}

export async function insertFolder(
  db: Kysely<Schema>,
  row: Omit<Insertable<DashboardTable>, 'is_folder' | 'version'>,
): Promise<void> {
  await db
    .insertInto('dashboard')
    .values({ ...row, is_folder: 1, version: 1 })
    .execute();
}

export async function updateFolder(
  db: Kysely<Schema>,
  id: number,
  changes: Updateable<DashboardTable>,
): Promise<void> {
  await db.updateTable('dashboard').set(changes).where('id', '=', id).execute();
}

/** Deletes folders and dashboards with their versions, tags and stars. */
export async function deleteAll(db: Kysely<Schema>, orgId: number, uids: readonly string[]): Promise<void> {
  await inParts(uids, (some) =>
    db.deleteFrom('dashboard').where('org_id', '=', orgId).where('uid', 'in', some).execute(),
  );
}
