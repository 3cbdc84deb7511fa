import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect } from 'vitest';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { attack, IN_FULL } from './attack.ts';
import { basic, dial } from './raw.ts';

// Connections that are held and say little.

let world: World;
beforeAll(async () => {
  world = await startWorld({ server: { read_timeout: IN_FULL ? '5s' : '2s' } });
});
afterAll(() => world.stop());

const MANY = IN_FULL ? 1000 : 100;
const HEAD = `POST /api/teams HTTP/1.1\r\nHost: x\r\n${basic('admin', 'admin')}\r\n`;

const SLOW: Record<string, string> = {
  'nothing at all': '',
  'half a request line': 'GET /api/he',
  'headers without an end': `${HEAD}X-Slow: `,
  'a body that does not come': `${HEAD}Content-Length: 100\r\n\r\n{"na`,
  'chunks that do not come': `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n{"n`,
};

for (const [title, begun] of Object.entries(SLOW)) {
  attack(
    `many connections that are slow: ${title}`,
    "[server] read_timeout, and Node's limit for headers; others are served meanwhile",
    async (tried) => {
      const held = await Promise.all(
        Array.from({ length: MANY }, async (_, at): Promise<[Socket, Promise<unknown>]> => {
          tried();
          const socket = await dial(world);
          socket.resume();
          // A reset is one of the ways in which the server may end it.
          const ended = new Promise((resolve) => socket.once('close', resolve));
          if (begun !== '') socket.write(begun);
          // Some go on with a letter at a time, so that there is never nothing coming.
          const timer = setInterval(
            () => at % 10 === 0 && socket.writable && begun !== '' && socket.write('a'),
            100,
          );
          void ended.then(() => clearInterval(timer));
          return [socket, ended];
        }),
      );
      for (let asked = 0; asked < 50; asked++) {
        expect((await world.send(ADMIN, 'GET', '/api/org')).status).toBe(200);
      }
      // The server ends each of them; the test's own limit tells when it does not.
      await Promise.all(held.map(([, ended]) => ended));
      expect((await world.send(ADMIN, 'GET', '/api/teams/search')).body.totalCount).toBe(0);
    },
  );
}
