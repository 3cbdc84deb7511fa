import { createHmac, randomBytes } from 'node:crypto';
import type { Proof } from '../../access/identity.ts';
import type { Context } from '../../context.ts';
import { isImportedPassword } from '../../crypto/grafana-hashes.ts';
import { passwordFits } from '../../crypto/passwords.ts';
import { comparableName } from '../../db/search.ts';
import { type ApiError, type Refusal, unauthorized } from '../../errors.ts';
import { keepByOwnHash, someAreImported } from '../users/imported-passwords.ts';
import { notePerson } from '../users/last-seen.ts';
import { findPerson, getUserIdByLoginOrEmail, type Person } from '../users/users.ts';
import { noteRight, type Tried, tryPassword } from './attempts.ts';

/** A login or email with a password, and from where it was sent. */
export interface Shown extends Tried {
  password: string;
}

/** A password that was found right: for whom, and against which hash. */
interface Verified {
  userId: number;
  passwordHash: string;
}

// Only this process can make the keys under which right passwords are remembered.
const processKey = randomBytes(32);

/** Who asks with a login or email and a password, as `verifyPassword` finds them. */
export async function provePassword(context: Context, shown: Shown): Promise<Proof> {
  const person = await verifyPassword(context, shown);
  notePerson(context, person);
  return proofOf(person);
}

/**
 * The same for a request that is only explained: nobody is seen by it, and nothing is remembered or kept. It always takes the
 * time of the costly hash, so that it tells nothing sooner than signing in does.
 */
export async function lookAtPassword(context: Context, shown: Shown): Promise<Proof> {
  return proofOf(await tryPassword(context, shown, () => findFitting(context, shown)));
}

/**
 * Who has this login or email and this password. The costly hash is computed once for each password: afterwards it is
 * remembered under a keyed digest, and only as long as the user has that login or email, and the stored hash is the one that it
 * was compared with. Throws 401, in the same words and after the same time whether the user exists or not; and 429 as `tryPassword` does.
 */
export async function verifyPassword(context: Context, shown: Shown): Promise<Person> {
  const { login, password } = shown;
  const key = `password:${digest(login, password)}`;
  const { checking } = context.limits;
  const known = await recallPerson(context, key, login);
  if (known !== undefined) return known;

  // Many that come together with the same one are one try. What came of it is asked of memory, which a change meanwhile has cleared.
  const others = checking.get(key);
  if (others !== undefined) {
    await Promise.allSettled([others]);
    const found = await recallPerson(context, key, login);
    if (found !== undefined) return found;
  }
  const check = checkAnew(context, shown, key);
  checking.set(key, check);
  try {
    return await check;
  } finally {
    if (checking.get(key) === check) checking.delete(key);
  }
}

async function recallPerson(context: Context, key: string, login: string): Promise<Person | undefined> {
  const verified = context.memory.recallToCompare<Verified>(key);
  if (verified === undefined) return undefined;
  const known = await findPerson(context, verified.userId);
  if (known && !known.isDisabled && known.passwordHash === verified.passwordHash && goesBy(known, login)) {
    return known;
  }
  context.touch(key);
  return undefined;
}

async function checkAnew(context: Context, shown: Shown, key: string): Promise<Person> {
  const person = await tryPassword(context, shown, () => findFitting(context, shown));
  await noteRight(context, shown);
  context.touch(key);
  const isImported = isImportedPassword(person.passwordHash ?? undefined);
  const current = isImported ? await keepByOwnHash(context, person, shown.password) : person;
  if (current === undefined) throw wrongPassword(refusedOf(person, 'it was changed meanwhile'));
  await keepVerified(context, key, current);
  return current;
}

/** Whose login or email this is, when the password is theirs: the costly part, which takes as long for nobody. */
async function findFitting(context: Context, { login, password }: Shown): Promise<Person> {
  const userId = await getUserIdByLoginOrEmail(context, login);
  const person = userId === undefined ? undefined : await findPerson(context, userId);
  const stored = person?.passwordHash ?? undefined;
  const fits = await passwordFits(password, stored, { someAreImported: await someAreImported(context) });
  if (person === undefined) throw wrongPassword({ exactly: 'no such user' });
  if (!fits || !person.passwordHash) throw wrongPassword(refusedOf(person, 'it does not fit'));
  // Neither remembered nor held up otherwise than a wrong one: that would tell that the password is right.
  if (person.isDisabled) throw wrongPassword(refusedOf(person, 'the user is disabled'));
  return person;
}

async function keepVerified(
  context: Context,
  key: string,
  { principal, passwordHash }: Person,
): Promise<void> {
  if (passwordHash === null) return;
  await context.memory.remember<Verified>(key, () => Promise.resolve({ userId: principal.id, passwordHash }));
}

/** 401, the same for a user who does not exist, who is disabled, and a wrong password. */
export function wrongPassword(
  known: Pick<Refusal, 'exactly' | 'principal'> = {},
  message = 'invalid username or password',
): ApiError {
  const hint = 'Check both; an administrator can set a new password.';
  return unauthorized(message, hint, { reason: 'wrong password', kind: 'password', ...known });
}

function proofOf({ principal }: Person): Proof {
  return { principal, credential: { kind: 'password', id: 0, name: '', expiresAt: null } };
}

function refusedOf({ principal }: Person, exactly: string) {
  return { exactly, principal: `user:${principal.id}` };
}

// Names change hands: whoever had this one when the password was found right may not have it now.
function goesBy({ principal }: Person, login: string): boolean {
  const name = comparableName(login);
  return principal.login === name || principal.email === name;
}

function digest(login: string, password: string): string {
  const mac = createHmac('sha256', processKey);
  // The length keeps "a" + "bc" apart from "ab" + "c".
  return mac.update(`${Buffer.byteLength(login)}:${login}${password}`).digest('base64url');
}
