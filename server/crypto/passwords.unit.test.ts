import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashPassword, passwordFits, passwordFromBytes } from './passwords.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
// Bytes near the borders of UTF-8's sequences come often, or nothing interesting would ever meet.
const byte = fc.oneof(
  fc.nat(0xff),
  fc.constantFrom(
    0x7f,
    0x80,
    0x8f,
    0x90,
    0x9f,
    0xa0,
    0xbf,
    0xc0,
    0xc1,
    0xc2,
    0xe0,
    0xed,
    0xef,
    0xf0,
    0xf4,
    0xf5,
  ),
);
const anyBytes = fc.array(byte, { maxLength: 64 }).map((bytes) => Buffer.from(bytes));

/** One code point at a time where there is a valid one, else one U+FFFD for one byte: what Go does with a string. */
function byGosRule(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const found = [1, 2, 3, 4].find((length) => isOneCodePoint(bytes.subarray(at, at + length), length));
    text += found === undefined ? '\uFFFD' : decoder.decode(bytes.subarray(at, at + found));
    at += found ?? 1;
  }
  return text;
}

function isOneCodePoint(bytes: Buffer, length: number): boolean {
  try {
    return bytes.length === length && Array.from(decoder.decode(bytes)).length === 1;
  } catch {
    return false;
  }
}

test('a password of valid UTF-8 is what it says', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (password) => {
      expect(passwordFromBytes(Buffer.from(password))).toBe(password);
    }),
    { numRuns: 1000 },
  );
});

test('any other bytes become what a client written in Go has sent as the new password', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const text = passwordFromBytes(bytes);
      expect(text).toBe(byGosRule(bytes));
      expect(text.isWellFormed()).toBe(true);
      // What was set that way is itself a password, and comes to the same.
      expect(passwordFromBytes(Buffer.from(text))).toBe(text);
    }),
    { numRuns: 5000 },
  );
});

test.each([
  [[0xff], 1],
  [[0xc0, 0x80], 2],
  [[0xe2, 0x82], 2],
  [[0xed, 0xa0, 0x80], 3],
  [[0xf4, 0x90, 0x80, 0x80], 4],
  [[0xf0, 0x9f, 0x98], 3],
])('the bytes %j are %i replaced ones', (bytes, count) => {
  expect(passwordFromBytes(Buffer.from(bytes))).toBe('\uFFFD'.repeat(count));
});

test('a password fits its own hash, and neither another nor none', async () => {
  const phc = await hashPassword('ключ 🔑');
  expect(phc).toMatch(/^\$argon2id\$/);
  expect(await passwordFits('ключ 🔑', phc)).toBe(true);
  expect(await passwordFits('ключ 🔑 ', phc)).toBe(false);
  expect(await passwordFits('ключ 🔑', undefined)).toBe(false);
  expect(await passwordFits('the password of nobody', undefined)).toBe(false);
  expect(await hashPassword('ключ 🔑')).not.toBe(phc);
});
