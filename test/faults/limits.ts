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
const TIMES_THE_LIMIT = 2;
const TICK_MS = 25;
const CLOSENESS = 0.02;

/** What three servers let through together of one credential, with the store and without. */
export async function limitsShared({ scenario }: Tell, place: Place, redis: RedisServer): Promise<void> {
  const limit = `${PER_SECOND} a second and a burst of ${BURST}`;
  await scenario(`twice as many requests as three servers together may let through: ${limit}`, () =>
    withLimits(place, redis, async (servers, token) => {
      const { passed, sent, seconds } = await press(servers, token);
      const allowed = BURST + PER_SECOND * seconds;
      assert.ok(Math.abs(passed / allowed - 1) <= CLOSENESS, `${passed} let through, ${allowed} allowed`);
      return { times: sent, held: comparison(passed, allowed, seconds) };
    }),
  );
  await scenario('the same with the store of limits stopped', () =>
    withLimits(place, redis, async (servers, token) => {
      await redis.stop();
      try {
        const { passed, sent, seconds } = await press(servers, token);
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

async function withLimits(
  place: Place,
  redis: RedisServer,
  work: (servers: Running[], token: string) => Promise<Shown>,
): Promise<Shown> {
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
    return work(servers, key);
  });
}

/** Sends evenly to all of them; how many were let through, from the first request to the last answer. */
async function press(
  servers: readonly Running[],
  token: string,
): Promise<{ passed: number; sent: number; seconds: number }> {
  const rate = (TIMES_THE_LIMIT * (BURST + PER_SECOND * SECONDS)) / SECONDS;
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
  return { passed: statuses.filter((status) => status === 200).length, sent: asked.length, seconds };
}
