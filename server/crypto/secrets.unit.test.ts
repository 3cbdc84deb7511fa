import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomLetters } from './random.ts';
import { makeApiKey, makeToken, secretHash, secretOf } from './secrets.ts';

const LETTERS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789');
// Checked against tokens that Grafana made.
const VECTORS = [
  'glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_e97abe11',
  'glsa_aAxxaYc6QVtySMWxa7Np28bnbYDBV7j3_3799a9b4',
];
const anyCodeUnits = fc.string({
  unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)),
  maxLength: 190,
});

test.each(VECTORS)("Grafana's token %s is taken", (token) => {
  expect(secretOf(token)).toBe(token);
});

test('a token with any one character changed, cut off or added is refused without a look-up', () => {
  const token = fc.oneof(fc.constantFrom(...VECTORS), fc.constant('').map(makeToken));
  fc.assert(
    fc.property(token, fc.nat(45), fc.constantFrom(...LETTERS, '_', '-', ' '), (whole, at, letter) => {
      expect(secretOf(whole)).toBe(whole);
      const changed = whole.slice(0, at) + letter + whole.slice(at + 1);
      expect(secretOf(changed)).toBe(changed === whole ? whole : undefined);
      expect(secretOf(whole.slice(0, at))).toBeUndefined();
      expect(secretOf(whole + letter)).toBeUndefined();
      expect(secretOf(whole.toUpperCase())).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
});

test('a new token has the form that clients expect, and is never the same', () => {
  const tokens = Array.from({ length: 1000 }, makeToken);
  for (const token of tokens) expect(token).toMatch(/^glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}$/);
  expect(new Set(tokens).size).toBe(tokens.length);
  expect(new Set(tokens.map(secretHash)).size).toBe(tokens.length);
});

test('every letter and digit is equally likely', () => {
  const draws = 620_000;
  const counts = new Map<string, number>(LETTERS.map((letter) => [letter, 0]));
  for (const letter of randomLetters(draws)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  expect(counts.size).toBe(LETTERS.length);
  const expected = draws / LETTERS.length;
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 61 degrees of freedom: a fair draw exceeds 160 once in some 10^10 runs; a byte modulo 62 comes to several thousand.
  expect(chiSquare).toBeLessThan(160);
});

test('as many letters come as are asked for', () => {
  fc.assert(
    fc.property(fc.nat(500), (length) => {
      expect(randomLetters(length)).toHaveLength(length);
    }),
  );
});

test('an API key opens to its secret, whatever its name, and carries name and organization in the old form', () => {
  const name = fc.oneof(
    anyCodeUnits,
    fc.string({ unit: 'grapheme', maxLength: 190 }),
    fc.constant('ключ 🔑 "\\'),
  );
  fc.assert(
    fc.property(name, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (given, orgId) => {
      const { key, secret } = makeApiKey(given, orgId);
      expect(key).toMatch(/^[A-Za-z0-9+/]+=*$/);
      expect(key.length % 4).toBe(0);
      expect(secret).toMatch(/^[A-Za-z0-9]{32}$/);
      expect(secretOf(key)).toBe(secret);
      const json = Buffer.from(key, 'base64').toString();
      expect(json).toMatch(/^\{"k":"\w{32}","n":".*","id":\d+\}$/);
      const { k, n, id } = JSON.parse(json);
      expect([k, id]).toEqual([secret, orgId]);
      expect(given.startsWith(n)).toBe(true);
      // Only what is too long for a scanner is cut.
      expect(n === given || given.length > 30).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('nothing that is sent as a credential makes it throw, and what it finds is a text', () => {
  const encoded = fc.json().map((json) => Buffer.from(json).toString('base64'));
  fc.assert(
    fc.property(fc.oneof(anyCodeUnits, encoded, fc.string({ maxLength: 10_000 })), (presented) => {
      expect(secretOf(presented)).not.toBe('');
    }),
    { numRuns: 1000 },
  );
  for (const value of ['null', '1', '[]', '{"k":1}', '{"k":""}', '{"k":null}', '{"n":"x"}', '"k"']) {
    expect(secretOf(Buffer.from(value).toString('base64'))).toBeUndefined();
  }
});

// Facts of public rules: what they are called, and what they look for.
const RULES: Record<'key' | 'token', [rule: string, looksFor: RegExp][]> = {
  key: [
    ['gitleaks grafana-api-key', /\b(eyJrIjoi[A-Za-z0-9]{70,400}={0,3})(?:[\x60'"\s;]|\\[nr]|$)/i],
    ['a word as a whole, in base64', /^eyJrIjoi[A-Za-z0-9]{70,400}={0,2}$/],
  ],
  token: [
    [
      'gitleaks grafana-service-account-token',
      /\b(glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8})(?:[\x60'"\s;]|\\[nr]|$)/i,
    ],
    ['trufflehog grafanaserviceaccount', /\b(glsa_[0-9a-zA-Z_]{41})\b/],
  ],
};

test.each(RULES.key)('the rule "%s" finds every new key whole, whatever its name', (_, rule) => {
  const name = fc.oneof(
    anyCodeUnits.filter((text) => text !== ''),
    fc.string({ minLength: 1, maxLength: 5 }),
    fc.string({
      unit: fc.constantFrom('>', '?', '~', '\u007f', '"', '\\', 'a', '\n', 'é', '🔑'),
      minLength: 1,
      maxLength: 190,
    }),
  );
  fc.assert(
    fc.property(name, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (given, orgId) => {
      const { key } = makeApiKey(given, orgId);
      expect(rule.exec(key)?.[1] ?? rule.exec(key)?.[0]).toBe(key);
      expect(rule.exec(`token = "${key}";`)?.[1] ?? key).toBe(key);
    }),
    { numRuns: 1000 },
  );
});

test.each(RULES.token)('the rule "%s" finds every new token whole', (_, rule) => {
  for (const token of Array.from({ length: 1000 }, makeToken)) {
    expect(rule.exec(`export GRAFANA_AUTH="${token}"`)?.[1]).toBe(token);
  }
});
