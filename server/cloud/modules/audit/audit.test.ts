import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, type As } from '../../../testing/world.ts';
import { type CloudWorld, startCloudWorld } from '../../../testing/cloud.ts';

const DAY_MS = 86_400_000;

let world: CloudWorld;
beforeAll(async () => {
  world = await startCloudWorld({ audit: { keep_for: '30d' }, cloud: { keep_deleted_for: '1d' } });
});
afterAll(() => world.stop());

interface Entry {
  action: string;
  actor: { kind: string; name: string };
  credential: { kind: string; id: number };
  object: { kind: string; id: string; name: string };
  address: string;
  requestId: string;
  change: Record<string, unknown>;
}

/** What is recorded of an organization, the earliest first. */
async function entriesOf(as: As, query = ''): Promise<Entry[]> {
  const { status, body } = await world.ask(as, 'GET', `/api/audit?perpage=100&${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return (body.entries as Entry[]).toReversed();
}

async function does(as: As, method: string, path: string, body?: unknown) {
  const answer = await world.ask(as, method, path, body);
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBe(200);
  return answer;
}

async function policyToken(as: As, org: string, name: string, scopes: string[], realms?: object[]) {
  const { body: policy } = await does(as, 'POST', '/api/v1/accesspolicies?region=eu', {
    name,
    scopes,
    realms: realms ?? [{ type: 'org', identifier: org }],
  });
  const { body: token } = await does(as, 'POST', '/api/v1/tokens?region=eu', {
    accessPolicyId: policy.id,
    name: 'token',
  });
  return { policy, token, as: { bearer: token.token as string } };
}

test('every change of the cloud side is recorded with who made it, through what, from where and by which request', async () => {
  const { slug, as } = await world.otherOrg('Recorded');
  const { headers } = await does(as, 'POST', '/api/instances', { name: 'one', slug: 'recorded' });
  await does(as, 'POST', '/api/instances/recorded', { description: 'changed' });
  await does(as, 'POST', '/api/instances/recorded/suspend');
  await does(as, 'POST', '/api/instances/recorded/suspend');
  await does(as, 'POST', '/api/instances/recorded/resume');
  await does(as, 'POST', '/api/instances/recorded/plugins', { plugin: 'clock', version: '1' });
  await does(as, 'POST', '/api/instances/recorded/plugins/clock', { version: '2' });
  await does(as, 'DELETE', '/api/instances/recorded/plugins/clock');
  const { body: deleted } = await does(as, 'DELETE', '/api/instances/recorded');
  await does(as, 'POST', `/api/instances/${deleted.id}/restore`);
  await does(as, 'POST', `/api/orgs/${slug}/members`, { username: 'ann', role: 'Editor' });
  await does(as, 'POST', `/api/orgs/${slug}/members/ann`, { role: 'Admin' });
  await does(as, 'DELETE', `/api/orgs/${slug}/members/ann`);
  await does(as, 'POST', `/api/orgs/${slug}/api-keys`, { name: 'second', role: 'Viewer' });
  await does(as, 'DELETE', `/api/orgs/${slug}/api-keys/second`);
  const { policy, token } = await policyToken(as, slug, 'policy', ['stacks:read']);
  await does(as, 'POST', `/api/v1/accesspolicies/${policy.id}?region=eu`, { scopes: ['stacks:write'] });
  await does(as, 'POST', `/api/v1/tokens/${token.id}?region=eu`, { displayName: 'renamed' });
  await does(as, 'DELETE', `/api/v1/tokens/${token.id}?region=eu`);
  await does(as, 'DELETE', `/api/v1/accesspolicies/${policy.id}?region=eu`);

  const entries = await entriesOf(as);
  expect(entries.map(({ action }) => action)).toEqual([
    'orgs:create',
    'api-keys:create',
    'stacks:create',
    'stacks:write',
    'stacks:suspend',
    'stacks:resume',
    'stack-plugins:create',
    'stack-plugins:write',
    'stack-plugins:delete',
    'stacks:delete',
    'stacks:restore',
    'orgs.members:add',
    'orgs.members:write',
    'orgs.members:remove',
    'api-keys:create',
    'api-keys:delete',
    'accesspolicies:create',
    'accesspolicies.tokens:create',
    'accesspolicies:write',
    'accesspolicies.tokens:write',
    'accesspolicies.tokens:delete',
    'accesspolicies:delete',
  ]);
  const [byCommand, , made, changed] = entries;
  expect(byCommand).toMatchObject({
    actor: { kind: 'operator', name: 'command line' },
    object: { kind: 'cloud-org', name: 'Recorded' },
  });
  expect(made).toMatchObject({
    actor: { kind: 'cloud', name: `${slug}/first` },
    credential: { kind: 'cloud-key', id: expect.any(Number) },
    address: '127.0.0.1',
    requestId: headers.get('x-request-id'),
    object: { kind: 'stack', id: String(deleted.id), name: 'one' },
    change: { slug: 'recorded', region: 'us', deleteProtection: false },
  });
  expect(changed?.change).toEqual({ description: 'changed', before: { description: '' } });
  expect(entries.find(({ action }) => action === 'accesspolicies:write')?.change).toEqual({
    scopes: ['stacks:write'],
    before: { scopes: ['stacks:read'] },
  });
  expect(JSON.stringify(entries)).not.toMatch(/glc_|[a-f0-9]{64}/);
});

test('a change that is refused or fails leaves nothing in the record', async () => {
  const { slug, as } = await world.otherOrg('Failing');
  const before = await entriesOf(as);
  const ask = async (method: string, path: string, body?: object) =>
    (await world.ask(as, method, path, body)).status;
  expect(await ask('POST', `/api/orgs/${slug}/api-keys`, { name: 'first', role: 'Admin' })).toBe(409);
  expect(await ask('POST', '/api/instances', { name: 'x', slug: 'x', region: 'nowhere' })).toBe(409);
  expect(await ask('DELETE', '/api/instances/not-there')).toBe(404);
  expect(await ask('DELETE', `/api/orgs/${slug}/members/nobody`)).toBe(404);
  expect(await entriesOf(as)).toEqual(before);
});

test('a policy token is told by its name, and an administrator of the server as on the server', async () => {
  const { slug, as } = await world.otherOrg('Tellers');
  const { as: token } = await policyToken(as, slug, 'making', ['stacks:write']);
  const { body: stack } = await does(token, 'POST', '/api/instances', { name: 'made', slug: 'tellers' });
  const path = `/api/admin/cloud/stacks/${stack.id}`;
  expect((await world.send(ADMIN, 'PATCH', path, { name: 'by a person' })).status).toBe(200);
  const [made, changed] = (await entriesOf(as)).slice(-2);
  expect(made).toMatchObject({
    actor: { kind: 'cloud', name: `${slug}/making-token` },
    credential: { kind: 'policy-token' },
  });
  expect(changed).toMatchObject({
    action: 'stacks:write',
    actor: { kind: 'user', name: 'admin' },
    credential: { kind: 'password' },
    change: { name: 'by a person', before: { name: 'made' } },
  });
  expect(await entriesOf(as, 'credential=policy-token')).toEqual([made]);
  expect(await entriesOf(as, `actor=${slug}/making-token`)).toEqual([made]);
});

test('the record of an organization is for its Admins, and for tokens with the scope for all of it', async () => {
  const { slug, as } = await world.otherOrg('Readers');
  await does(as, 'POST', '/api/instances', { name: 'one', slug: 'readers' });
  const statusFor = async (who: As) => (await world.ask(who, 'GET', '/api/audit')).status;
  for (const role of ['Viewer', 'Editor']) {
    const { body } = await does(as, 'POST', `/api/orgs/${slug}/api-keys`, { name: role, role });
    expect(await statusFor({ bearer: body.token })).toBe(403);
  }
  const { as: reads } = await policyToken(as, slug, 'reads', ['audit:read']);
  expect(await entriesOf(reads)).toEqual(await entriesOf(as));
  const ofStack = [{ type: 'stack', identifier: 'readers' }];
  const { as: ofOne } = await policyToken(as, slug, 'of-one', ['audit:read'], ofStack);
  expect(await statusFor(ofOne)).toBe(403);
  const { as: other } = await policyToken(as, slug, 'other', ['stacks:read']);
  expect(await statusFor(other)).toBe(403);
  expect(JSON.stringify(await entriesOf(world.admin))).not.toContain('readers');
});

test('the record is read in pages and, as a file, from the earliest on', async () => {
  const { slug, as } = await world.otherOrg('Paged');
  for (const username of ['ann', 'ben', 'cem']) {
    await does(as, 'POST', `/api/orgs/${slug}/members`, { username });
  }
  const { body } = await does(as, 'GET', '/api/audit?perpage=2&page=2');
  expect([body.totalCount, body.page, body.perPage]).toEqual([5, 2, 2]);
  expect(body.entries.map(({ object }: Entry) => object.name)).toEqual(['ann', 'first']);
  const { body: file } = await does(as, 'GET', '/api/audit/export?action=orgs.members:add');
  const lines = String(file).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as Entry).object.name)).toEqual(['ann', 'ben', 'cem']);
  expect((await world.ask(as, 'GET', '/api/audit?from=yesterday')).status).toBe(400);
});

test('what the server removes by age is recorded, and the record itself is kept as long as the settings say', async () => {
  const { as } = await world.otherOrg('Ageing');
  const { body: stack } = await does(as, 'POST', '/api/instances', { name: 'old', slug: 'ageing' });
  await does(as, 'DELETE', '/api/instances/ageing');
  world.clock.advance(2 * DAY_MS);
  await world.cloud.tidy();
  await world.cloud.tidy();
  const removed = await entriesOf(as, 'action=stacks:remove');
  expect(removed).toMatchObject([
    {
      actor: { kind: 'server', name: 'Latchkey' },
      credential: { kind: 'none' },
      object: { kind: 'stack', id: String(stack.id), name: 'old' },
    },
  ]);
  world.clock.advance(29 * DAY_MS);
  await world.cloud.tidy();
  expect((await entriesOf(as)).map(({ action }) => action)).toEqual(['stacks:remove']);
});
