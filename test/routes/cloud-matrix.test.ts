import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudWorld, setAdminPassword, startCloudWorld } from '../../server/testing/cloud.ts';
import { ADMIN, type Answer, type As } from '../../server/testing/world.ts';
import { CLOUD, CLOUD_ASKERS, type CloudName, type CloudRow } from './matrix/cloud.ts';

// What every route of the cloud side answers to each who may ask, and that no credential is worth anything elsewhere.

const MARK = 'only-the-owner-sees-this';
const ABSENT = 'not-there';
const ABSENT_ID = '999999';
const REGION = 'region=eu';
const WEEK_MS = 7 * 86_400_000;
const ROUTES = new Set(CLOUD.map(routeOf));
const ALL_SCOPES = [...new Set(CLOUD.map(([, scope]) => scope))];

let world: CloudWorld;
let other: As;
/** What is there all the time, by the name of its kind without `+`. */
let things: Record<string, string>;
let foreign: Record<string, { as: As; headers?: Record<string, string> }>;

interface Stack {
  id: number;
  slug: string;
  url: string;
}

beforeAll(async () => {
  // Whoever guesses is held up elsewhere: here each one is to hear what it would get.
  world = await startCloudWorld({ security: { disable_brute_force_login_protection: true } });
  ({ as: other } = await world.otherOrg('Other'));
  await makeStack('mine');
  await makeStack('elsewhere');
  const { id: policy } = await makePolicy(['accesspolicies:write']);
  const account = await inside('POST', '/serviceaccounts', { name: 'robot', role: 'Admin' });
  things = {
    org: world.org,
    region: 'eu',
    stack: 'mine',
    policy,
    account: String(account.id),
    member: await make('+member'),
    key: await make('+key'),
    token: await make('+token'),
    plugin: await make('+plugin'),
    deleted: await make('+deleted'),
    'stack-key': await make('+stack-key'),
  };
  things['account-token'] = await make('+account-token');
  const token = await inside('POST', `/serviceaccounts/${account.id}/tokens`, { name: 'token' });
  const { body: key } = await world.send(ADMIN, 'POST', '/api/auth/keys', {
    name: 'key',
    role: 'Admin',
    isGrafanaAdmin: true,
  });
  foreign = {
    nobody: { as: undefined },
    'a token of the stack': { as: { bearer: token.key } },
    'a key of the server': { as: { bearer: key.key } },
    'the password of an administrator': { as: ADMIN },
    'a session of an administrator': {
      as: undefined,
      headers: { cookie: await signedIn(world.url, 'admin') },
    },
  };
});
afterAll(() => world.stop());

async function asked(method: string, path: string, body?: unknown) {
  const answer = await world.ask(world.admin, method, path, body);
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

const inside = (method: string, path: string, body?: unknown) =>
  asked(method, `/api/instances/mine/api${path}`, body);

function makeStack(slug: string): Promise<Stack> {
  return asked('POST', '/api/instances', { name: slug, slug, description: MARK });
}

let made = 0;
const fresh = (): string => `fresh-${++made}`;

function makePolicy(scopes: readonly string[], realm?: string, more: object = {}) {
  const realms = [
    realm === undefined ? { type: 'org', identifier: world.org } : { type: 'stack', identifier: realm },
  ];
  return asked('POST', `/api/v1/accesspolicies?${REGION}`, { name: fresh(), scopes, realms, ...more });
}

async function makeToken(
  scopes: readonly string[],
  realm?: string,
  more: { policy?: object; token?: object } = {},
) {
  const { id } = await makePolicy(scopes, realm, more.policy);
  const body = { accessPolicyId: id, name: 'token', ...more.token };
  return asked('POST', `/api/v1/tokens?${REGION}`, body);
}

const tokenAs = async (...wanted: Parameters<typeof makeToken>): Promise<As> => ({
  bearer: (await makeToken(...wanted)).token,
});

async function keyAs(role: string): Promise<As> {
  return { bearer: (await asked('POST', `/api/orgs/${world.org}/api-keys`, { name: fresh(), role })).token };
}

/** Makes a thing for one request; a policy and its token may no more than the scope, so that whoever has that may change them. */
const MAKERS: Record<string, (label: string, scope: string) => Promise<string | number>> = {
  '+stack': async (label) => (await makeStack(label)).slug,
  '+deleted': async (label) => (await asked('DELETE', `/api/instances/${(await makeStack(label)).id}`)).id,
  '+member': async (username) =>
    (await asked('POST', `/api/orgs/${world.org}/members`, { username })).userUsername,
  '+key': async (name) =>
    (await asked('POST', `/api/orgs/${world.org}/api-keys`, { name, role: 'MetricsPublisher' })).name,
  '+policy': async (_, scope) => (await makePolicy([scope])).id,
  '+token': async (_, scope) => (await makeToken([scope || 'accesspolicies:write'])).id,
  '+plugin': async (plugin) => (await asked('POST', '/api/instances/mine/plugins', { plugin })).pluginSlug,
  '+account': async (name) => (await inside('POST', '/serviceaccounts', { name })).id,
  '+account-token': async (name) =>
    (await inside('POST', `/serviceaccounts/${things['account']}/tokens`, { name })).id,
  '+stack-key': async (name) => (await inside('POST', '/auth/keys', { name, role: 'Viewer' })).id,
};

const make = async (name: CloudName, scope = ''): Promise<string> =>
  String(await MAKERS[name]?.(fresh(), scope));

function routeOf([text]: CloudRow): string {
  return text.replace(/ # .*$/, '').replace(/\?.*$/, '');
}

const scopesBut = (scope: string): string[] => ALL_SCOPES.filter((one) => one !== scope);

/** The path of a row with what it names, where anything is made; or with names of nothing. */
function pathOf([text]: CloudRow, values: readonly string[]): string {
  const [, template = ''] = text.replace(/ # .*$/, '').split(' ');
  let used = 0;
  return template.replaceAll(/:\w+/g, () => encodeURIComponent(values[used++] ?? ''));
}

async function valuesOf([, scope, , , names = []]: CloudRow, isMade: boolean): Promise<string[]> {
  const values: string[] = [];
  for (const name of names) {
    const isFresh = isMade && name.startsWith('+');
    values.push(isFresh ? await make(name, scope) : (things[name.replace('+', '')] ?? ''));
  }
  return values;
}

async function send(as: As, row: CloudRow, values: readonly string[], headers?: Record<string, string>) {
  const [text, , , , , body] = row;
  const sent = typeof body === 'function' ? body({ org: world.org, policy: things['policy'] ?? '' }) : body;
  const [method = ''] = text.split(' ');
  const path = pathOf(row, values);
  const answer = await world.ask(as, method, path, sent, headers);
  return { ...answer, what: `${text}: ${method} ${path}` };
}

test('every route of the cloud side has a row in the matrix, and every row a route that asks its scope', () => {
  const known = world.cloud.routes.filter(({ method }) => method !== 'HEAD');
  const names = known.map(({ method, url }) => `${method} ${url}`);
  expect(
    names.filter((name) => !ROUTES.has(name)),
    'These routes have no row: write one in test/routes/matrix/cloud.ts, from the rules.',
  ).toEqual([]);
  expect([...ROUTES].filter((name) => !names.includes(name))).toEqual([]);
  const scopes = new Map(known.map(({ needs }, at) => [names[at], needs]));
  expect(CLOUD.filter((row) => !scopes.get(routeOf(row))?.includes(row[1]))).toEqual([]);
});

test('HEAD asks on the cloud side for what GET asks for', () => {
  const asks = (wanted: string) =>
    world.cloud.routes.filter(({ method }) => method === wanted).map(({ url, needs }) => [url, needs]);
  expect(asks('HEAD')).toEqual(asks('GET'));
});

test(
  `${ROUTES.size} routes in ${CLOUD.length} rows × ${CLOUD_ASKERS.length} who may be let in`,
  { timeout: 180_000 },
  async () => {
    const keys = [await keyAs('Viewer'), await keyAs('Editor'), world.admin, other];
    const wrong: string[] = [];
    for (const row of CLOUD) {
      const [, scope, expected, , names = []] = row;
      for (const [at, figure] of expected.split(' ').entries()) {
        const wanted = Number(figure);
        const values = await valuesOf(row, wanted < 300);
        const stack = names[0] === '+stack' && wanted < 300 ? values[0] : 'mine';
        const as = keys[at] ?? (await tokenAs([scope], [undefined, stack, 'elsewhere'][at - keys.length]));
        const { status, body, what } = await send(as, row, values);
        const who = CLOUD_ASKERS[at];
        if (status !== wanted) {
          wrong.push(`${what}, ${who}: ${wanted} expected, ${status} answered ${JSON.stringify(body)}`);
        }
        if (as === other && JSON.stringify(body).includes(MARK)) wrong.push(`${what} shows ${who} too much`);
      }
    }
    expect(wrong.join('\n')).toBe('');
  },
);

test('whoever is not let in hears the same of what is there and what is not, at every route', async () => {
  // What one has to be refused everywhere, and with what.
  const expired = await tokenAs(ALL_SCOPES, undefined, {
    token: { expiresAt: new Date(world.clock.now() + WEEK_MS).toISOString() },
  });
  const subnet = { conditions: { allowedSubnets: ['192.0.2.0/24'] } };
  const elsewhere = await tokenAs(ALL_SCOPES, undefined, { policy: subnet });
  world.clock.advance(2 * WEEK_MS);
  const refused: [who: string, status: number, as: As, headers?: Record<string, string>][] = [
    ...Object.entries(foreign).map(
      ([who, { as, headers = {} }]) => [who, 401, as, headers] as (typeof refused)[number],
    ),
    ['a token that has expired', 401, expired],
    ['a token from another subnet', 403, elsewhere],
    ['a key for what is not here', 403, await keyAs('MetricsPublisher')],
  ];
  const wrong: string[] = [];
  for (const row of CLOUD) {
    const [, scope, , , names = []] = row;
    // A route may ask one of several.
    const { needs = [] } =
      world.cloud.routes.find(({ method, url }) => `${method} ${url}` === routeOf(row)) ?? {};
    const others = scopesBut(scope).filter((one) => !needs.includes(one));
    const without: (typeof refused)[number] = ['a token without the scope', 403, await tokenAs(others)];
    for (const [who, wanted, as, headers] of [...refused, without]) {
      const there = await send(as, row, await valuesOf(row, false), headers);
      const absent = await send(as, row, names.map(absentLike), headers);
      for (const { status, what, body } of [there, absent]) {
        if (status !== wanted) wrong.push(`${what}, ${who}: ${wanted} expected, ${status} answered`);
        if (JSON.stringify(body).includes(MARK)) wrong.push(`${what} shows ${who} too much`);
      }
      if (there.body.message !== absent.body.message)
        wrong.push(`${there.what} tells ${who} of what is there`);
    }
  }
  expect(wrong.join('\n')).toBe('');
});

test('what is not there is answered the same as what is of another organization', async () => {
  const wrong: string[] = [];
  for (const row of CLOUD) {
    const [, , , wanted, names = []] = row;
    if (wanted === undefined) continue;
    for (const at of names.keys()) {
      const values = await valuesOf(row, false);
      const absent = values.map((value, index) => (index === at ? absentLike(names[at] ?? 'stack') : value));
      const { status, body, what } = await send(world.admin, row, absent);
      if (status !== wanted)
        wrong.push(`${what}: ${wanted} expected, ${status} answered ${JSON.stringify(body)}`);
      if (at > 0) continue;
      const others = await send(other, row, values);
      const others404 = others.status === 404 && status === 404;
      if (others404 && others.body.message !== body.message) wrong.push(`${what} is told from another's`);
    }
  }
  expect(wrong.join('\n')).toBe('');
});

function absentLike(name: CloudName): string {
  return /account|stack-key|deleted/.test(name) ? ABSENT_ID : ABSENT;
}

test('each credential is worth something in its own place alone: on the server, in its stack, on the cloud side', async () => {
  const places: Record<string, (as: As, headers?: Record<string, string>) => Promise<Answer>> = {
    server: (as, headers) => world.send(as, 'GET', '/api/org', undefined, headers),
    cloud: (as, headers) => world.ask(as, 'GET', '/api/instances', undefined, headers),
  };
  const credentials: [kind: string, home: string, as: As, headers?: Record<string, string>][] = [
    ['cloud key', 'cloud', world.admin],
    ['policy token', 'cloud', await tokenAs(ALL_SCOPES)],
  ];
  const { body: account } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', {
    name: 'own',
    role: 'Admin',
  });
  const { body: token } = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account.id}/tokens`, {
    name: 'own',
  });
  const cookie = await signedIn(world.url, 'admin');
  credentials.push(['token', 'server', { bearer: token.key }], ['session', 'server', undefined, { cookie }]);
  for (const [kind, { as, headers }] of Object.entries(foreign)) {
    if (/key|password/.test(kind)) credentials.push([kind, 'server', as, headers ?? {}]);
  }
  for (const slug of ['first', 'second']) {
    const stack = await makeStack(slug);
    const password = `password of ${slug}`;
    await setAdminPassword(world, stack.id, password);
    places[slug] = (as, headers) => world.sendTo(stack.url, as, 'GET', '/api/org', undefined, headers);
    const at = `/api/instances/${slug}/api`;
    const robot = await asked('POST', `${at}/serviceaccounts`, { name: 'robot', role: 'Admin' });
    const ofRobot = await asked('POST', `${at}/serviceaccounts/${robot.id}/tokens`, { name: 'token' });
    const key = await asked('POST', `${at}/auth/keys`, { name: 'key', role: 'Admin' });
    credentials.push(
      ['token', slug, { bearer: ofRobot.key }],
      ['key', slug, { bearer: key.key }],
      ['password', slug, { basic: `admin:${password}` }],
      ['session', slug, undefined, { cookie: await signedIn(stack.url, password) }],
    );
  }
  const wrong: string[] = [];
  for (const [kind, home, as, headers] of credentials) {
    for (const [place, ask] of Object.entries(places)) {
      const wanted = place === home ? 200 : 401;
      const { status } = await ask(as, headers);
      if (status !== wanted)
        wrong.push(`${kind} of ${home}, at ${place}: ${wanted} expected, ${status} answered`);
    }
  }
  expect(wrong).toEqual([]);
});

/** The cookie of a session, without which name others would not even look at it. */
async function signedIn(url: string, password: string): Promise<string> {
  const { status, headers } = await world.sendTo(url, undefined, 'POST', '/login', {
    user: 'admin',
    password,
  });
  expect(status).toBe(200);
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}
