import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../../bench/load.ts';
import { type Environment, placeOn } from '../support/place.ts';
import { startPostgresRelay } from '../support/postgres-relay.ts';
import { startPostgres } from '../support/postgres-server.ts';
import type { Running } from '../support/serving.ts';
import { ask, mustBe } from './ask.ts';
import { type Servers, withServers } from './servers.ts';
import type { Run, Shown, Tell } from './table.ts';

const SERVERS = 3;
const LONGEST_MS = 1000;
const TARGET_99_MS = 250;
const LOAD_PAUSE_MS = 5;
const REVOKED_AT_ONCE = 2;
const STAYING = 20;
interface Token {
  id: number;
  secret: string;
}

interface Group extends Servers {
  accountId: number;
  tokens: Token[];
}

/** Three servers on one PostgreSQL: what is revoked on one is refused by all, whatever becomes of the others and of the way between them. */
export const peers: Run = async (tell) => {
  const postgres = await startPostgres();
  const place = placeOn(postgres.url);
  const count = tell.isShort ? 50 : 1000;
  try {
    await tell.scenario('tokens revoked under load, each on one of three servers', async () => {
      const same = await place.create();
      return withGroup([same, same, same], count + STAYING, (group) => revoked(group, tell));
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
  } finally {
    await place.end();
    await postgres.stop();
  }
};

function withGroup(
  environments: Environment[],
  count: number,
  work: (group: Group) => Promise<Shown>,
): Promise<Shown> {
  return withServers(environments, async (started) => {
    const group: Group = { ...started, accountId: 0, tokens: [] };
    const [first] = group.servers as [Running];
    const account = { name: 'peers', role: 'Viewer' };
    group.accountId = mustBe(
      201,
      await ask(first, 'POST', '/api/serviceaccounts', { body: account }),
    ).body.id;
    for (let at = 0; at < count; at++) group.tokens.push(await makeToken(group, at));
    for (const server of group.servers) {
      for (const { secret } of group.tokens) mustBe(200, await use(server, secret));
    }
    return work(group);
  });
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
  const stayed = group.tokens.splice(-STAYING);
  const load = loadAll(group, stayed);
  const times: Accepted[] = [];
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
  const afterAnswer = spread(times.map((each) => each.afterAnswer));
  const afterSending = spread(times.map((each) => each.afterSending));
  assert.ok(afterAnswer.p99 < TARGET_99_MS, `99 % are refused after ${afterAnswer.p99} ms`);
  return {
    times: done,
    held:
      `accepted last, after the answer to the revocation, ${inWords(afterAnswer)}, ` +
      `and after it was sent ${inWords(afterSending)}; ${asked} other requests well`,
  };
}

interface Spread {
  median: number;
  p99: number;
  most: number;
}

function spread(times: readonly number[]): Spread {
  const sorted = times.toSorted((a, b) => a - b);
  return {
    median: median(times),
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    most: sorted.at(-1) ?? 0,
  };
}

function inWords(times: Spread): string {
  return `${times.median.toFixed(0)} ms (median), ${times.p99.toFixed(0)} ms (99 %), ${times.most.toFixed(0)} ms (the longest)`;
}

/** How long a server accepted a token: until the beginning of the last request that it let in. */
interface Accepted {
  afterAnswer: number;
  afterSending: number;
}

/** Deletes a token on one server, while all are asked with it without a pause, from before that until they refuse it. */
async function revoke({ servers, accountId }: Group, { id, secret }: Token, on: number): Promise<Accepted[]> {
  const lastAccepted: number[] = servers.map(() => 0);
  const begun = servers.map(() => Promise.withResolvers<void>());
  const asking = Promise.all(
    servers.map(async (server, at) => {
      for (;;) {
        const asked = performance.now();
        const { status } = await use(server, secret);
        if (status === 401) return;
        assert.equal(status, 200);
        lastAccepted[at] = asked;
        begun[at]?.resolve();
      }
    }),
  );
  await Promise.race([asking, Promise.all(begun.map(({ promise }) => promise))]);
  const sent = performance.now();
  const path = `/api/serviceaccounts/${accountId}/tokens/${id}`;
  mustBe(200, await ask(servers[on] as Running, 'DELETE', path));
  const answered = performance.now();
  await asking;
  const accepted = lastAccepted.map((last) => ({
    afterAnswer: Math.max(0, last - answered),
    afterSending: Math.max(0, last - sent),
  }));
  assert.equal(accepted[on]?.afterAnswer, 0, 'the server that revoked a token accepted it after its answer');
  const most = Math.max(...accepted.map(({ afterAnswer }) => afterAnswer));
  assert.ok(most < LONGEST_MS, `a token was still accepted ${most} ms after it was revoked`);
  return accepted;
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

/** Requests to every server, each with a token that nobody revokes. */
function loadAll(group: Group, tokens: readonly Token[]): { end(): Promise<number> } {
  const ending = new AbortController();
  let well = 0;
  const until = async (at: number): Promise<void> => {
    for (let turn = 0; !ending.signal.aborted; turn++) {
      const server = group.servers[at] as Running;
      const { secret } = tokens[turn % tokens.length] as Token;
      mustBe(200, await use(server, secret));
      well++;
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
