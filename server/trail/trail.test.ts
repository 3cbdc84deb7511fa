import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import type { Overrides } from '../config/settings.ts';
import { inTransaction } from '../db/transaction.ts';
import { recordChange } from '../modules/audit/audit.ts';
import { asOperator } from '../operator.ts';
import { ADMIN, startWorld, type World } from '../testing/world.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});

function place(): string {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-trail-'));
  ended.push(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'audit.jsonl');
}

async function world(audit: NonNullable<Overrides['audit']>): Promise<World> {
  const started = await startWorld({ audit });
  ended.push(() => started.stop());
  return started;
}

interface Line {
  id: number;
  action: string;
  requestId: string;
  object?: { name: string };
  entries?: number[];
  outcome?: string;
}

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
const read = (file: string): Line[] => linesOf(readFileSync(file, 'utf8'));
const names = (lines: Line[]): (string | undefined)[] => lines.map(({ object }) => object?.name);

const addTeam = async (at: World, name: string): Promise<number> =>
  (await at.send(ADMIN, 'POST', '/api/teams', { name })).status;

async function teamsOf(at: World): Promise<string[]> {
  const { body } = await at.send(ADMIN, 'GET', '/api/teams/search');
  return body.teams.map(({ name }: { name: string }) => name);
}

async function warnings(at: World): Promise<string[] | undefined> {
  expect((await at.send(undefined, 'GET', '/api/health')).body).not.toHaveProperty('warnings');
  return (await at.send(ADMIN, 'GET', '/api/health')).body.warnings;
}

const METRIC = /^latchkey_audit_trail_(\w+) (\d+)$/gm;

async function figures(at: World): Promise<Record<string, number>> {
  const { body } = await at.send(undefined, 'GET', '/metrics');
  return Object.fromEntries([...body.matchAll(METRIC)].map(([, name, value]) => [name, Number(value)]));
}

test('every change is in the file as it is in the export, in a file for its owner alone', async () => {
  const file = place();
  const at = await world({ file });
  for (const name of ['one', 'two', 'three']) expect(await addTeam(at, name)).toBe(200);
  await expect.poll(() => names(read(file))).toEqual(expect.arrayContaining(['one', 'two', 'three']));
  const { body } = await at.send(ADMIN, 'GET', '/api/audit/export');
  const inOrg = read(file).filter((line) => (line as Line & { orgId: unknown }).orgId === 1);
  expect(inOrg).toEqual(linesOf(body));
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('what was refused is not in the file, and no change of the file is waited for by a read', async () => {
  const file = place();
  const at = await world({ file, required: true });
  expect(await addTeam(at, 'there')).toBe(200);
  const before = read(file).length;
  expect(await addTeam(at, 'there')).toBe(409);
  expect((await at.send(ADMIN, 'GET', '/api/teams/search')).status).toBe(200);
  expect(read(file)).toHaveLength(before);
});

test('a file that was moved away is begun anew, and one whose last line was cut off goes on in a new line', async () => {
  const file = place();
  appendFileSync(file, '{"cut": "of');
  const at = await world({ file, required: true });
  expect(await addTeam(at, 'after the cut')).toBe(200);
  expect(readFileSync(file, 'utf8').split('\n')[0]).toBe('{"cut": "of');
  renameSync(file, `${file}.1`);
  expect(await addTeam(at, 'in the new one')).toBe(200);
  expect(names(read(file))).toEqual(['in the new one']);
  rmSync(file);
  expect(await addTeam(at, 'in the next one')).toBe(200);
  expect(names(read(file))).toEqual(['in the next one']);
});

test('where it is required, nothing is changed while the file cannot be written, and all goes on by itself', async () => {
  const file = place();
  const at = await world({ file, required: true });
  expect(await addTeam(at, 'before')).toBe(200);
  expect(await warnings(at)).toBeUndefined();
  rmSync(file);
  mkdirSync(file);
  const { status, body, headers } = await at.send(ADMIN, 'POST', '/api/teams', { name: 'meanwhile' });
  expect([status, headers.get('retry-after')]).toEqual([503, '10']);
  expect(body).toMatchObject({ message: 'The change cannot be recorded' });
  expect(body.detail).toMatch(/^Nothing was changed, because \[audit\] required is set/);
  expect(JSON.stringify(body)).not.toContain(file);
  expect(await teamsOf(at)).toEqual(['before']);
  const inDatabase = await at.send(ADMIN, 'GET', '/api/audit?query=meanwhile');
  expect(inDatabase.body.entries).toEqual([]);
  expect(at.log.join('')).toContain(`does not get to the file ${file}`);
  expect(await warnings(at)).toEqual([expect.stringMatching(/^Nothing can be changed.*\[audit\] file/)]);
  rmSync(file, { recursive: true });
  expect(await addTeam(at, 'after')).toBe(200);
  expect(names(read(file))).toContain('after');
  expect(await warnings(at)).toBeUndefined();
  expect(await teamsOf(at)).toEqual(['after', 'before']);
});

test('where it is not required, changes are made, counted as waiting, and written once that can be done', async () => {
  const file = place();
  const at = await world({ file });
  rmSync(file, { force: true });
  mkdirSync(file);
  expect(await addTeam(at, 'made anyway')).toBe(200);
  await expect.poll(async () => (await figures(at))['failures_total']).toBeGreaterThan(0);
  expect(await figures(at)).toMatchObject({ waiting: expect.any(Number), lost_total: 0 });
  expect((await figures(at))['waiting']).toBeGreaterThan(0);
  expect(await warnings(at)).toEqual([expect.stringContaining('waits in memory')]);
  rmSync(file, { recursive: true });
  await expect.poll(() => names(read(file)), { timeout: 15_000 }).toContain('made anyway');
  await expect.poll(async () => (await figures(at))['waiting']).toBe(0);
  expect(await warnings(at)).toBeUndefined();
});

test('an entry whose commit failed is followed by one that takes it back', async () => {
  const file = place();
  const at = await world({ file, required: true });
  const { db } = at.context;
  await sql`create table above (id integer primary key)`.execute(db);
  await sql`create table below (above integer references above (id) deferrable initially deferred)`.execute(
    db,
  );
  const change = { action: 'teams:create', kind: 'team', id: 7, name: 'never made' };
  const operator = asOperator(at.context);
  const failing = inTransaction(operator, async (context) => {
    await recordChange(context, change);
    await sql`insert into below (above) values (404)`.execute(context.db);
  });
  await expect(failing).rejects.toThrow(/foreign key/i);
  await expect.poll(() => read(file).at(-1)?.action).toBe('audit:retract');
  const [entry, retraction] = read(file).slice(-2) as [Line, Line];
  expect(entry.object?.name).toBe('never made');
  expect(retraction).toMatchObject({
    requestId: entry.requestId,
    entries: [entry.id],
    outcome: 'not made',
  });
  // What fails before it is recorded leaves nothing.
  const lines = read(file).length;
  const refused = inTransaction(operator, async (context) => {
    await recordChange(context, change);
    throw new Error('refused');
  });
  await expect(refused).rejects.toThrow('refused');
  expect(read(file)).toHaveLength(lines);
});

test('work that runs again after a lost race is in the file once', async () => {
  const file = place();
  const at = await world({ file, required: true });
  let runs = 0;
  await inTransaction(asOperator(at.context), async (context) => {
    await recordChange(context, { action: 'teams:create', kind: 'team', id: 7, name: 'made once' });
    if (++runs === 1) throw Object.assign(new Error('lost'), { code: '40001' });
  });
  expect(runs).toBe(2);
  expect(names(read(file)).filter((name) => name === 'made once')).toEqual(['made once']);
});

async function udp(): Promise<{ address: string; lines: string[] }> {
  const socket: Datagrams = createSocket('udp4');
  const lines: string[] = [];
  socket.on('message', (message) => lines.push(message.toString()));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  ended.push(() => socket.close());
  return { address: `udp://127.0.0.1:${socket.address().port}`, lines };
}

test('a syslog server gets each change as a message of RFC 5424, of the facility for audits', async () => {
  const server = await udp();
  const at = await world({ syslog: server.address });
  expect(await addTeam(at, 'told to syslog')).toBe(200);
  await expect.poll(() => server.lines.at(-1)).toContain('told to syslog');
  const [, json = ''] =
    /^<109>1 \d{4}-\S+Z \S+ latchkey \d+ - - (\{.*\})$/.exec(server.lines.at(-1) ?? '') ?? [];
  expect(JSON.parse(json)).toMatchObject({ action: 'teams:create', object: { name: 'told to syslog' } });
});

function listen(port: number, onText: (text: string) => void): Promise<Server> {
  const server = createServer((socket) =>
    socket.on('data', (data) => onText(data.toString())).on('error', () => {}),
  );
  server.listen(port, '127.0.0.1');
  return once(server, 'listening').then(() => server);
}

test('over TCP each message is counted, and what a server that was away has missed comes to it later', async () => {
  let heard = '';
  const first = await listen(0, () => {});
  const { port } = first.address() as AddressInfo;
  first.close();
  const at = await world({ syslog: `tcp://127.0.0.1:${port}` });
  expect(await addTeam(at, 'while it was away')).toBe(200);
  await expect.poll(async () => (await figures(at))['failures_total']).toBeGreaterThan(0);
  const second = await listen(port, (text) => (heard += text));
  ended.push(() => second.close());
  await expect.poll(() => heard, { timeout: 15_000 }).toContain('while it was away');
  const [, count = '', message = ''] = /^(\d+) (<109>1 [^]*)$/.exec(heard) ?? [];
  expect(Buffer.byteLength(message)).toBeGreaterThanOrEqual(Number(count));
  expect(message.slice(0, Number(count))).toMatch(/\}$/);
});

test('a file that cannot be written and one that is missing stop the start with what to do', async () => {
  await expect(startWorld({ audit: { file: '/nonexistent/audit.jsonl' } })).rejects.toThrow(
    /^\[audit\] file: \/nonexistent\/audit\.jsonl cannot be written .*Give the server's user the right to/,
  );
  await expect(startWorld({ audit: { required: true } })).rejects.toThrow(
    /\[audit\] required = true .* needs a file/,
  );
});
