import type { FastifyInstance } from 'fastify';

// Whoever is ready first waits for so many others at most, which is a millisecond or two.
const MOST_TOGETHER = 64;

/**
 * Sends the answers that are ready within one turn of the event loop one right after the other. Each that is sent by itself wakes up
 * its reader, which costs as much as all the rest of a request: see docs/decisions/0053-answers-together.md.
 */
export function answerTogether(app: FastifyInstance): void {
  let ready: (() => void)[] = [];

  function sendAll(): void {
    const sending = ready;
    ready = [];
    for (const send of sending) send();
  }

  // With callbacks: a promise for each would cost as much as all else that is done here.
  app.addHook('onSend', (_request, _reply, _payload, done) => {
    if (ready.push(done) === 1) setImmediate(sendAll);
    if (ready.length === MOST_TOGETHER) sendAll();
  });
}
