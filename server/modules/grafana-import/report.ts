const LONGEST_SHOWN = 200;

/** What has become of the rows of one kind. */
export interface KindReport {
  kind: Kind;
  found: number;
  brought: number;
  alreadyThere: number;
  skipped: number;
  /** How many of those that were brought are not quite what they were: another name, another id. */
  changed: number;
}

/** A row that did not come, or that came otherwise than it was. */
export interface Note {
  outcome: 'skipped' | 'changed';
  kind: Kind;
  /** The id that the row has in Grafana. */
  id: string;
  name: string;
  reason: string;
}

// In the order in which they are brought.
const KINDS = [
  'organization',
  'user',
  'service account',
  'membership',
  'team',
  'team member',
  'API key',
  'token',
  'folder',
  'dashboard',
  'dashboard version',
  'public dashboard',
  'star',
  'data source',
  'data source secret',
  'permission',
  'preferences',
  'quota',
  'library element',
  'playlist',
  'annotation',
  'custom role',
] as const;
export type Kind = (typeof KINDS)[number];

type Count = Exclude<keyof KindReport, 'kind'>;

/** Which row of the source is spoken of. */
export interface Named {
  id: number | bigint | string;
  name: string;
}

/** Counts of what was found and what became of it, with a note for every row that did not come as it was. */
export interface Tally {
  add(kind: Kind, count: Count, number?: number): void;
  skip(kind: Kind, row: Named, reason: string): void;
  change(kind: Kind, row: Named, reason: string): void;
  counts: ReadonlyMap<Kind, KindReport>;
  notes: readonly Note[];
}

export function newTally(): Tally {
  const counts = new Map<Kind, KindReport>();
  const notes: Note[] = [];

  function add(kind: Kind, count: Count, number = 1): void {
    const known = counts.get(kind) ?? { kind, found: 0, brought: 0, alreadyThere: 0, skipped: 0, changed: 0 };
    known[count] += number;
    counts.set(kind, known);
  }

  function note(outcome: Note['outcome'], kind: Kind, { id, name }: Named, reason: string): void {
    add(kind, outcome);
    notes.push({ outcome, kind, id: String(id), name: name.slice(0, LONGEST_SHOWN), reason });
  }

  return {
    add,
    skip: (kind, row, reason) => note('skipped', kind, row, reason),
    change: (kind, row, reason) => note('changed', kind, row, reason),
    counts,
    notes,
  };
}

/** What a whole import has come to. The notes go on as they come: there may be very many. */
export interface Report {
  take(tally: Tally): void;
  kinds(): KindReport[];
}

export function newReport(onNote: (note: Note) => void): Report {
  const total = newTally();
  return {
    take({ counts, notes }) {
      for (const { kind, ...numbers } of counts.values()) {
        for (const [count, number] of Object.entries(numbers)) total.add(kind, count as Count, number);
      }
      for (const note of notes) onNote(note);
    },
    kinds: () => KINDS.flatMap((kind) => total.counts.get(kind) ?? []).filter(({ found }) => found > 0),
  };
}
