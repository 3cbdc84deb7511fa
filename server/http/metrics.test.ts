import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../testing/world.ts';

async function makeWorld(overrides: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const world = await startWorld(overrides);
  onTestFinished(() => world.stop());
  return world;
}

async function read(world: World): Promise<string> {
  const { status, body, headers } = await world.send(undefined, 'GET', '/metrics');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
  return body;
}

/** The value of one series, by its name and labels as they stand in the text; 0 when it is not there. */
function valueOf(text: string, series: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

test('requests are counted and timed by method, route and status', async () => {
  const world = await makeWorld();
  for (let n = 0; n < 3; n++) await world.send(ADMIN, 'GET', '/api/org?orgId=1');
  await world.send(undefined, 'GET', '/api/org');
  await world.send(ADMIN, 'HEAD', '/api/org');
  const text = await read(world);
  expect(valueOf(text, 'http_requests_total{method="GET",route="/api/org",status="200"}')).toBe(3);
  expect(valueOf(text, 'http_requests_total{method="GET",route="/api/org",status="401"}')).toBe(1);
  expect(valueOf(text, 'http_requests_total{method="HEAD",route="/api/org",status="200"}')).toBe(1);
  const timed = 'http_request_duration_seconds_count{method="GET",route="/api/org",status="200"}';
  expect(valueOf(text, timed)).toBe(3);
});

test('the labels are those of routes, not what somebody makes up', async () => {
  const world = await makeWorld();
  for (let n = 0; n < 20; n++) {
    await world.send(ADMIN, 'GET', `/api/made-up-${n}`);
    await world.send(undefined, 'GET', `/made-up-${n}?made-up=${n}`);
    await world.send(ADMIN, 'GET', `/api/serviceaccounts/${1000 + n}`);
    await world.send({ bearer: `made-up-${n}` }, 'GET', '/api/org');
  }
  const text = await read(world);
  expect(text).not.toContain('made-up');
  expect(text).not.toContain('/1001');
  expect(valueOf(text, 'http_requests_total{method="GET",route="unknown",status="404"}')).toBe(20);
  expect(valueOf(text, 'http_requests_total{method="GET",route="unknown",status="401"}')).toBe(20);
  expect(
    valueOf(text, 'http_requests_total{method="GET",route="/api/serviceaccounts/:id",status="404"}'),
  ).toBe(20);
});

test('uses are counted by the kind of credential, whatever the answer', async () => {
  const world = await makeWorld();
  const { body: key } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'k', role: 'Viewer' });
  const { body: account } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'sa' });
  const path = `/api/serviceaccounts/${account.id}/tokens`;
  const { body: token } = await world.send(ADMIN, 'POST', path, { name: 't' });
  await world.send({ bearer: key.key }, 'GET', '/api/org');
  await world.send({ bearer: key.key }, 'GET', '/api/auth/keys');
  await world.send({ bearer: key.key }, 'GET', '/api/nowhere');
  await world.send({ bearer: token.key }, 'GET', '/api/org');
  await world.send({ bearer: 'wrong' }, 'GET', '/api/org');
  const text = await read(world);
  expect(valueOf(text, 'latchkey_credential_uses_total{kind="api-key"}')).toBe(3);
  expect(valueOf(text, 'latchkey_credential_uses_total{kind="token"}')).toBe(1);
  expect(valueOf(text, 'latchkey_credential_uses_total{kind="password"}')).toBe(3);
});

test('refusals are counted by their reason, which does not tell who exists', async () => {
  const world = await makeWorld();
  const refusals: [reason: string, header: string][] = [
    ['malformed', 'Bearer nonsense'],
    ['unknown', 'Bearer glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_e97abe11'],
    ['unknown scheme', 'eyJrIjoi'],
    ['wrong password', `Basic ${Buffer.from('admin:wrong').toString('base64')}`],
    ['wrong password', `Basic ${Buffer.from('nobody:wrong').toString('base64')}`],
  ];
  for (const [, authorization] of refusals) {
    expect((await world.send(undefined, 'GET', '/api/org', undefined, { authorization })).status).toBe(401);
  }
  await world.send(undefined, 'GET', '/api/org');
  const text = await read(world);
  const counted = text.split('\n').filter((line) => line.startsWith('latchkey_auth_failures_total{'));
  expect(counted.toSorted()).toEqual([
    'latchkey_auth_failures_total{reason="malformed"} 1',
    'latchkey_auth_failures_total{reason="none sent"} 1',
    'latchkey_auth_failures_total{reason="unknown scheme"} 1',
    'latchkey_auth_failures_total{reason="unknown"} 1',
    'latchkey_auth_failures_total{reason="wrong password"} 2',
  ]);
});

test('the figures of two servers in one process do not meet', async () => {
  const [one, two] = [await makeWorld(), await makeWorld()];
  await one.send(ADMIN, 'GET', '/api/org');
  const series = 'http_requests_total{method="GET",route="/api/org",status="200"}';
  expect(valueOf(await read(one), series)).toBe(1);
  expect(valueOf(await read(two), series)).toBe(0);
});

test('the process and the build show', async () => {
  const world = await makeWorld();
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  for (let n = 0; n < 2; n++) {
    const text = await read(world);
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(text).toContain(`latchkey_build_info{version="${version}",nodejs="${process.version}"} 1`);
  }
});

test('switched off, there is nothing at /metrics', async () => {
  const world = await makeWorld({ metrics: { enabled: false } });
  expect((await world.send(ADMIN, 'GET', '/metrics')).status).toBe(404);
  expect((await world.send(undefined, 'GET', '/metrics')).status).toBe(401);
});

test('behind a name and password of its own, only these open it', async () => {
  const [name, password] = ['scraper', 'a:secret'];
  const world = await makeWorld({ metrics: { basic_auth_username: name, basic_auth_password: password } });
  expect((await world.send({ basic: `${name}:${password}` }, 'GET', '/metrics')).status).toBe(200);
  const wrong = [
    undefined,
    ADMIN,
    { basic: `${name}:a:secretx` },
    { basic: `${name}:a` },
    { bearer: password },
  ];
  for (const as of wrong) {
    const { status, headers, body } = await world.send(as, 'GET', '/metrics');
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(body.message).toBe('Unauthorized');
  }
});

test('every figure is listed in docs/logs-and-traces.md', async () => {
  const manual = readFileSync(new URL('../../docs/logs-and-traces.md', import.meta.url), 'utf8');
  const world = await makeWorld({ audit: { syslog: 'udp://127.0.0.1:9' } });
  const names = [...(await read(world)).matchAll(/^# HELP (?!process_|nodejs_)(\w+)/gm)].map(
    ([, name = '']) => name,
  );
  expect(names).toContain('latchkey_audit_trail_waiting');
  const isListed = (name: string): boolean =>
    manual.includes(`\`${name}`) || manual.includes(`\`${name.replace('latchkey_audit_trail', '')}\``);
  expect(names.filter((name) => !isListed(name))).toEqual([]);
  for (const name of ['wanted', 'silent', 'ended_total'])
    expect(manual).toContain(`\`latchkey_workers_${name}\``);
});

test.runIf(process.env['LATCHKEY_TEST_DATABASE'] === 'postgres')(
  'whether other servers are heard of is a figure',
  async () => {
    const world = await makeWorld();
    const heard = async (): Promise<number> => valueOf(await read(world), 'latchkey_peers_heard');
    await expect.poll(heard, { timeout: 10_000 }).toBe(1);
    await world.context.peers?.close();
    await expect.poll(heard, { timeout: 10_000 }).toBe(0);
  },
);
