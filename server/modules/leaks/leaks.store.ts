import type { Kysely } from 'kysely';
import type { Schema, Time } from '../../db/schema.ts';

/** When a key or token was reported as leaked, and what is recorded of that; undefined where it was not, or that is kept no longer. */
export function getReport(
  db: Kysely<Schema>,
  orgId: number,
  credentialId: number,
): Promise<{ at: Time; change: string } | undefined> {
  return (
    db
      .selectFrom('audit')
      .select(['at', 'change'])
      .where('org_id', '=', orgId)
      .where('action', '=', 'leaks:revoke')
      // They share their ids, and a key may have become a token since.
      .where('object_kind', 'in', ['token', 'api-key'])
      .where('object_id', '=', String(credentialId))
      .orderBy('at')
      .limit(1)
      .executeTakeFirst()
  );
}
