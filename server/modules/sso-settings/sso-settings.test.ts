import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg, makeUser } from '../../testing/people.ts';
import { ADMIN, type Answer, type As, startWorld, type World } from '../../testing/world.ts';

const MASK = '*********';
const LIST = '/api/v1/sso-settings';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
afterEach(async () => {
  await world.context.db.deleteFrom('sso_setting').execute();
});

const get = (key: string, as: As = ADMIN) => world.send(as, 'GET', `${LIST}/${key}`);
const put = (key: string, settings: unknown, as: As = ADMIN) =>
  world.send(as, 'PUT', `${LIST}/${key}`, { provider: key, settings });

function expectDone({ status, body }: Answer): void {
  expect(status, JSON.stringify(body)).toBe(204);
  expect(body).toBe('');
}

async function row(provider: string) {
  const query = world.context.db.selectFrom('sso_setting').selectAll().where('provider', '=', provider);
  return query.executeTakeFirstOrThrow();
}

/** What is sealed, by its place. */
async function secrets(provider: string): Promise<Record<string, unknown>> {
  const sealed = JSON.parse((await row(provider)).secure_settings) as Record<string, string>;
  const opened = Object.entries(sealed).map(([place, text]) => [
    place,
    JSON.parse(world.context.seal.open(text, `sso settings ${provider}:${place}`)) as unknown,
  ]);
  return Object.fromEntries(opened);
}

test('every provider is listed in one order, as the system has it until something is set', async () => {
  const { status, body } = await world.send(ADMIN, 'GET', LIST);
  expect(status).toBe(200);
  expect(body.map(({ provider }: { provider: string }) => provider)).toEqual([
    'azuread',
    'generic_oauth',
    'github',
    'gitlab',
    'google',
    'grafana_com',
    'ldap',
    'okta',
    'saml',
  ]);
  for (const one of body) {
    expect(one).toMatchObject({ id: '', source: 'system', settings: { enabled: false } });
    expect((await get(one.provider)).body).toEqual(one);
  }
  await put('okta', { enabled: false, clientSecret: 'hidden' });
  const { body: after } = await world.send(ADMIN, 'GET', LIST);
  expect(after.map(({ source }: { source: string }) => source)).toEqual(
    body.map(({ provider }: { provider: string }) => (provider === 'okta' ? 'database' : 'system')),
  );
  expect(JSON.stringify(after)).not.toContain('hidden');
});

test('what is set comes back as it was sent, but for its secrets', async () => {
  const settings = {
    enabled: false,
    clientId: 'id',
    clientSecret: 'a "secret"\n\u0001',
    scopes: 'user:email',
    allowSignUp: true,
    nothing: null,
    list: [1, 2.5, 'x', { a: [] }],
  };
  expectDone(await put('github', settings));
  const { status, body } = await get('github');
  expect(status).toBe(200);
  expect(body).toEqual({
    id: expect.stringMatching(/^\w{14}$/),
    provider: 'github',
    settings: { ...settings, clientSecret: MASK },
    source: 'database',
  });
  expect(await secrets('github')).toEqual({ '/clientSecret': settings.clientSecret });

  expectDone(await put('github', { enabled: true }));
  expect((await get('github')).body).toEqual({ ...body, settings: { enabled: true } });
  expect(await secrets('github')).toEqual({});
});

test('names as Terraform writes them come back in the other spelling', async () => {
  const terraform = {
    client_id: 'id',
    client_secret: 's',
    allow_sign_up: false,
    use_pkce: true,
    teams_url: '',
  };
  expectDone(await put('generic_oauth', terraform));
  const camel = { clientId: 'id', clientSecret: MASK, allowSignUp: false, usePkce: true, teamsUrl: '' };
  expect((await get('generic_oauth')).body.settings).toEqual(camel);
  const twice = await put('generic_oauth', { client_id: 'a', clientId: 'b' });
  expect(twice.status).toBe(400);
  expect(twice.body.detail).toContain('clientId twice');
});

test('secrets are known by their names at any depth, and what only sounds alike is left', async () => {
  const open = {
    tokenUrl: 'https://x',
    tlsClientKey: '/a/path',
    idTokenAttributeName: 'id',
    useRefreshToken: true,
  };
  const settings = {
    ...open,
    enabled: false,
    certificate: 'CERT',
    privateKey: 'KEY',
    password: 123_456,
    signingSecrets: ['one', '', { inner: 'two' }],
    emptySecret: '',
    config: {
      servers: [
        { host: 'a', bind_password: 'p1' },
        { host: 'b', bind_password: '' },
        { 'bind/~password': 'p3' },
      ],
    },
  };
  expectDone(await put('ldap', settings));
  const shown = (await get('ldap')).body.settings;
  expect(shown).toEqual({
    ...settings,
    certificate: MASK,
    privateKey: MASK,
    password: MASK,
    signingSecrets: [MASK, '', { inner: MASK }],
    config: {
      servers: [
        { host: 'a', bind_password: MASK },
        { host: 'b', bind_password: '' },
        { 'bind/~password': MASK },
      ],
    },
  });
  expect(await secrets('ldap')).toEqual({
    '/certificate': 'CERT',
    '/privateKey': 'KEY',
    '/password': 123_456,
    '/signingSecrets/0': 'one',
    '/signingSecrets/2/inner': 'two',
    '/config/servers/0/bind_password': 'p1',
    '/config/servers/2/bind~1~0password': 'p3',
  });
});

test('a mask that is sent back keeps the secret, and only that one in that place', async () => {
  expectDone(await put('okta', { clientSecret: 'first', other: { password: 'second' } }));
  const { body } = await get('okta');
  expectDone(await put('okta', { ...body.settings, scopes: 'more' }));
  expect(await secrets('okta')).toEqual({ '/clientSecret': 'first', '/other/password': 'second' });

  expectDone(await put('okta', { clientSecret: 'third', other: body.settings.other }));
  expect(await secrets('okta')).toEqual({ '/clientSecret': 'third', '/other/password': 'second' });

  for (const settings of [{ newSecret: MASK }, { other: { newPassword: MASK }, clientSecret: 'fourth' }]) {
    const refused = await put('okta', settings);
    expect(refused.status).toBe(400);
    expect(refused.body.detail).toContain('only the mask');
  }
  expect(await secrets('okta')).toEqual({ '/clientSecret': 'third', '/other/password': 'second' });
  // What is no secret may look like a mask.
  expectDone(await put('okta', { name: MASK }));
  expect((await get('okta')).body.settings).toEqual({ name: MASK });
});

test('a secret that was forgotten does not come back', async () => {
  expectDone(await put('google', { clientSecret: 'first' }));
  const { body: before } = await get('google');
  expectDone(await world.send(ADMIN, 'DELETE', `${LIST}/google`));
  expect((await get('google')).body).toMatchObject({ id: '', source: 'system' });
  expect((await world.send(ADMIN, 'DELETE', `${LIST}/google`)).status).toBe(404);
  expect((await put('google', before.settings)).status).toBe(400);
  expectDone(await put('google', { clientSecret: 'second' }));
  expect((await get('google')).body.id).not.toBe(before.id);
  // Nor does the one of another provider, or one that was left out once.
  expect((await put('gitlab', { clientSecret: MASK })).status).toBe(400);
  expectDone(await put('google', { enabled: false }));
  expect((await put('google', { clientSecret: MASK })).status).toBe(400);
});

test('a secret of one provider does not pass for one of another', async () => {
  expectDone(await put('github', { clientSecret: 'of github' }));
  const { secure_settings } = await row('github');
  const sealed = (JSON.parse(secure_settings) as Record<string, string>)['/clientSecret'] ?? '';
  const { seal } = world.context;
  expect(() => seal.open(sealed, 'sso settings gitlab:/clientSecret')).toThrow('sealed');
  expect(() => seal.open(sealed, 'sso settings github:/otherSecret')).toThrow('sealed');
});

test('no secret stands in the database, in the log or in the record of changes', async () => {
  const secret = 'never-to-be-seen';
  expectDone(await put('saml', { privateKey: secret, config: { servers: [{ bind_password: secret }] } }));
  expectDone(await put('saml', { privateKey: MASK, certificate: secret, enabled: true }));
  await world.send(ADMIN, 'PUT', `${LIST}/saml`, {
    settings: { privateKey: secret, mask: { password: MASK } },
  });
  const everything = [
    await row('saml'),
    await world.context.db.selectFrom('audit').selectAll().execute(),
    world.log,
    (await get('saml')).body,
  ];
  expect(JSON.stringify(everything)).not.toContain(secret);

  const changes = await world.context.db
    .selectFrom('audit')
    .select(['action', 'org_id', 'object_id', 'change'])
    .where('object_kind', '=', 'sso-settings')
    .where('object_id', '=', 'saml')
    .orderBy('id')
    .execute();
  expect(changes.map(({ action, org_id }) => [action, org_id])).toEqual([
    ['settings:write', null],
    ['settings:write', null],
  ]);
  expect(JSON.parse(changes[1]?.change ?? '')).toEqual({
    settings: ['privateKey', 'certificate', 'enabled'],
    enabled: true,
    before: { settings: ['privateKey', 'config'], enabled: false },
    secretsSet: ['/certificate'],
    secretsKept: ['/privateKey'],
  });
});

test('enabling says in one line of the log that signing in does not go by it yet', async () => {
  const lines = () => world.log.filter((line) => line.includes('signing in does not use them yet'));
  const before = lines().length;
  expectDone(await put('azuread', { enabled: false }));
  expect(lines()).toHaveLength(before);
  expectDone(await put('azuread', { enabled: true, clientSecret: 'hidden' }));
  const added = lines().slice(before);
  expect(added).toHaveLength(1);
  expect(added[0]).toContain('azuread');
  expect(added[0]).toMatch(/warn/);
});

test("administrators of the server set them, the main organization's Admins read them, and nobody else does", async () => {
  const orgId = await makeOrg(world, 'not the main one');
  const editor = await makeMember(world, 1, 'edna', 'Editor');
  const viewer = await makeMember(world, 1, 'vera', 'Viewer');
  const elsewhere = await makeMember(world, orgId, 'theo', 'Admin');
  const main = await makeMember(world, 1, 'ada', 'Admin');
  const root = await makeUser(world, 'root');
  await world.send(ADMIN, 'PUT', `/api/admin/users/${root.id}/permissions`, { isGrafanaAdmin: true });

  for (const { as, login } of [editor, viewer, elsewhere]) {
    expect((await world.send(as, 'GET', LIST)).status, login).toBe(403);
    expect((await get('github', as)).status, login).toBe(403);
    expect((await get('is-none', as)).status, login).toBe(403);
  }
  for (const { as } of [main, root]) {
    expect((await world.send(as, 'GET', LIST)).status).toBe(200);
    expect((await get('github', as)).status).toBe(200);
  }
  for (const { as, login } of [editor, viewer, elsewhere, main]) {
    for (const body of [{ settings: {} }, {}, '{nonsense']) {
      expect((await world.send(as, 'PUT', `${LIST}/github`, body)).status, login).toBe(403);
    }
    expect((await world.send(as, 'DELETE', `${LIST}/github`)).status, login).toBe(403);
  }
  expectDone(await put('github', { enabled: false }, root.as));
  expectDone(await world.send(root.as, 'DELETE', `${LIST}/github`));
  for (const [method, path] of [
    ['GET', LIST],
    ['GET', `${LIST}/github`],
    ['PUT', `${LIST}/github`],
    ['DELETE', `${LIST}/github`],
  ]) {
    expect((await world.send(undefined, method ?? '', path ?? '')).status).toBe(401);
  }
});

test.each(['GitHub', 'is-none', 'toString', '__proto__', '*', '%00', 'x'.repeat(10_000)])(
  'there is no provider called %s',
  async (key) => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = method === 'PUT' ? { settings: {} } : undefined;
      const { status, body: answer } = await world.send(ADMIN, method, `${LIST}/${key}`, body);
      expect([400, 404]).toContain(status);
      expect(answer.message).toEqual(expect.any(String));
    }
  },
);

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['no settings', {}],
  ['settings that are null', { settings: null }],
  ['settings that are a list', { settings: [] }],
  ['another provider than in the path', { provider: 'gitlab', settings: {} }],
  ['a provider that is a number', { provider: 7, settings: {} }],
])('what cannot be set is refused: %s', async (_, body) => {
  const { status, body: answer } = await world.send(ADMIN, 'PUT', `${LIST}/github`, body);
  expect(status).toBe(400);
  expect(answer.detail).toEqual(expect.any(String));
  expect((await get('github')).body.source).toBe('system');
});

test('settings of more than 64 KiB are too many', async () => {
  expectDone(await put('github', { name: 'x'.repeat(65_000) }));
  expect((await put('github', { name: 'x'.repeat(65_536) })).status).toBe(413);
});

test('names of any letters, and texts that a database may not take, are kept', async () => {
  const settings = { 'a\u0000b': '\u0000 \ud800', constructor: 1, 'ключ secret': '\u0000' };
  expectDone(await put('github', settings));
  expect((await get('github')).body.settings).toEqual({ ...settings, 'ключ secret': MASK });
  expect(await secrets('github')).toEqual({ '/ключ secret': '\u0000' });
});

test('of several changes at the same time one holds, as a whole', async () => {
  const all = await Promise.all(
    Array.from({ length: 8 }, (_, n) => put('github', { name: `n${n}`, clientSecret: `s${n}` })),
  );
  for (const answer of all) expectDone(answer);
  const { name } = (await get('github')).body.settings;
  expect(await secrets('github')).toEqual({ '/clientSecret': name.replace('n', 's') });
});

test('the secret of one entry of a list never gets behind the mask of another', async () => {
  const path = '/api/v1/sso-settings/ldap';
  const servers = [
    { host: 'a.example.org', bindPassword: 'of a' },
    { host: 'b.example.org', bindPassword: 'of b' },
  ];
  await world.send(ADMIN, 'PUT', path, { provider: 'ldap', settings: { config: { servers } } });
  const { settings } = (await world.send(ADMIN, 'GET', path)).body;
  expect((await world.send(ADMIN, 'PUT', path, { provider: 'ldap', settings })).status).toBe(204);
  settings.config.servers.reverse();
  const turned = await world.send(ADMIN, 'PUT', path, { provider: 'ldap', settings });
  expect(turned.status).toBe(400);
  expect(turned.body.detail).toContain('send the secret itself');
});
