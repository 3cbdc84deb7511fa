import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { gathered } from './gathered.ts';

const place = {};
const lengths = (keys: readonly string[]): Promise<Map<string, number>> =>
  Promise.resolve(new Map(keys.filter((key) => key !== 'none').map((key) => [key, key.length])));

test('what is asked for in one turn of the event loop goes out together, each key once, and what comes later by itself', async () => {
  const sent: string[][] = [];
  const find = gathered((_place: object, keys) => {
    sent.push(keys);
    return lengths(keys);
  });

  expect(await Promise.all(['a', 'bb', 'none', 'a'].map((key) => find(place, key)))).toEqual([
    1,
    2,
    undefined,
    1,
  ]);
  expect(await find(place, 'ccc')).toBe(3);

  expect(sent).toEqual([['a', 'bb', 'none'], ['ccc']]);
});

test('who asks while a look-up is under way does not join it, since it may have begun before a change', async () => {
  const answers: PromiseWithResolvers<Map<string, string>>[] = [];
  const find = gathered(() => {
    const answer = Promise.withResolvers<Map<string, string>>();
    answers.push(answer);
    return answer.promise;
  });

  const before = find(place, 'key');
  await nextTurn();
  const after = find(place, 'key');
  await nextTurn();
  answers[0]?.resolve(new Map([['key', 'old']]));
  answers[1]?.resolve(new Map([['key', 'new']]));

  expect(await Promise.all([before, after])).toEqual(['old', 'new']);
});

test('different places are asked apart', async () => {
  const sent: [object, string[]][] = [];
  const other = {};
  const find = gathered((asked: object, keys) => {
    sent.push([asked, keys]);
    return lengths(keys);
  });

  await Promise.all([find(place, 'a'), find(other, 'b')]);

  expect(sent).toEqual([
    [place, ['a']],
    [other, ['b']],
  ]);
});

test('a look-up that breaks is told to all that wait for it, and to nobody after them', async () => {
  let isBroken = true;
  const find = gathered((_place: object, keys) =>
    isBroken ? Promise.reject(new Error('gone')) : lengths(keys),
  );

  const all = await Promise.allSettled([find(place, 'a'), find(place, 'b')]);
  isBroken = false;

  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await find(place, 'a')).toBe(1);
});
