import type { FastifyInstance } from 'fastify';

// Whoever is ready first waits for so many others at most, which is a millisecond or two.
const MOST_TOGETHER = 64;

interface Turn {
  count: number;
  over: Promise<void>;
  end(): void;
}

/**
 * Sends the answers that are ready within one turn of the event loop one right after the other. Each that is sent by itself wakes up
 * its reader, which costs as much as all the rest of a request: see docs/decisions/0053-answers-together.md.
 */
export function answerTogether(app: FastifyInstance): void {
  let current: Turn | undefined;

  function begin(): Turn {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const turn: Turn = {
      count: 0,
      over,
      end() {
        if (current === turn) current = undefined;
        resolve();
      },
    };
    setImmediate(turn.end);
    return turn;
  }

  app.addHook('onSend', () => {
    const turn = (current ??= begin());
    if (++turn.count === MOST_TOGETHER) turn.end();
    return turn.over;
  });
}
