import { expect, test } from 'vitest';
import { momentOf, wallTimeOf } from './wall-time.ts';

test.each([
  ['utc', '2026-03-29T02:30', '2026-03-29T02:30:00.000Z'],
  ['Europe/Berlin', '2026-03-29T01:30', '2026-03-29T00:30:00.000Z'],
  ['Europe/Berlin', '2026-03-29T03:30', '2026-03-29T01:30:00.000Z'],
  ['Europe/Berlin', '2026-10-25T04:00', '2026-10-25T03:00:00.000Z'],
  ['Asia/Kolkata', '2026-01-01T00:15', '2025-12-31T18:45:00.000Z'],
  ['America/Los_Angeles', '2026-07-04T23:59', '2026-07-05T06:59:00.000Z'],
])('in the zone %s, %s on the wall is %s', (zone, wall, instant) => {
  expect(momentOf(wall, zone)?.toISOString()).toBe(instant);
  expect(wallTimeOf(new Date(instant), zone)).toBe(wall);
});

test('what is no time is no moment', () => {
  expect(momentOf('', 'utc')).toBeUndefined();
});
