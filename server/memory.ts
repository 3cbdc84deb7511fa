import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** What may be held on to by who asks for it often, without its key: it says itself whether it is forgotten. */
export interface Lasting {
  isForgotten: boolean;
}

/**
 * What the server knows without asking the database. A key names the thing itself ('org:1', the hash of a token),
 * so that a change drops exactly what it touches, and another server can be told by the key alone.
 */
export interface Memory {
  /** The remembered value, or undefined when it has to be loaded. */
  recall<T extends object>(key: string): T | undefined;
  /** The same while other servers cannot be heard of: for what is compared with the database before it is believed. */
  recallToCompare<T extends object>(key: string): T | undefined;
  /** Whether what was recalled before would be recalled again. */
  isStillKnown(thing: Lasting): boolean;
  /** The remembered value, or the loaded one, which is kept unless it was touched while loading. Absent things are not kept. */
  remember<T extends object>(key: string, load: () => Promise<T | undefined>): Promise<T | undefined>;
  /** Forgets a key; a load of it that is under way will not be kept either. */
  touch(key: string): void;
  /** Forgets everything. */
  clear(): void;
}

/**
 * What the keys begin with, so that whoever changes a thing can say so without knowing who remembers it. The key of a
 * credential is its hash alone.
 */
export const REMEMBERED = {
  org: 'org:',
  user: 'user:',
  serviceAccount: 'service-account:',
  session: 'session:',
} as const;

/** Where things of one kind are kept. */
export interface Shelf<T extends object> {
  get(key: string): T | undefined;
  set(key: string, thing: T): void;
  delete(key: string): void;
  clear(): void;
}

/** One for things that take less room than others, which says of which keys it has them. What is got from it are copies. */
export interface PackedShelf<T extends object> extends Shelf<T> {
  takes(key: string): boolean;
}

/**
 * Room for so many things besides those that are packed. `isCurrent` says whether every change by others would have been heard of;
 * while not, nothing is recalled.
 */
export function createMemory(
  maxEntries: number,
  isCurrent: () => boolean = () => true,
  packed?: PackedShelf<object>,
): Memory {
  const loose: Shelf<object> = new LRUCache<string, object>({
    max: maxEntries,
    dispose(thing) {
      if ('isForgotten' in thing) thing.isForgotten = true;
    },
  });
  // The latest of each key. Only what is still here when it ends is kept: who forgets a key, or may not join a load, puts it away.
  const loads = new Map<string, Promise<object | undefined>>();
  const shelfOf = (key: string): Shelf<object> => (packed?.takes(key) ? packed : loose);

  function load(key: string, read: () => Promise<object | undefined>): Promise<object | undefined> {
    const started = read()
      .then((value) => {
        if (value !== undefined && loads.get(key) === started) shelfOf(key).set(key, value);
        return value;
      })
      .finally(() => {
        if (loads.get(key) === started) loads.delete(key);
      });
    loads.set(key, started);
    return started;
  }

  function touch(key: string): void {
    shelfOf(key).delete(key);
    loads.delete(key);
  }

  return {
    recall: <T extends object>(key: string) =>
      isCurrent() ? (shelfOf(key).get(key) as T | undefined) : undefined,
    recallToCompare: <T extends object>(key: string) => shelfOf(key).get(key) as T | undefined,
    isStillKnown: ({ isForgotten }) => !isForgotten && isCurrent(),
    remember: <T extends object>(key: string, read: () => Promise<T | undefined>) => {
      // A load that runs may have begun before a change that nobody here heard of.
      if (!isCurrent()) return load(key, read) as Promise<T | undefined>;
      const known = shelfOf(key).get(key) as T | undefined;
      if (known !== undefined) return Promise.resolve(known);
      return (loads.get(key) ?? load(key, read)) as Promise<T | undefined>;
    },
    touch,
    clear: () => {
      loose.clear();
      packed?.clear();
      loads.clear();
    },
  };
}

/**
 * Remembers what was made of the last texts, by their hashes, up to so many characters of it: what takes long to make, and is asked
 * for again and again.
 */
export function rememberMade(
  mostCharacters: number,
  make: (text: string) => string,
): (text: string) => string {
  const made = new LRUCache<string, string>({
    maxSize: mostCharacters,
    sizeCalculation: ({ length }) => Math.max(length, 1),
  });
  return (text) => {
    const key = hash('sha256', text, 'base64');
    const result = made.get(key) ?? make(text);
    made.set(key, result);
    return result;
  };
}
