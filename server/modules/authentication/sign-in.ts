import { identityIn } from '../../access/identify.ts';
import type { Context, RequestContext } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { ApiError, type Refusal } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import {
  endSession,
  findSession,
  type OpenedSession,
  openSession,
  sessionEnd,
} from '../sessions/sessions.ts';
import { notePerson } from '../users/last-seen.ts';
import { findPerson, isStill, type Person } from '../users/users.ts';
import { verifyPassword, wrongPassword } from './password.ts';

/** The context of a request by somebody who has not said yet who they are. */
export type Unproven = Omit<RequestContext, 'actor'>;

// Grafana: with a capital, unlike the same refusal of basic authentication.
const REFUSED = 'Invalid username or password';

/** Opens a session for whoever knows the password. Throws 401, the same for nobody and for a wrong password. */
export async function signIn(
  context: Unproven,
  { login, password, userAgent }: { login: string; password: string; userAgent: string },
): Promise<OpenedSession> {
  const person = await verify(context, login, password);
  const { principal } = person;
  const session = await inTransaction(context, async (context) => {
    // Meanwhile they may have been disabled or deleted, or their password changed, and the sessions then ended.
    if (!(await isStill(context, person))) throw wrongPassword({}, REFUSED);
    const opened = await openSession(context, principal.id, { userAgent, address: context.address });
    const entry = { action: 'sessions:open', kind: 'session', id: opened.id, name: principal.login };
    await recordChange(inSession(context, person, opened), entry);
    return opened;
  });
  notePerson(context, person);
  return session;
}

/** Ends the session that has this secret, if there is one. */
export async function signOut(context: Unproven, secret: string): Promise<void> {
  const session = await findSession(context, secret);
  if (session === undefined) return;
  const person = await findPerson(context, session.userId);
  if (person === undefined) return;
  const { id, userId } = session;
  await inTransaction(context, async (context) => {
    if (!(await endSession(context, userId, id))) return;
    const actor = inSession(context, person, { id, expiresAt: sessionEnd(context, session) });
    await recordChange(actor, { action: 'sessions:end', kind: 'session', id, name: person.principal.login });
  });
}

async function verify(context: Unproven, login: string, password: string): Promise<Person> {
  try {
    return await verifyPassword(context, { login, password, address: context.address });
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 429)) throw error;
    // What was typed is not logged: it may be a password in the wrong field.
    const { exactly, principal } = error.cause as Refusal;
    const { address, requestId } = context;
    context.log.part('auth').warn({ address, requestId, exactly, principal }, 'a sign-in failed');
    if (error.status === 429) throw error;
    throw wrongPassword({ ...(exactly && { exactly }), ...(principal && { principal }) }, REFUSED);
  }
}

function inSession<C extends Context & Unproven>(
  context: C,
  { principal }: Person,
  { id, expiresAt }: { id: number; expiresAt: number },
): RequestContext {
  const proof = { principal, credential: { kind: 'session', id, name: '', expiresAt } as const };
  return { ...context, actor: identityIn(context.config.access_control, proof, principal.currentOrgId) };
}
