import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';

// Clients read a list page by page until one is empty: a list that knows no pages would keep them for ever.

const MOST_PAGES = 100;
const LISTS_THAT_CLIENTS_PAGE = [
  '/api/folders',
  '/api/orgs',
  '/api/search',
  '/api/serviceaccounts/search',
  '/api/teams/search',
  '/api/users',
];

let world: World;
beforeAll(async () => {
  world = await startWorld();
  for (const n of [1, 2, 3, 4, 5]) {
    await add('/api/serviceaccounts', { name: `account ${n}` });
    await add('/api/auth/keys', { name: `key ${n}`, role: 'Viewer' });
    await add('/api/teams', { name: `team ${n}` });
    await add('/api/orgs', { name: `org ${n}` });
    const { id: userId } = await add('/api/admin/users', {
      login: `user${n}`,
      password: 'a long password',
      OrgId: 1,
    });
    await add('/api/folders', { title: `folder ${n}`, uid: `folder-${n}` });
    await add('/api/datasources', { name: `source ${n}`, type: 'prometheus', access: 'proxy' });
    // The element and the role have a dashboard's uid, since that is what the paths below are filled with.
    const panels = [{ libraryPanel: { uid: 'dashboard-1' } }];
    await add('/api/dashboards/db', {
      dashboard: { title: `dashboard ${n}`, uid: `dashboard-${n}`, panels },
    });
    await add('/api/library-elements', { name: `element ${n}`, uid: `dashboard-${n}`, kind: 1, model: {} });
    await add(`/api/dashboards/uid/dashboard-${n}/public-dashboards`, {});
    await add('/api/annotations', { text: `annotation ${n}` });
    await add('/api/playlists', { name: `playlist ${n}`, interval: '5m' });
    await add('/api/teams/1/members', { userId });
    await add('/api/access-control/roles', { name: `custom:${n}`, uid: `dashboard-${n}` });
    await add(`/api/access-control/users/${userId}/roles`, { roleUid: 'dashboard-1' });
    await add('/api/serviceaccounts/2/tokens', { name: `token ${n}` });
  }
});
afterAll(() => world.stop());

async function add(path: string, body: unknown): Promise<{ id: number }> {
  const { status, body: answer } = await world.send(ADMIN, 'POST', path, body);
  expect([200, 201], `${path}: ${JSON.stringify(answer)}`).toContain(status);
  return answer;
}

const SIZES = ['perpage', 'perPage', 'limit'] as const;

interface List {
  path: string;
  size: (typeof SIZES)[number];
}

function lists(): List[] {
  return world.routes.flatMap(({ method, url, schema }) => {
    const query = (schema.querystring as { properties?: object } | undefined)?.properties ?? {};
    if (method !== 'GET' || !('page' in query)) return [];
    const path = url.replace(':uid', 'dashboard-1').replaceAll(/:\w+/g, '1');
    return [{ path, size: SIZES.find((size) => size in query) ?? 'limit' }];
  });
}

async function read(path: string): Promise<string[]> {
  const { status, body } = await world.send(ADMIN, 'GET', path);
  expect(status, path).toBe(200);
  const whole = body.result ?? body;
  const rows = [whole, ...Object.values(whole)].find((part) => Array.isArray(part)) as Row[];
  expect(rows, `${path} holds a list`).toBeInstanceOf(Array);
  return rows.map((row) => String(row.uid ?? row.id ?? row.userId ?? row.name));
}

type Row = Record<'uid' | 'id' | 'userId' | 'name', unknown>;

test('the lists that clients page are among those that know pages', () => {
  expect(lists().map(({ path }) => path)).toEqual(expect.arrayContaining(LISTS_THAT_CLIENTS_PAGE));
});

test('every list that knows pages ends with an empty one, and its pages hold everything once', async () => {
  for (const { path, size } of lists()) {
    const all = await read(path);
    expect(all.length, path).toBeGreaterThan(0);
    const paged: string[] = [];
    let page = path === '/api/orgs' ? 0 : 1;
    for (;;) {
      const rows = await read(`${path}?${size}=2&page=${page}`);
      expect(rows.length, `${path} page ${page}`).toBeLessThanOrEqual(2);
      if (rows.length === 0) break;
      paged.push(...rows);
      page += 1;
      expect(page, `${path} never ends`).toBeLessThan(MOST_PAGES);
    }
    // Grafana: a search puts the folders of a page first, so only what is on the pages together is the same.
    expect(paged.toSorted(), path).toEqual(all.toSorted());
  }
});

test('a page far beyond the end is empty', async () => {
  for (const { path } of lists()) expect(await read(`${path}?page=100000`), path).toEqual([]);
});

test('what is added while a client reads does not end its reading early', async () => {
  const seen = new Set(await read('/api/teams/search?perpage=2&page=1'));
  await add('/api/teams', { name: 'team 0' });
  for (let page = 2; page < MOST_PAGES; page += 1) {
    const rows = await read(`/api/teams/search?perpage=2&page=${page}`);
    if (rows.length === 0) break;
    for (const row of rows) seen.add(row);
  }
  const all = await read('/api/teams/search');
  // The new one may have come before what was read already; nothing else may be missing.
  expect(all.filter((uid) => !seen.has(uid)).length).toBeLessThanOrEqual(1);
});
