/** The kinds of answers that are counted, with their words and colours: blue and amber, which nobody takes for each other. */
const STATUSES = [
  { name: '2xx', label: 'Answered (2xx)', color: 'var(--page-accent)' },
  { name: '3xx', label: 'Sent elsewhere (3xx)', color: 'var(--page-quiet)' },
  { name: '4xx', label: 'Refused (4xx)', color: 'var(--page-warning)' },
  { name: '5xx', label: 'Failed here (5xx)', color: 'var(--page-bad)' },
] as const;

/** How many requests were answered how: by the name of the status. */
export type Counts = Partial<Record<string, number>>;

/** The statuses that there are among these counts, in their order; without any, the one that is hoped for. */
export function statusesIn(counts: readonly Counts[]) {
  const found = STATUSES.filter(({ name }) => counts.some((count) => (count[name] ?? 0) > 0));
  return found.length > 0 ? found : [STATUSES[0]];
}

/** All of them together. */
export function sumOf(counts: Counts): number {
  return Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

/** Adds to one of the counts. */
export function add(counts: Counts, status: string, requests: number): void {
  counts[status] = (counts[status] ?? 0) + requests;
}
