import cluster from 'node:cluster';
import type { FiguresShared } from '../http/metrics.ts';
import { inTime } from '../in-time.ts';
import { createLimitedLately, type LimitedLately, type SharedLimits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Memory } from '../memory.ts';
import type { Peers } from '../peers/peers.ts';
import type { Started } from '../server.ts';
import type { AtPrimary, AtWorker, Figures, Job } from './calls.ts';
import { type Channel, createChannel } from './channel.ts';

// It is on this machine: late is one that stands still.
const DEADLINE_MS = 1000;
const TOLD_EVERY_MS = 500;

/** The process that started this one, and through it the other workers. */
export interface Primary {
  job: Job;
  /** Resolves when this one is to stop. */
  stop: Promise<void>;
  figures: FiguresShared;
  listens(started: Started): void;
  /** Lets go of it, so that this process can end. */
  leave(): void;
  /** Has the log file with this number replaced by a new one, in which all go on. */
  rotateLog(inode: number): void;
  /** Has this one's log file opened anew when all are to go on in a new one. */
  onReopen(reopen: () => void): void;
  /** The other workers, where they have a database that tells them nothing. */
  peersFor(memory: Memory): Peers;
  limits(log: Log): SharedLimits;
  /** The same list, with whom the other workers limit, and for them. */
  spread(lately: LimitedLately): LimitedLately;
}

/** Hears from the process that started this one what is to be done. Where that dies, this one ends: Node sees to it. */
export async function meetPrimary(): Promise<Primary> {
  const { worker } = cluster;
  if (worker === undefined) throw new Error('this process was not started as a worker');
  const started = Promise.withResolvers<Job>();
  const stopped = Promise.withResolvers<void>();
  let memory: Memory | undefined;
  let lately: LimitedLately | undefined;
  let readFigures: () => Promise<Figures> | Figures = () => [];
  let reopen = (): void => {};
  let heard = (): void => {};

  const mine: AtWorker = {
    start: started.resolve,
    forget(keys) {
      heard();
      if (keys === 'all') memory?.clear();
      else if (memory) keys.forEach(memory.touch);
    },
    limited: (some) => lately?.add(some, Date.now()),
    figures: () => readFigures(),
    reopen: () => reopen(),
    stop: stopped.resolve,
  };
  // Where nothing can be sent it is gone, and this process ends a moment later.
  const send = (message: unknown): void => void worker.send(message as object, () => {});
  worker.on('error', () => {});
  const channel = createChannel<AtWorker, AtPrimary>(send, () => mine);
  worker.on('message', channel.receive);
  const job = await started.promise;

  return {
    job,
    stop: stopped.promise,
    figures: {
      offer: (read) => void (readFigures = read as () => Promise<Figures>),
      ofAll: () => channel.ask('figuresOfAll'),
    },
    listens({ url, isFirstRun, generatedPassword, defaultPasswordOf }) {
      const generated = generatedPassword === undefined ? {} : { generatedPassword };
      channel.tell('listens', { url, isFirstRun, defaultPasswordOf, ...generated });
    },
    leave: () => void worker.disconnect(),
    rotateLog: (inode) => channel.tell('rotate', inode),
    onReopen: (how) => void (reopen = how),
    peersFor(its) {
      memory = its;
      return peersThrough(channel, its, job.primary);
    },
    limits: (log) => limitsAt(channel, log, (how) => (heard = how)),
    spread(its) {
      lately = its;
      its.add(job.limited, Date.now());
      return tellingOthers(its, (some) => channel.tell('limited', some));
    },
  };
}

/**
 * Workers on one file tell each other through the process that started them, which answers once all have forgotten. One whose parent is
 * another has lost it, and hears of nothing any more: nothing that it remembers counts, until it ends a moment later.
 */
function peersThrough(channel: Channel<AtPrimary>, memory: Memory, primary: number): Peers {
  let isHeard = false;
  return {
    tell: (_db, keys) =>
      Promise.resolve({
        async committed() {
          await channel.ask('touched', keys === 'all' ? keys : [...keys]);
        },
      }),
    async listen() {
      await channel.ask('remembers');
      isHeard = true;
      // What was changed before is not told any more.
      memory.clear();
    },
    isCurrent: () => isHeard && process.ppid === primary,
    close: () => Promise.resolve(),
  };
}

/** Limits that are counted in the process that started this one; while that stands still, each counts for itself. */
function limitsAt(channel: Channel<AtPrimary>, log: Log, onHeard: (then: () => void) => void): SharedLimits {
  let isUp = true;
  onHeard(() => {
    if (!isUp) log.info('the process that started this one answers again: limits are counted there');
    isUp = true;
  });

  function ask<T>(
    send: () => Promise<T | undefined>,
    giveBack?: (late: T | undefined) => void,
  ): Promise<T | undefined> | undefined {
    if (!isUp) return undefined;
    return inTime(send(), shared.deadline, undefined, giveBack).catch(() => {
      if (isUp) log.warn('the process that started this one does not answer: this one counts for itself');
      isUp = false;
      return undefined;
    });
  }

  const shared: SharedLimits = {
    deadline: DEADLINE_MS,
    take: (key, limit, wanted) => ask(() => channel.ask('take', key, limit, wanted)),
    occupy: (key, most, milliseconds) =>
      ask<(() => void) | 'full'>(
        async () => {
          const place = await channel.ask('occupy', key, most, milliseconds);
          if (place === undefined) return undefined;
          return place === 0 ? 'full' : () => channel.tell('leave', key, place);
        },
        (late) => typeof late === 'function' && late(),
      ),
    remember(key, milliseconds) {
      channel.tell('keep', key, milliseconds);
      return undefined;
    },
    knows: (key) => ask(() => channel.ask('knows', key)),
    isUp: () => isUp,
    close: () => Promise.resolve(),
  };
  return shared;
}

function tellingOthers(
  its: LimitedLately,
  tell: (some: ReturnType<LimitedLately['list']>) => void,
): LimitedLately {
  let fresh = createLimitedLately();
  let timer: NodeJS.Timeout | undefined;
  return {
    ...its,
    note(who, now) {
      its.note(who, now);
      fresh.note(who, now);
      timer ??= setTimeout(() => {
        timer = undefined;
        const some = fresh.list(now);
        fresh = createLimitedLately();
        tell(some);
      }, TOLD_EVERY_MS).unref();
    },
  };
}
