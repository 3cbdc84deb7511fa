import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../testing/world.ts';

const BODY = JSON.stringify({ name: 'slow', role: 'Viewer' });

/** A connection on which a request has begun whose body is not there yet. */
async function halfARequest(world: World): Promise<Socket> {
  const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const authorization = `Basic ${btoa('admin:admin')}`;
  socket.write(
    `POST /api/auth/keys HTTP/1.1\r\nhost: localhost\r\nauthorization: ${authorization}\r\n` +
      `content-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY.slice(0, 5)}`,
  );
  await world.send(ADMIN, 'GET', '/api/org');
  return socket;
}

async function restOf(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8');
  for await (const part of socket) text += part;
  return text;
}

/** Tells a server to stop; resolves once nobody new is let in. */
async function beginStop(world: World): Promise<{ ended: Promise<void> }> {
  const ended = world.stop();
  while ((await fetch(`${world.url}/readyz`)).status !== 503) await sleep(5);
  return { ended };
}

test('a request that is under way when the server is told to stop is answered, and who comes then is sent elsewhere', async () => {
  const world = await startWorld();
  const socket = await halfARequest(world);
  const { ended } = await beginStop(world);
  const late = await fetch(`${world.url}/api/org`, {
    headers: { authorization: `Basic ${btoa('admin:admin')}` },
  });
  expect(late.status).toBe(503);
  expect(late.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(late.headers.get('connection')).toBe('close');
  const id = late.headers.get('x-request-id');
  expect(id).toMatch(/^\S{8,}$/);
  expect(await late.json()).toMatchObject({
    message: 'The server is stopping',
    statusCode: 503,
    traceID: id,
  });
  const traceID = '0af7651916cd43dd8448eb211c80319c';
  const traced = { headers: { traceparent: `00-${traceID}-b7ad6b7169203331-01` } };
  const tracedAnswer = await fetch(`${world.url}/api/org`, traced);
  expect(await tracedAnswer.json()).toMatchObject({ traceID });
  expect(tracedAnswer.headers.get('x-request-id')).not.toBe(id);
  expect((await fetch(`${world.url}/healthz`)).status).toBe(200);
  socket.write(BODY.slice(5));
  expect(await restOf(socket)).toMatch(/^HTTP\/1\.1 200 [^]*"name":"slow"/);
  await ended;
});

test('a request that does not end is cut off when its time is up, and idle connections hold nothing up', async () => {
  const world = await startWorld({ server: { shutdown_timeout: '1s' } });
  const idle = connect(Number(new URL(world.url).port), '127.0.0.1');
  await once(idle, 'connect');
  const socket = await halfARequest(world);
  socket.on('error', () => undefined);
  idle.on('error', () => undefined);
  await world.stop();
  await expect(fetch(world.url)).rejects.toThrow('fetch failed');
  socket.destroy();
  idle.destroy();
});
