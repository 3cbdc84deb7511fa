import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { secretHash } from '../../crypto/secrets.ts';
import { troubleOf } from '../../db/errors.ts';
import { inTransaction } from '../../db/transaction.ts';
import { updateUses } from '../../db/times.ts';
import { REMEMBERED } from '../../memory.ts';
import { writeUses } from '../../uses.ts';
import { keepLease, type Lease } from '../leases/leases.ts';
import {
  deleteSession,
  deleteSessionsOf,
  deleteEnded,
  getSessionByHash,
  insertSession,
  listSessions,
  type SessionHashes,
  type SessionRow,
  updateSecret,
} from './sessions.store.ts';

const SECRET_BYTES = 32;
const SECRET = /^[\w-]{43}$/;
const MINUTE_MS = 60_000;
// "Used last" is exact to this, or to a tenth of the time after which an unused session ends.
const USE_PRECISION_MS = MINUTE_MS;
// Requests run side by side: those that left with the secret before the last change still have to be let in.
const OVERLAP_MS = MINUTE_MS;
// What is noted is written by then, and no transaction is under way any more that saw it open.
const KEPT_LONGER_MS = 10 * MINUTE_MS;
const SESSIONS_AT_ONCE = 500;

/** A session as authentication needs it. */
export interface KnownSession {
  id: number;
  userId: number;
  /** The hash that it was asked for by. */
  hash: string;
  /** Whether that is its present secret, and not the one before. */
  isCurrent: boolean;
  createdAt: number;
  rotatedAt: number;
  seenAt: number;
}

/** A session with its secret, which is nowhere else. */
export interface OpenedSession {
  id: number;
  secret: string;
  expiresAt: number;
}

/** The session with this secret, or with this one before its last change: remembered, or by one indexed query. */
export function findSession(
  context: Context,
  secret: string,
): KnownSession | undefined | Promise<KnownSession | undefined> {
  if (!SECRET.test(secret)) return undefined;
  const hash = secretHash(secret);
  const key = REMEMBERED.session + hash;
  return context.memory.recall<KnownSession>(key) ?? context.memory.remember(key, () => load(context, hash));
}

/** Clears away the sessions that have ended because nobody used them, or after their time. */
export async function clearEndedSessions(context: Context, lease: Lease): Promise<void> {
  const { login_maximum_inactive_lifetime_duration: unused, login_maximum_lifetime_duration: longest } =
    context.config.auth;
  const end = context.now() - context.config.usage.flush_interval - KEPT_LONGER_MS;
  const before = { seenAt: end - unused, createdAt: end - longest };
  for (let count = SESSIONS_AT_ONCE; count === SESSIONS_AT_ONCE;) {
    count = await inTransaction(context, async (context) => {
      await keepLease(context, lease);
      return deleteEnded(context.db, before, SESSIONS_AT_ONCE);
    });
    await setImmediate();
  }
}

/** Opens a session for somebody who has signed in. */
export async function openSession(
  context: Context,
  userId: number,
  { userAgent, address }: { userAgent: string; address: string },
): Promise<OpenedSession> {
  const now = context.now();
  const secret = makeSecret();
  const id = await insertSession(context.db, {
    user_id: userId,
    token_hash: secretHash(secret),
    previous_hash: null,
    user_agent: userAgent,
    address,
    created_at: now,
    rotated_at: now,
    seen_at: now,
  });
  return { id, secret, expiresAt: sessionEnd(context, { createdAt: now }) };
}

/** Whether the session is within its times, and the secret it was asked for by is too. */
export function isOpen(context: Context, session: KnownSession): boolean {
  const now = context.now();
  const seenAt = Math.max(session.seenAt, context.uses.sessions.get(session.id) ?? 0);
  if (now >= seenAt + context.config.auth.login_maximum_inactive_lifetime_duration) return false;
  if (now >= sessionEnd(context, session)) return false;
  return session.isCurrent || now < session.rotatedAt + OVERLAP_MS;
}

/** When a session ends at the latest. */
export function sessionEnd(context: Context, { createdAt }: { createdAt: number }): number {
  return createdAt + context.config.auth.login_maximum_lifetime_duration;
}

/** Notes that a session is used now; writeSessionUses brings it to the database. */
export function noteSession(context: Context, session: KnownSession): void {
  const now = context.now();
  const { login_maximum_inactive_lifetime_duration: unused } = context.config.auth;
  if (now - session.seenAt < Math.min(USE_PRECISION_MS, unused / 10)) return;
  session.seenAt = now;
  context.uses.sessions.set(session.id, now);
}

/** Writes which sessions were used since the last time. */
export function writeSessionUses(context: Context): Promise<void> {
  return writeUses(context.uses.sessions, (batch) => updateUses(context.db, 'session.seen_at', batch));
}

/** Gives a session a new secret when its time has come; undefined when it has not, or another request was first. */
export async function rotateSession(context: Context, session: KnownSession): Promise<string | undefined> {
  const now = context.now();
  const interval = context.config.auth.token_rotation_interval_minutes * MINUTE_MS;
  if (!session.isCurrent || now < session.rotatedAt + interval) return undefined;
  const secret = makeSecret();
  const change = { from: session.hash, to: secretHash(secret), at: now };
  let isFirst: boolean;
  try {
    isFirst = await inTransaction(context, (context) => {
      // Either way what is remembered no longer holds, and nowhere: this secret is the previous one now.
      context.touch(REMEMBERED.session + session.hash);
      return updateSecret(context.db, session.id, change);
    });
  } catch (error) {
    if (troubleOf(error) === undefined) throw error;
    // No reason to send anybody away who is known: it is tried again in a minute.
    session.rotatedAt = now - interval + MINUTE_MS;
    return undefined;
  }
  return isFirst ? secret : undefined;
}

/** A user's sessions that have not ended. */
export function listOpenSessions(context: Context, userId: number): Promise<SessionRow[]> {
  const now = context.now();
  const { login_maximum_inactive_lifetime_duration: unused, login_maximum_lifetime_duration: longest } =
    context.config.auth;
  return listSessions(context.db, userId, { createdAt: now - longest, seenAt: now - unused });
}

/** Ends a session of a user; false when there is none. */
export async function endSession(context: Context, userId: number, id: number): Promise<boolean> {
  const ended = await deleteSession(context.db, userId, id);
  if (ended) forget(context, ended);
  return ended !== undefined;
}

/** Ends all sessions of a user, but the one that is to be spared; says how many. */
export async function endSessions(context: Context, userId: number, spared = 0): Promise<number> {
  const ended = await deleteSessionsOf(context.db, userId, spared);
  for (const session of ended) forget(context, session);
  return ended.length;
}

function makeSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

function forget(context: Context, { token_hash, previous_hash }: SessionHashes): void {
  context.touch(REMEMBERED.session + token_hash);
  if (previous_hash !== null) context.touch(REMEMBERED.session + previous_hash);
}

async function load(context: Context, hash: string): Promise<KnownSession | undefined> {
  const row = await getSessionByHash(context.db, hash);
  return (
    row && {
      id: row.id,
      userId: row.user_id,
      hash,
      isCurrent: row.token_hash === hash,
      createdAt: row.created_at,
      rotatedAt: row.rotated_at,
      seenAt: row.seen_at,
    }
  );
}
