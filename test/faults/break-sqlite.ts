import { strict as assert } from 'node:assert';
import { execFileSync, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWorld } from '../../server/testing/world.ts';
import { MAIN, type Running, serve } from '../support/serving.ts';
import { ADMIN, ask, get, mustBe, mustBeUnavailable, timeUntil } from './ask.ts';
import type { Run, Shown } from './table.ts';

const PAGE_BYTES = 4096;
const DISK_BYTES = 8 * 1024 * 1024;
const WRITERS = 20;
const DESCRIPTORS = 60;
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** Takes from a server on SQLite what it needs: room, the right to write, the lock, its pages, its clock, its descriptors. */
export const breakSqlite: Run = async ({ isShort, scenario, notTried }) => {
  const times = isShort ? 1 : 5;
  const ofRoot: [string, typeof fullDisk][] = [
    ['a full disk (a mounted file system of 8 MB)', fullDisk],
    ['a disk that cannot be written on (files made immutable)', readOnly],
  ];
  for (const [tried, work] of ofRoot) {
    // Only root may mount a file system and make files immutable.
    if (process.getuid?.() !== 0) notTried(tried, 'root');
    else await scenario(tried, () => inDirectory((data) => work(data, times)));
  }
  await scenario('the database locked by another process for 8 s', () => inDirectory(lockedLong));
  await scenario('the database locked by another process for 1 s, over and over', () =>
    inDirectory((data) => lockedShort(data, times)),
  );
  await scenario('a page overwritten while the server is stopped', () => inDirectory(damagedBefore));
  await scenario('pages overwritten while the server runs', () => inDirectory(damagedWhile));
  await scenario('the clock set forward and back', clockSet);
  await scenario(`all of ${DESCRIPTORS} file descriptors taken`, () => inDirectory(noDescriptors));
};

async function inDirectory(work: (data: string) => Promise<Shown>): Promise<Shown> {
  const data = mkdtempSync(join(tmpdir(), 'latchkey-broken-'));
  try {
    return await work(data);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

async function serving<T>(data: string, work: (server: Running) => Promise<T>): Promise<T> {
  const server = await serve({ GF_PATHS_DATA: data });
  try {
    return await work(server);
  } finally {
    if (server.process.exitCode === null && server.process.signalCode === null) await server.kill();
  }
}

let named = 0;

/** A change; what it is answered. */
function makeKey(server: Running) {
  return ask(server, 'POST', '/api/auth/keys', { body: { name: `broken ${++named}`, role: 'Viewer' } });
}

/** What goes on while nothing can be written: known credentials, reads, and those that have to be looked up. */
async function expectReads(server: Running, known: string, unknown: string): Promise<void> {
  await get(server, '/api/user', `Bearer ${known}`);
  await get(server, '/api/user', `Bearer ${unknown}`);
  await get(server, '/api/auth/keys');
  mustBe(401, await ask(server, 'GET', '/api/user', { as: `Bearer ${known.slice(0, -8)}` }));
}

async function expectTold(server: Running, words: RegExp): Promise<void> {
  const health = mustBe(503, await ask(server, 'GET', '/api/health', { as: '' }));
  assert.match(health.body.reason, words);
  const readiness = mustBe(200, await ask(server, 'GET', '/readyz', { as: '' }));
  assert.match(readiness.body.reason, words);
}

async function expectWell(server: Running): Promise<void> {
  mustBe(200, await makeKey(server));
  mustBe(200, await ask(server, 'GET', '/api/health', { as: '' }));
  assert.deepEqual((await get(server, '/readyz', '')).status, 'ready');
}

/** A key that the server remembers, and one that it was never shown. */
async function twoKeys(server: Running): Promise<[known: string, unknown: string]> {
  const [known, unknown] = [await makeKey(server), await makeKey(server)].map(
    (answer) => mustBe(200, answer).body.key,
  );
  await get(server, '/api/user', `Bearer ${known}`);
  return [known, unknown];
}

async function fullDisk(data: string, times: number): Promise<Shown> {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'latchkey-faults', data]);
  try {
    return await serving(data, async (server) => {
      const filler = join(data, 'filler');
      const recoveries: number[] = [];
      for (let count = 0; count < times; count++) {
        const [known, unknown] = await twoKeys(server);
        fill(filler);
        // What is in the write-ahead log already may still be written over.
        await timeUntil(async () => mustBeUnavailable(await makeKey(server), /disk .* full.*Make room/s));
        await expectReads(server, known, unknown);
        await expectTold(server, /disk of the database is full/);
        rmSync(filler);
        recoveries.push(await timeUntil(() => expectWell(server)));
      }
      const held =
        'changes 503 with what to do, reads and all credentials go on; /api/health 503, /readyz says why';
      return { times, held, recoveryMs: Math.max(...recoveries) };
    });
  } finally {
    execFileSync('umount', [data]);
  }
}

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(PAGE_BYTES));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}

async function readOnly(data: string, times: number): Promise<Shown> {
  const files = ['latchkey.db', 'latchkey.db-wal'].map((name) => join(data, name));
  try {
    return await serving(data, async (server) => {
      const recoveries: number[] = [];
      for (let count = 0; count < times; count++) {
        const [known, unknown] = await twoKeys(server);
        execFileSync('chattr', ['+i', ...files]);
        mustBeUnavailable(await makeKey(server), /database cannot be (used|written to)/);
        await expectReads(server, known, unknown);
        await expectTold(server, /cannot be (used|written to)/);
        execFileSync('chattr', ['-i', ...files]);
        recoveries.push(await timeUntil(() => expectWell(server)));
      }
      const held = 'changes 503, reads and all credentials go on; /api/health 503, /readyz says why';
      return { times, held, recoveryMs: Math.max(...recoveries) };
    });
  } finally {
    execFileSync('chattr', ['-f', '-i', ...files]);
  }
}

/** Another process that holds the write lock for so long; resolves when it has it, to its end. */
async function lock(data: string, seconds: number): Promise<{ ended: Promise<unknown> }> {
  const holder = spawn(
    process.execPath,
    [
      '-e',
      `const { DatabaseSync } = require('node:sqlite');
       const database = new DatabaseSync(process.argv[1], { timeout: 5000 });
       database.exec('begin immediate');
       console.log('locked');
       setTimeout(() => database.exec('rollback'), ${seconds * 1000});`,
      join(data, 'latchkey.db'),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(holder, 'exit');
  await once(holder.stdout, 'data');
  return { ended };
}

async function lockedLong(data: string): Promise<Shown> {
  return serving(data, async (server) => {
    const [known, unknown] = await twoKeys(server);
    const { ended } = await lock(data, 8);
    const writing = Promise.all(Array.from({ length: WRITERS }, () => makeKey(server)));
    let [reads, slowest] = [0, 0];
    const over = new AbortController();
    const reading = (async () => {
      for (; !over.signal.aborted; reads++)
        slowest = Math.max(slowest, (await ask(server, 'GET', '/api/auth/keys')).ms);
    })();
    const answers = await writing;
    over.abort();
    await reading;
    for (const answer of answers) mustBeUnavailable(answer, /busy.*Nothing was changed/s);
    const longest = Math.max(...answers.map(({ ms }) => ms));
    assert.ok(longest < 8000, `a change waited ${longest} ms`);
    await expectReads(server, known, unknown);
    await ended;
    const recoveryMs = await timeUntil(() => expectWell(server));
    const held =
      `${WRITERS} changes at once 503 after ${(longest / 1000).toFixed(1)} s at most; ` +
      `${reads.toLocaleString('en')} reads meanwhile, the slowest ${slowest.toFixed(0)} ms`;
    return { times: 1, held, recoveryMs };
  });
}

async function lockedShort(data: string, times: number): Promise<Shown> {
  return serving(data, async (server) => {
    await twoKeys(server);
    for (let count = 0; count < times; count++) {
      const { ended } = await lock(data, 1);
      const answers = await Promise.all(Array.from({ length: WRITERS }, () => makeKey(server)));
      for (const answer of answers) mustBe(200, answer);
      await ended;
    }
    return { times, held: `all of ${WRITERS} changes at once wait for it and are made` };
  });
}

/** A database larger than what a server keeps of it in memory. */
async function fillWithDashboards(server: Running): Promise<void> {
  for (let count = 0; count < 60; count++) {
    const dashboard = { uid: `large-${count}`, title: `large ${count}`, text: 'x'.repeat(200_000) };
    mustBe(200, await ask(server, 'POST', '/api/dashboards/db', { body: { dashboard } }));
  }
}

/** Writes nonsense over all pages of the second half of the file. */
function overwrite(path: string): void {
  const pages = Math.floor(statSync(path).size / PAGE_BYTES);
  const file = openSync(path, 'r+');
  for (let page = Math.floor(pages / 2); page < pages; page++) {
    writeSync(file, Buffer.alloc(PAGE_BYTES, 0xa5), 0, PAGE_BYTES, page * PAGE_BYTES);
  }
  closeSync(file);
}

async function damagedBefore(data: string): Promise<Shown> {
  await serving(data, async (server) => {
    await fillWithDashboards(server);
    await server.stop();
  });
  const path = join(data, 'latchkey.db');
  overwrite(path);
  const before = hash('sha256', readFileSync(path));
  const { code, text } = await startInVain(data);
  assert.equal(code, 1);
  assert.match(text, /is damaged/);
  assert.equal(hash('sha256', readFileSync(path)), before);
  return { times: 1, held: 'the start ends with a line that says so, and the file is left as it is; code 1' };
}

async function damagedWhile(data: string): Promise<Shown> {
  await serving(data, async (server) => {
    await fillWithDashboards(server);
    await server.stop();
  });
  return serving(data, async (server) => {
    const [known] = await twoKeys(server);
    overwrite(join(data, 'latchkey.db'));
    await timeUntil(async () => {
      for (let count = 0; count < 60; count++) {
        const answer = await ask(server, 'GET', `/api/dashboards/uid/large-${count}`);
        if (answer.status !== 200) return mustBeUnavailable(answer, /damaged.*backup/s);
      }
      throw new Error('the damage was not met');
    });
    const log = join(data, 'latchkey.db-wal');
    const before = hash('sha256', readFileSync(log));
    for (let count = 0; count < 10; count++) mustBeUnavailable(await makeKey(server), /damaged.*backup/s);
    assert.equal(hash('sha256', readFileSync(log)), before);
    await get(server, '/api/user', `Bearer ${known}`);
    for (const path of ['/api/health', '/readyz']) {
      assert.match(mustBe(503, await ask(server, 'GET', path, { as: '' })).body.reason, /damaged/);
    }
    const held =
      'once it is met: 503, nothing is written any more, the log says so as critical; known credentials go on; ' +
      '/api/health and /readyz 503';
    return { times: 1, held };
  });
}

/** Starts a server that is to end by itself; how, and what it said. */
async function startInVain(data: string): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    env: { ...process.env, GF_PATHS_DATA: data, GF_SERVER_HTTP_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

/** In this process, whose server can be given another clock. */
async function clockSet(): Promise<Shown> {
  const world = await startWorld({ rate_limiting: { enabled: true, per_second: 50, burst: 100 } });
  try {
    const expiring = mustBe(
      200,
      await ask(world, 'POST', '/api/auth/keys', {
        body: { name: 'expiring', role: 'Viewer', secondsToLive: 3600 },
      }),
    ).body.key;
    const login = await fetch(`${world.url}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'admin', password: 'admin' }),
    });
    const cookie = (login.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
    const session = async () => (await fetch(`${world.url}/api/user`, { headers: { cookie } })).status;
    const key = async () => (await ask(world, 'GET', '/api/user', { as: `Bearer ${expiring}` })).status;
    const steps: [by: number, key: number][] = [
      [0, 200],
      [2 * HOUR_MS, 401],
      [-2 * HOUR_MS, 200],
      [-DAY_MS, 200],
      [-365 * DAY_MS, 200],
      [366 * DAY_MS, 200],
      [HOUR_MS, 401],
    ];
    for (const [by, expected] of steps) {
      world.clock.advance(by);
      // A full burst beforehand: nobody stays limited because time went back.
      for (let count = 0; count < 20; count++) assert.equal(await key(), expected);
      // The secret of a session changes every ten minutes and the one before still counts: this browser has missed it.
      if (by <= 0) assert.equal(await session(), 200);
      const made = mustBe(
        200,
        await ask(world, 'POST', '/api/auth/keys', {
          body: { name: `at ${by}`, role: 'Viewer', secondsToLive: 60 },
        }),
      );
      await get(world, '/api/user', `Bearer ${made.body.key}`);
    }
    const { entries } = await get(world, '/api/audit?limit=1000');
    assert.equal(
      new Set(entries.map(({ requestId }: { requestId: string }) => requestId)).size,
      entries.length,
    );
  } finally {
    await world.stop();
  }
  return {
    times: 7,
    held: 'a key counts exactly until its second, whatever came before; new keys, sessions, limits and request ids go on',
  };
}

async function noDescriptors(data: string): Promise<Shown> {
  const child = spawn(
    'sh',
    ['-c', `ulimit -n ${DESCRIPTORS}; exec "$0" "$1" serve`, process.execPath, MAIN],
    {
      env: { ...process.env, GF_PATHS_DATA: data, GF_SERVER_HTTP_PORT: '0', GF_LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    await timeUntil(() => Promise.resolve(assert.match(text, /Latchkey listens on \S+\s/)));
    const url = /Latchkey listens on (\S+)/.exec(text)?.[1] ?? '';
    // This connection stays open, as those of clients do.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    assert.equal(await statusOver(agent, url, '/api/user'), 200);
    const idle = Array.from({ length: 2 * DESCRIPTORS }, () =>
      connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {}),
    );
    await sleep(500);
    for (let count = 0; count < 50; count++) {
      assert.equal(await statusOver(agent, url, '/api/user'), 200);
      assert.equal(await statusOver(agent, url, '/api/auth/keys'), 200);
    }
    agent.destroy();
    for (const socket of idle) socket.destroy();
    const recoveryMs = await timeUntil(() => fetch(`${url}/healthz`, { headers: { connection: 'close' } }));
    return {
      times: 1,
      held: 'open connections are answered, further ones are closed; nothing ends',
      recoveryMs,
    };
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

/** Asks as the first administrator over the connection of an agent. */
async function statusOver(agent: Agent, url: string, path: string): Promise<number | undefined> {
  const asking = request(url + path, { agent, headers: { authorization: ADMIN } }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  await once(answer.resume(), 'end');
  return answer.statusCode;
}
