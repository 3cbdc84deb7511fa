import type { RequestContext } from '../../context.ts';
import { isUniqueViolation } from '../../db/errors.ts';
import { comparableName, searchText } from '../../db/search.ts';
import { inTransaction } from '../../db/transaction.ts';
import { ApiError, badRequest } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { nameIsTaken, updateUser } from './users.store.ts';
import { forgetPerson, requireUser } from './users.ts';

/** What a user is called; what is left out stays, but for a login without which the email is taken. */
export interface Profile {
  name?: string | undefined;
  login?: string | undefined;
  email?: string | undefined;
  theme?: string | undefined;
}

/** Changes what a user is called. Throws 404, 400 without login and email, 412 when either is somebody else's. */
export async function changeProfile(context: RequestContext, id: number, wanted: Profile): Promise<void> {
  const names = namesOf(wanted, 'Validation error, need to specify either username or email');
  await inTransaction(context, async (context) => {
    const before = await requireUser(context, id);
    const { name = before.name, theme = before.theme } = wanted;
    const login = names.login;
    const email = names.email ?? before.email;
    await refusingTakenNames({ login, email }, async () => {
      if (await nameIsTaken(context.db, [login, email], id)) throw namesTaken({ login, email });
      const search_text = searchText(login, email, name);
      await updateUser(context.db, id, { name, login, email, theme, search_text, updated_at: context.now() });
    });
    forgetPerson(context, id);
    const change = changed({ ...before }, { name, login, email, theme });
    await recordChange(context, {
      action: 'users:write',
      kind: 'user',
      id,
      name: before.login,
      orgId: null,
      change,
    });
  });
}

/** Login and email as they are compared; who has only an email has it for a login too. Throws 400, in these words, without either. */
export function namesOf(
  { login: givenLogin = '', email: givenEmail = '' }: Profile,
  message: string,
): { login: string; email: string | undefined } {
  const email = comparableName(givenEmail.trim());
  const login = comparableName(givenLogin.trim()) || email;
  if (login === '') throw badRequest('give a login, an email, or both', message);
  return { login, email: email === '' ? undefined : email };
}

/** 412, as Grafana has it, for a login or email that another one has. */
export function namesTaken({ login, email }: { login: string; email: string }): ApiError {
  return new ApiError(
    412,
    'user.already-exists',
    `User with email '${email}' or username '${login}' already exists`,
    {
      detail: "A login or email is nobody else's login, email or service account: choose another.",
    },
  );
}

/** Does the change, and refuses it with 412 when another one was faster to take a name. */
export async function refusingTakenNames<T>(
  names: { login: string; email: string },
  change: () => Promise<T>,
): Promise<T> {
  try {
    return await change();
  } catch (error) {
    throw isUniqueViolation(error) ? namesTaken(names) : error;
  }
}
