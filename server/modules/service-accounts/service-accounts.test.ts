import { afterAll, beforeAll, expect, test } from 'vitest';
import { timestamp } from '../../http/time.ts';
import { makeMember } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';
import { writeCredentialUses } from '../credentials/credentials.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ access_control: { editors_can_manage_keys: true } });
});
afterAll(() => world.stop());

async function makeAccount(name: string, role = 'Viewer', as: As = ADMIN): Promise<number> {
  const { status, body } = await world.send(as, 'POST', '/api/serviceaccounts', { name, role });
  expect(status).toBe(201);
  return body.id;
}

async function makeToken(account: number, name = `token of ${account}`): Promise<As> {
  const { status, body } = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/tokens`, {
    name,
  });
  expect(status).toBe(200);
  return { bearer: body.key };
}

test('a lowered role is obeyed by the very next request', async () => {
  const account = await makeAccount('lowered', 'Admin');
  const token = await makeToken(account);
  expect((await world.send(token, 'GET', '/api/auth/keys')).status).toBe(200);
  await world.send(ADMIN, 'PATCH', `/api/serviceaccounts/${account}`, { role: 'Viewer' });
  expect((await world.send(token, 'GET', '/api/auth/keys')).status).toBe(403);
});

test('the tokens of a deleted account are refused at once', async () => {
  const account = await makeAccount('deleted');
  const token = await makeToken(account);
  expect((await world.send(token, 'GET', '/api/org')).status).toBe(200);
  expect((await world.send(ADMIN, 'DELETE', `/api/serviceaccounts/${account}`)).status).toBe(200);
  expect((await world.send(token, 'GET', '/api/org')).status).toBe(401);
  expect((await world.send(ADMIN, 'DELETE', `/api/serviceaccounts/${account}`)).status).toBe(404);
});

test('a name is taken once in an organization, and logins differ where names become the same', async () => {
  await makeAccount('two words');
  const again = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'two words' });
  expect(again.status).toBe(400);
  expect(again.body.detail).toContain('choose another name');
  const id = await makeAccount('two-words');
  const { body } = await world.send(ADMIN, 'GET', `/api/serviceaccounts/${id}`);
  expect(body.login).toBe('sa-1-two-words');
});

test('an Editor who may manage accounts makes none above their own role, and touches none', async () => {
  const editor = await makeToken(await makeAccount('editor', 'Editor'));
  await makeAccount('by an editor', 'Editor', editor);
  const admin = await world.send(editor, 'POST', '/api/serviceaccounts', { name: 'too high', role: 'Admin' });
  expect(admin.status).toBe(403);
  expect(admin.body.message).toMatch(/^Permission denied/);

  const above = await makeAccount('above', 'Admin');
  const path = `/api/serviceaccounts/${above}`;
  for (const [method, url, body] of [
    ['PATCH', path, { isDisabled: true }],
    ['DELETE', path, undefined],
    ['POST', `${path}/tokens`, { name: 'stolen' }],
  ] as const) {
    expect((await world.send(editor, method, url, body)).status, `${method} ${url}`).toBe(403);
  }
});

test('only an administrator of the server makes one that administers the server', async () => {
  const admin = await makeToken(await makeAccount('org admin', 'Admin'));
  const wanted = { name: 'server admin', role: 'Admin', isGrafanaAdmin: true };
  expect((await world.send(admin, 'POST', '/api/serviceaccounts', wanted)).status).toBe(403);
  const { status, body } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', wanted);
  expect(status).toBe(201);
  // Nor does an organization's Admin get in through its tokens.
  expect(
    (await world.send(admin, 'POST', `/api/serviceaccounts/${body.id}/tokens`, { name: 'x' })).status,
  ).toBe(403);
  const server = await makeToken(body.id, 'of the server admin');
  expect((await world.send(server, 'POST', '/api/orgs', { name: 'by a service account' })).status).toBe(200);
});

test('a grant opens a further organization with its role, and its end closes it at once', async () => {
  const { body: made } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'granted' });
  const there = { 'x-grafana-org-id': String(made.orgId) };
  const account = await makeAccount('traveller', 'Admin');
  const token = await makeToken(account);
  const grant = { orgId: made.orgId, role: 'Viewer' };
  expect((await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/orgs`, grant)).status).toBe(200);
  expect((await world.send(token, 'GET', '/api/org', undefined, there)).body.id).toBe(made.orgId);
  expect((await world.send(token, 'GET', `/api/org?orgId=${made.orgId}`)).body.id).toBe(made.orgId);
  expect((await world.send(token, 'GET', '/api/auth/keys', undefined, there)).status).toBe(403);
  expect((await world.send(token, 'GET', '/api/auth/keys')).status).toBe(200);

  const list = await world.send(ADMIN, 'GET', `/api/serviceaccounts/${account}/orgs`);
  expect(list.body).toEqual([{ orgId: made.orgId, name: 'granted', role: 'Viewer' }]);
  const path = `/api/serviceaccounts/${account}/orgs/${made.orgId}`;
  expect((await world.send(ADMIN, 'DELETE', path)).status).toBe(200);
  expect((await world.send(token, 'GET', '/api/org', undefined, there)).status).toBe(403);
  expect((await world.send(ADMIN, 'DELETE', path)).status).toBe(404);
});

test('an Admin grants nothing in an organization that is not theirs, and does not learn whether there is one', async () => {
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'not theirs' });
  const account = await makeAccount('ambitious', 'Admin');
  const admin = await makeToken(account);
  const grant = (orgId: number) =>
    world.send(admin, 'POST', `/api/serviceaccounts/${account}/orgs`, { orgId, role: 'Admin' });
  const answers = [await grant(body.orgId), await grant(999_999)];
  expect(answers.map(({ status }) => status)).toEqual([403, 403]);
});

test('a grant to an account above their own role is not withdrawn by an Editor', async () => {
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'kept' });
  const account = await makeAccount('granted above', 'Admin');
  const grant = { orgId: body.orgId, role: 'Viewer' };
  await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/orgs`, grant);
  const editor = await makeToken(await makeAccount('withdrawing', 'Editor'));
  const path = `/api/serviceaccounts/${account}/orgs/${body.orgId}`;
  expect((await world.send(editor, 'DELETE', path)).status).toBe(403);
  expect((await world.send(ADMIN, 'GET', `/api/serviceaccounts/${account}/orgs`)).body).toHaveLength(1);
});

test('an account of another organization is not there', async () => {
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'elsewhere' });
  const there = { 'x-grafana-org-id': String(body.orgId) };
  const here = await makeAccount('here only');
  const path = `/api/serviceaccounts/${here}`;
  for (const [method, url, data] of [
    ['GET', path, undefined],
    ['PATCH', path, { name: 'renamed from afar' }],
    ['DELETE', path, undefined],
    ['GET', `${path}/tokens`, undefined],
    ['POST', `${path}/tokens`, { name: 'from afar' }],
    ['GET', `${path}/orgs`, undefined],
  ] as const) {
    expect((await world.send(ADMIN, method, url, data, there)).status, `${method} ${url}`).toBe(404);
  }
  const { body: same } = await world.send(
    ADMIN,
    'POST',
    '/api/serviceaccounts',
    { name: 'here only' },
    there,
  );
  expect(same).toMatchObject({ orgId: body.orgId, login: `sa-${body.orgId}-here-only` });
});

test('lists are read page by page until an empty page', async () => {
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: 'pages' });
  const there = { 'x-grafana-org-id': String(body.orgId) };
  for (const name of ['c', 'a', 'b', 'Ä', 'B']) {
    await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: `page ${name}` }, there);
  }
  const names: string[] = [];
  for (let page = 1; ; page++) {
    const path = `/api/serviceaccounts/search?perpage=2&page=${page}`;
    const answer = await world.send(ADMIN, 'GET', path, undefined, there);
    expect(answer.body).toMatchObject({ totalCount: 5, page, perPage: 2 });
    if (answer.body.serviceAccounts.length === 0) break;
    names.push(...answer.body.serviceAccounts.map((account: { name: string }) => account.name));
  }
  expect(names).toEqual(['page B', 'page a', 'page b', 'page c', 'page Ä']);
  const found = await world.send(
    ADMIN,
    'GET',
    '/api/serviceaccounts/search?query=PAGE%20%C3%A4',
    undefined,
    there,
  );
  expect(found.body.serviceAccounts).toHaveLength(1);
  const wildcard = await world.send(ADMIN, 'GET', '/api/serviceaccounts/search?query=%25', undefined, there);
  expect(wildcard.body.serviceAccounts).toHaveLength(0);
});

test('filters find disabled accounts, and accounts with expired tokens', async () => {
  const account = await makeAccount('with an expired token');
  await world.send(ADMIN, 'PATCH', `/api/serviceaccounts/${account}`, { isDisabled: true });
  await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/tokens`, {
    name: 'gone',
    secondsToLive: 1,
  });
  world.clock.advance(1000);
  for (const filter of ['disabled=true', 'expiredTokens=true']) {
    const { body } = await world.send(ADMIN, 'GET', `/api/serviceaccounts/search?${filter}`);
    expect(
      body.serviceAccounts.map(({ name }: { name: string }) => name),
      filter,
    ).toEqual(['with an expired token']);
  }
});

test('an account says when it was made, changed and last used, even before that is written', async () => {
  const made = timestamp(world.clock.now());
  const id = await makeAccount('used');
  const listed = async () => {
    const { body } = await world.send(ADMIN, 'GET', '/api/serviceaccounts/search?query=used');
    return body.serviceAccounts.find((account: { id: number }) => account.id === id);
  };
  const [older, newer] = [await makeToken(id, 'older'), await makeToken(id, 'newer')];
  const fresh = { tokens: 2, lastUsedAt: null, isGrafanaAdmin: false };
  expect(await listed()).toMatchObject(fresh);
  expect((await listed()).createdAt >= made).toBe(true);

  for (const token of [older, newer]) {
    world.clock.advance(3_600_000);
    const now = timestamp(world.clock.now());
    expect((await world.send(token, 'GET', '/api/org')).status).toBe(200);
    const { lastUsedAt } = await listed();
    expect(lastUsedAt >= now).toBe(true);
    expect((await world.send(ADMIN, 'GET', `/api/serviceaccounts/${id}`)).body.lastUsedAt).toBe(lastUsedAt);
    await writeCredentialUses(world.context);
    expect((await listed()).lastUsedAt).toBe(lastUsedAt);
  }
  await world.send(ADMIN, 'PATCH', `/api/serviceaccounts/${id}`, { isDisabled: true });
  const { createdAt, updatedAt } = await listed();
  expect(updatedAt > createdAt).toBe(true);
});

test('an account that came to be by API keys says by which, and no other does', async () => {
  const keys = [];
  for (const name of ['first key', 'second key']) {
    const { body } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name, role: 'Viewer' });
    keys.push(body.id as number);
    world.clock.advance(60_000);
    await world.send(ADMIN, 'POST', `/api/serviceaccounts/migrate/${body.id}?groupByRole=true`);
  }
  const { body } = await world.send(ADMIN, 'GET', '/api/serviceaccounts/search?query=keys-viewer');
  const [{ id }] = body.serviceAccounts;
  const { body: account } = await world.send(ADMIN, 'GET', `/api/serviceaccounts/${id}`);
  const at = expect.stringMatching(/Z$/);
  expect(account.migratedFrom).toEqual({ apiKeyId: keys[0], name: 'first key', at, keys: 2 });
  const other = await makeAccount('not migrated');
  await makeToken(other);
  expect((await world.send(ADMIN, 'GET', `/api/serviceaccounts/${other}`)).body.migratedFrom).toBeNull();
});

test('whoever asks is told what they may do to one account, by role or by a permission on it', async () => {
  const id = await makeAccount('shared');
  const user = await makeMember(world, 1, 'friend', 'Viewer');
  const path = `/api/serviceaccounts/${id}?accesscontrol=true`;
  expect((await world.send(user.as, 'GET', path)).status).toBe(403);
  const given = await world.send(
    ADMIN,
    'POST',
    `/api/access-control/serviceaccounts/${id}/users/${user.id}`,
    {
      permission: 'Edit',
    },
  );
  expect(given.status).toBe(200);
  const may = async (as: As) => (await world.send(as, 'GET', path)).body.accessControl;
  expect(await may(user.as)).toEqual({ 'serviceaccounts:read': true, 'serviceaccounts:write': true });
  expect(await may(ADMIN)).toMatchObject({ 'serviceaccounts.permissions:write': true });
});

test.each([
  [{}, 'name is required'],
  [{ name: '' }, 'name must not be empty'],
  [{ name: 7 }, 'name must be string'],
  [{ name: 'x'.repeat(10_000) }, 'name must have at most 190 characters'],
  [{ name: 'a\u0000b' }, 'name has a character that is not allowed'],
  [{ name: 'x', role: 'King' }, 'role must be one of None, Viewer, Editor, Admin'],
  [{ name: 'x', role: null }, 'role must be one of None, Viewer, Editor, Admin'],
  [{ name: 'x', isDisabled: 'true' }, 'isDisabled must be boolean'],
  [[], 'the body must be object'],
  ['{"name":', 'the body is not valid JSON'],
])('%j is a bad request, and the answer says what to change', async (wanted, detail) => {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', wanted);
  expect(status).toBe(400);
  expect(body.message).toBe('Bad request data');
  expect(body.detail).toContain(detail);
});

test.each(['abc', '1.5', '99999999999999999999', '%00', '1e3x'])(
  'an id that is no id, %s, is a bad request',
  async (id) => {
    expect((await world.send(ADMIN, 'GET', `/api/serviceaccounts/${id}`)).status).toBe(400);
  },
);

test('a change and its audit row are one', async () => {
  const rows = async (): Promise<number> => {
    const { count } = await world.context.db
      .selectFrom('audit')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return count;
  };
  const before = await rows();
  await makeAccount('audited');
  expect(await rows()).toBe(before + 1);
  await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'audited' });
  expect(await rows()).toBe(before + 1);
});
