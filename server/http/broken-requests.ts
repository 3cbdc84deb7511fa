import type { Socket } from 'node:net';
import { GUARDS } from './guard-answers.ts';
import { onceAnswered } from './pipelining.ts';

// An import would evaluate all that node:http exports, WebSocket among it, and with that load fetch: 4 MiB for good.
const { STATUS_CODES } = process.getBuiltinModule('node:http');

const ANSWERS: Record<string, { status: number; message: string; detail: string }> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    message: 'The request did not arrive in time',
    detail: 'Send it again, faster; [server] read_timeout says how long it may take.',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    message: 'The headers of the request are too long',
    detail: 'The path and all headers together have 16 KiB: a cookie or a query may have grown.',
  },
};
const UNREADABLE = {
  status: 400,
  message: 'The request cannot be read as HTTP',
  detail: 'Look at what sends it, or at a proxy in between.',
};

/** Answers, in JSON, what never became a request, and ends the connection. */
export function answerBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  // Nobody is there to read it.
  if (error.code === 'ECONNRESET') socket.destroy();
  // The one before said that it is the last, or is of a protocol in which each is: it is as odd as what follows it.
  else if (error.code === 'HPE_CLOSED_CONNECTION') setImmediate(() => answer(error, socket));
  // Requests before it are answered first.
  else onceAnswered(socket, () => answer(error, socket));
}

function answer(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status, message, detail } = ANSWERS[error.code ?? ''] ?? UNREADABLE;
  const body = JSON.stringify({ message, detail, messageId: 'broken-request', statusCode: status });
  const headers = {
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    ...GUARDS,
  };
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
