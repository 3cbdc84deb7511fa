import { MAIN_ORG_ID } from '../../access/basic-roles.ts';
import type { Principal, TeamPart } from '../../access/identity.ts';
import type { Context } from '../../context.ts';
import { hashPassword } from '../../crypto/passwords.ts';
import { comparableName, searchText } from '../../db/search.ts';
import { inCheckedTransaction } from '../../db/transaction.ts';
import { notFound } from '../../errors.ts';
import { REMEMBERED } from '../../memory.ts';
import { joinOrg } from '../orgs/org-members.ts';
import { grantedTo } from '../roles/granted.ts';
import {
  countUsers,
  getUser,
  getUserByLoginOrEmail,
  insertUser,
  listMemberships,
  listTeamParts,
  type UserRow,
} from './users.store.ts';

export type { UserRow };

/** A user as authentication needs it. */
export interface Person {
  principal: Principal;
  isDisabled: boolean;
  passwordHash: string | null;
  lastSeenAt: number | null;
}

/** A user by id, remembered until it changes; undefined when there is none. */
export function findPerson(context: Context, id: number): Person | undefined | Promise<Person | undefined> {
  const key = REMEMBERED.user + id;
  return context.memory.recall<Person>(key) ?? context.memory.remember(key, () => loadPerson(context, id));
}

/** The id of the user with this login or, failing that, this email. */
export async function getUserIdByLoginOrEmail(
  context: Context,
  loginOrEmail: string,
): Promise<number | undefined> {
  // PostgreSQL takes no NUL in a text: nobody is called so.
  if (loginOrEmail.includes('\0')) return undefined;
  return (await getUserByLoginOrEmail(context.db, loginOrEmail))?.id;
}

/** Whether somebody is still what they were when they were looked up: there, enabled, and with the same password. */
export async function isStill(context: Context, { principal, passwordHash }: Person): Promise<boolean> {
  const row = await getUser(context.db, principal.id);
  return row !== undefined && row.is_disabled === 0 && row.password_hash === passwordHash;
}

/** Has the user looked up anew: to be called by whatever changes the user or their memberships. */
export function forgetPerson(context: Context, id: number): void {
  context.touch(REMEMBERED.user + id);
}

/** A user by id. Throws 404. */
export async function requireUser(context: Context, id: number): Promise<UserRow> {
  const user = await getUser(context.db, id);
  if (user === undefined) throw notFound('user not found', 'user.not-found');
  return user;
}

/** Whether there is anybody, or the settings want nobody made. */
export async function hasUsers({ config, db }: Context): Promise<boolean> {
  return config.security.disable_initial_admin_creation || (await countUsers(db)) > 0;
}

/** On a server without any user, makes the administrator that the configuration names. Says whether it did. */
export async function ensureFirstAdmin(context: Context, password: string): Promise<boolean> {
  const { admin_user, admin_email } = context.config.security;
  if (await hasUsers(context)) return false;
  const password_hash = await hashPassword(password);
  return inCheckedTransaction(context, async (context) => {
    if ((await countUsers(context.db)) > 0) return false;
    const now = context.now();
    const login = comparableName(admin_user);
    const email = comparableName(admin_email);
    const id = await insertUser(context.db, {
      login,
      email,
      name: '',
      password_hash,
      is_server_admin: 1,
      is_disabled: 0,
      theme: '',
      org_id: MAIN_ORG_ID,
      search_text: searchText(login, email),
      created_at: now,
      updated_at: now,
      last_seen_at: null,
    });
    await joinOrg(context, { orgId: MAIN_ORG_ID, userId: id, role: 'Admin' });
    return true;
  });
}

async function loadPerson(context: Context, id: number): Promise<Person | undefined> {
  const row = await getUser(context.db, id);
  if (row === undefined) return undefined;
  const memberships = new Map(
    (await listMemberships(context.db, id)).map(({ org_id, role }) => [org_id, role]),
  );
  const firstOrg = Math.min(...memberships.keys());
  const elsewhere = Number.isFinite(firstOrg) ? firstOrg : 0;
  return {
    isDisabled: row.is_disabled === 1,
    passwordHash: row.password_hash,
    lastSeenAt: row.last_seen_at,
    principal: {
      kind: 'user',
      id,
      name: row.name,
      login: row.login,
      email: row.email,
      isServerAdmin: row.is_server_admin === 1,
      // Whoever was taken out of the organization they last worked in goes on in another.
      currentOrgId: memberships.has(row.org_id) ? row.org_id : elsewhere,
      memberships,
      teams: await loadTeams(context, id),
      granted: await grantedTo(context, { user_id: id }),
    },
  };
}

async function loadTeams(context: Context, id: number): Promise<Map<number, TeamPart[]>> {
  const teams = new Map<number, TeamPart[]>();
  for (const { org_id, id: team, permission } of await listTeamParts(context.db, id)) {
    const known = teams.get(org_id) ?? [];
    teams.set(org_id, [...known, { id: team, permission }]);
  }
  return teams;
}
