import { get, type IncomingMessage } from 'node:http';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRequest } from '../../../client/request-text.ts';
import { grafanaKey } from '../../../test/support/grafana-secrets.ts';
import { importedSecret } from '../../crypto/grafana-hashes.ts';
import { makeMember, makeOrg, makeUser, type MadeUser, signIn } from '../../testing/people.ts';
import { ADMIN, type Answer, type As, startWorld, type World } from '../../testing/world.ts';
import { expectImported } from '../credentials/imported.ts';
import { writeCredentialUses } from '../credentials/credentials.ts';
import { writeSessionUses } from '../sessions/sessions.ts';

const EXPLAIN = '/api/access-control/explain';
const HOUR_MS = 3_600_000;

let world: World;
let viewer: MadeUser;

beforeAll(async () => {
  world = await startWorld({ log: { level: 'debug' }, server: { root_url: 'https://example.org/grafana/' } });
  viewer = await makeMember(world, 1, 'vera', 'Viewer');
});
afterAll(() => world.stop());

type Sent = Record<string, unknown>;

async function post(path: string, body: object, as: As = ADMIN, headers: Record<string, string> = {}) {
  const answer = await world.send(as, 'POST', path, body, headers);
  expect(answer.status, `POST ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

const ask = (as: As, asked: Sent): Promise<Answer> => world.send(as, 'POST', EXPLAIN, asked);

// oxlint-disable-next-line typescript/no-explicit-any -- tests say what they expect of it
async function explain(asked: Sent, as: As = ADMIN): Promise<any> {
  const { status, body } = await ask(as, asked);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

function stepOf(told: { steps: { step: string }[] }, name: string) {
  return told.steps.find(({ step }) => step === name);
}

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

async function makeToken(name: string, role: string, more: object = {}, headers = {}) {
  const { id: account } = await post('/api/serviceaccounts', { name, role }, ADMIN, headers);
  const { id, key } = await post(`/api/serviceaccounts/${account}/tokens`, { name, ...more }, ADMIN, headers);
  return { account, id, secret: key as string };
}

async function makeKey(name: string, role: string, headers = {}) {
  const { id, key } = await post('/api/auth/keys', { name, role }, ADMIN, headers);
  return { id, secret: key as string };
}

test('the steps come in the order in which the server decides, those that are not reached last', async () => {
  const { secret } = await makeToken('in order', 'Viewer');
  const path = '/api/user/quotas';
  const refused = await explain({ method: 'GET', path, headers: bearer(secret) });
  const names = [
    'route',
    'credential',
    'account',
    'validity',
    'organization',
    'permission',
    'person',
    'rule',
  ];
  expect(refused.steps.map(({ step }: { step: string }) => step)).toEqual(names);
  expect(refused.steps.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
    ...Array(6).fill('passed'),
    'refused',
    'not reached',
  ]);
  expect(refused).toMatchObject({ verdict: 'refused', status: 403, route: { method: 'GET', url: path } });
  const allowed = await explain({
    method: 'GET',
    path: '/api/org/',
    headers: { Authorization: `Bearer ${secret}` },
  });
  expect(allowed).toMatchObject({
    verdict: 'allowed',
    status: 200,
    route: { method: 'GET', url: '/api/org', needs: 'Needs `orgs:read`.' },
    identity: { kind: 'service-account', name: 'in order', orgId: 1, orgName: 'Main Org.', role: 'Viewer' },
  });
});

test('where no credential is sent, that is the answer', async () => {
  const told = await explain({ method: 'GET', path: '/api/org' });
  expect(told).toMatchObject({ verdict: 'refused', status: 401 });
  expect(stepOf(told, 'credential')).toMatchObject({ outcome: 'refused', text: 'No credential was sent.' });
  expect(told.identity).toBeUndefined();
});

test.each([
  ['GET', '/folders', /does not begin with \/api/, 'Use GET /api/folders.'],
  ['PATCH', '/api/folders/', /does not take PATCH/, 'It takes GET, POST: /api/folders.'],
  ['GET', '/api//folders', /two slashes/, 'Use GET /api/folders.'],
  ['GET', '/API/Folders', /capitals/, 'Use GET /api/folders.'],
  ['GET', '/monitoring/api/folders', /does not lie under/, 'Use GET /api/folders.'],
  ['GET', '/api/folders"', /quotation mark/, 'Use GET /api/folders.'],
  ['GET', '/api/service-accounts', /no such call/, 'The nearest is GET /api/serviceaccounts.'],
  [
    'GET',
    '/apis/folder.grafana.app/v1/namespaces/default/folders/a',
    /newer Grafana/,
    'Use GET /api/folders/:uid.',
  ],
  ['GET', '/grafana/folders', /does not begin with \/api.*\/grafana/, 'Use GET /api/folders.'],
  [
    'GET',
    '/nothing/like/anything',
    /no such call/,
    'GET /api/openapi.json lists all calls, and /api/docs shows them.',
  ],
])('of a path that leads nowhere, what is nearest is said: %s %s', async (method, path, text, advice) => {
  const { secret } = await makeKey(`nearest to ${method} ${path}`, 'Viewer');
  const told = await explain({ method, path, headers: bearer(secret) });
  expect(told).toMatchObject({ verdict: 'refused', status: 404 });
  expect(stepOf(told, 'route')).toMatchObject({
    outcome: 'refused',
    text: expect.stringMatching(text),
    advice,
  });
  // Who asks is looked at before it is said that there is nothing.
  expect((await explain({ method, path })).status).toBe(401);
});

test('a path under that of root_url is taken for what a proxy makes of it, and that is said', async () => {
  const { secret } = await makeKey('behind a proxy', 'Viewer');
  const told = await explain({ method: 'GET', path: '/grafana/api/org', headers: bearer(secret) });
  expect(told).toMatchObject({ verdict: 'depends', status: null, route: { url: '/api/org' } });
  expect(stepOf(told, 'route')).toMatchObject({
    outcome: 'noted',
    text: expect.stringContaining('/grafana'),
  });
  const refused = await explain({ method: 'DELETE', path: '/grafana/api/orgs/1', headers: bearer(secret) });
  expect(refused).toMatchObject({ verdict: 'refused', status: 403 });
});

test('what cannot be read, or has its method in small letters, is refused before anybody is looked at', async () => {
  for (const asked of [
    { method: 'GET', path: '/api/folders/%zz' },
    { method: 'get', path: '/api/org' },
  ]) {
    const told = await explain(asked);
    expect(told).toMatchObject({ verdict: 'refused', status: 400 });
    expect(stepOf(told, 'credential')).toMatchObject({ outcome: 'not reached' });
    expect((await world.send(undefined, 'GET', '/api/folders/%zz')).status).toBe(400);
  }
});

/** The status of a request whose path goes out letter by letter; fetch works out the dots in it. */
async function statusAsWritten(path: string, headers: Record<string, string>): Promise<number | undefined> {
  const { hostname, port } = new URL(world.url);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ hostname, port, path, headers }, resolve).on('error', reject);
  });
  answer.resume();
  return answer.statusCode;
}

test.each([
  ['/api/x/../org', 'refused', undefined],
  ['/api/%2e%2e/api/org', 'refused', undefined],
  ['/api/./org', 'refused', undefined],
  ['/api\\org', 'refused', undefined],
  ['/api/folders/%2e%2e', 'allowed', '/api/folders/:uid'],
])('a path is taken letter by letter, as the server takes it: %s', async (path, verdict, url) => {
  const headers = bearer((await makeKey(`of dots in ${path}`, 'Viewer')).secret);
  const told = await explain({ method: 'GET', path, headers });
  expect([told.verdict, told.route?.url]).toEqual([verdict, url]);
  expect(await statusAsWritten(path, headers)).toBe(404);
  await writeCredentialUses(world.context);
});

test('no path breaks it', async () => {
  const { secret } = await makeKey('of odd paths', 'Viewer');
  for (const path of [
    '/\\',
    '//[',
    '/%',
    '/%2F',
    '/a\u0000b',
    '/\ud800',
    '/..',
    '//user:pw@host:1/x',
    '/:x',
    `/${'a/'.repeat(8000)}`,
  ]) {
    const { status, verdict } = await explain({ method: 'PUT', path, headers: bearer(secret) });
    expect([verdict, status < 405], path.slice(0, 20)).toEqual(['refused', true]);
  }
});

test('whoever is in no organization is told so, and what to do about it', async () => {
  const { id, as } = await makeMember(world, await makeOrg(world, 'left behind'), 'leaver', 'Viewer');
  const { orgId } = (await world.send(as, 'GET', '/api/user')).body;
  expect((await world.send(ADMIN, 'DELETE', `/api/orgs/${orgId}/users/${id}`)).status).toBe(200);
  const told = await explain({ method: 'GET', path: '/api/org', credential: { kind: 'user', id } }, as);
  expect(told).toMatchObject({ verdict: 'refused', status: 403, identity: { orgId: 0, role: 'None' } });
  expect(stepOf(told, 'organization')).toMatchObject({ text: expect.stringContaining('in no organization') });
  expect(stepOf(told, 'permission')).toMatchObject({
    advice: expect.stringContaining('administrator of the server'),
  });
  expect((await world.send(as, 'GET', '/api/org')).status).toBe(403);
});

test('an open call looks at no credential', async () => {
  const told = await explain({ method: 'GET', path: '/api/health', headers: bearer('nonsense') });
  expect(told).toMatchObject({ verdict: 'allowed', status: 200 });
  expect(await explain({ method: 'GET', path: '/bootdata' })).toMatchObject({
    verdict: 'depends',
    status: null,
  });
});

test('a credential is shown or picked, not both', async () => {
  const credential = { kind: 'user', id: viewer.id };
  for (const headers of [bearer('x'), { cookie: 'grafana_session=x' }]) {
    const { status, body } = await ask(ADMIN, { method: 'GET', path: '/api/org', headers, credential });
    expect(status).toBe(400);
    expect(body.detail).toContain('either');
  }
});

/** Every row of the database but what only says that somebody asked for this very explanation. */
async function allRows(): Promise<string> {
  const { db } = world.context;
  const found: string[] = [];
  for (const { name } of await db.introspection.getTables()) {
    if (name.startsWith('usage')) continue;
    const { rows } = await sql<object>`select * from ${sql.table(name)}`.execute(db);
    found.push(...rows.map((row) => `${name} ${JSON.stringify(row)}`));
  }
  return found.toSorted().join('\n');
}

test('an explanation is no use of the credential: nothing of it is written, changed or counted', async () => {
  const { context } = world;
  const token = await makeToken('not used', 'Viewer');
  const key = await makeKey('not used either', 'Viewer');
  const imported = grafanaKey('imported', 1);
  const { id } = await makeKey('imported', 'Viewer');
  const secret_hash = importedSecret(imported.stored);
  await context.db.updateTable('credential').set({ secret_hash }).where('id', '=', id).execute();
  expectImported(context);
  await makeMember(world, 1, 'nora', 'Viewer');
  const { cookie } = await signIn(world, 'nora');
  // Late enough for the session to get a new secret with its next request.
  world.clock.advance(HOUR_MS);
  await world.send(ADMIN, 'GET', '/api/org');
  const before = await allRows();
  const uses = JSON.stringify([[...context.uses.users.keys()], [...context.uses.keyCalls.keys()]]);

  for (const headers of [
    bearer(token.secret),
    bearer(key.secret),
    bearer(imported.secret),
    { cookie: `grafana_session=${cookie}` },
    { authorization: `Basic ${btoa('nora:password of nora')}` },
  ]) {
    expect(await explain({ method: 'GET', path: '/api/org', headers })).toMatchObject({ verdict: 'allowed' });
  }
  expect(JSON.stringify([[...context.uses.users.keys()], [...context.uses.keyCalls.keys()]])).toBe(uses);
  await writeCredentialUses(context);
  await writeSessionUses(context);
  expect(await allRows()).toBe(before);
});

test('what was pasted is in no answer, log line or row, however wrong it is', async () => {
  const token = (await makeToken('to be hidden', 'Viewer')).secret;
  const key = (await makeKey('hidden too', 'Viewer')).secret;
  const { k } = JSON.parse(Buffer.from(key, 'base64').toString());
  await makeMember(world, 1, 'hilda', 'Viewer');
  const { cookie = '' } = await signIn(world, 'hilda');
  const wrong = 'a-wrong-Passw0rd';
  const secrets = [
    token,
    key,
    k,
    cookie,
    'password of hilda',
    wrong,
    btoa(`hilda:${wrong}`),
    token.slice(5, 25),
  ];
  const before = world.log.length;
  const texts: string[] = [];
  for (const headers of [
    bearer(token),
    bearer(key),
    bearer(`"${token}"`),
    bearer(token.slice(0, -2)),
    { authorization: token },
    { authorization: `Basic ${token}` },
    { authorization: `Basic ${btoa(`${token}:`)}` },
    { authorization: `Basic ${btoa('hilda:password of hilda')}` },
    { authorization: `Basic ${btoa(`hilda:${wrong}`)}` },
    { authorization: `Basic ${btoa(`${wrong}:${wrong}`)}` },
    { cookie: `grafana_session=${cookie}` },
    { cookie: `grafana_session=${token}` },
  ]) {
    for (const path of ['/api/org', '/api/nothing', '/api/admin/stats?orgId=7'])
      texts.push(JSON.stringify((await ask(ADMIN, { method: 'GET', path, headers })).body));
  }
  // Not even where the body is no JSON, or of the wrong form.
  for (const body of [
    `{"headers":{"authorization":${token}}}`,
    { method: 'GET', path: token, headers: bearer(token) },
  ]) {
    const { status, body: answer } = await world.send(ADMIN, 'POST', EXPLAIN, body);
    expect(status).toBe(400);
    texts.push(JSON.stringify(answer));
  }
  const logged = world.log.slice(before).join('\n');
  expect(logged).toContain('a password was wrong that was to be explained');
  const rows = await allRows();
  for (const secret of secrets)
    for (const text of [...texts, logged, rows]) expect(text).not.toContain(secret);
});

test('wrong passwords are told of as at signing in: nobody learns who exists, and each shows in the log', async () => {
  const before = world.log.length;
  await makeMember(world, 1, 'disabled', 'Viewer').then(({ id }) =>
    post(`/api/admin/users/${id}/disable`, {}),
  );
  const told = [];
  for (const pair of [
    'vera:wrong',
    'nobody-at-all:wrong',
    'disabled:wrong',
    'disabled:password of disabled',
  ]) {
    const headers = { authorization: `Basic ${btoa(pair)}` };
    told.push(JSON.stringify(await explain({ method: 'GET', path: '/api/org', headers }, viewer.as)));
  }
  expect(new Set(told).size).toBe(1);
  const lines = world.log.slice(before).filter((line) => line.includes('a password was wrong'));
  expect(lines).toHaveLength(4);
  for (const line of lines) expect(line).toContain(`actor=user:${viewer.id}`);
});

test('why a credential is refused is told to whoever has it, and whose it is to who may read it', async () => {
  const { account, id, secret } = await makeToken('robot', 'Viewer', { secondsToLive: 60 });
  const asked = { method: 'GET', path: '/api/org', headers: bearer(secret) };
  world.clock.advance(HOUR_MS);
  for (const as of [ADMIN, viewer.as]) {
    const told = await explain(asked, as);
    expect(told).toMatchObject({ verdict: 'refused', status: 401 });
    expect(stepOf(told, 'validity')).toMatchObject({
      outcome: 'refused',
      text: expect.stringMatching(/^Token expired: on \d{4}-/),
    });
    expect(JSON.stringify(told).includes('robot')).toBe(as === ADMIN);
  }
  await post(`/api/serviceaccounts/${account}/tokens/${id}/revoke`, {});
  expect(stepOf(await explain(asked), 'validity')).toMatchObject({
    text: 'Token revoked.',
    commands: [`npx latchkey tokens create ${account} NAME --ttl 1M`],
  });
  await world.send(ADMIN, 'PATCH', `/api/serviceaccounts/${account}`, { isDisabled: true });
  const disabled = await explain(asked, viewer.as);
  expect(stepOf(disabled, 'account')).toMatchObject({
    text: 'Service account is disabled.',
    commands: ['npx latchkey service-accounts set ACCOUNT --enable'],
  });
  expect(stepOf(disabled, 'validity')).toMatchObject({ outcome: 'not reached' });
});

test('that a credential was reported as leaked, when and where, is told to who may read it, and to nobody else', async () => {
  const token = await makeToken('leaky', 'Viewer');
  const key = await makeKey('leaky key', 'Viewer');
  await post('/api/leaks', [
    { token: token.secret, url: `https://example.org/paste/17/${token.secret}?by=ann` },
    { token: key.secret },
  ]);
  const on = String.raw`Token revoked\. It was reported as leaked on \d{4}-\d\d-\d\d[^,]*`;
  for (const [{ secret }, where] of [
    [token, 'found at https://example.org/paste/17/…'],
    [key, 'where it was found was not said'],
  ] as const) {
    const asked = { method: 'GET', path: '/api/org', headers: bearer(secret) };
    const { text } = stepOf(await explain(asked), 'validity') as unknown as { text: string };
    expect(text).toMatch(new RegExp(`^${on}, ${where}\\.$`));
    expect(stepOf(await explain(asked, viewer.as), 'validity')).toMatchObject({ text: 'Token revoked.' });
  }
});

test('an unknown key is told the organization that it names itself, which anybody can read in it', async () => {
  const { id, secret } = await makeKey('to be deleted', 'Viewer');
  await world.send(ADMIN, 'DELETE', `/api/auth/keys/${id}`);
  const told = await explain({ method: 'GET', path: '/api/org', headers: bearer(secret) });
  expect(stepOf(told, 'credential')).toMatchObject({
    outcome: 'refused',
    text: expect.stringMatching(
      /form is right, but it is not known here.*of organization 1, the one that you are in/,
    ),
  });
});

test('of whom nothing may be read, nothing is explained; everybody may ask about themselves', async () => {
  const { account, id } = await makeToken('asked about', 'Viewer');
  const asked = (kind: string, of: number) => ({
    method: 'GET',
    path: '/api/org',
    credential: { kind, id: of },
  });
  for (const [kind, of] of [
    ['service-account', account],
    ['token', id],
    ['user', 1],
  ] as const) {
    expect((await ask(ADMIN, asked(kind, of))).status).toBe(200);
    const refused = await ask(viewer.as, asked(kind, of));
    const missing = await ask(viewer.as, asked(kind, 999_999));
    expect([refused.status, refused.body.message]).toEqual([403, missing.body.message]);
  }
  expect(await explain(asked('user', viewer.id), viewer.as)).toMatchObject({ identity: { login: 'vera' } });
  const { account: own, secret } = await makeToken('asks itself', 'Viewer');
  expect(await explain(asked('service-account', own), { bearer: secret })).toMatchObject({
    verdict: 'allowed',
  });
});

test('what somebody is in another organization is not told to the Admins of this one', async () => {
  const here = await makeOrg(world, 'here');
  const there = await makeOrg(world, 'there');
  const admin = await makeMember(world, here, 'admin-of-here', 'Admin');
  const both = await makeMember(world, here, 'in-both', 'Viewer');
  const only = await makeMember(world, here, 'only-here', 'Viewer');
  await post(`/api/orgs/${there}/users`, { loginOrEmail: both.login, role: 'Admin' });
  // What they work in otherwise is their own affair, too.
  await world.send(both.as, 'POST', `/api/user/using/${there}`);

  const about = (id: number, more: object) =>
    ask(admin.as, { method: 'GET', path: '/api/org/users', credential: { kind: 'user', id }, ...more });
  const masked = ({ status, body }: Answer) =>
    JSON.stringify([status, body], (name, value) =>
      /^(id|login|name|traceID|accessErrorId)$/.test(name) ? '' : value,
    ).replaceAll(/in-both|only-here|users\/\d+/g, 'X');
  for (const more of [{}, { orgId: there }, { orgId: 999_999 }, { path: `/api/org?orgId=${there}` }]) {
    const [one, other] = [await about(both.id, more), await about(only.id, more)];
    expect(masked(one)).toBe(masked(other));
  }
  expect((await about(both.id, {})).body).toMatchObject({ identity: { orgId: here, role: 'Viewer' } });
  expect((await about(both.id, { orgId: there })).status).toBe(403);
  // Whoever may read the members of both is told of both.
  await post(`/api/orgs/${there}/users`, { loginOrEmail: admin.login, role: 'Admin' });
  expect((await about(both.id, { orgId: there })).body).toMatchObject({
    identity: { orgId: there, role: 'Admin' },
  });
  const apart = await makeOrg(world, 'apart');
  await post(`/api/orgs/${apart}/users`, { loginOrEmail: admin.login, role: 'Admin' });
  const { body } = await about(both.id, { orgId: apart });
  expect(stepOf(body, 'organization')).toMatchObject({
    outcome: 'refused',
    text: `It has no part in organization ${apart}.`,
  });
});

test('that somebody administers the server is not told to an Admin, by no answer', async () => {
  const orgId = await makeOrg(world, 'of administrators');
  const admin = await makeMember(world, orgId, 'plain-admin', 'Admin');
  const plain = await makeMember(world, orgId, 'plain-viewer', 'Viewer');
  const high = await makeMember(world, orgId, 'high-viewer', 'Viewer');
  await world.send(ADMIN, 'PUT', `/api/admin/users/${high.id}/permissions`, { isGrafanaAdmin: true });
  for (const [method, path] of [
    ['GET', '/api/users'],
    ['GET', '/api/admin/stats'],
    ['POST', '/api/orgs'],
    ['DELETE', '/api/orgs/1'],
    ['GET', '/api/org'],
    ['GET', '/api/auth/keys'],
  ]) {
    const answers = [];
    for (const { id } of [plain, high]) {
      const told = await explain({ method, path, credential: { kind: 'user', id } }, admin.as);
      answers.push(JSON.stringify(told).replaceAll(/plain-viewer|high-viewer|users\/\d+|"id":\d+/g, ''));
    }
    expect(answers[0]).toBe(answers[1]);
  }
  const told = await explain(
    { method: 'GET', path: '/api/users', credential: { kind: 'user', id: high.id } },
    admin.as,
  );
  expect(told).toMatchObject({ verdict: 'depends', status: null });
  expect(told.identity).not.toHaveProperty('isGrafanaAdmin');
  const known = await explain({
    method: 'GET',
    path: '/api/users',
    credential: { kind: 'user', id: high.id },
  });
  expect(known).toMatchObject({ verdict: 'allowed', identity: { isGrafanaAdmin: true } });
});

test('from what a permission is held is said: role, other roles, teams, the object and what it lies in', async () => {
  await post('/api/folders', { title: 'Outer', uid: 'outer' });
  await post('/api/folders', { title: 'Inner', uid: 'inner', parentUid: 'outer' });
  const { teamId } = await post('/api/teams', { name: 'Platform' });
  const member = await makeMember(world, 1, 'tom', 'Viewer');
  await post(`/api/teams/${teamId}/members`, { userId: member.id });
  await post(`/api/access-control/folders/outer/teams/${teamId}`, { permission: 'Edit' });
  await post(`/api/access-control/folders/inner/users/${member.id}`, { permission: 'View' });
  await post('/api/access-control/roles', {
    name: 'custom:members',
    uid: 'members',
    permissions: [{ action: 'org.users:read', scope: 'users:*' }],
  });
  await post(`/api/access-control/teams/${teamId}/roles`, { roleUid: 'members' });
  const heldBy = async (method: string, path: string, as: As = ADMIN) => {
    const told = await explain({ method, path, credential: { kind: 'user', id: member.id } }, as);
    return stepOf(told, 'permission') as unknown as { text: string };
  };
  expect((await heldBy('GET', '/api/org')).text).toContain('the basic role Viewer');
  expect((await heldBy('PUT', '/api/folders/inner')).text).toContain(
    'the permission Edit on the folder "outer", in which it lies, given to the team "Platform"',
  );
  const { text } = await heldBy('GET', '/api/folders/inner');
  expect(text).toContain('the permission View on the folder "inner" given to it by name');
  expect(text).toContain('given to the basic role Viewer');
  expect((await heldBy('GET', '/api/org/users')).text).toContain(
    'the role "custom:members" of the team "Platform"',
  );
  expect((await heldBy('GET', `/api/teams/${teamId}`)).text).toContain('being a member of the team');
  expect((await heldBy('GET', '/api/folders/not-there')).text).toContain(
    'there being no such folder or dashboard',
  );
  // The names of roles are for who may read roles: they themselves may not.
  expect((await heldBy('GET', '/api/org/users', member.as)).text).toContain(
    'a role besides the basic one of the team',
  );
});

test('who may read accounts and nothing else is not told of folders and roles', async () => {
  const reader = await makeToken('reads accounts', 'None');
  await post(`/api/access-control/users/${reader.account}/roles`, {
    roleUid: 'fixed:serviceaccounts:reader',
  });
  await post('/api/folders', { title: 'Hidden', uid: 'hidden' });
  const picked = await makeToken('has one folder', 'None');
  await post(`/api/access-control/folders/hidden/users/${picked.account}`, { permission: 'Edit' });
  const credential = { kind: 'service-account', id: picked.account };
  const told = await explain(
    { method: 'PUT', path: '/api/folders/hidden', credential },
    { bearer: reader.secret },
  );
  expect(stepOf(told, 'permission')).toMatchObject({
    outcome: 'passed',
    text: expect.stringMatching(/held from a permission on the object or on what it lies in\.$/),
  });
});

test('whoever shows a credential of another organization is told no more of it than the credential is', async () => {
  const orgId = await makeOrg(world, 'foreign');
  const there = { 'x-grafana-org-id': String(orgId) };
  const home = await makeOrg(world, 'home');
  const admin = await makeMember(world, home, 'admin-of-home', 'Admin');
  const { account, secret } = await makeToken('foreigner', 'Viewer', {}, there);
  const permissions = [{ action: 'org.users:read', scope: 'users:*' }];
  await post(
    '/api/access-control/roles',
    { name: 'custom:foreign', uid: 'foreign', permissions },
    ADMIN,
    there,
  );
  await post(`/api/access-control/users/${account}/roles`, { roleUid: 'foreign' }, ADMIN, there);
  await post('/api/folders', { title: 'Foreign', uid: 'foreign' }, ADMIN, there);
  const asked = (method: string, path: string) => ({ method, path, headers: bearer(secret) });
  const members = asked('GET', '/api/org/users');
  expect(stepOf(await explain(members, admin.as), 'permission')).toMatchObject({
    text: expect.stringContaining('a role besides the basic one'),
  });
  expect(JSON.stringify(await explain(members))).toContain('custom:foreign');
  // Editors may write there, by a permission on the folder that is not an Admin's of elsewhere to read.
  const change = asked('PUT', '/api/folders/foreign');
  expect(JSON.stringify(await explain(change, admin.as))).not.toContain('--role Editor');
  expect(JSON.stringify(await explain(change))).toContain('--role Editor');
});

test('what is advised is enough: every call that is given lets the request in', async () => {
  await post('/api/folders', { title: 'Advised', uid: 'advised' });
  const requests: [string, string][] = [
    ['PUT', '/api/folders/advised'],
    ['DELETE', '/api/folders/advised'],
    ['GET', '/api/serviceaccounts/search'],
    ['POST', '/api/datasources'],
    ['DELETE', '/api/orgs/999999'],
  ];
  let followed = 0;
  for (const [at, [method, path]] of requests.entries()) {
    for (let which = 0; which < 2; which++) {
      const { account } = await makeToken(`advised ${at} ${which}`, 'Viewer');
      const { id: user } = await makeMember(world, 1, `advised-${at}-${which}`, 'Viewer');
      for (const credential of [
        { kind: 'service-account', id: account },
        { kind: 'user', id: user },
      ]) {
        const asked = { method, path, credential };
        const told = await explain(asked);
        expect(told).toMatchObject({ verdict: 'refused', status: 403 });
        const { commands } = stepOf(told, 'permission') as unknown as { commands: string[] };
        const command = commands[which];
        if (command === undefined) continue;
        await follow(command);
        followed++;
        expect((await explain(asked)).verdict, command).not.toBe('refused');
      }
    }
  }
  expect(followed).toBeGreaterThan(10);
});

/** Does what a command would do, as the administrator. */
async function follow(command: string): Promise<void> {
  const [, account, role] = /^npx latchkey service-accounts set (\d+) --role (\w+)$/.exec(command) ?? [];
  const read = readRequest(command);
  const call = 'failure' in read ? { method: 'PATCH', path: `/api/serviceaccounts/${account}` } : read;
  const body: unknown = 'failure' in read ? { role } : JSON.parse(/-d '([^']*)'/.exec(command)?.[1] ?? '{}');
  const { status } = await world.send(ADMIN, call.method, call.path.replace('/grafana', ''), body);
  expect(status, command).toBe(200);
}

test('a setting that would let the request in is named', async () => {
  const { secret } = await makeKey('an Editor', 'Editor');
  await post('/api/folders', { title: 'Settings', uid: 'settings' });
  for (const [method, path, setting] of [
    ['DELETE', '/api/folders/settings', '[access_control] editors_can_delete = true'],
    ['POST', '/api/auth/keys', '[access_control] editors_can_manage_keys = true'],
  ]) {
    const told = await explain({ method, path, headers: bearer(secret) });
    expect(stepOf(told, 'permission')).toMatchObject({
      outcome: 'refused',
      advice: expect.stringContaining(setting ?? ''),
    });
  }
  const credential = { kind: 'user', id: viewer.id };
  const told = await explain({ method: 'POST', path: '/api/orgs', credential });
  expect(stepOf(told, 'rule')).toMatchObject({
    advice: expect.stringContaining('[users] allow_org_create = true'),
  });
  const abroad = await makeOrg(world, 'abroad');
  const key = await makeKey('Admin abroad', 'Admin', { 'x-grafana-org-id': String(abroad) });
  const stats = await explain({ method: 'GET', path: '/api/admin/stats', headers: bearer(key.secret) });
  expect(stepOf(stats, 'permission')).toMatchObject({
    advice: expect.stringContaining('Admin of the main organization'),
  });
});

test('a session is refused to another site, which is said', async () => {
  const { login } = await makeUser(world, 'sam');
  const { cookie } = await signIn(world, login);
  const asked = {
    method: 'POST',
    path: '/api/folders',
    headers: {
      cookie: `grafana_session=${cookie}`,
      origin: 'https://elsewhere.example',
      host: 'example.org',
    },
  };
  const told = await explain(asked);
  expect(told).toMatchObject({ verdict: 'refused', status: 403 });
  expect(stepOf(told, 'credential')).toMatchObject({
    text: expect.stringContaining('comes from another site'),
    advice: expect.stringContaining('root_url'),
  });
  const same = await explain({ ...asked, headers: { ...asked.headers, origin: 'https://example.org' } });
  expect(stepOf(same, 'credential')).toMatchObject({ outcome: 'passed' });
});

test('in which organization a request acts is said, and how to let the credential in', async () => {
  const orgId = await makeOrg(world, 'elsewhere');
  const { account, secret } = await makeToken('traveller', 'Viewer');
  const asked = { method: 'GET', path: `/api/org?orgId=${orgId}`, headers: bearer(secret) };
  const told = await explain(asked);
  expect(stepOf(told, 'organization')).toMatchObject({
    outcome: 'refused',
    commands: [`npx latchkey service-accounts grant-org ${account} ${orgId} --role Viewer`],
  });
  await post(`/api/serviceaccounts/${account}/orgs`, { orgId, role: 'Editor' });
  expect(await explain(asked)).toMatchObject({
    verdict: 'allowed',
    identity: { orgId, orgName: 'elsewhere', role: 'Editor' },
  });
  // The header goes before the query, as in a request.
  const both = await explain({ ...asked, headers: { ...asked.headers, 'x-grafana-org-id': '1' } });
  expect(both).toMatchObject({ identity: { orgId: 1, role: 'Viewer' } });
  expect(await explain({ ...asked, path: '/api/org', orgId })).toMatchObject({ identity: { orgId } });
});
