import { requirePermission } from '../../access/can.ts';
import type { RequestContext } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { badRequest, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { forgetCredential } from '../credentials/credentials.ts';
import { closeToKeys } from '../orgs/orgs.ts';
import { requireRoom } from '../quotas/quotas.ts';
import {
  accountForKeysLike,
  accountNameFor,
  createAccountForKey,
  type HeldByKey,
} from '../service-accounts/accounts-for-keys.ts';
import {
  deleteAccount,
  requireListedAccount,
  requireOutranking,
} from '../service-accounts/service-accounts.ts';
import {
  getKeyOrToken,
  listKeysAndTheirTokens,
  listKeysThatStayed,
  updateToKey,
  updateToToken,
} from './key-migration.store.ts';

const ALL_KEYS = 'apikeys:*';

type Key = NonNullable<Awaited<ReturnType<typeof getKeyOrToken>>>;

export const OUTCOMES = ['moved', 'would move', 'already moved', 'skipped'] as const;

/** What became of one key. */
export interface MovedKey {
  id: number;
  name: string;
  outcome: (typeof OUTCOMES)[number];
  /** Where it is now, if it has moved. */
  serviceAccountId?: number;
  serviceAccount?: string;
  /** Why it was skipped. */
  reason?: string;
}

export interface HowToMove {
  /** Keys of one role become tokens of one account instead of one account each. */
  groupByRole?: boolean | undefined;
  /** Expired keys too, which give no access any more. Revoked ones never move. */
  includeExpired?: boolean | undefined;
  /** Only says what would happen. */
  dryRun?: boolean | undefined;
}

/**
 * Makes a key the token of a new service account: the same secret, with the same role, expiry, last use and maker. A key
 * that has moved already stays where it is. One that is revoked
 * gives no access that could move. Throws 404.
 */
export async function migrateKey(
  context: RequestContext,
  id: number,
  how: HowToMove = {},
): Promise<MovedKey> {
  await requireSay(context, how);
  return inTransaction(context, async (context) => {
    const key = await getKeyOrToken(context.db, context.actor.orgId, id);
    if (key === undefined || (key.service_account_id !== null && key.migrated_at === null)) {
      throw notFound('API key not found', 'apikeys.not-found');
    }
    if (key.service_account_id === null) await requireRoom(context, 'service_account', context.actor.orgId);
    // Whoever names a key means it, expired or not.
    const meant = { ...how, includeExpired: true };
    return move(context, key, meant, accountsFor(context, meant));
  });
}

/** Whoever moves keys reads their names and ends them as keys: that takes more than making service accounts. */
export async function requireSay(context: RequestContext, { dryRun }: HowToMove): Promise<void> {
  await requirePermission(context, 'apikeys:read', ALL_KEYS);
  if (!dryRun) await requirePermission(context, 'apikeys:delete', ALL_KEYS);
}

/** Makes a token that was a key one again, with the role of its account; the account goes when nothing else is left of it. */
export async function revertKey(context: RequestContext, accountId: number, id: number): Promise<void> {
  await inTransaction(context, async (context) => {
    const account = await requireListedAccount(context, accountId);
    await requireOutranking(context, account);
    const token = await getKeyOrToken(context.db, context.actor.orgId, id);
    if (token === undefined || token.service_account_id !== accountId) {
      throw notFound('Service account token not found', 'serviceaccounts.token-not-found');
    }
    if (token.migrated_at === null)
      throw badRequest('this token was never an API key, so it cannot become one');
    if (account.is_disabled === 1) {
      throw badRequest('the service account is disabled, and a key cannot be: enable it first, or delete it');
    }
    const { role, is_server_admin } = account;
    await updateToKey(context.db, id, { role, is_server_admin });
    forgetCredential(context, token.secret_hash);
    const change = { serviceAccountId: accountId, serviceAccount: account.name };
    await recordChange(context, { action: 'apikeys:revert', kind: 'api-key', id, name: token.name, change });
    if (account.tokens === 1) await deleteAccount(context, accountId);
  });
}

/** Moves keys of the organization from after one on; those that are tokens already are told of. In a transaction. */
export async function moveSome(
  context: RequestContext,
  how: HowToMove,
  after: number,
  limit: number,
): Promise<MovedKey[]> {
  return moveEach(context, how, await listKeysAndTheirTokens(context.db, context.actor.orgId, after, limit));
}

/**
 * Closes the organization to new keys where none is left; else moves some that came to be, or came back, behind the run. In a
 * transaction.
 */
export async function closeOrMoveLate(
  context: RequestContext,
  how: HowToMove,
  limit: number,
): Promise<MovedKey[]> {
  const validAt = how.includeExpired ? 0 : context.now();
  const late = await listKeysThatStayed(context.db, context.actor.orgId, validAt, limit);
  if (late.length === 0) await closeToKeys(context, context.actor.orgId);
  return moveEach(context, how, late);
}

async function moveEach(context: RequestContext, how: HowToMove, keys: readonly Key[]): Promise<MovedKey[]> {
  const accountOf = accountsFor(context, how);
  const moved: MovedKey[] = [];
  for (const key of keys) moved.push(await move(context, key, how, accountOf));
  return moved;
}

type AccountOf = (key: HeldByKey & { name: string }) => Promise<{ id: number; name: string }>;

/** Which account a key moves to. One of several keys is looked for once in a transaction. */
function accountsFor(context: RequestContext, { groupByRole }: HowToMove): AccountOf {
  if (!groupByRole) return (key) => createAccountForKey(context, key);
  const found = new Map<string, ReturnType<AccountOf>>();
  return (key) => {
    const kind = `${key.role} ${key.isServerAdmin}`;
    const account = found.get(kind) ?? accountForKeysLike(context, key);
    found.set(kind, account);
    return account;
  };
}

async function move(
  context: RequestContext,
  key: Key,
  how: HowToMove,
  accountOf: AccountOf,
): Promise<MovedKey> {
  const { id, name } = key;
  if (key.service_account_id !== null) {
    const found = { serviceAccountId: key.service_account_id, serviceAccount: key.account_name ?? '' };
    return { id, name, outcome: 'already moved', ...found };
  }
  if (key.is_revoked === 1)
    return { id, name, outcome: 'skipped', reason: 'revoked, so that nothing can use it any more' };
  if (key.expires_at !== null && key.expires_at <= context.now() && !how.includeExpired) {
    const reason = `expired ${new Date(key.expires_at).toISOString()}, so that nothing can use it any more`;
    return { id, name, outcome: 'skipped', reason };
  }
  const role = key.role ?? 'None';
  const held = { name, role, isServerAdmin: key.is_server_admin === 1 };
  if (how.dryRun) {
    const serviceAccount = await accountNameFor(context, held, { groupByRole: how.groupByRole === true });
    return { id, name, outcome: 'would move', serviceAccount };
  }
  const account = await accountOf(held);
  await updateToToken(context.db, id, { service_account_id: account.id, migrated_at: context.now() });
  forgetCredential(context, key.secret_hash);
  const change = { serviceAccountId: account.id, serviceAccount: account.name, role };
  await recordChange(context, { action: 'apikeys:migrate', kind: 'api-key', id, name, change });
  return { id, name, outcome: 'moved', serviceAccountId: account.id, serviceAccount: account.name };
}
