import { ConfigError } from './config/config-error.ts';
import type { Context } from './context.ts';
import { randomLetters } from './crypto/random.ts';
import { ensureMainOrg } from './modules/orgs/orgs.ts';
import { DEFAULT_PASSWORD, othersReach, whoHasDefaultPassword } from './modules/users/first-password.ts';
import { ensureFirstAdmin, hasUsers } from './modules/users/users.ts';

const GENERATED_LETTERS = 24;

export interface FirstRun {
  /** Whether this start made the first administrator. */
  isFirstRun: boolean;
  /** The password that it made up for them, which is nowhere else in clear. */
  generatedPassword?: string;
}

/**
 * Gives a new server its main organization and its first administrator; of several that start at once, one makes them. Throws a ConfigError, and makes nothing, where that one has to
 * have a password of their own and would not.
 */
export async function prepareFirstRun(context: Context): Promise<FirstRun> {
  const { admin_password, admin_user, generate_admin_password } = context.config.security;
  const isKnown = !generate_admin_password && admin_password === DEFAULT_PASSWORD;
  if (isKnown && context.config.security.require_own_admin_password && !(await hasUsers(context))) {
    throw new ConfigError(
      `the first administrator would have the password ${DEFAULT_PASSWORD}, which everybody knows: set [security] ` +
        `admin_password (GF_SECURITY_ADMIN_PASSWORD), the password that ${admin_user} is to have, or have one made and printed with ` +
        'generate_admin_password = true. require_own_admin_password asks for it',
    );
  }
  await ensureMainOrg(context);
  const password = generate_admin_password ? randomLetters(GENERATED_LETTERS) : admin_password;
  const isFirstRun = await ensureFirstAdmin(context, password);
  return isFirstRun && generate_admin_password ? { isFirstRun, generatedPassword: password } : { isFirstRun };
}

/**
 * The login of an administrator whose password everybody knows, where others can reach the server; it is told in the log. Throws a
 * ConfigError where the settings do not have that, whoever can reach it: a proxy may be in front that no setting tells of.
 */
export async function lookForDefaultPassword(context: Context): Promise<string | undefined> {
  const isRefused = context.config.security.require_own_admin_password;
  if (!isRefused && !othersReach(context.config)) return undefined;
  const login = await whoHasDefaultPassword(context);
  if (login === undefined) return undefined;
  const what =
    `its administrator ${login} still has the password ${DEFAULT_PASSWORD}: set another with ` +
    `"latchkey reset-admin-password --login ${login}"`;
  if (isRefused)
    throw new ConfigError(
      `the server does not start, since ${what}. [security] require_own_admin_password asks for it`,
    );
  context.log.warn(`others can reach this server, and ${what}`);
  return login;
}
