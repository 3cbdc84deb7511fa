import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type Collector, startCollector } from '../../test/support/otlp.ts';
import { serve } from '../../test/support/serving.ts';
import { ADMIN, newDatabase, startWorld, type World } from '../testing/world.ts';

const SERVER = 2;
const CLIENT = 3;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const UNKNOWN = 'glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_e97abe11';

/** What a collector got of a server that did something, and then stopped. */
async function tracesOf(
  settings: Record<string, string>,
  action: (world: World) => Promise<unknown>,
  server: Record<string, string> = {},
): Promise<Collector & { log: string[] }> {
  const collector = await startCollector();
  onTestFinished(() => collector.stop());
  const world = await startWorld({
    'tracing.opentelemetry.otlp': { address: collector.address },
    'tracing.opentelemetry': settings,
    log: { level: 'debug' },
    server,
  });
  try {
    await action(world);
  } finally {
    await world.stop();
  }
  return { ...collector, log: world.log };
}

test('a request is a span under its route, with the statements that it made, and the log names its trace', async () => {
  let traceID = '';
  const { spans, raw, log } = await tracesOf({ custom_attributes: 'region:eu,team:x' }, async (world) => {
    await world.send(ADMIN, 'GET', '/api/orgs/1?secret=hidden');
    await world.send(ADMIN, 'POST', '/api/folders', { title: 'a folder' });
    ({ traceID } = (await world.send(ADMIN, 'GET', '/api/orgs/99')).body);
  });
  expect(raw[0]).toBe('POST /v1/traces application/x-protobuf');
  const [got, made, missing] = spans.filter(({ kind }) => kind === SERVER);
  expect(got).toMatchObject({
    name: 'GET /api/orgs/:id',
    parentId: '',
    status: 0,
    attributes: {
      'http.request.method': 'GET',
      'http.route': '/api/orgs/:id',
      'http.response.status_code': 200,
      'url.path': '/api/orgs/1',
      'client.address': '127.0.0.1',
      'latchkey.actor': 'user:1',
      'latchkey.org': 1,
    },
    resource: { 'service.name': 'latchkey', region: 'eu', team: 'x' },
  });
  const below = spans.filter(({ kind, parentId }) => kind === CLIENT && parentId === made?.spanId);
  expect(new Set(below.map(({ traceId }) => traceId))).toEqual(new Set([made?.traceId]));
  // Made by the rule, after the body had come.
  const insert = below.find(({ name }) => name === 'INSERT');
  expect(insert?.attributes['db.query.text']).toMatch(/^insert into .* values \(/);
  expect(['sqlite', 'postgresql']).toContain(insert?.attributes['db.system.name']);
  expect(missing?.traceId).toBe(traceID);
  expect(log.filter((line) => line.includes(`traceID=${traceID}`)).join('')).toContain('path=/api/orgs/99');
});

/** Asks as part of a trace that its sender decided on. */
const sender =
  (world: World) =>
  (flags: string, more = {}) =>
    world.send(ADMIN, 'GET', '/api/org', undefined, {
      traceparent: `00-${TRACE}-${SPAN}-${flags}`,
      ...more,
    });

test('a request that belongs to a trace goes on with it, by what a trusted proxy decided', async () => {
  const ask = async (world: World) => {
    const from = sender(world);
    await from('01', { tracestate: 'a=1,b=2' });
    await from('00');
    await from('01-wrong');
    await world.send(ADMIN, 'GET', '/api/org');
  };
  const { spans } = await tracesOf({ sampler_param: '0' }, ask, { trusted_proxies: '127.0.0.1' });
  const requests = spans.filter(({ kind }) => kind === SERVER);
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({ traceId: TRACE, parentId: SPAN, tracestate: 'a=1,b=2' });
});

test('nobody but a trusted proxy decides whether a request is traced, and its trace stays the one that it names', async () => {
  const both = async (world: World) => {
    await sender(world)('01', { tracestate: 'a=1,b=2' });
    await sender(world)('00');
  };
  for (const sampler_type of ['const', 'probabilistic']) {
    expect((await tracesOf({ sampler_type, sampler_param: '0' }, both)).spans).toEqual([]);
    const { spans } = await tracesOf({ sampler_type, sampler_param: '1' }, both);
    const requests = spans.filter(({ kind }) => kind === SERVER);
    expect(requests.map(({ traceId, parentId }) => [traceId, parentId])).toEqual([
      [TRACE, SPAN],
      [TRACE, SPAN],
    ]);
    expect(requests[0]?.tracestate).toBe('a=1,b=2');
  }
});

test('a sampler by rate lets no more through than it may, and one by share none of a share of 0', async () => {
  const many = async (world: World) => {
    for (let n = 0; n < 20; n++) await world.send(ADMIN, 'GET', '/api/health');
  };
  const limited = await tracesOf({ sampler_type: 'rateLimiting', sampler_param: '0.001' }, many);
  expect(limited.spans.filter(({ kind }) => kind === SERVER)).toHaveLength(1);
  expect((await tracesOf({ sampler_type: 'probabilistic', sampler_param: '0' }, many)).spans).toEqual([]);
});

test("OpenTelemetry's own variables are heeded: where the collector is, what opens it, and who sends", async () => {
  const collector = await startCollector();
  onTestFinished(() => collector.stop());
  const { directory, settings, remove } = await newDatabase();
  onTestFinished(remove);
  const server = await serve({
    ...Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [`GF_DATABASE_${key.toUpperCase()}`, value]),
    ),
    GF_PATHS_DATA: directory,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${collector.address}/base`,
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20of-the-collector',
    OTEL_SERVICE_NAME: 'keys',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  });
  try {
    await fetch(`${server.url}/api/health`);
  } finally {
    await server.stop();
  }
  expect(collector.raw[0]).toBe('POST /base/v1/traces application/x-protobuf');
  expect(collector.headers[0]?.authorization).toBe('Bearer of-the-collector');
  expect(collector.spans[0]?.resource).toMatchObject({
    'service.name': 'keys',
    'deployment.environment.name': 'test',
  });
});

test('no secret is in any span', async () => {
  const secrets = ['secret-password-of-u', 'secret-of-a-source', 'wrong-secret', UNKNOWN];
  const { raw, spans } = await tracesOf({}, async (world) => {
    const keep = async (path: string, body: object) => {
      const { body: answer } = await world.send(ADMIN, 'POST', path, body);
      if (answer.key) secrets.push(answer.key);
      return answer;
    };
    const { key } = await keep('/api/auth/keys', { name: 'k', role: 'Admin' });
    const { id } = await keep('/api/serviceaccounts', { name: 'sa', role: 'Viewer' });
    const token = (await keep(`/api/serviceaccounts/${id}/tokens`, { name: 't' })).key;
    await keep('/api/admin/users', { login: 'u', password: secrets[0] });
    await keep('/api/datasources', { name: 'd', type: 'loki', secureJsonData: { p: secrets[1] } });
    for (const as of [{ bearer: key }, { bearer: token }, { basic: `api_key:${key}` }, { bearer: UNKNOWN }]) {
      await world.send(as, 'GET', `/api/org?auth_token=${token}`);
    }
    await world.send({ basic: 'u:wrong-secret' }, 'GET', '/api/org');
  });
  expect(spans.length).toBeGreaterThan(20);
  const all = raw.join('');
  const shown = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('base64').slice(0, -4)]);
  expect(shown.filter((secret) => all.includes(secret))).toEqual([]);
});

test('a collector that is away is said once and counted, and every request is answered', async () => {
  const collector = await startCollector();
  await collector.stop();
  const world = await startWorld({ 'tracing.opentelemetry.otlp': { address: collector.address } });
  onTestFinished(() => world.stop());
  for (let n = 0; n < 50; n++) {
    expect((await world.send(ADMIN, 'GET', '/api/org')).status).toBe(200);
  }
  const lost = async () =>
    Number(
      /^latchkey_spans_lost_total (\d+)$/m.exec((await world.send(undefined, 'GET', '/metrics')).body)?.[1],
    );
  await expect.poll(lost, { timeout: 20_000, interval: 500 }).toBeGreaterThan(50);
  const said = world.log.filter((line) => line.includes('logger=tracing'));
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('traces do not get to the collector');
});

test('a collector that does not answer fills no memory: what is too much is dropped and counted', async () => {
  const silent = createServer((request) => void request.resume());
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const world = await startWorld({
    'tracing.opentelemetry.otlp': { address: `127.0.0.1:${(silent.address() as AddressInfo).port}` },
  });
  onTestFinished(async () => {
    await world.stop();
    silent.closeAllConnections();
    silent.close();
  });
  for (let n = 0; n < 80; n++) {
    const answers = Array.from({ length: 50 }, () => fetch(`${world.url}/api/health`));
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
  }
  const { body } = await world.send(undefined, 'GET', '/metrics');
  expect(Number(/^latchkey_spans_lost_total (\d+)$/m.exec(body)?.[1])).toBeGreaterThan(1000);
});

test('without a collector, a request still shows the trace that it belongs to, and nothing of tracing is there', async () => {
  const world = await startWorld();
  onTestFinished(() => world.stop());
  const ask = async (traceparent: string) =>
    (await world.send(ADMIN, 'GET', '/api/orgs/99', undefined, { traceparent })).body.traceID;
  expect(await ask(`00-${TRACE}-${SPAN}-01`)).toBe(TRACE);
  expect(await ask(`00-${TRACE}-${SPAN}-zz`)).toMatch(/^\w{10}-\w+$/);
  expect(world.log.join('')).toContain(`traceID=${TRACE}`);
  expect((await world.send(undefined, 'GET', '/metrics')).body).not.toContain('latchkey_spans');
});
