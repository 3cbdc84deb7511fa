import { CONNECTIONS } from './crowd.ts';

const ONE_IN = 100;

/** Which token each client asks with next. */
export interface Drawer {
  /** Whatever is there. */
  any(): string | undefined;
  /** Those of a client, each once, until this share of them was drawn. */
  upTo(share: number): (client: number) => string | undefined;
  /** Those of a client in turn. */
  known(client: number): string | undefined;
  /** The same, but for one in a hundred, which nobody asked with before. */
  mostly(client: number): string | undefined;
}

/**
 * Deals the first so many tokens out to the clients. A client keeps its connection, and so its server, and its tokens: each of them is
 * remembered by one server. Those from `beyond` on are new ones.
 */
export function drawerOf(tokens: readonly string[], dealt: number, beyond: number): Drawer {
  const own = Array.from({ length: CONNECTIONS }, (): string[] => []);
  for (let at = 0; at < dealt; at++) own[at % CONNECTIONS]?.push(tokens[at] ?? '');
  const [drawn, asked] = [new Uint32Array(CONNECTIONS), new Uint32Array(CONNECTIONS)];
  let [anywhere, fresh] = [0, beyond];
  const known = (client: number): string | undefined => {
    const mine = own[client] as string[];
    const at = (asked[client] ?? 0) % mine.length;
    asked[client] = at + 1;
    return mine[at];
  };
  return {
    any: () => tokens[anywhere++ % tokens.length],
    upTo: (share) => (client) => {
      const mine = own[client] as string[];
      const at = drawn[client] ?? 0;
      if (at >= mine.length * share) return undefined;
      drawn[client] = at + 1;
      return mine[at];
    },
    known,
    mostly(client) {
      // Not all clients at once.
      if (((asked[client] ?? 0) + client) % ONE_IN > 0) return known(client);
      asked[client] = (asked[client] ?? 0) + 1;
      // The last one was asked with at the start.
      if (fresh >= tokens.length - 1)
        throw new Error('there are too few tokens: ask for more, or for less long');
      return tokens[fresh++];
    },
  };
}
