import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../support/serving.ts';
import { type Answer, ask, get, mustBe, mustBeUnavailable } from './ask.ts';
import type { Servers } from './servers.ts';

// What was revoked may be accepted by another server for so long after the answer, at most.
const BOUND_MS = 1000;
const WORKERS_PER_SERVER = 3;
const PAUSE_MS = 5;
const BOARDS = 8;
const LONGEST_ANSWER_MS = 30_000;
const WORDS = /database .*(Send the request again|server's log)|busy/s;
// The first costs no query where the credential is remembered, the second does.
const READS = ['/api/login/ping', '/api/org'];

/** A token or a session, and what is known of it from the answers. `ending` is that its end was sent, and may have come. */
interface Credential {
  kind: 'token' | 'session';
  name: string;
  shown: { as: string } | { cookie: string };
  id: number;
  state: 'there' | 'ending' | 'ended';
  isInUse: boolean;
  /** When its end was answered. */
  endedAt: number;
  /** Since when each server refuses it. */
  refusedSince: Map<number, number>;
}

interface Board {
  uid: string;
  version: number;
  /** Whether the next version was sent, and may be there. */
  isUncertain: boolean;
  isInUse: boolean;
}

export interface Figures {
  well: number;
  changes: number;
  /** Of each server: how often it answered 503. */
  unavailable: number[];
  /** How often for want of a won race alone, which has nothing to do with what was broken. */
  busy: number;
  slowestMs: number;
  /** The latest request, after the answer to its revocation, that a token was accepted with. */
  longestAcceptedMs: number;
}

/** Remembers what several servers acknowledged, whoever of them, and judges every answer by it. */
export interface Ledger {
  figures: Figures;
  prepare(): Promise<void>;
  /** Asks and changes without end, on all servers. */
  load(): { end(): Promise<void> };
  /** Makes a token on one of them that all have to know, and revokes it. */
  expectWell(): Promise<void>;
  /** Asks one with tokens whose end was answered longer ago than the bound; they are sent before the returned function is called. */
  askWithEnded(at: number, most: number): () => Promise<number>;
  /** Compares all that was acknowledged with what each of the servers says. */
  expectKept(): Promise<void>;
}

export function createLedger(group: Pick<Servers, 'servers' | 'dying'>): Ledger {
  const credentials: Credential[] = [];
  const boards: Board[] = [];
  const uncertainNames = new Set<string>();
  const servers = (): number[] => group.servers.map((_, at) => at);
  const figures: Figures = {
    well: 0,
    changes: 0,
    unavailable: servers().map(() => 0),
    busy: 0,
    slowestMs: 0,
    longestAcceptedMs: 0,
  };
  let accountId = 0;
  let named = 0;

  /** Undefined where it is not known what came of it: 503, which says what to do, or a server that was killed. */
  async function send(at: number, ...request: Tail<Parameters<typeof ask>>): Promise<Answer | undefined> {
    const server = group.servers[at] as Running;
    let answer: Answer;
    try {
      answer = await ask(server, ...request);
    } catch (error) {
      if (group.dying.has(server) && error instanceof TypeError) return undefined;
      throw error;
    }
    figures.slowestMs = Math.max(figures.slowestMs, answer.ms);
    if (answer.status === 503) {
      mustBeUnavailable(answer, WORDS);
      figures.unavailable[at] = (figures.unavailable[at] ?? 0) + 1;
      if (answer.body.messageId === 'busy') figures.busy++;
      return undefined;
    }
    figures.well++;
    return answer;
  }

  /** Shows it, and judges the answer by what was known when it was sent. */
  async function show(at: number, credential: Credential): Promise<Answer | undefined> {
    const begun = performance.now();
    const { endedAt } = credential;
    const refusedSince = credential.refusedSince.get(at) ?? Infinity;
    const answer = await send(at, 'GET', choose(READS), credential.shown);
    if (answer === undefined) return undefined;
    const what = `${credential.kind} ${credential.name} on server ${at}`;
    if (answer.status === 401) {
      assert.notEqual(credential.state, 'there', `${what} is valid and was refused`);
      if (refusedSince === Infinity) credential.refusedSince.set(at, performance.now());
      return answer;
    }
    mustBe(200, answer);
    assert.ok(refusedSince > begun, `${what} was refused, and then accepted`);
    figures.longestAcceptedMs = Math.max(figures.longestAcceptedMs, begun - endedAt);
    assert.ok(
      begun - endedAt < BOUND_MS,
      `${what} was accepted ${(begun - endedAt).toFixed(0)} ms after its end`,
    );
    return answer;
  }

  /** Whoever made it lets go of it. */
  function add(credential: Pick<Credential, 'kind' | 'name' | 'shown' | 'id'>): Credential {
    const added: Credential = {
      ...credential,
      state: 'there',
      isInUse: true,
      endedAt: Infinity,
      refusedSince: new Map(),
    };
    credentials.push(added);
    figures.changes++;
    return added;
  }

  async function make(at: number): Promise<Credential | undefined> {
    const name = `token ${++named}`;
    uncertainNames.add(name);
    const answer = await send(at, 'POST', `/api/serviceaccounts/${accountId}/tokens`, { body: { name } });
    if (answer === undefined) return undefined;
    const { id, key } = mustBe(200, answer).body;
    uncertainNames.delete(name);
    return add({ kind: 'token', name, id, shown: { as: `Bearer ${key}` } });
  }

  async function signIn(at: number): Promise<Credential | undefined> {
    const body = { user: 'admin', password: 'admin' };
    const answer = await send(at, 'POST', '/login', { as: '', body });
    if (answer === undefined) return undefined;
    const [cookie = ''] = mustBe(200, answer).headers.getSetCookie()[0]?.split(';') ?? [];
    return add({ kind: 'session', name: `session ${++named}`, id: 0, shown: { cookie } });
  }

  /** What is new is known to every server at once. */
  async function makeAndShow(at: number, how: typeof make): Promise<void> {
    const credential = await how(at);
    if (credential === undefined) return;
    await show(other(at), credential);
    credential.isInUse = false;
  }

  async function end(at: number, kind: Credential['kind']): Promise<void> {
    const credential = pick(
      credentials.slice(-400).filter((each) => each.kind === kind && each.state !== 'ended' && !each.isInUse),
    );
    if (credential === undefined) return;
    await endThis(at, credential);
  }

  async function endThis(at: number, credential: Credential): Promise<boolean> {
    const wasSent = credential.state === 'ending';
    Object.assign(credential, { state: 'ending', isInUse: true });
    try {
      const answer =
        credential.kind === 'token'
          ? await send(at, 'DELETE', `/api/serviceaccounts/${accountId}/tokens/${credential.id}`)
          : await send(at, 'POST', '/logout', credential.shown);
      if (answer === undefined) return false;
      // It may have come to its end by what was sent before.
      if (!(wasSent && answer.status === 404)) mustBe(200, answer);
      Object.assign(credential, { state: 'ended', endedAt: performance.now() });
      figures.changes++;
      return true;
    } finally {
      credential.isInUse = false;
    }
  }

  async function save(at: number): Promise<void> {
    const board = pick(boards.filter(({ isInUse }) => !isInUse));
    if (board === undefined) return;
    board.isInUse = true;
    try {
      const { uid, version, isUncertain } = board;
      board.isUncertain = true;
      const dashboard = { uid, title: uid, version };
      const answer = await send(at, 'POST', '/api/dashboards/db', { body: { dashboard } });
      if (answer === undefined) return;
      if (answer.status === 412 && isUncertain) {
        // The one that was not answered was made.
        Object.assign(board, { version: version + 1, isUncertain: false });
        return;
      }
      assert.equal(mustBe(200, answer).body.version, version + 1, `${uid} lost a version`);
      Object.assign(board, { version: version + 1, isUncertain: false });
      figures.changes++;
    } finally {
      board.isInUse = false;
    }
  }

  const read = async (at: number): Promise<void> => {
    const ended = Math.random() < 0.3;
    const credential = pick(credentials.slice(-400).filter(({ state }) => (state === 'ended') === ended));
    if (credential !== undefined) await show(at, credential);
  };

  // What is done, as often as it stands here.
  const deeds: ((at: number) => Promise<unknown>)[] = [
    ...Array.from({ length: 12 }, () => read),
    (at) => makeAndShow(at, make),
    (at) => makeAndShow(at, make),
    (at) => makeAndShow(at, signIn),
    (at) => end(at, 'token'),
    (at) => end(at, 'token'),
    (at) => end(at, 'session'),
    save,
    save,
  ];

  function other(at: number): number {
    return (at + 1 + Math.floor(Math.random() * (group.servers.length - 1))) % group.servers.length;
  }

  async function expectSame(credential: Credential): Promise<void> {
    const statuses: number[] = [];
    for (const at of servers()) statuses.push((await show(at, credential))?.status ?? 503);
    const wanted = credential.state === 'ending' ? statuses[0] : credential.state === 'there' ? 200 : 401;
    for (const status of statuses)
      assert.equal(
        status,
        wanted,
        `${credential.name} is ${credential.state}, and the servers say ${statuses.join(', ')}`,
      );
  }

  async function expectTokens(at: number): Promise<void> {
    const list = await get(group.servers[at] as Running, `/api/serviceaccounts/${accountId}/tokens`);
    const there = new Set<string>();
    for (const { name } of list as { name: string }[]) {
      assert.ok(!there.has(name), `${name} is there twice`);
      there.add(name);
    }
    const known = new Map(credentials.map((credential) => [credential.name, credential]));
    for (const { kind, name, state } of credentials) {
      if (kind === 'token' && state === 'there') assert.ok(there.has(name), `${name} is lost`);
    }
    for (const name of there) {
      assert.ok(known.has(name) || uncertainNames.has(name), `nobody has made ${name}`);
      assert.notEqual(known.get(name)?.state, 'ended', `${name} is there again`);
    }
  }

  return {
    figures,
    async prepare() {
      const first = group.servers[0] as Running;
      const account = { name: 'the one with the tokens', role: 'Viewer' };
      accountId = mustBe(201, await ask(first, 'POST', '/api/serviceaccounts', { body: account })).body.id;
      for (let count = 0; count < BOARDS; count++) {
        const uid = `board-${count}`;
        const body = { dashboard: { uid, title: uid } };
        mustBe(200, await ask(first, 'POST', '/api/dashboards/db', { body }));
        boards.push({ uid, version: 1, isUncertain: false, isInUse: false });
      }
      for (const at of servers()) for (let count = 0; count < 10; count++) await makeAndShow(at, make);
    },
    load() {
      const ending = new AbortController();
      const work = async (at: number): Promise<void> => {
        while (!ending.signal.aborted) {
          await choose(deeds)(at);
          await sleep(PAUSE_MS);
        }
      };
      const working = Promise.all(
        servers().flatMap((at) => Array.from({ length: WORKERS_PER_SERVER }, () => work(at))),
      );
      // Awaited at the end.
      working.catch(() => {});
      return {
        async end() {
          ending.abort();
          await working;
          assert.ok(figures.slowestMs < LONGEST_ANSWER_MS);
        },
      };
    },
    async expectWell() {
      for (const at of servers()) {
        const token = await make(at);
        assert.ok(token, `server ${at} makes no tokens`);
        for (const each of servers()) assert.ok(await show(each, token), `server ${each} knows nobody`);
        assert.ok(await endThis(other(at), token));
        mustBe(200, await ask(group.servers[at] as Running, 'GET', '/readyz', { as: '' }));
      }
    },
    askWithEnded(at, most) {
      const now = performance.now();
      const ended = credentials.filter(({ endedAt }) => now - endedAt > BOUND_MS).slice(-most);
      const asked = Promise.all(ended.map((credential) => show(at, credential)));
      asked.catch(() => {});
      return async () => (await asked).filter((answer) => answer?.status === 401).length;
    },
    async expectKept() {
      for (const credential of credentials) await expectSame(credential);
      for (const at of servers()) {
        await expectTokens(at);
        for (const { uid, version, isUncertain } of boards) {
          const { dashboard } = await get(group.servers[at] as Running, `/api/dashboards/uid/${uid}`);
          const wanted = isUncertain ? [version, version + 1] : [version];
          assert.ok(wanted.includes(dashboard.version), `${uid} is in version ${dashboard.version}`);
        }
      }
    },
  };
}

type Tail<All extends unknown[]> = All extends [unknown, ...infer Rest] ? Rest : never;

function pick<T>(all: readonly T[]): T | undefined {
  return all[Math.floor(Math.random() * all.length)];
}

function choose<T>(all: readonly T[]): T {
  return pick(all) as T;
}
