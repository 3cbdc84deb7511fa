import { expect, test } from 'vitest';
import { age } from './last-seen.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [0, '< 1 minute'],
  [MINUTE - 1, '< 1 minute'],
  [MINUTE, '1 minute'],
  [59 * MINUTE, '59 minutes'],
  [HOUR, '1 hour'],
  [DAY - 1, '23 hours'],
  [DAY, '1 day'],
  [30 * DAY, '30 days'],
  [31 * DAY, '1 month'],
  [364 * DAY, '11 months'],
  [365 * DAY, '1 year'],
  [3652 * DAY, '10 years'],
  [-DAY, '< 1 minute'],
])('%i milliseconds are %s', (milliseconds, text) => {
  expect(age(milliseconds)).toBe(text);
});
