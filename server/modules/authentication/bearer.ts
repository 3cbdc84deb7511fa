import type { Context } from '../../context.ts';
import type { Principal } from '../../access/identity.ts';
import { secretOf } from '../../crypto/secrets.ts';
import type { ApiError } from '../../errors.ts';
import { type Proof, unauthorized } from '../../http/authenticate.ts';
import { type CredentialRow, findBySecret, noteUse } from '../credentials/credentials.ts';
import { type Account, findAccount } from '../service-accounts/service-accounts.ts';

/**
 * Who a key or token stands for. At once when both it and its account are remembered, else after one indexed query each.
 * Throws 401 in the documents' words; which of the reasons it was is told only to who holds the secret.
 */
export function proveBearer(context: Context, presented: string): Proof | Promise<Proof> {
  const secret = secretOf(presented);
  if (secret === undefined) throw invalid();
  const found = findBySecret(context, secret);
  if (found instanceof Promise) return found.then((row) => proveCredential(context, row));
  return proveCredential(context, found);
}

function proveCredential(context: Context, row: CredentialRow | undefined): Proof | Promise<Proof> {
  if (row === undefined) throw invalid();
  if (row.service_account_id === null) return admit(context, row, keyPrincipal(row));
  const account = findAccount(context, row.service_account_id);
  if (account instanceof Promise) return account.then((found) => admitToken(context, row, found));
  return admitToken(context, row, account);
}

function admitToken(context: Context, row: CredentialRow, account: Account | undefined): Proof {
  if (account === undefined) throw invalid();
  if (account.isDisabled) {
    throw unauthorized('Service account is disabled', 'An Admin of its organization can enable it again.');
  }
  return admit(context, row, account.principal);
}

function admit(context: Context, row: CredentialRow, principal: Principal): Proof {
  if (row.is_revoked === 1) throw unauthorized('Token revoked', 'It was revoked for good: issue a new one.');
  if (row.expires_at !== null && row.expires_at <= context.now()) {
    throw unauthorized('Token expired', 'Its life has ended: issue a new one.');
  }
  noteUse(context, row.id);
  const kind = row.service_account_id === null ? 'api-key' : 'token';
  return { principal, credential: { kind, id: row.id, name: row.name, expiresAt: row.expires_at } };
}

function keyPrincipal(row: CredentialRow): Principal {
  return {
    kind: 'api-key',
    id: row.id,
    name: row.name,
    login: '',
    email: '',
    isServerAdmin: row.is_server_admin === 1,
    currentOrgId: row.org_id,
    memberships: new Map([[row.org_id, row.role ?? 'None']]),
  };
}

function invalid(): ApiError {
  return unauthorized('Invalid API key', 'It is not known here: it may be mistyped, cut off, or deleted.');
}
