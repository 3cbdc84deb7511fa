import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSeal, type Seal } from './seal.ts';

const text = fc.string({ unit: 'binary', maxLength: 200 });

function opens(seal: Seal, sealed: string, purpose: string): boolean {
  try {
    seal.open(sealed, purpose);
    return true;
  } catch {
    return false;
  }
}

test('what was sealed opens to the same text, under the same key and purpose', () => {
  fc.assert(
    fc.property(text, text, text, (key, plain, purpose) => {
      const sealed = createSeal(key).close(plain, purpose);
      expect(createSeal(key).open(sealed, purpose)).toBe(plain);
    }),
  );
});

test('another purpose or another key does not open it', () => {
  fc.assert(
    fc.property(text, text, text, text, (key, plain, purpose, other) => {
      fc.pre(other !== purpose && other !== key);
      const sealed = createSeal(key).close(plain, purpose);
      expect(opens(createSeal(key), sealed, other)).toBe(false);
      expect(opens(createSeal(other), sealed, purpose)).toBe(false);
    }),
  );
});

test('a sealed text with any bit changed, or cut, does not open', () => {
  const seal = createSeal('key');
  fc.assert(
    fc.property(text, fc.nat(), fc.nat(7), (plain, position, bit) => {
      const sealed = seal.close(plain, 'p');
      const bytes = Buffer.from(sealed.slice(3), 'base64');
      const at = position % bytes.length;
      expect(opens(seal, `v1.${bytes.subarray(0, at).toString('base64')}`, 'p')).toBe(false);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
      expect(opens(seal, `v1.${bytes.toString('base64')}`, 'p')).toBe(false);
    }),
  );
});

test('anything that was never sealed does not open', () => {
  fc.assert(
    fc.property(text, (garbage) => {
      expect(opens(createSeal('key'), garbage, 'p')).toBe(false);
      expect(opens(createSeal('key'), `v1.${garbage}`, 'p')).toBe(false);
    }),
  );
});

test('one text is never sealed twice alike, and the seal does not show it', () => {
  const seal = createSeal('key');
  const sealed = Array.from({ length: 500 }, () => seal.close('a password that shows', 'p'));
  expect(new Set(sealed).size).toBe(500);
  const opened = sealed.map((one) => Buffer.from(one.slice(3), 'base64').toString('latin1'));
  expect(opened.filter((one) => one.includes('password'))).toEqual([]);
});

test('what the previous key sealed opens, and is renewed under the key in force', () => {
  fc.assert(
    fc.property(text, text, text, text, (key, previous, plain, purpose) => {
      fc.pre(key !== previous && previous !== '');
      const old = createSeal(previous).close(plain, purpose);
      const both = createSeal(key, previous);
      expect(both.open(old, purpose)).toBe(plain);
      const renewed = both.renew(old, purpose);
      expect(createSeal(key).open(renewed ?? '', purpose)).toBe(plain);
      expect(both.renew(renewed ?? '', purpose)).toBe(renewed);
      expect(opens(createSeal(previous), renewed ?? '', purpose)).toBe(false);
      expect(opens(both, old, `${purpose}.`)).toBe(false);
    }),
  );
});

test('without the previous key nothing under it is renewed', () => {
  const old = createSeal('old').close('plain', 'p');
  expect(createSeal('new').renew(old, 'p')).toBeUndefined();
  expect(createSeal('new', 'other').renew(old, 'p')).toBeUndefined();
});
