import type { Kysely } from 'kysely';
import type { Schema, Time } from '../../db/schema.ts';

/** An organization's keys by name. */
export function listApiKeys(
  db: Kysely<Schema>,
  orgId: number,
  { expiredBy, limit, offset }: { expiredBy: Time | undefined; limit: number; offset: number },
) {
  return db
    .selectFrom('credential')
    .select(['id', 'org_id', 'name', 'role', 'expires_at', 'last_used_at', 'is_revoked'])
    .where('org_id', '=', orgId)
    .where('service_account_id', 'is', null)
    .$if(expiredBy !== undefined, (query) =>
      query.where(({ or, eb }) =>
        or([eb('expires_at', 'is', null), eb('expires_at', '>', expiredBy as number)]),
      ),
    )
    .orderBy('name')
    .limit(limit)
    .offset(offset)
    .execute();
}
