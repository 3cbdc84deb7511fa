import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/config.ts';
import { troubleOf } from '../db/errors.ts';
import { ApiError } from '../errors.ts';
import type { Log } from '../log.ts';
import { openFile, type TrailFile } from './file.ts';
import { createQueue, type Queue } from './queue.ts';
import { syslogWriter } from './syslog.ts';

/** What is written of a change besides its row in the database. */
export interface TrailEntry {
  id: number;
  at: string;
  requestId: string;
  action: string;
}

/** Where the record of changes goes besides the database: a file, a syslog server, or both. */
export interface Trail {
  /** What one transaction records. */
  begin(): Passage;
  figures(): { waiting: number; lost: number; failed: number };
  /** What the last writing failed at: changes are refused for it, or their entries wait. */
  trouble(): 'refused' | 'waiting' | undefined;
  /** Goes on in a new file, where the old one was moved away. */
  reopen(): void;
  /** Writes what still waits, for a while, and lets go of it. */
  close(): Promise<void>;
}

export interface Passage {
  note(entry: TrailEntry): void;
  /** Writes what has to be there before the commit. Throws 503. */
  beforeCommit(): Promise<void>;
  committed(): void;
  failed(error: unknown): void;
}

type Settings = Config['audit'];

/** Undefined where nothing is set: then nobody has anything to do with it. Throws a ConfigError for a file that cannot be written. */
export function openTrail(
  { file: path, syslog, required }: Settings,
  { log, now }: { log: Log; now: () => number },
): Trail | undefined {
  if (path === '' && syslog === '') return undefined;
  const file = path === '' ? undefined : openOrRefuse(path);
  const queues: Queue[] = [];
  if (file) queues.push(createQueue(`file ${path}`, (lines) => file.append(lines, { flush: required }), log));
  const server = syslog === '' ? undefined : syslogWriter(syslog, now);
  if (server) queues.push(createQueue(`syslog server ${syslog}`, server.send, log));
  const [ofFile, ...others] = queues;
  const needed = required ? ofFile : undefined;
  const afterwards = needed ? others : queues;
  const tell = (some: readonly Queue[], entries: readonly TrailEntry[]): void => {
    const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`);
    for (const queue of some) queue.add(lines);
  };

  function begin(): Passage {
    const entries: TrailEntry[] = [];
    let isWritten = false;
    return {
      note: (entry) => void entries.push(entry),
      async beforeCommit() {
        if (!needed || entries.length === 0) return;
        try {
          // Also where that fails: some of it may be there.
          isWritten = true;
          await needed.write(entries.map((entry) => `${JSON.stringify(entry)}\n`));
        } catch (error) {
          throw notRecorded(error);
        }
      },
      committed: () => tell(afterwards, entries),
      failed(error) {
        if (needed && isWritten) tell([needed], [retraction(entries, error, now())]);
      },
    };
  }

  return {
    begin,
    figures: () => ({
      waiting: sum(queues, ({ waiting }) => waiting()),
      lost: sum(queues, ({ lost }) => lost()),
      failed: sum(queues, ({ failed }) => failed()),
    }),
    trouble() {
      if (needed?.isFailing()) return 'refused';
      return afterwards.some((queue) => queue.isFailing()) ? 'waiting' : undefined;
    },
    reopen: () => file?.reopen(),
    async close() {
      await Promise.all(queues.map((queue) => queue.close()));
      await Promise.all([file?.close(), server?.end()]);
    },
  };
}

interface Retraction extends TrailEntry {
  entries: number[];
  outcome: 'not made' | 'unknown';
}

/** Says of entries that were written that the change was not made after all; "unknown" where the answer to a commit was lost. */
function retraction(entries: readonly TrailEntry[], error: unknown, now: number): Retraction {
  const isUnknown = troubleOf(error) !== undefined && !(error instanceof ApiError);
  return {
    id: 0,
    at: new Date(now).toISOString(),
    requestId: entries[0]?.requestId ?? '',
    action: 'audit:retract',
    entries: entries.map(({ id }) => id),
    outcome: isUnknown ? 'unknown' : 'not made',
  };
}

function notRecorded(cause: unknown): ApiError {
  return new ApiError(503, 'audit.not-recorded', 'The change cannot be recorded', {
    cause,
    detail:
      'Nothing was changed, because [audit] required is set and the file of the record cannot be written. Signing in is ' +
      "recorded too. Send the request again once whoever runs the server has mended that: the server's log says what is wrong.",
    headers: { 'retry-after': '10' },
  });
}

function openOrRefuse(path: string): TrailFile {
  try {
    return openFile(path);
  } catch (error) {
    throw new ConfigError(
      `[audit] file: ${path} cannot be written (${(error as Error).message}). Give the server's user the right to, or name another file`,
    );
  }
}

function sum(queues: readonly Queue[], figure: (queue: Queue) => number): number {
  return queues.reduce((total, queue) => total + figure(queue), 0);
}
