import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely';
import { isInSight } from '../../access/visible.store.ts';
import type { Sight } from '../../access/visible.ts';
import { emailOf, loginOf } from '../../db/author.ts';
import type { AnnotationTable, Schema, Time } from '../../db/schema.ts';
import { contains } from '../../db/search.ts';

/** Which annotations somebody may read: those of the organization, and those of the dashboards in sight. */
export interface Reach {
  sight: Sight;
  ofOrg: boolean;
  ofDashboards: boolean;
}

/** What is looked for; every one that is given narrows it down. */
export interface Filter {
  /** What is not over before the one and has begun by the other. */
  from?: Time | undefined;
  to?: Time | undefined;
  dashboardId?: number | undefined;
  dashboardUid?: string | undefined;
  panelId?: number | undefined;
  userId?: number | undefined;
  tags: readonly string[];
  /** Any of the tags will do, rather than all. */
  matchAny: boolean;
}

export type AnnotationRow = Selectable<AnnotationTable>;
export type SeenAnnotation = Awaited<ReturnType<typeof listAnnotations>>[number];

/** The ids of the annotations within reach that the filter lets through, the newest first. */
export async function listIds(
  db: Kysely<Schema>,
  reach: Reach,
  filter: Filter,
  { limit, offset }: { limit: number; offset: number },
): Promise<number[]> {
  const { orgId } = reach.sight;
  const { from, to, dashboardId, dashboardUid, panelId, userId, tags } = filter;
  const rows = await newestFirst(withinReach(db, reach))
    .select('annotation.id')
    .$if(from !== undefined, (q) => q.where('annotation.ends_at', '>=', from ?? 0))
    .$if(to !== undefined, (q) => q.where('annotation.starts_at', '<=', to ?? 0))
    .$if(dashboardId !== undefined, (q) => q.where('annotation.dashboard_id', '=', dashboardId ?? 0))
    .$if(dashboardUid !== undefined, (q) =>
      q.where('dashboard.org_id', '=', orgId).where('dashboard.uid', '=', dashboardUid ?? ''),
    )
    .$if(panelId !== undefined, (q) => q.where('annotation.panel_id', '=', panelId ?? 0))
    .$if(userId !== undefined, (q) => q.where('annotation.created_by', '=', userId ?? 0))
    .$if(tags.length > 0, (q) => q.where('annotation.id', 'in', withTags(db, orgId, filter)))
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map(({ id }) => id);
}

/** Those of some annotations that are within reach, with who made them, the newest first. */
export function listAnnotations(db: Kysely<Schema>, reach: Reach, ids: readonly number[]) {
  return newestFirst(withinReach(db, reach))
    .selectAll('annotation')
    .select('dashboard.uid as dashboard_uid')
    .select([loginOf('annotation.created_by').as('login'), emailOf('annotation.created_by').as('email')])
    .where('annotation.id', 'in', ids)
    .execute();
}

/** One annotation of the organization with the dashboard that it is on, whoever may read that. */
export function getAnnotation(db: Kysely<Schema>, orgId: number, id: number) {
  return db
    .selectFrom('annotation')
    .leftJoin('dashboard', 'dashboard.id', 'annotation.dashboard_id')
    .selectAll('annotation')
    .select('dashboard.uid as dashboard_uid')
    .where('annotation.org_id', '=', orgId)
    .where('annotation.id', '=', id)
    .executeTakeFirst();
}

/** The tags of annotations, in the order in which they were given. */
export function listTags(
  db: Kysely<Schema>,
  ids: readonly number[],
): Promise<{ annotation_id: number; term: string }[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('annotation_tag')
    .select(['annotation_id', 'term'])
    .where('annotation_id', 'in', ids)
    .orderBy('position')
    .execute();
}

/** The tags of the annotations within reach, with how many have each. */
export function countTags(
  db: Kysely<Schema>,
  reach: Reach,
  text: string,
  limit: number,
): Promise<{ term: string; count: number }[]> {
  return withinReach(db, reach)
    .innerJoin('annotation_tag', 'annotation_tag.annotation_id', 'annotation.id')
    .select(({ fn }) => ['term', fn.countAll<number>().as('count')])
    .$if(text !== '', (q) => q.where(contains('annotation_tag.search_text', text)))
    .groupBy('term')
    .orderBy('term')
    .limit(limit)
    .execute();
}

export async function insertAnnotation(
  db: Kysely<Schema>,
  row: Insertable<AnnotationTable>,
): Promise<number> {
  const { id } = await db.insertInto('annotation').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function updateAnnotation(
  db: Kysely<Schema>,
  id: number,
  changes: Updateable<AnnotationTable>,
): Promise<void> {
  await db.updateTable('annotation').set(changes).where('id', '=', id).execute();
}

/** Gives an annotation these tags and no others. */
export async function replaceTags(
  db: Kysely<Schema>,
  { id, org_id }: { id: number; org_id: number },
  tags: readonly { term: string; search_text: string }[],
): Promise<void> {
  await db.deleteFrom('annotation_tag').where('annotation_id', '=', id).execute();
  if (tags.length === 0) return;
  const rows = tags.map((tag, position) => ({ ...tag, annotation_id: id, org_id, position }));
  await db.insertInto('annotation_tag').values(rows).execute();
}

/** Deletes an annotation with its tags. */
export async function deleteAnnotation(db: Kysely<Schema>, id: number): Promise<void> {
  await db.deleteFrom('annotation').where('id', '=', id).execute();
}

/** Deletes what is on one panel of a dashboard, and returns how many that were. */
export async function deleteOfPanel(
  db: Kysely<Schema>,
  dashboardId: number,
  panelId: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('annotation')
    .where('dashboard_id', '=', dashboardId)
    .where('panel_id', '=', panelId)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

function newestFirst(query: ReturnType<typeof withinReach>) {
  return query
    .orderBy('annotation.ends_at', 'desc')
    .orderBy('annotation.starts_at', 'desc')
    .orderBy('annotation.id', 'desc');
}

function withinReach(db: Kysely<Schema>, { sight, ofOrg, ofDashboards }: Reach) {
  return db
    .selectFrom('annotation')
    .leftJoin('dashboard', 'dashboard.id', 'annotation.dashboard_id')
    .where('annotation.org_id', '=', sight.orgId)
    .where(({ eb, and, or }) =>
      or([
        ...(ofOrg ? [eb('annotation.dashboard_id', 'is', null)] : []),
        ...(ofDashboards ? [and([eb('dashboard.is_folder', '=', 0), isInSight(sight, 'dashboard')])] : []),
      ]),
    );
}

function withTags(db: Kysely<Schema>, orgId: number, { tags, matchAny }: Filter) {
  return db
    .selectFrom('annotation_tag')
    .select('annotation_tag.annotation_id')
    .where('annotation_tag.org_id', '=', orgId)
    .where('annotation_tag.term', 'in', tags)
    .groupBy('annotation_tag.annotation_id')
    .having(sql<number>`count(*)`, '>=', matchAny ? 1 : tags.length);
}
