import { join } from 'node:path';
import type { Kysely, Transaction } from 'kysely';
import { loadConfig } from '../server/config/config.ts';
import { makeToken, secretHash } from '../server/crypto/secrets.ts';
import type { Schema } from '../server/db/schema.ts';
import { searchText } from '../server/db/search.ts';
import { prepareFirstRun } from '../server/first-run.ts';
import { openContext } from '../server/server.ts';

export const BENCH_SECRET_KEY = 'for a benchmark';

const BATCH = 500;
// The first administrator has 1.
const FIRST_FREE_IDENTITY = 2;
const LETTERS_OF_A_DASHBOARD = 4000;

/** Fills a new SQLite database under a directory with tokens of a thousand Viewer accounts; returns the tokens. */
export function seedTokens(directory: string, count: number): Promise<string[]> {
  const accounts = 1000;
  const tokens = Array.from({ length: count }, makeToken);
  return seed(directory, async (db, now) => {
    await insertAccounts(db, now, FIRST_FREE_IDENTITY, accounts);
    await inBatches(
      count,
      (at) => credentialRow(at, FIRST_FREE_IDENTITY + (at % accounts), tokens[at] ?? '', now),
      (rows) => db.insertInto('credential').values(rows).execute(),
    );
    return tokens;
  });
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
    await insertAccounts(db, now, FIRST_FREE_IDENTITY, count);
    await db
      .updateTable('service_account')
      .set({ role: 'Admin' })
      .where('id', '=', FIRST_FREE_IDENTITY)
      .execute();
    const tokens = [admin, viewer].map((token, at) =>
      credentialRow(at, FIRST_FREE_IDENTITY + at, token, now),
    );
    await db.insertInto('credential').values(tokens).execute();
    await insertUsers(db, now, FIRST_FREE_IDENTITY + count, count);
    await insertDashboards(db, now, folderUids, count);
    return { admin, viewer };
  });
}

async function seed<T>(
  directory: string,
  fill: (db: Transaction<Schema>, now: number) => Promise<T>,
): Promise<T> {
  const overrides = {
    paths: { data: directory },
    log: { level: 'error' },
    security: { secret_key: BENCH_SECRET_KEY },
  };
  const { config } = loadConfig({ home: join(import.meta.dirname, '..'), env: {}, overrides });
  const { context, close } = await openContext(config);
  await prepareFirstRun(context);
  const result = await context.db.transaction().execute((db) => fill(db, context.now()));
  await close();
  return result;
}

async function insertAccounts(
  db: Kysely<Schema>,
  now: number,
  firstId: number,
  count: number,
): Promise<void> {
  await insertIdentities(db, 'service-account', firstId, count);
  await inBatches(
    count,
    (at) => {
      const name = `account-${at}`;
      const flags = { is_disabled: 0, is_server_admin: 0 } as const;
      const times = { created_at: now, updated_at: now };
      const names = { name, login: `sa-${name}`, search_text: searchText(name) };
      return { id: firstId + at, org_id: 1, role: 'Viewer' as const, ...names, ...flags, ...times };
    },
    (rows) => db.insertInto('service_account').values(rows).execute(),
  );
}

async function insertUsers(db: Kysely<Schema>, now: number, firstId: number, count: number): Promise<void> {
  await insertIdentities(db, 'user', firstId, count);
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
        id: firstId + at,
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
    (at) => ({ org_id: 1, user_id: firstId + at, role: 'Viewer' as const, ...times }),
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

function insertIdentities(
  db: Kysely<Schema>,
  kind: 'user' | 'service-account',
  firstId: number,
  count: number,
): Promise<void> {
  return inBatches(
    count,
    (at) => ({ id: firstId + at, kind }),
    (rows) => db.insertInto('identity').values(rows).execute(),
  );
}

function credentialRow(at: number, accountId: number, token: string, now: number) {
  return {
    org_id: 1,
    service_account_id: accountId,
    name: `token-${at}`,
    role: null,
    is_server_admin: 0 as const,
    secret_hash: secretHash(token),
    is_revoked: 0 as const,
    created_by: 1,
    created_at: now,
    expires_at: null,
    last_used_at: null,
  };
}

async function inBatches<Row>(
  count: number,
  row: (at: number) => Row,
  insert: (rows: Row[]) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < count; start += BATCH) {
    const size = Math.min(BATCH, count - start);
    await insert(Array.from({ length: size }, (_, offset) => row(start + offset)));
  }
}
