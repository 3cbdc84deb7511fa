import { type Insertable, type Kysely, sql } from 'kysely';
import type { CloudSchema, StackUseTable } from '../../db/schema.ts';

/** Adds to what is written of the same days. */
export async function addUses(db: Kysely<CloudSchema>, uses: Insertable<StackUseTable>[]): Promise<void> {
  await db
    .insertInto('stack_use')
    .values(uses)
    .onConflict((conflict) =>
      conflict.columns(['stack_id', 'day']).doUpdateSet({
        requests: sql`stack_use.requests + excluded.requests`,
        last_used_at: sql`case when excluded.last_used_at > stack_use.last_used_at
          then excluded.last_used_at else stack_use.last_used_at end`,
      }),
    )
    .execute();
}

/** Deletes what is of before a day, but the last day on which each stack was used. */
export async function deleteUsesBefore(db: Kysely<CloudSchema>, day: number): Promise<void> {
  await db
    .deleteFrom('stack_use')
    .where('day', '<', day)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('stack_use as later')
          .select('later.day')
          .whereRef('later.stack_id', '=', 'stack_use.stack_id')
          .whereRef('later.day', '>', 'stack_use.day'),
      ),
    )
    .execute();
}

/** Of each of these stacks, when it was last used and how many requests there were from a day on. */
export async function listUses(
  db: Kysely<CloudSchema>,
  ids: readonly number[],
  day: number,
): Promise<{ stack_id: number; last_used_at: number; requests: number }[]> {
  const rows = await db
    .selectFrom('stack_use')
    .select(({ fn, val }) => [
      'stack_id',
      fn.max('last_used_at').as('last_used_at'),
      fn.sum<number | string>(sql`case when day >= ${val(day)} then requests else 0 end`).as('requests'),
    ])
    .where('stack_id', 'in', ids)
    .groupBy('stack_id')
    .execute();
  return rows.map(({ requests, ...row }) => ({ ...row, requests: Number(requests) }));
}
