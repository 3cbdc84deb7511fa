import type { FastifyRequest } from 'fastify';
import type { Proof } from '../../access/identity.ts';
import type { Context } from '../../context.ts';
import { unauthorized } from '../../errors.ts';
import { notePerson } from '../users/last-seen.ts';
import { findSession, isOpen, noteSession, rotateSession, sessionEnd } from '../users/sessions.ts';
import { findPerson } from '../users/users.ts';
import { requireSameOrigin } from './same-origin.ts';

/**
 * Who has the session that the cookie names. From memory, but for the first request and the ones that change the secret.
 * Throws 401 and takes the cookie away when it is unknown or over, and 403 for a change that comes from another site.
 */
export async function proveSession(context: Context, request: FastifyRequest, secret: string): Promise<Proof> {
  requireSameOrigin(context.config, request);
  const session = await findSession(context, secret);
  const person = session && isOpen(context, session) ? await findPerson(context, session.userId) : undefined;
  if (session === undefined || person === undefined || person.isDisabled) {
    // A secret that was replaced stays without a word: the browser may have the new one by now.
    if (session?.isCurrent !== false) request.sessionCookie = 'cleared';
    throw unauthorized('Unauthorized', 'The session is over or unknown: sign in again.');
  }
  noteSession(context, session);
  notePerson(context, person);
  const expiresAt = sessionEnd(context, session);
  const fresh = await rotateSession(context, session);
  if (fresh !== undefined) request.sessionCookie = { secret: fresh, expiresAt };
  return { principal: person.principal, credential: { kind: 'session', id: session.id, name: '', expiresAt } };
}
