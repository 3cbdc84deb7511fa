import type { Proof } from '../../access/identity.ts';
import type { Context } from '../../context.ts';
import { findSession, isOpen, noteSession, rotateSession, sessionEnd } from '../sessions/sessions.ts';
import { notePerson } from '../users/last-seen.ts';
import { findPerson } from '../users/users.ts';

/** Who has a session, and what becomes of the cookie: a new secret, the old one, or none. */
interface SessionProof {
  proof: Proof | undefined;
  cookie: { secret: string; expiresAt: number } | 'keep' | 'clear';
}

/** Who has the session with this secret. From memory, but for the first request and those that change the secret. */
export async function proveSession(context: Context, secret: string): Promise<SessionProof> {
  const session = await findSession(context, secret);
  if (session === undefined) return { proof: undefined, cookie: 'clear' };
  const person = isOpen(context, session) ? await findPerson(context, session.userId) : undefined;
  if (person === undefined || person.isDisabled) {
    // With a secret that was replaced the cookie stays: the browser may have the new one by now.
    return { proof: undefined, cookie: session.isCurrent ? 'clear' : 'keep' };
  }
  noteSession(context, session);
  notePerson(context, person);
  const expiresAt = sessionEnd(context, session);
  const fresh = await rotateSession(context, session);
  const credential = { kind: 'session', id: session.id, name: '', expiresAt } as const;
  return {
    proof: { principal: person.principal, credential },
    cookie: fresh === undefined ? 'keep' : { secret: fresh, expiresAt },
  };
}
