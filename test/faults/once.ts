import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KeyToSeed, seedKeys } from '../../bench/seed.ts';
import { type Environment, onPostgres, type Place } from '../support/place.ts';
import { type Running, serve } from '../support/serving.ts';
import type { Run, Shown, Tell } from './table.ts';

const SERVERS = 3;
const KEYS = 3000;
const KEYS_SHORT = 600;
const TIMES = 10;
const TIMES_SHORT = 1;
const STARTS = 10;
const STARTS_SHORT = 2;
// The lease has lapsed after 10 s, and is looked for every 10 s.
const LONGEST_MS = 120_000;
const ADMIN = { authorization: `Basic ${btoa('admin:admin')}` };

/**
 * Three servers on one PostgreSQL. One is killed, or stopped for a while, in the middle of moving all keys; nobody asks again, and another
 * finishes, each key once. And three start at once on an empty database while one of them is killed.
 */
export const once: Run = async (tell) => {
  const place = await onPostgres();
  try {
    await tell.scenario('three servers, the one that moves keys killed', () => leave(place, tell, 'SIGKILL'));
    await tell.scenario('three servers, the one that moves keys stopped, and going on later', () =>
      leave(place, tell, 'SIGSTOP'),
    );
    await tell.scenario('three servers started on an empty database, one killed', () =>
      startAtOnce(place, tell),
    );
  } finally {
    await place.end();
  }
};

async function leave(
  place: Place,
  { isShort, progress }: Tell,
  signal: 'SIGKILL' | 'SIGSTOP',
): Promise<Shown> {
  const times = isShort ? TIMES_SHORT : TIMES;
  const original = await place.create();
  const keys = await seedKeys(original, isShort ? KEYS_SHORT : KEYS, KEYS);
  let longest = 0;
  for (let time = 1; time <= times; time++) {
    const copy = await place.copy(original);
    const servers = await Promise.all(Array.from({ length: SERVERS }, () => serve(copy)));
    longest = Math.max(longest, await leaveOne(servers, keys, signal, progress));
    await Promise.all(servers.filter(({ process }) => process.exitCode === null).map(end));
    await place.remove(copy);
  }
  const size = keys.length.toLocaleString('en');
  return { times, held: `${size} keys moved once each, by another server unasked`, recoveryMs: longest };
}

/** How long it took another server to finish, in milliseconds. */
async function leaveOne(
  servers: readonly Running[],
  keys: readonly KeyToSeed[],
  signal: 'SIGKILL' | 'SIGSTOP',
  progress: Tell['progress'],
): Promise<number> {
  const [doomed, other] = servers as [Running, Running];
  const asked = fetch(`${doomed.url}/api/serviceaccounts/migrate`, { method: 'POST', headers: ADMIN }).then(
    async (answer) => ({ status: answer.status, body: (await answer.json()) as { total?: number } }),
    () => undefined,
  );
  // Somewhere in the middle.
  const enough = Math.random() * keys.length * 0.8;
  while ((await statusOf(other)).moved <= enough) await sleep(5);
  const begun = performance.now();
  doomed.process.kill(signal);
  const { moved } = await statusOf(other);
  assert.ok(moved < keys.length, 'it had ended before');
  while (!(await statusOf(other)).migrated) {
    assert.ok(performance.now() - begun < LONGEST_MS, 'nobody finished it');
    await sleep(100);
  }
  const took = performance.now() - begun;
  let words = '';
  if (signal === 'SIGSTOP') {
    doomed.process.kill('SIGCONT');
    const answer = await asked;
    assert.ok(answer && (answer.status === 503 || answer.body.total === keys.length), JSON.stringify(answer));
    words = `, and the first answered ${answer.status}`;
  } else assert.equal(await asked, undefined);
  await expectOnce(other, keys);
  progress(`${moved} of ${keys.length} had moved; all after ${(took / 1000).toFixed(1)} s${words}`);
  return took;
}

async function expectOnce(server: Running, keys: readonly KeyToSeed[]): Promise<void> {
  const { moved, remaining } = await statusOf(server);
  assert.deepEqual([moved, remaining], [keys.length, 0]);
  const text = await (await get(server, '/api/audit/export?action=apikeys:migrate&kind=api-key')).text();
  const entries = text.split('\n').filter((line) => line !== '');
  const ids = entries.map((line) => (JSON.parse(line) as { object: { id: string } }).object.id);
  assert.equal(entries.length, keys.length);
  assert.equal(new Set(ids).size, keys.length);
  assert.ok(entries.every((line) => line.includes('"name":"admin"')));
  for (const key of keys.slice(0, 100)) {
    const answer = await fetch(`${server.url}/api/user`, {
      headers: { authorization: `Bearer ${key.secret}` },
    });
    assert.equal(((await answer.json()) as { kind?: string }).kind, 'service-account');
  }
}

async function startAtOnce(place: Place, { isShort }: Tell): Promise<Shown> {
  const times = isShort ? STARTS_SHORT : STARTS;
  for (let time = 1; time <= times; time++) {
    const empty = { ...(await place.create()), GF_SECURITY_SECRET_KEY: 'one for all' };
    await killOneAtStart(empty);
    const server = await serve(empty);
    const orgs = (await (await get(server, '/api/orgs')).json()) as { id: number }[];
    const users = (await (await get(server, '/api/users')).json()) as { id: number }[];
    assert.deepEqual([orgs.map(({ id }) => id), users.length], [[1], 1]);
    await server.stop();
  }
  return { times, held: 'the others start; one organization, one administrator' };
}

async function killOneAtStart(environment: Environment): Promise<void> {
  const doomed = new AbortController();
  const starting = Array.from({ length: SERVERS }, (_, at) =>
    serve(
      { ...environment, GF_SECURITY_SECRET_KEY: 'one for all' },
      at === 0 ? { signal: doomed.signal } : {},
    ),
  );
  await sleep(Math.random() * 3000);
  doomed.abort();
  const [first, ...others] = await Promise.allSettled(starting);
  if (first?.status === 'fulfilled' && first.value.process.exitCode === null) await first.value.kill();
  for (const other of others) {
    assert.equal(other.status, 'fulfilled');
    await other.value.stop();
  }
}

async function end(server: Running): Promise<void> {
  if (server.process.signalCode === null) await server.stop();
}

async function statusOf(server: Running): Promise<{ migrated: boolean; moved: number; remaining: number }> {
  const answer = await get(server, '/api/serviceaccounts/migrationstatus');
  return (await answer.json()) as { migrated: boolean; moved: number; remaining: number };
}

async function get({ url }: Running, path: string): Promise<Response> {
  const answer = await fetch(url + path, { headers: ADMIN });
  assert.equal(answer.status, 200, `${path}: ${answer.status}`);
  return answer;
}
