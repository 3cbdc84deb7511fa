import type { Context } from '../../context.ts';
import { IMPORTED_PASSWORD } from '../../crypto/grafana-hashes.ts';
import { hashPassword, passwordFits } from '../../crypto/passwords.ts';
import { inTransaction } from '../../db/transaction.ts';
import { hasPasswordHashBeginning, replacePasswordHash } from './users.store.ts';
import { findPerson, forgetPerson, type Person } from './users.ts';

const LEFT = 'imported:passwords';

/** Whether anybody still has a password hash of Grafana's. */
export async function someAreImported(context: Context): Promise<boolean> {
  const left = await context.memory.remember(LEFT, async () => ({
    some: await hasPasswordHashBeginning(context.db, IMPORTED_PASSWORD),
  }));
  return left?.some ?? false;
}

/** Has it be found out anew, since passwords were just imported. */
export function expectImportedPasswords(context: Context): void {
  context.touch(LEFT);
}

/**
 * Keeps a password that was found right by our own hash from now on, in the place of Grafana's. Returns the person as they are then;
 * undefined where somebody has set another password meanwhile.
 */
export async function keepByOwnHash(
  context: Context,
  { principal, passwordHash }: Person,
  password: string,
): Promise<Person | undefined> {
  const { id } = principal;
  const own = await hashPassword(password);
  await inTransaction(context, async (context) => {
    context.touch(LEFT);
    forgetPerson(context, id);
    await replacePasswordHash(context.db, id, passwordHash ?? '', own);
  });
  const person = await findPerson(context, id);
  if (person === undefined || person.passwordHash === own) return person;
  return (await passwordFits(password, person.passwordHash ?? undefined)) ? person : undefined;
}
