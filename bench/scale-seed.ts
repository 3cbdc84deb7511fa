import { type RawBuilder, sql, type Transaction } from 'kysely';
import { makeToken, secretHash } from '../server/crypto/secrets.ts';
import type { Schema } from '../server/db/schema.ts';
import { seedInto, tidy } from './seed.ts';

/** How much there is in a database. */
export interface Size {
  orgs: number;
  tokens: number;
  dashboards: number;
}

/** Of what was made, those that are asked with and for. */
export interface Scale {
  size: Size;
  /** Tokens of Viewers of many organizations. */
  tokens: string[];
  /** Of Admins of an organization like most, of the large one, and of one that is there to be deleted, which is large as well. */
  admins: Record<'ordinary' | 'large' | 'doomed', { orgId: number; account: number; token: string }>;
}

// The first one is there, and two others hold a tenth of the dashboards and a hundredth of the tokens each.
const [LARGE, DOOMED, FIRST] = [2, 3, 4];
const LARGE_SHARE = 10;
const ACCOUNT_SHARE = 100;
const ACCOUNTS_OF_ORG = 2;
const FOLDERS_OF_ORG = 10;
const AUDIT_OF_ORG = 100;
const KNOWN_TOKENS = 20_000;
const HASHES_AT_ONCE = 50_000;
const LETTERS_OF_A_DASHBOARD = 300;

/** Fills the new database that an environment names with so much and what belongs to it, as much in each organization. */
export async function seedScale(env: Record<string, string>, size: Size): Promise<Scale> {
  const url = env['GF_DATABASE_URL'];
  const scale = await seedInto({ env, overrides: {} }, async (db, now) => {
    // The indexes of hashes are filled in no order: in a small cache, or with each reference looked up, that takes many times as long.
    await (
      url === undefined
        ? sql`pragma cache_size = -1000000`
        : sql`set local session_replication_role = replica`
    ).execute(db);
    return fill({ db, now, isSqlite: url === undefined }, size);
  });
  if (url !== undefined) await tidy(url);
  return scale;
}

interface Filling {
  db: Transaction<Schema>;
  now: number;
  isSqlite: boolean;
}

async function fill(filling: Filling, size: Size): Promise<Scale> {
  const { orgs, dashboards } = size;
  await fillOrgs(filling, orgs);
  const accounts = orgs * ACCOUNTS_OF_ORG;
  const firstAccount = await fillAccounts(filling, orgs, accounts);
  const tokens = await fillTokens(filling, size, firstAccount, accounts);
  await fillDashboards(filling, orgs, dashboards);
  await fillRest(filling, orgs);
  const admin = async (orgId: number): Promise<Scale['admins']['large']> => {
    const account = firstAccount + (orgId - 1) * ACCOUNTS_OF_ORG;
    const token = makeToken();
    await filling.db
      .updateTable('service_account')
      .set({ role: 'Admin' })
      .where('id', '=', account)
      .execute();
    await filling.db
      .insertInto('credential')
      .values({
        org_id: orgId,
        service_account_id: account,
        name: 'of the admin',
        role: null,
        is_server_admin: 0,
        is_revoked: 0,
        secret_hash: secretHash(token),
        created_by: 1,
        created_at: filling.now,
      })
      .execute();
    return { orgId, account, token };
  };
  const admins = {
    ordinary: await admin(Math.ceil(orgs / 2)),
    large: await admin(LARGE),
    doomed: await admin(DOOMED),
  };
  return { size, tokens, admins };
}

/** The numbers from 0, so many, as a table `row (n)`. */
function rows(count: number, isSqlite: boolean): RawBuilder<unknown> {
  const last = sql.lit(count - 1);
  return isSqlite
    ? sql`(with recursive counted (n) as (select 0 union all select n + 1 from counted where n < ${last}) select n from counted) as row`
    : sql`generate_series(0, ${last}) as row (n)`;
}

// The organization of the n-th of so many things.
function orgOf(n: RawBuilder<unknown>, count: number, orgs: number): RawBuilder<number> {
  const large = Math.floor(count / LARGE_SHARE);
  return sql`case when ${n} < ${sql.lit(large)} then ${sql.lit(LARGE)} when ${n} < ${sql.lit(2 * large)} then ${sql.lit(DOOMED)}
    else ${sql.lit(FIRST)} + ${n} % ${sql.lit(orgs - FIRST + 1)} end`;
}

async function fillOrgs({ db, now, isSqlite }: Filling, orgs: number): Promise<void> {
  const time = sql.lit(now);
  const others = rows(orgs - 1, isSqlite);
  await sql`insert into org (id, name, search_text, created_at, updated_at)
    select n + 2, 'Organization ' || (n + 2), 'organization ' || (n + 2), ${time}, ${time} from ${others}`.execute(
    db,
  );
  await sql`insert into identity (id, kind) select n + 2, 'user' from ${others}`.execute(db);
  await sql`insert into "user" (id, login, email, name, org_id, search_text, created_at, updated_at)
    select n + 2, 'person-' || (n + 2), 'person-' || (n + 2) || '@example.org', 'Person ' || (n + 2), n + 2,
      'person-' || (n + 2) || '@example.org', ${time}, ${time} from ${others}`.execute(db);
  await sql`insert into org_member (org_id, user_id, role, created_at, updated_at)
    select n + 2, n + 2, 'Viewer', ${time}, ${time} from ${others}`.execute(db);
  await sql`insert into session (user_id, token_hash, user_agent, address, created_at, rotated_at, seen_at)
    select n + 2, 'session-' || n, 'a browser', '192.0.2.1', ${time}, ${time}, ${time} from ${others}`.execute(
    db,
  );
  if (isSqlite) return;
  for (const table of ['org', 'identity'])
    await sql`select setval(pg_get_serial_sequence(${table}, 'id'), ${sql.lit(orgs)})`.execute(db);
}

async function fillAccounts({ db, now, isSqlite }: Filling, orgs: number, count: number): Promise<number> {
  const time = sql.lit(now);
  const all = rows(count, isSqlite);
  const first = orgs + 1;
  await sql`insert into identity (kind) select 'service-account' from ${all}`.execute(db);
  await sql`insert into service_account (id, org_id, name, login, role, search_text, created_at, updated_at)
    select n + ${sql.lit(first)}, 1 + n / ${sql.lit(ACCOUNTS_OF_ORG)}, 'account-' || n, 'sa-account-' || n, 'Viewer', 'account-' || n,
      ${time}, ${time} from ${all}`.execute(db);
  return first;
}

async function fillTokens(
  { db, now, isSqlite }: Filling,
  { tokens: count, orgs }: Size,
  firstAccount: number,
  accounts: number,
): Promise<string[]> {
  const known: string[] = [];
  const ofLarge = Math.floor(count / ACCOUNT_SHARE);
  const every = Math.ceil(count / KNOWN_TOKENS);
  for (let start = 0; start < count; start += HASHES_AT_ONCE) {
    const tokens = Array.from({ length: Math.min(HASHES_AT_ONCE, count - start) }, makeToken);
    known.push(...tokens.filter((_, at) => start + at >= 2 * ofLarge && (start + at) % every === 0));
    const hashes = JSON.stringify(tokens.map(secretHash));
    const each = isSqlite
      ? sql`json_each(${hashes}) as hash`
      : sql`json_array_elements_text(${hashes}::json) with ordinality as hash (value, key)`;
    const n = sql`(${sql.lit(isSqlite ? start : start - 1)} + hash.key)`;
    // One account of each of the two large organizations has many; the others are spread over all accounts.
    const account = sql`case when ${n} < ${sql.lit(ofLarge)} then ${sql.lit((LARGE - 1) * ACCOUNTS_OF_ORG + 1)}
      when ${n} < ${sql.lit(2 * ofLarge)} then ${sql.lit((DOOMED - 1) * ACCOUNTS_OF_ORG + 1)} else ${n} % ${sql.lit(accounts)} end`;
    await sql`insert into credential (org_id, service_account_id, name, secret_hash, is_server_admin, is_revoked, created_by, created_at,
        expires_at)
      select 1 + account / ${sql.lit(ACCOUNTS_OF_ORG)}, account + ${sql.lit(firstAccount)}, 'token-' || n, value, 0, 0, 1, ${sql.lit(now)},
        case when n % 3 = 0 then null else ${sql.lit(now)} + 86400000 * (1 + n % 365) end
      from (select ${n} as n, hash.value, ${account} as account from ${each}) as made`.execute(db);
  }
  await sql`insert into credential (org_id, name, role, secret_hash, is_server_admin, is_revoked, created_by, created_at)
    select n + 1, 'key', 'Viewer', 'key-' || n, 0, 0, 1, ${sql.lit(now)} from ${rows(orgs, isSqlite)}`.execute(
    db,
  );
  return known;
}

async function fillDashboards({ db, now, isSqlite }: Filling, orgs: number, count: number): Promise<void> {
  const time = sql.lit(now);
  const columns = sql`org_id, uid, is_folder, parent_uid, title, search_text, version, created_at, created_by, updated_at, updated_by`;
  const folders = rows(orgs * FOLDERS_OF_ORG, isSqlite);
  const folder = sql`n % ${sql.lit(FOLDERS_OF_ORG)}`;
  await sql`insert into dashboard (${columns})
    select 1 + n / ${sql.lit(FOLDERS_OF_ORG)}, 'folder-' || (${folder}), 1, '', 'Folder ' || (${folder}), 'folder ' || (${folder}), 1,
      ${time}, 1, ${time}, 1 from ${folders}`.execute(db);
  await sql`insert into dashboard (${columns})
    select ${orgOf(sql`n`, count, orgs)}, 'dashboard-' || n, 0, 'folder-' || ((n / 7) % ${sql.lit(FOLDERS_OF_ORG)}), 'Dashboard ' || n,
      'dashboard ' || n, 1, ${time}, 1, ${time}, 1 from ${rows(count, isSqlite)}`.execute(db);
  const data = JSON.stringify({ title: 'Dashboard', description: 'x'.repeat(LETTERS_OF_A_DASHBOARD) });
  await sql`insert into dashboard_version (dashboard_id, version, parent_version, restored_from, message, created_at, created_by, data)
    select id, 1, 0, 0, '', ${time}, 1, ${data} from dashboard where is_folder = 0`.execute(db);
  await sql`insert into dashboard_tag (dashboard_id, term) select id, 'tag-' || (id % 50) from dashboard where is_folder = 0`.execute(
    db,
  );
  await sql`insert into object_permission (org_id, kind, object_id, subject, level, created_at, updated_at)
    select org_id, 'folders', uid, 'role:' || role, level, ${time}, ${time} from dashboard,
      (select 'Viewer' as role, 1 as level union all select 'Editor', 2) as given where is_folder = 1`.execute(
    db,
  );
  await sql`insert into object_permission (org_id, kind, object_id, subject, level, created_at, updated_at)
    select org_id, 'dashboards', uid, 'user:' || org_id, 4, ${time}, ${time} from dashboard where is_folder = 0 and id % 10 = 0`.execute(
    db,
  );
}

async function fillRest({ db, now, isSqlite }: Filling, orgs: number): Promise<void> {
  const time = sql.lit(now);
  const audited = rows(orgs * AUDIT_OF_ORG, isSqlite);
  const org = sql`1 + n % ${sql.lit(orgs)}`;
  await sql`insert into audit (at, org_id, actor, actor_id, credential, credential_id, address, request_id, action, object_kind,
      object_id, object_name, change, search_text)
    select ${time} - n * 1000, ${org}, 'user:' || (n % 5), n % 5, 'token', n, '192.0.2.' || (n % 200), 'request-' || n,
      'dashboards:' || case n % 3 when 0 then 'create' else 'update' end, 'dashboard', 'dashboard-' || n, 'Dashboard ' || n, '{}',
      'user:' || (n % 5) || ' dashboards dashboard-' || n from ${audited}`.execute(db);
  await sql`insert into usage_request (org_id, hour, credential_kind, credential_id, route, status, requests)
    select ${org}, ${sql.lit(now - (now % 3_600_000))} - 3600000 * (n / ${sql.lit(orgs)} % 24), 'token', n, 'GET /api/org', 2, 10
    from ${audited}`.execute(db);
  await sql`insert into usage_caller (org_id, hour, credential_kind, credential_id, address, requests)
    select ${org}, ${sql.lit(now - (now % 3_600_000))} - 3600000 * (n / ${sql.lit(orgs)} % 24), 'token', n, '192.0.2.1', 10
    from ${audited}`.execute(db);
  const each = rows(orgs, isSqlite);
  await sql`insert into team (org_id, uid, name, email, search_text, created_at, updated_at)
    select n + 1, 'team', 'Team', '', 'team', ${time}, ${time} from ${each}`.execute(db);
  await sql`insert into data_source (org_id, uid, name, type, access, url, "user", "database", basic_auth_user, version, json_data,
      secure_json_data, created_at, updated_at)
    select n + 1, 'source', 'Source', 'prometheus', 'proxy', '', '', '', '', 1, '{}', '{}', ${time}, ${time} from ${each}`.execute(
    db,
  );
  await sql`insert into role_assignment (org_id, fixed_role, service_account_id, created_at)
    select org_id, 'fixed:reports:reader', id, ${time} from service_account where id % 4 = 0`.execute(db);
}
