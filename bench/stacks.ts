import { mkdirSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  cloudDatabase,
  removeDatabase,
  stackDatabase,
  stacksWithDatabase,
} from '../server/cloud/databases.ts';
import { initCloud } from '../server/cloud/init.ts';
import { loadConfig } from '../server/config/config.ts';
import { onPostgres, onSqlite, type Place } from '../test/support/place.ts';
import { type Crowd, openCrowd } from './crowd.ts';
import { median } from './load.ts';
import { cpuSeconds, freePort, residentMiB, startLatchkeyOn, stopProgram } from './processes.ts';
import { BENCH_SECRET_KEY } from './seed.ts';
import { levelsIn, PROBE, settledOf } from './serving.ts';
import { sumOfTurns, table, takeTurn, type Turn } from './turn.ts';

const STACKS = Number(process.env['BENCH_STACKS'] ?? 1000);
const IN_USE = Math.min(50, STACKS);
// A PostgreSQL takes 100 connections unless it is told otherwise, and each stack takes up to five.
const STACKS_ON_POSTGRES = Math.min(100, STACKS);
const IN_USE_ON_POSTGRES = Math.min(10, STACKS);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 2);
const ROUNDS = 5;
// Longer than the turns of others between two of the same stacks.
const IDLE_S = 4 * SECONDS + 2;
const CLOSED_AFTER_S = IDLE_S + 3;
const CLOSING_MS = 200;
const PORTS = '20000-29999';
const PATH = '/api/org';
const ADMINISTRATOR = `Basic ${btoa('admin:admin')}`;

/** A server with its cloud side. */
interface Side {
  pid: number;
  url: string;
  cloud: string;
  key: string;
  environment: Record<string, string>;
}

/** A stack that is used, or the server itself. */
interface Used {
  port: number;
  token: string;
}

/** Many stacks, of which some are in use at once, on SQLite and, fewer of them, on PostgreSQL. Whether all was answered. */
export async function benchStacks(): Promise<boolean> {
  const sizes = [
    { open: onSqlite, stacks: STACKS, inUse: IN_USE },
    { open: onPostgres, stacks: STACKS_ON_POSTGRES, inUse: IN_USE_ON_POSTGRES },
  ];
  let isFine = true;
  for (const { open, ...size } of sizes) {
    const place = await open();
    try {
      isFine = (await benchPlace(place, size.stacks, size.inUse)) && isFine;
    } finally {
      await place.end();
    }
  }
  return isFine;
}

async function benchPlace(place: Place, stacks: number, inUse: number): Promise<boolean> {
  const { side, stop } = await start(place);
  const levels: string[][] = [];
  const note = async (what: string): Promise<void> => void levels.push([what, ...(await levelOf(side))]);
  try {
    await note('after the start');
    const made = await timed(side, stacks, (at) => make(side, `stack-${at}`));
    await sleep(CLOSED_AFTER_S * 1000);
    await note(`${stacks} made, none open`);
    const used: Used[] = [];
    const readied = Array.from({ length: inUse }, (_, at) => `stack-${at}`);
    for (const slug of readied) used.push(await giveToken(side, slug));
    await sleep(CLOSED_AFTER_S * 1000);
    const opened = await timed(side, inUse, (at) =>
      ask(`http://127.0.0.1:${used[at]?.port}${PATH}`, `Bearer ${used[at]?.token}`),
    );
    const turns = await compare(side, used, () => note(`${inUse} open, right after they were asked`));
    const waits = await waitsBesideFlood(used);
    await sleep(CLOSED_AFTER_S * 1000);
    await note('all closed again');
    console.log(`
${place.name}, ${stacks} stacks of which ${inUse} are in use

${table(
  ['', 'each', 'processor time'],
  [
    ['make a stack', ...made],
    ['first request to one that is closed', ...opened],
  ],
)}

${table(['', 'resident', 'heap in use', 'open files'], levels)}

${table(['asked', 'requests/s', 'to the server itself', 'p99', 'processor time each'], rowsOf(turns))}

A request to a stack takes ${waits.alone.toFixed(1)} ms, and ${waits.beside.toFixed(1)} ms while 64 clients ask another one without pause (medians).`);
    return Object.values(turns).every(({ failed }) => failed === 0);
  } finally {
    await stop();
  }
}

async function start(place: Place): Promise<{ side: Side; stop: () => Promise<void> }> {
  const [port, cloudPort] = [await freePort(), await freePort()];
  const environment: Record<string, string> = {
    ...(await place.create()),
    GF_SECURITY_SECRET_KEY: BENCH_SECRET_KEY,
    GF_SECURITY_DISABLE_BRUTE_FORCE_LOGIN_PROTECTION: 'true',
    GF_CLOUD_ENABLED: 'true',
    GF_CLOUD_HTTP_PORT: String(cloudPort),
    GF_CLOUD_STACK_PORTS: PORTS,
    GF_CLOUD_OPEN_STACKS: String(Math.max(IN_USE, 10)),
    GF_CLOUD_CLOSE_IDLE_AFTER: `${Math.ceil(IDLE_S)}s`,
    GF_USAGE_FLUSH_INTERVAL: '1s',
    GF_LOG_LEVEL: 'warn',
  };
  const levels = levelsIn({ environment });
  mkdirSync(levels, { recursive: true });
  const { config } = loadConfig({ home: process.cwd(), env: environment });
  const { token } = await initCloud(config, { org: 'Bench', key: 'bench' });
  const url = `http://127.0.0.1:${port}`;
  const probed = { ...environment, BENCH_LEVELS: levels };
  const { process: server } = await startLatchkeyOn(probed, port, `${url}/readyz`, {}, ['--import', PROBE]);
  const cloud = `http://127.0.0.1:${cloudPort}`;
  const side = { pid: server.pid ?? 0, url, cloud, key: `Bearer ${token}`, environment };
  const stop = async (): Promise<void> => {
    await stopProgram(server);
    for (const id of await stacksWithDatabase(config.database)) {
      await removeDatabase(config.database, stackDatabase(config.database, id));
    }
    await removeDatabase(config.database, cloudDatabase(config.database));
  };
  return { side, stop };
}

async function ask(url: string, authorization: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(url, {
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}

function make({ cloud, key }: Side, slug: string): Promise<unknown> {
  return ask(`${cloud}/api/instances`, key, { name: slug, slug });
}

async function giveToken({ cloud, key }: Side, slug: string): Promise<Used> {
  const { url } = await ask(`${cloud}/api/instances/${slug}`, key);
  const made = await ask(`${cloud}/api/instances/${slug}/api/auth/keys`, key, {
    name: 'bench',
    role: 'Viewer',
  });
  return { port: Number(new URL(String(url)).port), token: String(made['key']) };
}

/** The median and the worst time of a piece of work, one after the other, and the processor time of each. */
async function timed(
  { pid }: Side,
  times: number,
  work: (at: number) => Promise<unknown>,
): Promise<string[]> {
  const took: number[] = [];
  const before = cpuSeconds(pid);
  for (let at = 0; at < times; at++) {
    const begun = performance.now();
    await work(at);
    took.push(performance.now() - begun);
  }
  const cpu = ((cpuSeconds(pid) - before) / times) * 1000;
  return [
    `${median(took).toFixed(0)} ms, ${Math.max(...took).toFixed(0)} ms at most`,
    `${cpu.toFixed(0)} ms`,
  ];
}

/** Turn about: the server itself, one stack, and all that are in use. `between` is called while all are open. */
async function compare(
  side: Side,
  used: Used[],
  between: () => Promise<void>,
): Promise<Record<string, Turn>> {
  const { key } = await ask(`${side.url}/api/auth/keys`, ADMINISTRATOR, { name: 'bench', role: 'Viewer' });
  const own: Used = { port: Number(new URL(side.url).port), token: String(key) };
  const asked: Record<string, Used[]> = {
    'the server itself': [own],
    'one stack': used.slice(0, 1),
    [`${used.length} stacks`]: used,
  };
  const crowds: [string, Crowd, (client: number) => string, Turn[]][] = [];
  for (const [name, whom] of Object.entries(asked)) {
    const tokenOf = (client: number): string => whom[client % whom.length]?.token ?? '';
    crowds.push([
      name,
      await openCrowd(
        whom.map(({ port }) => port),
        PATH,
        tokenOf,
      ),
      tokenOf,
      [],
    ]);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [, crowd, tokenOf, turns] of crowds)
      turns.push(await takeTurn(crowd, [side.pid], tokenOf, SECONDS));
  }
  for (const [, crowd] of crowds) crowd.close();
  // Their connections are none of the stacks' files.
  await sleep(CLOSING_MS);
  await between();
  return Object.fromEntries(crowds.map(([name, , , turns]) => [name, sumOfTurns(turns)]));
}

/** How long one client of a stack waits, in ms: alone, and while a crowd asks another stack as fast as it can. */
async function waitsBesideFlood([flooded, other]: Used[]): Promise<{ alone: number; beside: number }> {
  if (flooded === undefined || other === undefined) throw new Error('this takes two stacks');
  const waits = async (): Promise<number> => {
    const took: number[] = [];
    for (const until = performance.now() + SECONDS * 1000; performance.now() < until;) {
      const begun = performance.now();
      await ask(`http://127.0.0.1:${other.port}${PATH}`, `Bearer ${other.token}`);
      took.push(performance.now() - begun);
    }
    return median(took);
  };
  const alone = await waits();
  const crowd = await openCrowd([flooded.port], PATH, flooded.token);
  const [beside] = await Promise.all([waits(), crowd.run(() => flooded.token, SECONDS)]);
  crowd.close();
  return { alone, beside };
}

function rowsOf(turns: Record<string, Turn>): string[][] {
  const [own] = Object.values(turns);
  return Object.entries(turns).map(([name, { requestsPerSecond, p99Ms, cpuMicroseconds }]) => [
    name,
    requestsPerSecond.toFixed(0),
    (requestsPerSecond / (own?.requestsPerSecond ?? 0)).toFixed(2),
    `${p99Ms.toFixed(1)} ms`,
    `${cpuMicroseconds.toFixed(0)} µs`,
  ]);
}

/** What the process takes now, and keeps once its garbage is gone. */
async function levelOf({ pid, environment }: Side): Promise<string[]> {
  const loaded = residentMiB(pid);
  const files = readdirSync(`/proc/${pid}/fd`).length;
  const [level] = await settledOf({ pids: [pid] }, { environment });
  const mib = (value = 0): string => value.toFixed(0);
  return [`${mib(loaded)} MiB, ${mib(level?.resident)} collected`, `${mib(level?.heap)} MiB`, String(files)];
}
