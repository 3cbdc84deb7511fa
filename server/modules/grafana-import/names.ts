/** A name that should be one of its kind within something: an organization, a folder, the server. */
export interface Wanted {
  within: string;
  name: string;
}

/** The last number that was put behind a name, so that very many of one name are numbered in one go. */
export type Numbers = Map<string, number>;

/** What tells a name apart from the same one within something else. */
export function nameKey({ within, name }: Wanted): string {
  return `${within}\0${name}`;
}

/**
 * These names, in the same order, each with a number behind it where it is taken or comes before. `listTaken` says which of some
 * names are, by their keys; it may name others too.
 */
export async function freeNames(
  wanted: readonly Wanted[],
  listTaken: (candidates: readonly Wanted[]) => Promise<ReadonlySet<string>>,
  numbers: Numbers,
): Promise<string[]> {
  const chosen = wanted.map(({ name }) => name);
  const given = new Set<string>();
  let open = wanted.map((_, at) => at);
  while (open.length > 0) {
    const candidates = open.map((at) => ({ within: wanted[at]?.within ?? '', name: chosen[at] ?? '' }));
    const taken = await listTaken(candidates);
    const again: number[] = [];
    for (const [number, at] of open.entries()) {
      const key = nameKey(candidates[number] as Wanted);
      if (!taken.has(key) && !given.has(key)) {
        given.add(key);
        continue;
      }
      const original = wanted[at] as Wanted;
      const next = (numbers.get(nameKey(original)) ?? 1) + 1;
      numbers.set(nameKey(original), next);
      chosen[at] = `${original.name}-${next}`;
      again.push(at);
    }
    open = again;
  }
  return chosen;
}

/** Whatever is longer is cut. */
export const LONGEST_NAME = 190;

/** A name as it is kept: not empty, not endless. */
export function tidyName(name: string, whenEmpty: string): string {
  return withoutControls(name).trim().slice(0, LONGEST_NAME).toWellFormed() || whenEmpty;
}

/** What could steer a terminal, or hide a part of the text, has no place in a name. */
export function withoutControls(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '');
}
