import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.send(ADMIN, 'POST', '/api/dashboards/db', { dashboard: { uid: 'plain', title: 'Plain' } });
});
afterAll(() => world.stop());

async function found(starred: string): Promise<unknown[]> {
  const { status, body } = await world.send(ADMIN, 'GET', `/api/search?starred=${starred}`);
  expect(status, starred).toBe(200);
  return body;
}

test('a flag in a query is read in each of the spellings that Grafana reads', async () => {
  for (const yes of ['true', 'True', 'TRUE', 't', 'T', '1']) expect(await found(yes), yes).toEqual([]);
  for (const no of ['false', 'False', 'FALSE', 'f', 'F', '0']) expect(await found(no), no).toHaveLength(1);
});

test('any other spelling is refused, and so is more than one', async () => {
  for (const starred of ['yes', 'tRUE', '2', '', 'true&starred=True', 'constructor', '__proto__']) {
    const { status, body } = await world.send(ADMIN, 'GET', `/api/search?starred=${starred}`);
    expect([status, body.detail], starred).toEqual([400, 'starred in the query must be boolean']);
  }
});
