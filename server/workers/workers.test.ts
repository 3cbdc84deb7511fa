import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { runCli, startCli } from '../../test/support/run-cli.ts';
import { newDatabase, type TestDatabase } from '../testing/world.ts';

const WORKERS = 3;
// Sixteen programs are started here, or more.
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));
const PATIENT = { timeout: 60_000 };
const ADMIN = `Basic ${btoa('admin:admin')}`;
const isSqlite = process.env['LATCHKEY_TEST_DATABASE'] !== 'postgres';
const HEARD_WITHIN_MS = isSqlite ? 0 : 1000;

// The processes of a test are more than the cores that they share with other tests.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

interface Answer {
  status: number;
  // Tests say what they expect of a body by asserting it.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
  /** Which process answered: the ids that it gives to requests begin alike. */
  worker: string;
}

/** One connection, and so one worker. */
type Connection = (authorization: string, method: string, path: string, body?: unknown) => Promise<Answer>;

interface Place {
  env: Record<string, string>;
  database: TestDatabase;
}

interface Served {
  url: string;
  pid: number;
  /** All that was printed. */
  output(): string;
  /** The processes that serve. */
  pids(): number[];
  /** Tells it to stop, or what the signal says, and resolves with how it ended. */
  stop(signal?: NodeJS.Signals): Promise<[code: number | null, signal: string | null]>;
  /** A new connection, to whichever worker has its turn. */
  open(): Connection;
  /** One connection to each worker. */
  openAll(): Promise<Connection[]>;
  /** Ends it whatever it does, and removes what belongs to it. */
  remove(): Promise<void>;
}

async function makePlace(settings: Record<string, string> = {}): Promise<Place> {
  const database = await newDatabase({ isUpToDate: true });
  const { url = '' } = database.settings;
  const where: Record<string, string> = isSqlite ? {} : { GF_DATABASE_URL: url };
  return { database, env: { GF_PATHS_DATA: database.directory, ...where, ...settings } };
}

/** The real command with several workers, once they serve, for one test. */
async function start(settings: Record<string, string> = {}, place?: Place): Promise<Served> {
  const served = await startForMany(settings, place);
  onTestFinished(served.remove);
  return served;
}

async function startForMany(settings: Record<string, string> = {}, given?: Place): Promise<Served> {
  const { env, database } = given ?? (await makePlace());
  const child = startCli(['serve'], {
    GF_SERVER_HTTP_PORT: '0',
    GF_SERVER_WORKERS: String(WORKERS),
    GF_LOG_LEVEL: 'warn',
    GF_SECURITY_DISABLE_BRUTE_FORCE_LOGIN_PROTECTION: 'true',
    NODE_COMPILE_CACHE: CACHE,
    ...env,
    ...settings,
  });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const agents: Agent[] = [];
  let text = '';
  const { promise: listens, resolve, reject } = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const found = /Latchkey listens on (\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
  }
  void ended.then(() => reject(new Error(`the server ended and said: ${text}`)));
  const url = await listens;
  const pid = child.pid ?? 0;
  const open = (): Connection => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    agents.push(agent);
    return (...asked) => ask(agent, url, ...asked);
  };
  return {
    url,
    pid,
    output: () => text,
    pids: () => childrenOf(pid),
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
    open,
    async openAll() {
      const found = new Map<string, Connection>();
      const isThere = async (): Promise<number> => {
        const connection = open();
        const { worker } = await connection('', 'GET', '/healthz');
        if (!found.has(worker)) found.set(worker, connection);
        return found.size;
      };
      await expect.poll(isThere, { interval: 10, ...PATIENT }).toBe(WORKERS);
      return [...found.values()];
    },
    async remove() {
      agents.forEach((agent) => agent.destroy());
      child.kill('SIGKILL');
      await ended;
      await database.remove();
    },
  };
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

function ask(
  agent: Agent,
  url: string,
  authorization: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...(authorization === '' ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const sent = request(url + path, { method, agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('error', reject).on('end', () => {
        const isJson = (answer.headers['content-type'] ?? '').startsWith('application/json');
        const worker = String(answer.headers['x-request-id']).split('-')[0] ?? '';
        resolve({ status: answer.statusCode ?? 0, body: isJson ? JSON.parse(text) : text, worker });
      });
    });
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

interface Token {
  id: number;
  as: string;
}

/** Makes an account, and gives a function that makes tokens of it. */
async function makeAccount(connection: Connection, name = 'tested', role = 'Viewer') {
  const { body } = await connection(ADMIN, 'POST', '/api/serviceaccounts', { name, role });
  const path = `/api/serviceaccounts/${body.id}/tokens`;
  let count = 0;
  const makeToken = async (by = connection): Promise<Token> => {
    const made = await by(ADMIN, 'POST', path, { name: `${name} ${++count}` });
    return { id: made.body.id, as: `Bearer ${made.body.key}` };
  };
  return { path, makeToken };
}

const statusOf = async (connection: Connection, as: string, path = '/api/org'): Promise<number> =>
  (await connection(as, 'GET', path)).status;

async function figure(served: Served, pattern: RegExp): Promise<number> {
  const { body } = await served.open()('', 'GET', '/metrics');
  return Number(pattern.exec(body)?.[1]);
}

/** A request that is under way: it was looked at, and its body is not all there. */
async function halfARequest(served: Served, title = 'slow'): Promise<{ end(): Promise<string> }> {
  const body = JSON.stringify({ title });
  const socket = connect(Number(new URL(served.url).port), '127.0.0.1').setEncoding('utf8');
  onTestFinished(() => void socket.destroy());
  await once(
    socket.on('error', () => {}),
    'connect',
  );
  socket.write(
    `POST /api/folders HTTP/1.1\r\nhost: localhost\r\nauthorization: ${ADMIN}\r\nexpect: 100-continue\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
  );
  expect((await once(socket, 'data'))[0]).toMatch(/^HTTP\/1\.1 100 /);
  socket.write(body.slice(0, 5));
  return {
    async end() {
      let text = '';
      socket.on('data', (part: string) => (text += part)).write(body.slice(5));
      await once(socket, 'close');
      return text;
    },
  };
}

async function untilNot(status: number, asked: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await asked();
    if (answer.status !== status) return answer;
  }
}

const workersOf = (served: Served): Promise<number> => figure(served, /^latchkey_workers (\d+)$/m);

describe('what one worker has changed', () => {
  let place: Place;
  let served: Served;
  beforeAll(async () => {
    place = await makePlace();
    served = await startForMany({}, place);
  });
  afterAll(() => served.remove());

  test('is obeyed by the next request to each other one, while all of them are busy', async () => {
    const connections = await served.openAll();
    const { path, makeToken } = await makeAccount(connections[0] as Connection, 'hammered');
    const lasting = await makeToken();
    const over = new AbortController();
    const load = connections.map(async () => {
      const [connection, seen] = [served.open(), new Set<number>()];
      while (!over.signal.aborted) seen.add(await statusOf(connection, lasting.as));
      return [...seen];
    });
    const turn = async (time: number): Promise<void> => {
      const token = await makeToken(connections[(time + 1) % WORKERS]);
      const ofAll = () => Promise.all(connections.map((connection) => statusOf(connection, token.as)));
      expect(await ofAll()).toEqual([200, 200, 200]);
      const by = connections[time % WORKERS] as Connection;
      expect((await by(ADMIN, 'DELETE', `${path}/${token.id}`)).status).toBe(200);
      const answered = performance.now();
      for (let isRefused = false; !isRefused;) {
        const after = performance.now() - answered;
        isRefused = (await ofAll()).every((status) => status === 401);
        if (!isRefused && after > HEARD_WITHIN_MS) throw new Error(`let in ${after} ms after it was ended`);
      }
    };
    // Several at once, each with turns of its own.
    const turns = [0, 1, 2, 3].map(async (first) => {
      for (let time = 0; time < 50; time++) await turn(first + time);
    });
    await Promise.all(turns).finally(() => over.abort());
    expect(await Promise.all(load)).toEqual([[200], [200], [200]]);
  });

  test('is obeyed by a worker that stood still meanwhile', async () => {
    const { connections, path, token, stopped } = await stopOne();
    let isAnswered = false;
    const deleted = stopped.another(ADMIN, 'DELETE', `${path}/${token.id}`).then(({ status }) => {
      isAnswered = true;
      return status;
    });
    await expect.poll(() => statusOf(stopped.third, token.as), PATIENT).toBe(401);
    // On PostgreSQL nobody waits for it; what it remembers counts no longer than this.
    expect(isSqlite && isAnswered).toBe(false);
    await sleep(HEARD_WITHIN_MS);
    process.kill(stopped.pid, 'SIGCONT');
    expect(await deleted).toBe(200);
    for (const connection of connections) expect(await statusOf(connection, token.as)).toBe(401);
  });

  test.runIf(isSqlite)('is answered once a worker that goes on standing still was ended', async () => {
    const { path, token, stopped } = await stopOne();
    expect((await stopped.another(ADMIN, 'DELETE', `${path}/${token.id}`)).status).toBe(200);
    expect(served.pids()).not.toContain(stopped.pid);
    expect(served.output()).toContain('a worker does not answer: it is ended');
    await expect(stopped.waiting).rejects.toThrow(/hang up|ECONNRESET/);
    await expect.poll(() => workersOf(served), PATIENT).toBe(WORKERS);
    for (const connection of await served.openAll()) expect(await statusOf(connection, token.as)).toBe(401);
  });

  test.runIf(isSqlite)('is answered wherever in its start another worker stands still for good', async () => {
    await expect.poll(() => workersOf(served), PATIENT).toBe(WORKERS);
    const before = served.pids();
    process.kill(before[0] ?? 0, 'SIGKILL');
    const fresh = (): number => served.pids().find((pid) => !before.includes(pid)) ?? 0;
    await expect.poll(fresh, { interval: 5, ...PATIENT }).toBeGreaterThan(0);
    const pid = fresh();
    // With one of those that have served all the time.
    const connection = served.open();
    const { path, makeToken } = await makeAccount(connection, 'while one starts');
    // On by small steps, until a change has to wait for it.
    let waiting: Promise<Answer> | undefined;
    while (waiting === undefined) {
      await sleep(50);
      const { id } = await makeToken();
      process.kill(pid, 'SIGSTOP');
      const deleted = connection(ADMIN, 'DELETE', `${path}/${id}`);
      if (await Promise.race([deleted.then(() => false), sleep(1000, true)])) waiting = deleted;
      else process.kill(pid, 'SIGCONT');
    }
    expect((await waiting).status).toBe(200);
    expect(served.pids()).not.toContain(pid);
    await expect.poll(() => workersOf(served), PATIENT).toBe(WORKERS);
  });

  test('may be what a command on the machine has', async () => {
    const connections = await served.openAll();
    for (const connection of connections) expect(await statusOf(connection, ADMIN)).toBe(200);
    const args = ['reset-admin-password', '--password-stdin'];
    const reset = (input: string) => runCli(args, { env: place.env, input });
    expect(await reset('another password')).toMatchObject({ code: 0 });
    for (const connection of connections) {
      await expect.poll(() => statusOf(connection, ADMIN), PATIENT).toBe(401);
      expect(await statusOf(connection, `Basic ${btoa('admin:another password')}`)).toBe(200);
    }
  });

  /** Has one of them stand still that remembers a token. */
  async function stopOne() {
    const connections = await served.openAll();
    const { path, makeToken } = await makeAccount(connections[0] as Connection, `stopped ${Date.now()}`);
    const token = await makeToken();
    for (const connection of connections) expect(await statusOf(connection, token.as)).toBe(200);
    const [pid = 0] = served.pids();
    process.kill(pid, 'SIGSTOP');
    const asked = connections.map((connection) => statusOf(connection, '', '/healthz'));
    const left = new Set(asked.keys());
    for (const [index, one] of asked.entries()) {
      one.then(
        () => left.delete(index),
        () => {},
      );
    }
    await expect.poll(() => left.size, PATIENT).toBe(1);
    const [still = 0] = left;
    const [another, third] = connections.filter((_, index) => index !== still) as [Connection, Connection];
    return { connections, path, token, stopped: { pid, waiting: asked[still], another, third } };
  }
});

describe('workers that die', () => {
  let served: Served;
  beforeAll(async () => void (served = await startForMany()));
  afterAll(() => served.remove());

  test('are replaced, and nothing that was answered is lost', async () => {
    const { path, makeToken } = await makeAccount(served.open());
    const [kept, ended]: [Token[], Token[]] = [[], []];
    const over = new AbortController();
    const changes = [0, 1, 2].map(async () => {
      for (let time = 0; !over.signal.aborted; time++) {
        const connection = served.open();
        try {
          const token = await makeToken(connection);
          if (time % 2 === 0) kept.push(token);
          else if ((await connection(ADMIN, 'DELETE', `${path}/${token.id}`)).status === 200)
            ended.push(token);
        } catch (error) {
          if (!/^(ECONNRESET|EPIPE)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
        }
      }
    });
    try {
      for (let kills = 0; kills < 3; kills++) {
        const before = ended.length;
        await expect.poll(() => ended.length, PATIENT).toBeGreaterThan(before + 3);
        const pid = served.pids()[kills] ?? 0;
        process.kill(pid, 'SIGKILL');
        await expect.poll(() => served.pids().includes(pid), PATIENT).toBe(false);
        await expect.poll(() => workersOf(served), PATIENT).toBe(WORKERS);
      }
    } finally {
      over.abort();
      await Promise.all(changes);
    }
    for (const connection of await served.openAll()) {
      for (const { id, as } of ended) expect(await statusOf(connection, as), `token ${id}`).toBe(401);
      for (const { id, as } of kept) expect(await statusOf(connection, as), `token ${id}`).toBe(200);
    }
    expect(served.output().match(/a worker ended: another is started/g)).toHaveLength(3);
  });

  test('leave behind what they counted', async () => {
    const REQUESTS = /^http_requests_total\{method="GET",route="\/api\/user",status="200"\} (\d+)$/m;
    const connections = await served.openAll();
    for (const connection of connections)
      for (let time = 0; time < 5; time++) expect(await statusOf(connection, ADMIN, '/api/user')).toBe(200);
    for (const connection of connections) {
      const { body } = await connection('', 'GET', '/metrics');
      expect(Number(REQUESTS.exec(body)?.[1])).toBe(15);
      expect(body).toMatch(/^latchkey_build_info\{.*\} 1$/m);
      expect(body).toMatch(/^latchkey_workers 3$/m);
      expect(body).toMatch(/^latchkey_workers_wanted 3$/m);
      expect(body).toMatch(/^latchkey_workers_silent 0$/m);
      expect(body).not.toContain('latchkey_shared_limits_up');
    }
    const endedOf = () => figure(served, /^latchkey_workers_ended_total (\d+)$/m);
    const ended = await endedOf();
    const [pid = 0] = served.pids();
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => served.pids().includes(pid), PATIENT).toBe(false);
    expect(await figure(served, REQUESTS)).toBe(15);
    expect(await endedOf()).toBe(ended + 1);
    await expect.poll(() => workersOf(served), PATIENT).toBe(WORKERS);
  });

  test('all at once leave the port that the system chose to those who come after them', async () => {
    for (const pid of served.pids()) process.kill(pid, 'SIGKILL');
    // What came to one that was just dying may never be answered.
    const isServed = () =>
      fetch(`${served.url}/readyz`, { signal: AbortSignal.timeout(1000) }).then(
        ({ status }) => status,
        () => 0,
      );
    await expect.poll(isServed, PATIENT).toBe(200);
  });

  test('close the one connection that may wait for them while they stand still, and others are answered', async () => {
    await expect.poll(() => workersOf(served), PATIENT).toBe(WORKERS);
    const [pid = 0] = served.pids();
    process.kill(pid, 'SIGSTOP');
    const answers = Array.from({ length: 4 * WORKERS }, async () => {
      const connection = served.open();
      return connection('', 'GET', '/healthz').then(
        ({ status }) => status,
        () => 'closed',
      );
    });
    let left = answers.length;
    for (const answer of answers) void answer.then(() => left--);
    await expect.poll(() => left, PATIENT).toBeLessThanOrEqual(1);
    await expect.poll(() => figure(served, /^latchkey_workers_silent (\d+)$/m), PATIENT).toBe(1);
    process.kill(pid, 'SIGKILL');
    const all = await Promise.all(answers);
    expect(all.filter((one) => one === 'closed').length).toBeLessThanOrEqual(1);
    expect(new Set(all).difference(new Set([200, 'closed']))).toEqual(new Set());
    await expect.poll(() => workersOf(served), PATIENT).toBe(WORKERS);
  });

  test('do not when they are told to stop: each ends what is under way with it, and tells whoever comes then', async () => {
    await expect.poll(() => workersOf(served), PATIENT).toBe(WORKERS);
    const connections = await served.openAll();
    const halves = Array.from({ length: 2 * WORKERS }, (_, index) => halfARequest(served, `slow ${index}`));
    const requests = await Promise.all(halves);
    const ended = served.stop();
    for (const connection of connections) {
      const { status, body } = await untilNot(200, () => connection('', 'GET', '/readyz'));
      expect([status, body.messageId]).toEqual([503, 'stopping']);
    }
    for (const answer of await Promise.all(requests.map((one) => one.end())))
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ended).toEqual([0, null]);
  });
});

test('workers end by themselves when the process that started them is gone', async () => {
  const served = await start();
  const pids = served.pids();
  expect(pids).toHaveLength(WORKERS);
  expect(await served.stop('SIGKILL')).toEqual([null, 'SIGKILL']);
  await expect.poll(() => aliveOf(pids), PATIENT).toEqual([]);
});

const aliveOf = (pids: number[]): number[] =>
  pids.filter((pid) => readdirSync('/proc').includes(String(pid)));

test('being told to stop a second time ends all of them at once', async () => {
  const served = await start({ GF_SERVER_SHUTDOWN_TIMEOUT: '1h' });
  const connection = served.open();
  await halfARequest(served);
  const pids = served.pids();
  void served.stop();
  // The one that answers may have nothing under way, and so be gone by then.
  await untilNot(200, () =>
    connection('', 'GET', '/readyz').catch(() => ({ status: 503, body: {}, worker: '' })),
  );
  expect(await served.stop()).toEqual([143, null]);
  await expect.poll(() => aliveOf(pids), PATIENT).toEqual([]);
});

describe('a start that fails says why once, and ends', () => {
  const failing = (env: Record<string, string>) =>
    runCli(['serve'], { env: { GF_SERVER_WORKERS: String(WORKERS), GF_LOG_LEVEL: 'error', ...env } });
  const times = (text: string, words: string): number => text.split(words).length - 1;

  test('where something else listens on the port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { env, database } = await makePlace({ GF_SERVER_HTTP_PORT: String(port) });
    onTestFinished(() => database.remove());
    const { code, stdout, stderr } = await failing(env);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('EADDRINUSE');
    expect(times(stderr, 'Something listens there already')).toBe(1);
  });

  test('where the secret key is another', async () => {
    const place = await makePlace({ GF_SERVER_HTTP_PORT: '0', GF_SECURITY_SECRET_KEY: 'the first one' });
    const served = await start({ GF_SERVER_WORKERS: '1' }, place);
    expect(await served.stop()).toEqual([0, null]);
    const { code, stderr } = await failing({ ...place.env, GF_SECURITY_SECRET_KEY: 'another one' });
    expect(code).toBe(2);
    expect(times(stderr, 'the secret key is not the one')).toBe(1);
  });
});

describe('limits', () => {
  test('are counted by all workers together, and each tells who was limited', async () => {
    const served = await start({
      GF_RATE_LIMITING_ENABLED: 'true',
      GF_RATE_LIMITING_PER_SECOND: '1',
      GF_RATE_LIMITING_BURST: '40',
      GF_SECURITY_DISABLE_BRUTE_FORCE_LOGIN_PROTECTION: 'false',
    });
    const connections = await served.openAll();
    const { makeToken } = await makeAccount(connections[0] as Connection, 'limited', 'Admin');
    const { as } = await makeToken();
    const since = performance.now();
    const asked = connections.flatMap((connection) =>
      Array.from({ length: 40 }, () => statusOf(connection, as)),
    );
    const statuses = await Promise.all(asked);
    const back = Math.ceil((performance.now() - since) / 1000);
    const letIn = statuses.filter((status) => status === 200).length;
    expect(letIn).toBeGreaterThanOrEqual(40);
    expect(letIn).toBeLessThanOrEqual(40 + back);
    expect(statuses.filter((status) => status === 429)).toHaveLength(120 - letIn);
    for (const connection of connections) {
      const refused = async (): Promise<number> => {
        const { body } = await connection(ADMIN, 'GET', '/api/admin/rate-limits');
        return body.limited.find(({ kind }: { kind: string }) => kind === 'token')?.refused;
      };
      await expect.poll(refused, { interval: 500, ...PATIENT }).toBe(120 - letIn);
    }
    expect(await figure(served, /^latchkey_limited\{reason="requests"\} (\d+)$/m)).toBe(1);

    const wrong = `Basic ${btoa('nobody:wrong')}`;
    const tried: number[] = [];
    for (let time = 0; time < 9; time++)
      tried.push(await statusOf(connections[time % WORKERS] as Connection, wrong));
    expect(tried).toEqual([401, 401, 401, 401, 401, 429, 429, 429, 429]);
  });
});

test('lines of the log are whole and none is lost when its file is full, and when it is moved away', async () => {
  const place = await makePlace({
    GF_LOG_MODE: 'file',
    GF_LOG_LEVEL: 'debug',
    GF_LOG_FILE_FORMAT: 'json',
    GF_LOG_FILE_MAX_LINES: '50',
  });
  const logs = join(place.database.directory, 'log');
  const served = await start({ GF_LOG_LEVEL: 'debug' }, place);
  const connections = await served.openAll();
  const { makeToken } = await makeAccount(connections[0] as Connection);
  const { as } = await makeToken();
  const hammer = (path: string) =>
    Promise.all(
      connections.map(async (connection) => {
        for (let time = 0; time < 200; time++) expect(await statusOf(connection, as, path)).toBe(404);
      }),
    );
  const linesOf = (name: string): { path?: string }[] =>
    readFileSync(join(logs, name), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const inAll = (path: string) => () =>
    readdirSync(logs)
      .flatMap(linesOf)
      .filter((line) => line.path === path).length;
  await hammer('/api/before');
  await expect.poll(inAll('/api/before'), PATIENT).toBe(200 * WORKERS);
  expect(readdirSync(logs).length).toBeGreaterThan(2);
  renameSync(join(logs, 'latchkey.log'), join(logs, 'moved'));
  process.kill(served.pid, 'SIGHUP');
  await expect.poll(() => readdirSync(logs), PATIENT).toContain('latchkey.log');
  await hammer('/api/after');
  expect(await served.stop()).toEqual([0, null]);
  expect(inAll('/api/after')()).toBe(200 * WORKERS);
});
