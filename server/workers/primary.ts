import cluster, { type Worker } from 'node:cluster';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { createLog, type Log } from '../log.ts';
import type { Started } from '../server.ts';
import type { AtPrimary, AtWorker } from './calls.ts';
import { type Channel, createChannel } from './channel.ts';
import { createCounting } from './counting.ts';
import { figuresOfWorkers } from './figures.ts';
import { createHub } from './hub.ts';

const LOOK_EVERY_MS = 1000;
// Looks rather than time, since this process may have stood still as well.
const LOOKS_WITHOUT_ANSWER = 10;
// One look may come while it is busy.
const LOOKS_UNTIL_SILENT = 2;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
// Who has lived for so long did not die of its start.
const STEADY_MS = 30_000;
// Besides the time that requests have: writing what was gathered, and closing.
const LAST_WRITES_MS = 5000;

interface Options {
  config: Config;
  count: number;
  /** By which each knows what it is. */
  env: Record<string, string>;
}

/** The workers once they serve. */
export interface Workers extends Started {
  /** That of the process which started them. */
  log: Log;
  /** Passes SIGHUP on. */
  hangUp(): void;
  /** Has them end what is under way, and resolves when they are gone. */
  stop(): Promise<void>;
  /** Ends them at once. */
  kill(): void;
}

interface Running {
  worker: Worker;
  channel: Channel<AtWorker>;
  bornAt: number;
  /** How many died in its place one soon after the other. */
  deaths: number;
  isServing: boolean;
  /** Whether others wait for it when they change something, which may be before it serves. */
  isWaitedFor: boolean;
  hasAnswered: boolean;
  looksWithoutAnswer: number;
}

/**
 * Starts the workers: one first, which brings the database up to date, then the others. Whichever dies is replaced. Where the first one
 * ends before it serves, for a reason that it has told, this is the code that it ended with.
 */
export async function startWorkers({ config, count, env }: Options): Promise<Workers | number> {
  const log = createLog(config, { askToRotate: rotateLog });
  const running = new Set<Running>();
  let ended = 0;
  const hub = createHub(
    createCounting(() => Math.floor(performance.now())),
    Date.now,
    figuresOfWorkers({
      wanted: count,
      silent: () => [...running].filter(isSilent).length,
      ended: () => ended,
    }),
  );
  const stopping = new AbortController();
  const allGone = Promise.withResolvers<void>();
  let started: Started | undefined;
  let port = config.server.http_port;
  // Else each of them would compile everything anew.
  const cache = getCompileCacheDir();
  const compiled = cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) };

  /** Resolves once it serves, or else with the code that it ended with. */
  function fork(deaths = 0): Promise<number | undefined> {
    const settled = Promise.withResolvers<number | undefined>();
    const isFirst = started === undefined;
    const worker = cluster.fork({ ...env, ...compiled });
    closeWhatItWasHanded(worker);
    // What cannot be sent to somebody any more needs no answer: they are gone.
    const send = (message: unknown): void => void worker.send(message as object, () => {});
    const channel = createChannel<AtPrimary, AtWorker>(send, (its) => {
      const services = hub.servicesFor(its);
      return {
        ...services,
        remembers() {
          one.isWaitedFor = true;
          services.remembers();
        },
        listens(how) {
          one.isServing = one.isWaitedFor = true;
          started ??= how;
          hub.add(channel);
          settled.resolve(undefined);
        },
        rotate: rotateLog,
      };
    });
    const one: Running = {
      worker,
      channel,
      bornAt: performance.now(),
      deaths,
      isServing: false,
      isWaitedFor: false,
      hasAnswered: true,
      looksWithoutAnswer: 0,
    };
    running.add(one);
    worker.on('message', channel.receive);
    // Sending to one that has just died: its end is told.
    worker.on('error', () => {});
    worker.on('exit', (code, signal) => {
      running.delete(one);
      channel.end();
      hub.remove(channel);
      settled.resolve(code ?? 1);
      if (stopping.signal.aborted) {
        if (running.size === 0) allGone.resolve();
      } else if (started !== undefined) void replace(one, { code, signal });
      else if (signal !== null) log.fatal({ signal }, 'the first worker was ended before it served');
    });
    const server = { ...config.server, http_port: port };
    channel.tell('start', {
      config: { ...config, server },
      count,
      isFirst,
      primary: process.pid,
      limited: hub.limitedLately(),
    });
    return settled.promise;
  }

  async function replace({ bornAt, deaths: before, worker }: Running, how: object): Promise<void> {
    ended++;
    const deaths = performance.now() - bornAt < STEADY_MS ? before + 1 : 1;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (deaths - 1));
    log.error({ worker: worker.process.pid, ...how, pause }, 'a worker ended: another is started');
    // With the last of them the system's choice of a port would be gone.
    const isAnyServing = [...running].some(({ isServing }) => isServing);
    if (!isAnyServing) port = Number(new URL(started?.url ?? '').port);
    await sleep(pause, undefined, { signal: stopping.signal }).then(
      () => fork(deaths),
      () => {},
    );
  }

  function rotateLog(inode: number): void {
    log.outputs.get('file')?.rotate?.(inode);
    for (const { channel } of running) channel.tell('reopen');
  }

  function look(): void {
    for (const one of running) {
      if (!one.isWaitedFor) continue;
      if (one.hasAnswered) {
        one.hasAnswered = false;
        one.looksWithoutAnswer = 0;
        void one.channel.ask('forget', []).then(() => (one.hasAnswered = true));
      } else if (++one.looksWithoutAnswer === LOOKS_WITHOUT_ANSWER) {
        log.error({ worker: one.worker.process.pid }, 'a worker does not answer: it is ended');
        one.worker.process.kill('SIGKILL');
      }
    }
  }

  const kill = (): void => running.forEach(({ worker }) => worker.process.kill('SIGKILL'));

  const failed = await fork();
  if (started === undefined) return failed ?? 1;
  setInterval(look, LOOK_EVERY_MS).unref();
  // Each of them serves, or has failed once and is tried again.
  await Promise.all(Array.from({ length: count - 1 }, () => fork()));
  return {
    ...started,
    log,
    hangUp: () => running.forEach(({ isServing, worker }) => isServing && worker.process.kill('SIGHUP')),
    async stop() {
      stopping.abort();
      for (const { isServing, channel, worker } of running) {
        if (isServing) channel.tell('stop');
        else worker.process.kill('SIGKILL');
      }
      if (running.size === 0) return;
      const late = setTimeout(kill, config.server.shutdown_timeout + LAST_WRITES_MS);
      await allGone.promise;
      clearTimeout(late);
    },
    kill,
  };
}

function isSilent({ looksWithoutAnswer }: Running): boolean {
  return looksWithoutAnswer >= LOOKS_UNTIL_SILENT;
}

/** A connection as Node passes it on. */
interface Handle {
  /** Negative once it is closed here, as it is when the worker has taken it. */
  fd: number;
  close(): void;
}

/** Node forgets a connection that it was just handing to a worker which died: its client would wait for ever. */
function closeWhatItWasHanded({ process: child }: Worker): void {
  const handed = new Set<Handle>();
  const send = child.send.bind(child) as (...args: unknown[]) => boolean;
  child.send = (...args: unknown[]) => {
    for (const handle of handed) if (handle.fd < 0) handed.delete(handle);
    if (args[1] instanceof Object && 'fd' in args[1]) handed.add(args[1] as Handle);
    return send(...args);
  };
  child.once('exit', () => handed.forEach((handle) => handle.close()));
}
