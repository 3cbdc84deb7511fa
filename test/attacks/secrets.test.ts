import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { cloudDatabase, stackDatabase } from '../../server/cloud/databases.ts';
import { makeCloudSecret } from '../../server/crypto/cloud-secrets.ts';
import { randomLetters } from '../../server/crypto/random.ts';
import { makeApiKey, makeToken } from '../../server/crypto/secrets.ts';
import { openDatabase } from '../../server/db/open.ts';
import { type CloudWorld, setAdminPassword, startCloudWorld } from '../../server/testing/cloud.ts';
import { ADMIN, type As, type World } from '../../server/testing/world.ts';
import { attack, IN_FULL } from './attack.ts';

// Secrets are sent through every route of a server, of its cloud side and of a stack, where they belong and where they do not; then
// everything that these keep, log and answer is searched for them.

/** In every secret that is made here, so that one search finds them all. */
const MARK = `Mk${randomLetters(12)}`;
/** In names that are no secret, to prove that the search reads what it is to read. */
const SEEN = `Seen${randomLetters(12)}`;
const SLUG = 'searched';
const TRAIL = 'trail';
// So many letters of a secret that was told are looked for.
const CORE = 24;
const LONG_WORD = new RegExp(`\\w{${CORE},}`, 'g');
const CHANGES = new Set(['POST', 'PUT', 'PATCH']);

/** Fields of bodies that sound secret: where they are sent below, or why nothing there is. */
const FIELDS: Record<string, 'planted' | `no secret: ${string}`> = {
  'POST /login password': 'planted',
  'POST /api/admin/users password': 'planted',
  'PUT /api/admin/users/:id/password password': 'planted',
  'PUT /api/user/password oldPassword': 'planted',
  'PUT /api/user/password newPassword': 'planted',
  'POST /api/datasources secureJsonData': 'planted',
  'PUT /api/datasources/:id secureJsonData': 'planted',
  'PUT /api/datasources/uid/:uid secureJsonData': 'planted',
  'PUT /api/v1/sso-settings/:key settings': 'planted',
  'POST /api/leaks token': 'planted',
  'POST /api/leaks/signed token': 'planted',
  'POST /api/access-control/explain headers.authorization': 'planted',
  'POST /api/access-control/explain headers.cookie': 'planted',
  'POST /api/access-control/explain credential': 'no secret: which one, by its number',
  'POST /api/access-control/explain credential.kind': 'no secret: token or api-key',
  'POST /api/access-control/explain credential.id': 'no secret: a number',
  'POST /api/dashboards/uid/:uid/public-dashboards accessToken': 'no secret: the address of what is public',
  'POST /api/admin/users/:id/revoke-auth-token authTokenId': 'no secret: a number',
  'POST /api/user/revoke-auth-token authTokenId': 'no secret: a number',
  'POST /api/datasources basicAuth': 'no secret: whether there is one',
  'POST /api/datasources basicAuthUser': 'no secret: a name',
  'POST /api/datasources withCredentials': 'no secret: whether cookies are sent',
};
for (const [field, what] of Object.entries(FIELDS)) {
  const name = /^POST \/api\/datasources (\w+)$/.exec(field)?.[1];
  if (name === undefined) continue;
  for (const path of ['/:id', '/uid/:uid']) FIELDS[`PUT /api/datasources${path} ${name}`] = what;
}
const SOUNDS_SECRET = /pass|secret|token|auth|cookie|credential/i;

interface Bearer {
  bearer: string;
}

/** A server, a stack or the cloud side. */
interface Side {
  name: string;
  routes: readonly { method: string; url: string }[];
  admin: As;
  cookie: string;
  send: World['send'];
  /** A path of a route, with something in place of its parameters. */
  fill(url: string, something: string): string;
}

let world: CloudWorld;
let server: Side;
let cloud: Side;
let stack: Side & { id: number };
let sides: Side[];
/** What the server made and told once, as far as it is looked for. */
const told = new Set<string>();
/** Routes that answer a new secret, and were asked for one. */
const kept = new Set<string>();
const answers: string[] = [];
let planted = 0;
let named = 0;

beforeAll(async () => {
  world = await startCloudWorld({
    log: { level: 'trace' },
    audit: { file: TRAIL, refused: 'all', secret_reads: 'all' },
    security: { secret_key: secret(), disable_brute_force_login_protection: 'true' },
  });
  note(world.admin as Bearer);
  const made = await world.ask(world.admin, 'POST', '/api/instances', { name: SLUG, slug: SLUG });
  expect(made.status, JSON.stringify(made.body)).toBe(200);
  const { id, url } = made.body;
  const password = secret();
  await setAdminPassword(world, id, password);
  const fill = (path: string, something: string): string => path.replaceAll(/:\w+/g, something);
  const routes = world.routes.filter(({ method }) => method !== 'HEAD');
  server = { name: 'server', routes, admin: ADMIN, cookie: 'grafana_session', send: world.send, fill };
  stack = {
    id,
    name: 'stack',
    routes: routes.filter(({ url: path }) => !path.startsWith('/api/admin/cloud/')),
    admin: { basic: `admin:${password}` },
    cookie: `grafana_session_${id}`,
    send: (as, ...sent) => world.sendTo(url, as, ...sent),
    fill,
  };
  cloud = {
    name: 'cloud side',
    routes: world.cloud.routes.filter(({ method }) => method !== 'HEAD'),
    admin: world.admin,
    cookie: 'grafana_session',
    send: world.ask,
    fill: (path, something) =>
      `${fill(path.replace(':org', world.org).replace(':stack/api', `${SLUG}/api`), something)}?region=eu`,
  };
  sides = [server, cloud, stack];
});
afterAll(() => world.stop());

// One round through all routes is several thousand.
function isEnough(): boolean {
  return planted >= (IN_FULL ? 10_000 : 0);
}

function secret(): string {
  planted++;
  return `${MARK}${randomLetters(18)}`;
}

const newName = (): string => `${SEEN} ${++named}`;

/** A secret in the form of a token or key that this server could have made. */
function token(): string {
  const made = [makeToken, () => makeApiKey('planted', 1).key, () => makeCloudSecret(1, 'planted', 'eu')][
    planted++ % 3
  ]?.();
  return note({ bearer: made as string });
}

/** Has a secret looked for; returns it. */
function note({ bearer }: Bearer): string {
  for (const core of coresOf(bearer)) told.add(core);
  return bearer;
}

/** The beginning of what of a key, token or session is secret; where it is within base64, as that has it too. */
function coresOf(made: string): string[] {
  const base64 = made.replace(/^glc_/, '');
  const { index = 0, groups } = /"k":"(?<k>\w{32})"/.exec(fromBase64(base64)) ?? {};
  if (groups === undefined) return [made.replace(/^glsa_/, '').slice(0, CORE)];
  // Four letters of base64 are three of what is inside.
  const from = Math.ceil((index + '"k":"'.length) / 3) * 4;
  return [groups['k']?.slice(0, CORE) ?? '', base64.slice(from, from + CORE)];
}

const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString();

async function ask(
  { name, send }: Side,
  method: string,
  path: string,
  as: As,
  body?: unknown,
  headers?: Record<string, string>,
) {
  const { status, body: answer, headers: sent } = await send(as, method, path, body, headers);
  const shown = path.split('?', 1)[0]?.replaceAll(LONG_WORD, '…');
  answers.push(`${name}: ${method} ${shown} ${status}\n${JSON.stringify(answer)}\n${[...sent].join('\n')}`);
  return { status, body: answer };
}

test('every field that sounds secret is listed here', () => {
  const found = [...world.routes, ...world.cloud.routes].flatMap(({ method, url, schema }) =>
    fieldsOf(schema.body).map((field) => `${method} ${url} ${field}`),
  );
  const sounding = found.filter((field) => SOUNDS_SECRET.test(field.slice(field.lastIndexOf(' '))));
  expect(sounding.filter((field) => FIELDS[field] === undefined)).toEqual([]);
  expect(Object.keys(FIELDS).filter((field) => !found.includes(field))).toEqual([]);
});

attack(
  'searching what the server keeps, logs and answers for the secrets that were sent through every route',
  'secrets are hashed or sealed, and requests are told without them (docs/decisions/0042-leaked-secrets.md)',
  async (tried) => {
    for (const side of [server, stack]) await plantWhereTheyBelong(side);
    await plantInCloud();
    expect([...kept].toSorted()).toEqual(newSecrets());
    for (let round = 0; round === 0 || !isEnough(); round++) {
      for (const side of sides) {
        for (const { method, url } of side.routes) {
          // A stack's routes are the server's.
          if (side === stack && !IN_FULL && url.length % 8 !== 0) continue;
          await plantAround(side, method, url, round);
        }
      }
    }
    await readAgain();
    const places = await everywhere();
    const leaks = places.flatMap(({ place, bytes }) =>
      leaksIn(bytes)
        .slice(0, 2)
        .map((at) => `${place}: …${bytes.toString('latin1', Math.max(0, at - 200), at + 60)}…`),
    );
    expect(leaks).toEqual([]);
    expect(places.filter(({ bytes }) => bytes.includes(SEEN)).map(({ place }) => place)).toEqual(
      expect.arrayContaining([
        'log',
        'answer',
        'server: credential.name',
        'stack: credential.name',
        'cloud side: cloud_key.name',
        'cloud side: policy_token.name',
        join(world.context.config.paths.data, TRAIL),
        join(world.context.config.paths.data, `${TRAIL}.${stack.id}`),
      ]),
    );
    tried(planted);
  },
  600_000,
);

test('the search finds what is there', () => {
  const hidden = `${MARK}${randomLetters(18)}`;
  for (const text of [hidden, ...[0, 1, 2].map((by) => btoa('x'.repeat(by) + hidden)), hex(hidden)]) {
    expect(leaksIn(Buffer.from(`before${text}after`)), text).not.toEqual([]);
  }
  for (const made of [makeToken(), makeApiKey('name', 1).key, makeCloudSecret(1, 'name', 'eu')]) {
    expect(leaksIn(Buffer.from(`before${made}after`))).toEqual([]);
    note({ bearer: made });
    expect(leaksIn(Buffer.from(`before${made}after`)), made).not.toEqual([]);
    const inside = /"k":"(\w+)"/.exec(fromBase64(made.replace('glc_', '')))?.[1] ?? made;
    expect(leaksIn(Buffer.from(`before${inside}after`)), inside).not.toEqual([]);
  }
});

/** Where secrets are in something. */
function leaksIn(bytes: Buffer): number[] {
  const found = formsOf(MARK).map((needle) => bytes.indexOf(needle));
  // One pass for all that was told: one for each of thousands would take minutes.
  for (const { 0: word, index } of bytes.toString('latin1').matchAll(LONG_WORD)) {
    for (let at = 0; at + CORE <= word.length; at++) {
      if (told.has(word.slice(at, at + CORE))) found.push(index + at);
    }
  }
  return found.filter((at) => at !== -1);
}

const hex = (text: string): string => Buffer.from(text).toString('hex');

/** A text in plain, base64 from wherever it begins, and hex. */
function formsOf(text: string): Buffer[] {
  const inBase64 = [0, 1, 2].map((by) => {
    const encoded = btoa(`${'x'.repeat(by)}${text}`);
    // Without the letters that also depend on what stands before and after.
    return encoded.slice(by === 0 ? 0 : by + 1, Math.floor(((by + text.length) * 8) / 6));
  });
  return [text, ...inBase64, hex(text), hex(text).toUpperCase()].map((form) => Buffer.from(form));
}

/** The routes that answer a new secret, by what they say they answer; what is asked inside a stack answers what the stack does. */
function newSecrets(): string[] {
  const routes = [...world.routes, ...world.cloud.routes];
  const ofThis = routes.filter(({ schema }) => {
    const answer = (schema.response as Record<string, { properties?: Record<string, { type?: string }> }>)?.[
      '200'
    ];
    return ['key', 'token'].some((name) => answer?.properties?.[name]?.type === 'string');
  });
  const names = new Set(ofThis.map(({ method, url }) => `${method} ${url}`));
  const inside = world.cloud.routes.filter(({ method, url }) =>
    names.has(`${method} ${url.replace(INSIDE, '')}`),
  );
  return [...names.union(new Set(inside.map(({ method, url }) => `${method} ${url}`)))].toSorted();
}

const INSIDE = '/api/instances/:stack';

async function asked(side: Side, method: string, path: string, body?: unknown) {
  const { status, body: answer } = await ask(side, method, path, side.admin, body);
  expect(status, `${side.name}: ${method} ${path}: ${JSON.stringify(answer)}`).toBeLessThan(300);
  return answer;
}

/** Through the fields that are meant for secrets. */
async function plantWhereTheyBelong(side: Side): Promise<void> {
  for (let time = 0; time < (IN_FULL ? 50 : side === server ? 5 : 2); time++) {
    const login = `planted${time}`;
    const password = secret();
    const { id } = await asked(side, 'POST', '/api/admin/users', { login, password });
    await signIn(side, login, password);
    const next = secret();
    const own = { oldPassword: password, newPassword: next };
    const asPlanted = { basic: `${login}:${password}` };
    expect((await ask(side, 'PUT', '/api/user/password', asPlanted, own)).status).toBe(200);
    const wrong = { ...own, oldPassword: secret() };
    await ask(side, 'PUT', '/api/user/password', { basic: `${login}:${next}` }, wrong);
    await asked(side, 'PUT', `/api/admin/users/${id}/password`, { password: secret() });

    const source = { name: login, type: 'prometheus', access: 'proxy', url: 'http://127.0.0.1' };
    const sealed = () => ({ ...source, secureJsonData: { password: secret(), httpHeaderValue1: secret() } });
    const made = await asked(side, 'POST', '/api/datasources', sealed());
    await asked(side, 'PUT', `/api/datasources/uid/${made.datasource.uid}`, sealed());
    await asked(side, 'PUT', `/api/datasources/${made.id}`, sealed());

    const settings = { clientId: 'id', clientSecret: secret(), enabled: false };
    await asked(side, 'PUT', '/api/v1/sso-settings/github', { settings });
    await asked(side, 'GET', '/api/v1/sso-settings/github');

    for (const authorization of [`Bearer ${token()}`, `Basic ${btoa(`admin:${secret()}`)}`]) {
      const headers = { authorization, cookie: `${side.cookie}=${secret()}` };
      const explained = { method: 'GET', path: `/api/org?token=${secret()}`, headers };
      await asked(side, 'POST', '/api/access-control/explain', explained);
    }
    await asked(side, 'POST', '/api/leaks', [
      { token: token(), url: `https://example.org/?t=${secret()}` },
      { token: secret() },
    ]);
    const key = await keep(side, 'POST /api/auth/keys', {}, { name: newName(), role: 'Viewer' });
    await reportLeak(side, key);
    const { id: account } = await asked(side, 'POST', '/api/serviceaccounts', { name: newName() });
    const route = 'POST /api/serviceaccounts/:id/tokens';
    await reportLeak(side, await keep(side, route, { id: account }, { name: newName() }));
  }
}

async function signIn(side: Side, user: string, password: string): Promise<void> {
  const { status, headers } = await side.send(undefined, 'POST', '/login', { user, password });
  expect(status).toBe(200);
  const cookie = headers.getSetCookie().find((one) => one.startsWith(`${side.cookie}=`)) ?? '';
  const bearer = /=([^;]+)/.exec(cookie)?.[1] ?? '';
  expect(bearer.length).toBeGreaterThanOrEqual(CORE);
  note({ bearer });
  const asUser = await ask(side, 'GET', '/api/user', undefined, undefined, {
    cookie: `${side.cookie}=${bearer}`,
  });
  expect(asUser.status).toBe(200);
}

/** Keys of the cloud side, tokens of its policies, and what is made through it in a stack. */
async function plantInCloud(): Promise<void> {
  for (let time = 0; time < (IN_FULL ? 50 : 2); time++) {
    const name = newName();
    const ids = { org: world.org, stack: SLUG };
    const key = await keep(cloud, 'POST /api/orgs/:org/api-keys', ids, { name, role: 'Viewer' });
    const policy = {
      name: `planted-${time}`,
      scopes: ['stacks:read'],
      realms: [{ type: 'org', identifier: world.org }],
    };
    const { id: accessPolicyId } = await asked(cloud, 'POST', '/api/v1/accesspolicies?region=eu', policy);
    const ofPolicy = await keep(cloud, 'POST /api/v1/tokens', ids, { name, accessPolicyId });
    const at = `${INSIDE}/api`;
    const { id } = await asked(cloud, 'POST', `/api/instances/${SLUG}/api/serviceaccounts`, {
      name: newName(),
    });
    const inside = [
      await keep(cloud, `POST ${at}/auth/keys`, ids, { name: newName(), role: 'Viewer' }, stack),
      await keep(cloud, `POST ${at}/serviceaccounts/:id/tokens`, { ...ids, id }, { name: newName() }, stack),
    ];
    for (const as of [key, ofPolicy, ...inside]) {
      // Where it is worth nothing.
      for (const side of sides) await ask(side, 'POST', '/api/leaks', as, [{ token: note(as) }]);
    }
    await reportLeak(stack, inside[0] as Bearer);
    await reportLeak(server, inside[1] as Bearer, stack);
    // Others stay, to be looked for in the database.
    if (time > 0) continue;
    await asked(cloud, 'DELETE', `/api/orgs/${world.org}/api-keys/${encodeURIComponent(name)}`);
    await asked(cloud, 'DELETE', `/api/v1/accesspolicies/${accessPolicyId}?region=eu`);
    const leaked = await keep(cloud, 'POST /api/orgs/:org/api-keys', ids, {
      name: newName(),
      role: 'Viewer',
    });
    const url = `https://example.org/${leaked.bearer}`;
    await asked(server, 'POST', '/api/leaks', [{ token: note(leaked), url }]);
    for (const as of [key, ofPolicy, leaked])
      expect((await ask(cloud, 'GET', '/api/instances', as)).status).toBe(401);
  }
}

/** Has a key or token made, uses it, and has its secret looked for; its answer alone may show it. */
async function keep(
  side: Side,
  route: string,
  ids: Record<string, unknown>,
  wanted: object,
  at: Side = side,
): Promise<Bearer> {
  kept.add(route);
  planted++;
  const [method = '', url = ''] = route.split(' ');
  const path = url.replaceAll(/:(\w+)/g, (_, name: string) => String(ids[name]));
  const { status, body } = await side.send(side.admin, method, `${path}?region=eu`, wanted);
  expect(status, `${route}: ${JSON.stringify(body)}`).toBe(200);
  const as = { bearer: body.key ?? body.token };
  note(as);
  const used = await ask(at, 'GET', at === cloud ? '/api/instances' : '/api/org', as);
  expect(used.status, `${route}: ${JSON.stringify(used.body)}`).toBe(200);
  return as;
}

/** Has a key or token revoked, and uses it once more where it is of. */
async function reportLeak(side: Side, as: Bearer, at = side): Promise<void> {
  await asked(side, 'POST', '/api/leaks', [{ token: note(as) }]);
  expect((await ask(at, 'GET', '/api/org', as)).status).toBe(401);
}

/** Where they do not belong, at any route: in headers, the query, the path, a body that is broken or of another form. */
async function plantAround(side: Side, method: string, url: string, round: number): Promise<void> {
  const to = (...sent: [path: string, as: As, body?: unknown, headers?: Record<string, string>]) =>
    ask(side, method, ...sent);
  const path = side.fill(url, '999999');
  // Who signs out or deletes all is somebody that is not there.
  await to(path, { bearer: token() });
  await to(path, { bearer: secret() });
  // A wrong password takes its time.
  if (IN_FULL || url.length % 8 === 0) {
    await to(path, { basic: `admin:${secret()}` });
    await to(path, { basic: `${secret()}:${secret()}` });
  }
  await to(path, { basic: `api_key:${token()}` });
  await to(path, undefined, undefined, { cookie: `${side.cookie}=${secret()}` });
  await to(path, undefined, undefined, { authorization: secret() });
  await to(path, undefined, undefined, { authorization: `Token ${secret()}` });
  await to(path, undefined, undefined, { 'x-grafana-org-id': secret(), 'x-auth-token': secret() });
  const query = `token=${secret()}&password=${secret()}&auth_token=${token()}`;
  await to(`${path}${path.includes('?') ? '&' : '?'}${query}`, round % 2 === 0 ? side.admin : undefined);
  if (url.includes(':')) await to(side.fill(url, token()), method === 'GET' ? side.admin : undefined);
  if (CHANGES.has(method)) {
    for (const body of [
      `{"password":"${secret()}","token":"${token()}`,
      `"${secret()}"`,
      { password: [secret()], token: { token: secret() }, secureJsonData: secret(), settings: secret() },
      { user: secret(), password: secret() },
    ]) {
      // In an organization that is not there: nothing is changed by it.
      await to(path, side.admin, body, { 'x-grafana-org-id': '999999' });
      await to(path, undefined, body);
    }
  }
}

const TELLING = [
  '/metrics',
  '/api/admin/settings',
  '/api/admin/settings/explained',
  '/api/audit',
  '/api/admin/audit',
  '/api/v1/sso-settings',
  '/api/datasources',
  '/api/auth/keys',
];

/** What tells of all that was done. */
async function readAgain(): Promise<void> {
  for (const side of sides) await ask(side, 'GET', `/api/nowhere/${SEEN}`, undefined);
  for (const path of TELLING) {
    for (const side of [server, stack]) await ask(side, 'GET', path, side.admin);
  }
  await ask(server, 'GET', '/api/admin/cloud/stacks', ADMIN);
  for (const { method, url } of cloud.routes) {
    if (method === 'GET') await ask(cloud, 'GET', cloud.fill(url.replace(':stack', SLUG), '1'), cloud.admin);
  }
}

/** All that is kept, logged and was answered. */
async function everywhere(): Promise<{ place: string; bytes: Buffer }[]> {
  const { config, trail } = world.context;
  // What was gathered in memory is written by this.
  await world.cloud.stacks.close(stack.id);
  await world.cloud.tidy();
  await vi.waitFor(() => expect(trail?.figures().waiting).toBe(0));
  const places: { place: string; bytes: Uint8Array }[] = [
    { place: 'log', bytes: Buffer.from(world.log.join('')) },
    ...answers.map((answer) => ({ place: 'answer', bytes: Buffer.from(answer) })),
  ];
  for (const [name, database] of [
    [server.name, config.database],
    [cloud.name, cloudDatabase(config.database)],
    [stack.name, stackDatabase(config.database, stack.id)],
  ] as const) {
    const db = openDatabase({ ...config, database }, (error) => {
      throw error;
    });
    for (const { name: table } of await db.introspection.getTables()) {
      const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(db);
      for (const row of rows) {
        for (const [column, value] of Object.entries(row)) {
          const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value));
          places.push({ place: `${name}: ${table}.${column}`, bytes });
        }
      }
    }
    await db.destroy();
  }
  const files = readdirSync(config.paths.data, { recursive: true, withFileTypes: true });
  for (const file of files.filter((one) => one.isFile())) {
    const path = join(file.parentPath, file.name);
    places.push({ place: path, bytes: readFileSync(path) });
  }
  // What is short is searched as one, so that ten thousand secrets do not take an hour.
  const byPlace = Map.groupBy(places, ({ place }) => place);
  return [...byPlace].map(([place, parts]) => ({
    place,
    bytes: Buffer.concat(parts.flatMap(({ bytes }) => [bytes, new Uint8Array([10])])),
  }));
}

/** The fields of a schema, those inside others too, by their path. */
function fieldsOf(schema: unknown): string[] {
  const {
    properties = {},
    items,
    anyOf = [],
  } = (schema ?? {}) as {
    properties?: Record<string, unknown>;
    items?: unknown;
    anyOf?: unknown[];
  };
  const own = Object.entries(properties).flatMap(([name, inner]) => [
    name,
    ...fieldsOf(inner).map((field) => `${name}.${field}`),
  ]);
  return [...own, ...(items === undefined ? [] : fieldsOf(items)), ...anyOf.flatMap(fieldsOf)];
}
