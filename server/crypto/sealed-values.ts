import type { Seal } from './seal.ts';

// Several sealed values in one column: a JSON object of them by name.

/** The sealed values of a column. */
export function sealedByName(stored: string): Map<string, string> {
  return new Map(Object.entries(JSON.parse(stored) as Record<string, string>));
}

/** The column of sealed values. */
export function sealedText(values: ReadonlyMap<string, string>): string {
  return JSON.stringify(Object.fromEntries(values));
}

/** What became of sealed values when they were put under the key in force. */
export interface Resealed {
  stored: string;
  /** How many were under the previous key. */
  renewed: number;
  /** The names of those that no key opens. */
  unreadable: string[];
}

/** The stored form with every value under the key in force. What no key opens stays as it is, or goes if it is to be forgotten. */
export function reseal(
  seal: Seal,
  stored: string,
  purposeOf: (name: string) => string,
  { forgetUnreadable }: { forgetUnreadable: boolean },
): Resealed {
  const values = sealedByName(stored);
  const unreadable: string[] = [];
  let renewed = 0;
  for (const [name, sealed] of values) {
    const text = seal.renew(sealed, purposeOf(name));
    if (text === undefined) unreadable.push(name);
    else values.set(name, text);
    if (text !== undefined && text !== sealed) renewed++;
  }
  if (forgetUnreadable) for (const name of unreadable) values.delete(name);
  return { stored: sealedText(values), renewed, unreadable };
}
