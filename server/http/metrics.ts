import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { refusalOf } from './refusal.ts';
import { VERSION } from './version.ts';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const REQUEST_LABELS = ['method', 'route', 'status'];
// Paths that lead nowhere are anybody's invention: one label stands for them all.
const NOWHERE = 'unknown';

export interface Metrics {
  contentType: string;
  /** All metrics in the text form that Prometheus reads. */
  text(): Promise<string>;
}

interface Series {
  requests: Counter.Internal;
  seconds: Histogram.Internal<string>;
}

/** Counts and times what an app answers, and keeps the figures apart from those of any other app in the process. */
export function measureRequests(app: FastifyInstance): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered.',
    labelNames: REQUEST_LABELS,
    registers,
  });
  const seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its answer.',
    labelNames: REQUEST_LABELS,
    buckets: BUCKETS,
    registers,
  });
  const uses = new Counter({
    name: 'latchkey_credential_uses_total',
    help: 'Requests that proved who asks, by the kind of credential.',
    labelNames: ['kind'],
    registers,
  });
  const failures = new Counter({
    name: 'latchkey_auth_failures_total',
    help: 'Requests whose credential was refused, or that sent none where one is needed.',
    labelNames: ['reason'],
    registers,
  });
  new Gauge({
    name: 'latchkey_build_info',
    help: 'Always 1; its labels say which build this is.',
    labelNames: ['version', 'nodejs'],
    registers,
  }).set({ version: VERSION, nodejs: process.version }, 1);

  // The labels of a series are put together once, not with every request.
  const seriesByName = new Map<string, Series>();
  const seriesOf = (method: string, route: string, status: number): Series => {
    const name = `${method} ${route} ${status}`;
    const known = seriesByName.get(name);
    if (known) return known;
    const labels = { method, route, status: String(status) };
    const series = { requests: requests.labels(labels), seconds: seconds.labels(labels) };
    seriesByName.set(name, series);
    return series;
  };

  app.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? NOWHERE : (request.routeOptions.url ?? NOWHERE);
    const series = seriesOf(request.method, route, reply.statusCode);
    series.requests.inc();
    series.seconds.observe(reply.elapsedTime / 1000);
    const kind = request.identity?.credential.kind;
    if (kind !== undefined) uses.inc({ kind });
    done();
  });

  app.addHook('onError', (_request, _reply, error, done) => {
    const refusal = refusalOf(error);
    if (refusal) failures.inc({ reason: refusal.reason });
    done();
  });

  let hasProcessMetrics = false;
  return {
    contentType: registry.contentType,
    text() {
      // Not before somebody reads them: they watch the event loop and the garbage collector from then on.
      if (!hasProcessMetrics) collectDefaultMetrics({ register: registry });
      hasProcessMetrics = true;
      return registry.metrics();
    },
  };
}
