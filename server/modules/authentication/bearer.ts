import type { Context } from '../../context.ts';
import type { Principal } from '../../access/identity.ts';
import { secretOf } from '../../crypto/secrets.ts';
import type { ApiError } from '../../errors.ts';
import { type Proof, unauthorized } from '../../http/authenticate.ts';
import { type KnownCredential, findBySecret, noteUse } from '../credentials/credentials.ts';
import { type Account, findAccount } from '../service-accounts/service-accounts.ts';

/**
 * Who a key or token stands for. At once when both it and its account are remembered, else after one indexed query each.
 * Throws 401 in the documents' words; which of the reasons it was is told only to who holds the secret.
 */
export function proveBearer(context: Context, presented: string): Proof | Promise<Proof> {
  const secret = secretOf(presented);
  if (secret === undefined) throw invalid();
  const found = findBySecret(context, secret);
  if (found instanceof Promise) return found.then((credential) => proveCredential(context, credential));
  return proveCredential(context, found);
}

function proveCredential(context: Context, credential: KnownCredential | undefined): Proof | Promise<Proof> {
  if (credential === undefined) throw invalid();
  if (credential.serviceAccountId === null) return admit(context, credential, keyPrincipal(credential));
  const account = findAccount(context, credential.serviceAccountId);
  if (account instanceof Promise) return account.then((found) => admitToken(context, credential, found));
  return admitToken(context, credential, account);
}

function admitToken(context: Context, credential: KnownCredential, account: Account | undefined): Proof {
  if (account === undefined) throw invalid();
  if (account.isDisabled) {
    throw unauthorized('Service account is disabled', 'An Admin of its organization can enable it again.');
  }
  return admit(context, credential, account.principal);
}

function admit(context: Context, credential: KnownCredential, principal: Principal): Proof {
  if (credential.isRevoked) throw unauthorized('Token revoked', 'It was revoked for good: issue a new one.');
  if (credential.expiresAt !== null && credential.expiresAt <= context.now()) {
    throw unauthorized('Token expired', 'Its life has ended: issue a new one.');
  }
  noteUse(context, credential);
  const kind = credential.serviceAccountId === null ? 'api-key' : 'token';
  return { principal, credential: { kind, id: credential.id, name: credential.name, expiresAt: credential.expiresAt } };
}

function keyPrincipal(credential: KnownCredential): Principal {
  return {
    kind: 'api-key',
    id: credential.id,
    name: credential.name,
    login: '',
    email: '',
    isServerAdmin: credential.isServerAdmin,
    currentOrgId: credential.orgId,
    memberships: new Map([[credential.orgId, credential.role ?? 'None']]),
  };
}

function invalid(): ApiError {
  return unauthorized('Invalid API key', 'It is not known here: it may be mistyped, cut off, or deleted.');
}
