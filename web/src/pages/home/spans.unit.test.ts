import { expect, test } from 'vitest';
import { spansOf } from './spans.ts';

const usage = (from: string, to: string, groups: [hour: string, status: string, requests: number][]) => ({
  from,
  to,
  groups: groups.map(([hour, status, requests]) => ({ hour, status, requests })),
});

test('hours without a request are there too, and nothing is lost', () => {
  const spans = spansOf(
    usage('2026-11-28T22:00:00Z', '2026-11-29T02:00:00Z', [
      ['2026-11-28T22:00:00Z', '2xx', 3],
      ['2026-11-28T22:00:00Z', '4xx', 1],
      ['2026-11-29T01:00:00Z', '2xx', 5],
    ]),
    1,
    'Europe/Berlin',
  );
  expect(spans).toEqual([
    { title: '28 Nov, 23:00', counts: { '2xx': 3, '4xx': 1 } },
    { title: '29 Nov, 00:00', counts: {} },
    { title: '29 Nov, 01:00', counts: {} },
    { title: '29 Nov, 02:00', counts: { '2xx': 5 } },
  ]);
});

test('days are those of the person, and the hours of one are put together', () => {
  const spans = spansOf(
    usage('2026-11-28T14:00:00Z', '2026-11-29T16:00:00Z', [
      ['2026-11-28T14:00:00Z', '2xx', 1],
      ['2026-11-28T15:00:00Z', '2xx', 2],
      ['2026-11-29T14:00:00Z', '2xx', 4],
      ['2026-11-29T15:00:00Z', '5xx', 8],
    ]),
    24,
    'Asia/Tokyo',
  );
  expect(spans).toEqual([
    { title: '28 Nov', counts: { '2xx': 1 } },
    { title: '29 Nov', counts: { '2xx': 6 } },
    { title: '30 Nov', counts: { '5xx': 8 } },
  ]);
});

test('six hours begin at midnight, six, noon and eighteen', () => {
  const spans = spansOf(usage('2026-11-28T05:00:00Z', '2026-11-28T13:00:00Z', []), 6, 'utc');
  expect(spans.map(({ title }) => title)).toEqual(['28 Nov, 00:00', '28 Nov, 06:00', '28 Nov, 12:00']);
});
