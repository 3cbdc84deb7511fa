import type { FastifyRequest } from 'fastify';

/** The trace that a request belongs to, and the span that sent it (W3C Trace Context). */
export interface TraceParent {
  traceId: string;
  spanId: string;
  isSampled: boolean;
}

const VERSION_OF_TODAY = '00';
const TRACEPARENT =
  /^(?<version>(?!ff)[\da-f]{2})-(?<traceId>(?!0{32})[\da-f]{32})-(?<spanId>(?!0{16})[\da-f]{16})-(?<flags>[\da-f]{2})(?<more>-.*)?$/;
const SAMPLED = 1;

/** Reads the header `traceparent`, also of later versions; undefined for anything that is not exactly of that form. */
export function parseTraceparent(header: string): TraceParent | undefined {
  const { version, traceId = '', spanId = '', flags = '', more } = TRACEPARENT.exec(header)?.groups ?? {};
  if (version === undefined || (version === VERSION_OF_TODAY && more !== undefined)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0 };
}

/** The trace that a request belongs to: its own where it is traced here, else what it says; undefined for none. */
export function traceIdOf({ span, headers }: FastifyRequest): string | undefined {
  if (span) return span.traceId;
  const { traceparent } = headers;
  return typeof traceparent === 'string' ? parseTraceparent(traceparent)?.traceId : undefined;
}
