import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemory, type Memory } from '../memory.ts';
import type { AtPrimary, AtWorker } from './calls.ts';
import { type Channel, createChannel } from './channel.ts';
import { createCounting } from './counting.ts';
import { createHub, type Hub, type Member } from './hub.ts';

interface Thing {
  version: number;
}

interface Worker {
  memory: Memory;
  channel: Channel<AtPrimary>;
  isAlive: boolean;
  dead: PromiseWithResolvers<void>;
  /** Ends it; what it had sent still arrives, and its end after that. */
  kill(): Promise<void>;
}

type Hops = () => Promise<void>;

const immediate = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A worker whose messages take their time, in order. */
async function startWorker(hub: Hub, hops: Hops): Promise<Worker> {
  const dead = Promise.withResolvers<void>();
  const worker = { memory: createMemory(10, () => worker.isAlive), isAlive: true, dead } as Worker;
  const line = (deliver: (message: unknown) => void) => {
    let last = Promise.resolve();
    return (message: unknown): Promise<void> => (last = last.then(hops).then(() => deliver(message)));
  };
  const toHub = line((message) => ofHub.receive(message));
  const toWorker = line((message) => worker.isAlive && worker.channel.receive(message));
  const ofHub: Channel<AtWorker> = createChannel<AtPrimary, AtWorker>(
    (message) => void toWorker(message),
    (channel: Member) => ({ ...hub.servicesFor(channel), listens: () => {}, rotate: () => {} }),
  );
  worker.channel = createChannel<AtWorker, AtPrimary>(
    (message) => void (worker.isAlive && toHub(message)),
    () => ({
      start: () => {},
      forget: (keys) => (keys === 'all' ? worker.memory.clear() : keys.forEach(worker.memory.touch)),
      limited: () => {},
      figures: () => [],
      reopen: () => {},
      stop: () => {},
    }),
  );
  worker.kill = async () => {
    worker.isAlive = false;
    dead.resolve();
    worker.channel.end();
    await hops();
    ofHub.end();
    hub.remove(ofHub);
  };
  hub.add(ofHub);
  await worker.channel.ask('remembers');
  worker.memory.clear();
  return worker;
}

const KEY = 'user:1';
const step = fc.record({
  what: fc.constantFrom('change', 'change', 'look', 'look', 'look', 'look', 'look', 'look', 'kill', 'start'),
  who: fc.nat(),
});

test('whatever comes in between, nobody is told what was so before a change that was answered', async () => {
  const run = async (steps: { what: string; who: number }[], waits: fc.Stream<number>): Promise<void> => {
    let [committed, answered] = [0, 0];
    const hops: Hops = async () => {
      const { value = 0 } = waits.next();
      for (let hop = 0; hop < value; hop++) await immediate();
    };
    const hub = createHub(
      createCounting(() => 0, 10),
      () => 0,
    );
    const workers = await Promise.all([1, 2, 3].map(() => startWorker(hub, hops)));
    const change = async (worker: Worker): Promise<void> => {
      await hops();
      if (!worker.isAlive) return;
      const mine = ++committed;
      worker.memory.touch(KEY);
      await worker.channel.ask('touched', [KEY]);
      if (worker.isAlive) answered = Math.max(answered, mine);
    };
    const look = async (worker: Worker): Promise<void> => {
      await hops();
      if (!worker.isAlive) return;
      const least = answered;
      const seen = await worker.memory.remember<Thing>(KEY, async () => {
        await hops();
        const version = committed;
        await hops();
        return { version };
      });
      expect(seen?.version).toBeGreaterThanOrEqual(least);
      expect(worker.memory.recall<Thing>(KEY)?.version ?? answered).toBeGreaterThanOrEqual(answered);
    };
    const take = async ({ what, who }: (typeof steps)[number]): Promise<void> => {
      const alive = workers.filter(({ isAlive }) => isAlive);
      const worker = alive[who % alive.length];
      if (what === 'start') workers.push(await startWorker(hub, hops));
      else if (worker === undefined) return;
      else if (what === 'look') await look(worker);
      else if (what === 'kill') await worker.kill();
      // Whoever died before it was answered has told nobody that it was.
      else await Promise.race([change(worker), worker.dead.promise]);
    };
    const under: Promise<void>[] = [];
    for (const one of steps) {
      under.push(take(one));
      await hops();
    }
    await Promise.all(under);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 100 }), fc.infiniteStream(fc.nat(6)), run),
    {
      numRuns: 50,
    },
  );
});
