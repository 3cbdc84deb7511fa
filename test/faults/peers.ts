import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../../bench/load.ts';
import { type Environment, placeOn } from '../support/place.ts';
import { startPostgresRelay } from '../support/postgres-relay.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { type Running, serve } from '../support/serving.ts';
import { ask, mustBe } from './ask.ts';
import type { Run, Shown, Tell } from './table.ts';

const SERVERS = 3;
const LONGEST_MS = 1000;
const LOAD_PAUSE_MS = 5;
const REVOKED_AT_ONCE = 2;
const SAME_FOR_ALL: Environment = {
  GF_SECURITY_SECRET_KEY: 'for all',
  // What was revoked is asked with until it is refused everywhere: to the protection these are wrong credentials from one address.
  GF_SECURITY_DISABLE_BRUTE_FORCE_LOGIN_PROTECTION: 'true',
};

interface Token {
  id: number;
  secret: string;
}

interface Group {
  servers: Running[];
  accountId: number;
  tokens: Token[];
  /** Those that are being killed: they owe nobody an answer. */
  dying: Set<Running>;
}

/** Three servers on one PostgreSQL: what is revoked on one is refused by all, whatever becomes of the others and of the way between them. */
export const peers: Run = async (tell) => {
  const postgres = await startPostgres();
  const place = placeOn(postgres.url);
  const count = tell.isShort ? 50 : 1000;
  try {
    await tell.scenario('tokens revoked under load, each on one of three servers', async () => {
      const same = await place.create();
      return withGroup([same, same, same], count, (group) => revoked(group, tell));
    });
    await tell.scenario('tokens revoked while one server hears nothing of the others', async () => {
      const same = await place.create();
      const relay = await startPostgresRelay(same['GF_DATABASE_URL'] ?? '');
      const cutOff = { ...same, GF_DATABASE_URL: relay.url };
      try {
        return await withGroup([same, same, cutOff], count / 5, (group) => revokedUnheard(group, relay));
      } finally {
        relay.close();
      }
    });
    await tell.scenario('servers killed in turn under load', async () => {
      const same = await place.create();
      return withGroup([same, same, same], 30, (group) => killed(group, same, tell.isShort ? 3 : 30));
    });
  } finally {
    await place.end();
    await postgres.stop();
  }
};

async function withGroup(
  environments: Environment[],
  count: number,
  work: (group: Group) => Promise<Shown>,
): Promise<Shown> {
  const servers: Running[] = [];
  // One after the other: the first makes the tables.
  for (const environment of environments) servers.push(await serve({ ...environment, ...SAME_FOR_ALL }));
  const group: Group = { servers, accountId: 0, tokens: [], dying: new Set() };
  try {
    const account = { name: 'peers', role: 'Viewer' };
    group.accountId = mustBe(
      201,
      await ask(servers[0] as Running, 'POST', '/api/serviceaccounts', { body: account }),
    ).body.id;
    for (let at = 0; at < count; at++) group.tokens.push(await makeToken(group, at));
    for (const server of servers) {
      for (const { secret } of group.tokens) mustBe(200, await use(server, secret));
    }
    return await work(group);
  } finally {
    for (const server of group.servers) await server.kill();
  }
}

async function makeToken({ servers, accountId }: Group, at: number): Promise<Token> {
  const server = servers[at % servers.length] as Running;
  const body = { name: `token ${at} ${Math.random()}` };
  const { id, key } = mustBe(
    200,
    await ask(server, 'POST', `/api/serviceaccounts/${accountId}/tokens`, { body }),
  ).body;
  return { id, secret: key };
}

function use(server: Running, secret: string): ReturnType<typeof ask> {
  return ask(server, 'GET', '/api/org', { as: `Bearer ${secret}` });
}

async function revoked(group: Group, tell: Tell): Promise<Shown> {
  const stayed = group.tokens.splice(-20);
  const load = loadAll(group, stayed);
  const times: number[] = [];
  let done = 0;
  const waiting = [...group.tokens];
  const worker = async (): Promise<void> => {
    for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) {
      times.push(...(await revoke(group, token, done % SERVERS)));
      if (++done % 200 === 0) tell.progress(`${done} revoked`);
    }
  };
  await Promise.all(Array.from({ length: REVOKED_AT_ONCE }, worker));
  const asked = await load.end();
  const sorted = times.toSorted((a, b) => a - b);
  const [p99 = 0, most = 0] = [sorted[Math.floor(sorted.length * 0.99)], sorted.at(-1)];
  assert.ok(most < LONGEST_MS, `a token was still accepted ${most} ms after it was revoked`);
  const figures = [median(times), p99, most].map((time) => `${time.toFixed(0)} ms`);
  return {
    times: done,
    held: `refused by the other two after ${figures[0]} (median), ${figures[1]} (99 %), ${figures[2]} (the slowest); ${asked} other requests well`,
  };
}

/** Deletes a token on one server; how long, from its answer, each of the others went on accepting it. */
async function revoke({ servers, accountId }: Group, { id, secret }: Token, on: number): Promise<number[]> {
  mustBe(200, await ask(servers[on] as Running, 'DELETE', `/api/serviceaccounts/${accountId}/tokens/${id}`));
  const since = performance.now();
  mustBe(401, await use(servers[on] as Running, secret));
  const others = servers.filter((_, at) => at !== on);
  return Promise.all(
    others.map(async (server) => {
      let until = since;
      for (;;) {
        const asked = performance.now();
        const { status } = await use(server, secret);
        if (status === 401) return until - since;
        assert.equal(status, 200);
        until = asked;
      }
    }),
  );
}

async function revokedUnheard(group: Group, relay: { holdListeners(): void; letGo(): void }): Promise<Shown> {
  const [one, , deaf] = group.servers as [Running, Running, Running];
  relay.holdListeners();
  // From then on it looks everything up.
  await sleep(LONGEST_MS);
  const half = group.tokens.splice(group.tokens.length / 2);
  for (const { id, secret } of half) {
    mustBe(200, await ask(one, 'DELETE', `/api/serviceaccounts/${group.accountId}/tokens/${id}`));
    mustBe(401, await use(deaf, secret));
  }
  relay.letGo();
  const begun = performance.now();
  await sleep(2 * LONGEST_MS);
  const recoveryMs = performance.now() - begun;
  for (const token of group.tokens) await revoke(group, token, 0);
  return {
    times: half.length,
    held: 'each is refused at once by the server that hears nothing, which looks everything up',
    recoveryMs,
  };
}

async function killed(group: Group, environment: Environment, times: number): Promise<Shown> {
  const load = loadAll(group, group.tokens);
  const made: Token[] = [];
  const recoveries: number[] = [];
  for (let count = 0; count < times; count++) {
    const at = count % SERVERS;
    const victim = group.servers[at] as Running;
    group.dying.add(victim);
    await victim.kill();
    const others = group.servers.filter((_, place) => place !== at);
    for (const server of others) made.push(await makeToken({ ...group, servers: [server] }, count));
    const begun = performance.now();
    group.servers[at] = await serve({ ...environment, ...SAME_FOR_ALL });
    recoveries.push(performance.now() - begun);
    for (const { secret } of made) mustBe(200, await use(group.servers[at], secret));
    const [token] = made.splice(0, 1) as [Token];
    for (const time of await revoke(group, token, at)) assert.ok(time < LONGEST_MS);
  }
  return {
    times,
    held: `the others go on: ${await load.end()} requests well; nothing acknowledged is lost`,
    recoveryMs: Math.max(...recoveries),
  };
}

/** Requests to every server that is there, each with a token that nobody revokes; a server that was killed meanwhile may not answer. */
function loadAll(group: Group, tokens: readonly Token[]): { end(): Promise<number> } {
  const ending = new AbortController();
  let well = 0;
  const until = async (at: number): Promise<void> => {
    for (let turn = 0; !ending.signal.aborted; turn++) {
      const server = group.servers[at] as Running;
      const { secret } = tokens[turn % tokens.length] as Token;
      try {
        mustBe(200, await use(server, secret));
        well++;
      } catch (error) {
        if (!group.dying.has(server)) throw error;
      }
      await sleep(LOAD_PAUSE_MS);
    }
  };
  const working = Promise.all(group.servers.flatMap((_, at) => [until(at), until(at)]));
  // Awaited at the end.
  working.catch(() => {});
  return {
    async end() {
      ending.abort();
      await working;
      return well;
    },
  };
}
