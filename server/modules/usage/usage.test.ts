import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../config/config.ts';
import { startServer } from '../../server.ts';
import { makeMember, makeOrg, makeUser, signIn } from '../../testing/people.ts';
import { ADMIN, type As, newDatabase, startWorld, type World } from '../../testing/world.ts';
import { noteRequest } from './tallies.ts';
import { writeRequests } from './written.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

interface Group {
  hour: string;
  status: string;
  credential: { kind: string; id: number; name: string | null; owner?: { id: number; name: string } };
  route: string;
  address: string;
  requests: number;
}

/** A world of its own, at the beginning of an hour, for who counts everything. */
async function makeWorld(overrides: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const own = await startWorld(overrides);
  onTestFinished(() => own.stop());
  own.clock.advance(HOUR - (own.clock.now() % HOUR));
  return own;
}

async function usage(query: Record<string, string | number>, as: As = ADMIN, where = world) {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) text.set(name, String(value));
  const { status, body } = await where.send(as, 'GET', `/api/usage?${text.toString()}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as {
    from: string;
    to: string;
    keptFor: number;
    groups: Group[];
    total: number;
    isCut: boolean;
  };
}

async function makeKey(
  name: string,
  where = world,
  role = 'Viewer',
): Promise<{ id: number; as: As; is: string }> {
  const { status, body } = await where.send(ADMIN, 'POST', '/api/auth/keys', { name, role });
  expect(status).toBe(200);
  return { id: body.id, as: { bearer: body.key }, is: `api-key:${body.id}` };
}

async function makeToken(name: string, where = world) {
  const account = await where.send(ADMIN, 'POST', '/api/serviceaccounts', {
    name: `${name}-account`,
    role: 'Viewer',
  });
  const path = `/api/serviceaccounts/${account.body.id}`;
  const { status, body } = await where.send(ADMIN, 'POST', `${path}/tokens`, {
    name,
    secondsToLive: 7 * 86_400,
  });
  expect(status).toBe(200);
  return {
    id: body.id,
    as: { bearer: body.key } as As,
    is: `token:${body.id}`,
    account: account.body.id,
    path,
  };
}

/** The requests of each group, by what tells them apart. */
function counted(
  groups: Group[],
  ...by: ('hour' | 'status' | 'route' | 'address')[]
): Record<string, number> {
  return Object.fromEntries(groups.map((group) => [by.map((name) => group[name]).join(' '), group.requests]));
}

test('requests are counted by credential, route and status', async () => {
  const key = await makeKey('busy');
  for (let n = 0; n < 3; n++) await world.send(key.as, 'GET', '/api/org');
  await world.send(key.as, 'HEAD', '/api/org');
  await world.send(key.as, 'POST', '/api/folders', { title: 'not for viewers' });
  await world.send(key.as, 'GET', '/api/folders/none');
  await world.send(key.as, 'GET', '/api/folders/neither');
  await world.send(key.as, 'GET', '/api/invented/1');
  await world.send(key.as, 'GET', '/api/invented/2');
  const { groups, total, isCut } = await usage({ groupBy: 'route,status', credential: key.is });
  expect(counted(groups, 'route', 'status')).toEqual({
    'GET /api/org 2xx': 3,
    'HEAD /api/org 2xx': 1,
    'POST /api/folders 4xx': 1,
    'GET /api/folders/:uid 4xx': 2,
    'unknown 4xx': 2,
  });
  expect([total, isCut]).toEqual([9, false]);
  const one = await usage({ groupBy: 'credential', credential: key.is, route: 'GET /api/folders/:uid' });
  expect(one.groups).toEqual([{ credential: { kind: 'api-key', id: key.id, name: 'busy' }, requests: 2 }]);
});

test('keys, tokens, passwords and sessions are told apart, and whose each is', async () => {
  const own = await makeWorld();
  const key = await makeKey('a key', own);
  const token = await makeToken('a token', own);
  const { id } = await makeMember(own, 1, 'ann', 'Viewer');
  const browser = await signIn(own, 'ann');
  await own.send(key.as, 'GET', '/api/org');
  await own.send(token.as, 'GET', '/api/org');
  await own.send({ basic: 'ann:password of ann' }, 'GET', '/api/org');
  await browser.send('GET', '/api/org');
  const again = await signIn(own, 'ann');
  await again.send('GET', '/api/org');
  const { groups } = await usage({ groupBy: 'credential', route: 'GET /api/org' }, ADMIN, own);
  const owner = { id: token.account, name: 'a token-account' };
  expect(groups).toEqual([
    { credential: { kind: 'session', id, name: 'ann' }, requests: 2 },
    { credential: { kind: 'api-key', id: key.id, name: 'a key' }, requests: 1 },
    { credential: { kind: 'password', id, name: 'ann' }, requests: 1 },
    { credential: { kind: 'token', id: token.id, name: 'a token', owner }, requests: 1 },
  ]);
});

test('requests belong to the hour in which they were answered', async () => {
  const own = await makeWorld();
  const key = await makeKey('hourly', own);
  const start = own.clock.now() - (own.clock.now() % HOUR);
  await own.send(key.as, 'GET', '/api/org');
  own.clock.advance(HOUR);
  await own.send(key.as, 'GET', '/api/org');
  await own.send(key.as, 'GET', '/api/org');
  own.clock.advance(2 * HOUR);
  await own.send(key.as, 'GET', '/api/org');
  const at = (hours: number): string => new Date(start + hours * HOUR).toISOString().replace('.000', '');
  const byHour = { groupBy: 'hour', credential: key.is };
  const all = await usage(byHour, ADMIN, own);
  expect(counted(all.groups, 'hour')).toEqual({ [at(0)]: 1, [at(1)]: 2, [at(3)]: 1 });
  expect(all.groups.map(({ hour }) => hour)).toEqual([at(0), at(1), at(3)]);

  const middle = await usage({ ...byHour, from: at(1), to: start + 3 * HOUR - 1 }, ADMIN, own);
  expect(middle).toMatchObject({ from: at(1), to: at(3), total: 2 });
  expect((await usage({ ...byHour, from: at(1), to: at(3) }, ADMIN, own)).total).toBe(2);
  expect((await usage({ ...byHour, from: at(1), to: start + 3 * HOUR + 1 }, ADMIN, own)).total).toBe(3);
  const latest = await usage({ ...byHour, limit: 2 }, ADMIN, own);
  expect(latest.groups.map(({ hour }) => hour)).toEqual([at(1), at(3)]);
  expect([latest.total, latest.isCut]).toEqual([4, true]);
  own.clock.advance(DAY);
  expect((await usage(byHour, ADMIN, own)).groups).toEqual([]);
  const days = await usage({ groupBy: 'day', credential: key.is, from: at(0) }, ADMIN, own);
  expect(days.groups.reduce((sum, { requests }) => sum + requests, 0)).toBe(4);
});

test('callers are told with their addresses, also to who asks about one credential', async () => {
  const own = await makeWorld({ server: { http_addr: '0.0.0.0' } });
  const key = await makeKey('from here', own);
  const url = new URL(own.url);
  for (const localAddress of ['127.0.0.1', '127.0.0.2', '127.0.0.2']) {
    await new Promise<void>((resolve, reject) => {
      const headers = { authorization: `Bearer ${(key.as as { bearer: string }).bearer}` };
      const options = {
        host: '127.0.0.1',
        port: url.port,
        path: '/api/org',
        localAddress,
        headers,
        agent: false,
      };
      httpRequest(options, (answer) => answer.resume().on('end', resolve))
        .on('error', reject)
        .end();
    });
  }
  const { groups, total } = await usage({ groupBy: 'address', credential: key.is }, ADMIN, own);
  expect(counted(groups, 'address')).toEqual({ '127.0.0.1': 1, '127.0.0.2': 2 });
  expect(groups[0]).toEqual({ address: '127.0.0.2', requests: 2 });
  expect(total).toBe(3);
});

test('the tokens of one account are told together, with what they did while they were keys', async () => {
  const own = await makeWorld();
  const key = await makeKey('was a key', own);
  await own.send(key.as, 'GET', '/api/org');
  const { body } = await own.send(ADMIN, 'POST', `/api/serviceaccounts/migrate/${key.id}`);
  await own.send(key.as, 'GET', '/api/org');
  await own.send((await makeToken('of another', own)).as, 'GET', '/api/org');
  const account = `service-account:${body.key.serviceAccountId}`;
  const { groups } = await usage({ credential: account, groupBy: 'credential,status' }, ADMIN, own);
  expect(groups).toMatchObject([
    { credential: { kind: 'api-key', id: key.id }, status: '2xx', requests: 1 },
    { credential: { kind: 'token', id: key.id }, status: '2xx', requests: 1 },
  ]);
  expect((await usage({ credential: account, groupBy: 'address' }, ADMIN, own)).groups).toEqual([
    { address: '127.0.0.1', requests: 2 },
  ]);
});

test('a refused credential counts under its own name, in its own organization', async () => {
  const org = await makeOrg(world, 'not theirs');
  const outsider = await makeMember(world, org, 'olaf', 'Admin');
  const [revoked, expired, disabled] = [
    await makeToken('revoked'),
    await makeToken('expired'),
    await makeToken('disabled'),
  ];
  await world.send(revoked.as, 'GET', '/api/org');
  await world.send(ADMIN, 'POST', `${revoked.path}/tokens/${revoked.id}/revoke`);
  await world.send(ADMIN, 'PATCH', disabled.path, { isDisabled: true });
  for (const { as } of [revoked, disabled])
    expect((await world.send(as, 'GET', '/api/org')).status).toBe(401);
  // A credential of here, which asks to act over there.
  const foreign = { 'x-grafana-org-id': String(org) };
  expect((await world.send(expired.as, 'GET', '/api/org', undefined, foreign)).status).toBe(403);
  world.clock.advance(8 * DAY);
  expect((await world.send(expired.as, 'GET', '/api/org')).status).toBe(401);
  for (const [{ is }, twos, fours] of [
    [revoked, 1, 1],
    [disabled, 0, 1],
    [expired, 0, 2],
  ] as const) {
    const { groups } = await usage({ groupBy: 'status', credential: is, from: world.clock.now() - 9 * DAY });
    expect(counted(groups, 'status')).toEqual({ ...(twos > 0 && { '2xx': twos }), '4xx': fours });
  }
  const there = await usage({ groupBy: 'credential,status' }, outsider.as);
  expect(there.groups).toEqual([]);
});

test('of another organization nothing is told, and a Viewer is told nothing at all', async () => {
  const key = await makeKey('here');
  await world.send(key.as, 'GET', '/api/org');
  const other = await makeOrg(world, 'other');
  const admin = await makeMember(world, other, 'olga', 'Admin');
  expect((await usage({ groupBy: 'credential' }, admin.as)).groups).toEqual([]);
  expect(await usage({ groupBy: 'hour', credential: key.is }, admin.as)).toMatchObject({
    groups: [],
    total: 0,
  });
  const viewer = await makeMember(world, 1, 'vera', 'Viewer');
  for (const as of [viewer.as, key.as]) {
    expect((await world.send(as, 'GET', '/api/usage?groupBy=nonsense')).status).toBe(403);
  }
  expect((await world.send(undefined, 'GET', '/api/usage')).status).toBe(401);
});

test('what belongs to no organization is told to server administrators only', async () => {
  const own = await makeWorld();
  await own.send({ bearer: 'invented' }, 'GET', '/api/org');
  await own.send(undefined, 'GET', '/api/org');
  await own.send(undefined, 'GET', '/healthz');
  await own.send({ basic: 'admin:wrong' }, 'GET', '/api/org');
  const { body } = await own.send(ADMIN, 'GET', '/api/admin/usage?groupBy=credential,route,status');
  const credential = { kind: 'none', id: 0, name: null };
  expect(body.groups).toEqual([
    { credential, route: 'GET /api/org', status: '4xx', requests: 3 },
    { credential, route: 'GET /healthz', status: '2xx', requests: 1 },
  ]);
  const here = await usage({ groupBy: 'credential,status' }, ADMIN, own);
  expect(here.groups.map(({ credential: { kind } }) => kind)).toEqual(['password']);
  const admin = await makeMember(own, 1, 'amos', 'Admin');
  expect((await own.send(admin.as, 'GET', '/api/admin/usage')).status).toBe(403);
});

test('of someone in no organization the requests count in none', async () => {
  const own = await makeWorld({ users: { auto_assign_org: false } });
  const org = await makeOrg(own, 'to leave');
  const { id, as } = await makeUser(own, 'nora', { OrgId: org });
  await own.send(ADMIN, 'DELETE', `/api/orgs/${org}`);
  await own.send(as, 'GET', '/api/user');
  const { body } = await own.send(ADMIN, 'GET', '/api/admin/usage?groupBy=credential');
  expect(body.groups).toEqual([{ credential: { kind: 'password', id, name: 'nora' }, requests: 1 }]);
});

test('what is deleted leaves no counts that something later could inherit', async () => {
  const org = await makeOrg(world, 'short-lived');
  const admin = await makeMember(world, org, 'adam', 'Admin');
  await world.send(admin.as, 'GET', '/api/org');
  await writeRequests(world.context);
  await world.send(admin.as, 'GET', '/api/org');
  await world.send(ADMIN, 'DELETE', `/api/orgs/${org}`);
  await writeRequests(world.context);
  for (const table of ['usage_request', 'usage_caller'] as const) {
    const rows = await world.context.db.selectFrom(table).select('hour').where('org_id', '=', org).execute();
    expect(rows).toEqual([]);
  }
  const key = await makeKey('gone');
  await world.send(key.as, 'GET', '/api/org');
  await world.send(ADMIN, 'DELETE', `/api/auth/keys/${key.id}`);
  const { groups } = await usage({ groupBy: 'credential', credential: key.is });
  expect(groups).toEqual([{ credential: { kind: 'api-key', id: key.id, name: null }, requests: 1 }]);
});

test('counts outlive a restart, and go once they are kept no longer', async () => {
  const database = await newDatabase();
  onTestFinished(() => database.remove());
  let ahead = 0;
  const start = () => {
    const { config } = loadConfig({
      home: database.directory,
      env: {},
      overrides: {
        paths: { data: database.directory },
        server: { http_port: 0 },
        database: database.settings,
        security: { secret_key: 'a key for tests' },
        usage: { keep_for: '2d', flush_interval: '1s' },
        log: { level: 'critical' },
      },
    });
    return startServer(config, { now: () => Date.now() + ahead });
  };
  const ask = async (url: string, path: string) => {
    const answer = await fetch(url + path, { headers: { authorization: `Basic ${btoa('admin:admin')}` } });
    expect(answer.status).toBe(200);
    return (await answer.json()) as { groups: Group[]; keptFor: number };
  };
  const question = '/api/usage?groupBy=route&route=GET%20/api/org';
  for (const requests of [1, 2, 3]) {
    const server = await start();
    await ask(server.url, '/api/org');
    const { groups, keptFor } = await ask(server.url, question);
    expect([groups, keptFor]).toEqual([[{ route: 'GET /api/org', requests }], 2 * 86_400]);
    await server.stop();
  }

  ahead = 3 * DAY;
  const later = await start();
  const since = later.context.now() - 4 * DAY;
  expect((await ask(later.url, `${question}&from=${since}`)).groups).toEqual([]);
  for (const table of ['usage_request', 'usage_caller'] as const) {
    const kept = later.context.db
      .selectFrom(table)
      .select('hour')
      .where('hour', '<', since + 3 * DAY);
    await expect.poll(() => kept.execute(), { timeout: 10_000 }).toEqual([]);
  }
  await later.stop();
});

test('what could not be written is written the next time, once', async () => {
  const own = await makeWorld();
  const key = await makeKey('patient', own);
  await own.send(key.as, 'GET', '/api/org');
  const { db } = own.context;
  const { transaction } = db;
  db.transaction = () => {
    throw new Error('the disk is full');
  };
  await expect(writeRequests(own.context)).rejects.toThrow('the disk is full');
  await own.send(key.as, 'GET', '/api/org');
  await expect(writeRequests(own.context)).rejects.toThrow('the disk is full');
  db.transaction = transaction;
  await own.send(key.as, 'GET', '/api/org');
  const byRoute = { credential: key.is, groupBy: 'route' };
  expect((await usage(byRoute, ADMIN, own)).groups).toEqual([{ route: 'GET /api/org', requests: 3 }]);
  expect((await usage({ ...byRoute, groupBy: 'address' }, ADMIN, own)).total).toBe(3);
  // What asked for them may not be written yet.
  expect(own.context.uses.requests.size).toBeLessThanOrEqual(2);
});

test('servers on one database add up', async () => {
  const own = await makeWorld();
  const key = await makeKey('shared', own);
  await own.send(key.as, 'GET', '/api/org');
  const { requests } = own.context.uses;
  const other = {
    ...own.context,
    uses: { ...own.context.uses, requests: { ...requests, current: new Map(), earlier: new Map() } },
  };
  const asked = {
    orgId: 1,
    kind: 'api-key',
    credentialId: key.id,
    route: { at: 9, name: 'GET /api/org' },
  } as const;
  for (let n = 0; n < 4; n++) noteRequest(other, { ...asked, status: 2, address: '127.0.0.1' });
  await Promise.all([writeRequests(own.context), writeRequests(other)]);
  expect((await usage({ credential: key.is }, ADMIN, own)).total).toBe(5);
  expect((await usage({ credential: key.is, groupBy: 'address' }, ADMIN, own)).groups).toEqual([
    { address: '127.0.0.1', requests: 5 },
  ]);
});

test('invented addresses and very many credentials fill no memory, hide no other organization, and keep the sums right', async () => {
  const own = await makeWorld();
  const org = await makeOrg(own, 'quiet');
  const { id, as } = await makeMember(own, org, 'quinn', 'Admin');
  await writeRequests(own.context);
  const { requests } = own.context.uses;
  const route = { at: 9, name: 'GET /api/org' };
  const note = (credentialId: number, status: number, address: string): void =>
    noteRequest(own.context, { orgId: 1, kind: 'token', credentialId, route, status, address });
  for (let n = 1; n <= 20_000; n++) {
    const address = `2001:db8::${n.toString(16)}`;
    note(70_000, 2, address);
    note(80_000 + n, 4, address);
  }
  // Who was there before it was full goes on being told apart.
  for (let n = 1; n <= 1000; n++) note(80_000 + n, 4, '192.0.2.1');
  // Of 40,000 that are to be told apart.
  expect(requests.size).toBeLessThan(16_000);
  await own.send(as, 'GET', '/api/org');
  const all = await usage({ groupBy: 'credential,status', limit: 10_000 }, ADMIN, own);
  const of = (kind: string, credentialId: number) =>
    all.groups.filter(({ credential }) => credential.kind === kind && credential.id === credentialId);
  expect(of('token', 70_000)).toMatchObject([{ status: '2xx', requests: 20_000 }]);
  expect(of('others', 0)).toMatchObject([{ status: '4xx' }]);
  expect(
    all.groups.filter(({ status }) => status === '4xx').reduce((sum, one) => sum + one.requests, 0),
  ).toBe(21_000);
  for (let n = 1; n <= 1000; n++) expect(of('token', 80_000 + n)).toMatchObject([{ requests: 2 }]);
  const addresses = await usage({ groupBy: 'address', credential: 'token:70000', limit: 10_000 }, ADMIN, own);
  expect(addresses.total).toBe(20_000);
  expect(addresses.groups[0]).toMatchObject({ address: 'others' });
  const quiet = await usage({ groupBy: 'credential,route' }, as, own);
  expect(quiet.groups).toEqual([
    { credential: { kind: 'password', id, name: 'quinn' }, route: 'GET /api/org', requests: 1 },
  ]);
});

test.each([
  ['from=yesterday', 'from in the query must be a time'],
  ['to=2026-13-40', 'to in the query must be a time'],
  ['from=2026-11-22&to=2026-11-21', 'from in the query must be before to'],
  ['from=9000000000000', 'not in the future'],
  ['groupBy=hour,planet', 'one or more of hour, day, status, credential, route, address'],
  ['groupBy=address,status', 'without route and status'],
  ['groupBy=address&route=GET%20/api/org', 'without route and status'],
  ['credential=12', 'a kind and an id as in token:12'],
  ['credential=team:12', 'a kind and an id as in token:12'],
  ['limit=0', 'limit in the query must be >= 1'],
  ['limit=1000000', 'limit in the query must be <= 10000'],
])('a question that cannot be answered is told what to change: %s', async (query, hint) => {
  const { status, body } = await world.send(ADMIN, 'GET', `/api/usage?${query}`);
  expect([status, body.detail]).toEqual([400, expect.stringContaining(hint)]);
});
