import { Type } from 'typebox';
import type { RequestContext } from '../../context.ts';
import { Id, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import { describeUserAgent } from './user-agent.ts';
import { listOpenSessions } from './sessions.ts';

/** A session as Grafana shows one, which calls it an auth token. */
export const SessionSchema = Type.Object({
  id: Id,
  isActive: Type.Boolean(),
  clientIp: Type.String(),
  device: Type.String(),
  os: Type.String(),
  osVersion: Type.String(),
  browser: Type.String(),
  browserVersion: Type.String(),
  createdAt: Timestamp,
  seenAt: Timestamp,
});

/** Which session is to end. */
export const SessionChoice = Type.Object({ authTokenId: Id });

/** A user's open sessions; the one that asks is active. */
export async function sessionsAnswer(context: RequestContext, userId: number) {
  const { credential } = context.actor;
  const rows = await listOpenSessions(context, userId);
  return rows.map((row) => ({
    id: row.id,
    isActive: credential.kind === 'session' && credential.id === row.id,
    clientIp: row.address,
    ...describeUserAgent(row.user_agent),
    createdAt: timestamp(row.created_at),
    seenAt: timestamp(context.lastSeen.sessions.get(row.id) ?? row.seen_at),
  }));
}
