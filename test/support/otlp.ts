import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedSpan {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  /** '' for none. */
  parentId: string;
  tracestate: string;
  attributes: Record<string, unknown>;
  status: number;
  /** Attributes of who sent it. */
  resource: Record<string, unknown>;
}

export interface Collector {
  /** host:port */
  address: string;
  spans: ReceivedSpan[];
  /** Everything that came, as it came. */
  raw: string[];
  headers: IncomingHttpHeaders[];
  stop(): Promise<void>;
}

/** A collector that takes spans by OTLP over HTTP, in the binary form of its description (opentelemetry-proto, trace.proto). */
export async function startCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const raw: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      raw.push(
        `${request.method} ${request.url} ${request.headers['content-type']}`,
        body.toString('latin1'),
      );
      headers.push(request.headers);
      spans.push(...spansOf(body));
      response.setHeader('content-type', 'application/x-protobuf').end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    spans,
    raw,
    headers,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

type Value = Buffer | bigint;
type Message = Map<number, Value[]>;

function spansOf(body: Buffer): ReceivedSpan[] {
  return messages(read(body), 1).flatMap((ofResource) => {
    const resource = attributesOf(messages(ofResource, 1)[0] ?? new Map(), 1);
    return messages(ofResource, 2)
      .flatMap((ofScope) => messages(ofScope, 2))
      .map((span) => ({
        name: bytes(span, 5).toString(),
        kind: number(span, 6),
        traceId: bytes(span, 1).toString('hex'),
        spanId: bytes(span, 2).toString('hex'),
        parentId: bytes(span, 4).toString('hex'),
        tracestate: bytes(span, 3).toString(),
        attributes: attributesOf(span, 9),
        status: number(messages(span, 15)[0] ?? new Map(), 3),
        resource,
      }));
  });
}

function attributesOf(message: Message, field: number): Record<string, unknown> {
  return Object.fromEntries(
    messages(message, field).map((pair) => {
      const value = messages(pair, 2)[0] ?? new Map<number, Value[]>();
      return [bytes(pair, 1).toString(), value.has(1) ? bytes(value, 1).toString() : number(value, 3)];
    }),
  );
}

/** The fields of a message, by number. */
function read(body: Buffer): Message {
  const fields: Message = new Map();
  let at = 0;
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = BigInt(body.readUInt8(at++));
      value |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) return value;
    }
  };
  const take = (length: number): Buffer => body.subarray(at, (at += length));
  while (at < body.length) {
    const tag = varint();
    const [field, type] = [Number(tag >> 3n), Number(tag & 7n)];
    const value = type === 0 ? varint() : take(type === 1 ? 8 : type === 5 ? 4 : Number(varint()));
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

function messages(message: Message, field: number): Message[] {
  return (message.get(field) ?? []).map((value) => read(value as Buffer));
}

function bytes(message: Message, field: number): Buffer {
  return (message.get(field)?.[0] as Buffer | undefined) ?? Buffer.alloc(0);
}

function number(message: Message, field: number): number {
  return Number((message.get(field)?.[0] as bigint | undefined) ?? 0n);
}
