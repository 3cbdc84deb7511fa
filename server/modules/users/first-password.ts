import { BlockList, isIP } from 'node:net';
import type { Context } from '../../context.ts';
import { passwordFits } from '../../crypto/passwords.ts';
import { listFirstAdmins } from './users.store.ts';

/** What the first administrator's password is where nobody says another. */
export const DEFAULT_PASSWORD = 'admin';
const DEFAULT_LOGIN = 'admin';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Whether anybody but programs on this machine may reach the server: at the address where it listens, through a proxy that it
 * trusts, or under the name that people are given for it.
 */
export function othersReach({ server }: Context['config']): boolean {
  const name = new URL(server.root_url).hostname.replace(/^\[|\]$/g, '');
  return !isLoopback(server.http_addr) || !isLoopback(name) || server.trusted_proxies.length > 0;
}

/**
 * The login of an administrator whose password is the one that everybody knows, either the oldest of them or who has the login of a
 * first one. The costly comparison is made once for each password that is set.
 */
export async function whoHasDefaultPassword(context: Context): Promise<string | undefined> {
  const logins = [DEFAULT_LOGIN, context.config.security.admin_user.toLowerCase()];
  for (const { login, password_hash } of await listFirstAdmins(context.db, logins)) {
    if (await isDefaultPassword(context, password_hash)) return login;
  }
  return undefined;
}

/** The same, where others reach the server; undefined where they do not. */
export async function whoKeepsDefaultPassword(context: Context): Promise<string | undefined> {
  return othersReach(context.config) ? whoHasDefaultPassword(context) : undefined;
}

/** Whether a hash is one of the password that everybody knows. */
export async function isDefaultPassword({ memory }: Context, hash: string | null): Promise<boolean> {
  if (hash === null) return false;
  const verdict = await memory.remember(`default-password:${hash}`, async () => ({
    fits: await passwordFits(DEFAULT_PASSWORD, hash),
  }));
  return verdict?.fits === true;
}

function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return /(^|\.)localhost\.?$/i.test(host);
  return loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
