import { statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Kysely } from 'kysely';
import type { Proof } from '../access/identity.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { randomLetters } from '../crypto/random.ts';
import type { Schema } from '../db/schema.ts';
import { ApiError } from '../errors.ts';
import { takeGarbageAway } from '../garbage.ts';
import type { App } from '../http/app-type.ts';
import { inTime } from '../in-time.ts';
import { suspended, unavailable } from './access/refusals.ts';
import { asAway, takesTooLong } from './away.ts';
import { stackDatabase } from './databases.ts';
import type { StackRow } from './db/schema.ts';

/** A stack while it is open. */
export interface Opened {
  context: Context;
  app: App;
  /** Writes what was gathered. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** What a stack keeps, without its app. */
export interface Inside {
  db: Kysely<Schema>;
  /** Its whole context, brought up to date; made where there is none yet. */
  context(): Promise<Context>;
}

/** A request to a stack on behalf of somebody on the cloud side. */
export interface Asking {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its query. */
  path: string;
  body?: unknown;
  proof: Proof;
  address: string;
}

export interface Stacks {
  /** Has a stack answer; it is opened for that where it is not open. */
  serve(stack: StackRow, request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Asks a stack, and gives what it answers. */
  ask(stack: StackRow, asking: Asking): Promise<{ status: number; body: unknown }>;
  /** Makes the database of a new stack, and opens it. Throws 503 where that fails. */
  make(stack: StackRow): Promise<void>;
  /** Opens a stack where it is not. Throws 503 where that fails. */
  open(stack: StackRow): Promise<void>;
  /**
   * Does work in what a stack keeps, also of one that is suspended, or deleted and kept. It is not opened for that: nobody is let in by
   * it, and whoever asks for it waits for the end of the work. Throws where its database does not answer or is not there.
   */
  inside<T>(stack: StackRow, work: (inside: Inside) => Promise<T>): Promise<T>;
  /** Closes a stack, once what is under way is answered. */
  close(id: number): Promise<void>;
  /** Writes what was gathered, and closes what is not used, or whose file was replaced. */
  tidy(): Promise<void>;
  /** Closes what another server has suspended, deleted or moved; `list` gives those of some ids that are there. */
  follow(list: (ids: number[]) => Promise<StackRow[]>): Promise<void>;
  /** Has all that are open forget what they remember: somebody else may have changed their databases. */
  forget(): void;
  closeAll(): Promise<void>;
  /** How many are open. */
  count(): number;
  isOpen(id: number): boolean;
  /** Whether a stack is open, and what its database takes on disk; null where it is no file. */
  look(id: number): { isOpen: boolean; bytes: number | null };
  /** Requests to each since that was last written, by id. */
  uses: Map<number, { requests: number; lastUsedAt: number }>;
}

interface Entry {
  stack: StackRow;
  opening: Promise<Opened>;
  opened: Opened | undefined;
  underWay: number;
  usedAt: number;
  /** Told when nothing is under way any more. */
  free: (() => void)[];
  /** Which file it has; undefined where its database is none. */
  file: number | undefined;
}

// Of what is told in process alone, and never leaves it.
const PASS_LETTERS = 43;
const LONGEST_OPENING_MS = 10_000;
const LONGEST_CLOSE_MS = 10_000;
// One that could not be opened: who floods it has it tried no more often.
const TRIED_AGAIN_AFTER_MS = 1000;
const LOOK_FOR_GARBAGE_AFTER = 32;

/**
 * The stacks that are in use, each with its own context and app: opened by the first request, closed when idle, only so many at once.
 * `openStack` gets what lets somebody in besides the stack's own credentials; `lookAgain` gives a stack as it is now; `enter` gives
 * what one keeps that is not open, for as long as the work takes. A suspended one is not opened: 403.
 */
export function createStacks(
  { cloud, database, server: { read_timeout } }: Config,
  now: () => number,
  openStack: (
    stack: StackRow,
    admit: (secret: string) => Proof | undefined,
    isNew: boolean,
  ) => Promise<Opened>,
  lookAgain: (id: number) => Promise<StackRow>,
  enter: <T>(stack: StackRow, work: (inside: Inside) => Promise<T>) => Promise<T>,
): Stacks {
  const entries = new Map<number, Entry>();
  const closing = new Map<number, Promise<void>>();
  const failures = new Map<number, { error: ApiError; at: number }>();
  const uses: Stacks['uses'] = new Map();
  let closed = 0;

  async function use<T>(stack: StackRow, work: (opened: Opened) => Promise<T>, isNew = false): Promise<T> {
    // One that is being closed is opened anew behind that, unless it was closed because it is suspended or deleted.
    refuseSuspended(stack);
    for (let isClosing; (isClosing = closing.get(stack.id)) !== undefined;) {
      await isClosing;
      stack = await lookAgain(stack.id);
      refuseSuspended(stack);
    }
    const entry = entries.get(stack.id) ?? begin(stack, isNew);
    try {
      return await useOpen(entry, work);
    } finally {
      entry.usedAt = now();
    }
  }

  async function useOpen<T>(entry: Entry, work: (opened: Opened) => Promise<T>): Promise<T> {
    entry.underWay++;
    try {
      return await work(entry.opened ?? (await openedInTime(entry)));
    } finally {
      entry.underWay--;
      if (entry.underWay === 0) {
        entry.free.splice(0).forEach((tell) => tell());
        // It takes no file that was put in place of a damaged one until it is opened anew.
        if (entry.opened?.app.noted.trouble === 'damaged') void closeThis(entry);
      }
    }
  }

  async function inside<T>(stack: StackRow, work: (inside: Inside) => Promise<T>): Promise<T> {
    const { id } = stack;
    for (let isClosing; (isClosing = closing.get(id)) !== undefined;) await isClosing;
    const entry = entries.get(id);
    if (entry !== undefined) {
      return useOpen(entry, ({ context }) =>
        work({ db: context.db, context: () => Promise.resolve(context) }),
      );
    }
    // Nobody opens it beside this, and would remember what is changed here.
    const { promise, resolve } = Promise.withResolvers<void>();
    closing.set(id, promise);
    try {
      return await enter(stack, work);
    } finally {
      closing.delete(id);
      resolve();
    }
  }

  async function openedInTime({ opening }: Entry): Promise<Opened> {
    try {
      return await inTime(opening, LONGEST_OPENING_MS);
    } catch (error) {
      throw error instanceof ApiError ? error : takesTooLong();
    }
  }

  function refuseSuspended({ slug, suspended_at }: StackRow): void {
    if (suspended_at !== null) throw suspended(slug);
  }

  function begin(stack: StackRow, isNew: boolean): Entry {
    const failed = failures.get(stack.id);
    if (failed !== undefined && now() - failed.at < TRIED_AGAIN_AFTER_MS) throw failed.error;
    makeRoom();
    const entry: Entry = {
      stack,
      opening: openStack(stack, admit, isNew).catch((error: unknown) => {
        throw asAway(error);
      }),
      opened: undefined,
      underWay: 0,
      usedAt: now(),
      free: [],
      file: undefined,
    };
    entries.set(stack.id, entry);
    void settle(entry);
    return entry;
  }

  async function settle(entry: Entry): Promise<void> {
    const { id } = entry.stack;
    try {
      entry.opened = await entry.opening;
      entry.file = fileOf(stackDatabase(database, id));
      failures.delete(id);
    } catch (error) {
      failures.set(id, { error: error as ApiError, at: now() });
      if (entries.get(id) === entry) entries.delete(id);
    }
  }

  function makeRoom(): void {
    if (entries.size < cloud.open_stacks) return;
    const [longestUnused] = [...entries]
      .filter(([, entry]) => entry.underWay === 0 && entry.opened !== undefined)
      .toSorted(([, one], [, other]) => one.usedAt - other.usedAt);
    if (longestUnused === undefined) {
      throw unavailable(
        'Too many stacks are in use',
        `No more than [cloud] open_stacks = ${cloud.open_stacks} are open at once. Send the request again in a moment.`,
      );
    }
    void close(longestUnused[0]);
  }

  function close(id: number): Promise<void> {
    const known = closing.get(id);
    if (known) return known;
    const entry = entries.get(id);
    if (entry === undefined) return Promise.resolve();
    entries.delete(id);
    const done = end(entry).finally(() => closing.delete(id));
    closing.set(id, done);
    return done;
  }

  function closeThis(entry: Entry): Promise<void> {
    const { id } = entry.stack;
    return entries.get(id) === entry ? close(id) : Promise.resolve();
  }

  async function end(entry: Entry): Promise<void> {
    // One that hangs holds nobody up who closes it, and is closed once it is there.
    const closeLate = (late: Opened): void => void late.close();
    const opened = await inTime(entry.opening, LONGEST_CLOSE_MS, undefined, closeLate).catch(() => undefined);
    if (opened === undefined) return;
    if (entry.underWay > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      entry.free.push(resolve);
      const limit = setTimeout(resolve, LONGEST_CLOSE_MS);
      await promise;
      clearTimeout(limit);
    }
    await opened.close();
    // An app is thousands of small things that have grown old, and V8 would let the heap grow a long way before it looks for them.
    if (++closed % LOOK_FOR_GARBAGE_AFTER === 0) void takeGarbageAway();
  }

  function note(id: number): void {
    const known = uses.get(id);
    if (known === undefined) return void uses.set(id, { requests: 1, lastUsedAt: now() });
    known.requests++;
    known.lastUsedAt = now();
  }

  async function tidyOne(entry: Entry): Promise<void> {
    const { opened, underWay, usedAt, file, stack } = entry;
    if (opened === undefined) return;
    const isIdle = underWay === 0 && now() - usedAt >= cloud.close_idle_after;
    const isReplaced = fileOf(stackDatabase(database, stack.id)) !== file;
    if (isIdle || isReplaced) await closeThis(entry);
    else await opened.flush();
  }

  const passes = new Map<string, Proof>();
  const admit = (secret: string): Proof | undefined => passes.get(secret);

  return {
    serve: (stack, request, response) =>
      use(stack, ({ app }) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        // Whoever asked may be gone by the time that the stack is open.
        if (response.destroyed || response.closed) return Promise.resolve();
        note(stack.id);
        response.once('close', resolve);
        // Whoever takes nothing of an answer keeps its stack open no longer than somebody who sends nothing.
        if (read_timeout > 0) {
          response.setTimeout(read_timeout, () => {
            if (request.socket.writableLength > 0) request.socket.destroy();
          });
        }
        app.routing(request, response);
        return promise;
      }),
    ask: (stack, { method, path, body, proof, address }) =>
      use(stack, async ({ app }) => {
        const pass = randomLetters(PASS_LETTERS);
        passes.set(pass, proof);
        try {
          const answer = await app.inject({
            method,
            url: path,
            remoteAddress: address,
            headers: { authorization: `Bearer ${pass}` },
            ...(body === undefined ? {} : { payload: body as object }),
          });
          return { status: answer.statusCode, body: answer.json() };
        } finally {
          passes.delete(pass);
        }
      }),
    make: (stack) => use(stack, () => Promise.resolve(), true),
    open: (stack) => use(stack, () => Promise.resolve()),
    inside,
    close,
    async tidy() {
      // Side by side: one that stands still holds up no other.
      await Promise.all([...entries.values()].map(tidyOne));
    },
    async follow(list) {
      const asked = [...entries.values()];
      const rows = asked.length > 0 ? await list(asked.map(({ stack }) => stack.id)) : [];
      const rowOf = new Map(rows.map((stack) => [stack.id, stack]));
      for (const entry of asked) {
        const { id, port, host } = entry.stack;
        const is = rowOf.get(id);
        const isSame = is?.suspended_at === null && is.port === port && is.host === host;
        if (!isSame) void closeThis(entry);
      }
    },
    forget() {
      for (const { opened } of entries.values()) opened?.context.memory.clear();
    },
    async closeAll() {
      await Promise.all([...entries.keys()].map(close));
      await Promise.all(closing.values());
    },
    count: () => entries.size,
    isOpen: (id) => entries.has(id),
    look: (id) => ({ isOpen: entries.has(id), bytes: bytesOf(stackDatabase(database, id)) }),
    uses,
  };
}

function bytesOf(database: Config['database']): number | null {
  if (database.type !== 'sqlite') return null;
  const sizes = ['', '-wal'].map(
    (end) => statSync(database.path + end, { throwIfNoEntry: false })?.size ?? 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** What tells a file from one that is put in its place. */
function fileOf(database: Config['database']): number | undefined {
  if (database.type !== 'sqlite') return undefined;
  return statSync(database.path, { throwIfNoEntry: false })?.ino;
}
