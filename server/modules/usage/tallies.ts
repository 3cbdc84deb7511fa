import type { CredentialKind } from '../../access/identity.ts';
import type { Context } from '../../context.ts';
import type { CallerCount, RequestCount, Requests, Tally } from '../../uses.ts';

// What is beyond the bounds is counted together, so that the sums stay right.
const OTHERS = 'others';

/** What requests are counted under: the kind of credential, none at all, or the rest. */
export const COUNTED_KINDS = [
  OTHERS,
  'none',
  'api-key',
  'token',
  'password',
  'session',
  'machine',
  'cloud',
] as const satisfies readonly (CredentialKind | 'none' | typeof OTHERS)[];
export type CountedKind = (typeof COUNTED_KINDS)[number];

/** A route as it is counted: its own number, and its method and pattern. */
export interface CountedRoute {
  at: number;
  name: string;
}

/** One request that was answered. */
export interface Answered {
  /** Where it counts; 0 is in no organization. */
  orgId: number;
  kind: CountedKind;
  credentialId: number;
  route: CountedRoute;
  /** 2 is 2xx. */
  status: number;
  address: string;
}

type Counted = Pick<Answered, 'kind' | 'credentialId' | 'route' | 'status'>;

const REST = { kind: OTHERS, credentialId: 0, route: { at: 0, name: OTHERS } } as const;
const KIND_AT = Object.fromEntries(COUNTED_KINDS.map((kind, at) => [kind, at])) as Record<
  CountedKind,
  number
>;

// Until they are written, of requests and of callers alike. Who invents addresses crowds out no other organization.
const MOST_OF_AN_ORG = 5000;
const MOST = 40_000;

// Of a number that names two things.
const KINDS_ROOM = 2 ** 3;
const STATUSES_ROOM = 2 ** 3;

const REST_KEY = keyOf(REST);

// A fourteenth of the bits are set at most. Neighbours are spread by the golden ratio (Knuth, The Art of Computer Programming 3, 6.4).
const FILTER_BITS = 16;
const GOLDEN = 0x9e37_79b1;

export const HOUR_MS = 3_600_000;

/** The beginning of the hour that a time is in. */
export function hourOf(time: number): number {
  return Math.floor(time / HOUR_MS) * HOUR_MS;
}

export function noRequests(): Requests {
  return { current: new Map(), earlier: new Map(), size: 0, lastWrite: Promise.resolve() };
}

/** Counts a request; writeRequests brings it to the database. */
export function noteRequest({ uses: { requests }, now }: Context, answered: Answered): void {
  const tally = tallyOf(requests, answered.orgId, hourOf(now()));
  const count = countOf(requests, tally, answered);
  count.requests++;
  const address = count.kind === OTHERS ? OTHERS : answered.address;
  if (count.caller?.address !== address) count.caller = callerOf(requests, tally, count, address);
  count.caller.requests++;
}

/** All that was counted, of each organization and hour once; it gets no more requests. */
export function takeTallies(requests: Requests): Tally[] {
  for (const tally of requests.current.values()) putAside(requests, tally);
  const all = [...requests.earlier.values()];
  requests.current.clear();
  requests.earlier.clear();
  return all;
}

/** Keeps what gets no more requests until it is written, together with what is there of its organization and hour. */
export function putAside(requests: Requests, tally: Tally): void {
  const name = `${tally.orgId} ${tally.hour}`;
  const there = requests.earlier.get(name);
  if (there === undefined) {
    requests.earlier.set(name, tally);
    return;
  }
  let known = addTo(there.callers, tally.callers);
  for (const [key, counts] of tally.requests) {
    const same = there.requests.get(key);
    if (same) known += addTo(same, counts);
    else there.requests.set(key, counts);
  }
  requests.size -= known;
}

function tallyOf(requests: Requests, orgId: number, hour: number): Tally {
  const current = requests.current.get(orgId);
  if (current?.hour === hour) return current;
  if (current) putAside(requests, current);
  const fresh = { orgId, hour, requests: new Map(), size: 0, callers: new Map(), filter: undefined };
  requests.current.set(orgId, fresh);
  return fresh;
}

function countOf(
  requests: Requests,
  tally: Tally,
  { kind, credentialId, route, status }: Counted,
): RequestCount {
  const routeKey = route.at * STATUSES_ROOM + status;
  const key = keyOf({ kind, credentialId });
  const known = mayHave(tally, key) ? tally.requests.get(routeKey)?.get(key) : undefined;
  if (known) return known;
  if (kind !== OTHERS && isFull(requests, tally)) {
    if (tally.size >= MOST_OF_AN_ORG) tally.filter ??= filterOf(tally);
    return countOf(requests, tally, { ...REST, status });
  }
  const fresh = { kind, credentialId, route: route.name, status, requests: 0, caller: undefined };
  const alike = tally.requests.get(routeKey) ?? new Map<number, RequestCount>();
  tally.requests.set(routeKey, alike.set(key, fresh));
  tally.size++;
  requests.size++;
  return fresh;
}

function mayHave({ filter }: Tally, key: number): boolean {
  const bit = bitOf(key);
  return filter === undefined || ((filter[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
}

/** Of what is in a full tally, and of the rest, which may still come. */
function filterOf(tally: Tally): Uint8Array {
  const filter = new Uint8Array(2 ** FILTER_BITS / 8);
  for (const key of [REST_KEY, ...tally.requests.values().flatMap((alike) => alike.keys())]) {
    const bit = bitOf(key);
    filter[bit >> 3] = (filter[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  return filter;
}

function bitOf(key: number): number {
  return Math.imul(key, GOLDEN) >>> (32 - FILTER_BITS);
}

function callerOf(
  requests: Requests,
  tally: Tally,
  credential: Pick<RequestCount, 'kind' | 'credentialId'>,
  address: string,
): CallerCount {
  const { kind, credentialId } = credential;
  const name = `${kind} ${credentialId} ${address}`;
  const known = tally.callers.get(name);
  if (known) return known;
  if (address !== OTHERS && isFull(requests, tally.callers)) {
    return callerOf(requests, tally, credential, OTHERS);
  }
  const fresh = { kind, credentialId, address, requests: 0 };
  tally.callers.set(name, fresh);
  requests.size++;
  return fresh;
}

function keyOf({ kind, credentialId }: Pick<Counted, 'kind' | 'credentialId'>): number {
  return credentialId * KINDS_ROOM + KIND_AT[kind];
}

function isFull({ size }: Requests, counts: { size: number }): boolean {
  return counts.size >= MOST_OF_AN_ORG || size >= MOST;
}

/** Adds counts to those that are there; returns how many of them were there already. */
function addTo<Key, Count extends { requests: number }>(
  there: Map<Key, Count>,
  counts: ReadonlyMap<Key, Count>,
): number {
  let known = 0;
  for (const [key, count] of counts) {
    const same = there.get(key);
    if (same === undefined) {
      there.set(key, count);
    } else {
      same.requests += count.requests;
      known++;
    }
  }
  return known;
}
