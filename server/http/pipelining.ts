import type { Server } from 'node:http';
import type { Socket } from 'node:net';

// A browser or client has one or two; only who wants the server to gather answers has more.
const MOST_WAITING = 16;

/**
 * Ends a connection that sends request after request without reading the answers: they would all be kept in memory, and
 * the largest of them are far larger than what asks for them. Gives a function that says how many requests are under way.
 */
export function limitPipelining(server: Server): () => number {
  const waiting = new WeakMap<Socket, number>();
  let underWay = 0;
  server.prependListener('request', ({ socket }, response) => {
    const count = (waiting.get(socket) ?? 0) + 1;
    if (count > MOST_WAITING) {
      socket.destroy();
      return;
    }
    waiting.set(socket, count);
    underWay++;
    response.once('close', () => {
      underWay--;
      waiting.set(socket, (waiting.get(socket) ?? 1) - 1);
    });
  });
  return () => underWay;
}
