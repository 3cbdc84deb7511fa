import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

// A browser or client has one or two; only who wants the server to gather answers has more.
const MOST_WAITING = 16;

/** What came on a connection. */
interface Waiting {
  count: number;
  /** Undefined once all is answered. */
  newest: IncomingMessage | undefined;
  /** To be done once all is answered. */
  last: (() => void) | undefined;
}

const connections = new WeakMap<Socket, Waiting>();

/**
 * Does something once all that came on a connection is answered. Where nothing waits, or what came last can never become whole, that is
 * after the answers of this turn: see send-together.ts.
 */
export function onceAnswered(socket: Socket, what: () => void): void {
  const waiting = connections.get(socket);
  if (waiting?.newest?.complete) waiting.last = what;
  else setImmediate(what);
}

/**
 * Ends a connection that sends request after request without reading the answers: they would all be kept in memory, and
 * the largest of them are far larger than what asks for them. Gives a function that says how many requests are under way.
 */
export function limitPipelining(server: Server): () => number {
  let underWay = 0;

  // One function for all: a new one for each answer, and taking it away, is a twentieth of all that a request costs.
  function closed(this: ServerResponse): void {
    underWay--;
    const waiting = connections.get(this.req.socket);
    if (waiting === undefined || --waiting.count > 0) return;
    waiting.newest = undefined;
    waiting.last?.();
  }

  server.prependListener('request', (request, response) => {
    const { socket } = request;
    let waiting = connections.get(socket);
    if (waiting === undefined)
      connections.set(socket, (waiting = { count: 0, newest: undefined, last: undefined }));
    if (waiting.count === MOST_WAITING) {
      socket.destroy();
      return;
    }
    waiting.count++;
    waiting.newest = request;
    underWay++;
    response.on('close', closed);
  });
  return () => underWay;
}
