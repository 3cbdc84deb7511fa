import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../testing/world.ts';

async function makeWorld(overrides: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const world = await startWorld(overrides);
  onTestFinished(() => world.stop());
  return world;
}

// Clients take the newer of their ways from Grafana 10 on.
const GRAFANA = expect.stringMatching(/^10\.\d+\.\d+$/);
const { version: latchkey } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

test('a server that is well says so to anybody, with its version', async () => {
  const world = await makeWorld();
  const { status, body } = await world.send(undefined, 'GET', '/api/health');
  expect(status).toBe(200);
  expect(body).toEqual({ commit: 'NA', database: 'ok', version: GRAFANA, latchkey });
  const probe = await world.send(undefined, 'GET', '/healthz');
  expect([probe.status, probe.body]).toEqual([200, 'Ok']);
});

test('a wrong credential does not make a healthy server look ill', async () => {
  const world = await makeWorld();
  for (const path of ['/api/health', '/healthz', '/readyz', '/metrics']) {
    expect((await world.send({ bearer: 'nonsense' }, 'GET', path)).status).toBe(200);
  }
});

test('a database that does not answer is 503, and well again once it does', async () => {
  const world = await makeWorld();
  const { context } = world;
  const { selectFrom } = context.db;
  context.db.selectFrom = () => {
    throw new Error('no connection');
  };
  const { status, body } = await world.send(undefined, 'GET', '/api/health');
  expect(status).toBe(503);
  const reason = 'the files of the database cannot be used';
  expect(body).toEqual({ commit: 'NA', database: 'failing', version: GRAFANA, latchkey, reason });
  const readiness = await world.send(undefined, 'GET', '/readyz');
  expect([readiness.status, readiness.body]).toEqual([503, { status: 'not ready', reason }]);
  expect(world.log.join('')).toContain('no connection');
  expect((await world.send(undefined, 'GET', '/healthz')).status).toBe(200);
  context.db.selectFrom = selectFrom;
  expect((await world.send(undefined, 'GET', '/api/health')).status).toBe(200);
  expect((await world.send(undefined, 'GET', '/readyz')).body).toEqual({ status: 'ready' });
});

test('a ping tells whether somebody is known', async () => {
  const world = await makeWorld();
  const known = await world.send(ADMIN, 'GET', '/api/login/ping');
  expect([known.status, known.body]).toEqual([200, { message: 'Logged in' }]);
  const nobody = await world.send(undefined, 'GET', '/api/login/ping');
  expect([nobody.status, nobody.body.message]).toEqual([401, 'Unauthorized']);
});
