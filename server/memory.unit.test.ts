import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemory } from './memory.ts';

/** A load that ends when it is told to. */
function pending<T>() {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  return { load: () => promise, resolve, reject };
}

test('whoever asks while a thing is loaded gets the same load', async () => {
  const memory = createMemory(10);
  let loads = 0;
  const { promise, resolve } = Promise.withResolvers<object>();
  const load = (): Promise<object> => {
    loads++;
    return promise;
  };
  const asked = [memory.remember('k', load), memory.remember('k', load), memory.remember('k', load)];
  const value = {};
  resolve(value);
  for (const got of await Promise.all(asked)) expect(got).toBe(value);
  expect(loads).toBe(1);
  expect(memory.recall('k')).toBe(value);
  expect(await memory.remember('k', load)).toBe(value);
  expect(loads).toBe(1);
});

test('a thing that is touched while it is loaded is not kept, and whoever asks then loads anew', async () => {
  const memory = createMemory(10);
  const [old, fresh] = [pending<object>(), pending<object>()];
  const before = memory.remember('k', old.load);
  memory.touch('k');
  const after = memory.remember('k', fresh.load);
  const [oldValue, freshValue] = [{}, {}];
  fresh.resolve(freshValue);
  expect(await after).toBe(freshValue);
  old.resolve(oldValue);
  expect(await before).toBe(oldValue);
  expect(memory.recall('k')).toBe(freshValue);
});

test('of loads that began while changes could not be heard of, none is kept that is touched', async () => {
  let isCurrent = false;
  const memory = createMemory(10, () => isCurrent);
  const [first, second] = [pending<object>(), pending<object>()];
  const asked = [memory.remember('k', first.load), memory.remember('k', second.load)];
  memory.touch('k');
  second.resolve({});
  first.resolve({});
  await Promise.all(asked);
  isCurrent = true;
  expect(memory.recall('k')).toBeUndefined();
});

test('what does not exist, and a load that fails, are asked for again', async () => {
  const memory = createMemory(10);
  expect(await memory.remember('k', () => Promise.resolve(undefined))).toBeUndefined();
  await expect(memory.remember('k', () => Promise.reject(new Error('no database')))).rejects.toThrow(
    'no database',
  );
  const value = {};
  expect(await memory.remember('k', () => Promise.resolve(value))).toBe(value);
});

test('clearing forgets what is kept, and what is being loaded', async () => {
  const memory = createMemory(10);
  await memory.remember('kept', () => Promise.resolve({}));
  const loading = pending<object>();
  const asked = memory.remember('loading', loading.load);
  memory.clear();
  loading.resolve({});
  await asked;
  expect(memory.recall('kept')).toBeUndefined();
  expect(memory.recall('loading')).toBeUndefined();
});

test('it holds as many things as it was told to, the latest used', async () => {
  const memory = createMemory(2);
  for (const key of ['a', 'b', 'a', 'c']) await memory.remember(key, () => Promise.resolve({ key }));
  expect(['a', 'b', 'c'].map((key) => memory.recall(key) !== undefined)).toEqual([true, false, true]);
});

test('in any order of events, nobody gets a state older than the last change before they asked', async () => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b'),
    what: fc.constantFrom('ask', 'ask', 'ask', 'change', 'clear', 'deaf', 'hear'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(step, { minLength: 1, maxLength: 16 }),
      async (scheduler, steps) => {
        let isCurrent = true;
        const memory = createMemory(10, () => isCurrent);
        // Changes that are heard of only later.
        const unheard: string[] = [];
        const hear = (): void => {
          unheard.splice(0).forEach(memory.touch);
          isCurrent = true;
        };
        const stored = new Map([
          ['a', 0],
          ['b', 0],
        ]);
        const read = (key: string) => async () => {
          // The database is read at some moment, and the answer arrives at a later one.
          await scheduler.schedule(Promise.resolve(), 'asked');
          const version = stored.get(key) ?? 0;
          await scheduler.schedule(Promise.resolve(), 'answered');
          return { version };
        };
        const answers: Promise<{ wanted: number; got: number }>[] = [];
        const { task } = scheduler.scheduleSequence(
          steps.map(({ key, what }) => () => {
            const version = stored.get(key) ?? 0;
            if (what === 'change') {
              stored.set(key, version + 1);
              if (isCurrent) memory.touch(key);
              else unheard.push(key);
            } else if (what === 'clear') memory.clear();
            else if (what === 'deaf') isCurrent = false;
            else if (what === 'hear') hear();
            else {
              answers.push(
                memory
                  .remember(key, read(key))
                  .then((found) => ({ wanted: version, got: found?.version ?? -1 })),
              );
            }
            return Promise.resolve();
          }),
        );
        await scheduler.waitAll();
        await task;
        hear();
        const tooOld = (await Promise.all(answers)).filter(({ wanted, got }) => got < wanted);
        expect(tooOld).toEqual([]);
        for (const [key, version] of stored) {
          const kept = memory.recall<{ version: number }>(key) ?? { version };
          expect(kept.version).toBe(version);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
