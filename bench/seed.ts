import { join } from 'node:path';
import { type Kysely, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { Role } from '../server/access/roles.ts';
import { loadConfig } from '../server/config/config.ts';
import type { Overrides } from '../server/config/settings.ts';
import { makeApiKey, makeToken, secretHash } from '../server/crypto/secrets.ts';
import type { Schema } from '../server/db/schema.ts';
import { searchText } from '../server/db/search.ts';
import { prepareFirstRun } from '../server/first-run.ts';
import { openContext } from '../server/server.ts';

export const BENCH_SECRET_KEY = 'for a benchmark';

const KEY_ROLES = ['Viewer', 'Editor', 'Admin'] as const;
const BATCH = 500;
const ACCOUNTS = 1000;
const HASHES_AT_ONCE = 50_000;
const LETTERS_OF_A_DASHBOARD = 4000;

/** Fills the new database that an environment names with tokens of a thousand Viewer accounts, quickly; returns the tokens. */
export async function seedTokens(env: Record<string, string>, count: number): Promise<string[]> {
  const tokens = Array.from({ length: count }, makeToken);
  const url = env['GF_DATABASE_URL'];
  await seedInto({ env, overrides: {} }, async (db, now) => {
    const [first = 0] = await insertAccounts(db, now, ACCOUNTS);
    // The index of the hashes is filled in no order: in a small cache, or with each reference looked up, that takes minutes.
    await (
      url === undefined ? sql`pragma cache_size = -500000` : sql`set local session_replication_role = replica`
    ).execute(db);
    for (let start = 0; start < count; start += HASHES_AT_ONCE) {
      const hashes = JSON.stringify(tokens.slice(start, start + HASHES_AT_ONCE).map(secretHash));
      const each =
        url === undefined
          ? sql`json_each(${hashes}) as hash`
          : sql`json_array_elements_text(${hashes}::json) with ordinality as hash (value, key)`;
      await sql`
        insert into credential (org_id, service_account_id, name, secret_hash, is_server_admin, is_revoked, created_by, created_at)
        select 1, ${sql.lit(first)} + hash.key % ${sql.lit(ACCOUNTS)}, 'token-' || (${sql.lit(start)} + hash.key), hash.value, 0, 0, 1,
          ${sql.lit(now)}
        from ${each}`.execute(db);
    }
  });
  if (url !== undefined) await tidy(url);
  return tokens;
}

/** Has PostgreSQL do now what it would do by itself a minute later, in the middle of a measurement. */
export async function tidy(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('vacuum analyze');
  await client.query('checkpoint');
  await client.end();
}

/**
 * Fills a new SQLite database with so many service accounts, users and dashboards, the dashboards spread over the general folder
 * and those of `folderUids`, which are there as well. Returns the tokens of an Admin and a Viewer.
 */
export function seedLists(
  directory: string,
  count: number,
  folderUids: readonly string[],
): Promise<{ admin: string; viewer: string }> {
  const [admin, viewer] = [makeToken(), makeToken()];
  return seed(directory, async (db, now) => {
    const [first = 0, second = 0] = await insertAccounts(db, now, count);
    await db.updateTable('service_account').set({ role: 'Admin' }).where('id', '=', first).execute();
    const tokens = [credentialRow(0, first, admin, now), credentialRow(1, second, viewer, now)];
    await db.insertInto('credential').values(tokens).execute();
    await insertUsers(db, now, count);
    await insertDashboards(db, now, folderUids, count);
    return { admin, viewer };
  });
}

/** An API key and what it may do. */
export interface KeyToSeed {
  secret: string;
  role: Role;
}

/**
 * Fills the new database that an environment names with API keys. Every so many of them have a name whose service account is
 * there already. Returns the keys.
 */
export function seedKeys(
  env: Record<string, string>,
  count: number,
  everySoMany: number,
): Promise<KeyToSeed[]> {
  return seedInto({ env, overrides: {} }, async (db, now) => {
    const colliding = Math.ceil(count / everySoMany);
    await insertAccounts(db, now, colliding, (at) => `sa-autogen-key-${at * everySoMany}`);
    const keys: KeyToSeed[] = [];
    await inBatches(
      count,
      (at) => {
        const name = `key-${at}`;
        const { key, secret } = makeApiKey(name, 1);
        const role = KEY_ROLES[at % KEY_ROLES.length] ?? 'Viewer';
        keys.push({ secret: key, role });
        return { ...credentialRow(at, null, secret, now), name, role };
      },
      (rows) => db.insertInto('credential').values(rows).execute(),
    );
    return keys;
  });
}

function seed<T>(directory: string, fill: (db: Transaction<Schema>, now: number) => Promise<T>): Promise<T> {
  const overrides = { paths: { data: directory }, security: { secret_key: BENCH_SECRET_KEY } };
  return seedInto({ env: {}, overrides }, fill);
}

/** Opens the new database that an environment names, with its first organization and administrator, and fills it. */
export async function seedInto<T>(
  { env, overrides }: { env: Record<string, string>; overrides: Overrides },
  fill: (db: Transaction<Schema>, now: number) => Promise<T>,
): Promise<T> {
  const { config } = loadConfig({
    home: join(import.meta.dirname, '..'),
    env,
    overrides: { log: { level: 'error' }, database: { query_timeout: '0s' }, ...overrides },
  });
  const { context, close } = await openContext(config);
  await prepareFirstRun(context);
  const result = await context.db.transaction().execute((db) => fill(db, context.now()));
  await close();
  return result;
}

async function insertAccounts(
  db: Kysely<Schema>,
  now: number,
  count: number,
  nameOf = (at: number): string => `account-${at}`,
): Promise<number[]> {
  const ids = await insertIdentities(db, 'service-account', count);
  await inBatches(
    count,
    (at) => {
      const name = nameOf(at);
      const flags = { is_disabled: 0, is_server_admin: 0 } as const;
      const times = { created_at: now, updated_at: now };
      const names = { name, login: `sa-${name}`, search_text: searchText(name) };
      return { id: ids[at] ?? 0, org_id: 1, role: 'Viewer' as const, ...names, ...flags, ...times };
    },
    (rows) => db.insertInto('service_account').values(rows).execute(),
  );
  return ids;
}

async function insertUsers(db: Kysely<Schema>, now: number, count: number): Promise<void> {
  const ids = await insertIdentities(db, 'user', count);
  const times = { created_at: now, updated_at: now };
  await inBatches(
    count,
    (at) => {
      const [login, name] = [`person-${at}`, `Person ${at}`];
      const email = `${login}@example.org`;
      const flags = {
        is_disabled: 0,
        is_server_admin: 0,
        password_hash: null,
        last_seen_at: null,
        theme: '',
      } as const;
      return {
        id: ids[at] ?? 0,
        login,
        email,
        name,
        org_id: 1,
        search_text: searchText(login, email, name),
        ...flags,
        ...times,
      };
    },
    (rows) => db.insertInto('user').values(rows).execute(),
  );
  await inBatches(
    count,
    (at) => ({ org_id: 1, user_id: ids[at] ?? 0, role: 'Viewer' as const, ...times }),
    (rows) => db.insertInto('org_member').values(rows).execute(),
  );
}

async function insertDashboards(
  db: Kysely<Schema>,
  now: number,
  folderUids: readonly string[],
  count: number,
): Promise<void> {
  const parents = ['', ...folderUids];
  const times = { created_at: now, created_by: 1, updated_at: now, updated_by: 1 };
  const common = { org_id: 1, version: 1, ...times };
  const folders = folderUids.map((uid) => ({
    ...common,
    uid,
    is_folder: 1 as const,
    parent_uid: '',
    title: uid,
    search_text: searchText(uid),
  }));
  await db.insertInto('dashboard').values(folders).execute();
  await inBatches(
    count,
    (at) => {
      const [uid, title] = [`dashboard-${at}`, `Dashboard ${at}`];
      const parent_uid = parents[at % parents.length] ?? '';
      return { ...common, uid, is_folder: 0 as const, parent_uid, title, search_text: searchText(title) };
    },
    (rows) => db.insertInto('dashboard').values(rows).execute(),
  );
  const ids = await db.selectFrom('dashboard').select('id').where('is_folder', '=', 0).execute();
  const data = JSON.stringify({ title: 'Dashboard', description: 'x'.repeat(LETTERS_OF_A_DASHBOARD) });
  await inBatches(
    count,
    (at) => ({
      dashboard_id: ids[at]?.id ?? 0,
      version: 1,
      parent_version: 0,
      restored_from: 0,
      message: '',
      created_at: now,
      created_by: 1,
      data,
    }),
    (rows) => db.insertInto('dashboard_version').values(rows).execute(),
  );
  await inBatches(
    count,
    (at) => ({ dashboard_id: ids[at]?.id ?? 0, term: `tag-${at % 10}` }),
    (rows) => db.insertInto('dashboard_tag').values(rows).execute(),
  );
}

export async function insertIdentities(
  db: Kysely<Schema>,
  kind: 'user' | 'service-account',
  count: number,
): Promise<number[]> {
  const ids: number[] = [];
  await inBatches(
    count,
    () => ({ kind }),
    async (rows) => {
      const made = await db.insertInto('identity').values(rows).returning('id').execute();
      ids.push(...made.map(({ id }) => id));
    },
  );
  return ids;
}

function credentialRow(at: number, accountId: number | null, secret: string, now: number) {
  return {
    org_id: 1,
    service_account_id: accountId,
    name: `token-${at}`,
    role: null,
    is_server_admin: 0 as const,
    secret_hash: secretHash(secret),
    is_revoked: 0 as const,
    created_by: 1,
    created_at: now,
    expires_at: null,
    last_used_at: null,
  };
}

export async function inBatches<Row>(
  count: number,
  row: (at: number) => Row,
  insert: (rows: Row[]) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < count; start += BATCH) {
    const size = Math.min(BATCH, count - start);
    await insert(Array.from({ length: size }, (_, offset) => row(start + offset)));
  }
}
