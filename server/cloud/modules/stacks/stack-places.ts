import { invalidArgument, taken, unavailable } from '../../access/refusals.ts';
import { labelIn, labelOf, labelOfServer, type Place } from '../../addresses.ts';
import type { CloudContext } from '../../context.ts';
import type { StackRow } from '../../db/schema.ts';
import { getStackAt, listPorts } from './stacks.store.ts';

// RFC 1035, and the underscore that names of stacks may have.
const HOST_LABEL = /^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/;
export const NOT_AVAILABLE = 'That url is not available';

/** The stack that is reached at a place, remembered until it changes. */
export function findStackAt(
  { db, memory }: CloudContext,
  place: { port: number } | { host: string },
): Promise<StackRow | undefined> {
  return memory.remember(keyOf(place), () => getStackAt(db, place));
}

/** The same where it is remembered. */
export function recallStackAt(
  { memory }: CloudContext,
  place: { port: number } | { host: string },
): StackRow | undefined {
  return memory.recall<StackRow>(keyOf(place));
}

/** Says that another stack may be at a place, or none: within a transaction, at its commit. */
export function forget({ touch }: CloudContext, { port, host }: Place): void {
  if (port !== null) touch(keyOf({ port }));
  if (host !== null) touch(keyOf({ host }));
}

/** Whether two places are the same one. */
export function isSamePlace(one: Place, other: Place): boolean {
  return one.port === other.port && one.host === other.host;
}

/** The ports at which stacks are reached. */
export function portsInUse({ db }: CloudContext): Promise<number[]> {
  return listPorts(db);
}

/** Whether an address that is given asks for a place of its own; clients fill in grafana.net's where they have none. */
export function asksForPlace(
  { config }: CloudContext,
  slug: string,
  url: string | null | undefined,
): boolean {
  const given = url ?? '';
  return (
    given !== '' && (given !== `https://${slug}.grafana.net` || config.cloud.stack_domain === 'grafana.net')
  );
}

/**
 * Where a stack is to be reached: where its url says, else at a free place. What it has already is free to it. Throws 409 for a
 * url that it cannot have, and 503 where no port is left.
 */
export async function placeFor(
  context: CloudContext,
  slug: string,
  url: string | null | undefined,
  own: Place = { port: null, host: null },
): Promise<Place> {
  const { stack_domain: domain } = context.config.cloud;
  const asked = asksForPlace(context, slug, url) ? URL.parse(url ?? '') : undefined;
  if (asked === null) throw invalidArgument(`Invalid url ${url} specified`, whereStacksAre(context));
  if (domain !== '') return { port: null, host: await freeLabel(context, slug, asked, own) };
  const port = asked === undefined ? own.port : Number(asked.port);
  return {
    host: null,
    port: port === own.port && port !== null ? port : await freePort(context, port ?? undefined),
  };
}

/** Where a deleted stack was, if that is free still; else a free place. */
export async function formerPlace(context: CloudContext, { slug, port, host }: StackRow): Promise<Place> {
  const { stack_domain: domain } = context.config.cloud;
  const isFree =
    domain === ''
      ? port !== null && isOfStacks(context, port) && (await context.ports.take(port))
      : host !== null && host !== labelOfServer(context.config) && !(await getStackAt(context.db, { host }));
  return isFree ? { port, host } : placeFor(context, slug, undefined);
}

async function freeLabel(
  context: CloudContext,
  slug: string,
  asked: URL | undefined,
  own: Place,
): Promise<string> {
  const { stack_domain: domain } = context.config.cloud;
  const ofServer = labelOfServer(context.config);
  if (asked !== undefined) {
    const label = labelIn(domain, asked.host);
    if (label === undefined || !HOST_LABEL.test(label)) {
      throw invalidArgument(`Invalid url ${asked.href} specified`, whereStacksAre(context));
    }
    if (label === ofServer) throw taken(NOT_AVAILABLE, 'The server itself has that address.');
    return label;
  }
  for (let count = 1; ; count++) {
    const label = count === 1 ? labelOf(slug) : `${labelOf(slug).slice(0, 58)}-${count}`;
    if (label === ofServer) continue;
    if (label === own.host || !(await getStackAt(context.db, { host: label }))) return label;
  }
}

async function freePort(context: CloudContext, asked: number | undefined): Promise<number> {
  const { first, last } = context.config.cloud.stack_ports;
  if (asked !== undefined) {
    if (!isOfStacks(context, asked)) {
      throw invalidArgument('Invalid url specified', whereStacksAre(context));
    }
    if (await context.ports.take(asked)) return asked;
    throw taken(
      NOT_AVAILABLE,
      `Something listens at the port ${asked} already. Without a url, a free one is taken.`,
    );
  }
  const used = new Set(await listPorts(context.db));
  for (let port = first; port <= last; port++) {
    // Another program may have it.
    if (!used.has(port) && (await context.ports.take(port))) return port;
  }
  throw unavailable(
    'There is no port left for a stack',
    `The ports ${first} to ${last} are taken: give [cloud] stack_ports more, or set stack_domain.`,
  );
}

function isOfStacks({ config }: CloudContext, port: number): boolean {
  const { first, last } = config.cloud.stack_ports;
  return port >= first && port <= last;
}

function whereStacksAre({ config }: CloudContext): string {
  const { stack_domain, stack_ports } = config.cloud;
  return stack_domain === ''
    ? `Stacks are reached at the ports ${stack_ports.first} to ${stack_ports.last}, as in http://127.0.0.1:${stack_ports.first}.`
    : `Stacks are reached below ${stack_domain}, as in https://my-stack.${stack_domain}.`;
}

function keyOf(place: { port: number } | { host: string }): string {
  return 'port' in place ? `stack-at-port:${place.port}` : `stack-at-host:${place.host}`;
}
