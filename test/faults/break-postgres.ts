import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Environment, placeOn } from '../support/place.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { MAIN, type Running, serve } from '../support/serving.ts';
import { type Answer, ask, get, mustBe, mustBeUnavailable, timeUntil } from './ask.ts';
import type { Run, Shown } from './table.ts';

const QUERY_TIMEOUT = '2s';
// A connection or a place in the pool is waited for five seconds, then a query as long as is set, each within a change.
const LONGEST_ANSWER_MS = 9000;
const KEYS = 40;
// What asks the database for nothing once the credential is known.
const NO_QUERY = '/api/login/ping';

/** Takes a server's PostgreSQL away, has it stand still, and takes its connections, while requests go on. */
export const breakPostgres: Run = async ({ isShort, scenario }) => {
  const postgres = await startPostgres();
  const place = placeOn(postgres.url);
  const on = (work: (broken: Broken) => Promise<Shown>) => async (): Promise<Shown> => {
    const environment = { ...(await place.create()), GF_DATABASE_QUERY_TIMEOUT: QUERY_TIMEOUT };
    return withServer(postgres, environment, work);
  };
  const times = isShort ? 1 : 5;
  const long = isShort ? 5 : 30;
  try {
    await scenario(
      'PostgreSQL stopped and started at once, under load',
      on((broken) => stopped(broken, times, 0)),
    );
    await scenario(
      `PostgreSQL stopped for ${long} s, under load`,
      on((broken) => stopped(broken, 1, long)),
    );
    await scenario(
      `PostgreSQL standing still for ${long} s (SIGSTOP), under load`,
      on((broken) => paused(broken, long)),
    );
    await scenario('SIGTERM while PostgreSQL stands still', on(stoppedMeanwhile));
    await scenario('all connections of PostgreSQL taken by others', on(exhausted));
    await scenario('all connections of the server held up by a lock', on(heldUp));
    await scenario(
      'connections cut in the middle of transactions',
      on((broken) => cut(broken, 20 * times)),
    );
    await scenario('the server started 5 s before PostgreSQL', async () =>
      startedFirst(postgres, await place.create()),
    );
    await scenario('the server started without a PostgreSQL', async () =>
      startedAlone(postgres, await place.create()),
    );
  } finally {
    await place.end();
    await postgres.stop();
  }
};

interface Broken {
  postgres: PostgresServer;
  environment: Environment;
  server: Running;
  /** Keys that the server remembers. */
  known: string[];
  /** Keys that it has to look up, each to be shown once. */
  unknown: string[];
}

async function withServer(
  postgres: PostgresServer,
  environment: Environment,
  work: (broken: Broken) => Promise<Shown>,
): Promise<Shown> {
  const first = await serve(environment);
  const keys: string[] = [];
  for (let count = 0; count < KEYS; count++) keys.push(mustBe(200, await makeKey(first)).body.key);
  await first.stop();
  const server = await serve(environment);
  try {
    const known = keys.slice(0, 5);
    await get(server, '/api/user');
    for (const key of known) await get(server, '/api/user', `Bearer ${key}`);
    return await work({ postgres, environment, server, known, unknown: keys.slice(5) });
  } finally {
    if (server.process.exitCode === null && server.process.signalCode === null) await server.kill();
  }
}

let named = 0;

function makeKey(server: Running): Promise<Answer> {
  return ask(server, 'POST', '/api/auth/keys', { body: { name: `broken ${++named}`, role: 'Viewer' } });
}

interface Load {
  /** Ends it; what it was answered. Throws when any answer was wrong. */
  end(): Promise<{ well: number; unavailable: number; slowestMs: number }>;
}

/** Requests of all kinds without a pause, each checked: well, or 503 with what to do. */
function load({ server, known, unknown }: Broken): Load {
  const figures = { well: 0, unavailable: 0, slowestMs: 0 };
  const made: string[] = [];
  const ending = new AbortController();
  const judge = (answer: Answer): Answer => {
    figures.slowestMs = Math.max(figures.slowestMs, answer.ms);
    if (answer.status === 200) figures.well++;
    else {
      mustBeUnavailable(answer, /database .*(Send the request again|server's log)|busy/s);
      figures.unavailable++;
    }
    return answer;
  };
  const until = async (work: () => Promise<unknown>): Promise<void> => {
    while (!ending.signal.aborted) await work();
  };
  const remembered = async (): Promise<void> => {
    for (const key of known) judge(await ask(server, 'GET', NO_QUERY, { as: `Bearer ${key}` }));
    await sleep(5);
  };
  const lookedUp = async (): Promise<void> => {
    const key = unknown.pop();
    if (key === undefined) {
      await sleep(20);
      return;
    }
    if (judge(await ask(server, 'GET', '/api/user', { as: `Bearer ${key}` })).status !== 200)
      unknown.unshift(key);
    await sleep(20);
  };
  const read = async () => judge(await ask(server, 'GET', '/api/auth/keys'));
  const write = async (): Promise<void> => {
    const answer = judge(await makeKey(server));
    if (answer.status === 200) made.push(answer.body.key);
  };
  const working = Promise.all([remembered, lookedUp, read, read, read, write, write, write].map(until));
  // Awaited at the end.
  working.catch(() => {});
  return {
    async end() {
      ending.abort();
      await working;
      for (const key of made) await get(server, '/api/user', `Bearer ${key}`);
      assert.ok(figures.slowestMs < LONGEST_ANSWER_MS, `an answer took ${figures.slowestMs} ms`);
      return figures;
    },
  };
}

async function expectWell(server: Running): Promise<void> {
  mustBe(200, await makeKey(server));
  mustBe(200, await ask(server, 'GET', '/api/health', { as: '' }));
  assert.deepEqual(await get(server, '/readyz', ''), { status: 'ready' });
}

async function expectTold(server: Running): Promise<void> {
  for (const path of ['/api/health', '/readyz']) {
    assert.match(mustBe(503, await ask(server, 'GET', path, { as: '' })).body.reason, /does not answer/);
  }
  mustBe(200, await ask(server, 'GET', '/healthz', { as: '' }));
}

async function stopped(broken: Broken, times: number, seconds: number): Promise<Shown> {
  const { postgres, server } = broken;
  const running = load(broken);
  const recoveries: number[] = [];
  for (let count = 0; count < times; count++) {
    await sleep(500);
    await postgres.shutDown();
    if (seconds > 0) {
      await timeUntil(() => expectTold(server), 5);
      await sleep(seconds * 1000);
    }
    await postgres.startAgain();
    recoveries.push(await timeUntil(() => expectWell(server)));
  }
  return { times, held: heldUnder(await running.end()), recoveryMs: Math.max(...recoveries) };
}

async function paused(broken: Broken, seconds: number): Promise<Shown> {
  const { postgres, server } = broken;
  const running = load(broken);
  await sleep(500);
  postgres.pause();
  try {
    await sleep(2000);
    await expectTold(server);
    await sleep(seconds * 1000);
  } finally {
    postgres.resume();
  }
  const recoveryMs = await timeUntil(() => expectWell(server));
  return { times: 1, held: heldUnder(await running.end()), recoveryMs };
}

async function stoppedMeanwhile({ postgres, server, known, unknown }: Broken): Promise<Shown> {
  await get(server, NO_QUERY, `Bearer ${known[0]}`);
  postgres.pause();
  try {
    const waiting = ask(server, 'GET', NO_QUERY, { as: `Bearer ${unknown[0]}` });
    await sleep(200);
    const begun = performance.now();
    const ended = once(server.process, 'exit');
    server.process.kill('SIGTERM');
    mustBeUnavailable(await waiting, /does not answer/);
    assert.deepEqual(await ended, [0, null]);
    const took = performance.now() - begun;
    assert.ok(took < 14_000, `it took ${took} ms`);
    const held = `what was under way is answered 503, and the server ends after ${(took / 1000).toFixed(1)} s; code 0`;
    return { times: 1, held };
  } finally {
    postgres.resume();
  }
}

function heldUnder({ well, unavailable, slowestMs }: Awaited<ReturnType<Load['end']>>): string {
  return (
    `${well.toLocaleString('en')} answers well, ${unavailable.toLocaleString('en')} 503 with what to do, none else, ` +
    `the slowest ${(slowestMs / 1000).toFixed(1)} s; acknowledged keys are all there`
  );
}

async function exhausted(broken: Broken): Promise<Shown> {
  const { postgres, server, unknown } = broken;
  const clients: pg.Client[] = [];
  const takeAll = async (): Promise<void> => {
    for (;;) {
      const client = new pg.Client({ connectionString: postgres.url });
      client.on('error', () => {});
      try {
        await client.connect();
      } catch (error) {
        assert.equal((error as { code?: string }).code, '53300');
        return;
      }
      clients.push(client);
    }
  };
  try {
    await takeAll();
    // The server's own, which it would have kept.
    await clients[0]?.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname <> current_database() and pid <> pg_backend_pid()',
    );
    await timeUntil(async () => {
      await takeAll();
      mustBeUnavailable(await ask(server, 'GET', '/api/auth/keys'), /does not answer/);
    });
    mustBeUnavailable(
      await ask(server, 'GET', '/api/user', { as: `Bearer ${unknown[0]}` }),
      /does not answer/,
    );
    await expectTold(server);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
  const recoveryMs = await timeUntil(() => expectWell(server));
  await get(server, '/api/user', `Bearer ${unknown[0]}`);
  const held = 'look-ups and changes 503; /api/health and /readyz 503';
  return { times: clients.length, held, recoveryMs };
}

/** Somebody has locked a table: each request that needs it waits, and takes a connection while it does. */
async function heldUp({ environment, server, known, unknown }: Broken): Promise<Shown> {
  const client = new pg.Client({ connectionString: environment['GF_DATABASE_URL'] });
  await client.connect();
  let answers: Answer[];
  try {
    await client.query('begin; lock table credential in access exclusive mode');
    answers = await Promise.all(
      Array.from({ length: 50 }, (_, count) =>
        ask(server, 'GET', '/api/user', { as: `Bearer ${unknown[count % unknown.length]}` }),
      ),
    );
    for (const answer of answers) mustBeUnavailable(answer, /does not answer/);
    await get(server, NO_QUERY, `Bearer ${known[0]}`);
  } finally {
    await client.end();
  }
  const recoveryMs = await timeUntil(() => expectWell(server));
  for (const key of unknown) await get(server, '/api/user', `Bearer ${key}`);
  const longest = Math.max(...answers.map(({ ms }) => ms));
  assert.ok(longest < LONGEST_ANSWER_MS, `an answer took ${longest} ms`);
  const held = `50 look-ups at once 503 after ${(longest / 1000).toFixed(1)} s at most; known credentials go on`;
  return { times: answers.length, held, recoveryMs };
}

async function cut(broken: Broken, times: number): Promise<Shown> {
  const { postgres, server } = broken;
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const running = load(broken);
  try {
    for (let count = 0; count < times; count++) {
      await sleep(Math.random() * 100);
      await client.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname <> current_database() and pid <> pg_backend_pid()',
      );
    }
  } finally {
    await client.end();
  }
  const recoveryMs = await timeUntil(() => expectWell(server));
  return { times, held: heldUnder(await running.end()), recoveryMs };
}

async function startedFirst(postgres: PostgresServer, environment: Environment): Promise<Shown> {
  await postgres.shutDown();
  const starting = serve(environment);
  await sleep(5000);
  const begun = performance.now();
  await postgres.startAgain();
  const server = await starting;
  const recoveryMs = performance.now() - begun;
  await expectWell(server);
  await server.stop();
  return { times: 1, held: 'it waits, says so in the log, and serves', recoveryMs };
}

async function startedAlone(postgres: PostgresServer, environment: Environment): Promise<Shown> {
  await postgres.shutDown();
  try {
    const child = spawn(process.execPath, [MAIN, 'serve'], {
      env: { ...process.env, ...environment, GF_SERVER_HTTP_PORT: '0', GF_DATABASE_WAIT_AT_START: '3s' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => (text += part));
    }
    const [code] = await once(child, 'close');
    assert.equal(code, 1, text);
    assert.match(text, /waiting for it, \d s at most/);
    assert.match(text, /\nlatchkey: .*ECONNREFUSED.*\n.*\[database\]/);
  } finally {
    await postgres.startAgain();
  }
  return {
    times: 1,
    held: 'it says that it waits and, after wait_at_start (3s), ends with a line on what to check; code 1',
  };
}
