import { availableParallelism } from 'node:os';
import { onPostgres, onSqlite, type Place } from '../test/support/place.ts';
import { CONNECTIONS } from './crowd.ts';
import { drawerOf } from './drawer.ts';
import { benchFlatness, warmUpSeconds } from './flatness.ts';
import { benchMemory } from './memory.ts';
import { BENCH_SECRET_KEY, seedTokens } from './seed.ts';
import {
  type Filled,
  residentOf,
  type Serving,
  settledOf,
  startBareServing,
  startServing,
  timeStarts,
} from './serving.ts';
import { sumOfTurns, table, takeTurn, type Turn } from './turn.ts';

const MOST = Number(process.env['BENCH_TOKENS'] ?? 1_000_000);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3);
const ON = process.env['BENCH_ON'] ?? '';
// With three turns in each, a minute: what is done every minute, such as to write who was seen, falls into them once.
const ROUNDS = 7;
const PARTS = 3;
/** Of each server. */
const WORKING_SET = Math.min(40_000, MOST / 20);
const MOST_SERVERS = 3;

/** How servers share the work: so many of them, or so many processes of one. */
interface Arrangement {
  name: string;
  servers: number;
  workers: number;
}

const alone = { name: '1 server', servers: 1, workers: 1 };
const beside = (servers: number): Arrangement => ({ name: `${servers} servers`, servers, workers: 1 });
const within = (workers: number): Arrangement => ({ name: `${workers} workers`, servers: 1, workers });

/** Requests with many tokens in SQLite and in PostgreSQL, of one, two and three servers, against bare ones. Whether all were answered. */
export async function benchServers(directory: string): Promise<boolean> {
  const onEach = [
    { database: 'sqlite', open: onSqlite, arrangements: [alone, within(2), within(3)] },
    { database: 'postgres', open: onPostgres, arrangements: [alone, beside(2), beside(3), within(2)] },
  ];
  const chosen = onEach.filter(({ database }) => ON === '' || ON === database);
  if (chosen.length === 0) throw new Error(`BENCH_ON=${ON}: it has to be sqlite or postgres`);
  let isFine = true;
  for (const { open, arrangements } of chosen) {
    const place = await open();
    try {
      isFine = (await benchPlace(directory, place, arrangements)) && isFine;
    } finally {
      await place.end();
    }
  }
  return isFine;
}

async function benchPlace(
  directory: string,
  place: Place,
  arrangements: readonly Arrangement[],
): Promise<boolean> {
  const databases: Filled[] = [];
  for (const count of [1000, Math.max(2000, MOST / 10), MOST]) {
    console.log(`${place.name}: ${count.toLocaleString('en')} tokens …`);
    const environment = { ...(await place.create()), GF_SECURITY_SECRET_KEY: BENCH_SECRET_KEY };
    databases.push({ count, environment, tokens: await seedTokens(environment, count) });
  }
  const [, middle, biggest] = databases as [Filled, Filled, Filled];
  return [
    await benchArrangements(directory, place, biggest, arrangements),
    await benchFlatness(directory, place, databases, SECONDS),
    await benchMemory(place.name, middle, SECONDS),
  ].every(Boolean);
}

/** What came of the turns of an arrangement, and of the bare server beside it; resident memory in MiB. */
interface Served extends Arrangement {
  turns: Record<Scenario | 'bare', Turn[]>;
  loaded: number[];
  settled: number[];
}

type Draw = Parameters<Serving['crowd']['run']>[0];

const SCENARIOS = {
  new: 'each token for the first time',
  mostly: '99 % remembered',
  known: 'all remembered',
} as const;
type Scenario = keyof typeof SCENARIOS;

async function benchArrangements(
  directory: string,
  place: Place,
  filled: Filled,
  arrangements: readonly Arrangement[],
): Promise<boolean> {
  // The first start after a change compiles everything, and keeps the memory that it took.
  await timeStarts(filled, 1);
  const all: Served[] = [];
  for (const arrangement of arrangements) {
    console.log(`${place.name}: ${arrangement.name} …`);
    // Servers that do not know of each other may not have one SQLite file together.
    const own = place.name === 'SQLite' ? { ...filled, environment: await copied(place, filled) } : filled;
    all.push(await benchArrangement(directory, own, arrangement));
  }
  report(place.name, filled.count, all);
  const inMiB = (values: readonly number[]): string =>
    `${values.map((value) => value.toFixed(0)).join(', ')} MiB`;
  const memory = all.map(({ name, loaded, settled }) => [name, inMiB(loaded), inMiB(settled)]);
  console.log(`\n${table(['resident memory of each process', 'after the load', 'collected'], memory)}`);
  return all.every(({ turns }) =>
    Object.values(turns)
      .flat()
      .every(({ failed }) => failed === 0),
  );
}

/** The turns of one arrangement and of a bare server after each other, so that both have the same machine. */
async function benchArrangement(
  directory: string,
  filled: Filled,
  arrangement: Arrangement,
): Promise<Served> {
  const processes = arrangement.servers * arrangement.workers;
  const bare = await startBareServing(directory, filled, processes);
  const ours = await startServing(filled, arrangement);
  const drawer = drawerOf(filled.tokens, processes * WORKING_SET, MOST_SERVERS * WORKING_SET);
  const turns: Served['turns'] = { bare: [], new: [], mostly: [], known: [] };
  const turnOf = ({ crowd, pids }: Serving, draw: Draw, seconds?: number): Promise<Turn> =>
    takeTurn(crowd, pids, draw, seconds);

  // Code that was never run is slow: the first turn does not count.
  await turnOf(ours, () => filled.tokens.at(-1), SECONDS);
  for (let part = 1; part <= PARTS; part++) turns.new.push(await turnOf(ours, drawer.upTo(part / PARTS)));
  await turnOf(ours, drawer.known, warmUpSeconds(SECONDS));
  await bare.crowd.keep();
  await turnOf(bare, drawer.any, warmUpSeconds(SECONDS));
  for (let round = 0; round < ROUNDS; round++) {
    turns.bare.push(await turnOf(bare, drawer.any, SECONDS));
    turns.known.push(await turnOf(ours, drawer.known, SECONDS));
    turns.mostly.push(await turnOf(ours, drawer.mostly, SECONDS));
  }
  await bare.stop();
  const loaded = residentOf(ours);
  const settled = (await settledOf(ours, filled)).map(({ resident }) => resident);
  await ours.stop();
  return { ...arrangement, turns, loaded, settled };
}

async function copied(place: Place, { environment }: Filled): Promise<Filled['environment']> {
  return { ...environment, ...(await place.copy(environment)) };
}

function report(name: string, count: number, all: readonly Served[]): void {
  const cores = (value: number): string => value.toFixed(2);
  const first = Object.fromEntries(
    Object.entries(all[0]?.turns ?? {}).map(([scenario, turns]) => [scenario, sumOfTurns(turns)]),
  );
  const rows = all.flatMap((one) => {
    const bare = sumOfTurns(one.turns.bare);
    const processes = one.servers * one.workers;
    const row = (what: string, scenario: keyof Served['turns']): string[] => {
      const turn = sumOfTurns(one.turns[scenario]);
      return [
        what,
        `${turn.requestsPerSecond.toFixed(0)} /s`,
        (turn.requestsPerSecond / bare.requestsPerSecond).toFixed(2),
        (turn.requestsPerSecond / (first[scenario]?.requestsPerSecond ?? Number.NaN)).toFixed(2),
        `${turn.p50Ms.toFixed(1)} ms`,
        `${turn.p99Ms.toFixed(1)} ms`,
        `${turn.cpuMicroseconds.toFixed(0)} µs`,
        cores(turn.serverCores),
        cores(turn.generatorCores),
        cores(turn.otherCores),
      ];
    };
    return [
      row(`bare, ${processes === 1 ? '1 process' : `${processes} processes`}`, 'bare'),
      ...(['known', 'mostly', 'new'] as const).map((scenario) =>
        row(`${one.name}, ${SCENARIOS[scenario]}`, scenario),
      ),
    ];
  });
  const head = [
    '',
    'requests',
    'of bare',
    'of 1 server',
    'p50',
    'p99',
    'processor time',
    'servers',
    'generator',
    'others',
  ];
  console.log(`
${name}, GET /api/org, ${CONNECTIONS} connections, ${count.toLocaleString('en')} tokens there, ${WORKING_SET.toLocaleString('en')} of them in turn at each process; ${ROUNDS} rounds of ${SECONDS} s each, together.
The last three columns: how many of the ${availableParallelism()} cores were busy with the servers, the load generator, and all else${name === 'PostgreSQL' ? ', PostgreSQL among it' : ''}.

${table(head, rows)}`);
}
