import { type Kysely, type SqlBool, sql } from 'kysely';
import type { CloudSchema, StackRow } from '../../db/schema.ts';

export interface StackOfOrg extends StackRow {
  org_slug: string;
  org_name: string;
}

export interface Wanted {
  /** Contained in the name, the slug or the organization's slug, or ''. */
  query: string;
  /** Those that are deleted and kept, or those that are there. */
  isDeleted: boolean;
}

/** Of all organizations: those that are there by slug, those that are deleted by when, the last one first. */
export async function listStacksOfAll(
  db: Kysely<CloudSchema>,
  wanted: Wanted,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ rows: StackOfOrg[]; total: number }> {
  const { isDeleted } = wanted;
  const rows = await found(db, wanted)
    .selectAll('stack')
    .select(['org.slug as org_slug', 'org.name as org_name'])
    .$if(isDeleted, (q) => q.orderBy('stack.deleted_at', 'desc'))
    .orderBy('stack.slug')
    .orderBy('stack.id')
    .limit(limit)
    .offset(offset)
    .execute();
  const counted = await found(db, wanted)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { rows, ...counted };
}

function found(db: Kysely<CloudSchema>, { query, isDeleted }: Wanted) {
  const pattern = `%${query.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return db
    .selectFrom('stack')
    .innerJoin('org', 'org.id', 'stack.org_id')
    .where('stack.removed_at', 'is', null)
    .where('stack.deleted_at', isDeleted ? 'is not' : 'is', null)
    .$if(query !== '', (q) =>
      q.where(
        sql<SqlBool>`lower(stack.name || ' ' || stack.slug || ' ' || org.slug) like ${pattern} escape '\\'`,
      ),
    );
}

/** One of any organization, also one that is deleted and kept. */
export function getStackOfAll(db: Kysely<CloudSchema>, id: number): Promise<StackOfOrg | undefined> {
  return db
    .selectFrom('stack')
    .innerJoin('org', 'org.id', 'stack.org_id')
    .selectAll('stack')
    .select(['org.slug as org_slug', 'org.name as org_name'])
    .where('stack.id', '=', id)
    .where('stack.removed_at', 'is', null)
    .executeTakeFirst();
}

/** All organizations, each with how many stacks it has. */
export function listOrgs(
  db: Kysely<CloudSchema>,
): Promise<{ id: number; slug: string; name: string; stacks: number }[]> {
  return db
    .selectFrom('org')
    .leftJoin('stack', (join) => join.onRef('stack.org_id', '=', 'org.id').on('stack.deleted_at', 'is', null))
    .select(({ fn }) => ['org.id', 'org.slug', 'org.name', fn.count<number>('stack.id').as('stacks')])
    .groupBy(['org.id', 'org.slug', 'org.name'])
    .orderBy('org.slug')
    .execute();
}
