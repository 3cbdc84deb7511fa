import { isDeepStrictEqual } from 'node:util';

type Fields = Readonly<Record<string, unknown>>;

/** The fields that differ: as they are since and, in `before`, as they were. What is undefined since was left out, and stays. */
export function changed(before: Fields, since: Fields): Record<string, unknown> & { before: Fields } {
  const names = Object.keys(since).filter(
    (name) => since[name] !== undefined && !isDeepStrictEqual(since[name], before[name] ?? null),
  );
  const those = (fields: Fields) => Object.fromEntries(names.map((name) => [name, fields[name] ?? null]));
  return { ...those(since), before: those(before) };
}
