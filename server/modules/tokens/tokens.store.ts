import type { Kysely } from 'kysely';
import { loginOf } from '../../db/author.ts';
import type { Schema } from '../../db/schema.ts';

/** An account's tokens, the newest first. */
export function listTokens(db: Kysely<Schema>, serviceAccountId: number) {
  return db
    .selectFrom('credential')
    .select([
      'id',
      'name',
      'created_at',
      'expires_at',
      'last_used_at',
      'is_revoked',
      'migrated_at',
      'created_by',
    ])
    .select(loginOf('credential.created_by').as('created_login'))
    .where('service_account_id', '=', serviceAccountId)
    .orderBy('id', 'desc')
    .execute();
}
