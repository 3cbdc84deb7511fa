import { denied, requireRoleAtMostOwn } from '../../access/can.ts';
import type { Role } from '../../access/roles.ts';
import type { RequestContext } from '../../context.ts';
import { makeApiKey } from '../../crypto/secrets.ts';
import { inTransaction } from '../../db/transaction.ts';
import { ApiError, conflict, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import {
  type CredentialRow,
  dropCredential,
  expiryOf,
  keepCredential,
  revokeCredential,
} from '../credentials/credentials.ts';
import { requireOrg } from '../orgs/orgs.ts';
import { requireRoom } from '../quotas/quotas.ts';

export interface NewApiKey {
  name: string;
  role: Role;
  secondsToLive?: number | null | undefined;
  isGrafanaAdmin?: boolean | undefined;
}

export interface IssuedApiKey {
  id: number;
  name: string;
  /** The secret; it is nowhere else. */
  key: string;
}

/** Issues a legacy API key. Throws 409 when the name is taken, 403 for a role above one's own, 400 for a life that is not allowed. */
export async function issueApiKey(context: RequestContext, wanted: NewApiKey): Promise<IssuedApiKey> {
  const { name, role, isGrafanaAdmin = false } = wanted;
  requireRoleAtMostOwn(context.actor, role);
  if (isGrafanaAdmin && !context.actor.principal.isServerAdmin) {
    throw denied('only an administrator of the server makes a key with isGrafanaAdmin');
  }
  const expiresAt = expiryOf(context, wanted.secondsToLive, {
    maximum: context.config.auth.api_key_max_seconds_to_live,
    setting: 'api_key_max_seconds_to_live',
    negative: 'negative value for SecondsToLive',
  });
  return inTransaction(context, async (context) => {
    const { orgId } = context.actor;
    await requireOpenToKeys(context);
    await requireRoom(context, 'api_key', orgId);
    const { key, secret } = makeApiKey(name, orgId);
    const fresh = {
      orgId,
      name,
      secret,
      serviceAccountId: null,
      role,
      isServerAdmin: isGrafanaAdmin,
      expiresAt,
    };
    const taken = conflict(
      'API key, organization ID and name must be unique',
      'The organization has a key or a service account token of that name already: choose another.',
    );
    const id = await keepCredential(context, fresh, taken);
    const change = { role, expiresAt, isGrafanaAdmin };
    await recordChange(context, { action: 'apikeys:create', kind: 'api-key', id, name, change });
    return { id, name, key };
  });
}

/** Deletes a key. Throws 404. */
export function deleteApiKey(context: RequestContext, id: number): Promise<void> {
  return end(context, id, 'apikeys:delete', dropCredential);
}

/** Revokes a key, which stays in the list. Throws 404. */
export function revokeApiKey(context: RequestContext, id: number): Promise<void> {
  return end(context, id, 'apikeys:revoke', revokeCredential);
}

async function requireOpenToKeys(context: RequestContext): Promise<void> {
  const { orgId } = context.actor;
  const { keys_migrated_at } = await requireOrg(context, orgId);
  if (keys_migrated_at === null) return;
  throw new ApiError(
    410,
    'apikeys.migrated',
    'API keys of this organization were migrated to service accounts',
    {
      detail:
        'Keys that were made before go on working. For a new secret: POST /api/serviceaccounts {"name","role"}, ' +
        'then POST /api/serviceaccounts/<id>/tokens {"name"}.',
    },
  );
}

async function end(
  context: RequestContext,
  id: number,
  action: string,
  how: (context: RequestContext, serviceAccountId: null, id: number) => Promise<CredentialRow | undefined>,
): Promise<void> {
  await inTransaction(context, async (context) => {
    const row = await how(context, null, id);
    // Grafana: these words, for a key that is not there.
    if (row === undefined) throw notFound('Failed to delete API key', 'apikeys.not-found');
    requireRoleAtMostOwn(context.actor, row.role ?? 'None');
    if (row.is_server_admin === 1 && !context.actor.principal.isServerAdmin) {
      throw denied('this key administers the server; only another server administrator may touch it');
    }
    await recordChange(context, { action, kind: 'api-key', id, name: row.name, change: { role: row.role } });
  });
}
