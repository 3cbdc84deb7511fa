import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

const KEPT = 5;

let world: World;
let viewer: As;
let editor: As;
beforeAll(async () => {
  world = await startWorld({ dashboards: { versions_to_keep: KEPT } });
  viewer = (await makeMember(world, 1, 'vera', 'Viewer')).as;
  editor = (await makeMember(world, 1, 'edna', 'Editor')).as;
});
afterAll(() => world.stop());

let names = 0;
async function save(dashboard: object, more: object = {}, as: As = ADMIN) {
  const { status, body } = await world.send(as, 'POST', '/api/dashboards/db', {
    dashboard,
    overwrite: true,
    ...more,
  });
  expect(status, JSON.stringify(body)).toBe(200);
  return body as { id: number; uid: string; version: number };
}

/** A dashboard in three versions, the last with another title and tag. */
async function makeThree() {
  const title = `V ${++names}`;
  const { id, uid } = await save({ title, n: 1, tags: ['one'] }, { message: 'first' });
  await save({ uid, title, n: 2, tags: ['one'] }, {}, editor);
  await save({ uid, title: `${title} b`, n: 3, tags: ['three'] }, { message: 'third' });
  return { id, uid, title };
}

test('versions are listed, the newest first, under the uid and under the id', async () => {
  const { id, uid, title } = await makeThree();
  const { status, body } = await world.send(ADMIN, 'GET', `/api/dashboards/uid/${uid}/versions`);
  expect(status).toBe(200);
  const edna = body[1].createdBy;
  expect(body).toEqual([
    expect.objectContaining({ version: 3, parentVersion: 2, message: 'third', createdBy: 1 }),
    expect.objectContaining({ version: 2, parentVersion: 1, message: '', createdBy: edna }),
    expect.objectContaining({ version: 1, parentVersion: 0, message: 'first', restoredFrom: 0 }),
  ]);
  expect(edna).toBeGreaterThan(1);
  expect(body[2]).toMatchObject({
    dashboardId: id,
    dashboardUid: uid,
    data: { id, uid, title, n: 1, version: 1 },
  });
  expect(body.map(({ createdByLogin }: { createdByLogin: string }) => createdByLogin)).toEqual([
    'admin',
    'edna',
    'admin',
  ]);
  expect((await world.send(ADMIN, 'GET', `/api/dashboards/id/${id}/versions`)).body).toEqual(body);

  const bare = await world.send(ADMIN, 'GET', `/api/dashboards/uid/${uid}/versions?withData=false`);
  expect(bare.body).toEqual(body.map((version: object) => ({ ...version, data: undefined })));

  const page = await world.send(ADMIN, 'GET', `/api/dashboards/uid/${uid}/versions?limit=1&start=1`);
  expect(page.body).toEqual([body[1]]);
  expect((await world.send(ADMIN, 'GET', `/api/dashboards/uid/${uid}/versions?start=3`)).body).toEqual([]);
  expect((await world.send(ADMIN, 'GET', `/api/dashboards/uid/${uid}/versions?limit=-1`)).status).toBe(400);
});

test('a first version without a message is called the initial save', async () => {
  const { uid } = await save({ title: `V ${++names}` });
  const { body } = await world.send(ADMIN, 'GET', `/api/dashboards/uid/${uid}/versions`);
  expect(body).toMatchObject([{ message: 'Initial save' }]);
});

test('one version is read with its document', async () => {
  const { id, uid, title } = await makeThree();
  for (const path of [`uid/${uid}`, `id/${id}`]) {
    const { status, body } = await world.send(editor, 'GET', `/api/dashboards/${path}/versions/2`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      dashboardId: id,
      uid,
      version: 2,
      createdBy: 'edna',
      data: { title, n: 2, version: 2 },
    });
  }
  for (const [version, status] of [
    ['4', 404],
    ['0', 404],
    ['-1', 404],
    ['abc', 400],
    ['1e99', 400],
  ] as const) {
    const answer = await world.send(ADMIN, 'GET', `/api/dashboards/uid/${uid}/versions/${version}`);
    expect(answer.status, version).toBe(status);
  }
});

test('a version that is restored becomes the newest, with its title and its tags', async () => {
  const { id, uid, title } = await makeThree();
  const byUid = await world.send(editor, 'POST', `/api/dashboards/uid/${uid}/restore`, { version: 1 });
  expect(byUid.status).toBe(200);
  expect(byUid.body).toMatchObject({ id, uid, version: 4, status: 'success' });
  const { body } = await world.send(ADMIN, 'GET', `/api/dashboards/uid/${uid}`);
  expect(body.dashboard).toEqual({ title, n: 1, tags: ['one'], id, uid, version: 4 });
  const { body: found } = await world.send(ADMIN, 'GET', `/api/search?tag=one&dashboardUIDs=${uid}`);
  expect(found).toMatchObject([{ title, tags: ['one'] }]);
  const { body: versions } = await world.send(ADMIN, 'GET', `/api/dashboards/uid/${uid}/versions?limit=1`);
  expect(versions).toMatchObject([{ restoredFrom: 1, parentVersion: 3, message: 'Restored from version 1' }]);

  const byId = await world.send(ADMIN, 'POST', `/api/dashboards/id/${id}/restore`, { version: 3 });
  expect(byId.body).toMatchObject({ version: 5, slug: expect.stringMatching(/-b$/) });
});

test('what is restored is number for number what it was', async () => {
  const title = `V ${++names}`;
  const text = `{"dashboard":{"z":1.0,"big":12345678901234567890,"a":1e400,"title":"${title}"}}`;
  const { body } = await world.send(ADMIN, 'POST', '/api/dashboards/db', text);
  await save({ uid: body.uid, title, z: 1 });
  await world.send(ADMIN, 'POST', `/api/dashboards/uid/${body.uid}/restore`, { version: 1 });
  const headers = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
  const answer = await fetch(`${world.url}/api/dashboards/uid/${body.uid}`, { headers });
  expect(await answer.text()).toContain('"dashboard":{"z":1.0,"big":12345678901234567890,"a":1e400,');
});

test('what cannot be restored is not', async () => {
  const { uid, title } = await makeThree();
  const restore = (body: unknown, as: As = ADMIN) =>
    world.send(as, 'POST', `/api/dashboards/uid/${uid}/restore`, body);
  for (const body of [{}, { version: '1' }, { version: 1.5 }, { version: null }, undefined]) {
    expect((await restore(body)).status).toBe(400);
  }
  const gone = await restore({ version: 99 });
  expect(gone.status).toBe(404);
  expect(gone.body.message).toBe('Dashboard version not found');
  expect((await restore('{nonsense', viewer)).status).toBe(403);

  await save({ title });
  const taken = await restore({ version: 1 });
  expect(taken.status).toBe(412);
  expect(taken.body.status).toBe('name-exists');
});

test('who may only read a dashboard does not see what it was', async () => {
  const { uid, id } = await makeThree();
  for (const path of [
    `uid/${uid}/versions`,
    `uid/${uid}/versions/1`,
    `id/${id}/versions`,
    `id/${id}/versions/1`,
  ]) {
    expect((await world.send(viewer, 'GET', `/api/dashboards/${path}`)).status, path).toBe(403);
    expect((await world.send(editor, 'GET', `/api/dashboards/${path}`)).status, path).toBe(200);
  }
});

test('only the newest versions are kept', async () => {
  const { uid, title } = await makeThree();
  for (let n = 4; n <= 9; n++) await save({ uid, title, n });
  const { body } = await world.send(ADMIN, 'GET', `/api/dashboards/uid/${uid}/versions`);
  expect(body.map(({ version }: { version: number }) => version)).toEqual([9, 8, 7, 6, 5]);
  expect((await world.send(ADMIN, 'GET', `/api/dashboards/uid/${uid}/versions/4`)).status).toBe(404);
  expect((await world.send(ADMIN, 'POST', `/api/dashboards/uid/${uid}/restore`, { version: 4 })).status).toBe(
    404,
  );
  expect((await world.send(ADMIN, 'GET', `/api/dashboards/uid/${uid}`)).body.dashboard.n).toBe(9);
});

test('the versions go with the dashboard', async () => {
  const { uid, id } = await makeThree();
  await world.send(ADMIN, 'DELETE', `/api/dashboards/uid/${uid}`);
  expect((await world.send(ADMIN, 'GET', `/api/dashboards/uid/${uid}/versions`)).status).toBe(404);
  const rows = await world.context.db
    .selectFrom('dashboard_version')
    .select('id')
    .where('dashboard_id', '=', id)
    .execute();
  expect(rows).toEqual([]);
});
