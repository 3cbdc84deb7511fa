import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

let orgs = 0;

/** A new organization, so that a whole migration stays one test's own. */
async function newOrg(): Promise<Record<string, string>> {
  const { body } = await world.send(ADMIN, 'POST', '/api/orgs', { name: `org ${++orgs}` });
  return { 'x-grafana-org-id': String(body.orgId) };
}

async function makeKey(name: string, role: string, there: Record<string, string>, more: object = {}) {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name, role, ...more }, there);
  expect(status).toBe(200);
  return { id: body.id as number, secret: body.key as string, as: { bearer: body.key } as As };
}

test('a moved key works at once with the same secret and the same role, and comes back as it was', async () => {
  const there = await newOrg();
  const { id, as } = await makeKey('ci', 'Editor', there, { secondsToLive: 3600 });
  const before = await world.send(ADMIN, 'GET', '/api/auth/keys', undefined, there);
  expect((await world.send(as, 'GET', '/api/user')).body).toMatchObject({
    kind: 'api-key',
    orgRole: 'Editor',
  });

  const moved = await world.send(ADMIN, 'POST', `/api/serviceaccounts/migrate/${id}`, undefined, there);
  expect(moved.body).toMatchObject({ message: 'Service accounts migrated', key: { id, outcome: 'moved' } });
  const account = moved.body.key.serviceAccountId;
  const { body: who } = await world.send(as, 'GET', '/api/user');
  expect(who).toMatchObject({ kind: 'service-account', name: 'sa-autogen-ci', orgRole: 'Editor' });
  const { body: tokens } = await world.send(
    ADMIN,
    'GET',
    `/api/serviceaccounts/${account}/tokens`,
    undefined,
    there,
  );
  expect(tokens).toEqual([
    expect.objectContaining({ id, name: 'ci', expiration: before.body[0].expiration }),
  ]);

  const path = `/api/serviceaccounts/${account}/revert/${id}`;
  expect((await world.send(ADMIN, 'POST', path, undefined, there)).status).toBe(200);
  expect((await world.send(as, 'GET', '/api/user')).body).toMatchObject({
    kind: 'api-key',
    orgRole: 'Editor',
  });
  const after = await world.send(ADMIN, 'GET', '/api/auth/keys', undefined, there);
  expect(after.body).toEqual([{ ...before.body[0], lastUsedAt: expect.any(String) }]);
  expect((await world.send(ADMIN, 'GET', `/api/serviceaccounts/${account}`, undefined, there)).status).toBe(
    404,
  );
});

test('after the whole migration every secret works, and new keys are refused with the calls to use instead', async () => {
  const there = await newOrg();
  const keys = [];
  for (let at = 0; at < 230; at++) keys.push(await makeKey(`key ${at}`, at % 2 ? 'Viewer' : 'Admin', there));
  const { body } = await world.send(ADMIN, 'POST', '/api/serviceaccounts/migrate', undefined, there);
  expect(body).toMatchObject({ message: 'API keys migrated to service accounts', total: 230 });
  for (const { as } of keys) expect((await world.send(as, 'GET', '/api/org')).status).toBe(200);
  expect(
    (await world.send(ADMIN, 'GET', '/api/auth/keys?includeExpired=true', undefined, there)).body,
  ).toEqual([]);

  const late = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'late', role: 'Viewer' }, there);
  expect(late.status).toBe(410);
  expect(late.body.detail).toContain('POST /api/serviceaccounts');
  const status = await world.send(ADMIN, 'GET', '/api/serviceaccounts/migrationstatus', undefined, there);
  expect(status.body).toEqual({ migrated: true, hidden: false, remaining: 0, moved: 230 });
  const again = await world.send(ADMIN, 'POST', '/api/serviceaccounts/migrate', undefined, there);
  expect(again.body).toMatchObject({ total: 230, migrated: 0, failed: 0 });
  expect(new Set(again.body.keys.map(({ outcome }: { outcome: string }) => outcome))).toEqual(
    new Set(['already moved']),
  );
});

test('the report says what happened to each key, and an expired one is skipped unless it is asked for', async () => {
  const there = await newOrg();
  const old = await makeKey('old', 'Viewer', there, { secondsToLive: 60 });
  world.clock.advance(61_000);
  const ci = await makeKey('ci', 'Editor', there);
  const migrate = async (query: string) => {
    const path = `/api/serviceaccounts/migrate${query}`;
    const { status, body } = await world.send(ADMIN, 'POST', path, undefined, there);
    expect(status).toBe(200);
    return body.keys;
  };
  const reason = expect.stringContaining('expired');
  const skipped = { id: old.id, name: 'old', outcome: 'skipped', reason };

  expect(await migrate('?dryRun=true')).toEqual([
    skipped,
    { id: ci.id, name: 'ci', outcome: 'would move', serviceAccount: 'sa-autogen-ci' },
  ]);
  expect((await world.send(ci.as, 'GET', '/api/user')).body.kind).toBe('api-key');
  const status = await world.send(ADMIN, 'GET', '/api/serviceaccounts/migrationstatus', undefined, there);
  expect(status.body.migrated).toBe(false);

  const moved = { serviceAccountId: expect.any(Number), serviceAccount: 'sa-autogen-ci' };
  expect(await migrate('')).toEqual([skipped, { id: ci.id, name: 'ci', outcome: 'moved', ...moved }]);
  expect(await migrate('')).toEqual([skipped, { id: ci.id, name: 'ci', outcome: 'already moved', ...moved }]);
  expect(await migrate('?includeExpired=true')).toMatchObject([
    { id: old.id, outcome: 'moved' },
    { id: ci.id, outcome: 'already moved' },
  ]);
  expect((await world.send(old.as, 'GET', '/api/user')).body.message).toBe('Token expired');
});

test('a revoked key, or one that was reported as leaked, is not moved, whether it is named or not, and is not counted as left', async () => {
  const there = await newOrg();
  const revoked = await makeKey('revoked', 'Admin', there);
  const leaked = await makeKey('leaked', 'Viewer', there);
  await makeKey('ci', 'Editor', there);
  const post = async (path: string, body?: object) => {
    const answer = await world.send(ADMIN, 'POST', path, body, there);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  };
  await post(`/api/auth/keys/${revoked.id}/revoke`);
  await post('/api/leaks', [{ token: leaked.secret }]);
  const left = async () =>
    (await world.send(ADMIN, 'GET', '/api/serviceaccounts/migrationstatus', undefined, there)).body;
  expect(await left()).toMatchObject({ migrated: false, remaining: 1, moved: 0 });
  const skipped = [revoked, leaked].map(({ id }) => ({
    id,
    outcome: 'skipped',
    reason: 'revoked, so that nothing can use it any more',
  }));
  for (const query of ['?dryRun=true', '?includeExpired=true&dryRun=true', '', '?includeExpired=true']) {
    const { keys } = await post(`/api/serviceaccounts/migrate${query}`);
    expect(keys.slice(0, 2), query).toMatchObject(skipped);
    expect(keys).toHaveLength(3);
  }
  expect((await post(`/api/serviceaccounts/migrate/${revoked.id}`)).key).toMatchObject(skipped[0] ?? {});
  expect(await left()).toMatchObject({ migrated: true, remaining: 0, moved: 1 });
  const { body } = await world.send(ADMIN, 'GET', '/api/auth/keys', undefined, there);
  expect(body.map(({ name }: { name: string }) => name)).toEqual(['leaked', 'revoked']);
});

test('asked for in parts, the migration goes on after the last key and closes the organization at the end', async () => {
  const there = await newOrg();
  const keys = [];
  for (let at = 0; at < 25; at++) keys.push(await makeKey(`key ${at}`, 'Viewer', there));
  const seen: number[] = [];
  let after = 0;
  for (let call = 1; ; call++) {
    const path = `/api/serviceaccounts/migrate?limit=10&after=${after}`;
    const { body } = await world.send(ADMIN, 'POST', path, undefined, there);
    seen.push(...body.keys.map(({ id }: { id: number }) => id));
    // One comes back behind the run: it must not stay a key.
    if (call === 1) {
      const [{ id, serviceAccountId }] = body.keys;
      await world.send(
        ADMIN,
        'POST',
        `/api/serviceaccounts/${serviceAccountId}/revert/${id}`,
        undefined,
        there,
      );
    }
    if (body.next === undefined) break;
    const status = await world.send(ADMIN, 'GET', '/api/serviceaccounts/migrationstatus', undefined, there);
    expect(status.body.migrated).toBe(false);
    after = body.next;
  }
  expect(seen).toEqual([...keys.map(({ id }) => id), keys[0]?.id]);
  for (const { as } of keys) {
    expect((await world.send(as, 'GET', '/api/user')).body.kind).toBe('service-account');
  }
  const status = await world.send(ADMIN, 'GET', '/api/serviceaccounts/migrationstatus', undefined, there);
  expect(status.body.migrated).toBe(true);
});

test('grouped keys share one account for each role, and never one that was given more', async () => {
  const there = await newOrg();
  const keys = [];
  for (const [at, role] of ['Viewer', 'Viewer', 'Editor', 'Admin', 'Viewer'].entries()) {
    keys.push(await makeKey(`key ${at}`, role, there));
  }
  const moveOne = async (id: number | undefined) => {
    const path = `/api/serviceaccounts/migrate/${id}?groupByRole=true`;
    return (await world.send(ADMIN, 'POST', path, undefined, there)).body.key;
  };
  const first = await moveOne(keys[0]?.id);
  expect(first.serviceAccount).toBe('sa-autogen-keys-viewer');
  expect(await moveOne(keys[1]?.id)).toMatchObject({ serviceAccountId: first.serviceAccountId });

  // From here on the account may do more than a key of that role could.
  const path = `/api/serviceaccounts/${first.serviceAccountId}`;
  await world.send(ADMIN, 'PATCH', path, { role: 'Admin' }, there);
  const { body } = await world.send(
    ADMIN,
    'POST',
    '/api/serviceaccounts/migrate?groupByRole=true',
    undefined,
    there,
  );
  expect(body.keys.map(({ serviceAccount }: { serviceAccount: string }) => serviceAccount)).toEqual([
    'sa-autogen-keys-viewer',
    'sa-autogen-keys-viewer',
    'sa-autogen-keys-editor',
    'sa-autogen-keys-admin',
    'sa-autogen-keys-viewer-2',
  ]);
  expect((await world.send(keys[4]?.as, 'GET', '/api/user')).body.orgRole).toBe('Viewer');
});

test('a key that was moved before stays where it is, and a token that was no key is none', async () => {
  const there = await newOrg();
  const { id } = await makeKey('twice', 'Viewer', there);
  const migrate = () => world.send(ADMIN, 'POST', `/api/serviceaccounts/migrate/${id}`, undefined, there);
  const first = await migrate();
  const second = await migrate();
  expect(second.body.key).toEqual({ ...first.body.key, outcome: 'already moved' });

  const { serviceAccountId: account } = first.body.key;
  const token = await world.send(
    ADMIN,
    'POST',
    `/api/serviceaccounts/${account}/tokens`,
    { name: 'native' },
    there,
  );
  const path = `/api/serviceaccounts/migrate/${token.body.id}`;
  expect((await world.send(ADMIN, 'POST', path, undefined, there)).status).toBe(404);
  const revert = `/api/serviceaccounts/${account}/revert/${token.body.id}`;
  expect((await world.send(ADMIN, 'POST', revert, undefined, there)).status).toBe(400);
  // With another token on it, the account outlives the key's return.
  await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/revert/${id}`, undefined, there);
  expect((await world.send(ADMIN, 'GET', `/api/serviceaccounts/${account}`, undefined, there)).status).toBe(
    200,
  );
});

test('the token of a disabled account does not come to life as a key', async () => {
  const there = await newOrg();
  const { id, as } = await makeKey('leaked', 'Viewer', there);
  const { body } = await world.send(ADMIN, 'POST', `/api/serviceaccounts/migrate/${id}`, undefined, there);
  const account = `/api/serviceaccounts/${body.key.serviceAccountId}`;
  await world.send(ADMIN, 'PATCH', account, { isDisabled: true }, there);
  const refused = await world.send(ADMIN, 'POST', `${account}/revert/${id}`, undefined, there);
  expect(refused.status).toBe(400);
  expect((await world.send(as, 'GET', '/api/org')).body.message).toBe('Service account is disabled');
  await world.send(ADMIN, 'PATCH', account, { isDisabled: false }, there);
  expect((await world.send(ADMIN, 'POST', `${account}/revert/${id}`, undefined, there)).status).toBe(200);
  expect((await world.send(as, 'GET', '/api/org')).status).toBe(200);
});

test('a taken name gets a number', async () => {
  const there = await newOrg();
  await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'sa-autogen-x' }, there);
  const { id } = await makeKey('x', 'Viewer', there);
  await world.send(ADMIN, 'POST', `/api/serviceaccounts/migrate/${id}`, undefined, there);
  const { body } = await world.send(ADMIN, 'GET', '/api/serviceaccounts', undefined, there);
  expect(body.map(({ name }: { name: string }) => name)).toEqual(['sa-autogen-x', 'sa-autogen-x-2']);
});

test('keys of another organization are not there, and Viewers and Editors move none', async () => {
  const there = await newOrg();
  const { id } = await makeKey('theirs', 'Viewer', there);
  expect((await world.send(ADMIN, 'POST', `/api/serviceaccounts/migrate/${id}`)).status).toBe(404);
  for (const role of ['Viewer', 'Editor']) {
    const { as } = await makeKey(`as ${role}`, role, there);
    for (const path of ['migrate', `migrate/${id}`, 'hideApiKeys', 'showApiKeys']) {
      expect((await world.send(as, 'POST', `/api/serviceaccounts/${path}`)).status, `${role} ${path}`).toBe(
        403,
      );
    }
  }
});

test('the page of keys is hidden and shown again for each organization by itself', async () => {
  const there = await newOrg();
  const status = async (headers: Record<string, string>) =>
    (await world.send(ADMIN, 'GET', '/api/serviceaccounts/migrationstatus', undefined, headers)).body.hidden;
  await world.send(ADMIN, 'POST', '/api/serviceaccounts/hideApiKeys', undefined, there);
  expect([await status(there), await status({})]).toEqual([true, false]);
  await world.send(ADMIN, 'POST', '/api/serviceaccounts/showApiKeys', undefined, there);
  expect(await status(there)).toBe(false);
});

test('moving keys takes the right to read and to delete them, not only to make service accounts', async () => {
  const org = await makeOrg(world, 'guarded');
  const there = { 'x-grafana-org-id': String(org) };
  const { id } = await makeKey('admins', 'Admin', there);
  const mal = await makeMember(world, org, 'mal', 'Viewer');
  const permissions = [
    { action: 'serviceaccounts:create' },
    { action: 'serviceaccounts:read', scope: 'serviceaccounts:*' },
  ];
  const role = { name: 'maker of accounts', permissions };
  const { body } = await world.send(ADMIN, 'POST', '/api/access-control/roles', role, there);
  const path = `/api/access-control/users/${mal.id}/roles`;
  await world.send(ADMIN, 'POST', path, { roleUid: body.uid }, there);
  expect((await world.send(mal.as, 'POST', '/api/serviceaccounts', { name: 'own' })).status).toBe(201);
  for (const call of ['migrate', 'migrate?dryRun=true', `migrate/${id}`, `migrate/${id}?dryRun=true`]) {
    const { status, body: refusal } = await world.send(mal.as, 'POST', `/api/serviceaccounts/${call}`);
    expect([status, refusal.message], call).toEqual([403, expect.stringContaining('apikeys:read')]);
  }
});

test('grouped keys never go to an account in which somebody was given a say', async () => {
  const there = await newOrg();
  // Its maker administers it, and could end what becomes its tokens.
  const { body: own } = await world.send(
    ADMIN,
    'POST',
    '/api/serviceaccounts',
    { name: 'sa-autogen-keys-viewer', role: 'Viewer' },
    there,
  );
  const { id } = await makeKey('a key', 'Viewer', there);
  const path = `/api/serviceaccounts/migrate/${id}?groupByRole=true`;
  const { body } = await world.send(ADMIN, 'POST', path, undefined, there);
  expect(body.key.serviceAccountId).not.toBe(own.id);
  expect(body.key.serviceAccount).toBe('sa-autogen-keys-viewer-2');
});

test('a limit holds for keys behind the cursor too, and the organization is not closed before they have moved', async () => {
  const there = await newOrg();
  const keys = [];
  for (let at = 0; at < 5; at++) keys.push(await makeKey(`key ${at}`, 'Viewer', there));
  const path = `/api/serviceaccounts/migrate?after=${Number.MAX_SAFE_INTEGER}&limit=2`;
  const moved: number[] = [];
  for (let next: number | undefined = 0; next !== undefined;) {
    const { body } = await world.send(ADMIN, 'POST', path, undefined, there);
    expect(body.keys.length).toBeLessThanOrEqual(2);
    moved.push(...body.keys.map(({ id }: { id: number }) => id));
    ({ next } = body);
  }
  expect(moved).toEqual(keys.map(({ id }) => id));
});
