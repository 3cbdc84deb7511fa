import { afterAll, beforeAll, expect, test } from 'vitest';
import { grafanaHashOf, grafanaKey, grafanaToken } from '../../../test/support/grafana-secrets.ts';
import { importedPassword, importedSecret } from '../../crypto/grafana-hashes.ts';
import { secretHash } from '../../crypto/secrets.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';
import { expectImported } from './imported.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

let made = 0;

/** A key that is here by Grafana's hash, as an import leaves it. */
async function importKey(role = 'Viewer'): Promise<{ id: number; name: string; secret: string }> {
  const name = `imported ${++made}`;
  const { secret, stored } = grafanaKey(name, 1);
  const { body } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name, role });
  await replaceHash(body.id, stored);
  return { id: body.id, name, secret };
}

async function replaceHash(id: number, stored: string): Promise<void> {
  const { db } = world.context;
  await db
    .updateTable('credential')
    .set({ secret_hash: importedSecret(stored) })
    .where('id', '=', id)
    .execute();
  expectImported(world.context);
}

async function hashOf(id: number): Promise<string> {
  const { db } = world.context;
  const row = await db
    .selectFrom('credential')
    .select('secret_hash')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return row.secret_hash;
}

async function statusOf(secret: string): Promise<[number, string]> {
  const { status, body } = await world.send({ bearer: secret }, 'GET', '/api/org');
  return [status, body.message];
}

/** How many secrets are remembered as nobody's. */
function refused(): number {
  return world.context.memory.recall<{ at: Map<string, number> }>('imported:refused')?.at.size ?? 0;
}

test('many first requests at once are all answered, and the hash becomes our own', async () => {
  const key = await importKey();
  const answers = await Promise.all(Array.from({ length: 8 }, () => statusOf(key.secret)));
  expect(answers.map(([status]) => status)).toEqual(Array(8).fill(200));
  const { k } = JSON.parse(Buffer.from(key.secret, 'base64').toString());
  expect(await hashOf(key.id)).toBe(secretHash(k));
});

test('a token of an account, and a key as the password of basic authentication, are known as well', async () => {
  const { body: account } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'robot' });
  const path = `/api/serviceaccounts/${account.id}/tokens`;
  const { body: issued } = await world.send(ADMIN, 'POST', path, { name: 'robot-1' });
  const { secret, stored } = grafanaToken();
  await replaceHash(issued.id, stored);
  expect((await world.send({ bearer: secret }, 'GET', '/api/user')).body).toMatchObject({ name: 'robot' });
  expect((await statusOf(issued.key))[0]).toBe(401);
  const key = await importKey();
  expect((await world.send({ basic: `api_key:${key.secret}` }, 'GET', '/api/org')).status).toBe(200);
});

test('an unknown secret is refused, and not worked on again for a while', async () => {
  await importKey();
  const before = refused();
  const unknown = grafanaToken().secret;
  for (let time = 0; time < 3; time++) expect(await statusOf(unknown)).toEqual([401, 'Invalid API key']);
  expect(refused()).toBe(before + 1);
});

test('a key is found by its own name alone, and was not refused for good under another', async () => {
  const key = await importKey();
  const { k, id } = JSON.parse(Buffer.from(key.secret, 'base64').toString());
  const misnamed = Buffer.from(JSON.stringify({ k, n: 'another name', id })).toString('base64');
  expect(await statusOf(misnamed)).toEqual([401, 'Invalid API key']);
  expect((await statusOf(key.secret))[0]).toBe(200);
});

test('whoever holds a right secret is let in among many who do not', async () => {
  const key = await importKey();
  const wrong = Array.from({ length: 40 }, () => statusOf(grafanaToken().secret));
  expect((await statusOf(key.secret))[0]).toBe(200);
  for (const [status] of await Promise.all(wrong)) expect(status).toBe(401);
});

test('a key that was revoked or deleted before its first use stays so', async () => {
  const [revoked, deleted] = [await importKey(), await importKey()];
  expect((await world.send(ADMIN, 'POST', `/api/auth/keys/${revoked.id}/revoke`)).status).toBe(200);
  expect((await world.send(ADMIN, 'DELETE', `/api/auth/keys/${deleted.id}`)).status).toBe(200);
  for (let time = 0; time < 2; time++) {
    expect(await statusOf(revoked.secret)).toEqual([401, 'Token revoked']);
    expect(await statusOf(deleted.secret)).toEqual([401, 'Invalid API key']);
  }
});

test('a key is refused at once when it is revoked right after its first use', async () => {
  const key = await importKey();
  expect((await statusOf(key.secret))[0]).toBe(200);
  expect((await world.send(ADMIN, 'POST', `/api/auth/keys/${key.id}/revoke`)).status).toBe(200);
  expect(await statusOf(key.secret)).toEqual([401, 'Token revoked']);
});

test('a key that moved to a service account before its first use works there', async () => {
  const key = await importKey('Editor');
  const moved = await world.send(ADMIN, 'POST', `/api/serviceaccounts/migrate/${key.id}`);
  expect(moved.status).toBe(200);
  const { body: user } = await world.send({ bearer: key.secret }, 'GET', '/api/user');
  expect(user.name).toBe(`sa-autogen-${key.name}`);
});

test('a server that nobody told of an import finds out within a minute', async () => {
  const key = await importKey();
  const { db } = world.context;
  const stored = await hashOf(key.id);
  // As if it were not there yet, and nothing else were left.
  await db.updateTable('credential').set({ secret_hash: 'later' }).where('id', '=', key.id).execute();
  await db.deleteFrom('credential').where('secret_hash', 'like', 'grafana:%').execute();
  expectImported(world.context);
  expect((await statusOf(key.secret))[0]).toBe(401);
  expect(world.context.memory.recall('imported:left')).toMatchObject({ some: false });
  expect(refused()).toBe(0);
  await db.updateTable('credential').set({ secret_hash: stored }).where('id', '=', key.id).execute();
  expect((await statusOf(key.secret))[0]).toBe(401);
  world.clock.advance(61_000);
  expect((await statusOf(key.secret))[0]).toBe(200);
});

/** Somebody whose password is here by Grafana's hash. */
async function importPerson(login: string, password: string): Promise<{ id: number; as: As }> {
  const { body } = await world.send(ADMIN, 'POST', '/api/admin/users', { login, password: 'thrown away' });
  const stored = importedPassword(grafanaHashOf(password, 'a salt'), 'a salt');
  const { db } = world.context;
  await db.updateTable('user').set({ password_hash: stored }).where('id', '=', body.id).execute();
  world.context.memory.clear();
  return { id: body.id, as: { basic: `${login}:${password}` } };
}

async function passwordOf(id: number): Promise<string> {
  const { db } = world.context;
  const row = await db.selectFrom('user').select('password_hash').where('id', '=', id).executeTakeFirst();
  return row?.password_hash ?? '';
}

test('many first sign-ins at once are all answered, and the hash becomes our own', async () => {
  const { id, as } = await importPerson('eve', 'the password of eve');
  const answers = await Promise.all(Array.from({ length: 4 }, () => world.send(as, 'GET', '/api/user')));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(await passwordOf(id)).toMatch(/^\$argon2id\$/);
  expect((await world.send(as, 'GET', '/api/user')).status).toBe(200);
  expect((await world.send({ basic: 'eve:thrown away' }, 'GET', '/api/user')).status).toBe(401);
});

test('the old password proves who sets a new one, though it is the first time that it is used', async () => {
  const { id, as } = await importPerson('fay', 'the password of fay');
  const change = { oldPassword: 'the password of fay', newPassword: 'another one' };
  expect((await world.send(as, 'PUT', '/api/user/password', change)).status).toBe(200);
  expect((await world.send(as, 'GET', '/api/user')).status).toBe(401);
  expect((await world.send({ basic: 'fay:another one' }, 'GET', '/api/user')).status).toBe(200);
  expect(await passwordOf(id)).toMatch(/^\$argon2id\$/);
});

test('a password that an administrator sets stands, whatever was imported', async () => {
  const { id, as } = await importPerson('gus', 'the password of gus');
  const set = await world.send(ADMIN, 'PUT', `/api/admin/users/${id}/password`, { password: 'set anew' });
  expect(set.status).toBe(200);
  expect((await world.send(as, 'GET', '/api/user')).status).toBe(401);
  expect((await world.send({ basic: 'gus:set anew' }, 'GET', '/api/user')).status).toBe(200);
});
