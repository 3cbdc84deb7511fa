import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely';
import type { Role } from '../../access/roles.ts';
import { inParts } from '../../db/parts.ts';
import { contains } from '../../db/search.ts';
import type { Schema, ServiceAccountTable, Time } from '../../db/schema.ts';

export type ServiceAccountRow = Selectable<ServiceAccountTable>;
export type ListedServiceAccount = ServiceAccountRow & { tokens: number };
export type UsedServiceAccount = ListedServiceAccount & { last_used_at: Time | null };

export interface ServiceAccountFilter {
  orgId: number;
  query?: string | undefined;
  isDisabled?: boolean | undefined;
  /** Only accounts with a token that has expired by this time. */
  expiredAt?: number | undefined;
}

function filtered(db: Kysely<Schema>, { orgId, query, isDisabled, expiredAt }: ServiceAccountFilter) {
  return db
    .selectFrom('service_account')
    .where('service_account.org_id', '=', orgId)
    .$if(query !== undefined && query !== '', (q) =>
      q.where(contains('service_account.search_text', query ?? '')),
    )
    .$if(isDisabled !== undefined, (q) => q.where('is_disabled', '=', isDisabled ? 1 : 0))
    .$if(expiredAt !== undefined, (q) =>
      q.where(({ exists, selectFrom }) =>
        exists(
          selectFrom('credential')
            .select('credential.id')
            .whereRef('credential.org_id', '=', 'service_account.org_id')
            .whereRef('service_account_id', '=', 'service_account.id')
            .where('expires_at', '<=', expiredAt as number),
        ),
      ),
    );
}

const tokenCount = sql<number>`(select count(*) from credential where service_account_id = service_account.id)`;
const lastUse = sql<Time | null>`(select max(last_used_at) from credential
  where service_account_id = service_account.id)`;

export function listServiceAccounts(
  db: Kysely<Schema>,
  filter: ServiceAccountFilter,
  { limit, offset }: { limit: number; offset: number },
): Promise<UsedServiceAccount[]> {
  const page = filtered(db, filter).selectAll('service_account').orderBy('name').limit(limit).offset(offset);
  return (
    db
      // PostgreSQL would look at the tokens of the pages before as well.
      .selectFrom(page.as('service_account'))
      .selectAll()
      .select([tokenCount.as('tokens'), lastUse.as('last_used_at')])
      .orderBy('name')
      .execute()
  );
}

export async function countServiceAccounts(
  db: Kysely<Schema>,
  filter: ServiceAccountFilter,
): Promise<number> {
  const { count } = await filtered(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export function getServiceAccount(
  db: Kysely<Schema>,
  orgId: number,
  id: number,
): Promise<ServiceAccountRow | undefined> {
  return oneServiceAccount(db, orgId, id).executeTakeFirst();
}

/** The same with how many tokens it has: who reads that in a transaction loses a race to whoever makes another one. */
export function getListedServiceAccount(
  db: Kysely<Schema>,
  orgId: number,
  id: number,
): Promise<ListedServiceAccount | undefined> {
  return oneServiceAccount(db, orgId, id).select(tokenCount.as('tokens')).executeTakeFirst();
}

function oneServiceAccount(db: Kysely<Schema>, orgId: number, id: number) {
  return db.selectFrom('service_account').selectAll().where('org_id', '=', orgId).where('id', '=', id);
}

/** When any of an account's tokens was last used. */
export async function getLastUse(db: Kysely<Schema>, id: number): Promise<Time | null> {
  const { at } = await db
    .selectFrom('credential')
    .select(({ fn }) => fn.max('last_used_at').as('at'))
    .where('service_account_id', '=', id)
    .executeTakeFirstOrThrow();
  return at;
}

/** The first of an account's tokens that was an API key, and how many of them were. */
export function getFirstMovedKey(db: Kysely<Schema>, id: number) {
  return db
    .selectFrom('credential')
    .select(['id', 'name', 'migrated_at', sql<number>`count(*) over ()`.as('keys')])
    .where('service_account_id', '=', id)
    .where('migrated_at', 'is not', null)
    .orderBy('migrated_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
}

/** An account by its id alone, whatever its organization: for authentication. */
export function getServiceAccountAnywhere(
  db: Kysely<Schema>,
  id: number,
): Promise<ServiceAccountRow | undefined> {
  return db.selectFrom('service_account').selectAll().where('id', '=', id).executeTakeFirst();
}

export function getAccountNamed(
  db: Kysely<Schema>,
  orgId: number,
  name: string,
): Promise<ServiceAccountRow | undefined> {
  return db
    .selectFrom('service_account')
    .selectAll()
    .where('org_id', '=', orgId)
    .where('name', '=', name)
    .executeTakeFirst();
}

/** Whether an account may do anything beyond its role, or somebody was given a say in it by name. */
export async function hasGrants(
  db: Kysely<Schema>,
  { id, org_id }: Pick<ServiceAccountRow, 'id' | 'org_id'>,
): Promise<boolean> {
  const subject = `user:${id}`;
  const { found } = await db
    .selectNoFrom(({ or, exists, selectFrom }) =>
      or([
        exists(selectFrom('service_account_org').select('org_id').where('service_account_id', '=', id)),
        exists(
          selectFrom('object_permission')
            .select('id')
            .where('org_id', '=', org_id)
            .where('kind', '=', 'serviceaccounts')
            .where('object_id', '=', String(id)),
        ),
        exists(selectFrom('role_assignment').select('id').where('service_account_id', '=', id)),
        exists(
          selectFrom('object_permission')
            .select('id')
            .where('org_id', '=', org_id)
            .where('subject', '=', subject),
        ),
      ]).as('found'),
    )
    .executeTakeFirstOrThrow();
  return Boolean(found);
}

export async function loginIsTaken(db: Kysely<Schema>, login: string): Promise<boolean> {
  const row = await db
    .selectFrom('service_account')
    .select('id')
    .where('login', '=', login)
    .unionAll(db.selectFrom('user').select('id').where('login', '=', login))
    .executeTakeFirst();
  return row !== undefined;
}

export async function insertServiceAccount(
  db: Kysely<Schema>,
  row: Omit<Insertable<ServiceAccountTable>, 'id'>,
): Promise<number> {
  const identity = { kind: 'service-account' } as const;
  const { id } = await db.insertInto('identity').values(identity).returning('id').executeTakeFirstOrThrow();
  await db
    .insertInto('service_account')
    .values({ ...row, id })
    .execute();
  return id;
}

export async function updateServiceAccount(
  db: Kysely<Schema>,
  orgId: number,
  id: number,
  changes: Updateable<ServiceAccountTable>,
): Promise<void> {
  await db
    .updateTable('service_account')
    .set(changes)
    .where('org_id', '=', orgId)
    .where('id', '=', id)
    .execute();
}

export async function deleteServiceAccount(db: Kysely<Schema>, orgId: number, id: number): Promise<void> {
  await db.deleteFrom('service_account').where('org_id', '=', orgId).where('id', '=', id).execute();
}

/** Deletes an account's tokens, and returns their hashes, to forget them by. */
export async function deleteTokens(db: Kysely<Schema>, id: number): Promise<string[]> {
  const rows = await db
    .selectFrom('credential')
    .select(['id', 'secret_hash'])
    .where('service_account_id', '=', id)
    .execute();
  const ids = rows.map((row) => row.id);
  await inParts(ids, (some) => db.deleteFrom('credential').where('id', 'in', some).execute());
  return rows.map((row) => row.secret_hash);
}

export function listOrgGrants(
  db: Kysely<Schema>,
  id: number,
): Promise<{ org_id: number; name: string; role: Role }[]> {
  return db
    .selectFrom('service_account_org')
    .innerJoin('org', 'org.id', 'service_account_org.org_id')
    .select(['org_id', 'name', 'role'])
    .where('service_account_id', '=', id)
    .orderBy('org_id')
    .execute();
}

export async function upsertOrgGrant(
  db: Kysely<Schema>,
  row: { service_account_id: number; org_id: number; role: Role; created_at: number },
): Promise<void> {
  await db
    .insertInto('service_account_org')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['service_account_id', 'org_id']).doUpdateSet({ role: row.role }),
    )
    .execute();
}

export async function deleteOrgGrant(db: Kysely<Schema>, id: number, orgId: number): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('service_account_org')
    .where('service_account_id', '=', id)
    .where('org_id', '=', orgId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
