import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomLetters } from '../../server/crypto/random.ts';
import { makeApiKey, makeToken, secretOf } from '../../server/crypto/secrets.ts';
import { signIn } from '../../server/testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../server/testing/world.ts';
import { attack, IN_FULL } from './attack.ts';

// Secrets are sent through every route, where they belong and where they do not; then everything that the server keeps, logs and
// answers is searched for them.

/** In every secret that is made here, so that one search finds them all. */
const MARK = `Mk${randomLetters(12)}`;
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

let world: World;
/** What the server made and told once. */
const told: string[] = [];
const answers: string[] = [];
let planted = 0;

beforeAll(async () => {
  world = await startWorld({
    log: { level: 'debug' },
    security: { secret_key: secret(), disable_brute_force_login_protection: 'true' },
  });
});
afterAll(() => world.stop());

// One round through all routes is some 3,000.
function isEnough(): boolean {
  return planted >= (IN_FULL ? 10_000 : 0);
}

function secret(): string {
  planted++;
  return `${MARK}${randomLetters(18)}`;
}

/** A secret in the form of a token or key that this server could have made. */
function token(): string {
  const made = ++planted % 2 === 0 ? makeToken() : makeApiKey('planted', 1).key;
  told.push(coreOf(made));
  return made;
}

/** What of a key or token is secret, and in no other form of it encoded. */
function coreOf(made: string): string {
  return (secretOf(made) ?? made).replace(/^glsa_/, '').slice(0, 32);
}

async function ask(method: string, path: string, as: As, body?: unknown, headers?: Record<string, string>) {
  const { status, body: answer, headers: sent } = await world.send(as, method, path, body, headers);
  answers.push(
    `${method} ${path.split('?', 1)[0]} ${status}\n${JSON.stringify(answer)}\n${[...sent].join('\n')}`,
  );
  return { status, body: answer };
}

test('every field that sounds secret is listed here', () => {
  const found = world.routes.flatMap(({ method, url, schema }) =>
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
    await plantWhereTheyBelong();
    const routes = world.routes.filter(({ method }) => method !== 'HEAD');
    for (let round = 0; round === 0 || !isEnough(); round++) {
      for (const { method, url } of routes) await plantAround(method, url, round);
    }
    for (const path of ['/metrics', '/api/admin/settings', '/api/admin/settings/explained', '/api/audit']) {
      await ask('GET', path, ADMIN);
    }
    for (const path of ['/api/admin/audit', '/api/v1/sso-settings', '/api/datasources', '/api/auth/keys']) {
      await ask('GET', path, ADMIN);
    }
    const places = await everywhere();
    const needles = [...formsOf(MARK), ...told.map((core) => Buffer.from(core))];
    const leaks = places.flatMap(({ place, bytes }) =>
      needles
        .map((needle) => bytes.indexOf(needle))
        .filter((at) => at !== -1)
        .map((at) => `${place}: …${bytes.toString('latin1', Math.max(0, at - 200), at + 60)}…`),
    );
    expect(leaks.slice(0, 10)).toEqual([]);
    tried(planted);
  },
  600_000,
);

test('the search finds what is there', () => {
  const hidden = `${MARK}${randomLetters(18)}`;
  for (const text of [hidden, ...[0, 1, 2].map((by) => btoa('x'.repeat(by) + hidden)), hex(hidden)]) {
    const bytes = Buffer.from(`before${text}after`);
    expect(
      formsOf(MARK).some((needle) => bytes.includes(needle)),
      text,
    ).toBe(true);
  }
});

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

/** Through the fields that are meant for secrets. */
async function plantWhereTheyBelong(): Promise<void> {
  for (let time = 0; time < (IN_FULL ? 50 : 5); time++) {
    const login = `planted${time}`;
    const password = secret();
    const made = await ask('POST', '/api/admin/users', ADMIN, { login, password });
    expect(made.status, JSON.stringify(made.body)).toBe(200);
    const browser = await signIn(world, login, password);
    told.push(browser.cookie ?? '');
    const next = secret();
    const own = { oldPassword: password, newPassword: next };
    expect((await ask('PUT', '/api/user/password', { basic: `${login}:${password}` }, own)).status).toBe(200);
    await ask('PUT', '/api/user/password', { basic: `${login}:${next}` }, { ...own, oldPassword: secret() });
    const byAdmin = { password: secret() };
    const path = `/api/admin/users/${made.body.id}/password`;
    expect((await ask('PUT', path, ADMIN, byAdmin)).status).toBe(200);

    const source = { name: login, type: 'prometheus', access: 'proxy', url: 'http://127.0.0.1' };
    const sealed = () => ({ ...source, secureJsonData: { password: secret(), httpHeaderValue1: secret() } });
    const { status, body } = await ask('POST', '/api/datasources', ADMIN, sealed());
    expect(status).toBe(200);
    expect((await ask('PUT', `/api/datasources/uid/${body.datasource.uid}`, ADMIN, sealed())).status).toBe(
      200,
    );
    expect((await ask('PUT', `/api/datasources/${body.id}`, ADMIN, sealed())).status).toBe(200);

    const settings = { clientId: 'id', clientSecret: secret(), enabled: false };
    expect((await ask('PUT', '/api/v1/sso-settings/github', ADMIN, { settings })).status).toBe(204);
    await ask('GET', '/api/v1/sso-settings/github', ADMIN);

    for (const authorization of [`Bearer ${token()}`, `Basic ${btoa(`admin:${secret()}`)}`]) {
      const headers = { authorization, cookie: `grafana_session=${secret()}` };
      const asked = { method: 'GET', path: `/api/org?token=${secret()}`, headers };
      expect((await ask('POST', '/api/access-control/explain', ADMIN, asked)).status).toBe(200);
    }
    const leaks = [{ token: token(), url: `https://example.org/?t=${secret()}` }, { token: secret() }];
    expect((await ask('POST', '/api/leaks', ADMIN, leaks)).status).toBe(200);
    await keep('/api/auth/keys', { name: `key ${time}`, role: 'Viewer' });
    const { body: account } = await ask('POST', '/api/serviceaccounts', ADMIN, { name: `account ${time}` });
    await keep(`/api/serviceaccounts/${account.id}/tokens`, { name: `token ${time}` });
  }
}

/** Has a key or token made, uses it, and keeps its secret; its answer alone may show it. */
async function keep(path: string, wanted: object): Promise<void> {
  const { body } = await world.send(ADMIN, 'POST', path, wanted);
  planted++;
  told.push(coreOf(body.key));
  expect((await ask('GET', '/api/org', { bearer: body.key })).status).toBe(200);
  expect((await world.send(ADMIN, 'POST', '/api/leaks', [{ token: body.key }])).status).toBe(200);
  expect((await ask('GET', '/api/org', { bearer: body.key })).status).toBe(401);
}

/** Where they do not belong, at any route: in headers, the query, the path, a body that is broken or of another form. */
async function plantAround(method: string, url: string, round: number): Promise<void> {
  const path = url.replaceAll(/:\w+/g, '999999');
  // Who signs out or deletes all is somebody that is not there.
  await ask(method, path, { bearer: token() });
  await ask(method, path, { bearer: secret() });
  // A wrong password takes its time.
  if (IN_FULL || url.length % 8 === 0) {
    await ask(method, path, { basic: `admin:${secret()}` });
    await ask(method, path, { basic: `${secret()}:${secret()}` });
  }
  await ask(method, path, { basic: `api_key:${token()}` });
  await ask(method, path, undefined, undefined, { cookie: `grafana_session=${secret()}` });
  await ask(method, path, undefined, undefined, { authorization: secret() });
  await ask(method, path, undefined, undefined, { authorization: `Token ${secret()}` });
  await ask(method, path, undefined, undefined, { 'x-grafana-org-id': secret(), 'x-auth-token': secret() });
  const query = `?token=${secret()}&password=${secret()}&auth_token=${token()}`;
  await ask(method, `${path}${query}`, round % 2 === 0 ? ADMIN : undefined);
  if (CHANGES.has(method)) {
    for (const body of [
      `{"password":"${secret()}","token":"${token()}`,
      `"${secret()}"`,
      { password: [secret()], token: { token: secret() }, secureJsonData: secret(), settings: secret() },
      { user: secret(), password: secret() },
    ]) {
      // In an organization that is not there: nothing is changed by it.
      await ask(method, path, ADMIN, body, { 'x-grafana-org-id': '999999' });
      await ask(method, path, undefined, body);
    }
  }
}

/** All that is kept, logged and was answered. */
async function everywhere(): Promise<{ place: string; bytes: Buffer }[]> {
  const { db, config } = world.context;
  const places: { place: string; bytes: Uint8Array }[] = [
    { place: 'log', bytes: Buffer.from(world.log.join('')) },
    ...answers.map((answer) => ({ place: 'answer', bytes: Buffer.from(answer) })),
  ];
  for (const { name } of await db.introspection.getTables()) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db);
    for (const row of rows) {
      for (const [column, value] of Object.entries(row)) {
        const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value));
        places.push({ place: `${name}.${column}`, bytes });
      }
    }
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
