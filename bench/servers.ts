import { availableParallelism } from 'node:os';
import { onPostgres, onSqlite, type Place } from '../test/support/place.ts';
import { CONNECTIONS } from './crowd.ts';
import { type Drawer, drawerOf } from './drawer.ts';
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
import { medianTurn, table, takeTurn, type Turn } from './turn.ts';

const MOST = Number(process.env['BENCH_TOKENS'] ?? 1_000_000);
// In less, what is done every minute, such as to write who was seen, falls into one round and not into the next.
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 8);
const ROUNDS = 3;
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
    { open: onSqlite, arrangements: [alone, within(2), within(3)] },
    { open: onPostgres, arrangements: [alone, beside(2), beside(3), within(2)] },
  ];
  let isFine = true;
  for (const { open, arrangements } of onEach) {
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

/** An arrangement that is serving, the bare one beside it, and what came of their turns. */
interface Running extends Arrangement {
  filled: Filled;
  ours: Serving;
  bare: Serving;
  tokens: Drawer;
  turns: Record<Scenario | 'bare', Turn[]>;
}

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
  const { tokens, count } = filled;
  // The first start after a change compiles everything, and keeps the memory that it took.
  await timeStarts(filled, 1);
  const all: Running[] = [];
  for (const arrangement of arrangements) {
    // Servers that do not know of each other may not have one SQLite file together.
    const own = place.name === 'SQLite' ? { ...filled, environment: await copied(place, filled) } : filled;
    const ours = await startServing(own, arrangement);
    const processes = arrangement.servers * arrangement.workers;
    const bare = await startBareServing(directory, filled, processes);
    const turns = { bare: [], new: [], mostly: [], known: [] };
    all.push({
      ...arrangement,
      filled: own,
      ours,
      bare,
      tokens: drawerOf(tokens, processes * WORKING_SET, MOST_SERVERS * WORKING_SET),
      turns,
    });
  }
  const bareTurn = ({ bare, tokens: drawer }: Running): Promise<Turn> =>
    takeTurn(bare.crowd, bare.pids, drawer.any, SECONDS);

  const keepAll = async (): Promise<void> => {
    for (const { ours, bare } of all) for (const { crowd } of [ours, bare]) await crowd.keep();
  };

  // Code that was never run is slow: the first turns do not count.
  for (const one of all) {
    await bareTurn(one);
    await takeTurn(one.ours.crowd, one.ours.pids, () => tokens.at(-1), SECONDS);
  }
  for (let round = 1; round <= ROUNDS; round++) {
    console.log(`${place.name}: tokens for the first time, ${round} of ${ROUNDS} …`);
    for (const { ours, tokens: drawer, turns } of all) {
      await keepAll();
      turns.new.push(await takeTurn(ours.crowd, ours.pids, drawer.upTo(round / ROUNDS)));
    }
  }
  console.log(`${place.name}: warming up …`);
  for (const { ours, tokens: drawer } of all) {
    await keepAll();
    await takeTurn(ours.crowd, ours.pids, drawer.known, warmUpSeconds(SECONDS));
  }
  for (let round = 1; round <= ROUNDS; round++) {
    console.log(`${place.name}: round ${round} of ${ROUNDS} …`);
    for (const one of all) {
      const { ours, tokens: drawer, turns } = one;
      await keepAll();
      turns.bare.push(await bareTurn(one));
      turns.known.push(await takeTurn(ours.crowd, ours.pids, drawer.known, SECONDS));
      turns.mostly.push(await takeTurn(ours.crowd, ours.pids, drawer.mostly, SECONDS));
    }
  }
  const memory: string[][] = [];
  for (const { name, ours, bare, filled: own } of all) {
    await bare.stop();
    const [loaded, settled] = [residentOf(ours), await settledOf(ours, own)];
    const inMiB = (values: number[]): string => `${values.map((value) => value.toFixed(0)).join(', ')} MiB`;
    memory.push([name, inMiB(loaded), inMiB(settled.map(({ resident }) => resident))]);
    await ours.stop();
  }
  report(place.name, count, all);
  console.log(`\n${table(['resident memory of each process', 'after the load', 'collected'], memory)}`);
  return all.every(({ turns }) =>
    Object.values(turns)
      .flat()
      .every(({ failed }) => failed === 0),
  );
}

async function copied(place: Place, { environment }: Filled): Promise<Filled['environment']> {
  return { ...environment, ...(await place.copy(environment)) };
}

function report(name: string, count: number, all: readonly Running[]): void {
  const cores = (value: number): string => value.toFixed(2);
  const first = Object.fromEntries(
    Object.entries(all[0]?.turns ?? {}).map(([scenario, turns]) => [scenario, medianTurn(turns)]),
  );
  const rows = all.flatMap((one) => {
    const bare = medianTurn(one.turns.bare);
    const processes = one.servers * one.workers;
    const row = (what: string, scenario: keyof Running['turns']): string[] => {
      const turn = medianTurn(one.turns[scenario]);
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
${name}, GET /api/org, ${CONNECTIONS} connections, ${count.toLocaleString('en')} tokens there, ${WORKING_SET.toLocaleString('en')} of them in turn at each process; medians of ${ROUNDS} rounds of ${SECONDS} s.
The last three columns: how many of the ${availableParallelism()} cores were busy with the servers, the load generator, and all else${name === 'PostgreSQL' ? ', PostgreSQL among it' : ''}.

${table(head, rows)}`);
}
