import type { Role } from '../../access/roles.ts';
import type { RequestContext } from '../../context.ts';
import { searchText } from '../../db/search.ts';
import { freeLogin } from './service-accounts.ts';
import { getAccountNamed, hasGrants, insertServiceAccount } from './service-accounts.store.ts';

/** What an API key may do. */
export interface HeldByKey {
  role: Role;
  isServerAdmin: boolean;
}

// Grafana: the accounts of migrated keys are called so.
const AUTOGEN = 'sa-autogen-';

/**
 * Makes the account that an API key becomes a token of: `sa-autogen-<key>`, with a number where that is taken. It holds what the
 * key held, so that nobody can do more than before.
 */
export async function createAccountForKey(
  context: RequestContext,
  key: HeldByKey & { name: string },
): Promise<{ id: number; name: string }> {
  const { orgId } = context.actor;
  const name = await freeName(context, AUTOGEN + key.name);
  const now = context.now();
  const id = await insertServiceAccount(context.db, {
    org_id: orgId,
    name,
    // Grafana: the organization is part of these logins, whether the shorter one is free or not.
    login: await freeLogin(context, `autogen-${orgId}-${key.name}`),
    role: key.role,
    is_disabled: 0,
    is_server_admin: key.isServerAdmin ? 1 : 0,
    search_text: searchText(name),
    created_at: now,
    updated_at: now,
  });
  return { id, name };
}

/**
 * The one account that all keys of a role become tokens of, `sa-autogen-keys-<role>`: made where it is not there. One that has
 * been changed or given more since is passed by, so that no key gets rights that it did not have.
 */
export async function accountForKeysLike(
  context: RequestContext,
  key: HeldByKey,
): Promise<{ id: number; name: string }> {
  const { known } = await findAccountForKeysLike(context, key);
  return known ?? createAccountForKey(context, { ...key, name: groupOf(key) });
}

/** What a key's account would be called if it were made, or found, now. */
export async function accountNameFor(
  context: RequestContext,
  key: HeldByKey & { name: string },
  { groupByRole }: { groupByRole: boolean },
): Promise<string> {
  if (!groupByRole) return freeName(context, AUTOGEN + key.name);
  return (await findAccountForKeysLike(context, key)).name;
}

async function findAccountForKeysLike(
  context: RequestContext,
  key: HeldByKey,
): Promise<{ name: string; known?: { id: number; name: string } }> {
  for (let attempt = 1; ; attempt++) {
    const name = numbered(AUTOGEN + groupOf(key), attempt);
    const known = await getAccountNamed(context.db, context.actor.orgId, name);
    if (known === undefined) return { name };
    const isServerAdmin = known.is_server_admin === 1;
    const isAsMade =
      known.role === key.role && isServerAdmin === key.isServerAdmin && known.is_disabled === 0;
    if (isAsMade && !(await hasGrants(context.db, known))) return { name, known };
  }
}

function groupOf({ role, isServerAdmin }: HeldByKey): string {
  return `keys-${role.toLowerCase()}${isServerAdmin ? '-server-admin' : ''}`;
}

/** The name where it is free in the organization, else with a number. */
async function freeName(context: RequestContext, wanted: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const name = numbered(wanted, attempt);
    if ((await getAccountNamed(context.db, context.actor.orgId, name)) === undefined) return name;
  }
}

function numbered(name: string, attempt: number): string {
  return attempt === 1 ? name : `${name}-${attempt}`;
}
