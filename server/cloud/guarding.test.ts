import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Overrides } from '../config/settings.ts';
import { ADMIN, type Answer, type As } from '../testing/world.ts';
import { type CloudWorld, startCloudWorld } from '../testing/cloud.ts';

let world: CloudWorld;
afterEach(() => world.stop());

async function start(overrides: Overrides): Promise<void> {
  world = await startCloudWorld(overrides);
}

const ask = (as: As, path = '/api/instances'): Promise<Answer> => world.ask(as, 'GET', path);
// Of the right form, and nobody's.
const WRONG: As = { bearer: `glc_${'A'.repeat(80)}` };
const OPENED_AT_ONCE = 60;

test('requests are limited by credential, in the form of every other refusal, and nobody pays for another', async () => {
  await start({ rate_limiting: { enabled: true, per_second: 1, burst: 3 } });
  const { as: other } = await world.otherOrg('Other');
  const { answered, refused } = await untilLimited(world.admin);
  expect(answered).toEqual([200]);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.body).toMatchObject({
    code: 'TooManyRequests',
    message: 'Too many requests',
    requestId: refused.headers.get('x-request-id'),
  });
  // Whose ids are the same elsewhere is somebody else.
  expect((await ask(other)).headers.get('ratelimit-remaining')).toBe('2');
  expect((await world.send(ADMIN, 'GET', '/api/org')).status).toBe(200);
  expect((await untilLimited(undefined)).answered).toEqual([401]);
  world.clock.advance(1000);
  expect((await ask(world.admin)).status).toBe(200);
  const { body: metrics } = await world.send(undefined, 'GET', '/metrics');
  expect(metrics).toContain('latchkey_cloud_requests_limited_total{kind="api-key",reason="requests"} 1');
  expect(metrics).toContain('latchkey_cloud_requests_limited_total{kind="address",reason="requests"} 1');
  expect(metrics).toContain('latchkey_cloud_auth_failures_total{reason="none sent"} ');
});

/** What is answered until it is 429, each status once, and that last answer. */
async function untilLimited(as: As): Promise<{ answered: number[]; refused: Answer }> {
  const answered = new Set<number>();
  for (;;) {
    const answer = await ask(as);
    if (answer.status === 429) return { answered: [...answered], refused: answer };
    answered.add(answer.status);
  }
}

test('a request with a body is paid for once', async () => {
  await start({ rate_limiting: { enabled: true, per_second: 1, burst: 5 } });
  const { headers } = await world.ask(world.admin, 'POST', '/api/orgs/acme/members', { username: 'ann' });
  expect(headers.get('ratelimit-remaining')).toBe('4');
});

test('too many wrong credentials from an address are answered 429, and one that is right is let in', async () => {
  await start({ security: { brute_force_login_protection_max_attempts: 1 } });
  const statuses = new Map<number, number>();
  for (let count = 0; count < 70; count++) {
    const { status } = await ask(WRONG);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  expect([...statuses.keys()]).toEqual([401, 429]);
  expect(statuses.get(401)).toBeGreaterThanOrEqual(60);
  const refused = await ask({ bearer: 'of no form' });
  expect([refused.status, refused.body.code]).toEqual([429, 'TooManyRequests']);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await ask(world.admin)).status).toBe(200);
  // The server counts for itself.
  expect((await world.send(WRONG, 'GET', '/api/org')).status).toBe(401);
  expect(world.log.filter((line) => line.includes('too many wrong passwords or keys'))).toHaveLength(1);
  expect(world.log.join('')).not.toContain('glc_');
});

test('a credential that is deleted while the body of its request is on the way does nothing any more', async () => {
  await start({});
  const { body: key } = await world.ask(world.admin, 'POST', '/api/orgs/acme/api-keys', {
    name: 'short',
    role: 'Admin',
  });
  const body = JSON.stringify({ username: 'late' });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = {
    authorization: `Bearer ${key.token}`,
    'content-type': 'application/json',
    'content-length': String(body.length),
    expect: '100-continue',
  };
  const sending = request(
    `${world.cloud.url}/api/orgs/acme/members`,
    { method: 'POST', headers },
    (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    },
  ).on('error', reject);
  sending.flushHeaders();
  await new Promise((begun) => sending.once('continue', begun));
  expect((await world.ask(world.admin, 'DELETE', '/api/orgs/acme/api-keys/short')).status).toBe(200);
  sending.end(body);
  expect(await promise).toBe(401);
  expect((await ask(world.admin, '/api/orgs/acme/members')).body.items).toEqual([]);
});

test('an address that has stacks opened one after the other is held back, and those that are in use go on', async () => {
  await start({ cloud: { open_stacks: 2 } });
  const make = async (slug: string) =>
    (await world.ask(world.admin, 'POST', '/api/instances', { name: slug, slug })).body;
  const [closed, used] = [await make('closed'), await make('used')];
  const statusOf = async (url: string) => (await world.sendTo(url, undefined, 'GET', '/api/org')).status;
  let opened = 0;
  for (; opened <= OPENED_AT_ONCE; opened++) {
    await world.cloud.stacks.close(closed.id);
    if ((await statusOf(closed.url)) !== 401) break;
  }
  // A second may pass meanwhile, and another may be opened then.
  expect(opened).toBeGreaterThanOrEqual(OPENED_AT_ONCE);
  const held = await untilRefused(() => world.cloud.stacks.close(closed.id), closed.url);
  expect(held.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(held.body.detail).toContain('Wait');
  expect(await statusOf(used.url)).toBe(401);
  // Who has a credential of the cloud side has it opened.
  const ready = await ask(world.admin, '/api/v1/stacks/closed/readiness');
  expect(ready.body).toEqual({ ready: true });
  expect(await statusOf(closed.url)).toBe(401);
  await world.cloud.stacks.close(closed.id);
  world.clock.advance(5000);
  expect(await statusOf(closed.url)).toBe(401);
});

/** The first 429 of a stack that is closed before each request. */
async function untilRefused(close: () => Promise<void>, url: string): Promise<Answer> {
  for (;;) {
    await close();
    const answer = await world.sendTo(url, undefined, 'GET', '/api/org');
    if (answer.status === 429) return answer;
  }
}

test('an address that asks for stacks that are not there is held back, and those that are there answer', async () => {
  await start({ cloud: { stack_domain: 'stacks.example.org', open_stacks: 2 } });
  await world.ask(world.admin, 'POST', '/api/instances', { name: 'known', slug: 'known' });
  expect(await statusUnder('known.stacks.example.org')).toBe(401);
  const statuses: number[] = [];
  for (let count = 0; count < OPENED_AT_ONCE + 20 && statuses.at(-1) !== 429; count++) {
    statuses.push(await statusUnder(`unknown-${count}.stacks.example.org`));
  }
  expect(statuses.slice(0, OPENED_AT_ONCE)).toEqual(Array.from({ length: OPENED_AT_ONCE }, () => 404));
  expect(statuses.at(-1)).toBe(429);
  expect(await statusUnder('known.stacks.example.org')).toBe(401);
  world.clock.advance(2000);
  expect(await statusUnder('unknown.stacks.example.org')).toBe(404);
});

/** What the server says under a host; fetch sets Host itself. */
async function statusUnder(host: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = { host };
  request(`${world.url}/api/org`, { headers }, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  })
    .on('error', reject)
    .end();
  return promise;
}

/** A connection to the address of a stack on which something was sent, and of which nothing is read. */
async function sendOnly(url: string, text: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).pause();
  socket.on('error', () => undefined);
  await new Promise<void>((sent) => socket.write(text, () => sent()));
  return socket;
}

test('who takes none of its answers holds a stack open no longer than read_timeout', async () => {
  await start({ server: { read_timeout: '3s' }, cloud: { open_stacks: 1 } });
  const make = async (slug: string): Promise<string> =>
    (await world.ask(world.admin, 'POST', '/api/instances', { name: slug, slug })).body.url;
  const [other, held] = [await make('other'), await make('held')];
  const statusOf = async (url: string) => (await world.sendTo(url, undefined, 'GET', '/api/org')).status;
  const asked = 'GET /api/openapi.json HTTP/1.1\r\nhost: held\r\n\r\n';
  const holding = await sendOnly(held, asked.repeat(16));
  try {
    await expect.poll(() => statusOf(other), { timeout: 3000 }).toBe(503);
    await expect.poll(() => statusOf(other), { timeout: 10_000, interval: 100 }).toBe(401);
    expect(await statusOf(held)).toBe(401);
  } finally {
    holding.destroy();
  }
});

test('a stack with a port is deleted without waiting for who has sent half a request there', async () => {
  await start({});
  const { body } = await world.ask(world.admin, 'POST', '/api/instances', { name: 'gone', slug: 'gone' });
  const half = await sendOnly(body.url, 'GET /api/org HTTP/1.1\r\nhost:');
  let isClosed = false;
  half.resume().once('close', () => (isClosed = true));
  expect((await world.ask(world.admin, 'DELETE', '/api/instances/gone')).status).toBe(200);
  expect(isClosed).toBe(false);
  half.destroy();
  // Its port is free, and it comes back there.
  const back = await world.ask(world.admin, 'POST', `/api/instances/${body.id}/restore`);
  expect(back.body.url).toBe(body.url);
  expect((await world.sendTo(body.url, undefined, 'GET', '/api/org')).status).toBe(401);
});

test("the server's own name below the domain leads to the server, and no stack gets it", async () => {
  await start({
    server: { root_url: 'http://keys.example.org:33001/' },
    cloud: { stack_domain: 'example.org' },
  });
  const make = (slug: string, url?: string) =>
    world.ask(world.admin, 'POST', '/api/instances', { name: slug, slug, url });
  expect((await make('thief', 'http://keys.example.org:33001')).status).toBe(409);
  expect((await make('keys')).body.url).toBe('http://keys-2.example.org:33001');
  expect(await statusUnder('keys.example.org')).toBe(401);
  expect(await statusUnder('keys-2.example.org')).toBe(401);
  expect((await world.ask(world.admin, 'POST', '/api/instances/keys/suspend')).status).toBe(200);
  expect(await statusUnder('keys-2.example.org')).toBe(403);
  expect(await statusUnder('keys.example.org')).toBe(401);
});

/** A place for the file of the record of changes, which is removed afterwards. */
async function withAuditFile(work: (file: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-trail-'));
  try {
    await work(join(directory, 'audit.jsonl'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("the changes of a stack and of the cloud side go to files of their own, and not to the server's syslog", async () => {
  const syslog = createSocket('udp4');
  const heard: string[] = [];
  syslog.on('message', (line) => heard.push(line.toString()));
  await new Promise<void>((bound) => syslog.bind(0, '127.0.0.1', bound));
  try {
    await withAuditFile(async (file) => {
      await start({ audit: { file, syslog: `udp://127.0.0.1:${syslog.address().port}` } });
      const { body } = await world.ask(world.admin, 'POST', '/api/instances', { name: 'told', slug: 'told' });
      await world.ask(world.admin, 'POST', '/api/instances/told/api/auth/keys', {
        name: 'stacks-own',
        role: 'Viewer',
      });
      await world.send(ADMIN, 'POST', '/api/folders', { title: 'servers-own' });
      await expect.poll(() => heard.join('')).toContain('servers-own');
      expect(heard.join('')).not.toMatch(/stacks-own|stacks:create/);
      await expect.poll(() => readFileSync(`${file}.${body.id}`, 'utf8')).toContain('stacks-own');
      await expect.poll(() => readFileSync(`${file}.cloud`, 'utf8')).toContain('stacks:create');
      expect(readFileSync(file, 'utf8')).not.toContain('stacks:create');
    });
  } finally {
    syslog.close();
  }
});

test('where it is required, nothing is changed on the cloud side while its file of the record cannot be written', async () => {
  await withAuditFile(async (base) => {
    await start({ audit: { file: base, required: true } });
    const file = `${base}.cloud`;
    const make = (name: string) =>
      world.ask(world.admin, 'POST', '/api/orgs/acme/api-keys', { name, role: 'Viewer' });
    const entries = () =>
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    // What made the first key of all is a command on the machine.
    expect(entries().map(({ action }) => action)).toEqual(['orgs:create', 'api-keys:create']);
    const { status, headers: made } = await make('before');
    expect(status).toBe(200);
    expect(entries().at(-1)).toMatchObject({
      action: 'api-keys:create',
      object: { kind: 'cloud-key', name: 'before' },
      requestId: made.get('x-request-id'),
    });
    rmSync(file);
    mkdirSync(file);
    const refused = await make('meanwhile');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    expect(JSON.stringify(refused.body)).toContain('The change cannot be recorded');
    expect(JSON.stringify(refused.body)).not.toContain(file);
    expect((await world.ask(world.admin, 'DELETE', '/api/orgs/acme/api-keys/before')).status).toBe(503);
    const stack = { name: 'never', slug: 'never' };
    expect((await world.ask(world.admin, 'POST', '/api/instances', stack)).status).toBe(503);
    expect((await ask(world.admin)).body.items).toEqual([]);
    const names = async () =>
      (await ask(world.admin, '/api/orgs/acme/api-keys')).body.items.map(
        ({ name }: { name: string }) => name,
      );
    expect((await names()).toSorted()).toEqual(['before', 'first']);
    rmSync(file, { recursive: true });
    expect((await make('after')).status).toBe(200);
    expect(entries().at(-1)).toMatchObject({ object: { name: 'after' } });
    expect((await names()).toSorted()).toEqual(['after', 'before', 'first']);
  });
});
