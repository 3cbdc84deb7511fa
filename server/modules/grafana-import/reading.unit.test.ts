import { expect, test } from 'vitest';
import { freeNames, nameKey, type Wanted } from './names.ts';
import { barOf, expiryOf, flagOf, integerOf, objectOf, textOf, timeOf } from './rows.ts';
import { freeUids } from './uids.ts';

test.each([
  ['2023-01-02 03:04:05', '2023-01-02T03:04:05Z'],
  ['2023-01-02T03:04:05Z', '2023-01-02T03:04:05Z'],
  ['2023-05-06 07:08:09.123456789+00:00', '2023-05-06T07:08:09.123Z'],
  ['2023-05-06 07:08:09+02:00', '2023-05-06T05:08:09Z'],
  ['2023-05-06 07:08:09.5+02', '2023-05-06T05:08:09.5Z'],
  ['2017-06-20', '2017-06-20T00:00:00Z'],
])('the time %s is %s', (text, meant) => {
  expect(timeOf({ at: text }, 'at')).toBe(Date.parse(meant));
});

test.each([null, undefined, '', 'yesterday', '0000-00-00 00:00:00', '2023-13-01 00:00:00', 5])(
  '%s is no time',
  (value) => expect(timeOf({ at: value }, 'at')).toBeUndefined(),
);

test('texts come as bytes too, and lose what cannot be kept', () => {
  expect(textOf({ a: Buffer.from('é') }, 'a')).toBe('é');
  expect(textOf({ a: 'a\0b\ud800' }, 'a')).toBe('ab\ufffd');
  expect(textOf({ a: 5 }, 'a')).toBe('5');
  expect(textOf({ a: null }, 'a')).toBe('');
  expect(textOf({}, 'a')).toBe('');
});

test('a number is one that JavaScript can hold', () => {
  expect(integerOf({ a: '12' }, 'a')).toBe(12);
  for (const no of [2n ** 60n, '1e400', '', 'x', 1.5, null, undefined]) {
    expect(integerOf({ a: no }, 'a')).toBeUndefined();
  }
});

test('a flag that gives something has to say yes, and one that takes something away has to say no', () => {
  for (const yes of [1, '1', 'true', 't'])
    expect([flagOf({ a: yes }, 'a'), barOf({ a: yes }, 'a')]).toEqual([1, 1]);
  for (const no of [0, '0', 'false', 'f', '', null])
    expect([flagOf({ a: no }, 'a'), barOf({ a: no }, 'a')]).toEqual([0, 0]);
  for (const odd of ['yes', 2, 'x'])
    expect([flagOf({ a: odd }, 'a'), barOf({ a: odd }, 'a')]).toEqual([0, 1]);
});

test('when something expires is never only where it says so', () => {
  expect(expiryOf({ a: null }, 'a')).toBeNull();
  expect(expiryOf({ a: 10 }, 'a')).toBe(10_000);
  expect(expiryOf({ a: 0 }, 'a')).toBe(0);
  expect(expiryOf({ a: 2n ** 60n }, 'a')).toBeNull();
  expect(expiryOf({ a: -(2n ** 60n) }, 'a')).toBe(0);
  expect(expiryOf({ a: 'soon' }, 'a')).toBeUndefined();
});

test('only an object is an object', () => {
  expect(objectOf('{"a":1}')).toEqual({ a: 1 });
  for (const no of ['', 'null', '[]', '5', '{']) expect(objectOf(no)).toBeUndefined();
});

const none = (): Promise<Set<string>> => Promise.resolve(new Set());
const keys =
  (...wanted: Wanted[]) =>
  (): Promise<Set<string>> =>
    Promise.resolve(new Set(wanted.map(nameKey)));
const inOne = (...names: string[]): Wanted[] => names.map((name) => ({ within: '1', name }));

test('names that come twice or are taken are numbered, each within its own', async () => {
  expect(await freeNames(inOne('a', 'a', 'b', 'a'), none, new Map())).toEqual(['a', 'a-2', 'b', 'a-3']);
  const taken = keys(...inOne('a', 'a-2'));
  expect(await freeNames(inOne('a', 'a-2', 'b'), taken, new Map())).toEqual(['a-3', 'a-2-2', 'b']);
  const elsewhere = [{ within: '2', name: 'a' }];
  expect(await freeNames(elsewhere, keys(...inOne('a')), new Map())).toEqual(['a']);
});

test('a number that another name has is not given to a numbered one', async () => {
  expect(await freeNames(inOne('a', 'a', 'a-2'), none, new Map())).toEqual(['a', 'a-3', 'a-2']);
});

test('very many of one name take few looks, in batches one after the other', async () => {
  const numbers = new Map<string, number>();
  const given = new Set<string>();
  let looks = 0;
  const taken = (): Promise<Set<string>> => {
    looks++;
    return Promise.resolve(new Set([...given].map((name) => nameKey({ within: '1', name }))));
  };
  for (let batch = 0; batch < 20; batch++) {
    for (const name of await freeNames(inOne(...Array<string>(50).fill('x')), taken, numbers))
      given.add(name);
  }
  expect(given.size).toBe(1000);
  expect(looks).toBeLessThanOrEqual(40);
});

test('a uid is kept where it can be and is free in its organization', () => {
  const wanted = [
    { orgId: 1, uid: 'a' },
    { orgId: 1, uid: 'a' },
    { orgId: 2, uid: 'a' },
    { orgId: 2, uid: 'b' },
    { orgId: 1, uid: '../x' },
    { orgId: 1, uid: 'general' },
  ];
  const [first, second, third, ...others] = freeUids(wanted, new Set(['2:b']));
  expect([first, third]).toEqual(['a', 'a']);
  for (const fresh of [second, ...others]) expect(fresh).toMatch(/^[A-Za-z0-9]{14}$/);
});
