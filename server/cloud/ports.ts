import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Config } from '../config/config.ts';
import { answerBroken } from '../http/broken-requests.ts';
import { type Certificate, readCertificate } from '../http/certificate.ts';
import { believeProxies, trustedProxies } from '../http/forwarded.ts';
import { limitPipelining } from '../http/pipelining.ts';
import { serverOptionsOf } from '../http/server-options.ts';

/** The ports of stacks: each has a listener of its own. */
export interface Ports {
  /** Listens at a port; false where another program has it. */
  take(port: number): Promise<boolean>;
  /** Ends listening, and lets what is under way be answered. */
  drop(port: number): void;
  /** Listens at these ports and no others. Gives those that another program has. */
  keep(ports: readonly number[]): Promise<number[]>;
  /** Shows this certificate from now on. */
  show(certificate: Certificate): void;
  close(): Promise<void>;
}

const TAKEN = new Set(['EADDRINUSE', 'EACCES']);
// A stack that is being made has its port before it is there.
const FRESH_MS = 60_000;

/** `answer` gets what arrives at a port. */
export function createPorts(
  config: Config,
  answer: (port: number, ...asked: Parameters<RequestListener>) => void,
): Ports {
  const servers = new Map<number, Server>();
  const ending = new Set<Promise<void>>();
  const takenAt = new WeakMap<Server, number>();
  const { http_addr: host } = config.server;
  const isProxy = trustedProxies(config);
  let certificate = readCertificate(config);

  function make(port: number): Server {
    const options = { ...certificate?.options, ...serverOptionsOf(config) };
    const server = (certificate ? createTlsServer(options) : createServer(options)) as Server;
    server.on('request', (request, response) => answer(port, request, response));
    server.on('clientError', answerBroken);
    limitPipelining(server);
    if (isProxy) believeProxies(server, isProxy);
    return server;
  }

  async function take(port: number): Promise<boolean> {
    if (servers.has(port)) return false;
    const server = make(port);
    servers.set(port, server);
    takenAt.set(server, performance.now());
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    server.once('error', (error: NodeJS.ErrnoException) => {
      servers.delete(port);
      if (TAKEN.has(error.code ?? '')) resolve(false);
      else reject(error);
    });
    server.listen({ port, host }, () => resolve(true));
    return promise;
  }

  function drop(port: number): void {
    const server = servers.get(port);
    if (server === undefined) return;
    servers.delete(port);
    const end = ended(server).finally(() => ending.delete(end));
    ending.add(end);
  }

  async function ended(server: Server): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    server.closeIdleConnections();
    // Those that are kept alive end with their next answer.
    const limit = setTimeout(() => server.closeAllConnections(), config.server.shutdown_timeout);
    await promise;
    clearTimeout(limit);
  }

  return {
    take,
    drop,
    async keep(ports) {
      const wanted = new Set(ports);
      const isOld = (server: Server): boolean => performance.now() - (takenAt.get(server) ?? 0) > FRESH_MS;
      const unwanted = [...servers].filter(([port, server]) => !wanted.has(port) && isOld(server));
      for (const [port] of unwanted) drop(port);
      const missing = ports.filter((port) => !servers.has(port));
      const taken = await Promise.all(missing.map(take));
      return missing.filter((_, at) => taken[at] === false);
    },
    show(fresh) {
      certificate = fresh;
      for (const server of servers.values()) (server as unknown as TlsServer).setSecureContext(fresh.options);
    },
    async close() {
      [...servers.keys()].forEach(drop);
      await Promise.all(ending);
    },
  };
}
