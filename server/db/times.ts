import { type Kysely, sql } from 'kysely';
import type { Schema, Time } from './schema.ts';

/** The columns that say when something was last used. */
type UseColumn = 'credential.last_used_at' | 'session.seen_at' | 'user.last_seen_at';

/** Sets when things were last used, by id, all in one statement; what another process has set to later stays. */
export async function updateUses(
  db: Kysely<Schema>,
  column: UseColumn,
  uses: readonly (readonly [id: number, at: Time])[],
): Promise<void> {
  const [table = '', name = ''] = column.split('.');
  const rows = sql.join(uses.map(([id, at]) => sql`(cast(${id} as bigint), cast(${at} as bigint))`));
  await sql`with uses (id, at) as (values ${rows})
    update ${sql.table(table)} set ${sql.ref(name)} = uses.at from uses
    where uses.id = ${sql.ref(`${table}.id`)} and uses.at > coalesce(${sql.ref(`${table}.${name}`)}, 0)`.execute(
    db,
  );
}
