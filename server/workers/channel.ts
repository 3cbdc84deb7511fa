/** Functions by name, whose arguments and results are JSON. */
type Calls<T> = { [Name in keyof T]: (...args: never[]) => unknown };

/** One end of the line between two processes. */
export interface Channel<Theirs extends Calls<Theirs>> {
  /** Has the other process do something: what it answers, or undefined when it ended before it did. */
  ask<Name extends keyof Theirs & string>(
    name: Name,
    ...args: Parameters<Theirs[Name]>
  ): Promise<Awaited<ReturnType<Theirs[Name]>> | undefined>;
  /** The same without an answer. */
  tell<Name extends keyof Theirs & string>(name: Name, ...args: Parameters<Theirs[Name]>): void;
  /** Takes what the other process sent. */
  receive(message: unknown): void;
  /** The other process is gone: nobody waits for it any more. */
  end(): void;
}

type Call = [name: string, args: unknown[], id?: number];
type Answer = [id: number, value: unknown, error?: string];

/**
 * Calls between two processes over what sends messages in order, all of one turn of the event loop in one message. A call that fails
 * there fails here with its message.
 */
export function createChannel<Mine extends Calls<Mine>, Theirs extends Calls<Theirs>>(
  send: (message: unknown) => void,
  offer: (channel: Channel<Theirs>) => Mine,
): Channel<Theirs> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let outgoing: (Call | Answer)[] = [];
  let [calls, hasEnded] = [0, false];

  function post(part: Call | Answer): void {
    if (hasEnded) return;
    if (outgoing.push(part) > 1) return;
    setImmediate(() => {
      const parts = outgoing;
      outgoing = [];
      if (!hasEnded) send(parts);
    });
  }

  async function answer([name, args, id]: Call): Promise<void> {
    const run = mine[name as keyof Mine] as unknown as (...args: unknown[]) => unknown;
    if (id === undefined) return void (await run(...args));
    try {
      post([id, await run(...args)]);
    } catch (error) {
      post([id, null, error instanceof Error ? error.message : String(error)]);
    }
  }

  function settle([id, value, error]: Answer): void {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(value ?? undefined);
    else asked?.reject(new Error(error));
  }

  const channel: Channel<Theirs> = {
    ask(name, ...args) {
      const asked = Promise.withResolvers<unknown>();
      if (hasEnded) asked.resolve(undefined);
      else {
        waiting.set(++calls, asked);
        post([name, args, calls]);
      }
      return asked.promise as ReturnType<Channel<Theirs>['ask']>;
    },
    tell: (name, ...args) => post([name, args]),
    receive(message) {
      for (const part of message as (Call | Answer)[]) {
        if (typeof part[0] === 'string') void answer(part as Call);
        else settle(part as Answer);
      }
    },
    end() {
      hasEnded = true;
      for (const asked of waiting.values()) asked.resolve(undefined);
      waiting.clear();
    },
  };
  const mine = offer(channel);
  return channel;
}
