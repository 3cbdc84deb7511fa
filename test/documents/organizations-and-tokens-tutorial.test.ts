import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';

// The tutorial on organizations: make one, go there, make a key, and put a dashboard into it with the key.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

let orgId = 0;
let key = '';

const dashboard = {
  id: null,
  title: 'Production Overview',
  tags: ['templated'],
  timezone: 'browser',
  rows: [{}],
  schemaVersion: 6,
  version: 0,
};

test('the organization is created', async () => {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'apiorg' });
  expect(status).toBe(200);
  expect(body).toEqual({ message: 'Organization created', orgId: expect.any(Number) });
  orgId = body.orgId;
});

test('whoever made it is its Admin already, so that adding them again is a conflict', async () => {
  const { status } = await world.send(ADMIN, 'POST', `/api/orgs/${orgId}/users`, {
    loginOrEmail: 'admin',
    role: 'Admin',
  });
  expect(status).toBe(409);
});

test('the administrator switches to it', async () => {
  const { status, body } = await world.send(ADMIN, 'POST', `/api/user/using/${orgId}`);
  expect(status).toBe(200);
  expect(body).toEqual({ message: 'Active organization changed' });
});

test('the key is made there', async () => {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/auth/keys', {
    name: 'apikeycurl',
    role: 'Admin',
  });
  expect(status).toBe(200);
  expect(JSON.parse(Buffer.from(body.key, 'base64').toString())).toMatchObject({
    n: 'apikeycurl',
    id: orgId,
  });
  key = body.key;
});

test('the key adds a dashboard of the old kind, without a switch of organization', async () => {
  const { status, body } = await world.send({ bearer: key }, 'POST', '/api/dashboards/db', {
    dashboard,
    overwrite: false,
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: 'success', version: 1, slug: 'production-overview' });

  const read = await world.send({ bearer: key }, 'GET', `/api/dashboards/uid/${body.uid}`);
  expect(read.status).toBe(200);
  expect(read.body.dashboard).toEqual({ ...dashboard, id: body.id, uid: body.uid, version: 1 });
});

test('the dashboard is in that organization only', async () => {
  const there = await world.send({ bearer: key }, 'GET', '/api/search');
  expect(there.body).toEqual([expect.objectContaining({ title: 'Production Overview' })]);
  await world.send(ADMIN, 'POST', '/api/user/using/1');
  const here = await world.send(ADMIN, 'GET', '/api/search');
  expect(here.body).toEqual([]);
});
