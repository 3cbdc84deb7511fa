import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
let viewer: As;
let other: As;
beforeAll(async () => {
  world = await startWorld();
  viewer = (await makeMember(world, 1, 'vera', 'Viewer')).as;
  other = (await makeMember(world, 1, 'otto', 'Viewer')).as;
});
afterAll(() => world.stop());

let names = 0;
async function make(): Promise<{ id: number; uid: string }> {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/dashboards/db', {
    dashboard: { title: `S ${++names}` },
  });
  expect(status).toBe(200);
  return body;
}

async function starredBy(as: As): Promise<string[]> {
  const { body } = await world.send(as, 'GET', '/api/search?starred=true');
  expect(body.every(({ isStarred }: { isStarred: boolean }) => isStarred)).toBe(true);
  return body.map(({ uid }: { uid: string }) => uid);
}

test('a star is given and taken by uid and by id, for oneself alone', async () => {
  const one = await make();
  const two = await make();
  const byUid = `/api/user/stars/dashboard/uid/${one.uid}`;
  const byId = `/api/user/stars/dashboard/${two.id}`;
  expect(await starredBy(viewer)).toEqual([]);
  for (const path of [byUid, byUid, byId]) {
    const { status, body } = await world.send(viewer, 'POST', path);
    expect(status).toBe(200);
    expect(body.message).toBe('Dashboard starred!');
  }
  expect(await starredBy(viewer)).toEqual([one.uid, two.uid]);
  expect(await starredBy(other)).toEqual([]);
  expect((await world.send(viewer, 'GET', `/api/dashboards/uid/${one.uid}`)).body.meta.isStarred).toBe(true);
  expect((await world.send(other, 'GET', `/api/dashboards/uid/${one.uid}`)).body.meta.isStarred).toBe(false);

  for (const path of [byUid, byUid, byId]) {
    const { status, body } = await world.send(viewer, 'DELETE', path);
    expect(status).toBe(200);
    expect(body.message).toBe('Dashboard unstarred');
  }
  expect(await starredBy(viewer)).toEqual([]);
});

test('keys and tokens have no stars, and see nobody else’s', async () => {
  const { uid, id } = await make();
  await world.send(ADMIN, 'POST', `/api/user/stars/dashboard/${id}`);
  const { body: key } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'k', role: 'Admin' });
  // Its number is the administrator's.
  expect(key.id).toBe(1);
  const as = { bearer: key.key };
  for (const path of [`uid/${uid}`, String(id)]) {
    for (const method of ['POST', 'DELETE']) {
      const { status, body } = await world.send(as, method, `/api/user/stars/dashboard/${path}`);
      expect(status).toBe(403);
      expect(body.message).toContain('people');
    }
  }
  expect(await starredBy(as)).toEqual([]);
  const { body } = await world.send(as, 'GET', `/api/dashboards/uid/${uid}`);
  expect(body.meta).toMatchObject({ isStarred: false, canStar: false });
  expect(await starredBy(ADMIN)).toEqual([uid]);
});

test('what cannot be seen cannot be starred, but a star can be taken off it', async () => {
  const { uid, id } = await make();
  await world.send(viewer, 'POST', `/api/user/stars/dashboard/${id}`);
  await world.send(ADMIN, 'POST', `/api/dashboards/uid/${uid}/permissions`, { items: [] });
  expect(await starredBy(viewer)).toEqual([]);
  expect((await world.send(other, 'POST', `/api/user/stars/dashboard/${id}`)).status).toBe(403);
  expect((await world.send(other, 'POST', `/api/user/stars/dashboard/uid/${uid}`)).status).toBe(403);
  expect((await world.send(viewer, 'DELETE', `/api/user/stars/dashboard/uid/${uid}`)).status).toBe(200);
});

test('what is not there cannot be starred', async () => {
  const { body: folder } = await world.send(ADMIN, 'POST', '/api/folders', { title: 'F' });
  for (const path of ['uid/nope', '999999', `uid/${folder.uid}`, String(folder.id)]) {
    expect((await world.send(viewer, 'POST', `/api/user/stars/dashboard/${path}`)).status, path).toBe(404);
    expect((await world.send(viewer, 'DELETE', `/api/user/stars/dashboard/${path}`)).status, path).toBe(404);
  }
  expect((await world.send(viewer, 'POST', '/api/user/stars/dashboard/abc')).status).toBe(400);
});

test('the stars go with the dashboard', async () => {
  const { uid, id } = await make();
  await world.send(viewer, 'POST', `/api/user/stars/dashboard/${id}`);
  await world.send(ADMIN, 'DELETE', `/api/dashboards/uid/${uid}`);
  const rows = await world.context.db.selectFrom('star').selectAll().where('dashboard_id', '=', id).execute();
  expect(rows).toEqual([]);
});
