import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allows, grantsFrom } from './evaluate.ts';

const ACTION = 'things:read';
const part = fc.constantFrom('a', 'b', 'ab', 'uid', '*', '', 'a*');
const scope = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(':'));
const scopes = fc.array(scope, { minLength: 1, maxLength: 4 });

/** The rule in its plainest words, for one granted and one wanted scope. */
function reaches(granted: string, wanted: string): boolean {
  if (granted === '*') return true;
  if (granted.endsWith(':*') && wanted.startsWith(granted.slice(0, -1))) return true;
  return granted === wanted && !wanted.endsWith('*');
}

test('a scope is reached by itself, by a star alone, and by a star after any of its parts', () => {
  fc.assert(
    fc.property(scopes, scopes, (granted, wanted) => {
      const expected = wanted.some((one) => granted.some((other) => reaches(other, one)));
      expect(allows(grantsFrom([[ACTION, ...granted]]), ACTION, wanted)).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

test('a star that is asked for is only a letter', () => {
  fc.assert(
    fc.property(
      scopes.map((all) => all.filter((one) => !one.endsWith('*'))),
      scope,
      (granted, wanted) => {
        fc.pre(granted.length > 0);
        expect(allows(grantsFrom([[ACTION, ...granted]]), ACTION, [`${wanted}:*`])).toBe(false);
      },
    ),
  );
  expect(allows(grantsFrom([[ACTION, 'folders:uid:x']]), ACTION, ['folders:uid:*'])).toBe(false);
  expect(allows(grantsFrom([[ACTION, 'folders:uid:*']]), ACTION, ['folders:id:1'])).toBe(false);
  // Not even when something has that very name.
  expect(allows(grantsFrom([[ACTION, 'folders:uid:a*']]), ACTION, ['folders:uid:a*'])).toBe(false);
});

test('without scopes, holding the action on anything is enough, and another action never is', () => {
  fc.assert(
    fc.property(scopes, (granted) => {
      const grants = grantsFrom([[ACTION, ...granted]]);
      expect(allows(grants, ACTION)).toBe(true);
      expect(allows(grants, 'things:write')).toBe(false);
      expect(allows(grants, 'things')).toBe(false);
    }),
  );
  expect(allows(grantsFrom([[ACTION]]), ACTION)).toBe(true);
  expect(allows(grantsFrom([[ACTION]]), ACTION, ['a:b'])).toBe(false);
});

test('more rows never take anything away, and their order does not matter', () => {
  const rows = fc.array(
    fc
      .tuple(fc.constantFrom(ACTION, 'things:write'), scopes)
      .map(([action, all]) => [action, ...all] as const),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(rows, rows, scope, (some, more, wanted) => {
      const fewer = allows(grantsFrom(some), ACTION, [wanted]);
      const all = allows(grantsFrom([...some, ...more]), ACTION, [wanted]);
      expect(all || !fewer).toBe(true);
      expect(allows(grantsFrom([...more, ...some].toReversed()), ACTION, [wanted])).toBe(all);
    }),
  );
});
