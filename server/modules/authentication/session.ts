import type { Proof } from '../../access/identity.ts';
import type { Context } from '../../context.ts';
import {
  findSession,
  isOpen,
  type KnownSession,
  noteSession,
  rotateSession,
  sessionEnd,
} from '../sessions/sessions.ts';
import { notePerson } from '../users/last-seen.ts';
import { findPerson, type Person } from '../users/users.ts';

/** Who has a session, and what becomes of the cookie: a new secret, the old one, or none. */
interface SessionProof {
  proof: Proof | undefined;
  cookie: { secret: string; expiresAt: number } | 'keep' | 'clear';
}

/** Who has the session with this secret. From memory, but for the first request and those that change the secret. */
export async function proveSession(context: Context, secret: string): Promise<SessionProof> {
  const session = await findSession(context, secret);
  if (session === undefined) return { proof: undefined, cookie: 'clear' };
  const person = await findHolder(context, session);
  // With a secret that was replaced the cookie stays: the browser may have the new one by now.
  if (person === undefined) return { proof: undefined, cookie: session.isCurrent ? 'clear' : 'keep' };
  noteSession(context, session);
  notePerson(context, person);
  const proof = proofOf(context, session, person);
  const fresh = await rotateSession(context, session);
  return {
    proof,
    cookie: fresh === undefined ? 'keep' : { secret: fresh, expiresAt: sessionEnd(context, session) },
  };
}

/** The same for a request that is only explained: it is no use of the session, whose secret stays as it is. */
export async function lookAtSession(context: Context, secret: string): Promise<SessionProof> {
  const session = await findSession(context, secret);
  const person = session && (await findHolder(context, session));
  const proof = session && person && proofOf(context, session, person);
  return { proof, cookie: 'keep' };
}

/** Who may still use the session, if anybody. */
async function findHolder(context: Context, session: KnownSession): Promise<Person | undefined> {
  const person = isOpen(context, session) ? await findPerson(context, session.userId) : undefined;
  return person?.isDisabled === true ? undefined : person;
}

function proofOf(context: Context, session: KnownSession, { principal }: Person): Proof {
  const expiresAt = sessionEnd(context, session);
  return { principal, credential: { kind: 'session', id: session.id, name: '', expiresAt } };
}
