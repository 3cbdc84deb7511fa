import { expect, onTestFinished, test } from 'vitest';
import { type GrafanaDatabase, makeGrafana } from '../../../test/support/grafana-database.ts';
import { grafanaKey, grafanaToken } from '../../../test/support/grafana-secrets.ts';
import { importInto } from '../../../test/support/import-grafana.ts';
import { ADMIN, startWorld, type World } from '../../testing/world.ts';

// What a second import, of the same Grafana or of one that looks like it, must not be able to do.

async function newWorld(): Promise<World> {
  const world = await startWorld();
  onTestFinished(() => world.stop());
  return world;
}

async function newGrafana(): Promise<GrafanaDatabase> {
  const grafana = await makeGrafana('sqlite', '12');
  onTestFinished(() => grafana.remove());
  return grafana;
}

// Somebody's password under the salt "salt"; what it is matters to nobody.
const PASSWORD = grafanaKey('salt', 1).stored;

/** A Grafana with its first organization and administrator; those made so are copies of one another. */
async function copyOfOne(): Promise<GrafanaDatabase> {
  const grafana = await newGrafana();
  await grafana.insert('org', { id: 1, name: 'Main Org.' });
  const admin = { id: 1, login: 'admin', email: 'admin@localhost', org_id: 1, is_admin: true };
  await grafana.insert('user', { ...admin, password: PASSWORD, salt: 'salt', rands: 'rrr' });
  await grafana.insert('org_user', { id: 1, org_id: 1, user_id: 1, role: 'Admin' });
  return grafana;
}

function account(login: string, created: string): Record<string, string | number | boolean> {
  return { id: 7, login, email: login, name: login, org_id: 1, is_service_account: true, created };
}

test('after the first import nothing of ours is replaced, and nobody becomes an administrator of the server', async () => {
  const world = await newWorld();
  const grafana = await newGrafana();
  await grafana.insert('org', { id: 2, name: 'Theirs' });
  await grafana.insert('user', { id: 2, login: 'ann', email: 'ann@x', salt: 's', rands: 'r', org_id: 2 });
  await importInto(world, grafana.from);

  const { secret, stored } = grafanaKey('salt', 1);
  const password = JSON.parse(Buffer.from(secret, 'base64').toString()).k;
  const evil = { password: stored, salt: 'salt', rands: 'm', org_id: 2, is_admin: true };
  await grafana.insert('org', { id: 1, name: 'Evil' });
  await grafana.insert('user', { id: 1, login: 'mallory', email: 'm@x', ...evil });
  await grafana.insert('user', { id: 3, login: 'eve', email: 'e@x', ...evil });
  await importInto(world, grafana.from);

  expect((await world.send(ADMIN, 'GET', '/api/org')).body).toMatchObject({ id: 1, name: 'Main Org.' });
  for (const login of ['mallory', 'eve']) {
    const { body } = await world.send({ basic: `${login}:${password}` }, 'GET', '/api/user');
    expect([body.login, body.isGrafanaAdmin]).toEqual([login, false]);
  }
});

test('a first import that was broken off replaces nothing once somebody has worked here', async () => {
  const world = await newWorld();
  const grafana = await copyOfOne();
  const broken = importInto(world, grafana.from, {
    through: (source) => ({ ...source, greatest: () => Promise.reject(new Error('gone')) }),
  });
  await expect(broken).rejects.toThrow('gone');
  await world.send(ADMIN, 'POST', '/api/orgs', { name: 'Ours' });
  await importInto(world, grafana.from);
  expect((await world.send(ADMIN, 'GET', '/api/user')).body).toMatchObject({ id: 1, login: 'admin' });
});

test('a copy that went its own way is refused, since its rows would be taken for those of the other', async () => {
  const world = await newWorld();
  const [production, staging] = [await copyOfOne(), await copyOfOne()];
  await production.insert('user', account('deployer', '2024-01-01 00:00:00'));
  await production.insert('org_user', { id: 7, org_id: 1, user_id: 7, role: 'Admin' });
  await staging.insert('user', account('looker', '2025-06-01 12:00:00'));
  await staging.insert('org_user', { id: 7, org_id: 1, user_id: 7, role: 'Viewer' });
  const { secret, stored } = grafanaToken();
  const token = { id: 5, org_id: 1, name: 'look', key: stored, role: 'Viewer', service_account_id: 7 };
  await staging.insert('api_key', token);
  await importInto(world, production.from);
  await expect(importInto(world, staging.from)).rejects.toThrow('another one by now');
  expect((await world.send({ bearer: secret }, 'GET', '/api/user')).status).toBe(401);
  // The one that was imported is still welcome.
  await importInto(world, production.from);
});

test('a key that was deleted here does not come back by another row of the same secret', async () => {
  const world = await newWorld();
  await world.send(ADMIN, 'POST', '/api/orgs', { name: 'so that nothing is taken over' });
  const grafana = await copyOfOne();
  const { secret, stored } = grafanaKey('k', 1);
  await grafana.insert('api_key', { id: 5, org_id: 1, name: 'k', key: stored, role: 'Admin' });
  await importInto(world, grafana.from);
  const as = { bearer: secret };
  const { body: org } = await world.send(as, 'GET', '/api/org');
  await grafana.run('update api_key set id = 6');
  await importInto(world, grafana.from);

  const there = { 'x-grafana-org-id': String(org.id) };
  await world.send(ADMIN, 'POST', `/api/orgs/${org.id}/users`, { loginOrEmail: 'admin', role: 'Admin' });
  const { body: keys } = await world.send(ADMIN, 'GET', '/api/auth/keys', undefined, there);
  expect(keys).toHaveLength(1);
  await world.send(ADMIN, 'DELETE', `/api/auth/keys/${keys[0].id}`, undefined, there);
  expect((await world.send(as, 'GET', '/api/org')).status).toBe(401);
  await importInto(world, grafana.from);
  expect((await world.send(as, 'GET', '/api/org')).status).toBe(401);
});
