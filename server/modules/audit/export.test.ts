import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg } from '../../testing/people.ts';
import { ADMIN, startWorld, type World } from '../../testing/world.ts';

// Twice what memory may grow by, as lines.
const MANY = 50_000;
const MOST_GROWTH = 16 * 1024 * 1024;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

let made = 0;

async function newOrg() {
  const orgId = await makeOrg(world, `exported ${++made}`);
  const { as } = await makeMember(world, orgId, `exporter${made}`, 'Admin');
  const addTeam = async (name: string): Promise<void> => {
    expect((await world.send(as, 'POST', '/api/teams', { name })).status).toBe(200);
  };
  const lines = async (query = ''): Promise<Line[]> => {
    const { status, body } = await world.send(as, 'GET', `/api/audit/export${query}`);
    expect(status).toBe(200);
    return body
      .split('\n')
      .slice(0, -1)
      .map((line: string) => JSON.parse(line));
  };
  return { orgId, as, addTeam, lines };
}

interface Line {
  id: number;
  at: string;
  orgId: number;
  credential: { kind: string; id: number };
  requestId: string;
  object: { name: string };
}

const names = (lines: Line[]): string[] => lines.map(({ object }) => object.name);

async function fill(orgId: number, count: number): Promise<void> {
  const row = {
    at: world.clock.now(),
    org_id: orgId,
    actor: 'user:filler',
    actor_id: 1,
    credential: 'password',
    credential_id: 0,
    address: '192.0.2.1',
    request_id: 'of-many',
    action: 'teams:write',
    object_kind: 'team',
    object_id: '1',
    object_name: 'one of many',
    change: JSON.stringify({ name: 'x'.repeat(300), before: { name: 'y' } }),
    search_text: '',
  };
  const rows = Array.from({ length: 500 }, () => row);
  for (let done = 0; done < count; done += rows.length) {
    await world.context.db
      .insertInto('audit')
      .values(rows.slice(0, count - done))
      .execute();
  }
}

test('the export holds every entry of the list once, from the earliest on, a line each', async () => {
  const { as, orgId, lines, addTeam } = await newOrg();
  await fill(orgId, 1234);
  world.clock.advance(1000);
  await addTeam('the last');
  const all = await lines();
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted());
  const { body } = await world.send(as, 'GET', '/api/audit?perpage=5000');
  expect(all.map(({ id }) => id).toSorted((a, b) => b - a)).toEqual(
    body.entries.map(({ id }: Line) => id).toSorted((a: number, b: number) => b - a),
  );
  const [{ at, ...listed }] = body.entries;
  expect(all.at(-1)).toEqual({ ...listed, at: expect.stringContaining(at.slice(0, 19)), orgId });
});

test('both forms come by the name of the format or by Accept, as a file with a name', async () => {
  const { as, addTeam } = await newOrg();
  await addTeam('in a file');
  const asked = async (path: string, headers?: Record<string, string>) => {
    const answer = await world.send(as, 'GET', path, undefined, headers);
    return [answer.headers.get('content-type'), answer.headers.get('content-disposition')];
  };
  const day = new Date(world.clock.now()).toISOString().slice(0, 10);
  const jsonl = ['application/x-ndjson; charset=utf-8', `attachment; filename="changes-${day}.jsonl"`];
  const csv = ['text/csv; charset=utf-8', `attachment; filename="changes-${day}.csv"`];
  expect(await asked('/api/audit/export')).toEqual(jsonl);
  expect(await asked('/api/audit/export?format=csv')).toEqual(csv);
  expect(await asked('/api/audit/export', { accept: 'text/csv' })).toEqual(csv);
  expect(await asked('/api/audit/export?format=jsonl', { accept: 'text/csv' })).toEqual(jsonl);
  expect((await world.send(as, 'GET', '/api/audit/export?format=xml')).status).toBe(400);
});

test('a name that a spreadsheet would calculate stands in CSV as text, and quotes in it do not end it', async () => {
  const { as, addTeam } = await newOrg();
  for (const name of ['=HYPERLINK("https://example.org";"x")', '+1', '-1', '@sum', 'a,"b"'])
    await addTeam(name);
  const { body } = await world.send(as, 'GET', '/api/audit/export?format=csv&kind=team');
  const [head = '', ...rows] = body.split('\r\n').slice(0, -1);
  expect(head).toBe(
    'id,at,orgId,actorKind,actor,actorId,credential,credentialId,address,requestId,action,objectKind,objectId,object,change',
  );
  const told = rows.map((row: string) => /,team,\d+,(.*),"\{/.exec(row)?.[1]);
  expect(told).toEqual([`"'=HYPERLINK(""https://example.org"";""x"")"`, `'+1`, `'-1`, `'@sum`, `"a,""b"""`]);
});

test('entries are found by credential, by address and by request, in the list and in the export', async () => {
  const { as, addTeam, lines } = await newOrg();
  await addTeam('by hand');
  const { key, id } = (await world.send(as, 'POST', '/api/auth/keys', { name: 'robot', role: 'Admin' })).body;
  await world.send({ bearer: key }, 'POST', '/api/teams', { name: 'by robot' });
  expect(names(await lines(`?credential=api-key:${id}`))).toEqual(['by robot']);
  expect(names(await lines(`?credential=api-key`))).toEqual(['by robot']);
  expect(names(await lines(`?credential=token:${id}`))).toEqual([]);
  expect(names(await lines('?address=127.0.0.1&kind=team'))).toEqual(['by hand', 'by robot']);
  expect(await lines('?address=127.0.0')).toEqual([]);
  const [{ requestId }] = (await lines(`?credential=api-key:${id}`)) as [Line];
  expect(names(await lines(`?requestId=${requestId}`))).toEqual(['by robot']);
  const listed = await world.send(
    as,
    'GET',
    `/api/audit?requestId=${requestId}&credential=api-key&address=127.0.0.1`,
  );
  expect(names(listed.body.entries)).toEqual(['by robot']);
});

test('a credential of no kind that is recorded is refused with the kinds that are', async () => {
  const { as } = await newOrg();
  for (const path of ['/api/audit', '/api/audit/export']) {
    for (const credential of ['12', 'key:1', 'tokens', 'token:', 'constructor']) {
      const { status, body } = await world.send(as, 'GET', `${path}?credential=${credential}`);
      expect([status, body.detail], credential).toEqual([
        400,
        expect.stringMatching(
          /must be one of api-key, token, password, session, machine, cloud, cloud-key, policy-token, none, .* token:12/,
        ),
      ]);
    }
  }
});

test('nobody exports the record of an organization but its Admins, nor that of another one or of the server', async () => {
  const one = await newOrg();
  const other = await newOrg();
  await one.addTeam('in the one');
  const viewer = await makeMember(world, one.orgId, `export-viewer${made}`, 'Editor');
  expect((await world.send(viewer.as, 'GET', '/api/audit/export')).status).toBe(403);
  expect((await world.send(one.as, 'GET', '/api/admin/audit/export')).status).toBe(403);
  expect(names(await other.lines())).not.toContain('in the one');
  const ofServer = await world.send(ADMIN, 'GET', '/api/admin/audit/export');
  expect(ofServer.body).toContain('users:create');
  expect(ofServer.body).not.toContain('in the one');
});

test('an export of very many entries goes through little memory, however slowly it is taken', async () => {
  const { orgId, as } = await newOrg();
  await fill(orgId, MANY);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const { basic } = as as { basic: string };
  const response = await fetch(`${world.url}/api/audit/export`, {
    headers: { authorization: `Basic ${Buffer.from(basic).toString('base64')}` },
  });
  const before = used();
  let lines = 0;
  let chunks = 0;
  let most = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    lines += chunk.filter((byte) => byte === 10).length;
    if (++chunks % 100 === 0) most = Math.max(most, used() - before);
  }
  expect(lines).toBeGreaterThan(MANY);
  expect(most).toBeLessThan(MOST_GROWTH);
});
