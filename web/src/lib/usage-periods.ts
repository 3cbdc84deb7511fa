const HOUR_MS = 3_600_000;
const HOURS_OF_DAY = 24;

/** How far back requests are looked at, and how many hours of them are put together. */
export const PERIODS = [
  { value: '24h', title: '24 h', words: 'the last 24 hours', hours: 24, span: 1 },
  { value: '7d', title: '7 d', words: 'the last 7 days', hours: 7 * 24, span: 6 },
  { value: '30d', title: '30 d', words: 'the last 30 days', hours: 30 * 24, span: 24 },
] as const;

export type Period = (typeof PERIODS)[number];

/** When a period begins that ends now; '' for the last day, which the server knows. The same within an hour, so that it is asked once. */
export function beginOf({ hours }: Period): string {
  if (hours === HOURS_OF_DAY) return '';
  const hour = Math.floor(Date.now() / HOUR_MS);
  return new Date((hour - hours + 1) * HOUR_MS).toISOString();
}
