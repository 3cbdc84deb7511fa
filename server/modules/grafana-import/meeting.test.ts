import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fillGrafana, type Held, OLD_SECRET_KEY, SECRET } from '../../../test/support/grafana-content.ts';
import { type GrafanaDatabase, makeGrafana } from '../../../test/support/grafana-database.ts';
import { countsOf, type Done, importInto } from '../../../test/support/import-grafana.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

// What happens where something is here already.

/** A server with an organization, a person, a key, a dashboard and a data source that have the names of Grafana's. */
async function furnishedWorld(): Promise<World> {
  const world = await startWorld();
  const post = async (path: string, body: object, orgId = 1): Promise<Record<string, number>> => {
    const answer = await world.send(ADMIN, 'POST', path, body, { 'x-grafana-org-id': String(orgId) });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  };
  await post('/api/orgs', { name: 'Second' });
  await post('/api/admin/users', { login: 'ann', email: 'another@example.org', password: 'another ann' });
  await post('/api/auth/keys', { name: 'ci', role: 'Admin' });
  await post('/api/teams', { name: 'ops' });
  await post('/api/dashboards/db', { dashboard: { uid: 'd-top', title: 'At the top' } });
  await post('/api/datasources', { uid: 'prom', name: 'Prometheus', type: 'loki', isDefault: true });
  return world;
}

describe('on a server where something is already', () => {
  let world: World;
  let grafana: GrafanaDatabase;
  let held: Held;
  let done: Done;
  beforeAll(async () => {
    world = await furnishedWorld();
    grafana = await makeGrafana('sqlite', '12');
    held = await fillGrafana(grafana);
    done = await importInto(world, grafana.from, { oldSecretKey: OLD_SECRET_KEY });
  });
  afterAll(async () => {
    await world.stop();
    await grafana.remove();
  });

  const reasons = (kind: string): string[] =>
    done.notes.filter((note) => note.kind === kind).map(({ id, reason }) => `${id}: ${reason}`);

  test('organizations are others, with a number behind the name and an id of their own', async () => {
    expect(reasons('organization')).toEqual([
      '1: its id is 3 here: 1 was given to something else before',
      '2: its id is 4 here: 2 was given to something else before',
      '1: it is named "Main Org.-2" here, since its name is taken',
      '2: it is named "Second-2" here, since its name is taken',
    ]);
    const org = await world.send({ bearer: held.keys.viewer }, 'GET', '/api/org');
    expect(org.body).toMatchObject({ id: 3, name: 'Main Org.-2' });
    expect((await world.send({ bearer: held.keys.editor }, 'GET', '/api/org')).body.id).toBe(4);
  });

  test('nobody becomes somebody who is here, and nobody administers the server who did not before', async () => {
    expect((await world.send(ADMIN, 'GET', '/api/user')).body).toMatchObject({ id: 1, isGrafanaAdmin: true });
    const theirs: As = { basic: `admin-2:${held.passwords.admin}` };
    const user = await world.send(theirs, 'GET', '/api/user');
    expect([user.status, user.body.isGrafanaAdmin, user.body.email]).toEqual([200, false, 'admin-2']);
    expect((await world.send(theirs, 'GET', '/api/users')).status).toBe(403);
    expect(reasons('user').join()).toContain('does not administer this server');
    const ann: As = { basic: `ann-2:${held.passwords.ann}` };
    expect((await world.send(ann, 'GET', '/api/user')).body.email).toBe('ann@example.org');
    expect((await world.send({ basic: 'ann:another ann' }, 'GET', '/api/user')).status).toBe(200);
    expect((await world.send({ basic: `ann:${held.passwords.ann}` }, 'GET', '/api/user')).status).toBe(401);
  });

  test('uids stay the same, being of another organization', async () => {
    const { body } = await world.send({ bearer: held.keys.viewer }, 'GET', '/api/dashboards/uid/d-in');
    expect(body.dashboard.title).toBe('Within');
    const theirs = await world.send({ bearer: held.keys.viewer }, 'GET', '/api/dashboards/uid/d-top');
    expect(theirs.body.meta.version).toBe(3);
    const ours = await world.send(ADMIN, 'GET', '/api/dashboards/uid/d-top');
    expect(ours.body.meta.version).toBe(1);
  });

  test('ids that were never given out stay the same, and what is made next gets a higher one', async () => {
    const { body } = await world.send({ bearer: held.keys.viewer }, 'GET', '/api/dashboards/uid/d-in');
    expect(body.dashboard.id).toBe(12);
    const fresh = await world.send(ADMIN, 'POST', '/api/dashboards/db', { dashboard: { title: 'fresh' } });
    expect(fresh.body.id).toBeGreaterThan(14);
    const user = await world.send(ADMIN, 'POST', '/api/admin/users', { login: 'new', password: 'pass word' });
    expect(user.body.id).toBeGreaterThan(5);
  });
});

test('into existing ones: the same organizations and people, and nothing of theirs is overwritten', async () => {
  const world = await furnishedWorld();
  onTestFinished(() => world.stop());
  const grafana = await makeGrafana('sqlite', '12');
  onTestFinished(() => grafana.remove());
  const held = await fillGrafana(grafana);
  const done = await importInto(world, grafana.from, { intoExisting: true });
  const reasons = done.notes.map(({ kind, id, reason }) => `${kind} ${id}: ${reason}`);
  expect(reasons).toEqual(
    expect.arrayContaining([
      'organization 1: it is one with organization 1, which has its name',
      'organization 2: it is one with organization 2, which has its name',
      'user 1: they are one with user 1, who keeps the password and the rights from here',
      'user 2: the login is ann-2 here, since theirs is taken',
      'API key 1: it is named "ci-2" here, since its name is taken; its secret stays the same',
      'team 1: it is named "ops-2" here, since its name is taken',
      'dashboard 11: its title is "At the top-2" here, since its own is taken there',
      expect.stringMatching(/^dashboard 11: its uid is [A-Za-z0-9]{14} here, since d-top cannot be kept$/),
      'data source 1: it is named "Prometheus-2" here, since its name is taken',
      expect.stringMatching(/^data source 1: its uid is [A-Za-z0-9]{14} here, since prom cannot be kept$/),
    ]),
  );
  // The administrator's password is the one from here.
  expect((await world.send(ADMIN, 'GET', '/api/org')).body).toMatchObject({ id: 1, name: 'Main Org.' });
  const sources = (await world.send(ADMIN, 'GET', '/api/datasources')).body;
  expect(
    sources.map(({ name, isDefault }: { name: string; isDefault: boolean }) => [name, isDefault]),
  ).toEqual([
    ['Prometheus', true],
    ['Prometheus-2', false],
  ]);
  // The key is a Viewer's, whatever the one of the same name is.
  const key: As = { bearer: held.keys.viewer };
  expect((await world.send(key, 'GET', '/api/org')).body.id).toBe(1);
  expect((await world.send(key, 'POST', '/api/folders', { title: 'no' })).status).toBe(403);
  // What was permitted on theirs is on theirs, under its new uid, and not on what has the old one.
  const { body: own } = await world.send(ADMIN, 'GET', '/api/access-control/datasources/prom');
  expect(own).toEqual([]);
  const { body: versions } = await world.send(ADMIN, 'GET', '/api/dashboards/uid/d-top');
  expect(versions.meta.version).toBe(1);
  const again = await importInto(world, grafana.from, { intoExisting: true });
  expect(again.kinds.map(({ brought }) => brought)).toEqual(again.kinds.map(() => 0));
});

test('what was deleted here stays so, with all that belonged to it', async () => {
  const world = await startWorld();
  onTestFinished(() => world.stop());
  const grafana = await makeGrafana('sqlite', '9.4');
  onTestFinished(() => grafana.remove());
  const held = await fillGrafana(grafana);
  await importInto(world, grafana.from);
  const admin: As = { basic: `admin:${held.passwords.admin}` };
  expect((await world.send(admin, 'DELETE', '/api/orgs/2')).status).toBe(200);
  expect((await world.send(admin, 'DELETE', '/api/auth/keys/1')).status).toBe(200);
  expect((await world.send(admin, 'DELETE', '/api/org/users/2')).status).toBe(200);
  await grafana.insert('api_key', {
    id: 50,
    org_id: 2,
    name: 'late',
    key: 'a'.repeat(100),
    role: 'Admin',
  });
  const again = await importInto(world, grafana.from);
  expect(again.notes).toMatchObject([{ id: '50', reason: 'its organization 2 is not there' }, {}]);
  expect(countsOf(again)['membership']).toEqual([5, 0, 5, 0, 0]);
  expect((await world.send({ bearer: held.keys.viewer }, 'GET', '/api/org')).status).toBe(401);
  expect((await world.send({ bearer: held.keys.editor }, 'GET', '/api/org')).status).toBe(401);
  const { body: members } = await world.send(admin, 'GET', '/api/org/users');
  expect(members.map(({ login }: { login: string }) => login)).toEqual(['admin', 'bob']);
});

test('secrets that were left out for want of the key come with it later, and none that was set meanwhile', async () => {
  const world = await startWorld();
  onTestFinished(() => world.stop());
  const grafana = await makeGrafana('sqlite', '9.4');
  onTestFinished(() => grafana.remove());
  const held = await fillGrafana(grafana);
  const without = await importInto(world, grafana.from);
  expect(countsOf(without)['data source secret']).toEqual([1, 0, 0, 1, 0]);
  const later = await importInto(world, grafana.from, { oldSecretKey: OLD_SECRET_KEY });
  expect(countsOf(later)['data source secret']).toEqual([1, 1, 0, 0, 0]);
  const secretOf = async (): Promise<string> => {
    const { secure_json_data } = await world.context.db
      .selectFrom('data_source')
      .select('secure_json_data')
      .where('id', '=', 1)
      .executeTakeFirstOrThrow();
    const { basicAuthPassword } = JSON.parse(secure_json_data);
    return world.context.seal.open(basicAuthPassword, 'data source 1:prom:basicAuthPassword');
  };
  expect(await secretOf()).toBe(SECRET);
  const admin: As = { basic: `admin:${held.passwords.admin}` };
  const change = { name: 'Prometheus', type: 'prometheus', secureJsonData: { basicAuthPassword: 'changed' } };
  expect((await world.send(admin, 'PUT', '/api/datasources/uid/prom', change)).status).toBe(200);
  const last = await importInto(world, grafana.from, { oldSecretKey: OLD_SECRET_KEY });
  expect(countsOf(last)['data source secret']).toBeUndefined();
  expect(await secretOf()).toBe('changed');
});

test('another Grafana whose ids are the same is another one', async () => {
  const world = await startWorld();
  onTestFinished(() => world.stop());
  for (const round of [1, 2]) {
    const grafana = await makeGrafana('sqlite', '8');
    onTestFinished(() => grafana.remove());
    const held = await fillGrafana(grafana);
    const done = await importInto(world, grafana.from);
    expect([round, countsOf(done)['API key']?.slice(0, 3)]).toEqual([round, [3, 3, 0]]);
    expect((await world.send({ bearer: held.keys.viewer }, 'GET', '/api/org')).body.name).toBe(
      round === 1 ? 'Main Org.' : 'Main Org.-2',
    );
  }
});

test('an administrator who may not sign in there does not become the one here', async () => {
  const world = await startWorld();
  onTestFinished(() => world.stop());
  const grafana = await makeGrafana('sqlite', '8');
  onTestFinished(() => grafana.remove());
  await fillGrafana(grafana);
  await grafana.run('update "user" set is_disabled = 1 where id = 1');
  await importInto(world, grafana.from);
  expect((await world.send(ADMIN, 'GET', '/api/user')).body).toMatchObject({ id: 1, isGrafanaAdmin: true });
});
