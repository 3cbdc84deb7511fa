import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { onPostgres, onSqlite, type Place } from '../support/place.ts';
import { type Running, serve } from '../support/serving.ts';
import { ADMIN, ask, get, mustBe } from './ask.ts';
import type { Run, Shown } from './table.ts';

// More than the system keeps for a connection that is not read.
const LONG_TEXT = 'x'.repeat(48_000_000);
const SHORT = '3s';
const LONG = '1m';

/** Tells servers to end while requests are under way, in each of the ways that requests can be under way. */
export const stop: Run = async ({ isShort, scenario }) => {
  for (const find of [() => Promise.resolve(onSqlite()), onPostgres]) {
    const place = await find();
    const times = isShort ? 1 : 10;
    const repeat = (tried: string, work: Work, patience = LONG): Promise<void> =>
      scenario(`${tried}, on ${place.name}`, () => often(place, times, patience, work));
    try {
      await repeat('SIGTERM with a body half sent', finishesBody);
      await repeat('SIGTERM with a long answer half read', finishesAnswer);
      await repeat('SIGTERM with idle connections', leavesIdle);
      await repeat('SIGTERM with a body that never ends', cutsOff, SHORT);
      await repeat('SIGTERM twice', endsAtOnce);
      await repeat('SIGTERM with uses not yet written', writesUses);
    } finally {
      await place.end();
    }
  }
};

type Work = (server: Running) => Promise<string>;

async function often(place: Place, times: number, patience: string, work: Work): Promise<Shown> {
  let held = '';
  for (let count = 0; count < times; count++) {
    const environment = {
      ...(await place.create()),
      GF_SERVER_SHUTDOWN_TIMEOUT: patience,
      GF_USAGE_FLUSH_INTERVAL: '1h',
      GF_LIMITS_MAX_DASHBOARD_BYTES: '50000000',
    };
    const server = await serve(environment);
    try {
      held = await work(server);
    } finally {
      if (server.process.exitCode === null && server.process.signalCode === null) await server.kill();
    }
    if (held.startsWith('its uses')) {
      const again = await serve(environment);
      const [token] = await get(again, '/api/auth/keys');
      await again.stop();
      assert.notEqual(token.lastUsedAt, null);
    }
    await place.remove(environment);
  }
  return { times, held };
}

async function finishesBody(server: Running): Promise<string> {
  const body = JSON.stringify({ name: 'slow', role: 'Viewer' });
  const socket = await open(server);
  socket.write(
    head('POST', '/api/auth/keys', `content-type: application/json\r\ncontent-length: ${body.length}\r\n`),
  );
  socket.write(body.slice(0, 10));
  await sleep(100);
  const ended = tellToEnd(server);
  await expectClosedToNew(server);
  socket.write(body.slice(10));
  assert.match(await textOf(socket), /^HTTP\/1\.1 200 .*"name":"slow"/s);
  assert.equal(await ended, 0);
  return 'it is answered 200; what comes meanwhile gets 503, Retry-After and the end of its connection; code 0';
}

async function finishesAnswer(server: Running): Promise<string> {
  const dashboard = { uid: 'long', title: 'long', text: LONG_TEXT };
  mustBe(200, await ask(server, 'POST', '/api/dashboards/db', { body: { dashboard } }));
  const socket = await open(server);
  socket.write(head('GET', '/api/dashboards/uid/long'));
  await once(socket, 'readable');
  const ended = tellToEnd(server);
  await expectClosedToNew(server);
  assert.ok((await textOf(socket)).includes(LONG_TEXT));
  assert.equal(await ended, 0);
  return `all ${LONG_TEXT.length.toLocaleString('en')} bytes of it arrive; code 0`;
}

async function leavesIdle(server: Running): Promise<string> {
  const idle = await Promise.all(Array.from({ length: 50 }, () => open(server)));
  // Half of them have been answered before, the others never asked.
  for (const socket of idle.slice(25)) {
    socket.write(head('GET', '/healthz'));
    await once(socket, 'data');
  }
  const begun = performance.now();
  assert.equal(await tellToEnd(server), 0);
  const took = performance.now() - begun;
  for (const socket of idle) socket.destroy();
  assert.ok(took < 2000, `it took ${took} ms`);
  return '50 of them hold nothing up; code 0';
}

async function cutsOff(server: Running): Promise<string> {
  const socket = await open(server);
  socket.write(head('POST', '/api/auth/keys', 'content-type: application/json\r\ncontent-length: 100\r\n'));
  await sleep(100);
  const begun = performance.now();
  assert.equal(await tellToEnd(server), 0);
  const took = (performance.now() - begun) / 1000;
  socket.destroy();
  assert.ok(took > 2.5 && took < 4.5, `it took ${took} s`);
  return `it is cut off at shutdown_timeout (${SHORT}); code 0`;
}

async function endsAtOnce(server: Running): Promise<string> {
  const socket = await open(server);
  socket.write(head('POST', '/api/auth/keys', 'content-type: application/json\r\ncontent-length: 100\r\n'));
  await sleep(100);
  const ended = tellToEnd(server);
  await expectClosedToNew(server);
  const begun = performance.now();
  server.process.kill('SIGTERM');
  assert.equal(await ended, 143);
  socket.destroy();
  assert.ok(performance.now() - begun < 1500);
  return 'the second ends it at once; code 143';
}

async function writesUses(server: Running): Promise<string> {
  const { key } = mustBe(
    200,
    await ask(server, 'POST', '/api/auth/keys', { body: { name: 'used', role: 'Viewer' } }),
  ).body;
  await get(server, '/api/user', `Bearer ${key}`);
  assert.equal(await tellToEnd(server), 0);
  return 'its uses, gathered in memory, are in the database; code 0';
}

/** Sends the signal; how the process ends. */
async function tellToEnd({ process }: Running): Promise<number | null> {
  const ended = once(process, 'exit') as Promise<[number | null]>;
  process.kill('SIGTERM');
  return (await ended)[0];
}

/** Who comes after the signal is turned away with words, and only the question for life is answered. */
async function expectClosedToNew(server: Running): Promise<void> {
  for (;;) {
    const answer = await ask(server, 'GET', '/readyz');
    if (answer.status === 503) break;
    await sleep(10);
  }
  const refused = mustBe(503, await ask(server, 'GET', '/api/org'));
  assert.equal(refused.body.message, 'The server is stopping');
  assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/);
  assert.equal(refused.headers.get('connection'), 'close');
  assert.equal((await ask(server, 'GET', '/healthz')).status, 200);
}

async function open({ url }: Running): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

function head(method: string, path: string, more = ''): string {
  return `${method} ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: ${ADMIN}\r\n${more}\r\n`;
}

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8');
  for await (const part of socket) text += part;
  return text;
}
