import { type Kysely, sql } from 'kysely';
import type { Schema, Time } from './schema.ts';

/**
 * Begins a change that a machine that loses power may take back: it waits for no sync of the disk, during which SQLite answers nothing
 * else. The next change that is synced takes it along.
 */
export const MAY_BE_LOST = '/* may be lost */ ';

/** The columns that say when something was last used. */
type UseColumn = 'credential.last_used_at' | 'session.seen_at' | 'user.last_seen_at';

/**
 * Sets when things were last used, by id, all in one statement; what another process has set to later stays. In the order of the ids, in
 * which they lie on the disk: in any other, most of the time goes into finding their pages.
 */
export async function updateUses(
  db: Kysely<Schema>,
  column: UseColumn,
  uses: readonly (readonly [id: number, at: Time])[],
): Promise<void> {
  const [table = '', name = ''] = column.split('.');
  // One parameter, however many there are: a statement with a thousand takes longer to make than to run.
  const atById = JSON.stringify(Object.fromEntries(uses));
  await sql`${sql.raw(MAY_BE_LOST)}with uses (id, at) as (
      select cast(key as bigint), cast(cast(value as text) as bigint) from json_each(${atById}))
    update ${sql.table(table)} set ${sql.ref(name)} = uses.at from uses
    where uses.id = ${sql.ref(`${table}.id`)} and uses.at > coalesce(${sql.ref(`${table}.${name}`)}, 0)`.execute(
    db,
  );
}
