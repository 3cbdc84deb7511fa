import { type Insertable, type Kysely, type RawBuilder, sql } from 'kysely';
import type { Schema, UsageCallerTable, UsageRequestTable } from '../../db/schema.ts';

/** What sums may be told apart by. */
export const GROUPS = ['hour', 'day', 'status', 'credential', 'route', 'address'] as const;
export type Group = (typeof GROUPS)[number];

/** A kind that stands for the tokens of a service account together. */
export const ALL_TOKENS_OF = 'service-account';

/** Which requests are summed, and how; hours from one on and before another. */
export interface Sums {
  /** Null is what belongs to no organization. */
  orgId: number | null;
  from: number;
  to: number;
  groupBy: readonly Group[];
  credential?: { kind: string; id: number } | undefined;
  route?: string | undefined;
  limit: number;
}

/** The requests of one group; of the columns that are not asked for there are none. */
export interface SumRow {
  hour?: number | undefined;
  day?: number | undefined;
  status?: number | undefined;
  credential_kind?: string | undefined;
  credential_id?: number | undefined;
  /** Of the key, the token or the person; null when they are gone. */
  name?: string | null | undefined;
  owner_id?: number | null | undefined;
  owner_name?: string | null | undefined;
  route?: string | undefined;
  address?: string | undefined;
  requests: number;
  /** Of all groups, those beyond the limit included. */
  groups: number;
  total: number;
}

const DAY_MS = 86_400_000;
const COLUMNS: Record<Group, readonly string[]> = {
  hour: ['hour'],
  day: ['day'],
  status: ['status'],
  credential: ['credential_kind', 'credential_id'],
  route: ['route'],
  address: ['address'],
};
const MADE_OF: Record<string, RawBuilder<unknown>> = { day: sql`hour - hour % ${sql.lit(DAY_MS)}` };

const isKeyOrToken = sql`page.credential_kind in ('api-key', 'token')`;
const isPerson = sql`page.credential_kind in ('password', 'session')`;
const name = sql<string | null>`case
  when ${isKeyOrToken} then (select credential.name from credential where credential.id = page.credential_id)
  when ${isPerson} then (select "user".login from "user" where "user".id = page.credential_id) end`;
const ownerId = sql<number | null>`(select credential.service_account_id from credential
  where ${isKeyOrToken} and credential.id = page.credential_id)`;
const ownerName = sql<string | null>`(select service_account.name from credential
  join service_account on service_account.id = credential.service_account_id
  where ${isKeyOrToken} and credential.id = page.credential_id)`;

/** Requests in groups: the latest by time where they are told apart by it, else the largest; in the order of time, then size. */
export function listSums(db: Kysely<Schema>, sums: Sums): Promise<SumRow[]> {
  const columns = sums.groupBy.flatMap((group) => COLUMNS[group]);
  const names = columns.map((column) => sql.ref(column));
  const times = columns
    .filter((column) => column === 'hour' || column === 'day')
    .map((time) => sql.ref(time));
  const bySize = [sql`requests desc`, ...names];
  const latest = sql.join([...times.map((time) => sql`${time} desc`), ...bySize]);
  const page = sql<SumRow>`(select summed.*, cast(count(*) over () as bigint) as groups,
      cast(sum(requests) over () as bigint) as total from (
      select ${sql.join(columns.map((column) => sql`${MADE_OF[column] ?? sql.ref(column)} as ${sql.ref(column)}`))},
        cast(sum(requests) as bigint) as requests
      from ${sql.table(sums.groupBy.includes('address') ? 'usage_caller' : 'usage_request')}
      where ${conditions(sums)} group by ${sql.join(names)}) as summed
    order by ${latest} limit ${sums.limit})`;
  return db
    .selectFrom(page.as('page'))
    .selectAll('page')
    .$if(sums.groupBy.includes('credential'), (query) =>
      query.select([name.as('name'), ownerId.as('owner_id'), ownerName.as('owner_name')]),
    )
    .orderBy(sql.join([...times, ...bySize]))
    .execute();
}

function conditions({ orgId, from, to, credential, route }: Sums): RawBuilder<unknown> {
  const all = [orgId === null ? sql`org_id is null` : sql`org_id = ${orgId}`];
  all.push(sql`hour >= ${from}`, sql`hour < ${to}`);
  if (credential) all.push(isOf(credential));
  if (route !== undefined) all.push(sql`route = ${route}`);
  return sql.join(all, sql` and `);
}

function isOf({ kind, id }: NonNullable<Sums['credential']>): RawBuilder<unknown> {
  if (kind !== ALL_TOKENS_OF) return sql`credential_kind = ${kind} and credential_id = ${id}`;
  // What a migrated key did as a key is there too: it has kept its number.
  return sql`credential_kind in ('api-key', 'token')
    and credential_id in (select id from credential where service_account_id = ${id})`;
}

/** Adds to the counts by route and status; counts of organizations that are gone are left out. */
export function addRequests(
  db: Kysely<Schema>,
  counts: readonly Insertable<UsageRequestTable>[],
): Promise<void> {
  return addCounts(db, 'usage_request', { route: 'text', status: 'bigint' }, counts);
}

/** The same for the counts by address. */
export function addCallers(
  db: Kysely<Schema>,
  counts: readonly Insertable<UsageCallerTable>[],
): Promise<void> {
  return addCounts(db, 'usage_caller', { address: 'text' }, counts);
}

type Types = Record<string, 'bigint' | 'text'>;
const WHOSE: Types = { org_id: 'bigint', hour: 'bigint', credential_kind: 'text', credential_id: 'bigint' };

async function addCounts(
  db: Kysely<Schema>,
  table: 'usage_request' | 'usage_caller',
  own: Types,
  counts: readonly object[],
): Promise<void> {
  const types: Types = { ...WHOSE, ...own, requests: 'bigint' };
  const columns = sql.join(Object.keys(types).map((column) => sql.ref(column)));
  const read = sql.join(
    Object.entries(types).map(
      ([column, type]) => sql`cast(value ->> ${sql.lit(column)} as ${sql.raw(type)}) as ${sql.ref(column)}`,
    ),
  );
  const same = sql.join([
    sql`hour, coalesce(org_id, 0), credential_kind, credential_id`,
    ...Object.keys(own).map((column) => sql.ref(column)),
  ]);
  const total = sql.ref(`${table}.requests`);
  // One parameter, however many there are: a statement with a thousand takes longer to make than to run.
  await sql`insert into ${sql.table(table)} (${columns})
    select ${columns} from (select ${read} from json_each(${JSON.stringify(Object.fromEntries(counts.entries()))})) as counted
    where org_id is null or (select id from org where org.id = counted.org_id) is not null
    on conflict (${same}) do update set requests = ${total} + excluded.requests`.execute(db);
}

/** The first hour that anything is kept of. */
export async function getOldestHour(db: Kysely<Schema>): Promise<number | undefined> {
  const [requests, callers] = [
    await db
      .selectFrom('usage_request')
      .select(({ fn }) => fn.min('hour').as('hour'))
      .executeTakeFirst(),
    await db
      .selectFrom('usage_caller')
      .select(({ fn }) => fn.min('hour').as('hour'))
      .executeTakeFirst(),
  ];
  const hours = [requests?.hour, callers?.hour].filter((hour) => typeof hour === 'number');
  return hours.length === 0 ? undefined : Math.min(...hours);
}

export async function deleteHour(db: Kysely<Schema>, hour: number): Promise<void> {
  await db.deleteFrom('usage_request').where('hour', '=', hour).execute();
  await db.deleteFrom('usage_caller').where('hour', '=', hour).execute();
}
