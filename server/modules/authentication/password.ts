import { createHmac, randomBytes } from 'node:crypto';
import type { Context } from '../../context.ts';
import { passwordFits } from '../../crypto/passwords.ts';
import type { ApiError } from '../../errors.ts';
import { type Proof, unauthorized } from '../../http/authenticate.ts';
import { findPerson, getUserIdByLoginOrEmail, type Person } from '../users/users.ts';

/** A password that was found right: for whom, and against which hash. */
interface Verified {
  userId: number;
  passwordHash: string;
}

// Only this process can make the keys under which right passwords are remembered.
const processKey = randomBytes(32);

/**
 * Who signs in with a login or email and a password. The costly hash is computed once for each password: afterwards it is
 * remembered under a keyed digest, and only as long as the user's stored hash is the one that it was compared with.
 * Throws 401, in the same words and after the same time whether the user exists or not.
 */
export async function provePassword(context: Context, login: string, password: string): Promise<Proof> {
  const key = `password:${digest(login, password)}`;
  const verified = context.memory.recall<Verified>(key);
  const known = verified && (await findPerson(context, verified.userId));
  if (known && known.passwordHash === verified.passwordHash) return admit(known);

  const userId = await getUserIdByLoginOrEmail(context, login);
  const person = userId === undefined ? undefined : await findPerson(context, userId);
  const fits = await passwordFits(password, person?.passwordHash ?? undefined);
  if (!fits || !person?.passwordHash) throw wrongPassword();
  const { passwordHash, principal } = person;
  context.touch(key);
  await context.memory.remember<Verified>(key, () => Promise.resolve({ userId: principal.id, passwordHash }));
  return admit(person);
}

/** 401, the same for a user who does not exist, who is disabled, and a wrong password. */
export function wrongPassword(): ApiError {
  return unauthorized('invalid username or password', 'Check both; an administrator can set a new password.');
}

function admit(person: Person): Proof {
  if (person.isDisabled) throw wrongPassword();
  return { principal: person.principal, credential: { kind: 'password', id: 0, name: '', expiresAt: null } };
}

function digest(login: string, password: string): string {
  const mac = createHmac('sha256', processKey);
  // The length keeps "a" + "bc" apart from "ab" + "c".
  return mac.update(`${Buffer.byteLength(login)}:${login}${password}`).digest('base64url');
}
