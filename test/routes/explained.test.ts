import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, signIn } from '../../server/testing/people.ts';
import { ADMIN, type Answer, startWorld, type World } from '../../server/testing/world.ts';
import { furnish } from '../support/furnished.ts';
import { ask, type Estates, figure, waysOf } from './matrix/ask.ts';
import { MATRIX } from './matrix/matrix.ts';
import type { Row } from './matrix/row.ts';

// What an explanation says of a request is what the request is answered: on every route, to every kind of credential, of one's
// own things, another's, and what is not there.

type Headers = Record<string, string>;

/** Somebody who sends requests, and the column of the matrix that is nearest to what they may do. */
interface Sender {
  name: string;
  column: number;
  headers: Headers;
  /** By what it is named where it is not shown. */
  picked?: { kind: string; id: number };
}

interface Told {
  verdict: string;
  status: number | null;
  steps: { step: string; outcome: string; text: string }[];
}

const ASKER = { as: undefined, login: 'somebody', email: 'somebody@example.org', password: 'not used' };
const READS = MATRIX.filter(([route]) => route.startsWith('GET'));

let world: World;
let estates: Estates;

beforeAll(async () => {
  // It sends many wrong passwords on purpose, and means what each is told by itself.
  world = await startWorld({ security: { disable_brute_force_login_protection: true } });
  estates = { own: await furnish(world, 'ours', 'our'), other: await furnish(world, 'strangers', 'their') };
});
afterAll(() => world.stop());

const bearer = (secret: string): Headers => ({ authorization: `Bearer ${secret}` });
const basic = (pair: string): Headers => ({ authorization: `Basic ${btoa(pair)}` });

async function send(method: string, path: string, body?: object, as = estates.own.owner.as) {
  const answer = await world.send(as, method, path, body);
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

interface Machine {
  account: number;
  token: number;
  headers: Headers;
}

async function makeToken(name: string, role: string, as = estates.own.owner.as): Promise<Machine> {
  const { id } = await send('POST', '/api/serviceaccounts', { name, role }, as);
  const made = await send('POST', `/api/serviceaccounts/${id}/tokens`, { name, secondsToLive: 3600 }, as);
  return { account: id, token: made.id, headers: bearer(made.key) };
}

async function makeKey(name: string, role: string): Promise<{ id: number; headers: Headers }> {
  const { id, key } = await send('POST', '/api/auth/keys', { name, role });
  return { id, headers: bearer(key) };
}

async function makePerson(login: string, role: string): Promise<{ id: number; headers: Headers }> {
  const { id } = await makeMember(world, estates.own.orgId, login, role);
  const { cookie } = await signIn(world, login);
  return { id, headers: { cookie: `grafana_session=${cookie}` } };
}

/** What the answer to a request contradicts of its explanation; undefined where they agree. */
function contradiction({ verdict, status: told }: Told, { status }: Answer): string | undefined {
  const isRefused = status === 401 || status === 403;
  if (verdict === 'refused')
    return told === status ? undefined : `refused with ${told}, but answered ${status}`;
  return verdict === 'allowed' && isRefused ? `allowed, but answered ${status}` : undefined;
}

/** The same world, in which every request is explained before it is sent. */
function explaining(sender: Sender, compare: (told: Told, answer: Answer, what: string) => void): World {
  const { headers: own, picked: credential } = sender;
  return {
    ...world,
    async send(_as, method, path, body, more = {}) {
      const headers = { ...own, ...more };
      const asked = { method, path, ...(credential ? { headers: more, credential } : { headers }) };
      const as = credential ? estates.own.owner.as : ADMIN;
      const told = await world.send(as, 'POST', '/api/access-control/explain', asked);
      const answer = await world.send(undefined, method, path, body, headers);
      const what = `${sender.name}: ${method} ${path}`;
      // What others do elsewhere is not told.
      const isElsewhere = credential !== undefined && more['x-grafana-org-id'] !== undefined;
      expect(told.status, `${what} ${JSON.stringify(told.body)}`).toBe(
        isElsewhere && told.status === 403 ? 403 : 200,
      );
      if (told.status === 200) compare(told.body, answer, what);
      return answer;
    },
  };
}

/** Sends the requests of these rows as all of these, and says where an explanation was wrong, a line each. */
async function compareAll(rows: readonly Row[], senders: readonly Sender[]) {
  const wrong: string[] = [];
  const verdicts: Record<string, number> = {};
  const compare = (told: Told, answer: Answer, what: string): void => {
    verdicts[told.verdict] = (verdicts[told.verdict] ?? 0) + 1;
    const fault =
      contradiction(told, answer) ?? (told.steps.some(isUnexplained) ? 'held from nothing' : undefined);
    if (fault) wrong.push(`${what}: ${fault}\n  ${JSON.stringify(answer.body)}\n  ${JSON.stringify(told)}`);
  };
  // Row by row: the last ones move all keys, and then there can be no new ones.
  for (const row of rows) {
    for (const sender of senders) {
      const asked = explaining(sender, compare);
      for (const way of waysOf(row)) {
        await ask(asked, estates, row, { way, asker: ASKER, wanted: figure(way.expected, sender.column) });
      }
    }
  }
  return { wrong, verdicts };
}

function isUnexplained({ text }: Told['steps'][number]): boolean {
  return /held from \./.test(text);
}

test(
  'of rights that were given one by one, what is explained is what is answered',
  { timeout: 120_000 },
  async () => {
    const { own, other } = estates;
    const { folder, dashboard, team } = own.things;
    const onFolder = await makeToken('edits one folder', 'None');
    await send('POST', `/api/access-control/folders/${folder['uid']}/users/${onFolder.account}`, {
      permission: 'Edit',
    });
    const withRoles = await makeToken('has other roles', 'None');
    for (const roleUid of ['fixed:serviceaccounts:writer', 'fixed:teams:reader', 'fixed:settings:reader'])
      await send(
        'POST',
        `/api/access-control/users/${withRoles.account}/roles?orgId=${own.orgId}`,
        { roleUid },
        ADMIN,
      );
    const teammate = await makePerson('teammate', 'Viewer');
    await send('POST', `/api/teams/${team['id']}/members`, { userId: teammate.id });
    await send('POST', `/api/access-control/dashboards/${dashboard['uid']}/teams/${team['id']}`, {
      permission: 'Admin',
    });
    const guest = await makeToken('a guest', 'Viewer', other.owner.as);
    await send(
      'POST',
      `/api/serviceaccounts/${guest.account}/orgs?orgId=${other.orgId}`,
      { orgId: own.orgId, role: 'Editor' },
      ADMIN,
    );
    const inOurs = { 'x-grafana-org-id': String(own.orgId) };

    const { wrong, verdicts } = await compareAll(READS, [
      { name: 'a token that edits one folder', column: 1, headers: onFolder.headers },
      { name: 'a token with other roles', column: 1, headers: withRoles.headers },
      { name: 'a member of a team', column: 1, headers: teammate.headers },
      { name: 'a guest', column: 2, headers: { ...guest.headers, ...inOurs } },
      { name: 'a guest at home', column: 1, headers: guest.headers },
    ]);
    expect(wrong.join('\n')).toBe('');
    expect(verdicts['allowed']).toBeGreaterThan(100);
  },
);

test(
  'of what is refused for itself, what is explained is what is answered',
  { timeout: 120_000 },
  async () => {
    const revoked = await makeToken('revoked', 'Viewer');
    await send('POST', `/api/serviceaccounts/${revoked.account}/tokens/${revoked.token}/revoke`);
    const disabled = await makeToken('disabled', 'Viewer');
    await send('PATCH', `/api/serviceaccounts/${disabled.account}`, { isDisabled: true });
    const deleted = await makeKey('deleted', 'Viewer');
    await send('DELETE', `/api/auth/keys/${deleted.id}`);
    const { headers: good } = await makeToken('good', 'Viewer');
    const secret = good['authorization']?.slice('Bearer '.length) ?? '';
    const gone = await makePerson('disabled-person', 'Viewer');
    await send('POST', `/api/admin/users/${gone.id}/disable`, undefined, ADMIN);
    await makeMember(world, estates.own.orgId, 'with-password', 'Viewer');

    const headers: Record<string, Headers> = {
      revoked: revoked.headers,
      disabled: disabled.headers,
      deleted: deleted.headers,
      'of a disabled user': gone.headers,
      'a session that is none': { cookie: 'grafana_session=0123456789012345678901234567890123456789abc' },
      'a cookie beside a header': { ...gone.headers, ...good },
      'cut off': bearer(secret.slice(0, -1)),
      quoted: bearer(`"${secret}"`),
      'without a scheme': { authorization: secret },
      empty: { authorization: '' },
      'no key at all': { authorization: 'Bearer' },
      'another scheme': { authorization: `Token ${secret}` },
      'small letters': { authorization: `bearer   ${secret} ` },
      'by the name api_key': basic(`api_key:${secret}`),
      'by another name': basic(`apikey:${secret}`),
      'no base64': { authorization: 'Basic !!!' },
      'a password': basic('with-password:password of with-password'),
      'a wrong password': basic('with-password:password of nobody'),
      'the password of nobody': basic('nobody-at-all:password'),
      'an organization that is no number': { ...good, 'x-grafana-org-id': 'two' },
      'an organization without a number': { ...good, 'x-grafana-org-id': '' },
      'no organization': { ...good, 'x-grafana-org-id': '0' },
      'another organization': { ...good, 'x-grafana-org-id': String(estates.other.orgId) },
    };
    const senders = Object.entries(headers).map(([name, sent]) => ({ name, column: 1, headers: sent }));
    const some = READS.filter(([route]) =>
      /^GET \/api\/(org|folders\/:uid|admin\/stats|user\/quotas)$/.test(route),
    );
    expect(some).toHaveLength(4);
    const { wrong, verdicts } = await compareAll(some, senders);
    expect(wrong.join('\n')).toBe('');
    expect(verdicts['refused']).toBeGreaterThan(100);
  },
);

test(
  'of a credential that is picked, what is told is what its secret would be answered',
  { timeout: 120_000 },
  async () => {
    const machine = await makeToken('picked', 'Editor');
    const key = await makeKey('picked too', 'Viewer');
    const person = await makePerson('picked-person', 'Admin');
    const pick = (kind: string, id: number, headers: Headers) => ({
      name: `picked ${kind}`,
      column: 2,
      headers,
      picked: { kind, id },
    });
    const { wrong, verdicts } = await compareAll(READS, [
      pick('token', machine.token, machine.headers),
      pick('service-account', machine.account, machine.headers),
      pick('api-key', key.id, key.headers),
      pick('user', person.id, person.headers),
    ]);
    expect(wrong.join('\n')).toBe('');
    expect(verdicts['allowed']).toBeGreaterThan(100);
  },
);

test('what is explained is what is answered, on every route', { timeout: 240_000 }, async () => {
  const token = async (role: string) => (await makeToken(`with ${role}`, role)).headers;
  const administrator = await makePerson('server-administrator', 'Admin');
  const path = `/api/admin/users/${administrator.id}/permissions`;
  await send('PUT', path, { isGrafanaAdmin: true }, ADMIN);
  const senders = [
    { name: "a Viewer's token", column: 1, headers: await token('Viewer') },
    { name: "an Editor's key", column: 2, headers: (await makeKey('with Editor', 'Editor')).headers },
    { name: 'a server administrator', column: 4, headers: administrator.headers },
  ];
  // Those who differ from them by their role alone, or have no credential, ask the database for nothing else.
  if (process.env['LATCHKEY_TEST_DATABASE'] !== 'postgres')
    senders.push(
      { name: 'nobody', column: 0, headers: {} },
      { name: 'a token without a role', column: 1, headers: await token('None') },
      { name: "an Admin's token", column: 3, headers: await token('Admin') },
      { name: 'a Viewer', column: 1, headers: (await makePerson('viewer', 'Viewer')).headers },
    );
  const { wrong, verdicts } = await compareAll(MATRIX, senders);
  expect(wrong.join('\n')).toBe('');
  // Most is decided before the call itself looks.
  const { allowed = 0, refused = 0, depends = 0 } = verdicts;
  expect(allowed).toBeGreaterThan(60 * senders.length);
  expect(depends).toBeLessThan((allowed + refused) / 5);
});
