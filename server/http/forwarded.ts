import type { IncomingMessage, Server } from 'node:http';
import { BlockList, isIP, SocketAddress } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type AddressRange, plainAddress } from '../config/address-ranges.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { ApiError } from '../errors.ts';
import type { LimitedBy } from '../limits.ts';

// Nobody has more proxies one behind the other; what stands further to the left, anybody may have written.
const MOST_PROXIES = 16;
const MOST_KNOWN = 1000;
const HOST = /^([\w.-]{1,253}|\[[\da-f:.]{2,45}\])(:\d{1,5})?$/i;

/** Whether an address is that of a proxy whose word is taken. */
export type IsProxy = (address: string | undefined) => boolean;

/** Which addresses are those of `[server] trusted_proxies`; undefined where there are none. */
export function trustedProxies({ server }: Config): IsProxy | undefined {
  return server.trusted_proxies.length > 0 ? proxiesIn(server.trusted_proxies) : undefined;
}

function proxiesIn(ranges: readonly AddressRange[]): IsProxy {
  const list = new BlockList();
  for (const { address, prefix, family } of ranges) list.addSubnet(address, prefix, family);
  const known = new Map<string, boolean>();
  return (written) => {
    if (written === undefined) return false;
    const answer = known.get(written);
    if (answer !== undefined) return answer;
    // A link-local address comes with the name of its interface.
    const address = plainAddress(written.replace(/%.*/, ''));
    const isIn = list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(written, isIn);
    return isIn;
  };
}

/**
 * Puts what a proxy says of a request in plain words before anything reads it: X-Forwarded-For holds the one address that asks,
 * X-Forwarded-Proto one word, and Host what the client sent. What anybody else says of it is taken away.
 */
export function believeProxies(server: Server, isProxy: IsProxy): void {
  server.prependListener('request', ({ headers, socket }: IncomingMessage) => {
    const said = {
      addresses: textOf(headers['x-forwarded-for']),
      protocol: lastOf(headers['x-forwarded-proto']).toLowerCase(),
      host: lastOf(headers['x-forwarded-host']),
    };
    delete headers['x-forwarded-for'];
    delete headers['x-forwarded-proto'];
    delete headers['x-forwarded-host'];
    const peer = socket.remoteAddress;
    if (peer === undefined || !isProxy(peer)) return;
    headers['x-forwarded-for'] = whoAsks(plainAddress(peer), said.addresses, isProxy);
    if (/^https?$/.test(said.protocol)) headers['x-forwarded-proto'] = said.protocol;
    if (HOST.test(said.host)) headers.host = said.host;
  });
}

/** Says in the log, once, that an address was limited which may be a proxy nobody named: all who come by way of it count as one. */
export function tellOfUnknownProxy(app: FastifyInstance, log: Context['log'], isProxy?: IsProxy): void {
  let isTold = false;
  app.addHook('onError', ({ raw }, _reply, error, done) => {
    const address = raw.socket.remoteAddress;
    // As it came: what nobody trusted says is taken away above.
    const isForwarded = (): boolean => raw.rawHeaders.some((name) => /^x-forwarded-for$/i.test(name));
    if (!isTold && isLimitedAddress(error) && isForwarded() && isProxy?.(address) !== true) {
      isTold = true;
      log.warn(
        { address },
        'an address was limited that sends X-Forwarded-For and is not in [server] trusted_proxies: if it is your proxy, ' +
          'name it there, or all who come by way of it are limited as one',
      );
    }
    done();
  });
}

function isLimitedAddress(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.status !== 429) return false;
  return (error.cause as Partial<LimitedBy> | undefined)?.limited === 'address';
}

/** The address that the outermost of the trusted proxies vouches for; where that says nonsense, its own. */
function whoAsks(peer: string, addresses: string, isProxy: IsProxy): string {
  const entries = addresses.split(',').slice(-MOST_PROXIES);
  let known = peer;
  while (isProxy(known)) {
    const next = addressIn(entries.pop() ?? '');
    if (next === undefined) return known;
    known = next;
  }
  return known;
}

/** The address in an entry, in its one spelling; some proxies write it with a port. Undefined for anything else. */
function addressIn(entry: string): string | undefined {
  const text = entry.trim();
  const [, bracketed, withPort] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? [];
  const address = bracketed ?? withPort ?? text;
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return undefined;
  // Whoever is limited by address would otherwise be somebody else in each spelling.
  return version === 4 ? address : plainAddress(new SocketAddress({ address, family: 'ipv6' }).address);
}

function lastOf(header: string | string[] | undefined): string {
  return textOf(header).split(',').at(-1)?.trim() ?? '';
}

function textOf(header: string | string[] | undefined): string {
  return [header ?? ''].flat().join(',');
}
