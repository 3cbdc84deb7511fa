import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';
import { writeCredentialUses } from '../credentials/credentials.ts';

const DAY = 86_400_000;
const DAY_SECONDS = 86_400;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

let made = 0;

/** A new organization with one service account, so that its counts are one test's alone. */
async function newOrg() {
  const orgId = await makeOrg(world, `watched ${++made}`);
  const there = { 'x-grafana-org-id': String(orgId) };
  const does = async (method: string, path: string, body?: object) => {
    const answer = await world.send(ADMIN, method, path, body, there);
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    return answer.body;
  };
  const { id: account } = await does('POST', '/api/serviceaccounts', { name: 'deploy' });
  const days = (life: number | undefined) =>
    life === undefined ? {} : { secondsToLive: life * DAY_SECONDS };
  return {
    orgId,
    account,
    does,
    token: (name: string, life?: number, of = account) =>
      does('POST', `/api/serviceaccounts/${of}/tokens`, { name, ...days(life) }),
    key: (name: string, life?: number) =>
      does('POST', '/api/auth/keys', { name, role: 'Editor', ...days(life) }),
    attention: (query = '') => does('GET', `/api/org/attention${query}`),
  };
}

const names = (rows: { name: string }[]): string[] => rows.map(({ name }) => name);

test('what expires within the time asked for is listed, the first to do so first', async () => {
  const org = await newOrg();
  for (const [name, life] of [
    ['in 20 days', 20],
    ['in 3 days', 3],
    ['in a year', 365],
    ['never', undefined],
  ] as const) {
    await org.token(name, life);
    await org.key(`key ${name}`, life);
  }
  const found = await org.attention();
  expect(names(found.expiringTokens)).toEqual(['in 3 days', 'in 20 days']);
  expect(names(found.expiringKeys)).toEqual(['key in 3 days', 'key in 20 days']);
  expect(found.expiringTokens[0]).toEqual({
    id: expect.any(Number),
    name: 'in 3 days',
    serviceAccountId: org.account,
    serviceAccountName: 'deploy',
    expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
  expect(found.expiringKeys[0]).toMatchObject({ role: 'Editor', expiration: expect.stringMatching(/Z$/) });
  expect(found).toMatchObject({
    counts: { expiringTokens: 2, expiringKeys: 2 },
    neverExpiring: { tokens: 1, keys: 1 },
    expired: { tokens: 0, keys: 0 },
    totals: { serviceAccounts: 1, tokens: 4, apiKeys: 4 },
  });
  const soon = await org.attention('?expiringWithin=1w');
  expect([names(soon.expiringTokens), soon.counts.expiringKeys]).toEqual([['in 3 days'], 1]);

  world.clock.advance(3 * DAY);
  const later = await org.attention();
  expect(later).toMatchObject({ expired: { tokens: 1, keys: 1 }, counts: { expiringTokens: 1 } });
});

test('a revoked one is counted as revoked and as nothing else', async () => {
  const org = await newOrg();
  const [gone] = [await org.token('gone', 5), await org.token('kept', 5)];
  const key = await org.key('gone key');
  await org.does('POST', `/api/serviceaccounts/${org.account}/tokens/${gone.id}/revoke`);
  await org.does('POST', `/api/auth/keys/${key.id}/revoke`);
  const found = await org.attention();
  expect(names(found.expiringTokens)).toEqual(['kept']);
  expect(found).toMatchObject({
    revoked: { tokens: 1, keys: 1 },
    neverExpiring: { tokens: 0, keys: 0 },
    totals: { tokens: 2, apiKeys: 1 },
  });
  world.clock.advance(100 * DAY);
  expect(await org.attention()).toMatchObject({
    expired: { tokens: 1, keys: 0 },
    revoked: { tokens: 1, keys: 1 },
    counts: { unusedTokens: 0, unusedKeys: 0 },
  });
});

test('what nobody used for the time asked for is listed, and a use counts before it is written', async () => {
  const org = await newOrg();
  const tokens = [];
  for (const name of ['idle', 'busy', 'once']) tokens.push(await org.token(name));
  const [, busy, once] = tokens;
  const busyKey = await org.key('busy key');
  await org.key('idle key');
  const use = async ({ key }: { key: string }) =>
    expect((await world.send({ bearer: key }, 'GET', '/api/org')).status).toBe(200);
  world.clock.advance(10 * DAY);
  await use(once);
  await writeCredentialUses(world.context);
  expect(await org.attention()).toMatchObject({
    unusedTokens: [],
    counts: { unusedTokens: 0, unusedKeys: 0 },
  });

  world.clock.advance(91 * DAY);
  await org.token('too young');
  expect((await org.attention()).counts).toMatchObject({ unusedTokens: 3, unusedKeys: 2 });
  await use(busy);
  await use(busyKey);
  const found = await org.attention();
  expect(names(found.unusedTokens)).toEqual(['idle', 'once']);
  expect(found.unusedTokens[0]).toEqual({
    id: tokens[0].id,
    name: 'idle',
    serviceAccountId: org.account,
    serviceAccountName: 'deploy',
    created: expect.stringMatching(/Z$/),
    lastUsedAt: null,
  });
  expect(found.unusedTokens[1].lastUsedAt).toMatch(/Z$/);
  expect(found.unusedKeys).toMatchObject([{ name: 'idle key', role: 'Editor', lastUsedAt: null }]);
  expect(found.counts).toMatchObject({ unusedTokens: 2, unusedKeys: 1 });

  await writeCredentialUses(world.context);
  expect(await org.attention()).toEqual(found);
  expect(names((await org.attention('?unusedFor=95d')).unusedTokens)).toEqual(['idle']);
});

test('of each only the most urgent twenty are listed, and all are counted', async () => {
  const org = await newOrg();
  for (let at = 25; at > 0; at--) {
    const { id } = await org.does('POST', '/api/serviceaccounts', {
      name: `off ${String(at).padStart(2, '0')}`,
      isDisabled: true,
    });
    await org.token(`token ${at}`, at, id);
    await org.token(`idle ${at}`, undefined, id);
  }
  const found = await org.attention();
  expect(found.disabledServiceAccounts).toHaveLength(20);
  expect(found.disabledServiceAccounts[0]).toEqual({
    id: expect.any(Number),
    name: 'off 01',
    role: 'Viewer',
    tokens: 2,
  });
  expect(names(found.expiringTokens).slice(0, 2)).toEqual(['token 1', 'token 2']);
  expect(found.expiringTokens).toHaveLength(20);
  world.clock.advance(91 * DAY);
  const later = await org.attention();
  expect(names(later.unusedTokens)).toHaveLength(20);
  expect(names(later.unusedTokens)[0]).toBe('idle 25');
  expect(found.counts).toMatchObject({ expiringTokens: 25, disabledServiceAccounts: 25 });
  expect(later.counts).toMatchObject({ unusedTokens: 25 });
  expect(later.totals).toEqual({ serviceAccounts: 26, tokens: 50, apiKeys: 0 });
});

test('nothing of another organization is counted, nor shown to who may not read service accounts', async () => {
  const [one, other] = [await newOrg(), await newOrg()];
  await one.token('of the one', 5);
  expect(await other.attention()).toMatchObject({
    expiringTokens: [],
    totals: { serviceAccounts: 1, tokens: 0, apiKeys: 0 },
  });
  const editor = await makeMember(world, one.orgId, 'looking-editor', 'Editor');
  const { status, body } = await world.send(editor.as, 'GET', '/api/org/attention');
  expect(status).toBe(403);
  expect(body.message).toContain('serviceaccounts:read on serviceaccounts:*');
});

test('who may read service accounts and no keys is told nothing of keys', async () => {
  const org = await newOrg();
  await org.key('a key', 5);
  const { as, id } = await makeMember(world, org.orgId, 'reader', 'Viewer');
  const role = {
    name: 'reads accounts',
    permissions: [{ action: 'serviceaccounts:read', scope: 'serviceaccounts:*' }],
  };
  const { uid } = await org.does('POST', '/api/access-control/roles', role);
  await org.does('POST', `/api/access-control/users/${id}/roles`, { roleUid: uid });
  const asReader: As = as;
  const { status, body } = await world.send(asReader, 'GET', '/api/org/attention');
  expect(status).toBe(200);
  expect(body.totals).toEqual({ serviceAccounts: 1, tokens: 0 });
  expect(JSON.stringify(body)).not.toMatch(/keys/i);
});

test.each(['expiringWithin', 'unusedFor'])(
  'a wrong duration in %s is answered with the units',
  async (name) => {
    for (const wrong of ['30', '2y', '0d', '1.5h', '', 'x'.repeat(200)]) {
      const { status, body } = await world.send(ADMIN, 'GET', `/api/org/attention?${name}=${wrong}`);
      expect(status).toBe(400);
      expect(body.detail).toContain(`${name} in the query`);
      expect(body.detail).toContain('M (months of 30 days)');
    }
  },
);
