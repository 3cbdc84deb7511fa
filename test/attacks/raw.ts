import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../../server/testing/world.ts';

/** What a server sent on one connection. */
export interface Exchange {
  /** The statuses of the answers, in order. */
  statuses: number[];
  text: string;
  /** Whether the server ended the connection. */
  closed: boolean;
}

// How long nothing must come until nothing more is expected. Too short would miss an answer, and never make one up.
const QUIET_MS = 150;

/** A connection to the server, on which anything may be sent. */
export async function dial(world: World): Promise<Socket> {
  const { port, hostname } = new URL(world.url);
  const socket = connect(Number(port), hostname);
  // A reset is one of the ways in which the server may end it.
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Sends these bytes on a connection of their own, and reads until the server ends it or has nothing more to say. */
export async function exchange(world: World, bytes: string | Buffer): Promise<Exchange> {
  const socket = await dial(world);
  let text = '';
  let heardAt = Date.now();
  socket.setEncoding('latin1');
  socket.on('data', (part: string) => {
    text += part;
    heardAt = Date.now();
  });
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  while (!socket.closed && (text === '' ? Date.now() - heardAt < 2000 : Date.now() - heardAt < QUIET_MS))
    await sleep(5);
  const { closed } = socket;
  socket.destroy();
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  return { statuses, text, closed };
}

/** The header that shows a login and its password. */
export function basic(login: string, password: string): string {
  return `Authorization: Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
}
