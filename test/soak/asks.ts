import { strict as assert } from 'node:assert';
import { randomBytes, randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Role } from '../../server/access/roles.ts';
import { makeApiKey, makeToken } from '../../server/crypto/secrets.ts';
import type { Answer, Client } from './client.ts';
import { sendSlowly } from './client.ts';
import { type Asker, ORGS } from './crowd.ts';
import { DASHBOARDS, FOLDER, type Person } from './furniture.ts';

export interface Scene {
  url: string;
  client: Client;
  crowd: readonly Asker[];
  people: readonly Person[];
}

/** One thing that somebody does, with what has to be answered. It throws where something else is. */
export interface Ask {
  /** The row of the table that it counts for. */
  guarantee: string;
  /** How often, against the others. */
  weight: number;
  run(scene: Scene, asker: Asker): Promise<void>;
}

const SLOWLY_MS = 250;
// So few in each organization that many write the same one.
const WRITTEN = 20;

const WHO = 'each credential is taken for itself';
const OWN = 'each sees what is of its own organization, and all of it';
const MAY = 'each may do what its role may, and nothing else';
const REFUSED = 'wrong credentials are refused, and right ones are not refused with them';
const GONE = 'what was revoked or deleted is refused by the next request';
const SESSION = 'each session is taken for its own person, and is over once it was ended';
const OPEN = 'health is told to everybody';
const SLOW = 'slow clients are answered, too';

const AT_LEAST = { Viewer: 1, Editor: 2, Admin: 3 } as const;
const RANK: Record<Role, number> = { None: 0, Viewer: 1, Editor: 2, Admin: 3 };

export const ASKS: Ask[] = [
  ask(WHO, 30, async ({ client }, asker) => {
    expectSelf(await client.send('GET', '/api/user', asker), asker);
  }),
  ask(WHO, 10, async ({ client }, asker) => {
    const { status, body } = await client.send('GET', '/api/access-control/user/permissions', asker);
    assert.equal(status, 200);
    assert.equal('apikeys:create' in body, may(asker, 'Admin'));
    assert.equal('folders:create' in body, may(asker, 'Editor'));
    assert.equal('orgs:read' in body, may(asker, 'Viewer'));
  }),
  ask(OWN, 10, async ({ client }, asker) => {
    const answer = await client.send('GET', '/api/org', asker);
    if (allowed(answer, asker, 'Viewer')) assert.equal(answer.body.id, asker.orgId);
  }),
  ask(OWN, 10, async ({ client }, asker) => {
    const answer = await client.send('GET', `/api/search?type=dash-db&query=kept&limit=${DASHBOARDS}`, asker);
    assert.equal(answer.status, 200);
    const uids = answer.body.map(({ uid }: { uid: string }) => uid).toSorted();
    assert.deepEqual(uids, may(asker, 'Viewer') ? keptUids(asker.orgId) : []);
  }),
  ask(OWN, 5, async ({ client }, asker) => {
    const answer = await client.send('GET', '/api/folders', asker);
    assert.equal(answer.status, 200);
    const uids = answer.body.map(({ uid }: { uid: string }) => uid);
    assert.deepEqual(uids, may(asker, 'Viewer') ? [`o${asker.orgId}-${FOLDER}`] : []);
  }),
  ask(OWN, 10, async ({ client }, asker) => {
    const uid = pick(keptUids(asker.orgId));
    const answer = await client.send('GET', `/api/dashboards/uid/${uid}`, asker);
    if (allowed(answer, asker, 'Viewer')) assert.equal(answer.body.dashboard.uid, uid);
  }),
  ask(OWN, 5, async ({ client }, asker) => {
    const answer = await client.send('GET', '/api/datasources', asker);
    if (!allowed(answer, asker, 'Viewer')) return;
    assert.deepEqual(
      answer.body.map(({ orgId, uid }: { orgId: number; uid: string }) => [orgId, uid]),
      [[asker.orgId, `o${asker.orgId}-source`]],
    );
  }),
  ask(OWN, 5, async ({ client }, asker) => {
    const page = randomInt(1, 20);
    const path = `/api/serviceaccounts/search?query=crowd&perpage=20&page=${page}`;
    const answer = await client.send('GET', path, asker);
    if (!allowed(answer, asker, 'Admin')) return;
    for (const { orgId } of answer.body.serviceAccounts) assert.equal(orgId, asker.orgId);
  }),
  ask(OWN, 2, async ({ client }, asker) => {
    const answer = await client.send('GET', '/api/org/users', asker);
    if (!allowed(answer, asker, 'Admin')) return;
    for (const { orgId } of answer.body) assert.equal(orgId, asker.orgId);
  }),
  ask(OWN, 2, async ({ client }, asker) => {
    const answer = await client.send('GET', '/api/auth/keys', asker);
    if (!allowed(answer, asker, 'Admin')) return;
    assert.equal(
      answer.body.some(({ id }: { id: number }) => id === asker.id),
      asker.kind === 'api-key',
    );
  }),
  ask(OWN, 1, async ({ client, crowd }, asker) => {
    const answer = await client.send('GET', '/api/audit?perpage=50', asker);
    if (!allowed(answer, asker, 'Admin')) return;
    for (const { actor } of answer.body.entries) {
      const other = crowd.find(({ kind, id }) => kind === actor.kind && id === actor.id);
      assert.ok(other === undefined || other.orgId === asker.orgId, `a change by ${actor.name}`);
    }
  }),
  ask(OPEN, 5, async ({ client }) => {
    const { status, body } = await client.send('GET', '/api/health');
    assert.deepEqual([status, body.database], [200, 'ok']);
  }),
  ask(MAY, 10, async ({ client }, asker) => {
    const other = otherOrg(asker);
    const { status } = await client.send('GET', `/api/dashboards/uid/${pick(keptUids(other))}`, asker);
    assert.equal(status, may(asker, 'Viewer') ? 404 : 403);
  }),
  ask(MAY, 5, async ({ client }, asker) => {
    const headers = { 'x-grafana-org-id': String(otherOrg(asker)) };
    assert.equal((await client.send('GET', '/api/org', { ...asker, headers })).status, 403);
  }),
  ask(MAY, 5, async ({ client }, asker) => {
    const { status } = await client.send('GET', '/api/admin/stats', asker);
    // Documented: the Admins of the main organization may read it.
    assert.equal(status, may(asker, 'Admin') && asker.orgId === 1 ? 200 : 403);
  }),
  ask(MAY, 8, async ({ client }, asker) => {
    const uid = `o${asker.orgId}-written-${randomInt(WRITTEN)}`;
    const dashboard = { uid, title: uid, tags: ['written'], version: 0 };
    const answer = await client.send('POST', '/api/dashboards/db', {
      ...asker,
      body: { dashboard, overwrite: true },
    });
    if (allowed(answer, asker, 'Editor')) assert.equal(answer.body.uid, uid);
  }),
  ask(MAY, 6, async ({ client }, asker) => {
    const text = randomBytes(8).toString('hex');
    const made = await client.send('POST', '/api/annotations', { ...asker, body: { text, tags: ['soak'] } });
    if (!allowed(made, asker, 'Editor')) return;
    const path = `/api/annotations/${made.body.id}`;
    const read = await client.send('GET', path, asker);
    assert.deepEqual([read.status, read.body.text], [200, text]);
    assert.equal((await client.send('DELETE', path, asker)).status, 200);
    assert.equal((await client.send('GET', path, asker)).status, 404);
  }),
  ask(GONE, 3, async ({ client }, asker) => {
    const name = `passing-${randomBytes(8).toString('hex')}`;
    const body = { name, role: 'Viewer' };
    const account = await client.send('POST', '/api/serviceaccounts', { ...asker, body });
    if (!allowed(account, asker, 'Admin', 201)) return;
    const path = `/api/serviceaccounts/${account.body.id}`;
    const { body: token } = await client.send('POST', `${path}/tokens`, { ...asker, body: { name } });
    const bearer = { authorization: `Bearer ${token.key}` };
    const expected = {
      kind: 'service-account',
      id: account.body.id,
      orgId: asker.orgId,
      role: 'Viewer',
    } as const;
    expectSelf(await client.send('GET', '/api/user', bearer), { ...expected, credentialId: token.id });
    const end = pick(['DELETE token', 'revoke', 'disable', 'DELETE']);
    if (end === 'revoke') await client.send('POST', `${path}/tokens/${token.id}/revoke`, asker);
    if (end === 'DELETE token') await client.send('DELETE', `${path}/tokens/${token.id}`, asker);
    if (end === 'disable') await client.send('PATCH', path, { ...asker, body: { isDisabled: true } });
    if (end === 'DELETE') await client.send('DELETE', path, asker);
    expectRefused(await client.send('GET', '/api/user', bearer));
    if (end !== 'DELETE') assert.equal((await client.send('DELETE', path, asker)).status, 200);
  }),
  ask(GONE, 2, async ({ client }, asker) => {
    const name = `passing-${randomBytes(8).toString('hex')}`;
    const made = await client.send('POST', '/api/auth/keys', { ...asker, body: { name, role: 'Editor' } });
    if (!allowed(made, asker, 'Admin')) return;
    const bearer = { authorization: `Bearer ${made.body.key}` };
    const { id } = made.body;
    const self = await client.send('GET', '/api/user', bearer);
    expectSelf(self, { kind: 'api-key', id, credentialId: id, orgId: asker.orgId, role: 'Editor' });
    assert.equal((await client.send('DELETE', `/api/auth/keys/${id}`, asker)).status, 200);
    expectRefused(await client.send('GET', '/api/user', bearer));
  }),
  ask(REFUSED, 5, async ({ client }, asker) => {
    const secret = pick([
      makeToken(),
      makeApiKey('made-up', asker.orgId).key,
      `${asker.authorization}x`,
      'x',
    ]);
    const wrong = { authorization: `Bearer ${secret}` };
    expectRefused(await client.send('GET', '/api/user', wrong));
    expectSelf(await client.send('GET', '/api/user', asker), asker);
  }),
  // Rarely: each costs what a password hash costs.
  ask(REFUSED, 0.1, async ({ client, people }) => {
    const person = pick(people);
    expectRefused(await client.send('GET', '/api/user', { authorization: basic(person.login, 'not it') }));
    expectPerson(await client.send('GET', '/api/user', person), person);
  }),
  ask(SESSION, 1, async ({ client, people }) => {
    const person = pick(people);
    const body = { user: person.login, password: person.password };
    const signedIn = await client.send('POST', '/login', { body });
    assert.equal(signedIn.status, 200);
    const cookie = signedIn.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expectPerson(await client.send('GET', '/api/user', { headers: { cookie } }), person);
    await client.send('POST', '/logout', { headers: { cookie } });
    expectRefused(await client.send('GET', '/api/user', { headers: { cookie } }));
  }),
  ask(SESSION, 3, async ({ client, people }) => {
    const person = pick(people);
    expectPerson(await client.send('GET', '/api/user', person), person);
  }),
];

/** Asked all the time, beside the others, on connections of their own. */
export const SLOW_ASK: Ask = ask(SLOW, 0, async ({ url }, asker) => {
  expectSelf(await sendSlowly(url, '/api/user', asker.authorization, SLOWLY_MS), asker);
});

function ask(guarantee: string, weight: number, run: Ask['run']): Ask {
  return { guarantee, weight, run };
}

type Expected = Pick<Asker, 'kind' | 'id' | 'credentialId' | 'orgId' | 'role'>;

function expectSelf({ status, body }: Answer, { kind, id, credentialId, orgId, role }: Expected): void {
  assert.equal(status, 200, JSON.stringify(body));
  const said = [body.kind, body.id, body.credential.id, body.orgId, body.orgRole];
  assert.ok(isDeepStrictEqual(said, [kind, id, credentialId, orgId, role]), `taken for ${said.join()}`);
}

function expectPerson({ status, body }: Answer, { id, login }: Person): void {
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual([body.kind, body.id, body.login], ['user', id, login]);
}

// An address that so many wrong ones come from is told to wait: it is the same for all here.
function expectRefused({ status, headers, body }: Answer): void {
  if (status === 429) assert.ok(Number(headers['retry-after']) > 0);
  else assert.equal(status, 401, JSON.stringify(body));
}

/** Whether it was allowed; throws where it should have been and was not, and the other way round. */
function allowed(
  { status, body }: Answer,
  asker: Asker,
  least: keyof typeof AT_LEAST,
  success = 200,
): boolean {
  const wanted = may(asker, least) ? success : 403;
  assert.equal(status, wanted, `${asker.role}: ${JSON.stringify(body)}`);
  return wanted === success;
}

function may({ role }: Asker, least: keyof typeof AT_LEAST): boolean {
  return RANK[role] >= AT_LEAST[least];
}

function keptUids(orgId: number): string[] {
  return Array.from({ length: DASHBOARDS }, (_, at) => `o${orgId}-kept-${at}`).toSorted();
}

function otherOrg({ orgId }: Asker): number {
  return (orgId % ORGS) + 1;
}

function basic(login: string, password: string): string {
  return `Basic ${btoa(`${login}:${password}`)}`;
}

function pick<T>(values: readonly T[]): T {
  return values[randomInt(values.length)] as T;
}
