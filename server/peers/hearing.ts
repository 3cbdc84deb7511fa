/** What is told through the channel: keys that no longer hold, or a beat with what of it was committed since the last one. */
export type Message =
  | { from: string; number: number; keys: readonly string[] | 'all' }
  | { from: string; beat: number; committed: readonly number[] };

/** What one server was heard to say. */
interface Heard {
  beat: number | undefined;
  numbers: Set<number>;
}

// Of each server: what was told and never confirmed, since its transaction failed in the end, is forgotten with the oldest.
const MOST_NUMBERS = 10_000;
const MOST_SERVERS = 1000;

/** Follows what the others say; `hear` returns whether something that they said did not arrive. */
export function createHearing(): { hear(message: Message): boolean } {
  const servers = new Map<string, Heard>();

  function heardOf(from: string): Heard {
    const known = servers.get(from) ?? { beat: undefined, numbers: new Set() };
    servers.delete(from);
    servers.set(from, known);
    if (servers.size > MOST_SERVERS) dropOldest(servers);
    return known;
  }

  return {
    hear(message) {
      const heard = heardOf(message.from);
      if ('keys' in message) {
        heard.numbers.add(message.number);
        if (heard.numbers.size > MOST_NUMBERS) dropOldest(heard.numbers);
        return false;
      }
      const { beat: before } = heard;
      heard.beat = message.beat;
      const unheard = message.committed.filter((number) => !heard.numbers.delete(number));
      // With its first beat it confirms what was told before anybody here listened.
      return before !== undefined && (message.beat !== before + 1 || unheard.length > 0);
    },
  };
}

function dropOldest<Key>(
  kept: Pick<Set<Key>, 'keys' | 'delete'> | Pick<Map<Key, unknown>, 'keys' | 'delete'>,
): void {
  for (const oldest of kept.keys()) {
    kept.delete(oldest);
    return;
  }
}

/** Reads a message; undefined for what is none. */
export function readMessage(text: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return isMessage(message) ? message : undefined;
  } catch {
    // Whoever may write to the database may say anything on the channel.
    return undefined;
  }
}

function isMessage(message: unknown): message is Message {
  if (typeof message !== 'object' || message === null) return false;
  const { from, number, keys, beat, committed } = message as Record<string, unknown>;
  if (typeof from !== 'string') return false;
  if (Number.isSafeInteger(beat)) return Array.isArray(committed) && committed.every(Number.isSafeInteger);
  return Number.isSafeInteger(number) && (keys === 'all' || isListOfText(keys));
}

function isListOfText(list: unknown): boolean {
  return Array.isArray(list) && list.every((text) => typeof text === 'string');
}
