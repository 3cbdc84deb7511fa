import type { Kysely } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../bench/processes.ts';
import { loadConfig } from '../config/config.ts';
import { makeCloudSecret } from '../crypto/cloud-secrets.ts';
import { secretHash } from '../crypto/secrets.ts';
import { migrate, stepsOf } from '../db/migrations/index.ts';
import { openDatabase } from '../db/open.ts';
import { removeStacks, startCloudWorld } from '../testing/cloud.ts';
import { ADMIN, newDatabase, type TestDatabase } from '../testing/world.ts';
import { cloudDatabase, ensureDatabase, stackDatabase } from './databases.ts';
import { migrateCloud } from './db/migrate.ts';
import type { CloudSchema } from './db/schema.ts';

// All but the newest.
const STEPS = ['0001-cloud', '0002-suspended-stacks', '0003-record'];
const AT = Date.UTC(2026, 0, 2);
const USED_AT = AT + 3_600_000;
const DAY_MS = 86_400_000;
const TIMES = { created_at: AT, updated_at: AT };

const key = makeCloudSecret(1, 'first', '');
const token = makeCloudSecret(1, 'readers-token', 'eu');

/** The databases of a cloud side and of its first stack, which is made here and up to date; the cloud side's has no tables. */
async function bare({ directory, settings }: TestDatabase) {
  const overrides = { paths: { data: directory }, database: settings };
  const { config } = loadConfig({ home: directory, env: {}, overrides });
  const { type } = config.database;
  const open = (database: typeof config.database) =>
    openDatabase({ ...config, database }, (error) => {
      throw error;
    });
  const [cloud, stack] = [cloudDatabase(config.database), stackDatabase(config.database, 1)];
  for (const database of [cloud, stack]) await ensureDatabase(config.database, database);
  const own = open(stack);
  await migrate(own, type);
  await own.destroy();
  return { type, openCloud: () => open(cloud) as unknown as Kysely<CloudSchema> };
}

/** Rows in every table of the first step. */
async function fill(db: Kysely<CloudSchema>, port: number): Promise<void> {
  await db
    .insertInto('org')
    .values({ slug: 'acme', name: 'Acme', ...TIMES })
    .execute();
  const member = { org_id: 1, username: 'ann', role: 'Editor', billing: 0 as const };
  await db
    .insertInto('member')
    .values({ ...member, ...TIMES })
    .execute();
  const cloudKey = { org_id: 1, name: 'first', role: 'Admin' as const, secret_hash: secretHash(key) };
  await db
    .insertInto('cloud_key')
    .values({ ...cloudKey, created_at: AT })
    .execute();
  const policy = {
    uid: '11111111-1111-4111-8111-111111111111',
    org_id: 1,
    region: 'eu',
    name: 'readers',
    display_name: 'Readers',
    scopes: '["stacks:read"]',
    realms: '[{"type":"org","identifier":"acme","labelPolicies":[]}]',
    allowed_subnets: '[]',
  };
  await db
    .insertInto('policy')
    .values({ ...policy, ...TIMES })
    .execute();
  const policyToken = {
    uid: '22222222-2222-4222-8222-222222222222',
    policy_id: 1,
    name: 'token',
    display_name: 'Token',
    secret_hash: secretHash(token),
    expires_at: null,
  };
  await db
    .insertInto('policy_token')
    .values({ ...policyToken, ...TIMES })
    .execute();
  const stack = {
    org_id: 1,
    slug: 'mine',
    name: 'Mïne',
    description: 'of before',
    region: 'eu',
    labels: '{"team":"a"}',
    delete_protection: 0 as const,
    host: null,
    created_by: 'first',
    updated_by: 'first',
  };
  await db
    .insertInto('stack')
    .values([
      { ...stack, port, deleted_at: null, removed_at: null, ...TIMES },
      { ...stack, slug: 'gone', port: null, deleted_at: AT, removed_at: AT, ...TIMES },
    ])
    .execute();
  await db
    .insertInto('plugin')
    .values({ stack_id: 1, slug: 'a-panel', version: '1.2.3', created_at: AT })
    .execute();
}

test.each(STEPS)(
  'a database of the cloud side as %s left it is brought up to date, and what it has is served',
  async (last) => {
    const database = await newDatabase({ isUpToDate: true });
    onTestFinished(async () => {
      await removeStacks(database);
      await database.remove();
    });
    const taken = STEPS.slice(0, STEPS.indexOf(last) + 1);
    const hasUses = taken.includes('0002-suspended-stacks');
    const port = await freePort();
    const { type, openCloud } = await bare(database);
    const earlier = openCloud();
    expect(await migrateCloud(earlier, type, taken)).toEqual(taken);
    await fill(earlier, port);
    if (hasUses) {
      const use = { stack_id: 1, day: Math.floor(AT / DAY_MS), requests: 7, last_used_at: USED_AT };
      await earlier.insertInto('stack_use').values(use).execute();
      await earlier.updateTable('stack').set({ suspended_at: AT }).where('id', '=', 1).execute();
    }
    await earlier.destroy();

    const world = await startCloudWorld({ cloud: { stack_ports: `${port}-${port}` } }, database);
    onTestFinished(() => world.stop());
    const now = openCloud();
    onTestFinished(() => now.destroy());
    const steps = await stepsOf(now);
    expect(steps.slice(0, -1), 'a newer step wants the one before it in STEPS').toEqual(STEPS);

    const admin = { bearer: key };
    const get = async (path: string, as = admin) => {
      const { status, body } = await world.ask(as, 'GET', path);
      expect(status, `${path}: ${JSON.stringify(body)}`).toBe(200);
      return body;
    };
    for (const as of [admin, { bearer: token }]) {
      const { items } = await get('/api/instances', as);
      expect(items).toHaveLength(1);
      expect(items[0]).toMatchObject({
        id: 1,
        slug: 'mine',
        name: 'Mïne',
        description: 'of before',
        labels: { team: 'a' },
        createdBy: 'first',
        createdAt: '2026-01-02T00:00:00.000Z',
        status: hasUses ? 'paused' : 'active',
      });
    }
    expect(await get('/api/orgs/acme')).toMatchObject({ slug: 'acme', name: 'Acme' });
    expect(JSON.stringify(await get('/api/orgs/acme/members'))).toContain('"ann"');
    expect(JSON.stringify(await get('/api/orgs/acme/api-keys'))).toContain('"first"');
    expect((await get('/api/v1/accesspolicies?region=eu')).items).toMatchObject([
      { name: 'readers', displayName: 'Readers', scopes: ['stacks:read'] },
    ]);
    expect((await get('/api/v1/tokens?region=eu')).items).toMatchObject([
      { name: 'token', displayName: 'Token', expiresAt: null },
    ]);
    expect(JSON.stringify(await get('/api/instances/mine/plugins'))).toContain('"1.2.3"');
    const { body: all } = await world.send(ADMIN, 'GET', '/api/admin/cloud/stacks');
    expect(JSON.stringify(all)).toContain('"mine"');
    expect(JSON.stringify(all).includes(new Date(USED_AT).toISOString())).toBe(hasUses);

    // What the later steps brought.
    for (const how of ['suspend', 'resume']) {
      expect((await world.ask(admin, 'POST', `/api/instances/mine/${how}`)).status).toBe(200);
    }
    expect((await get('/api/audit')).totalCount).toBe(hasUses ? 1 : 2);
    expect((await fetch(`http://127.0.0.1:${port}/api/health`)).status).toBe(200);
    for (let time = 0; time < 2; time++) {
      const { body } = await world.send(ADMIN, 'POST', '/api/leaks', [{ token }]);
      expect(body).toMatchObject([{ label: 'true_positive' }]);
    }
  },
);
