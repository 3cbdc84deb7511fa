import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Schema } from '../../db/schema.ts';

/** What time it is in the database, milliseconds since 1970. */
export type DatabaseTime = RawBuilder<number>;

const CLOCKS = {
  // Not that of the transaction, which may have waited.
  postgres: sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`,
  sqlite: sql<number>`cast(unixepoch('subsec') * 1000 as bigint)`,
};

/** The clock of the database, so many milliseconds ahead. */
export function databaseTime(type: keyof typeof CLOCKS, ahead: number): DatabaseTime {
  return sql`(${CLOCKS[type]} + ${sql.lit(Math.round(ahead))})`;
}

/** For how long from now on somebody can have a lease at most, in milliseconds: that of a holder, and that of nobody, which rests. */
export interface Longest {
  held: number;
  resting: number;
}

/** Whether the time of a lease is over, or so far ahead that nobody can have meant it: the clock was set back since. */
function hasLapsed(now: DatabaseTime, { held, resting }: Longest): RawBuilder<boolean> {
  const longest = sql`case when lease.holder = '' then ${sql.lit(resting)} else ${sql.lit(held)} end`;
  return sql<boolean>`(lease.held_until <= ${now} or lease.held_until > ${now} + ${longest})`;
}

/** Gives a lease that nobody has, or that has lapsed, to a holder, and returns its note; undefined where somebody has it. */
export async function takeLeaseRow(
  db: Kysely<Schema>,
  { name, holder, now, forMs }: { name: string; holder: string; now: DatabaseTime; forMs: number },
  longest: Longest,
): Promise<string | undefined> {
  const held_until = sql<number>`${now} + ${sql.lit(forMs)}`;
  const row = await db
    .insertInto('lease')
    .values({ name, holder, held_until, note: '' })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ holder, held_until }).where(hasLapsed(now, longest)),
    )
    .returning('note')
    .executeTakeFirst();
  return row?.note;
}

/** Changes a lease that this holder still has; false where it has it no longer. */
export async function updateHeldLease(
  db: Kysely<Schema>,
  { name, holder, now, forMs }: { name: string; holder: string; now: DatabaseTime; forMs: number },
  changes: { holder?: string; note?: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('lease')
    .set({ ...changes, held_until: sql<number>`${now} + ${sql.lit(forMs)}` })
    .where('name', '=', name)
    .where('holder', '=', holder)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

export async function deleteHeldLease(db: Kysely<Schema>, name: string, holder: string): Promise<void> {
  await db.deleteFrom('lease').where('name', '=', name).where('holder', '=', holder).execute();
}

/** All of them, and whether they may be taken now. */
export async function listLeases(
  db: Kysely<Schema>,
  now: DatabaseTime,
  longest: Longest,
): Promise<{ name: string; mayBeTaken: boolean }[]> {
  const rows = await db
    .selectFrom('lease')
    .select('name')
    .select(sql<number>`case when ${hasLapsed(now, longest)} then 1 else 0 end`.as('is_free'))
    .execute();
  return rows.map(({ name, is_free }) => ({ name, mayBeTaken: is_free === 1 }));
}

/** Has the database end the transaction where whoever runs it stands still for so long in the middle. */
export async function endWhenIdle(db: Kysely<Schema>, afterMs: number): Promise<void> {
  await sql`set local idle_in_transaction_session_timeout = ${sql.lit(afterMs)}`.execute(db);
}
