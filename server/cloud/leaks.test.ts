import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { grafanaToken } from '../../test/support/grafana-secrets.ts';
import { makeCloudSecret } from '../crypto/cloud-secrets.ts';
import { importedSecret } from '../crypto/grafana-hashes.ts';
import { makeToken, secretHash } from '../crypto/secrets.ts';
import type { Config } from '../config/config.ts';
import { cloudDatabase, stackDatabase } from './databases.ts';
import type { StackRow } from './db/schema.ts';
import { type CloudWorld, startCloudWorld } from '../testing/cloud.ts';
import { makeMember } from '../testing/people.ts';
import { ADMIN, administering, startWorld } from '../testing/world.ts';

const HOUR = 3_600_000;
const PAUSE_MS = 200;
const PLACE = 'https://example.org/paste/17';
const ORG = [{ type: 'org', identifier: 'acme' }];
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const directory = mkdtempSync(join(tmpdir(), 'latchkey-leaks-'));
const keysFile = join(directory, 'keys.pem');
writeFileSync(keysFile, publicKey.export({ type: 'spki', format: 'pem' }).toString());

let world: CloudWorld;
beforeAll(async () => {
  world = await startCloudWorld({ leaks: { public_keys_file: keysFile } });
});
afterAll(async () => {
  await world.stop();
  rmSync(directory, { recursive: true });
});

interface Stack {
  id: number;
  slug: string;
  url: string;
  token: { id: number; name: string; key: string };
}

interface Entry {
  actor: object;
  object: { id: string; name: string };
}

let made = 0;

async function asked(method: string, path: string, body?: object) {
  const answer = await world.ask(world.admin, method, path, body);
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBe(200);
  return answer.body;
}

/** A stack with a token of a service account in it. */
async function makeStack(): Promise<Stack> {
  const slug = `leaky${++made}`;
  const { id, url } = await asked('POST', '/api/instances', { name: slug, slug });
  const inside = `/api/instances/${slug}/api/serviceaccounts`;
  const account = await world.ask(world.admin, 'POST', inside, { name: 'ci', role: 'Viewer' });
  const token = await asked('POST', `${inside}/${account.body.id}/tokens`, { name: `token ${made}` });
  return { id, slug, url, token };
}

async function makeCloudKey(role = 'Viewer') {
  const name = `key-${++made}${'x'.repeat(made % 3)}`;
  const { id, orgId, token } = await asked('POST', '/api/orgs/acme/api-keys', { name, role });
  return { id, name, orgId, secret: token as string };
}

async function makePolicyToken(life: object = {}) {
  const policy = { name: `policy-${++made}`, scopes: ['stacks:read'], realms: ORG };
  const { id: accessPolicyId } = await asked('POST', '/api/v1/accesspolicies?region=eu', policy);
  const wanted = { accessPolicyId, name: 'leaked', ...life };
  const { id, token } = await asked('POST', '/api/v1/tokens?region=eu', wanted);
  return { id, accessPolicyId, name: `${policy.name}-leaked`, secret: token as string };
}

const report = async (...tokens: string[]) => {
  const leaks = tokens.map((token) => ({ token, url: PLACE, source: 'commit' }));
  return world.send(ADMIN, 'POST', '/api/leaks', leaks);
};
const labels = async (...tokens: string[]): Promise<string[]> => {
  const { status, body } = await report(...tokens);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.map(({ label }: { label: string }) => label);
};
const onCloud = async (secret: string) =>
  (await world.ask({ bearer: secret }, 'GET', '/api/instances')).status;
const inStack = async ({ url }: Stack, secret: string) => {
  const { status, body } = await world.sendTo(url, { bearer: secret }, 'GET', '/api/org');
  return [status, body.message];
};
const signed = (text: string) =>
  world.send(undefined, 'POST', '/api/leaks/signed', text, {
    'github-public-key-identifier': 'any',
    'github-public-key-signature': sign('sha256', Buffer.from(text), {
      key: privateKey,
      dsaEncoding: 'der',
    }).toString('base64'),
  });
const cloudRecord = async () =>
  (await asked('GET', '/api/audit?action=leaks:revoke&limit=100')).entries as Entry[];

/** The record of a stack, as an Admin key in it reads it. */
async function recordOf({ slug, url }: Stack) {
  const path = `/api/instances/${slug}/api/auth/keys`;
  const { key } = await asked('POST', path, { name: `reader ${++made}`, role: 'Admin' });
  return (await world.sendTo(url, { bearer: key }, 'GET', '/api/audit?action=leaks:revoke')).body.entries;
}

const rowOf = ({ id, slug }: Stack) => ({ id, slug, port: 1, host: null }) as StackRow;

/** Has the token of a stack kept under another hash, and the stack closed. */
async function giveHash(stack: Stack, secret_hash: string): Promise<void> {
  await world.cloud.stacks.close(stack.id);
  await world.cloud.stacks.inside(rowOf(stack), ({ db }) =>
    db.updateTable('credential').set({ secret_hash }).execute(),
  );
}

/** Has the database of a closed stack be away for as long as the work takes. */
async function withoutDatabase({ id }: Stack, work: () => Promise<void>): Promise<void> {
  const database = stackDatabase(world.context.config.database, id);
  const url = process.env['LATCHKEY_TEST_POSTGRES_URL'] ?? '';
  const rename = async (from: string, to: string): Promise<void> => {
    if (database.type === 'sqlite') return renameSync(from, to);
    await administering(url, (client) => client.query(`alter database ${from} rename to ${to}`));
  };
  const name = database.type === 'sqlite' ? database.path : new URL(database.url).pathname.slice(1);
  await rename(name, `${name}_away`);
  await work();
  await rename(`${name}_away`, name);
}

type Query = (statement: string) => Promise<void>;

/** Does work beside another program that is connected to a database. */
async function besides(database: Config['database'], work: (query: Query) => Promise<void>): Promise<void> {
  if (database.type === 'postgres') {
    await administering(database.url, (client) =>
      work(async (statement) => void (await client.query(statement))),
    );
    return;
  }
  const other = new DatabaseSync(database.path);
  try {
    await work((statement) => Promise.resolve(other.exec(statement)));
  } finally {
    other.close();
  }
}

/** Has a table of the cloud side be away for as long as the work takes. */
const withoutTable = (table: string, work: () => Promise<void>): Promise<void> =>
  besides(cloudDatabase(world.context.config.database), async (query) => {
    await query(`alter table ${table} rename to ${table}_away`);
    await work();
    await query(`alter table ${table}_away rename to ${table}`);
  });

test('a cloud key and a token of a policy that leaked are refused by the next request, and gone', async () => {
  const [key, token] = [await makeCloudKey(), await makePolicyToken()];
  for (const { secret } of [key, token]) expect(await onCloud(secret)).toBe(200);
  const { body } = await report(key.secret, token.secret, makeCloudSecret(1, 'unknown', ''));
  expect(body).toMatchObject([
    {
      token_hash: createHash('sha256').update(key.secret).digest('hex'),
      label: 'true_positive',
      credential: { id: key.id, kind: 'cloud-key', name: key.name, orgId: key.orgId, cloudOrg: 'acme' },
    },
    { label: 'true_positive', credential: { kind: 'policy-token', name: token.name, cloudOrg: 'acme' } },
    { label: 'false_positive' },
  ]);
  for (const { secret } of [key, token]) expect(await onCloud(secret)).toBe(401);
  expect((await world.ask(world.admin, 'GET', `/api/orgs/acme/api-keys/${key.name}`)).status).toBe(404);
  expect((await world.ask(world.admin, 'GET', `/api/v1/tokens/${token.id}?region=eu`)).status).toBe(404);
  // Its policy stays, with what else it has.
  await asked('GET', `/api/v1/accesspolicies/${token.accessPolicyId}?region=eu`);
});

test("the cloud side's record says who reported it and where it was found, once, and nothing of the secret", async () => {
  const [key, token] = [await makeCloudKey('Admin'), await makePolicyToken()];
  const url = `https://ann:password@example.org/${key.secret}/file?t=${key.secret}`;
  const leaks = [key, token, key].map(({ secret }) => ({ token: ` ${secret}\n`, url, source: 'commit' }));
  for (let time = 0; time < 2; time++) await world.send(ADMIN, 'POST', '/api/leaks', leaks);
  const entries = await cloudRecord();
  const of = (id: string | number) => entries.filter(({ object }) => object.id === String(id));
  expect(of(key.id)).toMatchObject([
    {
      actor: { kind: 'user', name: 'admin' },
      object: { kind: 'cloud-key', name: key.name },
      change: {
        role: 'Admin',
        url: expect.stringMatching(/^https:\/\/example\.org\/…=*\/file$/),
        source: 'commit',
      },
    },
  ]);
  expect(of(token.id)).toMatchObject([
    { object: { kind: 'policy-token', name: 'leaked' }, change: { accessPolicy: token.accessPolicyId } },
  ]);
  for (const { secret } of [key, token])
    expect(JSON.stringify(entries) + world.log.join('')).not.toContain(secret.slice(4, 60));
});

test('one that has expired is deleted all the same; one that was deleted by hand is not known any more', async () => {
  const expiresAt = new Date(world.clock.now() + HOUR).toISOString();
  const [expired, deleted] = [await makePolicyToken({ expiresAt }), await makePolicyToken()];
  world.clock.advance(2 * HOUR);
  await asked('DELETE', `/api/v1/tokens/${deleted.id}?region=eu`);
  const before = (await cloudRecord()).length;
  expect(await labels(expired.secret, deleted.secret)).toEqual(['true_positive', 'false_positive']);
  // Reported again, it is known: whoever reports it is not told that it was none.
  expect(await labels(expired.secret)).toEqual(['true_positive']);
  expect((await world.ask(world.admin, 'GET', `/api/v1/tokens/${expired.id}?region=eu`)).status).toBe(404);
  expect(await cloudRecord()).toHaveLength(before + 1);
});

test('a cloud key that lost the = at its end is known, and so is a key in another spelling', async () => {
  let key = await makeCloudKey();
  while (!key.secret.endsWith('=')) key = await makeCloudKey();
  expect(await labels(key.secret.replace(/=+$/, ''), key.secret)).toEqual(['true_positive', 'true_positive']);
  expect(await onCloud(key.secret)).toBe(401);

  const stack = await makeStack();
  const path = `/api/instances/${stack.slug}/api/auth/keys`;
  const { key: one } = await asked('POST', path, { name: 'spelled', role: 'Viewer' });
  await world.cloud.stacks.close(stack.id);
  const parts: unknown = JSON.parse(Buffer.from(one, 'base64').toString());
  const other = Buffer.from(JSON.stringify(parts, undefined, 1)).toString('base64');
  expect(await labels(one, other)).toEqual(['true_positive', 'true_positive']);
  expect(await inStack(stack, one)).toEqual([401, 'Token revoked']);
});

test('what leaked of a stack is revoked in it: one that is open, closed, suspended or deleted and kept', async () => {
  const stacks = [await makeStack(), await makeStack(), await makeStack(), await makeStack()];
  const [open, closed, suspended, deleted] = stacks as [Stack, Stack, Stack, Stack];
  for (const stack of stacks) expect((await inStack(stack, stack.token.key))[0]).toBe(200);
  await world.cloud.stacks.close(closed.id);
  await asked('POST', `/api/instances/${suspended.slug}/suspend`);
  await asked('DELETE', `/api/instances/${deleted.slug}`);
  const { body } = await report(...stacks.map(({ token }) => token.key), makeToken());
  expect(body.map(({ label }: { label: string }) => label)).toEqual([
    ...Array(4).fill('true_positive'),
    'false_positive',
  ]);
  expect(body[1].credential).toEqual({
    id: closed.token.id,
    kind: 'token',
    name: closed.token.name,
    orgId: 1,
    stack: closed.slug,
  });
  // Nobody is let in by that.
  expect(stacks.map(({ id }) => world.cloud.stacks.isOpen(id))).toEqual([true, false, false, false]);
  expect((await inStack(suspended, suspended.token.key))[0]).toBe(403);
  await asked('POST', `/api/instances/${suspended.slug}/resume`);
  deleted.url = (await asked('POST', `/api/instances/${deleted.id}/restore`)).url;
  for (const stack of stacks) {
    expect(await inStack(stack, stack.token.key)).toEqual([401, 'Token revoked']);
    const entries = await recordOf(stack);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      actor: { kind: 'server', name: 'admin' },
      object: { kind: 'token', name: stack.token.name },
      change: { url: PLACE, source: 'commit' },
    });
    expect(JSON.stringify(entries)).not.toContain(stack.token.key);
  }
  expect(await labels(open.token.key)).toEqual(['true_positive']);
  expect(await recordOf(open)).toHaveLength(1);
});

test('whoever asks for a closed stack while it is looked into waits, and gets nothing by what is revoked meanwhile', async () => {
  const stack = await makeStack();
  await world.cloud.stacks.close(stack.id);
  const [entered, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const working = world.cloud.stacks.inside(rowOf(stack), async ({ db }) => {
    entered.resolve();
    await released.promise;
    await db.updateTable('credential').set({ is_revoked: 1 }).execute();
  });
  await entered.promise;
  const asking = inStack(stack, stack.token.key);
  expect(await Promise.race([asking, sleep(PAUSE_MS, 'waits')])).toBe('waits');
  released.resolve();
  await working;
  expect(await asking).toEqual([401, 'Token revoked']);

  for (let time = 0; time < 3; time++) {
    const fresh = await makeStack();
    await world.cloud.stacks.close(fresh.id);
    const use = () => inStack(fresh, fresh.token.key);
    const [judged] = await Promise.all([labels(fresh.token.key), use(), use(), use()]);
    expect(judged).toEqual(['true_positive']);
    expect(await use()).toEqual([401, 'Token revoked']);
  }
});

test('a secret that is in several places is revoked in all of them', async () => {
  const [one, other] = [await makeStack(), await makeStack()];
  const { body: here } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'both', role: 'Viewer' });
  const secret = makeToken();
  for (const stack of [one, other]) await giveHash(stack, secretHash(secret));
  const { db } = world.context;
  const hash = { secret_hash: secretHash(secret) };
  await db.updateTable('credential').set(hash).where('id', '=', here.id).execute();
  const { body } = await report(secret);
  expect(body[0].credential).toEqual({ id: here.id, kind: 'api-key', name: 'both', orgId: 1 });
  for (const stack of [one, other]) expect(await inStack(stack, secret)).toEqual([401, 'Token revoked']);
  expect((await world.send({ bearer: secret }, 'GET', '/api/org')).body.message).toBe('Token revoked');
});

test('one that was imported into a closed stack and never used is found by its first secret', async () => {
  const stack = await makeStack();
  const { secret, stored } = grafanaToken();
  await giveHash(stack, importedSecret(stored));
  expect(await labels(makeToken(), secret)).toEqual(['false_positive', 'true_positive']);
  expect(await inStack(stack, secret)).toEqual([401, 'Token revoked']);
});

test('what is not known leaves no trace, and opens nothing', async () => {
  const stack = await makeStack();
  await world.cloud.stacks.close(stack.id);
  const before = (await cloudRecord()).length;
  const unknown = Array.from({ length: 50 }, (_, at) =>
    at % 2 ? makeToken() : makeCloudSecret(1, 'none', ''),
  );
  expect(new Set(await labels(...unknown, 'glc_', 'no secret'))).toEqual(new Set(['false_positive']));
  expect(world.cloud.stacks.isOpen(stack.id)).toBe(false);
  expect(await cloudRecord()).toHaveLength(before);
  expect(await recordOf(stack)).toEqual([]);
});

test('a report that a scanner signed does the same, and its answer names nothing of ours', async () => {
  const [key, stack] = [await makeCloudKey(), await makeStack()];
  await world.cloud.stacks.close(stack.id);
  const text = JSON.stringify([{ token: key.secret }, { token: stack.token.key }, { token: makeToken() }]);
  const { status, body } = await signed(text);
  expect([status, body.map(({ label }: { label: string }) => label)]).toEqual([
    200,
    ['true_positive', 'true_positive', 'false_positive'],
  ]);
  expect(Object.keys(body[0])).toEqual(['token_hash', 'token_type', 'label']);
  expect(await onCloud(key.secret)).toBe(401);
  expect((await inStack(stack, stack.token.key))[0]).toBe(401);
  const entry = (await cloudRecord()).find(({ object }) => object.id === String(key.id));
  expect(entry?.actor).toMatchObject({ kind: 'scanner', name: 'pem' });
  expect((await recordOf(stack))[0].actor).toMatchObject({ kind: 'scanner', name: 'pem' });
});

test('a stack that nobody can look into is told, and what is known elsewhere is revoked; a scanner hears no name', async () => {
  const [broken, stack, key] = [await makeStack(), await makeStack(), await makeCloudKey()];
  for (const { id } of [broken, stack]) await world.cloud.stacks.close(id);
  await withoutDatabase(broken, async () => {
    const { status, body } = await report(key.secret, stack.token.key, broken.token.key);
    expect([status, body.detail]).toEqual([503, expect.stringContaining(broken.slug)]);
    expect(await onCloud(key.secret)).toBe(401);
    expect(await inStack(stack, stack.token.key)).toEqual([401, 'Token revoked']);
    const ofScanner = await signed(JSON.stringify([{ token: broken.token.key }]));
    expect(ofScanner.status).toBe(503);
    expect(JSON.stringify(ofScanner.body)).not.toContain(broken.slug);
    // Of the cloud side alone, no stack is asked.
    expect(await labels(makeCloudSecret(1, 'none', ''))).toEqual(['false_positive']);
    expect(JSON.stringify(body) + world.log.join('')).not.toContain(broken.token.key);
  });
  // The same report sent again, by whomever, calls nothing a false positive that the first one ended.
  const all = [key.secret, stack.token.key, broken.token.key];
  expect(await labels(...all)).toEqual(Array(3).fill('true_positive'));
  const { body } = await signed(JSON.stringify(all.map((token) => ({ token }))));
  expect(body.map(({ label }: { label: string }) => label)).toEqual(Array(3).fill('true_positive'));
  expect(await inStack(broken, broken.token.key)).toEqual([401, 'Token revoked']);
});

test('one that is deleted and kept, and away for a moment, is told too; one that is removed is not', async () => {
  const [away, removed] = [await makeStack(), await makeStack()];
  await asked('DELETE', `/api/instances/${removed.slug}`);
  world.clock.advance(31 * 24 * HOUR);
  await world.cloud.tidy();
  await asked('DELETE', `/api/instances/${away.slug}`);
  await withoutDatabase(away, async () => {
    const { status, body } = await report(away.token.key);
    expect([status, body.detail]).toEqual([503, expect.stringContaining(`${away.slug} (deleted)`)]);
    expect(body.detail).not.toContain(removed.slug);
  });
  expect(await labels(away.token.key, removed.token.key)).toEqual(['true_positive', 'false_positive']);
});

test('a stack that could not be made keeps no report from being answered, and is not brought back', async () => {
  const { id } = await makeStack();
  const database = stackDatabase(world.context.config.database, id + 1);
  if (database.type === 'sqlite') mkdirSync(database.path);
  else {
    const name = new URL(database.url).pathname.slice(1);
    await besides(world.context.config.database, (query) =>
      query(`create database ${name} with allow_connections false`),
    );
  }
  const never = { name: `never${++made}`, slug: `never${made}` };
  expect((await world.ask(world.admin, 'POST', '/api/instances', never)).status).toBe(503);
  expect(await labels(makeToken())).toEqual(['false_positive']);
  expect((await world.ask(world.admin, 'POST', `/api/instances/${id + 1}/restore`)).status).toBe(404);
});

test('a stack that hangs keeps no report from those behind it, nor one that asks no stack', async () => {
  const [hung, healthy, key] = [await makeStack(), await makeStack(), await makeCloudKey()];
  for (const { id } of [hung, healthy]) await world.cloud.stacks.close(id);
  const isSqlite = world.context.config.database.type === 'sqlite';
  await besides(stackDatabase(world.context.config.database, hung.id), async (query) => {
    await query(isSqlite ? 'begin immediate' : 'begin; lock table credential in access exclusive mode');
    let isAnswered = false;
    const reporting = report(hung.token.key, healthy.token.key).finally(() => (isAnswered = true));
    expect(await labels(key.secret)).toEqual(['true_positive']);
    await expect
      .poll(async () => (await inStack(healthy, healthy.token.key))[1], { timeout: 10_000 })
      .toBe('Token revoked');
    expect(isAnswered).toBe(false);
    await query('rollback');
    await reporting;
  });
  expect(await labels(hung.token.key)).toEqual(['true_positive']);
  expect(await inStack(hung, hung.token.key)).toEqual([401, 'Token revoked']);
});

test("where the cloud side's own database fails, that is told, and what is known elsewhere is revoked", async () => {
  const [key, stack] = [await makeCloudKey(), await makeStack()];
  const { body: own } = await world.send(ADMIN, 'POST', '/api/auth/keys', {
    name: `own ${++made}`,
    role: 'Viewer',
  });
  await withoutTable('cloud_key', async () => {
    const { status, body } = await report(key.secret, stack.token.key, own.key);
    expect([status, body.messageId, body.detail]).toEqual([
      503,
      'leaks.not-seen',
      expect.stringContaining('the cloud side'),
    ]);
    expect(await inStack(stack, stack.token.key)).toEqual([401, 'Token revoked']);
    expect((await world.send({ bearer: own.key }, 'GET', '/api/org')).status).toBe(401);
  });
  const other = await makeStack();
  await withoutTable('stack', async () => {
    const { status, body } = await report(key.secret, other.token.key);
    expect([status, body.messageId, body.detail]).toEqual([
      503,
      'leaks.not-seen',
      expect.stringContaining('the stacks'),
    ]);
  });
  expect(await onCloud(key.secret)).toBe(401);
  expect(await labels(key.secret, stack.token.key, other.token.key)).toEqual(Array(3).fill('true_positive'));
});

test('who may not report revokes nothing of the cloud side or of a stack, nor does a stack of another', async () => {
  const [one, other, key] = [await makeStack(), await makeStack(), await makeCloudKey()];
  const member = await makeMember(world, 1, `admin ${++made}`, 'Admin');
  const leaks = [{ token: key.secret }, { token: other.token.key }];
  for (const as of [member.as, world.admin, { bearer: one.token.key }])
    expect((await world.send(as, 'POST', '/api/leaks', leaks)).status).toBeGreaterThanOrEqual(401);
  expect((await world.sendTo(one.url, { bearer: one.token.key }, 'POST', '/api/leaks', leaks)).status).toBe(
    403,
  );
  expect(await onCloud(key.secret)).toBe(200);
  expect((await inStack(other, other.token.key))[0]).toBe(200);
});

test('where the cloud side is switched off, a cloud secret is not known', async () => {
  const without = await startWorld();
  try {
    const leaks = [{ token: makeCloudSecret(1, 'any', '') }];
    const { status, body } = await without.send(ADMIN, 'POST', '/api/leaks', leaks);
    expect([status, body[0].label]).toEqual([200, 'false_positive']);
  } finally {
    await without.stop();
  }
});
