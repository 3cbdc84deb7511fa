const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** What is offered of the time that changes are of, by what the address says. */
export const PERIODS: Record<string, { title: string; milliseconds: number }> = {
  '1h': { title: 'The last hour', milliseconds: HOUR_MS },
  '24h': { title: 'The last 24 hours', milliseconds: 24 * HOUR_MS },
  '7d': { title: 'The last 7 days', milliseconds: 7 * 24 * HOUR_MS },
  '30d': { title: 'The last 30 days', milliseconds: 30 * 24 * HOUR_MS },
};

/** What the address says of a time as a moment; '' for none. It stays the same within a minute, so that it is asked for once. */
export function asInstant(text: string): string {
  const period = PERIODS[text];
  if (period !== undefined) {
    const now = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    return new Date(now - period.milliseconds).toISOString();
  }
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? '' : new Date(moment).toISOString();
}
