import { hash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemory } from '../../memory.ts';
import { type KnownCredential, KnownCredentials } from './known-credentials.ts';

function hashOf(secret: number): string {
  return hash('sha256', String(secret), 'base64url');
}

function tokenOf(id: number, more: Partial<KnownCredential> = {}): KnownCredential {
  return { id, holder: id + 1, isRevoked: false, expiresAt: null, notedMinute: 0, ...more };
}

function plain(found: KnownCredential | undefined): KnownCredential | undefined {
  if (found === undefined) return undefined;
  const { id, holder, isRevoked, expiresAt, notedMinute } = found;
  return { id, holder, isRevoked, expiresAt, notedMinute };
}

test('after any changes in any order, each hash has what was kept last, and a forgotten one has nothing', () => {
  const secret = fc.integer({ min: 0, max: 400 });
  const credential = fc.record({
    id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    holder: fc.oneof(
      fc.integer({ min: 1 }),
      fc.constant({ orgId: 1, name: 'key', role: 'Viewer' as const, isServerAdmin: false }),
    ),
    isRevoked: fc.boolean(),
    expiresAt: fc.option(fc.integer({ min: 0, max: 8_640_000_000_000_000 })),
    notedMinute: fc.integer({ min: 0, max: 2 ** 31 }),
  });
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constant('set' as const), secret, credential) },
    { weight: 3, arbitrary: fc.tuple(fc.constant('delete' as const), secret, credential) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('note' as const), secret, credential) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 1500, size: 'max' }), (steps) => {
      const known = new KnownCredentials(1000);
      const expected = new Map<string, KnownCredential>();
      for (const [what, number, value] of steps) {
        const key = hashOf(number);
        if (what === 'set') {
          known.set(key, value);
          expected.set(key, value);
        } else if (what === 'delete') {
          known.delete(key);
          expected.delete(key);
        } else {
          const { notedMinute, holder } = value;
          const [found, model] = [known.get(key), expected.get(key)];
          if (found) Object.assign(found, { notedMinute, holder });
          if (model) expected.set(key, { ...model, notedMinute, holder });
        }
      }
      expect(known.size).toBe(expected.size);
      for (let number = 0; number <= 400; number++) {
        expect(plain(known.get(hashOf(number)))).toEqual(expected.get(hashOf(number)));
      }
    }),
    { numRuns: 60 },
  );
});

test('ten thousand are told apart, and found as the table grows', () => {
  const known = new KnownCredentials(20_000);
  for (let id = 0; id < 10_000; id++) known.set(hashOf(id), tokenOf(id));
  for (let id = 0; id < 10_000; id++) expect(known.get(hashOf(id))?.id).toBe(id);
  expect(known.get(hashOf(10_000))).toBeUndefined();
  known.clear();
  expect([known.size, known.get(hashOf(1))]).toEqual([0, undefined]);
});

test('beyond the most, what is asked for again and again stays, and what is not goes', () => {
  const known = new KnownCredentials(100);
  for (let id = 0; id < 1000; id++) {
    known.set(hashOf(id), tokenOf(id));
    for (let wanted = 0; wanted < Math.min(id, 20); wanted++) {
      expect(known.get(hashOf(wanted))?.id).toBe(wanted);
    }
  }
  expect(known.size).toBe(100);
  expect(known.get(hashOf(500))).toBeUndefined();
});

test('what is written to a copy goes nowhere once its credential was forgotten, revoked or replaced', () => {
  const known = new KnownCredentials(10);
  known.set(hashOf(1), tokenOf(1));
  const old = known.get(hashOf(1));
  known.delete(hashOf(1));
  known.set(hashOf(1), tokenOf(1, { isRevoked: true, holder: 7 }));
  if (old) Object.assign(old, { holder: 2, notedMinute: 5 });
  expect(plain(known.get(hashOf(1)))).toEqual(tokenOf(1, { isRevoked: true, holder: 7 }));

  const gone = known.get(hashOf(1));
  known.clear();
  if (gone) gone.notedMinute = 9;
  // In the row of the one before it.
  known.set(hashOf(2), tokenOf(2));
  if (gone) gone.holder = 9;
  expect(plain(known.get(hashOf(2)))).toEqual(tokenOf(2));
});

test('of an account that was changed, whoever holds on to it is told', async () => {
  const memory = createMemory(10);
  const account = await memory.remember('service-account:1', () => Promise.resolve({ isForgotten: false }));
  expect(account && memory.isStillKnown(account)).toBe(true);
  memory.touch('service-account:1');
  expect(account && memory.isStillKnown(account)).toBe(false);
});
