import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from '../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** Sends requests for a large file at once on one connection, and returns how many were answered until it ended. */
async function pipelined(count: number): Promise<number> {
  const { port, hostname } = new URL(world.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => (text += part));
  // A reset is one of the ways in which the server may end it.
  socket.on('error', () => socket.destroy());
  const head = 'GET /api/docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n';
  socket.write(`${head}\r\n`.repeat(count - 1) + `${head}Connection: close\r\n\r\n`);
  await once(socket, 'close');
  return text.match(/HTTP\/1\.1 200/g)?.length ?? 0;
}

test('a few requests on one connection are answered in turn', async () => {
  expect(await pipelined(10)).toBe(10);
});

test('who sends very many without waiting for answers is cut off', async () => {
  expect(await pipelined(100)).toBeLessThan(100);
});
