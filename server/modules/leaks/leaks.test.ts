import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { grafanaKey, grafanaToken } from '../../../test/support/grafana-secrets.ts';
import { importedSecret } from '../../crypto/grafana-hashes.ts';
import { makeToken } from '../../crypto/secrets.ts';
import { makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, startWorld, type World } from '../../testing/world.ts';
import { expectImported } from '../credentials/imported.ts';

const ID = 'bcb53661c06b4728e59d897fb6165d5c9cda0fd9cdf9d09ead458168deb7518c';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const FILES = {
  'keys.json': JSON.stringify({
    public_keys: [{ key_identifier: ID, key: pem(publicKey), is_current: true }],
  }),
  'keys.pem': pem(publicKey),
  'rsa.pem': pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey),
  'none.json': '{"public_keys":[]}',
};
const directory = mkdtempSync(join(tmpdir(), 'latchkey-leaks-'));
for (const [name, content] of Object.entries(FILES)) writeFileSync(join(directory, name), content);

let world: World;
beforeAll(async () => {
  world = await startWorld({ leaks: { public_keys_file: join(directory, 'keys.json') } });
});
afterAll(async () => {
  await world.stop();
  rmSync(directory, { recursive: true });
});

let made = 0;

async function makeTokenOf(orgId = 1): Promise<{ id: number; name: string; key: string }> {
  const there = { 'x-grafana-org-id': String(orgId) };
  const account = { name: `leaky ${++made}`, role: 'Viewer' };
  const { body } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', account, there);
  const path = `/api/serviceaccounts/${body.id}/tokens`;
  return (await world.send(ADMIN, 'POST', path, { name: `leaked ${made}` }, there)).body;
}

async function makeKey(): Promise<{ id: number; name: string; key: string }> {
  const { body } = await world.send(ADMIN, 'POST', '/api/auth/keys', {
    name: `key ${++made}`,
    role: 'Viewer',
  });
  return body;
}

const report = (leaks: unknown) => world.send(ADMIN, 'POST', '/api/leaks', leaks);
const use = async (bearer: string) => {
  const { status, body } = await world.send({ bearer }, 'GET', '/api/org');
  return [status, body.message];
};

function signed(text: string, { key = privateKey, id = ID, of = text } = {}, to = world) {
  return to.send(undefined, 'POST', '/api/leaks/signed', text, {
    'github-public-key-identifier': id,
    'github-public-key-signature': sign('sha256', Buffer.from(of), { key, dsaEncoding: 'der' }).toString(
      'base64',
    ),
  });
}

const changes = async () =>
  (await world.send(ADMIN, 'GET', '/api/audit?action=leaks:revoke&limit=100')).body.entries;

test('what was found is refused by the next request, wherever it is from, and listed as revoked', async () => {
  const orgId = await makeOrg(world, 'elsewhere');
  const [token, other, key] = [await makeTokenOf(), await makeTokenOf(orgId), await makeKey()];
  for (const { key: secret } of [token, other, key]) expect((await use(secret))[0]).toBe(200);
  const unknown = makeToken();
  const { status, body } = await report([
    ...[token, other, key].map((one) => ({ token: one.key, type: 'x', url: 'https://example.org/a' })),
    { token: unknown },
    { token: 'no token at all' },
  ]);
  expect(status).toBe(200);
  expect(body.map((one: { label: string }) => one.label)).toEqual([
    ...Array(3).fill('true_positive'),
    ...Array(2).fill('false_positive'),
  ]);
  expect(body[1]).toEqual({
    token_hash: createHash('sha256').update(other.key).digest('hex'),
    token_type: 'x',
    label: 'true_positive',
    credential: { id: other.id, kind: 'token', name: other.name, orgId },
  });
  for (const { key: secret } of [token, other, key])
    expect(await use(secret)).toEqual([401, 'Token revoked']);
  const { body: keys } = await world.send(ADMIN, 'GET', '/api/auth/keys');
  expect(keys.find(({ id }: { id: number }) => id === key.id).isRevoked).toBe(true);
});

test('one that was imported and never used is revoked by its first secret', async () => {
  for (const [{ id }, { secret, stored }] of [
    [await makeKey(), grafanaKey('imported', 1)],
    [await makeTokenOf(), grafanaToken()],
  ] as const) {
    const { db } = world.context;
    await db
      .updateTable('credential')
      .set({ secret_hash: importedSecret(stored) })
      .where('id', '=', id)
      .execute();
    expectImported(world.context);
    expect((await report([{ token: secret }])).body[0]).toMatchObject({ label: 'true_positive' });
    expect(await use(secret)).toEqual([401, 'Token revoked']);
  }
});

test('the record says who reported what and where it was found, once, and nothing of the secret', async () => {
  const { id, name, key } = await makeTokenOf();
  const url = `https://ann:password@example.org/${key}/file?token=${key}#${key}`;
  for (let time = 0; time < 3; time++) {
    const leaks = [
      { token: ` ${key}\n`, url, source: 'commit' },
      { token: key, source: key },
    ];
    const { body } = await report(leaks);
    expect(body.map((one: { label: string }) => one.label)).toEqual(['true_positive', 'true_positive']);
  }
  const entries = (await changes()).filter(
    (entry: { object: { name: string } }) => entry.object.name === name,
  );
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatchObject({
    actor: { kind: 'user', name: 'admin' },
    object: { kind: 'token', id: String(id), name },
    change: { url: 'https://example.org/…/file', source: 'commit' },
  });
  expect(JSON.stringify(entries)).not.toContain(key);
  expect(world.log.join('')).not.toContain(key);
});

test('the record shows no secret of a place, however it is written and whosever it is', async () => {
  const grafanas = grafanaKey('of another server', 1).secret;
  const other = makeToken();
  const percent = (text: string) => text.replaceAll('s', '%73').replaceAll('=', '%3D');
  for (const [path, shown] of [
    [(key: string) => percent(key), '…'],
    [(key: string) => `${percent(key)}/and/${percent(other)}`, '…/and/…'],
    [() => `${percent(grafanas)}/raw`, '…/raw'],
    [() => 'found-in-this-file', '…'],
    [(key: string) => `${key.replaceAll('s', '%2573')}/x`, '…/x'],
    [() => `${'a1'.repeat(40)}/my%20file`, '…/my file'],
    [(key: string) => `${key}/%ff`, '…'],
  ] as const) {
    const { name, key } = await makeTokenOf();
    const url = `https://paste.example/${path(key)}`;
    await report([{ token: 'found-in-this-file' }, { token: key, url }, { token: other }]);
    const entry = (await changes()).find(({ object }: { object: { name: string } }) => object.name === name);
    expect(entry.change.url).toBe(`https://paste.example/${shown}`);
  }
});

test('what is not known leaves no trace', async () => {
  const before = await changes();
  const unknown = Array.from({ length: 50 }, () => ({ token: makeToken(), url: 'https://example.org/' }));
  expect((await report(unknown)).status).toBe(200);
  expect(await changes()).toEqual(before);
});

test("the organization's Admins see what leaked for a month, and another's do not", async () => {
  const orgId = await makeOrg(world, 'watching');
  const { id, name, key } = await makeTokenOf(orgId);
  await report([{ token: key, url: 'https://example.org/found' }]);
  const admin = await makeMember(world, orgId, 'watcher', 'Admin');
  const { body } = await world.send(admin.as, 'GET', '/api/org/attention');
  expect(body.leaked).toEqual([
    { id, name, kind: 'token', at: expect.stringMatching(/Z$/), url: 'https://example.org/found' },
  ]);
  const outside = await makeMember(world, await makeOrg(world, 'not watching'), 'outsider', 'Admin');
  expect((await world.send(outside.as, 'GET', '/api/org/attention')).body.leaked).toEqual([]);
});

test('nobody reports but an administrator of the server, and whoever may not is not told what is wrong with the body', async () => {
  const { key } = await makeTokenOf();
  const admin = await makeMember(world, 1, 'admin of one', 'Admin');
  for (const as of [admin.as, { bearer: key }]) {
    for (const body of [[{ token: key }], '{not json'])
      expect((await world.send(as, 'POST', '/api/leaks', body)).status).toBe(403);
  }
  expect((await use(key))[0]).toBe(200);
});

test.each([
  ['{"token":"a secret', 'not valid JSON'],
  [{ token: 'a secret' }, 'must be'],
  [[{ token: 7 }], 'token must be'],
  [[{ type: 'a secret' }], 'token is required'],
  [Array.from({ length: 1001 }, () => ({ token: 'a secret' })), '1000'],
])('a body of another form is refused without showing it (%#)', async (body, detail) => {
  const { status, body: refusal } = await report(body);
  expect(status).toBe(400);
  expect(refusal.detail).toContain(detail);
  expect(JSON.stringify(refusal)).not.toContain('a secret');
});

test('a report that a scanner signed revokes, and its answer names nothing of ours', async () => {
  const { name, key } = await makeTokenOf();
  const text = `[ {"token":"${key}", "type":"grafana", "url":"", "source":"content"} ]\n`;
  const { status, body } = await signed(text);
  const token_hash = createHash('sha256').update(key).digest('hex');
  expect([status, body]).toEqual([200, [{ token_hash, token_type: 'grafana', label: 'true_positive' }]]);
  expect(await use(key)).toEqual([401, 'Token revoked']);
  expect((await signed(text)).body[0].label).toBe('true_positive');
  const entries = (await changes()).filter(
    (entry: { object: { name: string } }) => entry.object.name === name,
  );
  expect(entries).toHaveLength(1);
  expect(entries[0].actor).toMatchObject({ kind: 'scanner', name: ID });
});

test('a signature that does not fit is refused, before anything is said of the body', async () => {
  const { key } = await makeTokenOf();
  const text = JSON.stringify([{ token: key }]);
  const others = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  for (const forged of [
    await signed(text, { key: others }),
    await signed(text, { id: 'another' }),
    await signed(text, { of: `${text} ` }),
    await signed('[{"token":7}]', { of: text }),
    await world.send(ADMIN, 'POST', '/api/leaks/signed', text),
  ]) {
    expect([forged.status, forged.body.message]).toEqual([401, 'Invalid signature']);
  }
  expect((await use(key))[0]).toBe(200);
});

test('keys in PEM do as well, without a name; without any there is no such way', async () => {
  const text = JSON.stringify([{ token: makeToken() }]);
  const withPem = await startWorld({ leaks: { public_keys_file: join(directory, 'keys.pem') } });
  expect((await signed(text, {}, withPem)).body[0].label).toBe('false_positive');
  await withPem.stop();
  const without = await startWorld();
  const { status, body } = await signed(text, {}, without);
  expect([status, body.detail]).toEqual([404, expect.stringContaining('public_keys_file')]);
  await without.stop();
});

test.each([
  ['missing.pem', 'no such file'],
  ['rsa.pem', 'P-256'],
  ['none.json', 'no public key'],
])('the server does not start with keys in %s', async (file, reason) => {
  await expect(startWorld({ leaks: { public_keys_file: join(directory, file) } })).rejects.toThrow(reason);
});
