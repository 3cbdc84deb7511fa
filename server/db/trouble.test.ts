import { closeSync, openSync, writeSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../config/config.ts';
import { startServer } from '../server.ts';
import { ADMIN, newDatabase, startWorld, type World } from '../testing/world.ts';

const isPostgres = process.env['LATCHKEY_TEST_DATABASE'] === 'postgres';
const PAGE_BYTES = 4096;
const LARGE_BYTES = 80 * 2 ** 20;
const BASIC = { authorization: `Basic ${btoa('admin:admin')}` };

/** A server that knows its administrator, and who else has locked its database. */
async function startLocked(): Promise<{ world: World; other: DatabaseSync }> {
  const world = await startWorld();
  onTestFinished(() => world.stop());
  await world.send(ADMIN, 'GET', '/api/org');
  const other = new DatabaseSync(join(world.context.config.paths.data, 'latchkey.db'));
  onTestFinished(() => other.close());
  other.exec('begin immediate');
  return { world, other };
}

describe.runIf(!isPostgres)('a file that another process has locked', () => {
  test('is waited for by changes, while reads go on', async () => {
    const { world, other } = await startLocked();
    const changes = Array.from({ length: 5 }, (_, count) =>
      world.send(ADMIN, 'POST', '/api/auth/keys', { name: `key ${count}`, role: 'Viewer' }),
    );
    let done = 0;
    for (const change of changes) void change.then(() => done++);
    for (let count = 0; count < 20; count++) {
      expect((await world.send(ADMIN, 'GET', '/api/auth/keys')).body).toEqual([]);
    }
    expect(done).toBe(0);
    other.exec('rollback');
    expect((await Promise.all(changes)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  test('is not waited for without end: changes are refused for now, nothing is changed, and health tells', async () => {
    const { world, other } = await startLocked();
    const { status, headers, body } = await world.send(ADMIN, 'POST', '/api/auth/keys', {
      name: 'late',
      role: 'Viewer',
    });
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(body).toMatchObject({ messageId: 'busy', detail: expect.stringContaining('Nothing was changed') });
    const readiness = await world.send(undefined, 'GET', '/readyz');
    expect([readiness.status, readiness.body.status]).toEqual([200, 'ready']);
    expect(readiness.body.reason).toBeDefined();
    expect((await world.send(undefined, 'GET', '/api/health')).status).toBe(503);
    other.exec('rollback');
    await expect.poll(async () => (await world.send(undefined, 'GET', '/api/health')).status).toBe(200);
    expect((await world.send(ADMIN, 'GET', '/api/auth/keys')).body).toEqual([]);
  });
});

test.runIf(!isPostgres)(
  'a large file is served while it is looked through, and not written to any more once it is found damaged',
  async () => {
    const database = await newDatabase({ isUpToDate: true });
    onTestFinished(() => database.remove());
    const path = join(database.directory, 'latchkey.db');
    const filling = new DatabaseSync(path);
    filling.exec(
      `create table filling (content blob); insert into filling values (zeroblob(${LARGE_BYTES}))`,
    );
    filling.close();
    const file = openSync(path, 'r+');
    // Where a page of the content says which one is next.
    writeSync(file, Buffer.alloc(4, 0xa5), 0, 4, LARGE_BYTES / 2 - ((LARGE_BYTES / 2) % PAGE_BYTES));
    closeSync(file);

    const world = await startWorld({}, database);
    onTestFinished(() => world.stop());
    await expect.poll(() => world.log.join(''), { timeout: 20_000 }).toContain('the database is damaged');
    const key = { name: 'late', role: 'Viewer' };
    expect((await world.send(ADMIN, 'POST', '/api/auth/keys', key)).status).toBe(503);
    expect((await world.send(ADMIN, 'GET', '/api/auth/keys')).body).toEqual([]);
  },
);

describe.runIf(isPostgres)('a PostgreSQL that cannot be reached', () => {
  test('is 503 and never 401, and all is well once it is back', async () => {
    const { relay, url, stop } = await serveThroughRelay();
    onTestFinished(stop);
    const ask = async (path: string, headers: Record<string, string>, body?: unknown) => {
      const init = body === undefined ? { headers } : post(headers, body);
      const answer = await fetch(url + path, init);
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, text };
    };
    const make = async (name: string) =>
      (JSON.parse((await ask('/api/auth/keys', BASIC, { name, role: 'Viewer' })).text) as { key: string })
        .key;
    const known = { authorization: `Bearer ${await make('known')}` };
    const unknown = { authorization: `Bearer ${await make('unknown')}` };
    expect((await ask('/api/login/ping', known)).status).toBe(200);

    await relay.close();
    // Until it has heard nothing of other servers for too long, it goes by what it remembers.
    expect([200, 503]).toContain((await ask('/api/login/ping', known)).status);
    for (const refused of [
      await ask('/api/login/ping', unknown),
      await ask('/api/auth/keys', BASIC),
      await ask('/api/auth/keys', BASIC, { name: 'more', role: 'Viewer' }),
    ]) {
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(JSON.parse(refused.text)).toMatchObject({
        messageId: 'database.away',
        detail: expect.any(String),
      });
      expect(refused.text).not.toMatch(/ECONN|127\.0\.0\.1|terminated/);
    }
    for (const path of ['/api/health', '/readyz']) {
      const { status, text } = await ask(path, {});
      expect([status, text]).toEqual([503, expect.stringContaining('the database does not answer')]);
    }
    expect((await ask('/healthz', {})).status).toBe(200);

    await relay.open();
    await expect.poll(async () => (await ask('/readyz', {})).text).toBe('{"status":"ready"}');
    expect((await ask('/api/login/ping', unknown)).status).toBe(200);
    expect((await ask('/api/auth/keys', BASIC, { name: 'more', role: 'Viewer' })).status).toBe(200);
  });

  test('is waited for by a start, which says so', async () => {
    const lines: string[] = [];
    const { stop } = await serveThroughRelay({
      beginClosed: true,
      onLog: (line, relay) => {
        lines.push(line);
        if (line.includes('waiting for it')) void relay.open();
      },
    });
    await stop();
    expect(lines.join('')).toContain('the database does not answer: waiting for it');
  });
});

function post(headers: Record<string, string>, body: unknown): RequestInit {
  return {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

interface Relay {
  /** Cuts all connections and takes no more. */
  close(): Promise<void>;
  open(): Promise<void>;
}

/** A server that reaches its PostgreSQL by way of a port of the test's. */
async function serveThroughRelay({
  beginClosed = false,
  onLog = () => undefined,
}: { beginClosed?: boolean; onLog?: (line: string, relay: Relay) => void } = {}) {
  const database = await newDatabase();
  const direct = new URL(database.settings['url'] ?? '');
  const { relay, port } = await startRelay(Number(direct.port));
  if (beginClosed) await relay.close();
  const through = new URL(direct);
  through.port = String(port);
  const { config } = loadConfig({
    home: database.directory,
    env: {},
    overrides: {
      paths: { data: database.directory },
      server: { http_port: 0 },
      database: { type: 'postgres', url: through.href },
      security: { secret_key: 'a key for tests' },
    },
  });
  const console = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      onLog(line, relay);
      done();
    },
  });
  const server = await startServer(config, { console });
  const stop = async (): Promise<void> => {
    await server.stop();
    await relay.close();
    await database.remove();
  };
  return { relay, url: server.url, stop };
}

async function startRelay(target: number): Promise<{ relay: Relay; port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(one);
      one
        .on('error', () => undefined)
        .once('close', () => {
          sockets.delete(one);
          other.destroy();
        });
      one.pipe(other);
    }
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const port = await listen(0);
  return {
    port,
    relay: {
      async open() {
        if (!server.listening) await listen(port);
      },
      async close() {
        if (!server.listening) return;
        const closed = once(server, 'close');
        server.close();
        for (const socket of sockets) socket.destroy();
        await closed;
      },
    },
  };
}
