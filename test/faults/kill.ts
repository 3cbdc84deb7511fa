import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { strict as assert } from 'node:assert';
import type { Environment } from '../support/place.ts';
import { MAIN, type Running, serve } from '../support/serving.ts';
import { get } from './ask.ts';
import { createKept, expectIntegrity, type Kept } from './kept.ts';
import type { Run } from './table.ts';

const KILLS = Number(process.env['FAULTS_KILLS'] ?? 1000);
const KILLS_SHORT = 25;
const WRITERS = 8;
const LONGEST_LIFE_MS = 400;
const SHARE_WHILE_STARTING = 0.1;
const SHARE_WHILE_MAKING_TABLES = 0.1;
// The whole of what was ever made is compared now and then; what was touched, each time.
const COMPARE_ALL_EVERY = 50;

/**
 * Kills a server on SQLite with SIGKILL over and over, while writers are at it, while it starts, and while it makes the tables of a
 * new database. Each time it is started again, and what it had acknowledged is compared with what is there.
 */
export const kill: Run = async ({ isShort, scenario, progress }) => {
  const kills = isShort ? KILLS_SHORT : KILLS;
  const root = mkdtempSync(join(tmpdir(), 'latchkey-kills-'));
  const environmentIn = (data: string): Environment => ({
    GF_PATHS_DATA: data,
    NODE_COMPILE_CACHE: join(root, 'compiled'),
  });
  const environment = environmentIn(join(root, 'data'));
  const kept = createKept();
  const done = { writing: 0, starting: 0, making: 0 };
  const startsMs: number[] = [];
  let server: Running | undefined;
  try {
    await scenario('kill -9 at random moments, then start again', async () => {
      const first = await serve(environment);
      await kept.prepare(first);
      await first.stop();
      let startMs = 500;
      server = await serve(environment);
      for (let count = 1; count <= kills; count++) {
        const dice = Math.random();
        if (dice < SHARE_WHILE_MAKING_TABLES) {
          const fresh = environmentIn(join(root, 'new'));
          await killWhileMakingTables(fresh, Math.random() * startMs);
          rmSync(join(root, 'new'), { recursive: true });
          done.making++;
          continue;
        }
        if (dice < SHARE_WHILE_MAKING_TABLES + SHARE_WHILE_STARTING) {
          await server.kill();
          await startAndKill(environment, Math.random() * startMs);
          done.starting++;
        } else {
          await writeAndKill(server, kept);
          done.writing++;
        }
        const begun = performance.now();
        server = await serve(environment);
        startMs = performance.now() - begun;
        startsMs.push(startMs);
        await kept.compare(
          server,
          databaseIn(environment),
          count % COMPARE_ALL_EVERY === 0 || count === kills,
        );
        if (count % 25 === 0) {
          const { answered, unanswered } = kept.figures();
          progress(
            `${count} of ${kills} kills; ${answered} changes answered, ${unanswered} cut off, nothing lost`,
          );
        }
      }
      await server.kill();
      const { answered, unanswered, unansweredMade, secrets, moved } = kept.figures();
      const held =
        `${answered.toLocaleString('en')} acknowledged changes and their rows in the record, ${secrets.toLocaleString('en')} secrets, ${moved} organizations moved; ` +
        `${unanswered} cut off, of which ${unansweredMade} were made, all whole. ` +
        `Killed ${done.writing} times while writing, ${done.starting} starting, ${done.making} making the tables`;
      return { times: kills, held, recoveryMs: median(startsMs) };
    });
  } finally {
    if (server?.process.signalCode === null) await server.kill();
    rmSync(root, { recursive: true, force: true });
  }
};

async function writeAndKill(server: Running, kept: Kept): Promise<void> {
  // One sign-in pays for the hashing, and the writers follow.
  await get(server, '/api/user');
  const writing = Array.from({ length: WRITERS }, () => kept.write(server));
  await Promise.race([sleep(Math.random() * LONGEST_LIFE_MS), ...writing]);
  await server.kill();
  await Promise.all(writing);
}

async function killWhileMakingTables(environment: Environment, afterMs: number): Promise<void> {
  await startAndKill(environment, afterMs);
  const server = await serve(environment);
  await get(server, '/api/user');
  await server.kill();
  const database = new DatabaseSync(databaseIn(environment), { readOnly: true });
  expectIntegrity(database);
  assert.equal(database.prepare('select count(*) as count from user').get()?.['count'], 1);
  database.close();
}

async function startAndKill(environment: Environment, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    env: { ...process.env, ...environment, GF_SERVER_HTTP_PORT: '0' },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await sleep(afterMs);
  child.kill('SIGKILL');
  await ended;
}

function databaseIn({ GF_PATHS_DATA = '' }: Environment): string {
  return join(GF_PATHS_DATA, 'latchkey.db');
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
