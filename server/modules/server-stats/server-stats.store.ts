import { type Kysely, sql } from 'kysely';
import type { Schema, Time } from '../../db/schema.ts';

export interface Since {
  month: Time;
  day: Time;
}

/** How many there are of each thing, and how many sessions were used since two times. */
export function countThings(db: Kysely<Schema>, { month, day }: Since) {
  const all = sql<number>`count(*)`.as('count');
  // Of the fewer there is an index, as of all.
  const folders = sql<number>`(select count(*) from dashboard where is_folder = 1)`;
  const keys = sql<number>`(select count(*) from credential where service_account_id is null)`;
  return db
    .selectNoFrom(({ selectFrom }) => [
      selectFrom('org').select(all).as('orgs'),
      sql<number>`(select count(*) from dashboard) - ${folders}`.as('dashboards'),
      selectFrom('dashboard_tag')
        .select(sql<number>`count(distinct term)`.as('count'))
        .as('tags'),
      selectFrom('data_source').select(all).as('datasources'),
      selectFrom('playlist').select(all).as('playlists'),
      selectFrom('star').select(all).as('stars'),
      folders.as('folders'),
      selectFrom('team').select(all).as('teams'),
      selectFrom('service_account').select(all).as('serviceAccounts'),
      keys.as('apiKeys'),
      sql<number>`(select count(*) from credential) - ${keys}`.as('tokens'),
      selectFrom('session').select(all).where('seen_at', '>=', month).as('monthlySessions'),
      selectFrom('session').select(all).where('seen_at', '>=', day).as('dailySessions'),
    ])
    .executeTakeFirstOrThrow();
}

/** How many users there are of each rank, which is the highest role that they have anywhere: 3 Admin, 2 Editor, 1 Viewer, 0. */
export function countUsersByRank(db: Kysely<Schema>, { month, day }: Since) {
  const rank = sql<number>`max(case role when 'Admin' then 3 when 'Editor' then 2 when 'Viewer' then 1 else 0 end)`;
  return db
    .with('person', (query) =>
      query
        .selectFrom('user')
        .leftJoin('org_member', 'org_member.user_id', 'user.id')
        .select(['user.id', 'user.last_seen_at', rank.as('rank')])
        .groupBy(['user.id', 'user.last_seen_at']),
    )
    .selectFrom('person')
    .select(({ fn }) => [
      'rank',
      fn.count<number>('id').as('users'),
      fn.count<number>('id').filterWhere('last_seen_at', '>=', month).as('monthly'),
      fn.count<number>('id').filterWhere('last_seen_at', '>=', day).as('daily'),
    ])
    .groupBy('rank')
    .execute();
}
