import type { Context } from '../../context.ts';
import type { CredentialKind, Principal, Proof } from '../../access/identity.ts';
import { looksLikeToken, secretOf } from '../../crypto/secrets.ts';
import { type ApiError, type Refusal, unauthorized } from '../../errors.ts';
import {
  type Account,
  type ApiKey,
  findBySecret,
  findBySecretUntouched,
  type KnownCredential,
  noteUse,
  recallBySecret,
} from '../credentials/credentials.ts';
import { findAccount, recallAccount } from '../service-accounts/service-accounts.ts';
import { tryKey, wrongKey } from './attempts.ts';

const NOT_KNOWN = 'It is not known here: it may be mistyped, cut off, or deleted.';
const OF_CLOUD =
  'A key or token that begins with glc_ is for the cloud side, at [cloud] http_port. A stack and a server have keys and tokens of their own.';

/**
 * Who a key or token stands for. At once when both it and its account are remembered, else after one indexed query each.
 * Throws 401 in the documents' words; which of the reasons it was is told only to who holds the secret. After too many unknown ones
 * from an address it is 429, for those alone: one that is known is let in.
 */
export function proveBearer(context: Context, presented: string, address: string): Proof | Promise<Proof> {
  const isLikeToken = looksLikeToken(presented);
  const secret = isLikeToken ? presented : secretOf(presented);
  const remembered = secret === undefined ? undefined : recallBySecret(context, secret);
  // Of a token that is remembered the form was looked at before: no two have one hash.
  if (remembered !== undefined) return proveCredential(context, remembered, noteUse);
  const isMalformed = isLikeToken && secretOf(presented) === undefined;
  if (secret === undefined || isMalformed) throw wrongKey(context, address, malformed(presented));
  return tryKey(context, address, () => findBySecret(context, secret, presented)).then((found) => {
    if (found === undefined) throw wrongKey(context, address, invalid({ reason: 'unknown' }));
    return proveCredential(context, found, noteUse);
  });
}

/** The same for a request that is only explained: it is no use of the credential, and leaves nothing behind. */
export async function lookAtBearer(context: Context, presented: string, address: string): Promise<Proof> {
  const secret = secretOf(presented);
  if (secret === undefined) throw wrongKey(context, address, invalid({ reason: 'malformed' }));
  const found = await tryKey(context, address, () => findBySecretUntouched(context, secret, presented));
  if (found === undefined) throw wrongKey(context, address, invalid({ reason: 'unknown' }));
  return lookAtCredential(context, found);
}

/** Who a key or token stands for that is known without its secret; no use of it either. */
export async function lookAtCredential(
  context: Context,
  credential: KnownCredential | undefined,
): Promise<Proof> {
  return proveCredential(context, credential, () => {});
}

function proveCredential(
  context: Context,
  credential: KnownCredential | undefined,
  note: typeof noteUse,
): Proof | Promise<Proof> {
  if (credential === undefined) throw invalid({ reason: 'unknown' });
  const { id, holder } = credential;
  if (isKey(holder)) return admit(context, credential, keyPrincipal(id, holder), note);
  if (typeof holder === 'object' && context.memory.isStillKnown(holder))
    return admitToken(context, credential, holder, note);
  const accountId = typeof holder === 'object' ? holder.principal.id : holder;
  const account = recallAccount(context, accountId);
  if (account !== undefined) {
    // So that the next request with it finds the account without its key.
    credential.holder = account;
    return admitToken(context, credential, account, note);
  }
  credential.holder = accountId;
  return findAccount(context, accountId).then((found) => admitToken(context, credential, found, note));
}

function admitToken(
  context: Context,
  credential: KnownCredential,
  account: Account | undefined,
  note: typeof noteUse,
): Proof {
  if (account === undefined) throw invalid(refusal('unknown', credential));
  if (account.isDisabled) {
    const mend = 'An Admin of its organization can enable it again.';
    const refused = refusal('account disabled', credential, account.principal);
    throw unauthorized('Service account is disabled', mend, refused);
  }
  return admit(context, credential, account.principal, note);
}

function admit(
  context: Context,
  credential: KnownCredential,
  principal: Principal,
  note: typeof noteUse,
): Proof {
  if (credential.isRevoked) {
    const mend = 'It was revoked for good: issue a new one.';
    throw unauthorized('Token revoked', mend, refusal('revoked', credential, principal));
  }
  if (credential.expiresAt !== null && credential.expiresAt <= context.now()) {
    throw unauthorized(
      'Token expired',
      'Its life has ended: issue a new one.',
      refusal('expired', credential, principal),
    );
  }
  note(context, credential);
  const { id, holder, expiresAt } = credential;
  const name = isKey(holder) ? holder.name : '';
  return { principal, credential: { kind: kindOf(credential), id, name, expiresAt } };
}

function kindOf({ holder }: KnownCredential): CredentialKind {
  return isKey(holder) ? 'api-key' : 'token';
}

function isKey(holder: KnownCredential['holder']): holder is ApiKey {
  return typeof holder === 'object' && 'role' in holder;
}

function refusal(reason: Refusal['reason'], credential: KnownCredential, holder?: Principal): Refusal {
  const org = holder && { org: holder.currentOrgId };
  return { reason, kind: kindOf(credential), credentialId: credential.id, ...org };
}

function keyPrincipal(id: number, key: ApiKey): Principal {
  return {
    kind: 'api-key',
    id,
    name: key.name,
    login: '',
    email: '',
    isServerAdmin: key.isServerAdmin,
    currentOrgId: key.orgId,
    memberships: new Map([[key.orgId, key.role]]),
    teams: new Map(),
    granted: new Map(),
  };
}

function malformed(presented: string): ApiError {
  const isOfCloud = presented.startsWith('glc_');
  return invalid({ reason: 'malformed' }, isOfCloud ? OF_CLOUD : undefined);
}

function invalid(refused: Refusal, hint = NOT_KNOWN): ApiError {
  return unauthorized('Invalid API key', hint, refused);
}
