import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBrowser, makeMember, makeOrg, makeUser, signIn } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

const MINUTE = 60_000;
const PLANTED = 'planted-secret';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

let made = 0;

/** A new organization with an Admin of its own, so that its record is one test's alone. */
async function newOrg() {
  const name = `audited ${++made}`;
  const orgId = await makeOrg(world, name);
  const { as } = await makeMember(world, orgId, `auditor${made}`, 'Admin');
  const there = { 'x-grafana-org-id': String(orgId) };
  const does = async (method: string, path: string, body?: object) => {
    const answer = await world.send(as, method, path, body, there);
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    return answer.body;
  };
  return { orgId, name, as, login: `auditor${made}`, there, does };
}

interface Entry {
  id: number;
  at: string;
  action: string;
  object: { kind: string; id: string; name: string };
  change: Record<string, unknown>;
}

async function audit(as: As, query = '', path = '/api/audit') {
  const { status, body } = await world.send(as, 'GET', `${path}${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as { totalCount: number; page: number; perPage: number; entries: Entry[] };
}

const actions = ({ entries }: { entries: Entry[] }): string[] => entries.map(({ action }) => action);

test('a change is told with who made it, through what, where, on what, and what changed', async () => {
  const { as, login, orgId, does } = await newOrg();
  const account = await does('POST', '/api/serviceaccounts', { name: 'deploy', role: 'Editor' });
  const { id: userId } = (await world.send(as, 'GET', '/api/user')).body;
  const [entry] = (await audit(as)).entries;
  expect(entry).toEqual({
    id: expect.any(Number),
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    actor: { kind: 'user', name: login, id: userId },
    credential: { kind: 'password', id: 0 },
    address: '127.0.0.1',
    requestId: expect.any(String),
    action: 'serviceaccounts:create',
    object: { kind: 'service-account', id: String(account.id), name: 'deploy' },
    change: { role: 'Editor', isDisabled: false, isGrafanaAdmin: false },
  });

  const { key, id } = await does('POST', '/api/auth/keys', { name: 'by key', role: 'Admin' });
  await world.send({ bearer: key }, 'PUT', '/api/org', { name: `renamed ${orgId}` });
  expect((await audit(as)).entries[0]).toMatchObject({
    actor: { kind: 'api-key', name: 'by key', id },
    credential: { kind: 'api-key', id },
    action: 'orgs:write',
  });
});

test('of what people look up, a change tells how it was before', async () => {
  const { as, orgId, name, does } = await newOrg();
  const changed = async () => (await audit(as)).entries[0]?.change;
  const { id } = await does('POST', '/api/serviceaccounts', { name: 'deploy', role: 'Editor' });
  await does('PATCH', `/api/serviceaccounts/${id}`, { role: 'Viewer', isDisabled: true });
  const before = { role: 'Editor', isDisabled: false };
  expect(await changed()).toEqual({ role: 'Viewer', isDisabled: true, before });
  const { teamId } = await does('POST', '/api/teams', { name: 'old', email: 'old@example.org' });
  await does('PUT', `/api/teams/${teamId}`, { name: 'new' });
  expect(await changed()).toMatchObject({ name: 'new', before: { name: 'old', email: 'old@example.org' } });
  const member = await makeMember(world, orgId, `member${made}`, 'Viewer');
  await does('PATCH', `/api/org/users/${member.id}`, { role: 'Admin' });
  expect(await changed()).toEqual({ role: 'Admin', before: { role: 'Viewer' } });
  await does('PUT', '/api/org', { name: `${name} again` });
  expect(await changed()).toEqual({ name: `${name} again`, before: { name } });
});

test('the latest comes first, and the pages hold everything once and end with an empty one', async () => {
  const { as, does } = await newOrg();
  for (let at = 0; at < 5; at++) {
    world.clock.advance(MINUTE);
    await does('POST', '/api/teams', { name: `team ${at}` });
  }
  const all = await audit(as);
  expect(all).toMatchObject({ totalCount: all.entries.length, page: 1 });
  expect(actions(all).slice(0, 5)).toEqual(Array(5).fill('teams:create'));
  const times = all.entries.map(({ at }) => at);
  expect(times).toEqual(times.toSorted().toReversed());
  const paged: Entry[] = [];
  for (let page = 1; ; page++) {
    const { entries, totalCount } = await audit(as, `?perpage=2&page=${page}`);
    expect(totalCount).toBe(all.totalCount);
    if (entries.length === 0) break;
    expect(entries.length).toBeLessThanOrEqual(2);
    paged.push(...entries);
  }
  expect(paged).toEqual(all.entries);
});

test('entries are found by time, by who, by action, by kind and by text in whatever case', async () => {
  const { as, login, there, does } = await newOrg();
  const begin = Math.floor(world.clock.now() / 1000) * 1000 + MINUTE;
  world.clock.advance(2 * MINUTE);
  const { key } = await does('POST', '/api/auth/keys', { name: 'robot', role: 'Admin' });
  await world.send({ bearer: key }, 'POST', '/api/teams', { name: 'ÖFFENTLICH 100%' });
  world.clock.advance(2 * MINUTE);
  await does('POST', '/api/teams', { name: 'late' });
  await world.send(ADMIN, 'POST', '/api/teams', { name: 'by the administrator' }, there);
  const found = async (query: string): Promise<string[]> =>
    (await audit(as, query)).entries.map(({ object }) => object.name);

  const iso = (time: number): string => new Date(time).toISOString();
  const both = ['by the administrator', 'late'];
  expect(await found(`?from=${iso(begin + 2 * MINUTE)}`)).toEqual(both);
  expect(await found(`?from=${begin + 2 * MINUTE}`)).toEqual(both);
  expect(await found(`?from=${iso(begin)}&to=${iso(begin + 2 * MINUTE)}`)).toEqual([
    'ÖFFENTLICH 100%',
    'robot',
  ]);
  expect(await found('?to=2001-02-03')).toEqual([]);

  expect(await found(`?actor=${login}`)).toEqual(['late', 'robot']);
  expect(await found('?actor=api-key:robot')).toEqual(['ÖFFENTLICH 100%']);
  expect(await found('?actor=user:robot')).toEqual([]);
  expect(await found('?action=apikeys:create')).toEqual(['robot']);
  expect(await found('?kind=team&actor=admin')).toEqual(['by the administrator']);
  expect(await found(`?query=${encodeURIComponent('öffentlich 100%')}`)).toEqual(['ÖFFENTLICH 100%']);
  expect(await found(`?query=${encodeURIComponent('h_100')}`)).toEqual([]);
  // What was left empty in a form is as if left out.
  expect(await found('?from=&to=&actor=&action=&kind=team&query=')).toHaveLength(3);
});

test('a request is found by the id that its log line has', async () => {
  const { as, does } = await newOrg();
  await does('POST', '/api/teams', { name: 'of a request' });
  const { entries } = await audit(as, '?perpage=1');
  const [{ requestId }] = entries as unknown as [{ requestId: string }];
  expect((await audit(as, `?query=${requestId}`)).entries).toEqual(entries);
});

test.each(['yesterday', '2026-13-01', '2026-11-21T09:30:00', '21.11.2026', '99999999999999999'])(
  'the time %s is refused with what one looks like',
  async (time) => {
    for (const parameter of ['from', 'to']) {
      const { status, body } = await world.send(ADMIN, 'GET', `/api/audit?${parameter}=${time}`);
      expect(status).toBe(400);
      expect(body.detail).toMatch(new RegExp(`^${parameter} in the query must be a time as in 2026-`));
    }
  },
);

test('nobody reads the record of an organization but its Admins, nor that of another one', async () => {
  const one = await newOrg();
  const other = await newOrg();
  await one.does('POST', '/api/teams', { name: 'in the one' });
  for (const role of ['Viewer', 'Editor']) {
    const member = await makeMember(world, one.orgId, `${role}${made}`.toLowerCase(), role);
    const { status, body } = await world.send(member.as, 'GET', '/api/audit');
    expect(status).toBe(403);
    expect(body.message).toContain('orgs:write');
  }
  expect((await world.send(other.as, 'GET', '/api/audit', undefined, one.there)).status).toBe(403);
  expect(JSON.stringify(await audit(other.as))).not.toContain('in the one');
  expect(JSON.stringify(await audit(one.as))).toContain('in the one');
});

test('what was done to the server as a whole is for its administrators alone', async () => {
  const { id } = await makeUser(world, 'ended');
  const { id: keptId } = await makeUser(world, 'kept');
  await world.send(ADMIN, 'POST', `/api/admin/users/${id}/logout`);
  const server = '/api/admin/audit';
  const { entries } = await audit(ADMIN, '?query=users:logout', server);
  expect(entries).toMatchObject([{ action: 'users:logout', object: { kind: 'user', name: 'ended' } }]);
  expect(actions(await audit(ADMIN, '', server))).toContain('users:create');
  expect(actions(await audit(ADMIN))).not.toContain('users:create');

  // Who may read the main organization's server settings may not read this.
  const admin = await makeMember(world, 1, 'admin-of-main', 'Admin');
  expect((await world.send(admin.as, 'GET', '/api/admin/settings')).status).toBe(200);
  expect((await world.send(admin.as, 'GET', server)).status).toBe(403);
  const isGrafanaAdmin = true;
  await world.send(ADMIN, 'PUT', `/api/admin/users/${keptId}/permissions`, { isGrafanaAdmin });
  const kept: As = { basic: 'kept:password of kept' };
  expect((await world.send(kept, 'GET', server)).status).toBe(200);
});

test('that an organization was deleted can still be read, and so can what people in none did', async () => {
  const { orgId, name } = await newOrg();
  await world.send(ADMIN, 'DELETE', `/api/orgs/${orgId}`);
  const lost = await makeMember(world, 1, 'lost', 'Viewer');
  await world.send(ADMIN, 'DELETE', `/api/orgs/1/users/${lost.id}`);
  await signIn(world, 'lost');
  const { entries } = await audit(ADMIN, '', '/api/admin/audit');
  expect(entries).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        action: 'orgs:delete',
        object: { kind: 'org', id: String(orgId), name },
      }),
      expect.objectContaining({ action: 'sessions:open', object: expect.objectContaining({ name: 'lost' }) }),
    ]),
  );
});

test('no secret is in the record, whatever it came in by', async () => {
  const { as, does } = await newOrg();
  const secrets = [PLANTED];
  const source = {
    name: 'guarded',
    type: 'prometheus',
    url: `http://user:${PLANTED}@inside:9090/`,
    jsonData: { httpHeaderName1: 'Authorization', note: PLANTED },
    secureJsonData: { basicAuthPassword: PLANTED, httpHeaderValue1: PLANTED },
    basicAuthUser: PLANTED,
  };
  const { datasource } = await does('POST', '/api/datasources', source);
  await does('PUT', `/api/datasources/uid/${datasource.uid}`, source);
  secrets.push((await does('POST', '/api/auth/keys', { name: 'k', role: 'Viewer' })).key);
  const { id } = await does('POST', '/api/serviceaccounts', { name: 'sa' });
  const token = await does('POST', `/api/serviceaccounts/${id}/tokens`, { name: 't' });
  secrets.push(token.key);
  await does('POST', '/api/serviceaccounts/migrate');
  const dashboard = { title: 'public', uid: `public-${made}`, description: PLANTED };
  await does('POST', '/api/dashboards/db', { dashboard, message: PLANTED });
  const path = `/api/dashboards/uid/${dashboard.uid}/public-dashboards`;
  const { uid, accessToken } = await does('POST', path, { isEnabled: true });
  await does('PATCH', `${path}/${uid}`, { isEnabled: false });
  secrets.push(accessToken);
  await does('POST', '/api/library-elements', { name: 'e', kind: 1, model: { options: PLANTED } });
  await does('POST', '/api/annotations', { text: 'a note', data: { password: PLANTED } });
  const savedItems = [{ id: '1', text: 'saved', url: `/explore?auth_token=${PLANTED}` }];
  await does('PUT', '/api/user/preferences', { navbar: { savedItems } });

  const guarded = await makeUser(world, 'guarded', { password: PLANTED });
  await world.send(ADMIN, 'PUT', `/api/admin/users/${guarded.id}/password`, { password: `${PLANTED}2` });
  const own = { oldPassword: `${PLANTED}2`, newPassword: `${PLANTED}3` };
  const changed = await world.send({ basic: `guarded:${PLANTED}2` }, 'PUT', '/api/user/password', own);
  expect(changed.status).toBe(200);
  const browser = await signIn(world, 'guarded', `${PLANTED}3`);
  secrets.push(browser.cookie ?? '');
  await makeBrowser(world, browser.cookie).send('POST', '/logout');
  const settings = { clientId: 'public', clientSecret: PLANTED, authUrl: `https://u:${PLANTED}@idp/` };
  const set = await world.send(ADMIN, 'PUT', '/api/v1/sso-settings/github', { settings });
  expect(set.status).toBe(204);

  const record = [await audit(as), await audit(ADMIN), await audit(ADMIN, '', '/api/admin/audit')];
  const all = record.flatMap(actions);
  for (const wanted of [
    'datasources:write',
    'dashboards.public:write',
    'settings:write',
    'users.password:write',
  ]) {
    expect(all).toContain(wanted);
  }
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(10);
    expect(JSON.stringify(record)).not.toContain(secret);
  }
});
