import { connect, type Socket } from 'node:net';

export const CONNECTIONS = 64;
const BUCKETS_PER_MS = 100;
// What took a second or longer is in the last one.
const BUCKETS = 1000 * BUCKETS_PER_MS + 1;
const READ_AT_ONCE = 65_536;

/** What a run was answered. */
export interface Answers {
  requests: number;
  failed: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
}

/** Clients of one server, or of several that are the same: each has a connection that it keeps, and asks when it was answered. */
export interface Crowd {
  /**
   * Has every client ask with the tokens that are drawn for it until none is left or so many seconds are over. A connection that
   * breaks ends the run with an error; an answer that is no 200 counts as failed.
   */
  run(draw: (client: number) => string | undefined, seconds?: number): Promise<Answers>;
  /** Asks once over each connection, or the server would close those that are not used for a minute. */
  keep(): Promise<Answers>;
  close(): void;
}

interface Client {
  socket: Socket;
  /** What came of an answer that is not whole. */
  begun: string;
  askedAt: number;
}

/**
 * Opens the connections, as many to each of the ports, for requests to one path; one token is for a first request over each. A request
 * costs this process some ten microseconds.
 */
export async function openCrowd(
  ports: readonly number[],
  path: string,
  first: string | ((client: number) => string),
): Promise<Crowd> {
  const firstOf = typeof first === 'string' ? () => first : first;
  const latencies = new Uint32Array(BUCKETS);
  let [requests, failed, running, endsAt] = [0, 0, 0, 0];
  let draw: (client: number) => string | undefined = () => undefined;
  let finish: (error?: Error) => void = () => {};
  let broken: Error | undefined;
  let isClosed = false;
  const clients: Client[] = [];
  const head = `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer `;

  function ask(at: number): void {
    const token = draw(at);
    const client = clients[at] as Client;
    if (token === undefined || (client.askedAt = performance.now()) >= endsAt) {
      if (--running === 0) finish();
      return;
    }
    client.socket.write(`${head}${token}\r\n\r\n`, 'latin1');
  }

  function hear(at: number, text: string): void {
    const client = clients[at] as Client;
    client.begun += text;
    if (!isWhole(client.begun)) return;
    const took = (performance.now() - client.askedAt) * BUCKETS_PER_MS;
    const bucket = Math.min(BUCKETS - 1, Math.floor(took));
    latencies[bucket] = (latencies[bucket] ?? 0) + 1;
    requests++;
    if (!client.begun.startsWith('HTTP/1.1 200 ')) failed++;
    client.begun = '';
    ask(at);
  }

  function begin(asking: readonly number[], drawn: typeof draw, seconds: number): Promise<Answers> {
    latencies.fill(0);
    [requests, failed, running, draw] = [0, 0, asking.length, drawn];
    const begun = performance.now();
    endsAt = begun + seconds * 1000;
    const ended = Promise.withResolvers<Answers>();
    finish = (error) => {
      finish = () => {};
      if (error) return ended.reject(error);
      const took = (performance.now() - begun) / 1000;
      const [p50Ms, p99Ms] = [quantile(latencies, requests, 0.5), quantile(latencies, requests, 0.99)];
      ended.resolve({ requests, failed, seconds: took, p50Ms, p99Ms });
    };
    // Between two runs nobody else hears of it, and who waits for an answer would wait for ever.
    if (broken) finish(broken);
    else for (const at of asking) ask(at);
    return ended.promise;
  }

  function askOnce(asking: readonly number[]): Promise<Answers> {
    const left = new Set(asking);
    return begin(asking, (at) => (left.delete(at) ? firstOf(at) : undefined), Infinity);
  }

  const broke = (error?: Error): void => {
    if (isClosed) return;
    broken ??= error ?? new Error('the server closed a connection');
    finish(broken);
  };
  for (let at = 0; at < CONNECTIONS; at++) {
    const port = ports[at % ports.length] ?? 0;
    const socket = await connected(port, (text) => hear(at, text));
    socket.on('error', broke).on('close', () => broke());
    clients.push({ socket, begun: '', askedAt: 0 });
    // Of many at once, the first of several processes that is free would take most, and keep them.
    await askOnce([at]);
  }

  return {
    run: (drawn, seconds = Infinity) => begin([...clients.keys()], drawn, seconds),
    keep: () => askOnce([...clients.keys()]),
    close() {
      isClosed = true;
      for (const { socket } of clients) socket.destroy();
    },
  };
}

function connected(port: number, hear: (text: string) => void): Promise<Socket> {
  const buffer = Buffer.alloc(READ_AT_ONCE);
  return new Promise((resolve, reject) => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer,
        callback(length) {
          hear(buffer.toString('latin1', 0, length));
          return true;
        },
      },
    });
    socket.once('error', reject).once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** Whether an answer with a content-length is there to its end. */
function isWhole(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return false;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text)?.[1];
  if (length === undefined) throw new Error(`an answer without a length: ${text.slice(0, headEnd)}`);
  return text.length >= headEnd + 4 + Number(length);
}

function quantile(latencies: Uint32Array, requests: number, share: number): number {
  let left = requests * share;
  const bucket = latencies.findIndex((count) => (left -= count) <= 0);
  return (bucket + 1) / BUCKETS_PER_MS;
}
