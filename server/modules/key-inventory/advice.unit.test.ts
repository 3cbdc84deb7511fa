import { expect, test } from 'vitest';
import { adviceFor, type KnownKey } from './advice.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 21);
const GOOD: KnownKey = {
  role: 'Viewer',
  isServerAdmin: false,
  isRevoked: false,
  createdAt: NOW - 200 * DAY,
  expiresAt: NOW + 10 * DAY,
  lastUsedAt: NOW - DAY,
  reads: 5,
  writes: 0,
  watchedSince: NOW - 30 * DAY,
};

function codes(changes: Partial<KnownKey>): string[] {
  return adviceFor({ ...GOOD, ...changes }, NOW).map(({ code }) => code);
}

test('a key that is used, expires and has no role above its need gets no advice', () => {
  expect(codes({})).toEqual([]);
});

test('from 90 days without use on, a key is unused; one that was never used counts from its making', () => {
  expect(codes({ lastUsedAt: NOW - 90 * DAY + 1 })).toEqual([]);
  expect(codes({ lastUsedAt: NOW - 90 * DAY })).toEqual(['unused']);
  expect(codes({ lastUsedAt: null })).toEqual(['unused']);
  expect(codes({ lastUsedAt: null, createdAt: NOW - DAY })).toEqual([]);
});

test('a key without an expiry is named', () => {
  expect(codes({ expiresAt: null })).toEqual(['never-expires']);
});

test('what nothing can use is only to be deleted', () => {
  expect(codes({ expiresAt: NOW, lastUsedAt: null })).toEqual(['expired']);
  expect(codes({ isRevoked: true, expiresAt: null })).toEqual(['revoked']);
});

test('a role that may write but only read for a week is named, never one that wrote', () => {
  for (const role of ['Admin', 'Editor'] as const) {
    expect(codes({ role })).toEqual(['only-reads']);
    expect(codes({ role, writes: 1 })).toEqual([]);
    expect(codes({ role, reads: 0 })).toEqual([]);
    expect(codes({ role, watchedSince: NOW - 6 * DAY })).toEqual([]);
    expect(codes({ role, watchedSince: null })).toEqual([]);
  }
  expect(codes({ isServerAdmin: true })).toEqual(['only-reads']);
});
