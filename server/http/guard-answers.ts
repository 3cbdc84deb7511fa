import type { FastifyInstance } from 'fastify';

const HEADERS = {
  // What one may see, a proxy in between must not show to the next who asks.
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'deny',
};

/** Sees to it that no browser or proxy keeps an answer, guesses what it is, or shows it in a frame of another site. */
export function guardAnswers(app: FastifyInstance): void {
  app.addHook('onSend', (_request, reply, _payload, done) => {
    for (const [name, value] of Object.entries(HEADERS)) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
    done();
  });
}
