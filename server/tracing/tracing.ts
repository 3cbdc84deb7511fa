import type { Config } from '../config/config.ts';
import type { Log } from '../log.ts';

/** A request that is traced. */
export interface RequestSpan {
  traceId: string;
  end(answered: {
    route: string | undefined;
    status: number;
    actor: string | undefined;
    orgId: number | undefined;
  }): void;
}

/** What starts a span. */
export interface Asked {
  method: string;
  /** Without query, and without what opens things. */
  path: string;
  address: string;
  requestId: string;
  /** The headers of W3C Trace Context, the first one well formed. */
  parent: { traceId: string; spanId: string; isSampled: boolean } | undefined;
  tracestate: string | undefined;
  /** Whether who sends it decides if it is traced. */
  decides: boolean;
}

/** Tells a collector what each request did and how long it took. */
export interface Tracing {
  request(asked: Asked): RequestSpan;
  /** Runs something as part of a request: statements in it count as the request's. */
  within(span: RequestSpan, work: () => void): void;
  /** A statement that just ended, without its values. */
  statement(sql: string, milliseconds: number, failed: boolean): void;
  /** Spans that never got to the collector. */
  lost(): number;
  /** Sends what still waits, for two seconds at most. */
  close(): Promise<void>;
}

/** Tracing as configured, with what it needs loaded; undefined where no collector is set. */
export async function startTracing(config: Config, log: Log): Promise<Tracing | undefined> {
  if (config['tracing.opentelemetry.otlp'].address === '') return undefined;
  const { traceByOtlp } = await import('./otlp.ts');
  return traceByOtlp(config, log.part('tracing'));
}
