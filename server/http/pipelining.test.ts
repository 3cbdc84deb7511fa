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

test('what cannot be read is answered after the requests before it, however long those work', async () => {
  const wrong = `Basic ${btoa('admin:wrong')}`;
  const { port, hostname } = new URL(world.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => (text += part));
  // A password is looked at outside the event loop, for a while.
  socket.write(`GET /api/org HTTP/1.1\r\nHost: x\r\nAuthorization: ${wrong}\r\n\r\n`.repeat(2));
  socket.write('no request\r\n\r\n');
  await once(socket, 'close');
  expect([...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status)).toEqual([
    '401',
    '401',
    '400',
  ]);
});
