import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { loadConfig } from '../server/config/config.ts';
import type { Schema } from '../server/db/schema.ts';
import { startServer } from '../server/server.ts';
import { LISTS_OF_ORG, LISTS_OF_SERVER } from '../test/support/lists.ts';
import { listening, listWholeReads, type Sent } from '../test/support/plans.ts';
import { onPostgres, onSqlite, type Place } from '../test/support/place.ts';
import { median } from './load.ts';
import { cpuSeconds, freePort, residentMiB, startLatchkeyOn, stopProgram } from './processes.ts';
import { type Scale, seedScale, type Size } from './scale-seed.ts';
import { sizesOf } from './scale-sizes.ts';
import { BENCH_SECRET_KEY } from './seed.ts';
import { table } from './turn.ts';

const SHARE = Number(process.env['BENCH_SCALE'] ?? 1);
// As much in each organization, so that what takes longer does so for what is in the others.
const SMALL = 0.01;
const ORGS = 10_000;
const FEWEST_ORGS = 20;
const IN_EACH = 100;
const STARTS = 3;
const PASSES = 9;
const COLD = 1000;
const FEW_ROWS = 5000;
const GLANCE_MS = 20;
const ADMINISTRATOR = `Basic ${btoa('admin:admin')}`;

/** A database, and the server on it while it runs. */
interface Side {
  env: Record<string, string>;
  scale: Scale;
  url: string;
}

/** A full database against one of a hundredth, on SQLite and on PostgreSQL. Whether all was answered, and no plan reads a whole large table. */
export async function benchScale(): Promise<boolean> {
  let isFine = true;
  for (const open of [onSqlite, onPostgres]) {
    const place = await open();
    try {
      isFine = (await benchPlace(place)) && isFine;
    } finally {
      await place.end();
    }
  }
  return isFine;
}

async function benchPlace(place: Place): Promise<boolean> {
  const [small, full] = [await fill(place, SHARE * SMALL), await fill(place, SHARE)];
  console.log(`\n${place.name}, the full database\n\n${await sizesOf(full.env)}`);
  await compareStarts(place.name, small, full);
  const isPlanned = await checkPlans(place.name, full);
  const stops = [await start(small), await start(full)];
  try {
    await compareRequests(place.name, small, full);
    await deleteMuch(place.name, full);
  } finally {
    for (const stop of stops) await stop();
  }
  return isPlanned;
}

async function fill(place: Place, share: number): Promise<Side> {
  const orgs = Math.max(FEWEST_ORGS, ORGS * share);
  const size: Size = { orgs, tokens: orgs * IN_EACH, dashboards: orgs * IN_EACH };
  const env = { ...(await place.create()), GF_SECURITY_SECRET_KEY: BENCH_SECRET_KEY };
  const begun = performance.now();
  const scale = await seedScale(env, size);
  const seconds = (performance.now() - begun) / 1000;
  const count = (value: number): string => value.toLocaleString('en');
  console.log(
    `${place.name}: ${count(size.orgs)} organizations, ${count(size.tokens)} tokens and ${count(size.dashboards)} dashboards in ${seconds.toFixed(0)} s`,
  );
  return { env, scale, url: '' };
}

async function start(side: Side): Promise<() => Promise<void>> {
  const port = await freePort();
  side.url = `http://127.0.0.1:${port}`;
  const { process } = await startLatchkeyOn(side.env, port, `${side.url}/readyz`, {});
  return () => stopProgram(process);
}

async function compareStarts(name: string, ...sides: Side[]): Promise<void> {
  const took = sides.map((): { wall: number[]; cpu: number[]; resident: number[] } => ({
    wall: [],
    cpu: [],
    resident: [],
  }));
  for (let round = 0; round < STARTS; round++) {
    for (const [at, { env }] of sides.entries()) {
      const port = await freePort();
      const { process, firstAnswerMs } = await startLatchkeyOn(
        env,
        port,
        `http://127.0.0.1:${port}/readyz`,
        {},
      );
      const { pid = 0 } = process;
      took[at]?.wall.push(firstAnswerMs);
      took[at]?.cpu.push(cpuSeconds(pid) * 1000);
      took[at]?.resident.push(residentMiB(pid));
      await stopProgram(process);
    }
  }
  const [small, full] = took as [(typeof took)[0], (typeof took)[0]];
  const row = (what: string, of: 'wall' | 'cpu' | 'resident', unit: string): string[] => {
    const [before, after] = [median(small[of]), median(full[of])];
    return [what, `${before.toFixed(0)} ${unit}`, `${after.toFixed(0)} ${unit}`, (after / before).toFixed(2)];
  };
  const rows = [
    row('from the start to the first answer', 'wall', 'ms'),
    row('processor time until then', 'cpu', 'ms'),
    row('resident memory then', 'resident', 'MiB'),
  ];
  console.log(
    `\n${name}, medians of ${STARTS} starts\n\n${table(['', 'small', 'full', 'full / small'], rows)}`,
  );
}

/** Asks for everything within this process, and looks up how the database finds what is asked of it. */
async function checkPlans(name: string, { env, scale }: Side): Promise<boolean> {
  const { config } = loadConfig({
    home: join(import.meta.dirname, '..'),
    env: { ...env, GF_SERVER_HTTP_PORT: '0', GF_LOG_LEVEL: 'error', GF_DATABASE_QUERY_TIMEOUT: '0s' },
  });
  const server = await startServer(config);
  const { context, url } = server;
  const { db } = context;
  const sent: Sent[] = [];
  context.db = listening(db, (statement) => void sent.push(statement));
  const asked = [
    // Where an organization has a tenth of all there is, reading all may well be the least work.
    ...LISTS_OF_ORG.map((path) => ({ path, authorization: `Bearer ${scale.admins.ordinary.token}` })),
    ...LISTS_OF_SERVER.map((path) => ({ path, authorization: ADMINISTRATOR })),
  ];
  for (const { path, authorization } of asked) await ask(url, path, authorization);
  const found = await listWholeReads(db, config.database.type, sent);
  const whole: typeof found = [];
  // Of a small table, it is the least work.
  for (const read of found) if (await isLarge(db, read.table)) whole.push(read);
  await server.stop();
  for (const read of whole) console.log(`the whole of ${read.table} is read by ${read.sql}`);
  console.log(
    `\n${name}: ${new Set(sent.map((statement) => statement.sql)).size} different statements, ${whole.length} of which read a whole table that they need not`,
  );
  return whole.length === 0;
}

async function isLarge(db: Kysely<Schema>, name: string): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(name)}`.execute(db);
  return (rows[0]?.count ?? 0) > FEW_ROWS;
}

interface Asked {
  name: string;
  ask: (side: Side, pass: number) => Promise<unknown>;
}

async function compareRequests(name: string, small: Side, full: Side): Promise<void> {
  const bearer = (side: Side, who: keyof Scale['admins']): string => `Bearer ${side.scale.admins[who].token}`;
  const list = (of: string, who: keyof Scale['admins'], path: string): Asked => ({
    name: `${of}: ${path}`,
    ask: (side) => ask(side.url, path, bearer(side, who)),
  });
  const make = (path: (side: Side) => string, body: (pass: number) => object): Asked['ask'] => {
    return (side, pass) => ask(side.url, path(side), bearer(side, 'ordinary'), body(pass));
  };
  const tokensOf = ({ scale }: Side, who: keyof Scale['admins']) =>
    `/api/serviceaccounts/${scale.admins[who].account}/tokens`;
  const all: Asked[] = [
    { name: 'a known token: /api/org', ask: (side) => ask(side.url, '/api/org', bearer(side, 'ordinary')) },
    ...LISTS_OF_ORG.map((path) => list('ordinary', 'ordinary', path)),
    ...[
      '/api/search?limit=100',
      '/api/search?limit=100&page=90',
      '/api/search?query=77&limit=100',
      '/api/search?tag=tag-7&limit=100',
    ].map((path) => list('large', 'large', path)),
    {
      name: 'large: tokens of one account',
      ask: (side) => ask(side.url, tokensOf(side, 'large'), bearer(side, 'large')),
    },
    ...LISTS_OF_SERVER.map((path) => ({
      name: `server: ${path}`,
      ask: (side: Side) => ask(side.url, path, ADMINISTRATOR),
    })),
    {
      name: 'make a token',
      ask: make(
        (side) => tokensOf(side, 'ordinary'),
        (pass) => ({ name: `new ${pass}` }),
      ),
    },
    {
      name: 'make a dashboard',
      ask: make(
        () => '/api/dashboards/db',
        (pass) => ({ dashboard: { title: `new ${pass}`, tags: ['new'] } }),
      ),
    },
  ];
  const rows: string[][] = [await compareCold(small, full)];
  for (const { name: what, ask: once } of all) {
    const took: [number[], number[]] = [[], []];
    for (let pass = 0; pass <= PASSES; pass++) {
      for (const [at, side] of [small, full].entries()) {
        const ms = await timed(() => once(side, pass));
        // The first one of each does not count.
        if (pass > 0) took[at]?.push(ms);
      }
    }
    rows.push(rowOf(what, ...took));
  }
  console.log(
    `\n${name}, one request after the other, medians of ${PASSES}\n\n${table(['', 'small', 'full', 'full / small'], rows)}`,
  );
}

/** Requests with tokens that nobody asked with before, picked from everywhere. */
async function compareCold(small: Side, full: Side): Promise<string[]> {
  const took: [number[], number[]] = [[], []];
  const count = Math.min(COLD, small.scale.tokens.length);
  for (let at = 0; at < count; at++) {
    for (const [which, { url, scale }] of [small, full].entries()) {
      const token = scale.tokens[Math.floor((at * 0.618_034 * scale.tokens.length) % scale.tokens.length)];
      took[which]?.push(await timed(() => ask(url, '/api/org', `Bearer ${token}`)));
    }
  }
  return rowOf(`${count} tokens for the first time: /api/org`, ...took);
}

function rowOf(what: string, small: number[], full: number[]): string[] {
  const [before, after] = [median(small), median(full)];
  return [what, `${before.toFixed(2)} ms`, `${after.toFixed(2)} ms`, (after / before).toFixed(2)];
}

/** Deletes what holds much, while others go on: how long that takes, and how long somebody had to wait meanwhile. */
async function deleteMuch(name: string, side: Side): Promise<void> {
  const { large, doomed } = side.scale.admins;
  const account = large.account + 1;
  const rows = [
    await whileOthersGoOn(
      side,
      'an account with a hundredth of all tokens',
      `/api/serviceaccounts/${account}`,
      `Bearer ${large.token}`,
    ),
    await whileOthersGoOn(
      side,
      'an organization with a tenth of all dashboards',
      `/api/orgs/${doomed.orgId}`,
      ADMINISTRATOR,
    ),
  ];
  const head = ['deleting', 'took', 'longest read meanwhile', 'longest change meanwhile'];
  console.log(`\n${name}\n\n${table(head, rows)}`);
}

async function whileOthersGoOn(
  side: Side,
  what: string,
  path: string,
  authorization: string,
): Promise<string[]> {
  const other = `Bearer ${side.scale.admins.ordinary.token}`;
  const meanwhile = { isOver: false };
  const goOn = async (once: (count: number) => Promise<unknown>): Promise<number> => {
    let longest = 0;
    for (let count = 0; !meanwhile.isOver; count++) {
      longest = Math.max(longest, await timed(() => once(count)));
      await sleep(GLANCE_MS);
    }
    return longest;
  };
  const reading = goOn(() => ask(side.url, '/api/org', other));
  const changing = goOn((count) => ask(side.url, '/api/folders', other, { title: `${what} ${count}` }));
  const ms = await timed(() => ask(side.url, path, authorization, undefined, 'DELETE'));
  meanwhile.isOver = true;
  const [read, changed] = await Promise.all([reading, changing]);
  const inSeconds = (value: number): string => `${(value / 1000).toFixed(2)} s`;
  return [what, inSeconds(ms), inSeconds(read), inSeconds(changed)];
}

async function timed(once: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await once();
  return performance.now() - begun;
}

async function ask(
  url: string,
  path: string,
  authorization: string,
  body?: object,
  method = body === undefined ? 'GET' : 'POST',
): Promise<void> {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
}
