import { statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Proof } from '../access/identity.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { randomLetters } from '../crypto/random.ts';
import type { App } from '../http/app-type.ts';
import { suspended, unavailable } from './access/refusals.ts';
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
  /** Opens a stack where it is not, which makes its database too. Throws where that fails. */
  open(stack: StackRow): Promise<void>;
  /** Closes a stack, once what is under way is answered. */
  close(id: number): Promise<void>;
  /** Writes what was gathered, and closes what is not used. */
  tidy(): Promise<void>;
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
  opening: Promise<Opened>;
  opened: Opened | undefined;
  underWay: number;
  usedAt: number;
  /** Told when nothing is under way any more. */
  free: (() => void)[];
}

// Of what is told in process alone, and never leaves it.
const PASS_LETTERS = 43;
const LONGEST_CLOSE_MS = 10_000;
const LOOK_FOR_GARBAGE_AFTER = 32;

/**
 * The stacks that are in use, each with its own context and app: opened by the first request, closed when idle, only so many at once.
 * `openStack` gets what lets somebody in besides the stack's own credentials; `lookAgain` gives a stack as it is now. A suspended one is
 * not opened: 403.
 */
export function createStacks(
  { cloud, database }: Config,
  now: () => number,
  openStack: (stack: StackRow, admit: (secret: string) => Proof | undefined) => Promise<Opened>,
  lookAgain: (id: number) => Promise<StackRow>,
): Stacks {
  const entries = new Map<number, Entry>();
  const closing = new Map<number, Promise<void>>();
  const uses: Stacks['uses'] = new Map();
  let closed = 0;

  async function use<T>(stack: StackRow, work: (opened: Opened) => Promise<T>): Promise<T> {
    // One that is being closed is opened anew behind that, unless it was closed because it is suspended or deleted.
    refuseSuspended(stack);
    for (let isClosing; (isClosing = closing.get(stack.id)) !== undefined;) {
      await isClosing;
      stack = await lookAgain(stack.id);
      refuseSuspended(stack);
    }
    const entry = entries.get(stack.id) ?? begin(stack);
    entry.underWay++;
    try {
      return await work(await entry.opening);
    } finally {
      entry.underWay--;
      entry.usedAt = now();
      if (entry.underWay === 0) entry.free.splice(0).forEach((tell) => tell());
    }
  }

  function refuseSuspended({ slug, suspended_at }: StackRow): void {
    if (suspended_at !== null) throw suspended(slug);
  }

  function begin(stack: StackRow): Entry {
    makeRoom();
    const entry: Entry = {
      opening: openStack(stack, admit),
      opened: undefined,
      underWay: 0,
      usedAt: now(),
      free: [],
    };
    entries.set(stack.id, entry);
    entry.opening.then(
      (opened) => void (entry.opened = opened),
      // The next request tries again.
      () => entries.delete(stack.id),
    );
    return entry;
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

  async function end(entry: Entry): Promise<void> {
    const opened = await entry.opening.catch(() => undefined);
    if (opened === undefined) return;
    if (entry.underWay > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      entry.free.push(resolve);
      const limit = setTimeout(resolve, LONGEST_CLOSE_MS);
      await promise;
      clearTimeout(limit);
    }
    await opened.close();
    // An app is thousands of small things that have grown old, and V8 would let the heap grow a long way before it looks for them. There
    // only with --expose-gc.
    if (++closed % LOOK_FOR_GARBAGE_AFTER === 0) {
      void globalThis.gc?.({ type: 'major', execution: 'async', flavor: 'last-resort' });
    }
  }

  function note(id: number): void {
    const known = uses.get(id);
    if (known === undefined) return void uses.set(id, { requests: 1, lastUsedAt: now() });
    known.requests++;
    known.lastUsedAt = now();
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
    open: (stack) => use(stack, () => Promise.resolve()),
    close,
    async tidy() {
      for (const [id, entry] of entries) {
        const isIdle = entry.underWay === 0 && now() - entry.usedAt >= cloud.close_idle_after;
        if (isIdle) await close(id);
        else await entry.opened?.flush();
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
