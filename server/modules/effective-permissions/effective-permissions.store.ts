import type { Kysely } from 'kysely';
import type { Level, ObjectKind } from '../../access/object-levels.ts';
import type { Schema } from '../../db/schema.ts';

/** What a subject was given on one object. */
export interface ObjectLevel {
  kind: ObjectKind;
  object_id: string;
  level: Level;
}

/** All levels that any of the subjects has on single objects of an organization. */
export async function listLevels(
  db: Kysely<Schema>,
  orgId: number,
  subjects: readonly string[],
): Promise<ObjectLevel[]> {
  const rows = await db
    .selectFrom('object_permission')
    .select(['kind', 'object_id', 'level'])
    .distinct()
    .where('org_id', '=', orgId)
    .where('subject', 'in', subjects)
    .execute();
  return rows as ObjectLevel[];
}
