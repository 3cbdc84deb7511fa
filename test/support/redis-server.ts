import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAMS = ['valkey-server', 'redis-server'];
const START_MS = 20_000;

/** A store of a test's own, which can be made to stand still, to go away and to come back empty. */
export interface RedisServer {
  url: string;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  kill(): Promise<void>;
  /** Asks it to end. */
  stop(): Promise<void>;
  /** On the same port as before, with nothing in it. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** The name of the program there is; undefined where there is none, which is printed, or is an error where LATCHKEY_TEST_REDIS is "required". */
export async function findRedis(what: string): Promise<string | undefined> {
  for (const program of PROGRAMS) if (await runs(program)) return program;
  const objection = `there is no ${PROGRAMS.join(' and no ')} on the PATH`;
  if (process.env['LATCHKEY_TEST_REDIS'] === 'required') throw new Error(objection);
  process.stderr.write(`${what} is skipped: ${objection}\n`);
  return undefined;
}

export async function startRedis(program: string, options: string[] = []): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  const kill = () => end('SIGKILL');
  const start = async (): Promise<void> => {
    const settings = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'];
    child = spawn(program, [...settings, '--dir', directory, ...options], { stdio: 'ignore' });
    await answers(port);
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    signal: (name) => void child?.kill(name),
    kill,
    stop: () => end('SIGTERM'),
    start,
    async remove() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function runs(program: string): Promise<boolean> {
  const child = spawn(program, ['--version'], { stdio: 'ignore' });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false)).on('exit', (code) => resolve(code === 0));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(port: number): Promise<void> {
  const limit = performance.now() + START_MS;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (performance.now() > limit) throw error;
      await sleep(50);
    } finally {
      socket.destroy();
    }
  }
}
