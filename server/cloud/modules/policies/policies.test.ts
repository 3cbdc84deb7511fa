import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { As } from '../../../testing/world.ts';
import { type CloudWorld, startCloudWorld } from '../../../testing/cloud.ts';

const HOUR = 3_600_000;

let world: CloudWorld;
let here: number;
let there: number;
beforeAll(async () => {
  // The policies say from which addresses; a proxy tells them.
  world = await startCloudWorld({ server: { trusted_proxies: '127.0.0.1' } });
  [here, there] = [await makeStack('here'), await makeStack('there')];
});
afterAll(() => world.stop());

async function makeStack(slug: string): Promise<number> {
  const { body } = await world.ask(world.admin, 'POST', '/api/instances', { name: slug, slug, region: 'eu' });
  return body.id;
}

const ORG = [{ type: 'org', identifier: 'acme' }];
const stackRealm = (id: number) => [{ type: 'stack', identifier: String(id) }];

let made = 0;
async function makePolicy(scopes: string[], realms: object[] = ORG, more: object = {}, as = world.admin) {
  const body = { name: `policy-${++made}`, scopes, realms, ...more };
  return world.ask(as, 'POST', '/api/v1/accesspolicies?region=eu', body);
}

async function tokenFor(
  scopes: string[],
  realms: object[] = ORG,
  more: object = {},
  life: object = {},
): Promise<As> {
  const policy = await makePolicy(scopes, realms, more);
  expect(policy.status, JSON.stringify(policy.body)).toBe(200);
  const sent = { accessPolicyId: policy.body.id, name: 'token', ...life };
  const { status, body } = await world.ask(world.admin, 'POST', '/api/v1/tokens?region=eu', sent);
  expect(status, JSON.stringify(body)).toBe(200);
  return { bearer: body.token as string };
}

const statusFor = async (
  as: As,
  method: string,
  path: string,
  body?: object,
  headers?: Record<string, string>,
) => (await world.ask(as, method, path, body, headers)).status;

test('a policy comes back as it was sent, and changes by POST and by PUT', async () => {
  const realms = [{ type: 'stack', identifier: String(here), labelPolicies: [{ selector: '{env="prod"}' }] }];
  const { body } = await makePolicy(['metrics:write', 'stacks:read'], realms, {
    conditions: { allowedSubnets: ['10.0.0.0/8'] },
  });
  expect(body).toMatchObject({
    name: `policy-${made}`,
    displayName: `policy-${made}`,
    scopes: ['metrics:write', 'stacks:read'],
    realms,
    conditions: { allowedSubnets: ['10.0.0.0/8'] },
    orgId: expect.stringMatching(/^\d+$/),
    createdAt: expect.stringMatching(/Z$/),
  });
  const path = `/api/v1/accesspolicies/${body.id}?region=eu`;
  expect((await world.ask(world.admin, 'GET', path)).body).toEqual(body);
  expect((await world.ask(world.admin, 'GET', '/api/v1/accesspolicies?region=eu')).body.items).toContainEqual(
    body,
  );
  // Clients that know no conditions send none of them, or empty ones.
  const changed = await world.ask(world.admin, 'POST', path, { displayName: 'Shown', conditions: {} });
  expect(changed.body).toMatchObject({ displayName: 'Shown', scopes: body.scopes, realms });
  expect(changed.body).not.toHaveProperty('conditions');
  const put = await world.ask(world.admin, 'PUT', path, {
    displayName: 'Put',
    scopes: ['stacks:read'],
    realms: ORG,
  });
  expect(put.body).toMatchObject({ displayName: 'Put', scopes: ['stacks:read'] });
  expect(await statusFor(world.admin, 'GET', `/api/v1/accesspolicies/${body.id}?region=us`)).toBe(404);
  expect(await statusFor(world.admin, 'DELETE', path)).toBe(200);
  expect(await statusFor(world.admin, 'GET', path)).toBe(404);
});

test('a token is told once, renamed, and refused as soon as it or its policy is deleted', async () => {
  const { body: policy } = await makePolicy(['stacks:read']);
  const issue = async (name: string) => {
    const sent = { accessPolicyId: policy.id, name, displayName: '' };
    return (await world.ask(world.admin, 'POST', '/api/v1/tokens?region=eu', sent)).body;
  };
  const { token, ...told } = await issue('first');
  expect(token).toMatch(/^glc_[A-Za-z0-9+/]{32,400}={0,3}$/);
  const path = `/api/v1/tokens/${told.id}?region=eu`;
  expect((await world.ask(world.admin, 'GET', path)).body).toEqual(told);
  expect(told).toMatchObject({
    accessPolicyId: policy.id,
    name: 'first',
    displayName: 'first',
    expiresAt: null,
  });
  const renamed = await world.ask(world.admin, 'POST', path, { displayName: 'Shown' });
  expect(renamed.body).toMatchObject({ name: 'first', displayName: 'Shown' });
  const list = await world.ask(world.admin, 'GET', `/api/v1/tokens?region=eu&accessPolicyId=${policy.id}`);
  expect(list.body.items).toEqual([renamed.body]);

  expect(await statusFor({ bearer: token }, 'GET', '/api/instances')).toBe(200);
  await world.ask(world.admin, 'DELETE', path);
  expect(await statusFor({ bearer: token }, 'GET', '/api/instances')).toBe(401);
  const second = await issue('second');
  await world.ask(world.admin, 'DELETE', `/api/v1/accesspolicies/${policy.id}?region=eu`);
  expect(await statusFor({ bearer: second.token }, 'GET', '/api/instances')).toBe(401);
});

test('a token has the scopes of its policy and no others, and a change of the policy counts at once', async () => {
  const { body: policy } = await makePolicy(['stacks:read']);
  const sent = { accessPolicyId: policy.id, name: 'scoped' };
  const { body } = await world.ask(world.admin, 'POST', '/api/v1/tokens?region=eu', sent);
  const as = { bearer: body.token };
  const account = { name: 'by-scope', role: 'Viewer' };
  expect(await statusFor(as, 'GET', '/api/instances/here')).toBe(200);
  expect(await statusFor(as, 'POST', '/api/instances/here', { description: 'x' })).toBe(403);
  expect(await statusFor(as, 'POST', '/api/instances/here/api/serviceaccounts', account)).toBe(403);
  expect(await statusFor(as, 'GET', '/api/orgs/acme')).toBe(403);
  expect(await statusFor(as, 'GET', '/api/v1/accesspolicies?region=eu')).toBe(403);
  const scopes = ['stacks:read', 'stack-service-accounts:write'];
  await world.ask(world.admin, 'POST', `/api/v1/accesspolicies/${policy.id}?region=eu`, { scopes });
  expect(await statusFor(as, 'POST', '/api/instances/here/api/serviceaccounts', account)).toBe(201);
});

test('a token for one stack reaches that one alone, and nothing of the organization', async () => {
  const all = [
    'stacks:read',
    'stacks:write',
    'stacks:delete',
    'stack-service-accounts:write',
    'orgs:read',
    'accesspolicies:read',
  ];
  const as = await tokenFor(all, stackRealm(here));
  expect((await world.ask(as, 'GET', '/api/instances')).body.items).toMatchObject([{ slug: 'here' }]);
  expect(await statusFor(as, 'GET', '/api/instances/here/api/serviceaccounts')).toBe(200);
  for (const path of [
    '/api/instances/there',
    `/api/instances/${there}`,
    '/api/v1/stacks/there',
    '/api/instances/there/plugins',
  ]) {
    expect([404, 403], path).toContain(await statusFor(as, 'GET', path));
  }
  expect(await statusFor(as, 'GET', '/api/instances/there/api/serviceaccounts')).toBe(404);
  expect(await statusFor(as, 'POST', '/api/instances/there', { name: 'x' })).toBe(404);
  expect(await statusFor(as, 'DELETE', '/api/instances/there')).toBe(404);
  expect(await statusFor(as, 'POST', '/api/instances', { name: 'new', slug: 'new' })).toBe(403);
  expect(await statusFor(as, 'GET', '/api/orgs/acme/members')).toBe(403);
  expect(await statusFor(as, 'GET', '/api/v1/accesspolicies?region=eu')).toBe(403);
});

test('a policy for a stack is not for another one that gets its slug', async () => {
  const id = await makeStack('reborn');
  const realms = [{ type: 'stack', identifier: 'reborn' }];
  const { body: policy } = await makePolicy(['stacks:read'], realms);
  const sent = { accessPolicyId: policy.id, name: 'token' };
  const { body: token } = await world.ask(world.admin, 'POST', '/api/v1/tokens?region=eu', sent);
  const as = { bearer: token.token as string };
  expect(await statusFor(as, 'GET', '/api/instances/reborn')).toBe(200);
  await world.ask(world.admin, 'DELETE', `/api/instances/${id}`);
  await makeStack('reborn');
  expect(await statusFor(as, 'GET', '/api/instances/reborn')).toBe(404);
  // Nor does it become so by a change, be it of something else or of nothing.
  for (const change of [{ displayName: 'Changed' }, { realms }]) {
    const path = `/api/v1/accesspolicies/${policy.id}?region=eu`;
    expect(await statusFor(world.admin, 'POST', path, change)).toBe(200);
    expect(await statusFor(as, 'GET', '/api/instances/reborn')).toBe(404);
  }
});

test('a token ends when it expires, and is told so', async () => {
  const expiresAt = new Date(world.clock.now() + HOUR).toISOString();
  const as = await tokenFor(['stacks:read'], ORG, {}, { expiresAt });
  expect(await statusFor(as, 'GET', '/api/instances')).toBe(200);
  world.clock.advance(HOUR);
  expect((await world.ask(as, 'GET', '/api/instances')).body).toMatchObject({
    statusCode: 401,
    code: 'InvalidCredentials',
    message: 'Token expired',
  });
  const { body: policy } = await makePolicy(['stacks:read']);
  for (const time of ['2001-01-01T00:00:00Z', 'tomorrow']) {
    const sent = { accessPolicyId: policy.id, name: 'late', expiresAt: time };
    expect(await statusFor(world.admin, 'POST', '/api/v1/tokens?region=eu', sent)).toBe(409);
  }
});

test('where tokens may live for so long at most, those of policies may not live longer', async () => {
  const own = await startCloudWorld({ auth: { auth_token_max_seconds_to_live: 3600 } });
  onTestFinished(() => own.stop());
  const policy = { name: 'bounded', scopes: ['stacks:read'], realms: ORG };
  const { body } = await own.ask(own.admin, 'POST', '/api/v1/accesspolicies?region=eu', policy);
  const make = (name: string, expiresAt?: string) =>
    own.ask(own.admin, 'POST', '/api/v1/tokens?region=eu', { accessPolicyId: body.id, name, expiresAt });
  const after = (milliseconds: number) => new Date(own.clock.now() + milliseconds).toISOString();
  for (const refused of [await make('for-ever'), await make('too-long', after(HOUR + 60_000))]) {
    expect(refused.status).toBe(409);
    expect(JSON.stringify(refused.body)).toContain('auth_token_max_seconds_to_live is 3600');
  }
  expect((await make('short', after(HOUR - 60_000))).status).toBe(200);
});

test.each([
  [['10.0.0.0/8'], '10.1.2.3', '11.1.2.3'],
  [['192.0.2.7/32'], '192.0.2.7', '192.0.2.8'],
  [['2001:db8::/32', '10.0.0.0/8'], '2001:db8::1', '2001:db9::1'],
  [['2001:db8::7/128'], '2001:db8::7', '2001:db8::8'],
])('a policy that allows %j lets %s in and turns %s away', async (allowedSubnets, inside, outside) => {
  const as = await tokenFor(['stacks:read'], ORG, { conditions: { allowedSubnets } });
  const from = (address: string) =>
    statusFor(as, 'GET', '/api/instances', undefined, { 'x-forwarded-for': address });
  expect(await from(inside)).toBe(200);
  expect(await from(outside)).toBe(403);
});

test('nobody hands out what they do not have: no scope, no realm, no role', async () => {
  const narrow = await tokenFor([
    'accesspolicies:read',
    'accesspolicies:write',
    'accesspolicies:delete',
    'api-keys:write',
    'stacks:read',
  ]);
  const { body: wide } = await makePolicy(['stacks:delete', 'stacks:read']);
  const { body: strong } = await world.ask(world.admin, 'POST', '/api/v1/tokens?region=eu', {
    accessPolicyId: wide.id,
    name: 'strong',
  });
  const attempts: [method: string, path: string, body?: object][] = [
    ['POST', `/api/v1/tokens/${strong.id}?region=eu`, { displayName: 'weak' }],
    ['DELETE', `/api/v1/tokens/${strong.id}?region=eu`],
    ['POST', '/api/v1/accesspolicies?region=eu', { name: 'p1', scopes: ['stacks:delete'], realms: ORG }],
    ['POST', '/api/v1/accesspolicies?region=eu', { name: 'p2', scopes: ['metrics:write'], realms: ORG }],
    ['POST', '/api/v1/tokens?region=eu', { accessPolicyId: wide.id, name: 'stolen' }],
    ['POST', `/api/v1/accesspolicies/${wide.id}?region=eu`, { displayName: 'mine' }],
    ['POST', '/api/orgs/acme/api-keys', { name: 'k', role: 'Admin' }],
  ];
  for (const [method, path, body] of attempts) {
    const answer = await world.ask(narrow, method, path, body);
    expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).toBe(403);
  }
  const same = { name: 'same', scopes: ['stacks:read'], realms: ORG };
  expect(await statusFor(narrow, 'POST', '/api/v1/accesspolicies?region=eu', same)).toBe(200);
});

test('what a policy cannot be is refused with what it could', async () => {
  const messageOf = async (body: object, region = 'eu') =>
    (await world.ask(world.admin, 'POST', `/api/v1/accesspolicies?region=${region}`, body)).body.message;
  const right = { name: 'right', scopes: ['stacks:read'], realms: ORG };
  expect(await messageOf({ ...right, name: 'a b' })).toBe('Invalid name a b specified');
  expect(await messageOf({ ...right, scopes: [] })).toBe('Field is required: scopes');
  expect(await messageOf({ ...right, scopes: ['everything'] })).toBe('Invalid scope everything specified');
  expect(await messageOf({ ...right, realms: [] })).toBe('Field is required: realms');
  expect(await messageOf({ ...right, realms: [{ type: 'org', identifier: 'other' }] })).toBe(
    'Invalid realm other specified',
  );
  expect(await messageOf({ ...right, realms: stackRealm(999_999) })).toBe('Invalid realm 999999 specified');
  expect(await messageOf(right, 'moon')).toBe('Invalid region moon specified');
  expect(await messageOf({ ...right, conditions: { allowedSubnets: ['10.0.0.1'] } })).toBe(
    'Invalid subnet 10.0.0.1 specified',
  );
  expect(await messageOf({ ...right, conditions: { allowedSubnets: ['2001:db8::1/200'] } })).toContain(
    'Invalid subnet',
  );
});

test('a policy and a token of another organization are not there', async () => {
  const { body: policy } = await makePolicy(['stacks:read']);
  const other = await world.otherOrg('Elsewhere');
  expect(await statusFor(other.as, 'GET', `/api/v1/accesspolicies/${policy.id}?region=eu`)).toBe(404);
  const sent = { accessPolicyId: policy.id, name: 'foreign' };
  expect(await statusFor(other.as, 'POST', '/api/v1/tokens?region=eu', sent)).toBe(404);
  const foreign = { name: 'p', scopes: ['stacks:read'], realms: stackRealm(here) };
  expect(await statusFor(other.as, 'POST', '/api/v1/accesspolicies?region=eu', foreign)).toBe(409);
});
