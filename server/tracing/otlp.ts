import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Config } from '../config/config.ts';
import { VERSION } from '../http/version.ts';
import type { Log } from '../log.ts';
import { samplerOf } from './sampler.ts';
import type { Asked, RequestSpan, Tracing } from './tracing.ts';

const WAITING_MOST = 2048;
const SEND_EVERY_MS = 2000;
const SEND_TIMEOUT_MS = 5000;
const CLOSE_TIMEOUT_MS = 2000;
// ExportResultCode.SUCCESS of a package that is not among ours.
const SUCCESS = 0;

interface Traced extends RequestSpan {
  span: Span;
}

/** Sends spans to an OTLP collector over HTTP, in batches; beyond 2048 that wait they are dropped. */
export function traceByOtlp(config: Config, log: Log): Tracing {
  const exporter = new OTLPTraceExporter({
    url: urlOf(config['tracing.opentelemetry.otlp'].address),
    timeoutMillis: SEND_TIMEOUT_MS,
  });
  const { processor, lost } = inBatches(exporter, log);
  const provider = new TracerProvider({
    resource: resourceOf(config),
    sampler: samplerOf(config['tracing.opentelemetry']),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer('latchkey', VERSION);
  const current = new AsyncLocalStorage<Traced>();
  const database = config.database.type === 'postgres' ? 'postgresql' : 'sqlite';

  return {
    request(asked): Traced {
      const span = tracer.startSpan(
        asked.method,
        {
          kind: SpanKind.SERVER,
          attributes: {
            'http.request.method': asked.method,
            'url.path': asked.path,
            'client.address': asked.address,
            'latchkey.request_id': asked.requestId,
          },
        },
        parentOf(asked),
      );
      return {
        span,
        traceId: span.spanContext().traceId,
        end({ route, status, actor, orgId }) {
          if (route !== undefined)
            span.updateName(`${asked.method} ${route}`).setAttribute('http.route', route);
          span.setAttribute('http.response.status_code', status);
          if (actor !== undefined) span.setAttribute('latchkey.actor', actor);
          if (orgId !== undefined) span.setAttribute('latchkey.org', orgId);
          if (status >= 500) {
            span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', String(status));
          }
          span.end();
        },
      };
    },
    within: (span, work) => current.run(span as Traced, work),
    statement(sql, milliseconds, failed) {
      const parent = current.getStore();
      // What the server does by itself is no part of a trace.
      if (!parent?.span.isRecording()) return;
      const operation = /^\w+/.exec(sql)?.[0].toUpperCase() ?? 'SQL';
      const end = Date.now();
      const span = tracer.startSpan(
        operation,
        {
          kind: SpanKind.CLIENT,
          startTime: end - milliseconds,
          attributes: { 'db.system.name': database, 'db.operation.name': operation, 'db.query.text': sql },
        },
        trace.setSpan(ROOT_CONTEXT, parent.span),
      );
      if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(end);
    },
    lost,
    async close() {
      const isOver = provider.shutdown().catch((error: unknown) => {
        log.warn({ err: error }, 'the last traces did not get to the collector');
      });
      await Promise.race([isOver, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    },
  };
}

function parentOf({ parent, tracestate, decides }: Asked) {
  if (parent === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: parent.traceId,
    spanId: parent.spanId,
    traceFlags: decides && parent.isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    // To the sampler, one that is remote has decided.
    isRemote: decides,
    ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }),
  });
}

/**
 * Sends spans in batches and counts those that are lost: what the library drops or cannot send, it tells nobody. That a collector is
 * away is said once, and once that it is back: traces are no reason to fill the log.
 */
function inBatches(to: OTLPTraceExporter, log: Log): { processor: SpanProcessor; lost: () => number } {
  let waiting = 0;
  let lost = 0;
  let isAway = false;
  const exporter: SpanExporter = {
    export(spans, done) {
      waiting -= spans.length;
      to.export(spans, (result) => {
        const { error } = result;
        if (error) lost += spans.length;
        if (error && !isAway) log.warn({ err: error }, 'traces do not get to the collector');
        if (!error && isAway) log.info('traces get to the collector again');
        isAway = error !== undefined;
        // Told of a failure, the library would only print it.
        done({ code: SUCCESS });
      });
    },
    shutdown: () => to.shutdown(),
  };
  const batches = new BatchSpanProcessor({
    exporter,
    maxQueueSize: WAITING_MOST,
    scheduledDelayMillis: SEND_EVERY_MS,
    exportTimeoutMillis: 2 * SEND_TIMEOUT_MS,
  });
  return {
    lost: () => lost,
    processor: {
      onStart: () => {},
      onEnd(span) {
        if (waiting < WAITING_MOST) {
          waiting += 1;
          batches.onEnd(span);
        } else lost += 1;
      },
      forceFlush: () => batches.forceFlush(),
      shutdown: () => batches.shutdown(),
    },
  };
}

/** Who sends: what OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say wins. */
function resourceOf({ DEFAULT, 'tracing.opentelemetry': { custom_attributes } }: Config) {
  const custom = custom_attributes === '' ? [] : custom_attributes.split(',').map((pair) => pair.split(':'));
  return resourceFromAttributes({
    'service.name': 'latchkey',
    'service.version': VERSION,
    'service.instance.id': DEFAULT.instance_name,
    ...(Object.fromEntries(custom) as Record<string, string>),
  }).merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }));
}

function urlOf(address: string): string {
  const url = new URL(/^https?:/.test(address) ? address : `http://${address}`);
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return url.href;
}
