import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  // What is expected of it is asserted by whoever asked.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

export interface Asked {
  authorization?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Client {
  send(method: string, path: string, asked?: Asked): Promise<Answer>;
  /** Milliseconds of each answer since it was last asked. */
  takeTimes(): number[];
  close(): void;
}

const PATIENCE_MS = 60_000;
const LETTERS_AT_ONCE = 16;

/** A client over so many connections that stay open. What is not an answer, a broken connection for one, is thrown. */
export function makeClient(url: string, connections: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' });
  const { hostname, port } = new URL(url);
  let times: number[] = [];
  return {
    send(method, path, { authorization, body, headers = {} } = {}) {
      const text = body === undefined ? '' : JSON.stringify(body);
      const begun = performance.now();
      return new Promise((resolve, reject) => {
        const sent = request({
          agent,
          hostname,
          port,
          method,
          path,
          timeout: PATIENCE_MS,
          headers: {
            ...(authorization === undefined ? {} : { authorization }),
            ...(text === ''
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
            ...headers,
          },
        });
        sent.once('timeout', () => sent.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} s`)));
        sent.once('error', reject);
        sent.once('response', (response) => {
          let received = '';
          response.setEncoding('utf8').on('data', (part: string) => (received += part));
          response.once('error', reject);
          response.once('end', () => {
            times.push(performance.now() - begun);
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: bodyOf(response, received),
            });
          });
        });
        sent.end(text);
      });
    },
    takeTimes() {
      const taken = times;
      times = [];
      return taken;
    },
    close: () => agent.destroy(),
  };
}

/** Sends a GET a few letters at a time, so that it takes some seconds, and reads the answer. */
export async function sendSlowly(
  url: string,
  path: string,
  authorization: string,
  pauseMs: number,
): Promise<Answer> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  const text =
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization}\r\n` +
    'Connection: close\r\n\r\n';
  let received = '';
  const ended = new Promise<void>((resolve, reject) => {
    socket.setEncoding('utf8').on('data', (part: string) => (received += part));
    socket.once('end', resolve);
    socket.once('error', reject);
  });
  for (let at = 0; at < text.length; at += LETTERS_AT_ONCE) {
    socket.write(text.slice(at, at + LETTERS_AT_ONCE));
    await sleep(pauseMs);
  }
  await ended;
  socket.destroy();
  const [head = '', body = ''] = received.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), headers: {}, body: JSON.parse(body) };
}

function bodyOf({ headers }: IncomingMessage, text: string): unknown {
  const isJson = (headers['content-type'] ?? '').startsWith('application/json');
  return isJson && text !== '' ? JSON.parse(text) : text;
}
