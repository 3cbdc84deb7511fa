import { expect, test } from 'vitest';
import { lifeUnitsText, parseDuration, parseSettingDuration } from './duration.ts';

const hour = 3_600_000;

test.each([
  ['1s', 1000],
  ['5m', 300_000],
  ['12h', 12 * hour],
  ['7d', 7 * 24 * hour],
  ['2w', 14 * 24 * hour],
  ['1M', 30 * 24 * hour],
])('a life of %s is %i milliseconds', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each([
  '',
  '12',
  'h',
  '1y',
  '1D',
  '1H',
  '1.5h',
  '-1h',
  '+1h',
  '1 h',
  '1h30m',
  '0s',
  '1e3s',
  '٣h',
  '9999999999999999s',
  '99999M',
])('a life of %j is refused with the list of units', (text) => {
  expect(() => parseDuration(text)).toThrow(lifeUnitsText);
});

test('the list of units names each letter with its meaning', () => {
  expect(lifeUnitsText).toBe(
    's (seconds), m (minutes), h (hours), d (days), w (weeks) or M (months of 30 days)',
  );
});

test('a refused life is not repeated at full length', () => {
  expect(() => parseDuration('x'.repeat(10_000))).toThrow(/^.{1,250}$/);
});

test('a duration in the configuration may also be in years, or zero', () => {
  expect(parseSettingDuration('1y')).toBe(365 * 24 * hour);
  expect(parseSettingDuration('0s')).toBe(0);
  expect(parseSettingDuration('1001y')).toBeUndefined();
  expect(parseSettingDuration('soon')).toBeUndefined();
});
