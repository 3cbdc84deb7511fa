import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment, Place } from '../support/place.ts';
import type { RedisServer } from '../support/redis-server.ts';
import type { Running } from '../support/serving.ts';
import { ask, get, mustBe } from './ask.ts';
import { withServers } from './servers.ts';
import type { Shown, Tell } from './table.ts';

const SERVERS = 3;
const PER_SECOND = 100;
const BURST = 200;
const SECONDS = 10;
const TRIES = 5;
const TICK_MS = 25;
const CLOSENESS = 0.02;
const LATE = 'does not answer in time';

/** Runs a scenario that has to do with the store of limits; where there is none it is noted as not tried. */
export async function onStore(
  { scenario, notTried }: Tell,
  redis: RedisServer | undefined,
  tried: string,
  work: (redis: RedisServer) => Promise<Shown>,
): Promise<void> {
  if (redis === undefined) notTried(tried, 'Redis or Valkey');
  else await scenario(tried, () => work(redis));
}

/** What three servers let through together of one credential, with the store and without. */
export async function limitsShared(tell: Tell, place: Place, store: RedisServer | undefined): Promise<void> {
  const limit = `${PER_SECOND} a second and a burst of ${BURST}`;
  const twice = `twice as many requests as three servers together may let through: ${limit}`;
  await onStore(tell, store, twice, async (redis) => {
    for (let tries = 1; ; tries++) {
      const { passed, sent, seconds, late } = await withLimits(place, redis, (group) => press(group, 2));
      const allowed = BURST + PER_SECOND * seconds;
      const held = comparison(passed, allowed, seconds);
      if (late > 0 && tries < TRIES) {
        tell.progress(`once more, since the machine was too busy for the store to answer in time: ${held}`);
        continue;
      }
      assert.equal(late, 0, `the store did not answer in time in any of ${tries} tries: ${held}`);
      assert.ok(Math.abs(passed / allowed - 1) <= CLOSENESS, held);
      return { times: sent, held };
    }
  });
  await onStore(tell, store, 'four times as many, with the store of limits stopped', (redis) =>
    withLimits(place, redis, async (group) => {
      await redis.stop();
      try {
        const { passed, sent, seconds } = await press(group, 4);
        const most = SERVERS * (BURST + PER_SECOND * seconds);
        assert.ok(passed <= most, `${passed} let through, ${most} is the most`);
        return { times: sent, held: `${comparison(passed, most, seconds)}, which is three times the limit` };
      } finally {
        await redis.start();
      }
    }),
  );
}

function comparison(passed: number, allowed: number, seconds: number): string {
  const more = ((passed / allowed - 1) * 100).toFixed(1);
  return `${passed} let through in ${seconds.toFixed(1)} s of ${allowed.toFixed(0)} that may be (${more} %)`;
}

interface Group {
  servers: readonly Running[];
  token: string;
  /** How often one of them has said that the store did not answer in time. */
  late(): number;
}

async function withLimits<T>(
  place: Place,
  redis: RedisServer,
  work: (group: Group) => Promise<T>,
): Promise<T> {
  const environment: Environment = {
    ...(await place.create()),
    GF_RATE_LIMITING_ENABLED: 'true',
    GF_RATE_LIMITING_PER_SECOND: String(PER_SECOND),
    GF_RATE_LIMITING_BURST: String(BURST),
    GF_REMOTE_CACHE_TYPE: 'redis',
    GF_REMOTE_CACHE_CONNSTR: redis.url,
    GF_REMOTE_CACHE_PREFIX: `limits-${performance.now()}:`,
  };
  const environments = Array.from({ length: SERVERS }, () => environment);
  return withServers(environments, async ({ servers }) => {
    const [first] = servers as [Running];
    const body = { name: 'pressing', role: 'Viewer' };
    const { key } = mustBe(200, await ask(first, 'POST', '/api/auth/keys', { body })).body;
    for (const server of servers)
      assert.match(await get(server, '/metrics'), /^latchkey_shared_limits_up(\{.*\})? 1$/m);
    let late = 0;
    for (const { process } of servers)
      process.stdout?.on('data', (part: string) => (late += part.split(LATE).length - 1));
    return work({ servers, token: key, late: () => late });
  });
}

/** Sends evenly to all of them, so many times the limit; how many were let through, from the first request to the last answer. */
async function press(
  { servers, token, late }: Group,
  timesTheLimit: number,
): Promise<{ passed: number; sent: number; seconds: number; late: number }> {
  const rate = (timesTheLimit * (BURST + PER_SECOND * SECONDS)) / SECONDS;
  const asked: Promise<number>[] = [];
  const begun = performance.now();
  for (let now = begun; now - begun < SECONDS * 1000; now = performance.now()) {
    for (const due = ((now - begun) / 1000) * rate; asked.length < due;) {
      const server = servers[asked.length % SERVERS] as Running;
      asked.push(ask(server, 'GET', '/api/org', { as: `Bearer ${token}` }).then(({ status }) => status));
    }
    await sleep(TICK_MS);
  }
  const statuses = await Promise.all(asked);
  const seconds = (performance.now() - begun) / 1000;
  for (const status of statuses) assert.ok(status === 200 || status === 429, `a request got ${status}`);
  const passed = statuses.filter((status) => status === 200).length;
  return { passed, sent: asked.length, seconds, late: late() };
}
