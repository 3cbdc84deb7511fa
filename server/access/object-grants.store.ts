import { type Kysely, sql } from 'kysely';
import type { Schema } from '../db/schema.ts';
import type { Level, ObjectKind } from './object-levels.ts';

export interface ObjectRef {
  kind: ObjectKind;
  id: string;
}

/** A folder or dashboard and the folders it lies in, from itself to the top; empty when there is none of that uid. */
export async function lineage(db: Kysely<Schema>, orgId: number, uid: string): Promise<ObjectRef[]> {
  const rows = await db
    .withRecursive('line(uid, parent_uid, is_folder, depth)', (query) =>
      query
        .selectFrom('dashboard')
        .select(['uid', 'parent_uid', 'is_folder', sql<number>`0`.as('depth')])
        .where('org_id', '=', orgId)
        .where('uid', '=', uid)
        .unionAll(
          query
            .selectFrom('dashboard as parent')
            .innerJoin('line', 'line.parent_uid', 'parent.uid')
            .select([
              'parent.uid',
              'parent.parent_uid',
              'parent.is_folder',
              sql<number>`line.depth + 1`.as('depth'),
            ])
            .where('parent.org_id', '=', orgId)
            .where('parent.is_folder', '=', 1),
        ),
    )
    .selectFrom('line')
    .select(['uid', 'is_folder'])
    .orderBy('depth')
    .execute();
  return rows.map((row) => ({ kind: row.is_folder ? 'folders' : 'dashboards', id: row.uid }));
}

/** The levels that any of the subjects has on any of the objects. */
export async function levelsOn(
  db: Kysely<Schema>,
  orgId: number,
  subjects: readonly string[],
  objects: readonly ObjectRef[],
): Promise<{ kind: ObjectKind; id: string; level: Level; subject: string }[]> {
  const rows = await db
    .selectFrom('object_permission')
    .select(['kind', 'object_id as id', 'level', 'subject'])
    .where('org_id', '=', orgId)
    .where('subject', 'in', subjects)
    .where(({ or, and, eb }) =>
      or(objects.map(({ kind, id }) => and([eb('kind', '=', kind), eb('object_id', '=', id)]))),
    )
    .execute();
  return rows as { kind: ObjectKind; id: string; level: Level; subject: string }[];
}

/** Whether any of the subjects has any of these levels on some object of its kind. */
export async function hasSomewhere(
  db: Kysely<Schema>,
  orgId: number,
  subjects: readonly string[],
  levels: readonly { kind: ObjectKind; level: Level }[],
): Promise<boolean> {
  const row = await db
    .selectFrom('object_permission')
    .select('id')
    .where('org_id', '=', orgId)
    .where('subject', 'in', subjects)
    .where(({ or, and, eb }) =>
      or(levels.map(({ kind, level }) => and([eb('kind', '=', kind), eb('level', '=', level)]))),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
