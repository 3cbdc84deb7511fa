import { createHook } from 'node:async_hooks';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect } from 'vitest';
import {
  makeBrowser,
  makeMember,
  makeOrg,
  makeUser,
  signIn,
  type MadeUser,
} from '../../server/testing/people.ts';
import { ADMIN, type Answer, type As, startWorld, type World } from '../../server/testing/world.ts';
import { attack, IN_FULL } from './attack.ts';

// Being taken for somebody else, or for what one was before.

let world: World;
let orgId: number;
let owner: MadeUser;
beforeAll(async () => {
  // Whoever guesses is held up elsewhere: here each one is to hear why it is refused.
  world = await startWorld({ security: { disable_brute_force_login_protection: 'true' } });
  orgId = await makeOrg(world, 'ours');
  owner = await makeMember(world, orgId, 'owner', 'Admin');
});
afterAll(() => world.stop());

async function done(as: As, method: string, path: string, body?: object) {
  const answer = await world.send(as, method, path, body);
  expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

const make = (path: string, body: object) => done(owner.as, 'POST', path, body);

async function makeToken(
  name: string,
  role: string,
): Promise<{ account: number; id: number; secret: string; as: As }> {
  const { id: account } = await make('/api/serviceaccounts', { name, role });
  const { id, key } = await make(`/api/serviceaccounts/${account}/tokens`, { name });
  return { account, id, secret: key, as: { bearer: key } };
}

const ROLES = ['None', 'Viewer', 'Editor', 'Admin'] as const;
const ALL = '/api/access-control/user/permissions';
const ASKED = [
  '/api/auth/keys',
  '/api/org/users',
  '/api/folders',
  '/api/org/preferences',
  '/api/access-control/roles',
];

attack(
  'an answer or a permission that was remembered for another credential, under load',
  'what is remembered has the credential in its key',
  async (tried) => {
    const askers: {
      name: string;
      ask: (path: string) => Promise<Answer>;
      expected: number[];
      held: string;
      login: string;
    }[] = [];
    for (const role of ROLES) {
      const person = await makeMember(world, orgId, `person-${role.toLowerCase()}`, role);
      const token = await makeToken(`token-${role.toLowerCase()}`, role);
      const browser = await signIn(world, person.login);
      const ways: [string, (path: string) => Promise<Answer>][] = [
        ['basic', (path) => world.send(person.as, 'GET', path)],
        ['token', (path) => world.send(token.as, 'GET', path)],
        ['session', (path) => browser.send('GET', path)],
      ];
      if (role !== 'None') {
        const { key } = await make('/api/auth/keys', { name: `key-${role.toLowerCase()}`, role });
        ways.push(['key', (path) => world.send({ bearer: key }, 'GET', path)]);
      }
      for (const [way, ask] of ways) {
        const expected = [];
        for (const path of ASKED) expected.push((await ask(path)).status);
        const { login } = (await ask('/api/user')).body;
        const held = JSON.stringify((await ask(ALL)).body);
        askers.push({ name: `${role} by ${way}`, ask, expected, held, login });
      }
    }
    // Asked one at a time, roles differ, and nobody is somebody else.
    expect(new Set(askers.map(({ held }) => held)).size).toBeGreaterThanOrEqual(ROLES.length);
    expect(new Set(askers.map(({ login }) => login)).size).toBe(11);

    const mixedUp: string[] = [];
    const total = IN_FULL ? 20_000 : 1500;
    let next = 0;
    const client = async (): Promise<void> => {
      for (let at = next++; at < total; at = next++) {
        const asker = askers[(at * 7) % askers.length];
        const place = at % (ASKED.length + 2);
        tried();
        const path = ASKED[place] ?? (place === ASKED.length ? ALL : '/api/user');
        const { status, body } = (await asker?.ask(path)) ?? {};
        const isRight =
          path === ALL
            ? JSON.stringify(body) === asker?.held
            : path === '/api/user'
              ? body.login === asker?.login
              : status === asker?.expected[place];
        if (!isRight) mixedUp.push(`${asker?.name} ${path} -> ${status}`);
        if (at % 250 === 0) world.context.memory.clear();
      }
    };
    await Promise.all(Array.from({ length: 32 }, client));
    expect(mixedUp).toEqual([]);
  },
);

attack(
  'a token that is made, or used, by an account that lost the right meanwhile',
  'a token holds what its account holds at that moment',
  async (tried) => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const loss: ((account: number) => Promise<unknown>)[] = [
      (account) => done(owner.as, 'PATCH', `/api/serviceaccounts/${account}`, { role: 'Viewer' }),
      (account) => done(owner.as, 'PATCH', `/api/serviceaccounts/${account}`, { role: 'Editor' }),
      (account) => done(owner.as, 'PATCH', `/api/serviceaccounts/${account}`, { isDisabled: true }),
      (account) => done(owner.as, 'DELETE', `/api/serviceaccounts/${account}`),
      (account) => done(owner.as, 'PATCH', `/api/serviceaccounts/${account}`, { role: 'None' }),
    ];
    for (const [at, lose] of loss.entries()) {
      const { account, as } = await makeToken(`losing-${names[at]}`, 'Admin');
      await done(as, 'POST', '/api/auth/keys', { name: `before-${names[at]}`, role: 'Admin' });
      await done(as, 'POST', `/api/serviceaccounts/${account}/tokens`, { name: `second-${names[at]}` });
      await lose(account);
      const tries: [string, object][] = [
        ['/api/auth/keys', { name: `after-${names[at]}`, role: 'Viewer' }],
        [`/api/serviceaccounts/${account}/tokens`, { name: `after-${names[at]}` }],
        ['/api/serviceaccounts', { name: `after-${names[at]}`, role: 'Viewer' }],
      ];
      for (const [path, body] of tries) {
        tried();
        expect([401, 403], path).toContain((await world.send(as, 'POST', path, body)).status);
      }
    }
    // Nobody gives more than they hold, either.
    const editor = await makeToken('an-editor', 'Editor');
    const role = {
      name: 'makes machines',
      permissions: [{ action: 'serviceaccounts:create' }, { action: 'apikeys:create' }],
    };
    const { uid } = await make('/api/access-control/roles', { ...role, version: 1 });
    const given = { users: [], teams: [], service_accounts: [editor.account] };
    await done(owner.as, 'PUT', `/api/access-control/roles/${uid}/assignments`, given);
    for (const path of ['/api/auth/keys', '/api/serviceaccounts']) {
      tried(2);
      await done(editor.as, 'POST', path, { name: `as-editor${path.length}`, role: 'Editor' });
      expect((await world.send(editor.as, 'POST', path, { name: 'as-admin', role: 'Admin' })).status).toBe(
        403,
      );
    }
  },
);

attack(
  'deleting something and making it again under the same name or uid, which revives old rights',
  'rights name ids, and no id is given twice',
  async (tried) => {
    const viewer = await makeMember(world, orgId, 'was-editor', 'Viewer');
    const level = { permission: 'Edit' };
    const may = async (method: string, path: string, body?: object): Promise<boolean> =>
      (await world.send(viewer.as, method, path, body)).status < 300;
    const again = async (
      makeIt: () => Promise<string>,
      path: string,
      isAllowed: () => Promise<boolean>,
    ): Promise<void> => {
      tried();
      const kind = await makeIt();
      await make(`/api/access-control/${kind}/users/${viewer.id}`, level);
      expect(await isAllowed(), `${path}, given`).toBe(true);
      await done(owner.as, 'DELETE', path);
      await makeIt();
      expect(await isAllowed(), `${path}, made again`).toBe(false);
    };

    await again(
      async () => (await make('/api/folders', { title: 'again', uid: 'again' }), 'folders/again'),
      '/api/folders/again',
      () => may('PUT', '/api/folders/again', { title: 'again', overwrite: true }),
    );
    await again(
      async () => (
        await make('/api/dashboards/db', { dashboard: { title: 'a board', uid: 'board' } }),
        'dashboards/board'
      ),
      '/api/dashboards/uid/board',
      () =>
        may('POST', '/api/dashboards/db', { dashboard: { title: 'a board', uid: 'board' }, overwrite: true }),
    );
    await again(
      async () => (
        await make('/api/datasources', { name: 'again', type: 'prometheus', uid: 'source' }),
        'datasources/source'
      ),
      '/api/datasources/uid/source',
      () => may('PUT', '/api/datasources/uid/source', { name: 'again', type: 'prometheus', access: 'proxy' }),
    );

    // A team: its members, and what was given to it.
    const teamed = async (): Promise<number> => (await make('/api/teams', { name: 'again' })).teamId;
    const team = await teamed();
    await make(`/api/teams/${team}/members`, { userId: viewer.id });
    await make(`/api/access-control/folders/again/teams/${team}`, level);
    expect(await may('PUT', '/api/folders/again', { title: 'again', overwrite: true })).toBe(true);
    await done(owner.as, 'DELETE', `/api/teams/${team}`);
    tried();
    const secondTeam = await teamed();
    await make(`/api/teams/${secondTeam}/members`, { userId: viewer.id });
    expect(await may('PUT', '/api/folders/again', { title: 'again', overwrite: true }), 'a team').toBe(false);

    // A role: who has it.
    const role = { name: 'again', uid: 'again', version: 1, permissions: [{ action: 'teams:create' }] };
    await make('/api/access-control/roles', role);
    await make(`/api/access-control/users/${viewer.id}/roles`, { roleUid: 'again' });
    expect(await may('POST', '/api/teams', { name: 'by role' })).toBe(true);
    await done(owner.as, 'DELETE', '/api/access-control/roles/again?force=true');
    tried();
    await make('/api/access-control/roles', role);
    expect(await may('POST', '/api/teams', { name: 'by role again' }), 'a role').toBe(false);

    // An account and a key: their secrets, and what was given to the account.
    const first = await makeToken('again', 'None');
    await make(`/api/access-control/folders/again/users/${first.account}`, level);
    await done(owner.as, 'DELETE', `/api/serviceaccounts/${first.account}`);
    tried(2);
    const second = await makeToken('again', 'None');
    expect((await world.send(first.as, 'GET', '/api/org')).status, "the first one's token").toBe(401);
    const write = { title: 'again', overwrite: true };
    expect((await world.send(second.as, 'PUT', '/api/folders/again', write)).status, 'an account').toBe(403);
    const key = await make('/api/auth/keys', { name: 'a key again', role: 'Viewer' });
    await done(owner.as, 'DELETE', `/api/auth/keys/${key.id}`);
    tried();
    await make('/api/auth/keys', { name: 'a key again', role: 'Viewer' });
    expect((await world.send({ bearer: key.key }, 'GET', '/api/org')).status, 'a key').toBe(401);

    // A person: membership, teams, levels, session, password.
    const person = await makeMember(world, orgId, 'again', 'Admin');
    const browser = await signIn(world, 'again');
    await make(`/api/access-control/folders/again/users/${person.id}`, level);
    await done(ADMIN, 'PUT', `/api/admin/users/${person.id}/permissions`, { isGrafanaAdmin: true });
    await done(ADMIN, 'DELETE', `/api/admin/users/${person.id}`);
    tried(3);
    const next = await makeUser(world, 'again', { password: 'another password' });
    const as: As = { basic: 'again:another password' };
    expect((await browser.send('GET', '/api/user')).status, 'a session').toBe(401);
    expect((await world.send(person.as, 'GET', '/api/user')).status, 'a password').toBe(401);
    expect((await world.send(as, 'GET', '/api/orgs')).status, 'a server administrator').toBe(403);
    expect(
      (await done(as, 'GET', '/api/user/orgs')).map((org: { orgId: number }) => org.orgId),
    ).not.toContain(orgId);
    await done(ADMIN, 'POST', `/api/orgs/${orgId}/users`, { loginOrEmail: 'again', role: 'Viewer' });
    await done(as, 'POST', `/api/user/using/${orgId}`);
    expect((await world.send(as, 'PUT', '/api/folders/again', write)).status, `user ${next.id}`).toBe(403);

    // An organization: its members and its tokens.
    const doomed = await makeOrg(world, 'doomed');
    const member = await makeMember(world, doomed, 'doomed', 'Admin');
    const { key: old } = await done(member.as, 'POST', '/api/auth/keys', { name: 'old', role: 'Admin' });
    await done(ADMIN, 'DELETE', `/api/orgs/${doomed}`);
    tried(2);
    const reborn = await makeOrg(world, 'doomed');
    expect((await world.send({ bearer: old }, 'GET', '/api/org')).status, "an organization's key").toBe(401);
    const there = await world.send(member.as, 'GET', '/api/org', undefined, {
      'x-grafana-org-id': String(reborn),
    });
    expect(there.status, 'a member').toBe(403);

    // The link to a public dashboard.
    const published = '/api/dashboards/uid/board/public-dashboards';
    const { uid, accessToken } = await make(published, { isEnabled: true });
    expect((await world.send(undefined, 'GET', `/api/public/dashboards/${accessToken}`)).status).toBe(200);
    await done(owner.as, 'DELETE', `${published}/${uid}`);
    tried();
    await make(published, { isEnabled: true });
    expect((await world.send(undefined, 'GET', `/api/public/dashboards/${accessToken}`)).status).toBe(404);
  },
);

attack(
  'taking the login or email that somebody gave up, or somebody else still has',
  'people are known by their id; a name is found only for its present owner',
  async (tried) => {
    await make('/api/folders', { title: 'linked', uid: 'linked' });
    const first = await makeMember(world, orgId, 'ann', 'Viewer');
    const second = await makeMember(world, orgId, 'eve', 'Viewer');
    await make(`/api/access-control/folders/linked/users/${first.id}`, { permission: 'Edit' });
    const browser = await signIn(world, 'ann');
    await done(first.as, 'PUT', '/api/user', { login: 'anna', email: 'anna@example.org', name: 'Anna' });
    await done(second.as, 'PUT', '/api/user', { login: 'ann', email: 'ann@example.org', name: 'ann' });
    const write = { title: 'linked', overwrite: true };
    const renamed: As = { basic: 'ann:password of eve' };
    tried(4);
    expect((await world.send(renamed, 'PUT', '/api/folders/linked', write)).status).toBe(403);
    expect(
      (await world.send(first.as, 'GET', '/api/user')).status,
      'the old name with the old password',
    ).toBe(401);
    expect((await browser.send('GET', '/api/user')).body.login).toBe('anna');
    const own: As = { basic: 'anna:password of ann' };
    expect((await world.send(own, 'PUT', '/api/folders/linked', write)).status).toBe(200);

    // A name of another: their login, their email, in capitals, with blanks, put together in another way.
    await makeUser(world, 'zoé', { email: 'zoé@example.org' });
    const names = [
      'anna',
      'anna@example.org',
      ' ANNA ',
      'Anna@Example.ORG',
      'zoe\u0301',
      'ZOE\u0301@example.org',
      'sa-taken',
    ];
    await makeToken('taken', 'Viewer');
    for (const name of names) {
      tried(4);
      for (const wanted of [{ login: name }, { email: name }]) {
        const full = { login: 'ann', email: 'ann@example.org', name: 'x', ...wanted };
        expect((await world.send(renamed, 'PUT', '/api/user', full)).status, name).toBe(412);
        const made = { name: 'x', password: 'password', ...wanted };
        expect((await world.send(ADMIN, 'POST', '/api/admin/users', made)).status, name).toBe(412);
      }
    }
    // And so nobody is locked out.
    expect((await done({ basic: 'anna@example.org:password of ann' }, 'GET', '/api/user')).login).toBe(
      'anna',
    );
    expect((await done({ basic: 'zoe\u0301:password of zoé' }, 'GET', '/api/user')).login).toBe('zoé');
  },
);

const DIFFERS = /^(date|content-length|traceparent|x-request-id)$/;

/** What an answer says, but for what differs in each. */
function said({ status, body, headers }: Answer): string {
  const { traceID: _, ...rest } = body;
  const names = [...headers].filter(([name]) => !DIFFERS.test(name));
  return JSON.stringify([status, rest, names]);
}

/** How many Argon2 hashes are computed meanwhile: the native work of its library is the only one without a name. */
async function hashesOf(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const hook = createHook({ init: (_id, type) => void (count += Number(type === 'undefined')) });
  hook.enable();
  await work();
  hook.disable();
  return count;
}

attack(
  'telling by its answer whether there is such a user, key or token',
  'one refusal for all, and the same work: a hash is computed for nobody too',
  async (tried) => {
    await makeUser(world, 'known');
    await makeUser(world, 'disabled');
    const { body: disabled } = await world.send(ADMIN, 'GET', '/api/users/lookup?loginOrEmail=disabled');
    await done(ADMIN, 'POST', `/api/admin/users/${disabled.id}/disable`);
    const people = [
      'nobody',
      'known',
      'known@example.org',
      'disabled',
      'nobody@example.org',
      '\u0000',
      'admin',
      '',
    ];
    const warm: As = { basic: 'known:password of known' };
    await world.send(warm, 'GET', '/api/user');
    // Else the figures below would mean nothing.
    expect(await hashesOf(() => world.send(warm, 'GET', '/api/user'))).toBe(0);
    expect(await hashesOf(() => makeUser(world, 'hashed'))).toBe(1);

    const basic = new Set<string>();
    const form = new Set<string>();
    for (const login of people) {
      const password = login === 'disabled' ? 'password of disabled' : `wrong for ${login}`;
      tried(2);
      const byHeader = await hashesOf(async () =>
        basic.add(said(await world.send({ basic: `${login}:${password}` }, 'GET', '/api/user'))),
      );
      const byForm = await hashesOf(async () =>
        form.add(said(await makeBrowser(world).send('POST', '/login', { user: login, password }))),
      );
      expect([byHeader, byForm], login).toEqual([1, 1]);
    }
    for (const one of [basic, form]) expect([...one].join('\n')).toBe([...one][0]);

    const gone = await makeToken('gone', 'Viewer');
    await done(owner.as, 'DELETE', `/api/serviceaccounts/${gone.account}/tokens/${gone.id}`);
    const unknown = 'glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_e97abe11';
    const secrets = [
      unknown,
      `${unknown}0`,
      'glsa_',
      'nonsense',
      gone.as && 'bearer' in gone.as ? gone.as.bearer : '',
    ];
    const refusals = new Set<string>();
    for (const bearer of secrets) {
      tried(2);
      refusals.add(said(await world.send({ bearer }, 'GET', '/api/org')));
      refusals.add(said(await world.send({ basic: `api_key:${bearer}` }, 'GET', '/api/org')));
    }
    expect([...refusals].join('\n')).toBe([...refusals][0]);
  },
);

/** A token that differs from another one in its last letter, with the checksum that it has to have. */
function oneLetterOff(token: string): string {
  const letters = `${token.slice(5, 36)}${token[36] === 'a' ? 'b' : 'a'}`;
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(`glsa_${letters}`));
  return `glsa_${letters}_${sum.toString('hex')}`;
}

/** In which share of all pairs the first is the slower one: 0.5 where the two cannot be told apart (Mann and Whitney's U). */
function slowerShare(ones: readonly number[], others: readonly number[]): number {
  const all = [...ones.map((time) => ({ time, isOne: 1 })), ...others.map((time) => ({ time, isOne: 0 }))];
  const ranks = all.toSorted((a, b) => a.time - b.time);
  const sum = ranks.reduce((total, { isOne }, at) => total + isOne * (at + 1), 0);
  return (sum - (ones.length * (ones.length + 1)) / 2) / (ones.length * others.length);
}

const SAMPLES = 2000;
// Five times what chance does to so many samples.
const TOLD_APART = 0.05;

async function timesOf(
  ways: readonly (() => Promise<Answer>)[],
  tried: (count: number) => void,
): Promise<number[][]> {
  const times: number[][] = ways.map(() => []);
  for (let at = -20; at < SAMPLES; at++) {
    // The order changes, so that none is always the one behind the other.
    for (const place of at % 2 === 0 ? [0, 1] : [1, 0]) {
      const begun = performance.now();
      const answer = await ways[place]?.();
      if (at < 0) continue;
      times[place]?.push(performance.now() - begun);
      expect(answer?.status).toBe(401);
    }
  }
  tried(ways.length * SAMPLES);
  return times;
}

if (IN_FULL) {
  attack(
    'telling by the time of its answer whether there is such a user or token',
    'a hash is computed for nobody too; tokens are looked up by their hash',
    async (tried) => {
      await makeUser(world, 'timed');
      const login = (user: string) => () =>
        world.send(undefined, 'POST', '/login', { user, password: 'a wrong one' });
      const gone = await makeToken('timed', 'Viewer');
      await done(owner.as, 'DELETE', `/api/serviceaccounts/${gone.account}/tokens/${gone.id}`);
      const used = await makeToken('used', 'Viewer');
      const near: As = { bearer: oneLetterOff(used.secret) };
      const unknown: As = { bearer: 'glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_e97abe11' };
      const token = (as: As) => () => world.send(as, 'GET', '/api/org');
      for (const [name, ways] of [
        ['a token that was deleted', [token(gone.as), token(unknown)]],
        ['most of a token', [token(near), token(unknown)]],
        ['a user', [login('timed'), login('nobody')]],
      ] as const) {
        const [known = [], other = []] = await timesOf(ways, tried);
        const share = slowerShare(known, other);
        expect(
          Math.abs(share - 0.5),
          `${name} that is known is the slower one in ${share} of all pairs`,
        ).toBeLessThan(TOLD_APART);
      }
    },
  );
}
