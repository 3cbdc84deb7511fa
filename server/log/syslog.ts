import { createSocket } from 'node:dgram';
import { connect, isIPv6, type Socket } from 'node:net';
import { hostname } from 'node:os';
import type { Complaints, LogOutput } from './output.ts';

const WAITING_MOST = 8 * 1024 * 1024;
const RETRY_MS = 1000;
// RFC 5424, section 6.2.1.
const FACILITIES = { user: 1, daemon: 3, local0: 16 };
const SEVERITIES = { trace: 7, debug: 7, info: 6, notice: 5, warn: 4, error: 3, critical: 2 };
type Severity = keyof typeof SEVERITIES;

export interface SyslogOptions {
  network: 'udp' | 'tcp';
  /** host:port */
  address: string;
  facility: string;
  tag: string;
}

/** Sends lines to a syslog server in the form of RFC 5424, one datagram each (RFC 5426) or counted on a connection (RFC 6587). */
export function syslogOutput(options: SyslogOptions, now: () => number, complaints: Complaints): LogOutput {
  const sender = syslogSender({ ...options, facility: facilityCode(options.facility) }, now);
  let isBroken = false;
  let lost = 0;
  let lostBefore = 0;

  function settled(error?: Error | null): void {
    if (error) {
      lost += 1;
      if (!isBroken) complaints.broke(error);
      isBroken = true;
    } else if (isBroken) {
      isBroken = false;
      complaints.mended(lost - lostBefore);
      lostBefore = lost;
    }
  }

  return {
    write(line) {
      sender.line(line, severityOf(line), settled);
    },
    lost: () => lost,
    close: () => sender.end(),
  };
}

/** The same line by line, for whoever has to know of each whether it was handed over. The facility is its number. */
export function syslogSender(
  { network, address, facility, tag }: Omit<SyslogOptions, 'facility'> & { facility: number },
  now: () => number,
) {
  const [host, port] = hostAndPort(address);
  const send = network === 'udp' ? datagrams(host, port) : connection(host, port);
  const from = `${hostname() || '-'} ${tag} ${process.pid} - -`;
  return {
    line(text: string, severity: Severity, settled: (error?: Error | null) => void): void {
      const head = `<${facility * 8 + SEVERITIES[severity]}>1 ${new Date(now()).toISOString()} ${from}`;
      send.line(Buffer.from(`${head} ${text.trimEnd()}`), settled);
    },
    end: () => send.end(),
  };
}

interface Sender {
  line(bytes: Buffer, settled: (error?: Error | null) => void): void;
  end(): Promise<void>;
}

function datagrams(host: string, port: number): Sender {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4').unref();
  let waiting = 0;
  let ended: PromiseWithResolvers<void> | undefined;
  // Without a listener, a host that cannot be found would end the process; each line is told of it anyway.
  socket.on('error', () => {});
  return {
    line(bytes, settled) {
      waiting += 1;
      socket.send(bytes, port, host, (error) => {
        waiting -= 1;
        settled(error);
        if (waiting === 0) ended?.resolve();
      });
    },
    async end() {
      ended = Promise.withResolvers();
      if (waiting > 0) await ended.promise;
      socket.close();
    },
  };
}

function connection(host: string, port: number): Sender {
  let socket: Socket | undefined;
  let mayTryAt = 0;

  function opened(): Socket | undefined {
    if (socket && !socket.destroyed) return socket;
    if (performance.now() < mayTryAt) return undefined;
    mayTryAt = performance.now() + RETRY_MS;
    socket = connect({ host, port }).unref();
    // Each line that waits in it is told of the error.
    socket.on('error', () => {});
    return socket;
  }

  return {
    line(bytes, settled) {
      const to = opened();
      if (!to) return settled(new Error('there is no connection to the syslog server'));
      if (to.writableLength > WAITING_MOST) return settled(new Error('the syslog server is too slow'));
      to.write(Buffer.concat([Buffer.from(`${bytes.length} `), bytes]), settled);
    },
    async end() {
      if (!socket || socket.destroyed) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      socket.once('close', () => resolve());
      socket.end(() => socket?.destroy());
      await promise;
    },
  };
}

function hostAndPort(address: string): [host: string, port: number] {
  const at = address.lastIndexOf(':');
  return [address.slice(0, at).replace(/^\[|\]$/g, ''), Number(address.slice(at + 1))];
}

function facilityCode(name: string): number {
  if (name.startsWith('local')) return FACILITIES.local0 + Number(name.slice('local'.length));
  return name === 'user' ? FACILITIES.user : FACILITIES.daemon;
}

function severityOf(line: string): Severity {
  const [, level] = /\blevel(?:=|":")(\w+)/.exec(line) ?? [];
  return level !== undefined && Object.hasOwn(SEVERITIES, level) ? (level as Severity) : 'info';
}
