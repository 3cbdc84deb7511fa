import type { Insertable, Kysely, Updateable } from 'kysely';
import type { CloudSchema, StackRow, StackTable } from '../../db/schema.ts';

/** The time of a removal that was begun: from then on the stack cannot be restored. */
export const REMOVAL_BEGUN = 0;

/** One that is there, by slug or id. */
export function getStack(db: Kysely<CloudSchema>, idOrSlug: string): Promise<StackRow | undefined> {
  return live(db)
    .where((is) =>
      /^\d{1,15}$/.test(idOrSlug) ? is('id', '=', Number(idOrSlug)) : is('slug', '=', idOrSlug),
    )
    .executeTakeFirst();
}

/** One that is there, by where it is reached. */
export function getStackAt(
  db: Kysely<CloudSchema>,
  place: { port: number } | { host: string },
): Promise<StackRow | undefined> {
  return 'port' in place
    ? live(db).where('port', '=', place.port).executeTakeFirst()
    : live(db).where('host', '=', place.host).executeTakeFirst();
}

export function getDeletedStack(db: Kysely<CloudSchema>, id: number): Promise<StackRow | undefined> {
  return deleted(db).where('id', '=', id).executeTakeFirst();
}

export function listStacks(db: Kysely<CloudSchema>, orgId: number): Promise<StackRow[]> {
  return live(db).where('org_id', '=', orgId).orderBy('slug').execute();
}

/** Those that were deleted and have their data still, the last one first. */
export function listDeletedStacks(db: Kysely<CloudSchema>, orgId: number): Promise<StackRow[]> {
  return deleted(db)
    .where('org_id', '=', orgId)
    .orderBy('deleted_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

export function listStacksOf(db: Kysely<CloudSchema>, ids: readonly number[]): Promise<StackRow[]> {
  return live(db).where('id', 'in', ids).execute();
}

/** All that have their data, or one: those that are deleted and kept too. */
export function listKeptStacks(db: Kysely<CloudSchema>, id?: number): Promise<StackRow[]> {
  const kept = db.selectFrom('stack').selectAll().where('removed_at', 'is', null).orderBy('id');
  return (id === undefined ? kept : kept.where('id', '=', id)).execute();
}

/** Ports of all that are there. */
export async function listPorts(db: Kysely<CloudSchema>): Promise<number[]> {
  const rows = await db
    .selectFrom('stack')
    .select('port')
    .where('deleted_at', 'is', null)
    .where('port', 'is not', null)
    .orderBy('port')
    .execute();
  return rows.map(({ port }) => port as number);
}

/** Those that were deleted before a time and still have their data, or some of it: the removal was begun. */
export function listDeletedBefore(db: Kysely<CloudSchema>, time: number): Promise<StackRow[]> {
  return db
    .selectFrom('stack')
    .selectAll()
    .where('deleted_at', '<=', time)
    .where((is) => is.or([is('removed_at', 'is', null), is('removed_at', '=', REMOVAL_BEGUN)]))
    .orderBy('id')
    .execute();
}

/** Ends a removal that was begun; undefined where somebody else was first. */
export function endRemoval(db: Kysely<CloudSchema>, id: number, now: number): Promise<StackRow | undefined> {
  return db
    .updateTable('stack')
    .set({ removed_at: now })
    .where('id', '=', id)
    .where('removed_at', '=', REMOVAL_BEGUN)
    .returningAll()
    .executeTakeFirst();
}

export async function insertStack(db: Kysely<CloudSchema>, row: Insertable<StackTable>): Promise<StackRow> {
  return db.insertInto('stack').values(row).returningAll().executeTakeFirstOrThrow();
}

export async function updateStack(
  db: Kysely<CloudSchema>,
  id: number,
  changes: Updateable<StackTable>,
): Promise<StackRow> {
  return db.updateTable('stack').set(changes).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

function live(db: Kysely<CloudSchema>) {
  return db.selectFrom('stack').selectAll().where('deleted_at', 'is', null);
}

function deleted(db: Kysely<CloudSchema>) {
  return db
    .selectFrom('stack')
    .selectAll()
    .where('deleted_at', 'is not', null)
    .where('removed_at', 'is', null);
}
