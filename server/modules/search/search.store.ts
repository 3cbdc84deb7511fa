import { type Kysely, sql } from 'kysely';
import { isInSight } from '../../access/visible.store.ts';
import type { Sight } from '../../access/visible.ts';
import { contains } from '../../db/search.ts';
import type { Schema } from '../../db/schema.ts';

/** What is searched for; every one that is given narrows it down. */
export interface Filter {
  isFolder?: boolean | undefined;
  query: string;
  /** All of them. */
  tags: readonly string[];
  /** Any of them, where some are given; 0 and '' are the general folder. */
  folderIds: readonly number[];
  folderUids: readonly string[];
  ids: readonly number[];
  uids: readonly string[];
  isStarred: boolean;
}

/** What comes first. Things of one title are told apart by their age. */
export type Order = 'alpha-asc' | 'alpha-desc' | 'folders-first' | 'updated-desc';

export type Hit = Awaited<ReturnType<typeof listHits>>[number];

/** The folders and dashboards in sight that the filter lets through. Who asks is named for their stars. */
export function listHits(
  db: Kysely<Schema>,
  sight: Sight,
  userId: number,
  filter: Filter,
  { order, limit, offset }: { order: Order; limit: number; offset: number },
) {
  const direction = order === 'alpha-desc' ? 'desc' : 'asc';
  return narrowed(db, sight, userId, filter)
    .select([
      'dashboard.id',
      'dashboard.uid',
      'dashboard.title',
      'dashboard.is_folder',
      'dashboard.updated_at',
    ])
    .select(['folder.id as folder_id', 'folder.uid as folder_uid', 'folder.title as folder_title'])
    .select('star.user_id as starred_by')
    .$if(order === 'folders-first', (q) => q.orderBy('dashboard.is_folder', 'desc'))
    .$if(order === 'updated-desc', (q) => q.orderBy('dashboard.updated_at', 'desc'))
    .orderBy('dashboard.search_text', direction)
    .orderBy('dashboard.id', direction)
    .limit(limit)
    .offset(offset)
    .execute();
}

/** How many there are. */
export async function countHits(
  db: Kysely<Schema>,
  sight: Sight,
  userId: number,
  filter: Filter,
): Promise<number> {
  const counted = narrowed(db, sight, userId, filter).select(({ fn }) => fn.countAll<number>().as('count'));
  const { count } = await counted.executeTakeFirstOrThrow();
  return count;
}

/** The tags of dashboards, in order. */
export function listTags(
  db: Kysely<Schema>,
  ids: readonly number[],
): Promise<{ dashboard_id: number; term: string }[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('dashboard_tag')
    .selectAll()
    .where('dashboard_id', 'in', ids)
    .orderBy('term')
    .execute();
}

function narrowed(db: Kysely<Schema>, sight: Sight, userId: number, filter: Filter) {
  const { isFolder, query, tags, folderIds, folderUids, ids, uids, isStarred } = filter;
  return db
    .selectFrom('dashboard')
    .leftJoin('dashboard as folder', (join) =>
      join
        .onRef('folder.org_id', '=', 'dashboard.org_id')
        .onRef('folder.uid', '=', 'dashboard.parent_uid')
        .on('folder.is_folder', '=', 1),
    )
    .leftJoin('star', (join) =>
      join.onRef('star.dashboard_id', '=', 'dashboard.id').on('star.user_id', '=', userId),
    )
    .where('dashboard.org_id', '=', sight.orgId)
    .where(isInSight(sight, 'dashboard'))
    .$if(isFolder !== undefined, (q) => q.where('dashboard.is_folder', '=', isFolder ? 1 : 0))
    .$if(query !== '', (q) => q.where(contains('dashboard.search_text', query)))
    .$if(isStarred, (q) => q.where('star.user_id', 'is not', null))
    .$if(ids.length > 0, (q) => q.where('dashboard.id', 'in', ids))
    .$if(uids.length > 0, (q) => q.where('dashboard.uid', 'in', uids))
    .$if(folderUids.length > 0, (q) => q.where('dashboard.parent_uid', 'in', folderUids))
    .$if(folderIds.length > 0, (q) =>
      q.where(sql<number>`case when dashboard.parent_uid = '' then 0 else folder.id end`, 'in', folderIds),
    )
    .$if(tags.length > 0, (q) =>
      q.where(
        ({ selectFrom, fn }) =>
          selectFrom('dashboard_tag')
            .select(fn.countAll<number>().as('matching'))
            .whereRef('dashboard_tag.dashboard_id', '=', 'dashboard.id')
            .where('term', 'in', tags),
        '=',
        tags.length,
      ),
    );
}
