import { afterEach, expect, test } from 'vitest';
import type { Overrides } from '../../config/settings.ts';
import { makeMember } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';
import { writeNoted } from './noted.ts';

const PLANTED = 'planted-where-nobody-looks';
const DAY = 86_400_000;

let world: World;
afterEach(() => world.stop());

async function start(audit: NonNullable<Overrides['audit']>): Promise<void> {
  world = await startWorld({ audit, usage: { flush_interval: '1s' } });
}

interface Entry {
  actor: { kind: string; name: string; id: number };
  credential: { kind: string; id: number };
  address: string;
  requestId: string;
  action: string;
  object: { name: string };
  change: Record<string, unknown>;
}

async function entries(query: string, path = '/api/audit'): Promise<Entry[]> {
  return (await world.send(ADMIN, 'GET', `${path}${query}`)).body.entries;
}

const refusedOf = (query = '', path?: string) => entries(`?action=requests:refuse${query}`, path);

test('a request that is refused for want of a right is recorded with who asked what, alike ones once with how many', async () => {
  await start({ refused: 'all' });
  const viewer = await makeMember(world, 1, 'vera', 'Viewer');
  for (let count = 0; count < 3; count++) {
    expect((await world.send(viewer.as, 'POST', '/api/serviceaccounts', { name: PLANTED })).status).toBe(403);
  }
  const { headers, status } = await world.send(viewer.as, 'GET', '/api/auth/keys');
  expect([status, headers.get('content-type')]).toEqual([403, expect.stringContaining('json')]);
  await expect.poll(() => refusedOf(), { timeout: 10_000 }).toHaveLength(2);
  const found = await refusedOf('&query=serviceaccounts');
  expect(found.reduce((sum, { change }) => sum + Number(change['requests']), 0)).toBe(3);
  expect(found[0]).toMatchObject({
    actor: { kind: 'user', name: 'vera', id: viewer.id },
    credential: { kind: 'password', id: 0 },
    address: '127.0.0.1',
    requestId: expect.stringMatching(/.+-.+/),
    object: { kind: 'request', name: 'POST /api/serviceaccounts' },
    change: { status: 403, reason: expect.any(String) },
  });
});

test('a refused credential is recorded by its id, where it is known, and never by what was sent', async () => {
  await start({ refused: 'all' });
  const { key, id } = (await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'gone', role: 'Viewer' }))
    .body;
  expect((await world.send(ADMIN, 'POST', `/api/auth/keys/${id}/revoke`)).status).toBeLessThan(300);
  const wrong: As[] = [
    { bearer: key },
    { bearer: PLANTED },
    { basic: `${PLANTED}:${PLANTED}` },
    { basic: `admin:${PLANTED}` },
  ];
  for (const as of wrong) expect((await world.send(as, 'GET', '/api/org')).status).toBe(401);
  expect((await world.send(wrong[1], 'GET', `/api/${PLANTED}`)).status).toBe(401);
  await expect.poll(() => refusedOf('', '/api/admin/audit'), { timeout: 10_000 }).not.toHaveLength(0);
  const { lines } = await refusedEverywhere();
  expect(lines).not.toContain(PLANTED);
  expect(lines).not.toContain(key.slice(-20));
  const [revoked] = await refusedOf(`&credential=api-key:${id}`);
  expect(revoked).toMatchObject({
    actor: { kind: 'nobody', name: 'unknown', id: 0 },
    object: { name: 'GET /api/org' },
    change: { status: 401, reason: 'revoked', requests: 1 },
  });
  const { found } = await refusedEverywhere();
  const ofAdmin = found.find(
    ({ change }) => change['reason'] === 'wrong password' && change['claimed'] !== undefined,
  );
  expect(ofAdmin?.change['claimed']).toMatch(/^user:\d+$/);
  expect(found.map(({ object }) => object.name)).toContain('a path that leads nowhere');
});

async function refusedEverywhere(): Promise<{ found: Entry[]; lines: string }> {
  const found = [...(await refusedOf()), ...(await refusedOf('', '/api/admin/audit'))];
  return { found, lines: JSON.stringify(found) };
}

test('reads of what is secret are recorded with who read, and other reads and refused ones are not', async () => {
  await start({});
  const viewer = await makeMember(world, 1, 'vera', 'Viewer');
  for (const path of [
    '/api/admin/settings',
    '/api/audit/export',
    '/api/dashboards/public-dashboards',
    '/api/org',
  ])
    expect((await world.send(ADMIN, 'GET', path)).status).toBe(200);
  expect((await world.send(viewer.as, 'GET', '/api/audit/export')).status).toBe(403);
  const reads = () => entries('?kind=request');
  await expect.poll(reads, { timeout: 10_000 }).toHaveLength(3);
  const found = await reads();
  expect(found.map(({ object }) => object.name).toSorted()).toEqual([
    'GET /api/admin/settings',
    'GET /api/audit/export',
    'GET /api/dashboards/public-dashboards',
  ]);
  for (const entry of found) {
    expect(entry).toMatchObject({
      action: 'secrets:read',
      actor: { name: 'admin' },
      change: { requests: 1 },
    });
  }
});

test('who proves nothing keeps neither reads of secrets nor what others were refused out of the record', async () => {
  world = await startWorld({
    audit: { refused: 'all' },
    usage: { flush_interval: '1h' },
    server: { trusted_proxies: '127.0.0.1' },
  });
  const viewer = await makeMember(world, 1, 'vera', 'Viewer');
  const from = (address: string) =>
    world.send(undefined, 'GET', '/api/user', undefined, { 'x-forwarded-for': address });
  for (let count = 0; count < 20; count++) await from(`2001:db8:1::${count + 1}`);
  for (let block = 0; block < 1100; block += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => from(`2001:db8:2:${(block + n).toString(16)}::1`)),
    );
  }
  expect((await world.send(ADMIN, 'GET', '/api/admin/settings')).status).toBe(200);
  expect((await world.send(viewer.as, 'GET', '/api/auth/keys')).status).toBe(403);
  await writeNoted(world.context);
  expect(await entries('?action=secrets:read')).toHaveLength(1);
  expect(await refusedOf()).toMatchObject([{ actor: { name: 'vera' } }]);
  const nobodys = await refusedOf('&query=2001:db8:1:', '/api/admin/audit');
  expect(nobodys.map(({ change }) => change['requests'])).toEqual([20]);
  const [others] = await refusedOf('&query=others', '/api/admin/audit');
  expect(others?.change).toMatchObject({ requests: 101 });
});

test('no read of a secret is left out, however many different ones there are at once', async () => {
  world = await startWorld({ usage: { flush_interval: '1h' }, server: { trusted_proxies: '127.0.0.1' } });
  const { key } = (await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'reader', role: 'Admin' })).body;
  for (let block = 0; block < 1050; block += 50) {
    const read = async (n: number) => {
      const address = `10.0.${Math.floor((block + n) / 250)}.${(block + n) % 250}`;
      const as = { bearer: key };
      const { status } = await world.send(as, 'GET', '/api/dashboards/public-dashboards', undefined, {
        'x-forwarded-for': address,
      });
      expect(status).toBe(200);
    };
    await Promise.all(Array.from({ length: 50 }, (_, n) => read(n)));
  }
  await writeNoted(world.context);
  const { db } = world.context;
  const written = () => db.selectFrom('audit').select('id').where('action', '=', 'secrets:read').execute();
  await expect.poll(written, { timeout: 10_000 }).toHaveLength(1050);
});

test('what is switched off is not recorded, and of a share about so many are', async () => {
  await start({ refused: '0.5', secret_reads: 'off' });
  for (let count = 0; count < 200; count++) await world.send(undefined, 'GET', '/api/org');
  await world.send(ADMIN, 'GET', '/api/admin/settings');
  const told = async (): Promise<number> => {
    const found = await refusedOf('', '/api/admin/audit');
    return found.reduce((sum, { change }) => sum + Number(change['requests']), 0);
  };
  await expect.poll(told, { timeout: 10_000 }).toBeGreaterThan(50);
  expect(await told()).toBeLessThan(150);
  const [entry] = await refusedOf('', '/api/admin/audit');
  expect(entry?.change).toMatchObject({ share: 0.5, reason: 'none sent' });
  expect(await entries('?action=secrets:read')).toEqual([]);
});

test('what is older than it is kept goes, newer ones stay, and one entry says how many and up to when', async () => {
  await start({ keep_for: '30d' });
  const { db } = world.context;
  const row = await db.selectFrom('audit').selectAll().executeTakeFirst();
  const { id: _, ...old } = row ?? (await anEntry());
  const at = world.clock.now() - 31 * DAY;
  for (let part = 0; part < 5; part++) {
    await db
      .insertInto('audit')
      .values(Array.from({ length: 500 }, () => ({ ...old, at })))
      .execute();
  }
  await world.send(ADMIN, 'POST', '/api/teams', { name: 'newer' });
  world.clock.advance(DAY);
  const removals = () => entries('?action=audit:delete', '/api/admin/audit');
  await expect.poll(removals, { timeout: 15_000 }).toHaveLength(1);
  await expect.poll(async () => (await removals())[0]?.change['entries'], { timeout: 15_000 }).toBe(2500);
  const [removal] = await removals();
  expect(removal).toMatchObject({
    actor: { kind: 'server', name: 'Latchkey' },
    object: { name: 'record of changes' },
  });
  const before = Date.parse(String(removal?.change['before']));
  const left = await db.selectFrom('audit').select('at').where('at', '<', before).execute();
  expect(left).toEqual([]);
  expect((await entries('?action=teams:create'))[0]?.object.name).toBe('newer');
});

async function anEntry() {
  await world.send(ADMIN, 'POST', '/api/teams', { name: 'old' });
  return world.context.db.selectFrom('audit').selectAll().executeTakeFirstOrThrow();
}

test('with 0s nothing is ever removed', async () => {
  await start({ keep_for: '0s' });
  await world.send(ADMIN, 'POST', '/api/teams', { name: 'for ever' });
  world.clock.advance(200 * 365 * DAY);
  await world.send(ADMIN, 'GET', '/api/admin/settings');
  // What is removed would be so before what was read is written.
  await expect.poll(() => entries('?action=secrets:read'), { timeout: 10_000 }).toHaveLength(1);
  expect((await entries('?action=teams:create'))[0]?.object.name).toBe('for ever');
});
