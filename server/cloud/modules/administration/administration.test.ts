import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudWorld, startCloudWorld } from '../../../testing/cloud.ts';
import { ADMIN, type As, startWorld } from '../../../testing/world.ts';

const DAY = 86_400_000;
const PATH = '/api/admin/cloud/stacks';

let world: CloudWorld;
beforeAll(async () => {
  world = await startCloudWorld();
});
afterAll(() => world.stop());

async function send(method: string, path: string, body?: unknown, as: As = ADMIN) {
  const answer = await world.send(as, method, path, body);
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBe(200);
  return answer.body;
}

const make = (slug: string, more: object = {}) =>
  send('POST', PATH, { org: 'acme', name: slug, slug, region: 'eu', ...more });
const slugs = async (query: string): Promise<string[]> =>
  (await send('GET', `${PATH}?${query}`)).stacks.map(({ slug }: { slug: string }) => slug);

test('an administrator of the server makes a stack that the cloud side has too, under their name', async () => {
  const made = await make('shared', {
    description: 'of both',
    labels: { team: 'a' },
    deleteProtection: true,
  });
  expect(made).toMatchObject({
    slug: 'shared',
    status: 'active',
    orgSlug: 'acme',
    orgName: 'Acme',
    regionSlug: 'eu',
    createdBy: 'admin',
    labels: { team: 'a' },
    deleteProtection: true,
    deletedAt: null,
  });
  const seen = await world.ask(world.admin, 'GET', '/api/instances/shared');
  expect(seen.body).toMatchObject({ id: made.id, url: made.url, createdBy: 'admin', description: 'of both' });
  expect((await world.sendTo(made.url, undefined, 'GET', '/api/health')).status).toBe(200);
  expect(await send('GET', `${PATH}/${made.id}`)).toMatchObject({ slug: 'shared' });
});

test('what they change, suspend, resume, delete and restore is so for everybody at once', async () => {
  const { id, url } = await make('changing', { deleteProtection: true });
  const statusOf = async () => (await world.ask(world.admin, 'GET', `/api/instances/${id}`)).body.status;
  const changed = await send('PATCH', `${PATH}/${id}`, {
    name: 'Changed',
    description: '',
    labels: { a: 'b' },
  });
  expect(changed).toMatchObject({
    name: 'Changed',
    slug: 'changing',
    labels: { a: 'b' },
    updatedBy: 'admin',
  });

  expect(await send('POST', `${PATH}/${id}/suspend`)).toMatchObject({ status: 'paused', isOpen: false });
  expect(await statusOf()).toBe('paused');
  expect((await world.sendTo(url, undefined, 'GET', '/api/health')).status).toBe(403);
  expect(await send('POST', `${PATH}/${id}/resume`)).toMatchObject({ status: 'active', suspendedAt: null });
  expect((await world.sendTo(url, undefined, 'GET', '/api/health')).status).toBe(200);

  expect((await world.send(ADMIN, 'DELETE', `${PATH}/${id}`)).status).toBe(409);
  await send('PATCH', `${PATH}/${id}`, { deleteProtection: false });
  const deleted = await send('DELETE', `${PATH}/${id}`);
  expect(deleted.status).toBe('deleted');
  expect(Date.parse(deleted.removedAt) - Date.parse(deleted.deletedAt)).toBe(30 * DAY);
  expect(await statusOf()).toBeUndefined();
  expect(await slugs('query=changing')).toEqual([]);
  expect(await slugs('query=changing&deleted=true')).toEqual(['changing']);
  expect((await world.send(ADMIN, 'POST', `${PATH}/${id}/suspend`)).status).toBe(404);
  expect(await send('POST', `${PATH}/${id}/restore`)).toMatchObject({ status: 'active', deletedAt: null });
  expect(await statusOf()).toBe('active');
});

test('the list has the stacks of all organizations, by page, and is searched by name and slug', async () => {
  const { as } = await world.otherOrg('Elsewhere');
  await world.ask(as, 'POST', '/api/instances', { name: 'Blue Whale', slug: 'listed_far' });
  for (const slug of ['listed1', 'listed2', 'listed3']) await make(slug);
  expect(await slugs('query=LISTED')).toEqual(['listed1', 'listed2', 'listed3', 'listed_far']);
  expect(await slugs('query=blue')).toEqual(['listed_far']);
  expect(await slugs('query=_')).toEqual(['listed_far']);
  expect(await slugs('query=listed&perpage=3&page=2')).toEqual(['listed_far']);
  expect(await slugs('query=listed&perpage=3&page=3')).toEqual([]);
  const { orgs } = await send('GET', '/api/admin/cloud/orgs');
  expect(orgs).toMatchObject([{ slug: 'acme' }, { slug: 'elsewhere', name: 'Elsewhere', stacks: 1 }]);
  expect(await slugs('query=elsewhere')).toEqual(['listed_far']);
  expect((await send('GET', `${PATH}?query=listed&perpage=2`)).totalCount).toBe(4);
  const { regions } = await send('GET', '/api/admin/cloud/regions');
  expect(regions.map(({ slug }: { slug: string }) => slug)).toEqual(['us', 'eu', 'prod-us-east-0']);
});

test('how a stack is used is told without opening it, and is added up over restarts of counting', async () => {
  const { id, url } = await make('used');
  const seen = () => send('GET', `${PATH}/${id}`);
  const { type } = world.context.config.database;
  expect(await seen()).toMatchObject({ lastUsedAt: null, requestsLastWeek: 0, isOpen: true });
  const { bytes } = await seen();
  expect(bytes === null).toBe(type === 'postgres');
  expect(bytes ?? 10_000).toBeGreaterThanOrEqual(10_000);

  const request = () => world.sendTo(url, undefined, 'GET', '/api/health');
  for (let count = 0; count < 3; count++) await request();
  const before = world.clock.now();
  await world.cloud.tidy();
  await request();
  world.clock.advance(11 * 60_000);
  await world.cloud.tidy();
  const told = await seen();
  expect(told).toMatchObject({ requestsLastWeek: 4, isOpen: false });
  expect(Math.abs(Date.parse(told.lastUsedAt) - before)).toBeLessThan(60_000);
  await world.ask(world.admin, 'GET', `/api/instances/${id}`);
  await send('GET', PATH);
  expect((await seen()).isOpen).toBe(false);

  world.clock.advance(5 * DAY);
  await request();
  await world.cloud.tidy();
  expect((await seen()).requestsLastWeek).toBe(5);
  world.clock.advance(3 * DAY);
  await world.cloud.tidy();
  expect((await seen()).requestsLastWeek).toBe(1);
  // What is older is forgotten, but for the last time.
  world.clock.advance(100 * DAY);
  const other = await make('used2');
  await world.sendTo(other.url, undefined, 'GET', '/api/health');
  await world.cloud.tidy();
  expect(await seen()).toMatchObject({ requestsLastWeek: 0, lastUsedAt: expect.any(String) });
});

test('uses that could not be written are written the next time', async () => {
  const { id, url } = await make('counted');
  const { uses } = world.cloud.stacks;
  await world.sendTo(url, undefined, 'GET', '/api/health');
  // What the database does not take.
  uses.set(id + 1000, { requests: Number.NaN, lastUsedAt: world.clock.now() });
  await world.cloud.tidy();
  expect((await send('GET', `${PATH}/${id}`)).requestsLastWeek).toBe(0);
  uses.delete(id + 1000);
  await world.sendTo(url, undefined, 'GET', '/api/health');
  await world.cloud.tidy();
  expect((await send('GET', `${PATH}/${id}`)).requestsLastWeek).toBe(2);
});

test('what is taken or not allowed is refused in the words of the cloud side', async () => {
  await make('refused');
  const refused = async (body: object) =>
    (await world.send(ADMIN, 'POST', PATH, { org: 'acme', ...body })).body;
  expect(await refused({ name: 'x', slug: 'refused' })).toMatchObject({
    statusCode: 409,
    message: 'That url is not available',
  });
  expect(await refused({ name: 'x', slug: 'x1', region: 'moon' })).toMatchObject({
    statusCode: 409,
    detail: 'There are us, eu, prod-us-east-0.',
  });
  expect(await refused({ name: 'x', slug: '1' })).toMatchObject({ message: 'Invalid slug 1 specified' });
});

test('where there is no cloud side there are no such routes, nor are there any in a stack', async () => {
  const { url } = await make('plain');
  const token = await world.ask(world.admin, 'POST', '/api/instances/plain/api/auth/keys', {
    name: 'k',
    role: 'Admin',
  });
  const inStack = await world.sendTo(url, { bearer: token.body.key }, 'GET', PATH);
  expect(inStack.status).toBe(404);
  const other = await startWorld();
  try {
    expect((await other.send(ADMIN, 'GET', PATH)).status).toBe(404);
    expect(other.routes.filter((route) => route.url.includes('/admin/cloud'))).toEqual([]);
  } finally {
    await other.stop();
  }
});
