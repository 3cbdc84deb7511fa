import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { canMakeNamespaces, makeNamespace, type Namespace } from '../support/namespace.ts';
import { type Environment, onSqlite, type Place, placeOn } from '../support/place.ts';
import { type PostgresServer, startPostgres, startPostgresPair } from '../support/postgres-server.ts';
import { findRedis, type RedisServer, startRedis } from '../support/redis-server.ts';
import { type Relay, startRelay } from '../support/relay.ts';
import type { Running } from '../support/serving.ts';
import { get, timeUntil } from './ask.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { limitsShared, onStore } from './limits.ts';
import { type Servers, withServers } from './servers.ts';
import type { Run, Shown, Tell } from './table.ts';

const SERVERS = 3;
const BEFORE_MS = 1500;
const AFTER_MS = 2000;
const STANDS_STILL_MS = 5000;
const RECOVERY_S = 60;
const ENDED_ASKED = 60;
// Each request is counted, and none refused.
const COUNTED: Environment = {
  GF_RATE_LIMITING_ENABLED: 'true',
  GF_RATE_LIMITING_PER_SECOND: '1000000',
  GF_RATE_LIMITING_BURST: '1000000',
};

interface Group extends Servers {
  ledger: Ledger;
}

/** What three servers stand on. */
interface Ground {
  postgres: PostgresServer;
  redis: RedisServer | undefined;
  place: Place;
}

/** Three servers on one PostgreSQL and one Redis or Valkey, under load of all kinds: each of them, and each way between them, is broken. */
export const breakGroup: Run = async (tell) => {
  const program = await findRedis('What has to do with a store of limits');
  // A commit that was answered outlives the process here.
  const postgres = await startPostgres(['synchronous_commit=on']);
  const redis = program === undefined ? undefined : await startRedis(program);
  const ground = { postgres, redis, place: placeOn(postgres.url) };
  try {
    await breakServers(tell, ground);
    await breakPostgres(tell, ground);
    await failOver(tell, ground);
    await breakRedis(tell, ground);
    await breakNetwork(tell, ground);
    await limitsShared(tell, ground.place, redis);
  } finally {
    await ground.place.end();
    await redis?.remove();
    await postgres.stop();
  }
};

async function breakServers({ isShort, scenario }: Tell, ground: Ground): Promise<void> {
  const times = isShort ? 3 : 12;
  await scenario('one server killed and started again, in turn', () =>
    onGround(ground, (group) => repeated(group, times, killOne)),
  );
  await scenario(`one server standing still for ${STANDS_STILL_MS / 1000} s (SIGSTOP), in turn`, () =>
    onGround(ground, async (group) => {
      let refused = 0;
      const shown = await repeated(group, isShort ? 1 : 6, async (at) => {
        refused += await standStill(group, at);
      });
      return { ...shown, held: `${refused} ended credentials refused as it woke; ${shown.held}` };
    }),
  );
}

async function killOne(at: number, group: Group): Promise<void> {
  const victim = group.servers[at] as Running;
  group.dying.add(victim);
  await victim.kill();
  await sleep(500);
  await group.startAgain(at);
}

async function standStill({ servers, ledger }: Group, at: number): Promise<number> {
  const { process } = servers[at] as Running;
  process.kill('SIGSTOP');
  await sleep(STANDS_STILL_MS);
  // They are waiting for it when it wakes, before it has heard of anything.
  const asked = ledger.askWithEnded(at, ENDED_ASKED);
  await sleep(100);
  process.kill('SIGCONT');
  return asked();
}

async function breakPostgres({ isShort, scenario }: Tell, ground: Ground): Promise<void> {
  const { postgres } = ground;
  const times = isShort ? 1 : 5;
  const seconds = isShort ? 5 : 15;
  for (const how of ['fast', 'immediate'] as const) {
    await scenario(`PostgreSQL restarted (${how})`, () =>
      onGround(ground, (group) =>
        repeated(group, times, async () => {
          await postgres.shutDown(how);
          await postgres.startAgain();
        }),
      ),
    );
  }
  await scenario(`PostgreSQL stopped for ${seconds} s`, () =>
    onGround(ground, (group) =>
      repeated(group, 1, async () => {
        await postgres.shutDown();
        await sleep(seconds * 1000);
        await postgres.startAgain();
      }),
    ),
  );
  await scenario(`PostgreSQL standing still for ${seconds} s (SIGSTOP)`, () =>
    onGround(ground, (group) =>
      repeated(group, 1, async () => {
        postgres.pause();
        await sleep(seconds * 1000);
        postgres.resume();
      }),
    ),
  );
}

async function failOver({ isShort, scenario }: Tell, ground: Ground): Promise<void> {
  const ways: [string, 'killed' | 'silent'][] = [
    ['PostgreSQL killed (SIGKILL), and its standby promoted', 'killed'],
    ['PostgreSQL silent (a relay holds all up), and its standby promoted', 'silent'],
  ];
  for (const [tried, becomes] of ways) {
    await scenario(tried, async () => {
      const shown: Shown[] = [];
      for (let count = 0; count < (isShort ? 1 : 3); count++) {
        shown.push(await failOverOnce(ground, becomes));
      }
      const recoveryMs = Math.max(...shown.map((each) => each.recoveryMs ?? 0));
      return { times: shown.length, held: shown.map(({ held }) => held).join('. '), recoveryMs };
    });
  }
}

async function failOverOnce({ redis }: Ground, becomes: 'killed' | 'silent'): Promise<Shown> {
  const pair = await startPostgresPair();
  const files = onSqlite();
  const [first, second] = [new URL(pair.primary.url), new URL(pair.standby.url)];
  const relay = await startRelay({ host: first.hostname, port: Number(first.port) });
  try {
    const hosts = `127.0.0.1:${relay.port},${second.host}`;
    const url = `postgres://${first.username}:${first.password}@${hosts}/postgres`;
    const environments: Environment[] = [];
    for (let at = 0; at < SERVERS; at++)
      environments.push({ ...(await files.create()), GF_DATABASE_URL: url, ...storeOf(redis) });
    return await withGroup(environments, (group) =>
      repeated(group, 1, async () => {
        if (becomes === 'killed') await pair.primary.kill();
        else relay.hold();
        await sleep(1000);
        await pair.promote();
      }),
    );
  } finally {
    relay.close();
    await pair.stop();
    await files.end();
  }
}

async function breakRedis(tell: Tell, ground: Ground): Promise<void> {
  const seconds = tell.isShort ? 3 : 10;
  type Act = (redis: RedisServer) => unknown;
  const ways: [string, hurt: Act, heal: Act][] = [
    [`the store of limits stopped for ${seconds} s`, ({ stop }) => stop(), ({ start }) => start()],
    [`the store of limits killed for ${seconds} s`, ({ kill }) => kill(), ({ start }) => start()],
    [
      `the store of limits standing still for ${seconds} s (SIGSTOP)`,
      ({ signal }) => signal('SIGSTOP'),
      ({ signal }) => signal('SIGCONT'),
    ],
  ];
  for (const [tried, hurt, heal] of ways) {
    await onStore(tell, ground.redis, tried, (redis) =>
      onGround(ground, async (group) => {
        const shown = await repeated(group, 1, async () => {
          await hurt(redis);
          await sleep(seconds * 1000);
          await heal(redis);
        });
        const recoveryMs = await timeUntil(() => expectStoreUsed(group.servers), RECOVERY_S);
        assert.deepEqual(group.ledger.figures.unavailable, [0, 0, 0]);
        return { ...shown, recoveryMs };
      }),
    );
  }
}

async function expectStoreUsed(servers: readonly Running[]): Promise<void> {
  for (const server of servers)
    assert.match(await get(server, '/metrics'), /^latchkey_shared_limits_up(\{.*\})? 1$/m);
}

/** The ways of one server to what it stands on. */
interface Ways {
  cut(to: 'postgres' | 'redis'): void;
  slow(to: 'postgres' | 'redis', milliseconds: number): void;
  mend(): void;
  close(): void;
}

async function breakNetwork(tell: Tell, ground: Ground): Promise<void> {
  const how = canMakeNamespaces() ? 'packets vanish' : 'a relay holds all up';
  const seconds = tell.isShort ? 5 : 15;
  const cases: [string, (ways: Ways[]) => void][] = [
    [`one server cut off from PostgreSQL for ${seconds} s (${how})`, ([one]) => one?.cut('postgres')],
    [
      `all servers cut off from PostgreSQL for ${seconds} s (${how})`,
      (all) => all.forEach((each) => each.cut('postgres')),
    ],
    [
      `one server 200 ms away from PostgreSQL for ${seconds} s (a relay)`,
      ([one]) => one?.slow('postgres', 200),
    ],
    [
      `one server 1 s away from PostgreSQL for ${seconds} s (a relay)`,
      ([one]) => one?.slow('postgres', 1000),
    ],
    [
      `all servers 200 ms away from PostgreSQL for ${seconds} s (a relay)`,
      (all) => all.forEach((each) => each.slow('postgres', 200)),
    ],
    [`one server cut off from the store of limits for ${seconds} s (${how})`, ([one]) => one?.cut('redis')],
    [
      `one server 200 ms away from the store of limits for ${seconds} s (a relay)`,
      ([one]) => one?.slow('redis', 200),
    ],
  ];
  for (const [tried, hurt] of cases) {
    const tryIt = async (): Promise<Shown> => {
      const shown = await onWays(ground, (group, ways) =>
        repeated(group, 1, async () => {
          hurt(ways);
          await sleep(seconds * 1000);
          for (const each of ways) each.mend();
        }),
      );
      tell.progress(shown.held);
      return shown;
    };
    if (tried.includes('store')) await onStore(tell, ground.redis, tried, tryIt);
    else await tell.scenario(tried, tryIt);
  }
}

/** Servers that reach PostgreSQL and the store each over ways of its own. */
async function onWays(
  { postgres, redis, place }: Ground,
  work: (group: Group, ways: Ways[]) => Promise<Shown>,
): Promise<Shown> {
  const same = await place.create();
  const ways: Ways[] = [];
  const environments: Environment[] = [];
  const within: (readonly string[])[] = [];
  try {
    for (let at = 0; at < SERVERS; at++) {
      const network = canMakeNamespaces() ? makeNamespace(['http', 'postgres', 'redis']) : undefined;
      const url = new URL(same['GF_DATABASE_URL'] ?? postgres.url);
      const toPostgres = await relayTo(url, network, 'postgres');
      url.host = toPostgres.host;
      const toRedis = redis && (await relayTo(new URL(redis.url), network, 'redis'));
      ways.push(waysOver({ postgres: toPostgres.relay, redis: toRedis?.relay }, network));
      environments.push({
        ...same,
        ...storeOf(toRedis && { url: `redis://${toRedis.host}` }),
        GF_DATABASE_URL: url.href,
        ...(network === undefined ? {} : { GF_SERVER_HTTP_ADDR: network.inside('http') }),
      });
      within.push(network?.command ?? []);
    }
    return await withGroup(environments, (group) => work(group, ways), within);
  } finally {
    for (const each of ways) each.close();
  }
}

async function relayTo(
  { hostname, port }: URL,
  network: Namespace | undefined,
  link: string,
): Promise<{ relay: Relay; host: string }> {
  const address = network?.outside(link) ?? '127.0.0.1';
  const relay = await startRelay({ host: hostname, port: Number(port) }, undefined, address);
  return { relay, host: `${address}:${relay.port}` };
}

function waysOver(
  relays: { postgres: Relay; redis: Relay | undefined },
  network: Namespace | undefined,
): Ways {
  return {
    cut: (to) => (network === undefined ? relays[to]?.hold() : network.cut(to)),
    slow: (to, milliseconds) => relays[to]?.slow(milliseconds),
    mend() {
      network?.mend();
      for (const relay of Object.values(relays)) relay?.letGo();
    },
    close() {
      for (const relay of Object.values(relays)) relay?.close();
      network?.remove();
    },
  };
}

function storeOf(redis: Pick<RedisServer, 'url'> | undefined): Environment {
  if (redis === undefined) return {};
  return { ...COUNTED, GF_REMOTE_CACHE_TYPE: 'redis', GF_REMOTE_CACHE_CONNSTR: redis.url };
}

async function onGround({ place, redis }: Ground, work: (group: Group) => Promise<Shown>): Promise<Shown> {
  const same = { ...(await place.create()), ...storeOf(redis) };
  return withGroup(
    Array.from({ length: SERVERS }, () => same),
    work,
  );
}

function withGroup(
  environments: Environment[],
  work: (group: Group) => Promise<Shown>,
  within: (readonly string[])[] = [],
): Promise<Shown> {
  const prepared = async (group: Servers): Promise<Shown> => {
    const ledger = createLedger(group);
    await ledger.prepare();
    return work({ ...group, ledger });
  };
  return withServers(environments, prepared, within);
}

/** Does it so many times under load, on one server after the other, has all become well each time, and compares what is kept in the end. */
async function repeated(
  group: Group,
  times: number,
  hurt: (at: number, group: Group) => Promise<void>,
): Promise<Shown> {
  const { ledger } = group;
  const load = ledger.load();
  const recoveries: number[] = [];
  for (let count = 0; count < times; count++) {
    await sleep(BEFORE_MS);
    await hurt(count % SERVERS, group);
    recoveries.push(await timeUntil(() => ledger.expectWell(), RECOVERY_S));
    await sleep(AFTER_MS);
  }
  await load.end();
  await ledger.expectKept();
  const { well, changes, unavailable, busy, slowestMs, longestAcceptedMs } = ledger.figures;
  const total = unavailable.reduce((sum, each) => sum + each, 0);
  return {
    times,
    held:
      `${well.toLocaleString('en')} answers well, ${total.toLocaleString('en')} 503 (${unavailable.join(', ')}; ${busy} of them busy), none else, ` +
      `the slowest ${(slowestMs / 1000).toFixed(1)} s; all of ${changes.toLocaleString('en')} changes kept; ` +
      `accepted ${longestAcceptedMs.toFixed(0)} ms after its end at most`,
    recoveryMs: Math.max(...recoveries),
  };
}
