import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { parseTraceparent } from './trace-context.ts';

const LOOK_EVERY_MS = 20;
const PROBE_OF_LIFE = /\/healthz\/?(\?|$)/;
const REFUSAL = {
  message: 'The server is stopping',
  detail: 'Send the request again: another server answers it, or this one once it has been started again.',
  messageId: 'stopping',
  statusCode: 503,
};

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Refuses what comes from now on, lets what is under way end within so many milliseconds, and closes. What is not answered by then
     * is cut off.
     */
    drain(patience: number): Promise<void>;
  }
}

/** Lets the server end without losing a request: one that came in is answered, one that comes too late is told so. */
export function stopByDraining(
  app: FastifyInstance,
  { underWay, newId }: { underWay: () => number; newId: () => string },
): void {
  const { server } = app;
  app.decorate('drain', async (patience) => {
    // Nothing that each request would have to ask before: from here on nobody else is asked. The door stays open meanwhile, since
    // who is turned away with words can go elsewhere.
    server
      .removeAllListeners('request')
      .on('request', (request, response) => refuse(request, response, newId()));
    const limit = performance.now() + patience;
    // Not with Node's closeIdleConnections: it takes a connection for idle whose answer is made and still on its way.
    while (underWay() > 0 && performance.now() < limit) await sleep(LOOK_EVERY_MS);
    const closed = app.close();
    // Those too that have asked for nothing, for which Node would wait.
    server.closeAllConnections();
    await closed;
  });
}

/** Whoever asks whether the process lives is told so to the end, lest it is killed for stopping. */
function refuse(request: IncomingMessage, response: ServerResponse, id: string): void {
  const { url = '', headers: given } = request.resume();
  const headers = { connection: 'close', 'x-request-id': id };
  if (PROBE_OF_LIFE.test(url)) {
    response.writeHead(200, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end('Ok');
    return;
  }
  response
    .writeHead(503, { ...headers, 'content-type': 'application/json; charset=utf-8', 'retry-after': '2' })
    .end(JSON.stringify({ ...REFUSAL, traceID: traceIdIn(given) ?? id }));
}

function traceIdIn({ traceparent }: IncomingHttpHeaders): string | undefined {
  return typeof traceparent === 'string' ? parseTraceparent(traceparent)?.traceId : undefined;
}
