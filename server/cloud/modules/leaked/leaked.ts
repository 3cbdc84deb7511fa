import { secretHash } from '../../../crypto/secrets.ts';
import type { Doer } from '../../../modules/audit/audit.ts';
import type { CloudContext } from '../../context.ts';
import { getLeaked, insertLeaked } from './leaked.store.ts';

/**
 * Deletes what has a secret that somebody found, of whatever organization; undefined where nothing has it. `found` says where. To be called
 * within a transaction.
 */
export type RevokeLeaked = (
  context: CloudContext,
  doer: Doer,
  secret: string,
  found: () => { url: string; source: string },
) => Promise<{ id: number; name: string; orgId: number; orgSlug: string } | undefined>;

export interface LeakedSecret {
  /** That of the key or token while it was there. */
  id: number;
  kind: 'cloud-key' | 'policy-token';
  name: string;
  orgId: number;
}

/** Keeps what had a secret that leaked and is deleted, so that it is known when it is reported again. To be called within that transaction. */
export function keepLeaked(
  { db }: Pick<CloudContext, 'db'>,
  secret: string,
  { id, kind, name, orgId }: LeakedSecret,
): Promise<void> {
  return insertLeaked(db, {
    secret_hash: secretHash(secret),
    kind,
    credential_id: id,
    name,
    org_id: orgId,
  });
}

/** What had a secret that leaked and was deleted for it; undefined for any other. */
export async function leakedBefore(
  { db }: Pick<CloudContext, 'db'>,
  secret: string,
): Promise<(LeakedSecret & { cloudOrg: string }) | undefined> {
  const row = await getLeaked(db, secretHash(secret));
  return (
    row && { id: row.credential_id, kind: row.kind, name: row.name, orgId: row.org_id, cloudOrg: row.slug }
  );
}
