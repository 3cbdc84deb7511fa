import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

interface Hit {
  id: number;
  uid: string;
  title: string;
  type: string;
}

let world: World;
let viewer: As;
let viewerId = 0;
let editor: As;
let stranger: As;
const ids: Record<string, number> = {};

// Titles are uids, for tests that read easily.
async function folder(uid: string, parentUid = ''): Promise<void> {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/folders', { title: uid, uid, parentUid });
  expect(status, JSON.stringify(body)).toBe(200);
  ids[uid] = body.id;
}

async function dashboard(uid: string, folderUid: string, more: object = {}): Promise<void> {
  const document = { uid, title: uid, ...more };
  const { status, body } = await world.send(ADMIN, 'POST', '/api/dashboards/db', {
    dashboard: document,
    folderUid,
  });
  expect(status, JSON.stringify(body)).toBe(200);
  ids[uid] = body.id;
}

async function allow(path: string, items: object[]): Promise<void> {
  const { status } = await world.send(ADMIN, 'POST', `/api/${path}/permissions`, { items });
  expect(status).toBe(200);
}

beforeAll(async () => {
  world = await startWorld();
  const vera = await makeMember(world, 1, 'vera', 'Viewer');
  viewer = vera.as;
  viewerId = vera.id;
  editor = (await makeMember(world, 1, 'edna', 'Editor')).as;
  stranger = (await makeMember(world, await makeOrg(world, 'elsewhere'), 'stan', 'Admin')).as;

  await folder('open');
  await folder('inner', 'open');
  await folder('shut');
  await folder('cell', 'shut');
  await dashboard('d-open', 'open', { tags: ['red', 'blue'] });
  await dashboard('d-inner', 'inner', { tags: ['red'], title: 'Déjà 100% _vu_' });
  await dashboard('d-shut', 'shut', { tags: ['red', 'secret'] });
  await dashboard('d-cell', 'cell', {});
  await dashboard('d-top', '', { tags: ['blue'] });
  await dashboard('d-own', '', {});
  await allow('folders/shut', [{ role: 'Editor', permission: 1 }]);
  await allow('dashboards/uid/d-own', []);
  // A single dashboard of a folder that is otherwise hidden.
  await allow('dashboards/uid/d-cell', [{ userId: viewerId, permission: 2 }]);
});
afterAll(() => world.stop());

async function find(as: As, query = ''): Promise<Hit[]> {
  const { status, body } = await world.send(as, 'GET', `/api/search${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

async function uids(as: As, query = ''): Promise<string[]> {
  return (await find(as, query)).map(({ uid }) => uid);
}

const ALL = ['cell', 'inner', 'open', 'shut', 'd-cell', 'd-open', 'd-own', 'd-shut', 'd-top', 'd-inner'];

test('an Admin finds everything, folders first, by title', async () => {
  expect(await uids(ADMIN)).toEqual(ALL);
});

test('a hit tells where it lies', async () => {
  expect(await find(ADMIN, '?dashboardUIDs=d-inner')).toEqual([
    {
      id: ids['d-inner'],
      uid: 'd-inner',
      title: 'Déjà 100% _vu_',
      uri: 'db/deja-100-_vu_',
      url: '/d/d-inner/deja-100-_vu_',
      slug: '',
      type: 'dash-db',
      tags: ['red'],
      isStarred: false,
      folderId: ids['inner'],
      folderUid: 'inner',
      folderTitle: 'inner',
      folderUrl: '/dashboards/f/inner/inner',
      sortMeta: 0,
    },
  ]);
  const [top] = await find(ADMIN, '?dashboardUIDs=d-top');
  expect(top).not.toHaveProperty('folderUid');
  expect(await find(ADMIN, '?query=shut&type=dash-folder')).toMatchObject([
    { url: '/dashboards/f/shut/shut' },
  ]);
});

test('everybody finds what they can read, and no more', async () => {
  const seen = {
    [JSON.stringify(viewer)]: viewer,
    [JSON.stringify(editor)]: editor,
    [JSON.stringify(ADMIN)]: ADMIN,
  };
  for (const as of Object.values(seen)) {
    const readable: string[] = [];
    for (const uid of ALL) {
      const path = uid.startsWith('d-') ? `dashboards/uid/${uid}` : `folders/${uid}`;
      if ((await world.send(as, 'GET', `/api/${path}`)).status === 200) readable.push(uid);
    }
    expect(await uids(as)).toEqual(readable);
  }
  expect(await uids(viewer)).toEqual(['inner', 'open', 'd-cell', 'd-open', 'd-top', 'd-inner']);
  expect(await uids(editor)).toEqual(ALL.filter((uid) => uid !== 'd-own'));
});

test('a permission on a folder is one on all that is in it, as soon as it is given or taken', async () => {
  await allow('folders/shut', [
    { role: 'Editor', permission: 1 },
    { userId: viewerId, permission: 1 },
  ]);
  expect(await uids(viewer, '?query=shut')).toEqual(['shut', 'd-shut']);
  expect(await uids(viewer, '?folderUIDs=shut')).toEqual(['cell', 'd-shut']);
  await allow('folders/shut', [{ role: 'Editor', permission: 1 }]);
  expect(await uids(viewer, '?query=shut')).toEqual([]);
});

test('another organization, and whoever has no role, find nothing', async () => {
  expect(await find(stranger)).toEqual([]);
  expect(await find(stranger, `?folderIds=${ids['open']}&dashboardIds=${ids['d-open']}`)).toEqual([]);
  expect(await find(stranger, '?folderUIDs=open')).toEqual([]);
  const { body: key } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', {
    name: 'none',
    role: 'None',
  });
  const path = `/api/serviceaccounts/${key.id}/tokens`;
  const { body: token } = await world.send(ADMIN, 'POST', path, { name: 'none' });
  expect(await find({ bearer: token.key })).toEqual([]);
  expect((await world.send(undefined, 'GET', '/api/search')).status).toBe(401);
});

test.each([
  ['?type=dash-folder', ['cell', 'inner', 'open', 'shut']],
  ['?type=dash-db', ['d-cell', 'd-open', 'd-own', 'd-shut', 'd-top', 'd-inner']],
  ['?type=&query=&sort=&permission=', ALL],
  ['?query=OPEN', ['open', 'd-open']],
  ['?query=D%C3%89J%C3%80', ['d-inner']],
  ['?query=100%25', ['d-inner']],
  ['?query=_vu_', ['d-inner']],
  ['?query=%25', ['d-inner']],
  ["?query='", []],
  ['?tag=red', ['d-open', 'd-shut', 'd-inner']],
  ['?tag=red&tag=blue', ['d-open']],
  ['?tag=red&tag=red', ['d-open', 'd-shut', 'd-inner']],
  ['?tag=red&tag=none', []],
  ['?tag=RED', []],
  ['?folderUIDs=open', ['inner', 'd-open']],
  ['?folderUIDs=open&folderUIDs=cell', ['inner', 'd-cell', 'd-open']],
  ['?folderUIDs=general&type=dash-db', ['d-own', 'd-top']],
  ['?folderIds=0', ['open', 'shut', 'd-own', 'd-top']],
  ['?folderUIDs=*', []],
  ['?dashboardUIDs=d-top&dashboardUIDs=d-open', ['d-open', 'd-top']],
  ['?dashboardUID=d-top', ['d-top']],
  ['?dashboardUIDs=*', []],
  ['?dashboardIds=0', []],
  [
    '?sort=alpha-asc',
    ['cell', 'd-cell', 'd-open', 'd-own', 'd-shut', 'd-top', 'd-inner', 'inner', 'open', 'shut'],
  ],
  ['?sort=alpha-desc&type=dash-folder', ['shut', 'open', 'inner', 'cell']],
  ['?starred=false&type=dash-folder', ['cell', 'inner', 'open', 'shut']],
  ['?starred=true', []],
  ['?permission=Edit', ALL],
  ['?limit=0', ALL],
  ['?page=0&limit=5000', ALL],
  ['?page=2', []],
  ['?deleted=true&unknown=1&type=dash-folder', ['cell', 'inner', 'open', 'shut']],
])('%s', async (query, expected) => {
  expect(await uids(ADMIN, query)).toEqual(expected);
});

test('ids filter like uids', async () => {
  expect(await uids(ADMIN, `?folderIds=${ids['open']}`)).toEqual(['inner', 'd-open']);
  expect(await uids(ADMIN, `?folderIds=0&folderIds=${ids['cell']}`)).toEqual([
    'open',
    'shut',
    'd-cell',
    'd-own',
    'd-top',
  ]);
  expect(await uids(ADMIN, `?dashboardIds=${ids['d-top']}&dashboardId=${ids['d-open']}`)).toEqual([
    'd-open',
    'd-top',
  ]);
  expect(await uids(viewer, `?dashboardIds=${ids['d-own']}&dashboardIds=${ids['d-top']}`)).toEqual(['d-top']);
});

test('Edit finds what the asker may change', async () => {
  expect(await uids(viewer, '?permission=Edit')).toEqual(['d-cell']);
  expect(await uids(editor, '?permission=Edit')).toEqual(['inner', 'open', 'd-open', 'd-top', 'd-inner']);
  expect(await uids(editor, '?permission=View')).toEqual(ALL.filter((uid) => uid !== 'd-own'));
});

test.each([
  '?type=dash-thing',
  '?sort=upside-down',
  '?permission=Admin',
  '?limit=-1',
  '?limit=abc',
  '?page=1e300',
  '?page=-1',
  '?folderIds=abc',
  '?dashboardIds=1e999',
  '?starred=perhaps',
  `?query=${'x'.repeat(10_000)}`,
  '?query=%00',
  '?tag=%00',
  `?${'tag=x&'.repeat(101)}`,
])('%s is refused with a sentence', async (query) => {
  const { status, body } = await world.send(ADMIN, 'GET', `/api/search${query}`);
  expect(status).toBe(400);
  expect(body.detail).toEqual(expect.any(String));
});

test.each(['', '&sort=alpha-desc', '&type=dash-db', '&query=d'])(
  'page by page until an empty page, everything comes once (%s)',
  async (filter) => {
    for (const as of [ADMIN, editor, viewer]) {
      const whole = await uids(as, `?limit=5000${filter}`);
      for (const limit of [1, 2, 3]) {
        const read: string[] = [];
        for (let page = 1; ; page++) {
          const hits = await uids(as, `?limit=${limit}&page=${page}${filter}`);
          if (hits.length === 0) break;
          expect(hits.length).toBeLessThanOrEqual(limit);
          read.push(...hits);
        }
        expect(read.toSorted()).toEqual(whole.toSorted());
      }
    }
  },
);

test('a page of the search tells how many there are, folders first, and only of what the asker may see', async () => {
  const page = async (as: As, asked: string): Promise<[count: number, uids: string[]]> => {
    const { status, body } = await world.send(as, 'GET', `/api/search/page?${asked}`);
    expect(status, JSON.stringify(body)).toBe(200);
    return [body.totalCount, body.hits.map(({ uid }: Hit) => uid)];
  };
  const all = await page(ADMIN, '');
  expect(all[0]).toBe(all[1].length);
  expect(all[1].slice(0, 4)).toEqual(['cell', 'inner', 'open', 'shut']);
  expect(await page(ADMIN, 'perpage=2&page=2')).toEqual([all[0], ['open', 'shut']]);
  expect(await page(ADMIN, `perpage=2&page=${all[0]}`)).toEqual([all[0], []]);
  expect(await page(ADMIN, 'tag=red&sort=alpha-desc')).toEqual([3, ['d-inner', 'd-shut', 'd-open']]);
  expect(await page(ADMIN, 'folderUIDs=open')).toEqual([2, ['inner', 'd-open']]);
  expect(await page(viewer, 'tag=red')).toEqual([2, ['d-open', 'd-inner']]);
  expect(await page(stranger, '')).toEqual([0, []]);
  expect((await world.send(undefined, 'GET', '/api/search/page')).status).toBe(401);
});

test('what was changed last can come first', async () => {
  await dashboard('d-late', 'open');
  world.clock.advance(1000);
  await dashboard('d-later', 'open');
  const { body } = await world.send(ADMIN, 'GET', '/api/search/page?sort=updated-desc&perpage=1');
  expect(body.hits).toEqual([expect.objectContaining({ uid: 'd-later', updated: expect.any(String) })]);
});
