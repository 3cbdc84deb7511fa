import { zoneOf } from '../../lib/time.ts';
import { add, type Counts } from '../../lib/statuses.ts';

const HOUR_MS = 3_600_000;
const HOURS_OF_DAY = 24;

/** Some hours that follow each other, and the requests in them. */
export interface Span {
  /** When it begins, as the person's clock shows it. */
  title: string;
  counts: Counts;
}

interface Usage {
  from: string;
  to: string;
  groups: readonly { hour?: string; status?: string; requests: number }[];
}

/** Puts the counts of hours together by the person's own days, those without a request included. */
export function spansOf({ from, to, groups }: Usage, span: number, zone: string): Span[] {
  const byHour = Map.groupBy(groups, ({ hour = '' }) => Date.parse(hour));
  const titleOf = beginning(span, zone);
  const spans = new Map<string, Span>();
  for (let hour = Date.parse(from); hour < Date.parse(to); hour += HOUR_MS) {
    const title = titleOf(hour);
    const { counts } = spans.get(title) ?? { counts: {} };
    spans.set(title, { title, counts });
    for (const { status = '', requests } of byHour.get(hour) ?? []) add(counts, status, requests);
  }
  return [...spans.values()];
}

/** Says of an hour when its span begins. */
function beginning(span: number, zone: string): (hour: number) => string {
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', ...zoneOf(zone) });
  const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', ...zoneOf(zone) });
  return (hour) => {
    if (span === HOURS_OF_DAY) return day.format(hour);
    const shown = time.format(hour);
    const hours = Number(shown.slice(0, 2));
    const begin = span === 1 ? shown : `${String(hours - (hours % span)).padStart(2, '0')}:00`;
    return `${day.format(hour)}, ${begin}`;
  };
}
