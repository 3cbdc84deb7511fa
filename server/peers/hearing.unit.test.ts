import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHearing, type Message, readMessage } from './hearing.ts';

/** What a server says: some changes, each committed or not, and after each round a beat with what was committed in it. */
function saying(from: string, rounds: readonly (readonly boolean[])[]): Message[] {
  let number = 0;
  return rounds.flatMap((round, beat) => {
    const told = round.map((isCommitted) => ({ number: ++number, isCommitted }));
    const committed = told.filter(({ isCommitted }) => isCommitted).map((change) => change.number);
    return [
      ...committed.map((of): Message => ({ from, number: of, keys: ['org:1'] })),
      { from, beat: beat + 1, committed },
    ];
  });
}

const rounds = fc.array(fc.array(fc.boolean(), { maxLength: 5 }), { minLength: 1, maxLength: 6 });

test('whoever hears everything misses nothing, also of changes that were not made and of several servers at once', () => {
  fc.assert(
    fc.property(rounds, rounds, fc.infiniteStream(fc.boolean()), (ofOne, ofOther, turns) => {
      const hearing = createHearing();
      const [one, other] = [saying('one', ofOne), saying('other', ofOther)];
      while (one.length + other.length > 0) {
        const next = turns.next().value && one.length > 0 ? one.shift() : (other.shift() ?? one.shift());
        expect(hearing.hear(next as Message)).toBe(false);
      }
    }),
  );
});

test('whoever hears the beats after it notices each message that did not arrive', () => {
  fc.assert(
    fc.property(rounds, fc.nat(), (ofOne, which) => {
      const hearing = createHearing();
      hearing.hear({ from: 'one', beat: 0, committed: [] });
      const said = saying('one', [...ofOne, []]);
      // The last beat cannot be missed by who hears nothing after it.
      const lost = which % (said.length - 1);
      const noticed = said.filter((_, at) => at !== lost).map((message) => hearing.hear(message));
      expect(noticed).toContain(true);
    }),
  );
});

test('what is confirmed by the first beat of a server may have been told before anybody listened', () => {
  const hearing = createHearing();
  expect(hearing.hear({ from: 'one', beat: 7, committed: [1, 2] })).toBe(false);
  expect(hearing.hear({ from: 'one', beat: 8, committed: [3] })).toBe(true);
});

test('what is no message is none, whatever it is', () => {
  for (const anything of [fc.string(), fc.json()]) {
    fc.assert(
      fc.property(anything, (text) => {
        expect(readMessage(text)).toBeUndefined();
      }),
    );
  }
  const wrong = [
    { from: 1, number: 1, keys: [] },
    { from: '', number: 1.5, keys: [] },
    { from: '', beat: 1, committed: ['1'] },
  ];
  for (const message of wrong) expect(readMessage(JSON.stringify(message))).toBeUndefined();
  const right: Message[] = [
    { from: 'a', number: 1, keys: ['org:1'] },
    { from: 'a', number: 2, keys: 'all' },
    { from: 'a', beat: 1, committed: [] },
  ];
  for (const message of right) expect(readMessage(JSON.stringify(message))).toEqual(message);
});
