import type { Context, RequestContext } from '../../context.ts';
import { secretHash } from '../../crypto/secrets.ts';
import type { Role } from '../../access/roles.ts';
import { isUniqueViolation } from '../../db/errors.ts';
import { updateUses } from '../../db/times.ts';
import { type ApiError, badRequest } from '../../errors.ts';
import { usedIdsInBatches, writeUses } from '../../uses.ts';
import { findImported, findImportedUntouched } from './imported.ts';
import type { Account, ApiKey, KnownCredential } from './known-credentials.ts';
import {
  type CredentialRow,
  deleteCredential,
  getCredential,
  getCredentialByHash,
  getCredentialByHashTogether,
  insertCredential,
  listHashesAmong,
  listHolders,
  type ProvenRow,
  updateRevoked,
  updateRevokedAnywhere,
} from './credentials.store.ts';

export type { Account, ApiKey, CredentialRow, KnownCredential };

export interface NewCredential {
  orgId: number;
  name: string;
  secret: string;
  /** A token of this account; null is a key, which has a role of its own. */
  serviceAccountId: number | null;
  role: Role | null;
  isServerAdmin: boolean;
  expiresAt: number | null;
}

// "Last used" is exact to this: a busy token is then written once a minute and not once a batch.
const MINUTE_MS = 60_000;

/** The key or token that has this secret, where it is remembered. */
export function recallBySecret({ memory }: Context, secret: string): KnownCredential | undefined {
  // By the hash alone: a prefix would keep two strings for each of very many tokens.
  return memory.recall<KnownCredential>(secretHash(secret));
}

/** The key or token that was presented, which has this secret: remembered, or by one indexed query. */
export function findBySecret(
  context: Context,
  secret: string,
  presented: string,
): Promise<KnownCredential | undefined> {
  const key = secretHash(secret);
  return context.memory.remember(key, () => load(context, key, presented));
}

/** The same without a trace: nothing is remembered, and one that was imported keeps the hash that it has. */
export async function findBySecretUntouched(
  context: Context,
  secret: string,
  presented: string,
): Promise<KnownCredential | undefined> {
  const row =
    (await getCredentialByHash(context.db, secretHash(secret))) ??
    (await findImportedUntouched(context, presented));
  return row && knownCredential(row);
}

/** Those of some hashes that a key or token of a database has, whatever else is known of it. */
export async function hashesAmong(
  { db }: Pick<Context, 'db'>,
  hashes: readonly string[],
): Promise<ReadonlySet<string>> {
  return new Set(await listHashesAmong(db, hashes));
}

/** A key or token by its id, of whatever organization. */
export function findCredential(context: Context, id: number): Promise<CredentialRow | undefined> {
  return getCredential(context.db, id);
}

/** Keeps a new key or token; the secret itself is not kept. `taken` is thrown when the organization has one of that name. */
export async function keepCredential(
  context: RequestContext,
  fresh: NewCredential,
  taken: ApiError,
): Promise<number> {
  try {
    return await insertCredential(context.db, {
      org_id: fresh.orgId,
      service_account_id: fresh.serviceAccountId,
      name: fresh.name,
      role: fresh.role,
      is_server_admin: fresh.isServerAdmin ? 1 : 0,
      secret_hash: secretHash(fresh.secret),
      is_revoked: 0,
      created_by: makerOf(context.actor),
      created_at: context.now(),
      expires_at: fresh.expiresAt,
      last_used_at: null,
    });
  } catch (error) {
    throw isUniqueViolation(error) ? taken : error;
  }
}

/** Whose work a credential is, where it is a person's or an account's. */
function makerOf({ principal }: RequestContext['actor']): number | null {
  return principal.kind === 'user' || principal.kind === 'service-account' ? principal.id : null;
}

/** Deletes a key or an account's token of the organization acted in; from then on it is unknown. */
export async function dropCredential(
  context: RequestContext,
  serviceAccountId: number | null,
  id: number,
): Promise<CredentialRow | undefined> {
  const row = await deleteCredential(context.db, context.actor.orgId, serviceAccountId, id);
  if (row) forgetCredential(context, row.secret_hash);
  return row;
}

/** Revokes a key or an account's token: it stays in the lists, and whoever uses it is told that it is revoked. */
export async function revokeCredential(
  context: RequestContext,
  serviceAccountId: number | null,
  id: number,
): Promise<CredentialRow | undefined> {
  const row = await updateRevoked(context.db, context.actor.orgId, serviceAccountId, id);
  if (row) forgetCredential(context, row.secret_hash);
  return row;
}

/** Revokes a key or token of whatever organization, whose secret somebody found; undefined where there is none of that id any more. */
export async function revokeFound(
  context: Context,
  id: number,
  secret: string,
): Promise<{ row: CredentialRow; isNew: boolean } | undefined> {
  const revoked = await updateRevokedAnywhere(context.db, id);
  const row = revoked ?? (await getCredential(context.db, id));
  // By our own hash: what is remembered of an imported one is under that too.
  if (revoked) forgetCredential(context, secretHash(secret));
  return row && { row, isNew: revoked !== undefined };
}

export function forgetCredential(context: Context, hash: string): void {
  context.touch(hash);
}

/**
 * When a credential that is to live for so many seconds expires, in milliseconds since 1970; null is never.
 * None, null and 0 are no limit, unless the server sets one (`maximum` seconds, -1 is none). Throws 400 otherwise.
 */
export function expiryOf(
  context: Context,
  secondsToLive: number | null | undefined,
  limit: { maximum: number; setting: string; negative: string },
): number | null {
  const seconds = secondsToLive ?? 0;
  if (seconds < 0)
    throw badRequest('secondsToLive has to be a positive number, or be left out', limit.negative);
  if (limit.maximum >= 0 && (seconds === 0 || seconds > limit.maximum)) {
    const rule = `${limit.setting} is ${limit.maximum}: secondsToLive has to be between 1 and ${limit.maximum}`;
    throw badRequest(
      rule,
      seconds === 0
        ? 'Number of seconds before expiration should be set'
        : 'Number of seconds before expiration is greater than the global limit',
    );
  }
  return seconds === 0 ? null : context.now() + seconds * 1000;
}

/** Notes that a credential is used now; writeCredentialUses brings it to the database. */
export function noteUse(context: Context, credential: KnownCredential): void {
  const now = context.now();
  const minute = Math.floor(now / MINUTE_MS);
  if (credential.notedMinute === minute) return;
  credential.notedMinute = minute;
  context.uses.credentials.set(credential.id, now);
}

/** When a credential was last used, in milliseconds since 1970, uses that are not yet written included. */
export function lastUseOf(context: Context, row: { id: number; last_used_at: number | null }): number | null {
  const noted = context.uses.credentials.get(row.id);
  return noted === undefined ? row.last_used_at : Math.max(noted, row.last_used_at ?? 0);
}

/** When any token of an account was last used, as far as that is noted and not yet written; by the account. */
export async function unwrittenUsesOfAccounts(context: Context): Promise<Map<number, number>> {
  const noted = context.uses.credentials;
  const latest = new Map<number, number>();
  for (const ids of usedIdsInBatches(noted)) {
    for (const { id, accountId } of await listHolders(context.db, ids)) {
      latest.set(accountId, Math.max(latest.get(accountId) ?? 0, noted.get(id) ?? 0));
    }
  }
  return latest;
}

/** Writes the uses that were noted since the last time. */
export function writeCredentialUses(context: Context): Promise<void> {
  return writeUses(context.uses.credentials, (batch) =>
    updateUses(context.db, 'credential.last_used_at', batch),
  );
}

async function load(context: Context, hash: string, presented: string): Promise<KnownCredential | undefined> {
  const { db, config } = context;
  // SQLite answers at once.
  const find = config.database.type === 'postgres' ? getCredentialByHashTogether : getCredentialByHash;
  const row = (await find(db, hash)) ?? (await findImported(context, hash, presented));
  return row && knownCredential(row);
}

/** A row as authentication needs it. */
export function knownCredential(row: ProvenRow): KnownCredential {
  const { id, org_id, service_account_id, name, role, expires_at } = row;
  const isServerAdmin = row.is_server_admin === 1;
  return {
    id,
    holder: service_account_id ?? { orgId: org_id, name, role: role ?? 'None', isServerAdmin },
    isRevoked: row.is_revoked === 1,
    expiresAt: expires_at,
    notedMinute: 0,
  };
}
