import { type Kysely, sql } from 'kysely';
import type { Schema, Time } from '../../db/schema.ts';

export type Kind = 'tokens' | 'keys';

/** What is looked at: from now on, up to when something expires soon, and since when something was not used. */
export interface Spans {
  now: Time;
  soon: Time;
  idleSince: Time;
}

const idleFrom = sql<Time>`coalesce(last_used_at, created_at)`;

/** How many keys or tokens an organization has, and how they stand; who is revoked counts as nothing else. */
export function countByLife(db: Kysely<Schema>, orgId: number, kind: Kind, { now, soon }: Spans) {
  const isLeft = sql<boolean>`is_revoked = 0`;
  return credentials(db, orgId, kind)
    .select(({ fn, eb }) => {
      const count = fn.countAll<number>();
      return [
        count.as('total'),
        count.filterWhere('is_revoked', '=', 1).as('revoked'),
        count.filterWhere(eb.and([isLeft, eb('expires_at', '<=', now)])).as('expired'),
        count.filterWhere(eb.and([isLeft, eb('expires_at', 'is', null)])).as('neverExpiring'),
        count
          .filterWhere(eb.and([isLeft, eb('expires_at', '>', now), eb('expires_at', '<=', soon)]))
          .as('expiring'),
      ];
    })
    .executeTakeFirstOrThrow();
}

/** Those that expire soon, the first to do so first. */
export function listExpiring(
  db: Kysely<Schema>,
  orgId: number,
  kind: Kind,
  { now, soon }: Spans,
  limit: number,
) {
  const first = credentials(db, orgId, kind)
    .select(['id', 'name', 'role', 'expires_at', 'service_account_id'])
    .where('is_revoked', '=', 0)
    .where('expires_at', '>', now)
    .where('expires_at', '<=', soon)
    .orderBy('expires_at')
    .orderBy('id')
    .limit(limit);
  return db
    .selectFrom(first.as('found'))
    .leftJoin('service_account', 'service_account.id', 'found.service_account_id')
    .selectAll('found')
    .select('service_account.name as account')
    .orderBy('expires_at')
    .orderBy('found.id')
    .execute();
}

/** Those that could be used and were not, the longest unused first, each with how many there are in all. */
export function listUnused(db: Kysely<Schema>, orgId: number, kind: Kind, spans: Spans, limit: number) {
  const first = db
    .selectFrom('credential')
    .select(['id', 'name', 'role', 'created_at', 'last_used_at', 'service_account_id'])
    .select([idleFrom.as('idle_from'), sql<number>`count(*) over ()`.as('total')])
    // Found by the index alone, and then read in the order of the table: SQLite takes a third of the time.
    .where('id', 'in', oldAndUsable(db, orgId, kind, spans).select('id'))
    .where(idleFrom, '<=', spans.idleSince)
    .orderBy('idle_from')
    .orderBy('id')
    .limit(limit);
  return db
    .selectFrom(first.as('found'))
    .leftJoin('service_account', 'service_account.id', 'found.service_account_id')
    .selectAll('found')
    .select('service_account.name as account')
    .orderBy('idle_from')
    .orderBy('found.id')
    .execute();
}

/** Of these, the ids of those that were not used, as far as the database knows. */
export async function listUnusedAmong(
  db: Kysely<Schema>,
  orgId: number,
  kind: Kind,
  spans: Spans,
  ids: readonly number[],
): Promise<number[]> {
  const rows = await oldAndUsable(db, orgId, kind, spans)
    .select('id')
    .where('id', 'in', ids)
    .where(idleFrom, '<=', spans.idleSince)
    .execute();
  return rows.map(({ id }) => id);
}

export async function countAccounts(
  db: Kysely<Schema>,
  orgId: number,
): Promise<{ total: number; disabled: number }> {
  return db
    .selectFrom('service_account')
    .select(({ fn }) => [
      fn.countAll<number>().as('total'),
      fn.countAll<number>().filterWhere('is_disabled', '=', 1).as('disabled'),
    ])
    .where('org_id', '=', orgId)
    .executeTakeFirstOrThrow();
}

/** Accounts that are disabled, by name. */
export function listDisabledAccounts(db: Kysely<Schema>, orgId: number, limit: number) {
  return db
    .selectFrom('service_account')
    .select(['id', 'name', 'role'])
    .select(
      sql<number>`(select count(*) from credential where service_account_id = service_account.id)`.as(
        'tokens',
      ),
    )
    .where('org_id', '=', orgId)
    .where('is_disabled', '=', 1)
    .orderBy('name')
    .limit(limit)
    .execute();
}

/** Keys and tokens that somebody found where they should not be, the last one first. */
export function listLeaked(db: Kysely<Schema>, orgId: number, since: Time, limit: number) {
  return db
    .selectFrom('audit')
    .select(['at', 'object_kind', 'object_id', 'object_name', 'change'])
    .where('org_id', '=', orgId)
    .where('action', '=', 'leaks:revoke')
    .where('at', '>=', since)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

function credentials(db: Kysely<Schema>, orgId: number, kind: Kind) {
  return db
    .selectFrom('credential')
    .where('org_id', '=', orgId)
    .where('service_account_id', kind === 'keys' ? 'is' : 'is not', null);
}

/** Those that are valid, and made so long ago that they could be unused since. */
function oldAndUsable(db: Kysely<Schema>, orgId: number, kind: Kind, { now, idleSince }: Spans) {
  return credentials(db, orgId, kind)
    .where('is_revoked', '=', 0)
    .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .where('created_at', '<=', idleSince);
}
