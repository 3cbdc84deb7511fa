import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { ADMIN, newDatabase, startWorld, type World } from './testing/world.ts';

const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const CRASH = "data:text/javascript,process.on('SIGUSR2', () => { throw new Error('the crash') })";
const DAY = 24 * 60 * 60 * 1000;

async function makeWorld(overrides: Parameters<typeof startWorld>[0]): Promise<World> {
  const world = await startWorld(overrides);
  onTestFinished(() => world.stop());
  return world;
}

/** A server in a process of its own that logs to a file at debug, and what it says. */
async function serve() {
  const database = await newDatabase();
  onTestFinished(() => database.remove());
  const logs = join(database.directory, 'log');
  mkdirSync(logs);
  const file = join(logs, 'latchkey.log');
  const variables = Object.entries(database.settings).map(([key, value]) => [
    `GF_DATABASE_${key.toUpperCase()}`,
    value,
  ]);
  const start = async () => {
    const child = spawn(process.execPath, ['--import', CRASH, MAIN, 'serve'], {
      env: {
        ...process.env,
        ...Object.fromEntries(variables),
        GF_PATHS_DATA: database.directory,
        GF_PATHS_LOGS: logs,
        GF_SERVER_HTTP_PORT: '0',
        GF_LOG_MODE: 'file',
        GF_LOG_LEVEL: 'debug',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    child.stderr.setEncoding('utf8').on('data', (part: string) => (said.stderr += part));
    child.stdout.setEncoding('utf8').on('data', (part: string) => (said.stdout += part));
    const ended = once(child, 'close');
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    const listens = () => /Latchkey listens on (\S+)/.exec(said.stdout)?.[1];
    await expect.poll(listens, { timeout: 20_000 }).toBeDefined();
    const ask = async (times: number) => {
      for (let n = 0; n < times; n++) expect((await fetch(`${listens()}/api/health`)).status).toBe(200);
    };
    const end = async (signal: NodeJS.Signals): Promise<unknown> => {
      child.kill(signal);
      return (await ended)[0];
    };
    return { child, said, ask, end };
  };
  return {
    file,
    start,
    lines: (path = file) =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
  };
}

// Only Linux has a device that is always full.
const CANNOT_BE_FULL = !existsSync('/dev/full');

const answered = (lines: string[]) => lines.filter((line) => line.includes('path=/api/health '));

test('every line is in the log file when the server has stopped, and none on the console', async () => {
  const { start, lines } = await serve();
  const { said, ask, end } = await start();
  await ask(200);
  expect(await end('SIGTERM')).toBe(0);
  expect(answered(lines())).toHaveLength(200);
  expect(lines().at(-2)).toContain('msg="stopping on SIGTERM"');
  expect(lines().at(-1)).toContain('msg=stopped');
  expect(said.stdout).not.toContain('level=');
  expect(said.stderr).toBe('');
});

test('what the server died of is the last line, and no line before it is missing', async () => {
  const { start, lines } = await serve();
  const { ask, end } = await start();
  await ask(50);
  expect(await end('SIGUSR2')).not.toBe(0);
  expect(answered(lines())).toHaveLength(50);
  expect(lines().at(-1)).toMatch(/level=critical .* error="the crash"/);
});

test('a log file that was moved away is begun anew on SIGHUP', async () => {
  const { start, lines, file } = await serve();
  const { child, ask, end } = await start();
  await ask(3);
  await expect.poll(() => answered(lines()).length).toBe(3);
  renameSync(file, `${file}.1`);
  await ask(2);
  await expect.poll(() => answered(lines(`${file}.1`)).length).toBe(5);
  child.kill('SIGHUP');
  await expect.poll(() => readdirSync(join(file, '..'))).toContain('latchkey.log');
  await ask(4);
  await end('SIGTERM');
  expect(answered(lines())).toHaveLength(4);
  expect(answered(lines(`${file}.1`))).toHaveLength(5);
});

test.skipIf(CANNOT_BE_FULL)(
  'a full disk stops nothing, is said once on standard error, and costs no line once there is room',
  async () => {
    const { start, lines, file } = await serve();
    symlinkSync('/dev/full', file);
    const { child, said, ask, end } = await start();
    await ask(50);
    await expect.poll(() => said.stderr).toContain('lines do not get to [log.file]: ENOSPC');
    rmSync(file);
    child.kill('SIGHUP');
    await ask(5);
    await expect
      .poll(() => readdirSync(join(file, '..')).length > 0 && answered(lines()).length, { timeout: 10_000 })
      .toBe(55);
    await end('SIGTERM');
    expect(said.stderr.trim().split('\n')).toHaveLength(1);
    expect(
      lines()
        .filter((line) => line.includes('the log gets there again'))
        .join(''),
    ).toContain('lost=0');
  },
);

test.skipIf(CANNOT_BE_FULL)('with a full disk the server still ends when it is told to', async () => {
  const { start, file } = await serve();
  symlinkSync('/dev/full', file);
  const { ask, end } = await start();
  await ask(5);
  expect(await end('SIGTERM')).toBe(0);
});

test('lines that a broken output lost are counted in the metrics', async () => {
  const world = await makeWorld({
    log: { mode: 'console syslog' },
    'log.syslog': { network: 'tcp', address: '127.0.0.1:1' },
  });
  await world.send(undefined, 'GET', '/api/org');
  const lost = async () => {
    const { body } = await world.send(undefined, 'GET', '/metrics');
    return Number(/^latchkey_log_lines_lost_total\{output="syslog"\} (\d+)$/m.exec(body)?.[1]);
  };
  await expect.poll(lost).toBeGreaterThan(0);
  expect(world.log.filter((line) => line.includes('lines do not get to [log.syslog]: '))).toHaveLength(1);
  expect((await world.send(undefined, 'GET', '/metrics')).body).toContain(
    'lines_lost_total{output="console"} 0',
  );
});

test('a place without room for a log file stops the start and says what to do', async () => {
  const { directory, remove } = await newDatabase();
  onTestFinished(remove);
  writeFileSync(join(directory, 'file'), '');
  // The directory of a world is made when it starts, so one that cannot be made has to stand elsewhere.
  await expect(
    startWorld({ log: { mode: 'file' }, paths: { logs: join(directory, 'file', 'logs') } }),
  ).rejects.toThrow('Let the server write to the directory [paths] logs');
});

test('console and file each have their level and form, and a part with a level of its own has it in both', async () => {
  const world = await makeWorld({
    log: { mode: 'console file', level: 'warn' },
    'log.file': { format: 'json', level: 'info' },
    'log.filters': { auth: 'debug' },
  });
  await world.send({ bearer: 'x' }, 'GET', '/api/org');
  const file = join(world.context.config.paths.logs, 'latchkey.log');
  const inFile = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line).logger);
  await expect.poll(inFile).toEqual(expect.arrayContaining(['auth', 'api']));
  expect(world.log).toHaveLength(1);
  expect(world.log[0]).toContain(' level=debug logger=auth ');
});

test('a new file is begun after so many lines and each day, and what is too old is deleted', async () => {
  const world = await makeWorld({
    log: { mode: 'file', level: 'error' },
    'log.filters': { api: 'debug' },
    'log.file': { max_lines: 10, max_days: 2 },
  });
  const { logs } = world.context.config.paths;
  const day = (ahead: number) => new Date(world.clock.now() + ahead * DAY).toISOString().slice(0, 10);
  const files = () => readdirSync(logs).toSorted();
  const count = (name: string) => readFileSync(join(logs, name), 'utf8').split('\n').length - 1;
  const ask = async (times: number) => {
    for (let n = 0; n < times; n++) await world.send(undefined, 'GET', '/api/health');
  };
  const today = day(0);
  await ask(25);
  await expect.poll(() => files().map(count)).toEqual([5, 10, 10]);
  expect(files()).toEqual(['latchkey.log', `latchkey.log.${today}.001`, `latchkey.log.${today}.002`]);

  world.clock.advance(DAY);
  await ask(1);
  await expect.poll(files).toContain(`latchkey.log.${today}.003`);
  await expect.poll(() => count('latchkey.log')).toBe(1);
  writeFileSync(join(logs, 'latchkey.log.note'), 'not ours');
  const next = day(0);
  world.clock.advance(2 * DAY);
  await ask(1);
  await expect
    .poll(files)
    .toEqual(['latchkey.log', `latchkey.log.${next}.001`, 'latchkey.log.note'].toSorted());
});

test('a syslog server gets each line with its severity, by datagram and by connection', async () => {
  const got: string[] = [];
  const udp = createSocket('udp4', (message) => void got.push(message.toString()));
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const tcp = createServer((socket) => socket.on('data', (part) => void got.push(part.toString())));
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  for (const [network, { port }] of [
    ['udp', udp.address()],
    ['tcp', tcp.address() as AddressInfo],
  ] as const) {
    got.length = 0;
    const world = await startWorld({
      log: { mode: 'syslog', level: 'error' },
      'log.filters': { auth: 'debug' },
      'log.syslog': { network, address: `127.0.0.1:${port}`, facility: 'local3', tag: 'keys' },
    });
    await world.send({ bearer: 'x' }, 'GET', '/api/org');
    await world.stop();
    await expect.poll(() => got.join('')).toContain('credential refused');
    expect(got.join('')).toMatch(
      /^(\d+ )?<159>1 \d{4}-\d\d-\d\dT\S+Z \S+ keys \d+ - - time=\S+ level=debug logger=auth .*$/,
    );
    const [, length, line = ''] = /^(?:(\d+) )?(<.*)$/.exec(got.join('')) ?? [];
    expect(length).toBe(network === 'tcp' ? String(Buffer.byteLength(line)) : undefined);
  }
  udp.close();
  tcp.close();
});

test("the document's own search of the log finds why a key was refused, in either spelling of grep", async () => {
  for (const settings of [{ level: 'debug', filters: 'api:debug auth=debug' }, { level: 'debug' }]) {
    const world = await startWorld({
      log: settings,
      'log.filters': settings.filters === undefined ? { api: 'debug', auth: 'debug' } : {},
    });
    const key = 'eyJrIjoibm9ib2R5IiwibiI6Im4iLCJpZCI6MX0=';
    await world.send({ bearer: key }, 'GET', '/api/dashboards/home');
    await world.stop();
    for (const flag of ['-i', '-iE']) {
      const found = execFileSync('grep', [flag, 'auth|api.*key'], { input: world.log.join('') }).toString();
      expect(found).toMatch(/logger=auth msg="credential refused" .* reason=\w+/);
      expect(found).not.toContain(key);
    }
  }
});

test('whatever a request holds, each line of the log is one line without anything that a terminal obeys', async () => {
  const hostile = [
    '\u001b[2J',
    '\u0085',
    '\u009b31m',
    '\u2028',
    '\u2029',
    '\u202e',
    '\u2066',
    '\u200b',
    '\ufeff',
    '\u007f',
    '\u{e0041}',
    '\b',
    '\0',
  ];
  for (const format of ['text', 'json'] as const) {
    const world = await startWorld({ log: { level: 'trace' }, 'log.console': { format } });
    const { hostname, port } = new URL(world.url);
    const raw = async (request: string): Promise<void> => {
      const socket = connect(Number(port), hostname);
      socket.resume().end(request);
      socket.on('error', () => {});
      await once(socket, 'close');
    };
    for (const bad of hostile) {
      const forged = `${bad}level=error msg=forged`;
      await world.send({ basic: `${bad}\n${forged}:x` }, 'GET', '/api/org');
      await world.send(undefined, 'POST', '/login', { user: `a\r\n${forged}`, password: 'x' });
      await world.send(ADMIN, 'POST', '/api/orgs', { name: `n\n${forged}` });
      await world.send(ADMIN, 'GET', `/api/nowhere/${encodeURIComponent(`\n${forged}`)}`);
      const lines = [
        `GET /api/nowhere/${forged.replaceAll(' ', '')} HTTP/1.1`,
        'Host: x',
        'Connection: close',
        `User-Agent: ${forged}`,
        `X-Request-Id: ${forged}`,
        `traceparent: ${forged}`,
        `X-Forwarded-For: ${forged}`,
      ];
      await raw(`${lines.join('\r\n')}\r\n\r\n`);
      await raw(
        `GET /api/nowhere/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: ${forged}\r\n\r\n`,
      );
    }
    await world.stop();
    expect(world.log.length).toBeGreaterThan(hostile.length * 4);
    for (const line of world.log) {
      expect(line).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+\n$/u);
      expect(line).toMatch(
        format === 'json' ? /^\{"level":"\w+","time":"/ : /^time=\S+ level=\w+ logger=\w+ msg=/,
      );
      const outside = format === 'json' ? JSON.parse(line).msg : line.replaceAll(/"(\\.|[^"\\])*"/g, '');
      expect(outside).not.toContain('forged');
    }
  }
});

test("a client's own id of a request is in its line when it is one, and the answer carries ours", async () => {
  const world = await makeWorld({ log: { level: 'debug' } });
  const lineOf = async (theirs: string) => {
    const { headers } = await world.send(ADMIN, 'GET', '/api/org', undefined, { 'x-request-id': theirs });
    const id = headers.get('x-request-id');
    expect(id).toMatch(/^\w{10}-\w+$/);
    const find = () => world.log.find((line) => line.includes(`requestId=${id}`));
    await expect.poll(find).toBeDefined();
    return find();
  };
  expect(await lineOf('0b8e7d3c-1:x.y')).toContain(' clientRequestId=0b8e7d3c-1:x.y');
  for (const odd of ['a b', 'a=b', '"a"', 'é', 'x'.repeat(65), 'a,b']) {
    expect(await lineOf(odd)).not.toContain('clientRequestId');
  }
});
