import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KeyToSeed, seedKeys } from '../../bench/seed.ts';
import type { MovedKey } from '../../client/shapes.ts';
import { type Environment, onPostgres, onSqlite, type Place } from '../support/place.ts';
import { latchkey, type Running, serve } from '../support/serving.ts';
import type { Run, Shown, Tell } from './table.ts';

const KEYS = 10_000;
const KILLS = 20;
const KEYS_SHORT = 500;
const KILLS_SHORT = 2;
// Every so many keys have a name whose service account is there already.
const COLLIDING = 10;
const AT_ONCE = 32;

/**
 * Moves 10,000 keys by one command while the server is killed at 20 random moments, each time from the start, and finishes with a
 * second run. Then every secret works with its role, nothing moved twice, and a further run changes nothing.
 */
export const migrationSurvivesKills: Run = async (tell) => {
  for (const open of [() => Promise.resolve(onSqlite()), onPostgres]) {
    const place = await open();
    try {
      await tell.scenario(`moving keys, killed, on ${place.name}`, () => killAtRandom(place, tell));
    } finally {
      await place.end();
    }
  }
};

async function killAtRandom(place: Place, { isShort, progress }: Tell): Promise<Shown> {
  const kills = isShort ? KILLS_SHORT : KILLS;
  const original = await place.create();
  const keys = await seedKeys(original, isShort ? KEYS_SHORT : KEYS, COLLIDING);
  const whole = await moveUndisturbed(place, original, keys);
  progress(`${keys.length.toLocaleString('en')} keys moved in ${whole.toFixed(1)} s, undisturbed`);
  let interrupted = 0;
  for (let kill = 1; kill <= kills; kill++) {
    const after = Math.random() * whole * 1000;
    const copy = await place.copy(original);
    const moved = await moveAndKill(copy, after);
    const server = await serve(copy);
    const { moved: found } = (await get(server, '/api/serviceaccounts/migrationstatus')) as { moved: number };
    const report = await moveAll(server);
    assert.equal(report.length, keys.length);
    assert.equal(count(report, 'moved') + count(report, 'already moved'), keys.length);
    if (found > 0 && found < keys.length) interrupted++;
    await expectWhole(server, keys);
    await server.stop();
    await place.remove(copy);
    progress(
      `kill ${kill} of ${kills} after ${(after / 1000).toFixed(1)} s: ${moved}; ` +
        `${found} were done, and all ${report.length} after the next run`,
    );
  }
  const size = keys.length.toLocaleString('en');
  return {
    times: kills,
    held: `${size} keys moved once each, every secret works; ${interrupted} in the middle`,
  };
}

/** The seconds that it takes when nothing goes wrong; a second run changes nothing. */
async function moveUndisturbed(place: Place, original: Environment, keys: KeyToSeed[]): Promise<number> {
  const copy = await place.copy(original);
  const server = await serve(copy);
  const begun = performance.now();
  const report = await moveAll(server);
  const seconds = (performance.now() - begun) / 1000;
  assert.equal(count(report, 'moved'), keys.length);
  await expectWhole(server, keys);
  const before = await pictureOf(server);
  assert.equal(count(await moveAll(server), 'already moved'), keys.length);
  assert.deepEqual(await pictureOf(server), before);
  await server.stop();
  await place.remove(copy);
  return seconds;
}

/** Starts a migration and kills the server in it; says how the command ended. */
async function moveAndKill(environment: Environment, afterMs: number): Promise<string> {
  const server = await serve(environment);
  const command = latchkey(server, 'keys', 'migrate', '--all', '--json');
  await sleep(afterMs);
  await server.kill();
  const { code } = await command;
  return code === 0 ? 'the command had ended' : `the command ended with ${code}`;
}

async function moveAll(server: Running): Promise<MovedKey[]> {
  const { code, stdout, stderr } = await latchkey(server, 'keys', 'migrate', '--all', '--json');
  assert.equal(code, 0, stderr);
  return (JSON.parse(stdout) as { keys: MovedKey[] }).keys;
}

async function expectWhole(server: Running, keys: readonly KeyToSeed[]): Promise<void> {
  const status = await get(server, '/api/serviceaccounts/migrationstatus');
  assert.deepEqual(status, { migrated: true, hidden: false, remaining: 0, moved: keys.length });
  const { totalCount } = (await get(server, '/api/serviceaccounts/search')) as { totalCount: number };
  assert.equal(totalCount, keys.length + Math.ceil(keys.length / COLLIDING));
  const waiting = [...keys];
  const worker = async (): Promise<void> => {
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
      const self = (await get(server, '/api/user', `Bearer ${key.secret}`)) as Record<string, unknown>;
      assert.deepEqual([self['kind'], self['orgRole']], ['service-account', key.role]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** What a second run must leave as it is. */
async function pictureOf(server: Running): Promise<unknown[]> {
  const picture: unknown[] = [await get(server, '/api/serviceaccounts/migrationstatus')];
  for (let page = 1; ; page++) {
    const path = `/api/serviceaccounts/search?perpage=1000&page=${page}`;
    const { serviceAccounts } = (await get(server, path)) as { serviceAccounts: unknown[] };
    if (serviceAccounts.length === 0) return picture;
    picture.push(...serviceAccounts);
  }
}

async function get(
  { url }: Running,
  path: string,
  authorization = `Basic ${btoa('admin:admin')}`,
): Promise<unknown> {
  const answer = await fetch(url + path, { headers: { authorization } });
  assert.equal(answer.status, 200, `${path}: ${answer.status}`);
  return answer.json();
}

function count(report: readonly MovedKey[], outcome: MovedKey['outcome']): number {
  return report.filter((key) => key.outcome === outcome).length;
}
