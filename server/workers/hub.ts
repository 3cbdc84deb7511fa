import { setTimeout as sleep } from 'node:timers/promises';
import { createLimitedLately, type Limited } from '../limits.ts';
import type { AtPrimary, AtWorker, Figures, Keys } from './calls.ts';
import type { Channel } from './channel.ts';
import type { Counting } from './counting.ts';
import { figuresOfAll } from './figures.ts';

/** What a worker may ask that is not about its process. */
export type AtHub = Omit<AtPrimary, 'listens' | 'rotate'>;

/** A worker, as far as it is spoken with. */
export type Member = Pick<Channel<AtWorker>, 'ask' | 'tell'>;

/** Where the workers of one machine meet: what one changes the others forget, and what they count is counted together. */
export interface Hub {
  /** What a worker may ask. */
  servicesFor(member: Member): AtHub;
  /** A worker serves. */
  add(member: Member): void;
  /** A worker is gone, and what it has changed may not have been told. */
  remove(member: Member): void;
  limitedLately(): Limited[];
}

const FIGURES_WITHIN_MS = 2000;

/** A hub that counts there, with the time in milliseconds since 1970 and the figures of its own process. */
export function createHub(
  counting: Counting,
  now: () => number,
  own: () => Promise<Figures> = () => Promise.resolve([]),
): Hub {
  const serving = new Set<Member>();
  const remembering = new Set<Member>();
  const lately = createLimitedLately();
  const figures = figuresOfAll(own);

  const others = (all: ReadonlySet<Member>, member: Member): Member[] =>
    [...all].filter((other) => other !== member);

  /** Resolves once none of these remembers anything under the keys: a worker that is gone remembers nothing. */
  async function forgotten(by: Member[], keys: Keys): Promise<void> {
    await Promise.all(by.map((member) => member.ask('forget', keys)));
  }

  return {
    servicesFor: (member) => ({
      remembers: () => void remembering.add(member),
      touched: (keys) => forgotten(others(remembering, member), keys),
      take: counting.take,
      occupy: (key, most, milliseconds) => counting.occupy(key, most, milliseconds, member),
      leave: counting.leave,
      keep: counting.keep,
      knows: counting.knows,
      limited(some) {
        lately.add(some, now());
        for (const other of others(serving, member)) other.tell('limited', some);
      },
      async figuresOfAll() {
        // One that does not answer in time counts with what it said last.
        const each = [...serving].map(async (one) => {
          const its = await one.ask('figures');
          if (its !== undefined && serving.has(one)) figures.note(one, its);
        });
        await Promise.race([Promise.all(each), sleep(FIGURES_WITHIN_MS, undefined, { ref: false })]);
        return figures.text();
      },
    }),
    add: (member) => void serving.add(member),
    remove(member) {
      serving.delete(member);
      remembering.delete(member);
      counting.leaveAll(member);
      figures.leave(member);
      void forgotten([...remembering], 'all');
    },
    limitedLately: () => lately.list(now()),
  };
}
