import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { CredentialKind } from '../access/identity.ts';
import type { Context } from '../context.ts';
import { racesLost } from '../db/transaction.ts';
import { ApiError } from '../errors.ts';
import { isLimitedStill, type LimitedBy } from '../limits.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { afterAnswers, afterAnswersOf } from './answer-steps.ts';
import { type AnswersAlike, countAnswer, createAnswerFigures } from './answer-figures.ts';
import { refusalOf } from './refusal.ts';
import { VERSION } from './version.ts';

// Paths that lead nowhere are anybody's invention: one label stands for them all.
const NOWHERE = 'unknown';

export interface Metrics {
  contentType: string;
  /** All metrics in the text form that Prometheus reads. */
  text(): Promise<string>;
  /** Adds figures of something else that this process serves. */
  add(figures: ReturnType<typeof measureCloud>): void;
}

/** The figures of the processes that serve together on this machine. */
export interface FiguresShared {
  /** Has those of this one read whenever one of them is asked for all. */
  offer(read: () => Promise<object[]>): void;
  /** As text; undefined where they cannot be had. */
  ofAll(): Promise<string | undefined>;
}

interface Measuring {
  tracing?: Tracing | undefined;
  shared?: FiguresShared | undefined;
  /** Whether the process is somebody else's, whose figures are not told, as with a stack. */
  isOneOfMany?: boolean;
}

type Figures = ReturnType<typeof answersFigures> & Partial<ReturnType<typeof createFigures>>;

/**
 * Counts and times what an app answers, and keeps the figures apart from those of any other app in the process; `shared` puts them
 * together with those of other processes.
 */
export function measureRequests(
  app: FastifyInstance,
  { tracing, shared, isOneOfMany = false }: Measuring,
): Metrics {
  const registry = new Registry();
  const figures = createFigures(registry, () => app.certificate);
  showLimits(registry, app.context);
  showTrail(registry, app.context);
  showLost(registry, app.context, tracing);
  showPeers(registry, app.context);
  showRaces(registry, app.context);
  observe(app, figures);
  if (shared) showWorkers(registry);
  let hasProcessMetrics = false;
  const complete = (): Registry => {
    // Not before somebody reads them: they watch the event loop and the garbage collector from then on.
    if (!hasProcessMetrics && !isOneOfMany) collectDefaultMetrics({ register: registry });
    hasProcessMetrics = true;
    return registry;
  };
  shared?.offer(() => complete().getMetricsAsJSON());
  return {
    contentType: registry.contentType,
    text: async () => (await shared?.ofAll()) ?? complete().metrics(),
    add: ({ requests, seconds, failures, limited }) =>
      [requests, seconds, failures, limited].forEach((figure) => registry.registerMetric<string>(figure)),
  };
}

/** Counts and times what the cloud side answers; its figures are shown with those of the server, under names apart. */
export function measureCloud(app: FastifyInstance) {
  const figures = answersFigures([], { http: 'latchkey_cloud_http', ours: 'latchkey_cloud' });
  observe(app, figures);
  return figures;
}

function showWorkers(registry: Registry): void {
  const workers = new Gauge({
    name: 'latchkey_workers',
    help: 'The processes of this server that the figures are from.',
    registers: [registry],
  });
  workers.set(1);
}

function showPeers(registry: Registry, { config, peers }: Context): void {
  if (!peers || config.database.type !== 'postgres') return;
  const heard = new Gauge({
    name: 'latchkey_peers_heard',
    help: 'Whether changes by other servers on the database are heard of (1), or everything is looked up, since they are not (0).',
    aggregator: 'min',
    registers: [],
    collect() {
      this.set(peers.isCurrent() ? 1 : 0);
    },
  });
  registry.registerMetric(heard);
}

function showRaces(registry: Registry, { config, db }: Context): void {
  if (config.database.type !== 'postgres') return;
  const lost = new Counter({
    name: 'latchkey_transactions_repeated_total',
    help: 'How often a change was run again, since another one of the same thing was quicker.',
    registers: [],
    collect() {
      this.reset();
      this.inc(racesLost({ db }));
    },
  });
  registry.registerMetric(lost);
}

function createFigures(registry: Registry, certificate: () => FastifyInstance['certificate']) {
  const registers = [registry];
  const build = new Gauge({
    name: 'latchkey_build_info',
    help: 'Always 1; its labels say which build this is.',
    labelNames: ['version', 'nodejs'],
    aggregator: 'first',
    registers,
  });
  build.set({ version: VERSION, nodejs: process.version }, 1);
  if (certificate() !== undefined) registry.registerMetric(expiryOf(certificate));
  return {
    ...answersFigures(registers, { http: 'http', ours: 'latchkey' }),
    countUse: countUses(registry),
  };
}

function answersFigures(registers: Registry[], { http, ours }: { http: string; ours: string }) {
  const answers = createAnswerFigures(http);
  for (const register of registers) {
    register.registerMetric(answers.requests);
    register.registerMetric(answers.seconds);
  }
  return {
    ...answers,
    failures: new Counter({
      name: `${ours}_auth_failures_total`,
      help: 'Requests whose credential was refused, or that sent none where one is needed.',
      labelNames: ['reason'],
      registers,
    }),
    limited: new Counter({
      name: `${ours}_requests_limited_total`,
      help: 'Requests answered 429, by the kind of credential (address where none was known) and by what there was too much of.',
      labelNames: ['kind', 'reason'],
      registers,
    }),
  };
}

/** Counts requests by the kind of credential that proved who asks. */
function countUses(registry: Registry): (kind: CredentialKind) => void {
  const counts = new Map<CredentialKind, number>();
  const uses = new Counter({
    name: 'latchkey_credential_uses_total',
    help: 'Requests that proved who asks, by the kind of credential.',
    labelNames: ['kind'],
    registers: [],
    collect() {
      this.reset();
      for (const [kind, count] of counts) this.inc({ kind }, count);
    },
  });
  registry.registerMetric(uses);
  return (kind) => void counts.set(kind, (counts.get(kind) ?? 0) + 1);
}

function showLost(registry: Registry, { log }: Context, tracing: Tracing | undefined): void {
  const lines = new Counter({
    name: 'latchkey_log_lines_lost_total',
    help: 'Lines of the log that did not get where they go, be it for a full disk or a server that is away.',
    labelNames: ['output'],
    registers: [],
    collect() {
      this.reset();
      for (const [output, { lost }] of log.outputs) this.inc({ output }, lost());
    },
  });
  registry.registerMetric(lines);
  if (!tracing) return;
  const spans = new Counter({
    name: 'latchkey_spans_lost_total',
    help: 'Spans that the collector did not take.',
    registers: [],
    collect() {
      this.reset();
      this.inc(tracing.lost());
    },
  });
  registry.registerMetric(spans);
}

function showTrail(registry: Registry, { trail }: Context): void {
  if (!trail) return;
  const name = 'latchkey_audit_trail';
  const waiting = new Gauge({
    name: `${name}_waiting`,
    help: 'Entries of the record of changes that wait to be written to the file or the syslog server.',
    registers: [],
    collect() {
      this.set(trail.figures().waiting);
    },
  });
  const lost = new Counter({
    name: `${name}_lost_total`,
    help: 'Entries that were not written there, because too many waited.',
    registers: [],
    collect() {
      this.reset();
      this.inc(trail.figures().lost);
    },
  });
  const failures = new Counter({
    name: `${name}_failures_total`,
    help: 'How often writing there failed.',
    registers: [],
    collect() {
      this.reset();
      this.inc(trail.figures().failed);
    },
  });
  for (const figure of [waiting, lost, failures]) registry.registerMetric(figure);
}

function showLimits(registry: Registry, { config, limits, now }: Context): void {
  const limited = new Gauge({
    name: 'latchkey_limited',
    help: 'Credentials and addresses that were answered 429 within the last minute.',
    labelNames: ['reason'],
    // Each process knows whom the others have limited.
    aggregator: 'max',
    registers: [],
    collect() {
      const at = now();
      const still = limits.lately.list(at).filter((one) => isLimitedStill(one, at));
      for (const reason of ['requests', 'wrong credentials'] as const) {
        this.set({ reason }, still.filter((one) => one.reason === reason).length);
      }
    },
  });
  const heldUp = new Counter({
    name: 'latchkey_password_checks_held_up_total',
    help: 'Checks of passwords that had to wait because too many wrong ones came before.',
    registers: [],
    collect() {
      this.reset();
      this.inc(limits.attempts?.heldUp ?? 0);
    },
  });
  registry.registerMetric(limited);
  registry.registerMetric(heldUp);
  const { shared } = limits;
  if (!shared || config.remote_cache.type !== 'redis') return;
  const isUp = new Gauge({
    name: 'latchkey_shared_limits_up',
    help: 'Whether limits are counted together with the other servers (1), or by this one for itself, since the store is away (0).',
    aggregator: 'min',
    registers: [],
    collect() {
      this.set(shared.isUp() ? 1 : 0);
    },
  });
  registry.registerMetric(isUp);
}

function expiryOf(certificate: () => FastifyInstance['certificate']): Gauge {
  return new Gauge({
    name: 'latchkey_certificate_expiry_timestamp_seconds',
    help: 'When the certificate in use expires, in seconds since 1970.',
    aggregator: 'min',
    registers: [],
    collect() {
      this.set((certificate()?.expiresAt ?? 0) / 1000);
    },
  });
}

function observe(app: FastifyInstance, { begin, countUse, failures, limited }: Figures): void {
  /** Counts the answers of one route. */
  function answersOf(method: string, route: string): (request: FastifyRequest, reply: FastifyReply) => void {
    const byStatus: AnswersAlike[] = [];
    return (request, { statusCode, took }) => {
      const alike = (byStatus[statusCode] ??= begin({ method, route, status: `${statusCode}` }));
      countAnswer(alike, took / 1000);
      const kind = request.identity?.credential.kind;
      if (kind !== undefined) countUse?.(kind);
    };
  }

  app.addHook('onRoute', (route) => {
    afterAnswersOf(route, answersOf(String(route.method), route.url));
  });
  const nowhere = keptBy((method) => answersOf(method, NOWHERE));
  afterAnswers(app, (request, reply) => {
    if (request.is404) nowhere(request.method)(request, reply);
  });

  app.addHook('onError', (_request, _reply, error, done) => {
    const refusal = refusalOf(error);
    if (refusal) failures.inc({ reason: refusal.reason });
    else if (error instanceof ApiError && error.status === 429) limited.inc(limitedBy(error));
    done();
  });
}

function limitedBy({ cause }: ApiError): { kind: string; reason: string } {
  const { limited: kind = 'other', why: reason = 'other' } = (cause ?? {}) as Partial<LimitedBy>;
  return { kind, reason };
}

/** Makes what belongs to a name once: the labels of a series are not put together again with every request. */
function keptBy<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    const known = made.get(name) ?? make(name);
    made.set(name, known);
    return known;
  };
}
