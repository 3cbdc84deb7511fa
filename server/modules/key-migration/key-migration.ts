import type { RequestContext } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { badRequest, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { forgetCredential } from '../credentials/credentials.ts';
import { closeToKeys } from '../orgs/orgs.ts';
import {
  createAccountForKey,
  deleteAccount,
  requireAccount,
  requireOutranking,
} from '../service-accounts/service-accounts.ts';
import { getKeyOrToken, listKeys, updateToKey, updateToToken } from './key-migration.store.ts';

const KEYS_PER_TRANSACTION = 100;

type Key = NonNullable<Awaited<ReturnType<typeof getKeyOrToken>>>;

/** What became of one key. */
export interface MovedKey {
  id: number;
  name: string;
  outcome: 'moved' | 'already moved';
  serviceAccountId: number;
}

/**
 * Makes a key the token of a new service account: the same secret, with the same role, expiry, last use and maker. A key
 * that has moved already stays where it is. Throws 404.
 */
export function migrateKey(context: RequestContext, id: number): Promise<MovedKey> {
  return inTransaction(context, async (context) => {
    const key = await getKeyOrToken(context.db, context.actor.orgId, id);
    if (key === undefined || (key.service_account_id !== null && key.migrated_at === null)) {
      throw notFound('API key not found', 'apikeys.not-found');
    }
    return move(context, key);
  });
}

/**
 * Moves every key of the organization, expired ones too, so that they are not lost to the lists, and then closes it to new ones.
 * In steps of a hundred keys: stopped in between, it goes on from there when it is asked for again.
 */
export async function migrateAllKeys(context: RequestContext): Promise<MovedKey[]> {
  const report: MovedKey[] = [];
  for (let after = 0; ; after = report.at(-1)?.id ?? 0) {
    const moved = await inTransaction(context, (context) => moveSome(context, after));
    if (moved.length === 0) break;
    report.push(...moved);
  }
  await closeToKeys(context, context.actor.orgId);
  return report;
}

/** Makes a token that was a key one again, with the role of its account; the account goes when nothing else is left of it. */
export async function revertKey(context: RequestContext, accountId: number, id: number): Promise<void> {
  await inTransaction(context, async (context) => {
    const account = await requireAccount(context, accountId);
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

async function moveSome(context: RequestContext, afterId: number): Promise<MovedKey[]> {
  const moved: MovedKey[] = [];
  for (const key of await listKeys(context.db, context.actor.orgId, afterId, KEYS_PER_TRANSACTION)) {
    moved.push(await move(context, key));
  }
  return moved;
}

async function move(context: RequestContext, key: Key): Promise<MovedKey> {
  const { id, name } = key;
  if (key.service_account_id !== null) {
    return { id, name, outcome: 'already moved', serviceAccountId: key.service_account_id };
  }
  const role = key.role ?? 'None';
  const account = await createAccountForKey(context, {
    name,
    role,
    isServerAdmin: key.is_server_admin === 1,
  });
  await updateToToken(context.db, id, { service_account_id: account.id, migrated_at: context.now() });
  forgetCredential(context, key.secret_hash);
  const change = { serviceAccountId: account.id, serviceAccount: account.name, role };
  await recordChange(context, { action: 'apikeys:migrate', kind: 'api-key', id, name, change });
  return { id, name, outcome: 'moved', serviceAccountId: account.id };
}
