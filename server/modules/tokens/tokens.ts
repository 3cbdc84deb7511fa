import type { RequestContext } from '../../context.ts';
import { makeToken } from '../../crypto/secrets.ts';
import { inTransaction } from '../../db/transaction.ts';
import { conflict, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import {
  type CredentialRow,
  dropCredential,
  expiryOf,
  keepCredential,
  revokeCredential,
} from '../credentials/credentials.ts';
import { requireRoom } from '../quotas/quotas.ts';
import { requireRoleWhereverGranted } from '../service-accounts/further-orgs.ts';
import { requireAccount, requireOutranking } from '../service-accounts/service-accounts.ts';

export interface IssuedToken {
  id: number;
  name: string;
  /** The secret; it is nowhere else. */
  key: string;
}

/** Issues a token of an account. Throws 404 without the account, 409 when the name is taken, 400 for a life that is not allowed. */
export async function issueToken(
  context: RequestContext,
  serviceAccountId: number,
  { name, secondsToLive }: { name: string; secondsToLive?: number | null | undefined },
): Promise<IssuedToken> {
  return inTransaction(context, async (context) => {
    const account = await requireAccount(context, serviceAccountId);
    await requireOutranking(context, account);
    await requireRoleWhereverGranted(context, serviceAccountId);
    const expiresAt = expiryOf(context, secondsToLive, {
      maximum: context.config.auth.auth_token_max_seconds_to_live,
      setting: 'auth_token_max_seconds_to_live',
      negative: 'invalid SecondsToLive value',
    });
    await requireRoom(context, 'api_key', account.org_id);
    const key = makeToken();
    const fresh = {
      orgId: account.org_id,
      name,
      secret: key,
      serviceAccountId,
      role: null,
      isServerAdmin: false,
      expiresAt,
    };
    const taken = conflict(
      'service account token with given name already exists in the organization',
      'Names of keys and tokens are unique in an organization: choose another.',
    );
    const id = await keepCredential(context, fresh, taken);
    const change = { serviceAccountId, serviceAccount: account.name, expiresAt };
    await recordChange(context, { action: 'serviceaccounts.tokens:create', kind: 'token', id, name, change });
    return { id, name, key };
  });
}

/** Deletes a token. Throws 404. */
export function deleteToken(context: RequestContext, serviceAccountId: number, id: number): Promise<void> {
  return end(context, serviceAccountId, id, 'serviceaccounts.tokens:delete', dropCredential);
}

/** Revokes a token, which stays in the list. Throws 404. */
export function revokeToken(context: RequestContext, serviceAccountId: number, id: number): Promise<void> {
  return end(context, serviceAccountId, id, 'serviceaccounts.tokens:revoke', revokeCredential);
}

async function end(
  context: RequestContext,
  serviceAccountId: number,
  id: number,
  action: string,
  how: (context: RequestContext, serviceAccountId: number, id: number) => Promise<CredentialRow | undefined>,
): Promise<void> {
  await inTransaction(context, async (context) => {
    const account = await requireAccount(context, serviceAccountId);
    await requireOutranking(context, account);
    const row = await how(context, serviceAccountId, id);
    if (row === undefined)
      throw notFound('Service account token not found', 'serviceaccounts.token-not-found');
    const change = { serviceAccountId, serviceAccount: account.name };
    await recordChange(context, { action, kind: 'token', id, name: row.name, change });
  });
}
