import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const DAY = 86_400_000;

async function makeKey(name: string, role: string, more: object = {}): Promise<{ id: number; as: As }> {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name, role, ...more });
  expect(status).toBe(200);
  return { id: body.id, as: { bearer: body.key } };
}

async function inventoried(name: string) {
  const { status, body } = await world.send(ADMIN, 'GET', '/api/auth/keys/inventory');
  expect(status).toBe(200);
  return body.find((key: { name: string }) => key.name === name);
}

function use(as: As, userAgent: string, method = 'GET', path = '/api/org', body?: object) {
  return world.send(as, method, path, body, { 'user-agent': userAgent });
}

test('the inventory lists the programs that use a key, with what they do', async () => {
  const { id, as } = await makeKey('busy', 'Editor', { secondsToLive: 86_400 });
  await use(as, 'backup/1.0');
  await use(as, 'backup/1.0');
  await use(as, 'deploy.sh', 'POST', '/api/folders', { title: 'by a key' });
  const first = await inventoried('busy');
  expect(first).toMatchObject({ id, role: 'Editor', createdBy: 'admin', hasExpired: false, advice: [] });
  const byAgent = first.callers.toSorted((one: { userAgent: string }, other: { userAgent: string }) =>
    one.userAgent.localeCompare(other.userAgent),
  );
  expect(byAgent).toMatchObject([
    { address: '127.0.0.1', userAgent: 'backup/1.0', reads: 2, writes: 0 },
    { address: '127.0.0.1', userAgent: 'deploy.sh', reads: 0, writes: 1 },
  ]);

  world.clock.advance(60_000);
  await use(as, 'backup/1.0');
  const { callers } = await inventoried('busy');
  expect(callers[0]).toMatchObject({ userAgent: 'backup/1.0', reads: 3 });
  expect(Date.parse(callers[0].lastSeenAt)).toBeGreaterThan(Date.parse(callers[0].firstSeenAt));
});

test('of very many callers of one key the latest twenty are kept', async () => {
  const { as } = await makeKey('popular', 'Viewer');
  for (let at = 0; at < 30; at++) {
    world.clock.advance(1000);
    await use(as, `agent ${at}`);
    if (at === 15) await inventoried('popular');
  }
  const { callers } = await inventoried('popular');
  const latest = Array.from({ length: 20 }, (_, at) => `agent ${29 - at}`);
  expect(callers.map(({ userAgent }: { userAgent: string }) => userAgent)).toEqual(latest);
});

test('a key that went in the meantime takes no caller down with it', async () => {
  const gone = await makeKey('gone', 'Viewer');
  const stays = await makeKey('stays', 'Viewer');
  await use(gone.as, 'one');
  await use(stays.as, 'two');
  await world.send(ADMIN, 'DELETE', `/api/auth/keys/${gone.id}`);
  expect((await inventoried('stays')).callers).toMatchObject([{ userAgent: 'two' }]);
});

test('the inventory advises on keys that are unused, never expire, or only read', async () => {
  await makeKey('idle', 'Viewer', { secondsToLive: 200 * 86_400 });
  const reader = await makeKey('reader', 'Admin');
  await use(reader.as, 'grafana-exporter');
  world.clock.advance(91 * DAY);
  await use(reader.as, 'grafana-exporter');
  const codesOf = async (name: string) =>
    (await inventoried(name)).advice.map(({ code }: { code: string }) => code);
  expect(await codesOf('idle')).toEqual(['unused']);
  expect(await codesOf('reader')).toEqual(['never-expires', 'only-reads']);
});

test('answers to a legacy key say that it is deprecated and where to read on; those to its token do not', async () => {
  const { id, as } = await makeKey('legacy', 'Viewer');
  const answer = await use(as, 'curl');
  expect(answer.headers.get('deprecation')).toMatch(/^@\d{10}$/);
  const [, path = ''] = /^<(\/[^>]+)>; rel="deprecation"/.exec(answer.headers.get('link') ?? '') ?? [];
  const text = await world.send(undefined, 'GET', path);
  expect(text.status).toBe(200);
  expect(text.body).toContain('POST /api/serviceaccounts/migrate');

  // A refusal says so too: it may be what makes somebody look.
  expect((await use(as, 'curl', 'POST', '/api/orgs', { name: 'x' })).headers.has('deprecation')).toBe(true);
  await world.send(ADMIN, 'POST', `/api/serviceaccounts/migrate/${id}`);
  expect((await use(as, 'curl')).headers.has('deprecation')).toBe(false);
  expect((await world.send(ADMIN, 'GET', '/api/org')).headers.has('deprecation')).toBe(false);
});

test('the inventory is for who may read keys, and of their own organization', async () => {
  await makeKey('private', 'Viewer');
  const viewer = await makeMember(world, 1, 'vera', 'Viewer');
  expect((await world.send(viewer.as, 'GET', '/api/auth/keys/inventory')).status).toBe(403);
  expect((await world.send(undefined, 'GET', '/api/auth/keys/inventory')).status).toBe(401);
  const other = await makeOrg(world, 'other');
  const admin = await makeMember(world, other, 'olga', 'Admin');
  expect((await world.send(admin.as, 'GET', '/api/auth/keys/inventory')).body).toEqual([]);
});

test('keys are found page by page with how many there are, and expired ones only when they are asked for', async () => {
  const org = await makeOrg(world, 'of keys by the page');
  const admin = await makeMember(world, org, 'paula', 'Admin');
  const find = async (query: string) =>
    (await world.send(admin.as, 'GET', `/api/auth/keys/search?${query}`)).body;
  const namesOf = (found: { keys: { name: string }[] }) => found.keys.map(({ name }) => name);
  for (const [name, secondsToLive] of Object.entries({ a: 60, b: 86_400, c: undefined, d: undefined })) {
    await world.send(admin.as, 'POST', '/api/auth/keys', { name, role: 'Viewer', secondsToLive });
  }
  world.clock.advance(120_000);
  const first = await find('perpage=2');
  expect(first).toMatchObject({ totalCount: 3, expiredCount: 1, page: 1, perPage: 2 });
  expect(first.keys).toMatchObject([{ name: 'b', callers: [] }, { name: 'c' }]);
  expect(namesOf(await find('perpage=2&page=2'))).toEqual(['d']);
  expect(namesOf(await find('perpage=2&page=3'))).toEqual([]);
  const all = await find('includeExpired=true');
  expect(all).toMatchObject({ totalCount: 4, expiredCount: 1 });
  expect(all.keys[0]).toMatchObject({ name: 'a', hasExpired: true });

  const viewer = await makeMember(world, org, 'vito', 'Viewer');
  expect((await world.send(viewer.as, 'GET', '/api/auth/keys/search')).status).toBe(403);
});

test('what a program calls itself is kept as text, however long or odd', async () => {
  const { as } = await makeKey('odd', 'Viewer');
  await use(as, 'x'.repeat(5000));
  await use(as, 'Gr\u00fc\u00dfe; <script>');
  const { callers } = await inventoried('odd');
  expect(callers.map(({ userAgent }: { userAgent: string }) => userAgent.length).toSorted()).toEqual([
    15, 200,
  ]);
});

test('invented programs of one key hide nobody who uses another', async () => {
  const loud = await makeKey('loud', 'Viewer');
  const quiet = await makeKey('quiet', 'Viewer');
  for (let at = 0; at < 150; at++) await use(loud.as, `invented ${at}`);
  await use(quiet.as, 'the one to find');
  expect((await inventoried('quiet')).callers).toMatchObject([{ userAgent: 'the one to find' }]);
  expect((await inventoried('loud')).callers).toHaveLength(20);
});

test('of a key with more callers than are kept nobody says that it only reads', async () => {
  const { as } = await makeKey('crowded', 'Editor', { secondsToLive: 30 * 86_400 });
  await use(as, 'writer', 'POST', '/api/folders', { title: 'by the first of many' });
  for (let at = 0; at < 20; at++) {
    world.clock.advance(1000);
    await use(as, `reader ${at}`);
  }
  await inventoried('crowded');
  world.clock.advance(8 * DAY);
  expect((await inventoried('crowded')).advice).toEqual([]);
});
