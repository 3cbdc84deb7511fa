const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 24 * 3600],
  ['month', 30 * 24 * 3600],
  ['week', 7 * 24 * 3600],
  ['day', 24 * 3600],
  ['hour', 3600],
  ['minute', 60],
];

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** A moment as a person says it: "in 3 days", "2 hours ago", "now". */
export function relativeTime(at: Date, now = new Date()): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  if (unit === 'second') return seconds > 5 ? 'in less than a minute' : 'just now';
  // What is left is rounded down, so that nothing seems to last longer than it does.
  return relative.format(Math.trunc(seconds / size), unit);
}

/** The same moment to the second, in a zone: the browser's own where none is wanted. */
export function exactTime(at: Date, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    ...zoneOf(zone),
  }).format(at);
}

/** A person's zone as Intl takes it. */
export function zoneOf(zone: string): { timeZone?: string } {
  return zone === '' || zone === 'browser' ? {} : { timeZone: zone === 'utc' ? 'UTC' : zone };
}
