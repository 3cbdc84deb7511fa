import { afterAll, beforeAll, expect } from 'vitest';
import { makeMember, makeOrg, type MadeUser } from '../../server/testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../server/testing/world.ts';
import { attack } from './attack.ts';
import { exchange } from './raw.ts';
import { everything } from './stored.ts';

// Ways round a permission.

const MARK = 'undisclosed';

let world: World;
let orgId: number;
let owner: MadeUser;
let editor: MadeUser;
let viewer: MadeUser;
/** Of the one folder and dashboard that only Admins see. */
let secret: { folderId: number; dashboardId: number };
beforeAll(async () => {
  world = await startWorld();
  orgId = await makeOrg(world, 'ours');
  owner = await makeMember(world, orgId, 'owner', 'Admin');
  editor = await makeMember(world, orgId, 'editor', 'Editor');
  viewer = await makeMember(world, orgId, 'viewer', 'Viewer');
  const folder = await make('/api/folders', { title: `${MARK} folder`, uid: 'secret' });
  const dashboard = await make('/api/dashboards/db', {
    dashboard: { title: `${MARK} dashboard`, uid: 'hidden', tags: [MARK] },
    folderUid: 'secret',
  });
  await make('/api/folders', { title: 'open', uid: 'open' });
  await make('/api/dashboards/db', { dashboard: { title: 'plain', uid: 'plain' }, folderUid: 'open' });
  const element = {
    name: `${MARK} element`,
    uid: 'element',
    folderUid: 'secret',
    kind: 1,
    model: { text: MARK },
  };
  await make('/api/library-elements', element);
  await make('/api/annotations', { text: `${MARK} note`, dashboardUID: 'hidden', panelId: 1 });
  await make('/api/folders/secret/permissions', { items: [] });
  secret = { folderId: folder.id, dashboardId: dashboard.id };
});
afterAll(() => world.stop());

async function done(as: As, method: string, path: string, body?: object) {
  const answer = await world.send(as, method, path, body);
  expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

const make = (path: string, body: object) => done(owner.as, 'POST', path, body);

attack(
  "an organization's Admin who removes, locks out or takes over the server's administrator",
  'what is of the whole server asks for its administrator',
  async (tried) => {
    const admin = await makeMember(world, 1, 'admin-of-main', 'Admin');
    const tries: [string, string, object?][] = [
      ['DELETE', '/api/admin/users/1'],
      ['POST', '/api/admin/users/1/disable'],
      ['POST', '/api/admin/users/1/logout'],
      ['PUT', '/api/admin/users/1/password', { password: 'taken over' }],
      ['PUT', '/api/admin/users/1/permissions', { isGrafanaAdmin: false }],
      ['PUT', `/api/admin/users/${admin.id}/permissions`, { isGrafanaAdmin: true }],
      ['PUT', '/api/users/1', { login: 'taken-over', email: 'x@example.org', name: 'x' }],
      ['POST', '/api/users/1/using/1'],
      ['POST', '/api/auth/keys', { name: 'higher', role: 'Admin', isGrafanaAdmin: true }],
      ['POST', '/api/serviceaccounts', { name: 'higher', role: 'Admin', isGrafanaAdmin: true }],
      ['POST', '/api/orgs', { name: 'another' }],
      ['DELETE', `/api/orgs/${orgId}`],
    ];
    for (const [method, path, body] of tries) {
      tried();
      const { status } = await world.send(admin.as, method, path, body);
      expect([401, 403], `${method} ${path}`).toContain(status);
    }
    // Out of the organization is what an Admin may put anybody; the administrator of the server is one still.
    tried();
    await world.send(admin.as, 'DELETE', '/api/org/users/1');
    expect((await done(ADMIN, 'GET', '/api/user')).isGrafanaAdmin).toBe(true);
    expect((await world.send(ADMIN, 'GET', '/api/orgs')).status).toBe(200);
    await world.send(ADMIN, 'POST', '/api/orgs/1/users', { loginOrEmail: 'admin', role: 'Admin' });
  },
);

attack('the last administrator who removes itself', 'one who can sign in stays', async (tried) => {
  const tries: [string, string, object?][] = [
    ['DELETE', '/api/admin/users/1'],
    ['POST', '/api/admin/users/1/disable'],
    ['PUT', '/api/admin/users/1/permissions', { isGrafanaAdmin: false }],
  ];
  for (const [method, path, body] of tries) {
    tried();
    expect((await world.send(ADMIN, method, path, body)).status, `${method} ${path}`).toBe(400);
  }
  // Both at once, when there are two: one is refused.
  const second = await makeMember(world, orgId, 'second', 'Viewer');
  await done(ADMIN, 'PUT', `/api/admin/users/${second.id}/permissions`, { isGrafanaAdmin: true });
  tried(2);
  const demote = { isGrafanaAdmin: false };
  const statuses = await Promise.all([
    world.send(ADMIN, 'PUT', '/api/admin/users/1/permissions', demote),
    world.send(second.as, 'PUT', `/api/admin/users/${second.id}/permissions`, demote),
  ]);
  expect(statuses.filter(({ status }) => status === 200)).toHaveLength(1);
  const [first] = statuses;
  if (first.status === 200)
    await done(second.as, 'PUT', '/api/admin/users/1/permissions', { isGrafanaAdmin: true });
  expect((await world.send(ADMIN, 'GET', '/api/orgs')).status).toBe(200);
});

const STARS = ['*', '**', 'a*', '*a', 'uid:*', 'folders:*', '%2A', '\u2217'];

attack(
  'a uid of * that is read as all there is',
  'a uid has letters, digits, - and _ alone',
  async (tried) => {
    for (const uid of STARS) {
      const makers: [string, object][] = [
        ['/api/folders', { title: `star ${uid}`, uid }],
        ['/api/dashboards/db', { dashboard: { title: `star ${uid}`, uid } }],
        ['/api/dashboards/import', { dashboard: { title: `star ${uid}`, uid } }],
        ['/api/datasources', { name: `star ${uid}`, type: 'prometheus', uid }],
        ['/api/library-elements', { name: `star ${uid}`, kind: 1, uid, model: {} }],
        ['/api/playlists', { name: `star ${uid}`, uid, interval: '5m' }],
        ['/api/access-control/roles', { name: `star ${uid}`, uid, version: 1 }],
      ];
      for (const [path, body] of makers) {
        tried();
        expect((await world.send(owner.as, 'POST', path, body)).status, `${path} ${uid}`).toBe(400);
      }
    }
    // Asked for as the name of all, by who may write one.
    await make('/api/folders', { title: 'starred', uid: 'starred' });
    await make(`/api/access-control/folders/starred/users/${viewer.id}`, { permission: 'Admin' });
    for (const uid of ['*', '%2A', '**']) {
      for (const [method, path, body] of [
        ['PUT', `/api/folders/${uid}`, { title: 'all', overwrite: true }],
        ['DELETE', `/api/folders/${uid}`, undefined],
        ['GET', `/api/folders/${uid}/permissions`, undefined],
        ['POST', `/api/access-control/folders/${uid}/users/${viewer.id}`, { permission: 'Admin' }],
        ['GET', `/api/dashboards/uid/${uid}`, undefined],
      ] as const) {
        tried();
        const { status } = await world.send(viewer.as, method, path, body);
        expect([403, 404], `${method} ${path}`).toContain(status);
      }
    }
  },
);

attack(
  'an action that one holds on one thing, used on another',
  'each route asks for the action on its target',
  async (tried) => {
    const some = await makeMember(world, orgId, 'some', 'None');
    await make('/api/folders', { title: 'theirs', uid: 'theirs' });
    await make('/api/datasources', { name: 'theirs', type: 'prometheus', uid: 'theirs-source' });
    await make('/api/datasources', { name: 'not theirs', type: 'prometheus', uid: 'other-source' });
    const { id: account } = await make('/api/serviceaccounts', { name: 'theirs', role: 'None' });
    const { id: other } = await make('/api/serviceaccounts', { name: 'not theirs', role: 'Viewer' });
    const { teamId: team } = await make('/api/teams', { name: 'theirs' });
    const { teamId: otherTeam } = await make('/api/teams', { name: 'not theirs' });
    for (const [kind, id, permission] of [
      ['folders', 'theirs', 'Admin'],
      ['datasources', 'theirs-source', 'Admin'],
      ['serviceaccounts', account, 'Admin'],
      ['teams', team, 'Admin'],
    ]) {
      await make(`/api/access-control/${kind}/users/${some.id}`.replace('/users', `/${id}/users`), {
        permission,
      });
    }
    const source = { name: 'changed', type: 'prometheus', access: 'proxy' };
    type Try = [method: string, own: string, foreign: string, body?: object];
    const tries: Try[] = [
      ['PUT', '/api/folders/theirs', '/api/folders/open', { title: 'theirs', overwrite: true }],
      ['GET', '/api/folders/theirs/permissions', '/api/folders/open/permissions'],
      ['PUT', '/api/datasources/uid/theirs-source', '/api/datasources/uid/other-source', source],
      ['PATCH', `/api/serviceaccounts/${account}`, `/api/serviceaccounts/${other}`, { name: 'theirs' }],
      [
        'POST',
        `/api/serviceaccounts/${account}/tokens`,
        `/api/serviceaccounts/${other}/tokens`,
        { name: 'one' },
      ],
      ['PUT', `/api/teams/${team}`, `/api/teams/${otherTeam}`, { name: 'theirs' }],
      ['POST', `/api/teams/${team}/members`, `/api/teams/${otherTeam}/members`, { userId: viewer.id }],
    ];
    const before = await everything(world);
    for (const [method, , foreign, body] of tries) {
      tried();
      expect((await world.send(some.as, method, foreign, body)).status, `${method} ${foreign}`).toBe(403);
    }
    for (const [body, what] of [
      [{ dashboard: { title: 'moved in' }, folderUid: 'open' }, 'into another folder'],
      [{ dashboard: { title: 'moved in' } }, 'into none'],
      [
        { dashboard: { title: 'plain', uid: 'plain' }, folderUid: 'theirs', overwrite: true },
        'out of another folder',
      ],
    ] as const) {
      tried();
      expect((await world.send(some.as, 'POST', '/api/dashboards/db', body)).status, what).toBe(403);
    }
    expect(await everything(world)).toBe(before);
    for (const [method, own, , body] of tries) await done(some.as, method, own, body);
  },
);

/** Every way to name the hidden dashboard, its folder, and what is in them. */
function secondRoutes(): [method: string, path: string, body?: object][] {
  const { folderId, dashboardId } = secret;
  const reads = [
    '/api/dashboards/uid/hidden',
    `/api/dashboards/id/${dashboardId}/versions`,
    `/api/dashboards/id/${dashboardId}/versions/1`,
    `/api/dashboards/id/${dashboardId}/permissions`,
    '/api/dashboards/uid/hidden/versions',
    '/api/dashboards/uid/hidden/versions/1',
    '/api/dashboards/uid/hidden/permissions',
    '/api/dashboards/uid/hidden/public-dashboards',
    '/api/access-control/dashboards/hidden',
    '/api/access-control/folders/secret',
    '/api/folders/secret',
    `/api/folders/id/${folderId}`,
    '/api/folders/secret/counts',
    '/api/folders/secret/permissions',
    '/api/folders',
    '/api/folders?parentUid=secret',
    '/api/search?limit=5000',
    `/api/search?query=${MARK}`,
    `/api/search?tag=${MARK}`,
    '/api/search?folderUIDs=secret',
    '/api/search?dashboardUIDs=hidden',
    `/api/search?dashboardIds=${dashboardId}`,
    `/api/search?folderIds=${folderId}`,
    '/api/search/page?perpage=1000',
    '/api/dashboards/tags',
    '/api/annotations',
    '/api/annotations?dashboardUID=hidden',
    `/api/annotations?dashboardId=${dashboardId}`,
    '/api/annotations/tags',
    '/api/library-elements',
    '/api/library-elements/element',
    `/api/library-elements/name/${MARK}%20element`,
    '/api/library-elements/element/connections',
    '/api/dashboards/public-dashboards',
  ];
  const inner = { title: 'overwritten', uid: 'hidden' };
  const writes: [string, string, object?][] = [
    ['POST', '/api/dashboards/db', { dashboard: inner, overwrite: true }],
    ['POST', '/api/dashboards/db', { dashboard: inner, folderUid: 'open', overwrite: true }],
    [
      'POST',
      '/api/dashboards/db',
      { dashboard: { title: 'x', id: dashboardId }, folderUid: 'open', overwrite: true },
    ],
    [
      'POST',
      '/api/dashboards/db',
      { dashboard: { title: `${MARK} dashboard` }, folderUid: 'secret', overwrite: true },
    ],
    ['POST', '/api/dashboards/db', { dashboard: { title: 'new' }, folderId }],
    ['POST', '/api/dashboards/import', { dashboard: inner, overwrite: true, inputs: [] }],
    ['POST', '/api/dashboards/import', { dashboard: { title: 'new' }, folderUid: 'secret', inputs: [] }],
    [
      'POST',
      '/api/dashboards/import',
      { dashboard: { title: 'x', id: dashboardId }, overwrite: true, folderUid: 'secret', inputs: [] },
    ],
    ['POST', `/api/dashboards/id/${dashboardId}/restore`, { version: 1 }],
    ['POST', '/api/dashboards/uid/hidden/restore', { version: 1 }],
    ['DELETE', '/api/dashboards/uid/hidden'],
    ['PUT', '/api/folders/secret', { title: 'overwritten', overwrite: true }],
    ['DELETE', '/api/folders/secret'],
    ['POST', '/api/folders/open/move', { parentUid: 'secret' }],
    ['POST', '/api/folders/secret/move', { parentUid: 'open' }],
    ['POST', '/api/folders', { title: 'inside', parentUid: 'secret' }],
    ['PATCH', '/api/library-elements/element', { name: 'overwritten', kind: 1, version: 1, model: {} }],
    ['PATCH', '/api/library-elements/element', { folderUid: 'open', kind: 1, version: 1, model: {} }],
    ['DELETE', '/api/library-elements/element'],
    ['POST', '/api/annotations', { text: 'x', dashboardUID: 'hidden', panelId: 1 }],
    ['POST', '/api/annotations', { text: 'x', dashboardId, panelId: 1 }],
    ['POST', '/api/annotations/mass-delete', { dashboardUID: 'hidden', panelId: 1 }],
    ['POST', '/api/user/stars/dashboard/uid/hidden'],
    ['POST', `/api/user/stars/dashboard/${dashboardId}`],
    ['PUT', '/api/org/preferences', { homeDashboardUID: 'hidden' }],
    ['POST', '/api/dashboards/uid/hidden/permissions', { items: [{ role: 'Viewer', permission: 4 }] }],
    ['POST', '/api/folders/secret/permissions', { items: [{ role: 'Viewer', permission: 4 }] }],
    ['POST', '/api/dashboards/uid/hidden/public-dashboards', { isEnabled: true }],
    [
      'POST',
      '/api/dashboards/calculate-diff',
      {
        base: { dashboardId, version: 1 },
        new: { dashboardId, version: 1, unsavedDashboard: { title: 'x' } },
        diffType: 'json',
      },
    ],
  ];
  return [...reads.map((path): [string, string] => ['GET', path]), ...writes];
}

attack(
  'a second route to what one may not see or change; import and overwrite as a way round',
  'every route to a dashboard asks what the first one asks',
  async (tried) => {
    const before = await everything(world);
    const answersTo = async (who: MadeUser, routes = secondRoutes()): Promise<string[]> => {
      const got: string[] = [];
      for (const [method, path, body] of routes) {
        tried();
        const answer = await world.send(who.as, method, path, body);
        const text = JSON.stringify(answer.body);
        // What one sent oneself may come back in a refusal.
        if (text.includes(MARK) && !JSON.stringify([path, body]).includes(MARK))
          got.push(`${method} ${path}: ${text}`);
        if (method !== 'GET' && answer.status < 300) got.push(`${method} ${path}: ${answer.status}`);
      }
      return got;
    };
    expect(await answersTo(viewer)).toEqual([]);
    expect(await answersTo(editor)).toEqual([]);
    expect(await everything(world)).toBe(before);
    const reads = secondRoutes().filter(([method]) => method === 'GET');
    expect((await answersTo(owner, reads)).length).toBeGreaterThan(15);
  },
);

attack(
  'a path spelt in another way that arrives without the check',
  'one router, which asks of the route that it found',
  async (tried) => {
    const spellings: ((path: string) => string)[] = [
      (path) => `${path}/`,
      (path) => path.replace('/api/', '/api//'),
      (path) => `/${path}`,
      (path) => path.replace('/api/', '/api%2F'),
      (path) => path.replace('/api/', '/api%252F'),
      (path) => path.replace('/api/', '/API/'),
      (path) => path.replace('/api/', '/%61pi/'),
      (path) => path.replace('/api/', '/api/./'),
      (path) => path.replace('/api/', '/api/%2e/'),
      (path) => path.replace('/api/', '/public/../api/'),
      (path) => path.replace('/api/', '/public/build/%2e%2e/%2e%2e/api/'),
      (path) => path.replace('/api/', '/api/health/../'),
      (path) => path.replace('/api/', '/api/health/..;/'),
      (path) => path.replace('/api/', '/login/..%2fapi/'),
      (path) => path.replace('/api/', '\\api\\'),
      (path) => path.replace('/api/', '/api;x=1/'),
      (path) => `${path};x=1`,
      (path) => `${path}%00`,
      (path) => `${path}%20`,
      (path) => `${path}.json`,
      (path) => `${path}?x=/api/health`,
      (path) => `${path}#/api/health`,
      (path) => `http://x${path}`,
      (path) => `http://x/api/health/..${path}`,
      (path) => `//x${path}`,
      (path) => path.replace('/api/', '/ａpi/'),
    ];
    const headers = [
      '',
      'X-Original-URL: /api/health\r\n',
      'X-Rewrite-URL: /api/health\r\n',
      'X-Forwarded-Prefix: /api/health\r\n',
      'X-HTTP-Method-Override: GET\r\n',
    ];
    const { dashboardId } = secret;
    const paths = [
      '/api/auth/keys',
      '/api/dashboards/uid/hidden',
      `/api/dashboards/id/${dashboardId}/versions`,
      '/api/admin/settings',
    ];
    const who = `Authorization: Basic ${Buffer.from('viewer:password of viewer').toString('base64')}\r\n`;
    const answers = await Promise.all(
      paths.flatMap((path) =>
        spellings.flatMap((spell, at) =>
          ['', who].map(async (credential) => {
            tried();
            const head = `GET ${spell(path)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`;
            const { statuses, text } = await exchange(
              world,
              `${head}${credential}${headers[at % headers.length]}\r\n`,
            );
            return { what: `${spell(path)} ${credential !== ''}`, statuses, text };
          }),
        ),
      ),
    );
    for (const { what, statuses, text } of answers) {
      expect([400, 401, 403, 404, 414], `${what}: ${text}`).toContain(statuses[0]);
      expect(text).not.toContain(MARK);
    }
  },
);

attack(
  'another path or method named in a header or in the query',
  'only the request line says what is asked for',
  async (tried) => {
    const before = await everything(world);
    const tricks: Record<string, string>[] = [
      { 'x-original-url': '/api/auth/keys' },
      { 'x-rewrite-url': '/api/auth/keys' },
      { 'x-http-method-override': 'POST' },
      { 'x-http-method': 'DELETE' },
      { 'x-method-override': 'PUT' },
    ];
    for (const headers of tricks) {
      tried(3);
      const health = await world.send(undefined, 'GET', '/api/health', undefined, headers);
      expect([health.status, health.body.database], JSON.stringify(headers)).toEqual([200, 'ok']);
      const path = '/api/dashboards/uid/hidden?_method=DELETE';
      expect([403, 404]).toContain((await world.send(viewer.as, 'GET', path, undefined, headers)).status);
      expect((await world.send(owner.as, 'GET', path, undefined, headers)).status).toBe(200);
    }
    for (const method of [
      'TRACE',
      'OPTIONS',
      'PROPFIND',
      'PURGE',
      'SEARCH',
      'LINK',
      'MKCOL',
      'LOCK',
      'QUERY',
      'CONNECT',
      'get',
    ]) {
      tried();
      const { text, statuses } = await exchange(
        world,
        `${method} /api/user HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${btoa('admin:admin')}\r\nX-Told: ${MARK}\r\nConnection: close\r\n\r\n`,
      );
      expect(text, method).not.toMatch(/"login":"admin"|undisclosed/);
      expect([undefined, 400, 404, 405, 501], method).toContain(statuses[0]);
    }
    expect(await everything(world)).toBe(before);
  },
);

attack(
  'rights that grow by moving keys to accounts and back',
  'an account gets what the key had',
  async (tried) => {
    const there = await makeOrg(world, 'moving');
    const mover = await makeMember(world, there, 'mover', 'Admin');
    const asked = [
      '/api/auth/keys',
      '/api/org/users',
      '/api/serviceaccounts/search',
      '/api/orgs',
      '/api/admin/settings',
    ];
    const keys: { id: number; as: As; before: string }[] = [];
    const heldBy = async (as: As): Promise<string> => {
      const statuses = [];
      for (const path of asked) statuses.push((await world.send(as, 'GET', path)).status);
      const held = await world.send(as, 'GET', '/api/access-control/user/permissions');
      const lines = Object.entries(held.body).map((entry) => JSON.stringify(entry));
      return JSON.stringify([statuses, lines.toSorted()]);
    };
    for (const role of ['Viewer', 'Editor', 'Admin']) {
      const { id, key } = await done(mover.as, 'POST', '/api/auth/keys', { name: `moving ${role}`, role });
      const as = { bearer: key };
      keys.push({ id, as, before: await heldBy(as) });
    }
    for (const { as } of keys.slice(0, 2)) {
      tried();
      expect((await world.send(as, 'POST', '/api/serviceaccounts/migrate')).status).toBe(403);
    }
    const [first] = keys;
    const { key: moved } = await done(mover.as, 'POST', `/api/serviceaccounts/migrate/${first?.id}`);
    tried();
    expect(await heldBy(first?.as)).toBe(first?.before);
    await done(mover.as, 'POST', `/api/serviceaccounts/${moved.serviceAccountId}/revert/${first?.id}`);
    tried();
    expect(await heldBy(first?.as)).toBe(first?.before);
    await done(mover.as, 'POST', '/api/serviceaccounts/migrate?groupByRole=true');
    for (const { as, before } of keys) {
      tried();
      expect(await heldBy(as)).toBe(before);
    }
  },
);

attack(
  'fields in a body that are not for the sender to set',
  'a rule takes from a body what its schema names, and nothing more',
  async (tried) => {
    const own = await makeMember(world, orgId, 'greedy', 'Viewer');
    const more = {
      isGrafanaAdmin: true,
      isAdmin: true,
      is_server_admin: 1,
      role: 'Admin',
      orgId: 1,
      OrgId: 1,
      id: 1,
      isDisabled: false,
      created: 0,
    };
    const profile = { login: 'greedy', email: 'greedy@example.org', name: 'greedy' };
    tried(3);
    await done(own.as, 'PUT', '/api/user', { ...profile, ...more });
    await done(own.as, 'PATCH', '/api/user/preferences', { theme: 'dark', ...more, userId: 1 });
    const taken = {
      oldPassword: 'password of greedy',
      newPassword: 'password of greedy',
      ...more,
      userId: 1,
    };
    await done(own.as, 'PUT', '/api/user/password', taken);
    const me = await done(own.as, 'GET', '/api/user');
    expect([me.id, me.isGrafanaAdmin, me.orgId]).toEqual([own.id, false, orgId]);
    expect((await world.send(own.as, 'GET', '/api/auth/keys')).status).toBe(403);
    expect((await world.send(ADMIN, 'GET', '/api/orgs')).status).toBe(200);

    // A maker's organization, whatever the body says.
    const { orgId: _, OrgId: __, ...rest } = more;
    for (const [path, body] of [
      ['/api/folders', { title: 'greedy' }],
      ['/api/dashboards/db', { dashboard: { title: 'a greedy one', orgId: 1 } }],
      ['/api/datasources', { name: 'greedy', type: 'prometheus', readOnly: true }],
      ['/api/teams', { name: 'greedy' }],
      ['/api/playlists', { name: 'greedy', interval: '5m' }],
    ] as const) {
      tried();
      const before = (await done(ADMIN, 'GET', '/api/admin/stats')).orgs;
      await world.send(owner.as, 'POST', path, { ...rest, ...body, orgId: 1, OrgId: 1 });
      expect((await done(ADMIN, 'GET', '/api/admin/stats')).orgs).toBe(before);
    }
    const search = await done(ADMIN, 'GET', '/api/search?query=greedy');
    const sources = await done(ADMIN, 'GET', '/api/datasources');
    const teams = await done(ADMIN, 'GET', '/api/teams/search?query=greedy');
    expect([search, sources, teams.teams]).toEqual([[], [], []]);
  },
);

attack(
  'numbers tried one after the other, to find what belongs to others',
  'what is not of the organization is not there',
  async (tried) => {
    const elsewhere = await makeMember(world, await makeOrg(world, 'elsewhere'), 'counting', 'Admin');
    const routes = world.routes.filter(
      ({ method, url, access }) =>
        method === 'GET' &&
        access.kind !== 'open' &&
        /:(id|\w+Id)\b/.test(url) &&
        url.split(':').length === 2,
    );
    expect(routes.length).toBeGreaterThan(15);
    for (const { url } of routes) {
      for (const id of [
        '-1',
        '0',
        ...Array.from({ length: 25 }, (_, at) => String(at + 1)),
        '2147483648',
        '9223372036854775807',
      ]) {
        tried();
        const { status, body } = await world.send(elsewhere.as, 'GET', url.replace(/:\w+/, id));
        expect(JSON.stringify(body), `${url} ${id}`).not.toContain(MARK);
        expect(status, `${url} ${id}`).toBeLessThan(500);
      }
    }
  },
);
