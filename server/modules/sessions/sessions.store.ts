import { type Insertable, type Kysely, type Selectable } from 'kysely';
import type { Schema, SessionTable, Time } from '../../db/schema.ts';

export type SessionRow = Selectable<SessionTable>;

/** The hashes under which a session was known. */
export interface SessionHashes {
  id: number;
  token_hash: string;
  previous_hash: string | null;
}

export async function insertSession(
  db: Kysely<Schema>,
  row: Omit<Insertable<SessionTable>, 'id'>,
): Promise<number> {
  const { id } = await db.insertInto('session').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

/** A session by its secret's hash, or by that of the secret before it. */
export function getSessionByHash(db: Kysely<Schema>, hash: string): Promise<SessionRow | undefined> {
  return db
    .selectFrom('session')
    .selectAll()
    .where(({ or, eb }) => or([eb('token_hash', '=', hash), eb('previous_hash', '=', hash)]))
    .executeTakeFirst();
}

/** A user's sessions that were opened and used since the given times, the one used last first. */
export function listSessions(
  db: Kysely<Schema>,
  userId: number,
  since: { createdAt: Time; seenAt: Time },
): Promise<SessionRow[]> {
  return db
    .selectFrom('session')
    .selectAll()
    .where('user_id', '=', userId)
    .where('created_at', '>', since.createdAt)
    .where('seen_at', '>', since.seenAt)
    .orderBy('seen_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

/** Puts a new secret in the place of the one that has this hash; false when another request did so before. */
export async function updateSecret(
  db: Kysely<Schema>,
  id: number,
  { from, to, at }: { from: string; to: string; at: Time },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('session')
    .set({ token_hash: to, previous_hash: from, rotated_at: at, seen_at: at })
    .where('id', '=', id)
    .where('token_hash', '=', from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Deletes one session of a user. */
export function deleteSession(
  db: Kysely<Schema>,
  userId: number,
  id: number,
): Promise<SessionHashes | undefined> {
  return db
    .deleteFrom('session')
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .returning(['id', 'token_hash', 'previous_hash'])
    .executeTakeFirst();
}

/** Deletes a user's sessions, all but one (0 spares none). */
export function deleteSessionsOf(
  db: Kysely<Schema>,
  userId: number,
  exceptId: number,
): Promise<SessionHashes[]> {
  return db
    .deleteFrom('session')
    .where('user_id', '=', userId)
    .where('id', '<>', exceptId)
    .returning(['id', 'token_hash', 'previous_hash'])
    .execute();
}

/** Deletes sessions that were last used, or opened, before the given times, so many at most; returns how many. */
export async function deleteEnded(
  db: Kysely<Schema>,
  before: { createdAt: Time; seenAt: Time },
  limit: number,
): Promise<number> {
  const ended = db
    .selectFrom('session')
    .select('id')
    .where(({ or, eb }) => or([eb('seen_at', '<', before.seenAt), eb('created_at', '<', before.createdAt)]))
    .limit(limit);
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where('id', 'in', ended)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
