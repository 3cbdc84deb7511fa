import { type Insertable, type Kysely, sql } from 'kysely';
import { loginOf } from '../../db/author.ts';
import type { KeyCallerTable, Schema, Time } from '../../db/schema.ts';

/** Which of an organization's legacy keys are meant: with a time, those alone that are valid then. */
export interface KeysWanted {
  orgId: number;
  validAt?: Time | undefined;
}

/** An organization's legacy keys by name, revoked ones too. */
export function listKeys(
  db: Kysely<Schema>,
  { orgId, validAt }: KeysWanted,
  { limit, offset }: { limit: number; offset: number },
) {
  return keysOf(db, orgId)
    .select([
      'id',
      'name',
      'role',
      'is_server_admin',
      'created_at',
      'expires_at',
      'last_used_at',
      'is_revoked',
    ])
    .select(loginOf('credential.created_by').as('created_login'))
    .$if(validAt !== undefined, (query) =>
      query.where(({ or, eb }) =>
        or([eb('expires_at', 'is', null), eb('expires_at', '>', validAt as number)]),
      ),
    )
    .orderBy('name')
    .limit(limit)
    .offset(offset)
    .execute();
}

/** How many legacy keys an organization has, and how many of them have expired by a time. */
export function countKeys(
  db: Kysely<Schema>,
  orgId: number,
  by: Time,
): Promise<{ all: number; expired: number }> {
  return keysOf(db, orgId)
    .select(({ fn }) => [
      fn.countAll<number>().as('all'),
      fn.countAll<number>().filterWhere('expires_at', '<=', by).as('expired'),
    ])
    .executeTakeFirstOrThrow();
}

function keysOf(db: Kysely<Schema>, orgId: number) {
  return db.selectFrom('credential').where('org_id', '=', orgId).where('service_account_id', 'is', null);
}

/** Who used these keys, the latest first. */
export function listCallers(db: Kysely<Schema>, keyIds: readonly number[]) {
  return db
    .selectFrom('key_caller')
    .selectAll()
    .where('credential_id', 'in', keyIds)
    .orderBy('last_seen_at', 'desc')
    .orderBy('address')
    .orderBy('user_agent')
    .execute();
}

/** Adds to what is known of the callers; calls with keys that are gone are left out. */
export async function addCalls(
  db: Kysely<Schema>,
  calls: readonly Insertable<KeyCallerTable>[],
): Promise<void> {
  const ids = calls.map(({ credential_id }) => credential_id);
  const there = await db.selectFrom('credential').select('id').where('id', 'in', ids).execute();
  const known = new Set(there.map(({ id }) => id));
  const rows = calls.filter(({ credential_id }) => known.has(credential_id));
  if (rows.length === 0) return;
  await db
    .insertInto('key_caller')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['credential_id', 'address', 'user_agent']).doUpdateSet({
        reads: sql`key_caller.reads + excluded.reads`,
        writes: sql`key_caller.writes + excluded.writes`,
        last_seen_at: sql`case when excluded.last_seen_at > key_caller.last_seen_at then excluded.last_seen_at else key_caller.last_seen_at end`,
      }),
    )
    .execute();
}

/** Keeps the latest callers of each of these keys, and forgets those before. */
export async function dropOlderCallers(
  db: Kysely<Schema>,
  keyIds: readonly number[],
  keep: number,
): Promise<void> {
  await sql`delete from key_caller where (credential_id, address, user_agent) in (
    select credential_id, address, user_agent from (
      select credential_id, address, user_agent, row_number() over (
        partition by credential_id order by last_seen_at desc, address, user_agent) as place
      from key_caller where credential_id in (${sql.join(keyIds)})) as placed
    where place > ${keep})`.execute(db);
}
