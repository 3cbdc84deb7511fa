import { hash } from 'node:crypto';
import type { Context } from '../../context.ts';
import { comparableName } from '../../db/search.ts';
import { ApiError, type Refusal } from '../../errors.ts';
import {
  type Attempts,
  type Bucket,
  type Lane,
  type Limit,
  networkOf,
  siteOf,
  type Turn,
  unitsAt,
  waitOf,
} from '../../limits.ts';

/** What counting needs of a context: that of the cloud side has limits too. */
type Counting = Pick<Context, 'limits' | 'log' | 'now'>;

/** Whose password is tried, and from where. */
export interface Tried {
  login: string;
  address: string;
}

const WINDOW_MS = 5 * 60_000;
// For all names from one address, for one name from all of them, and unknown keys from one address; in most wrong ones of one pair.
const TIMES = { pair: 1, name: 10, address: 20, key: 60 };
type Counted = keyof typeof TIMES;

// Each wrong one too many makes the next wait so much longer, up to the most.
const PAUSE_MS = 50;
const LONGEST_MS: Record<Counted, number> = { pair: 10_000, name: 2000, address: 2000, key: 2000 };
// More than that at once are answered without a look.
const MOST_WAITING = { pair: 4, address: 32 };
// Where servers count together: a place of a server that ended meanwhile is free after that, and from where a name was right is known so long.
const PLACE_MS = 45_000;
const RIGHT_MS = 30 * 24 * 60 * 60_000;
const TELL_EVERY_MS = 60_000;

/**
 * Has a password checked. Whoever sent too many wrong ones is not refused but held up, each time for longer, and has their checks
 * done one by one: so a right password gets in, and nobody tries many. A wrong one is then 429, and so is, without a look, what
 * comes while several of the same address are held up already. Names that nobody has are treated in the same way. `check` throws 401.
 */
export async function tryPassword<T>(context: Counting, tried: Tried, check: () => Promise<T>): Promise<T> {
  const { attempts, hashing } = context.limits;
  if (attempts === undefined) return inLane(hashing, { site: siteOf(tried.address) }, check);
  const keys = keysOf(tried);
  // At once, or all that come together would be free. Those of name and address only once they were wrong: many people who sign in
  // together by way of one proxy are none of it.
  const [ofPair, wasRight] = await Promise.all([
    count(context, attempts, keys.pair),
    wasRightBefore(context, attempts, keys.pair),
  ]);
  const turn = { site: siteOf(tried.address), isFirst: wasRight };
  // Where the name was right before, what others try from elsewhere, or under other names, is no reason to wait.
  const pauseNow = async (by: number): Promise<number> => {
    const others = await Promise.all(
      [keys.name, keys.address].map((key) => count(context, attempts, key, by)),
    );
    return wasRight ? ofPair : Math.max(ofPair, ...others);
  };
  let wasWrong = false;
  const counted = async (): Promise<T> => {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      wasWrong = true;
      const pause = await pauseNow(1);
      throw pause === 0 ? error : tooManyWrong(context, tried.address, pause, error.cause as Refusal);
    }
  };
  try {
    let pause = await pauseNow(0);
    if (pause === 0) {
      const found = await inLane(hashing, turn, async () => {
        // Those who came before may have been wrong meanwhile.
        pause = await pauseNow(0);
        return pause === 0 ? { right: await counted() } : undefined;
      });
      if (found !== undefined) return found.right;
    }
    return await heldUp(context, attempts, { keys, address: tried.address, pause, turn }, counted);
  } finally {
    if (!wasWrong) await count(context, attempts, keys.pair, -1);
  }
}

/** Notes from where a name's password was right, and forgets the wrong ones of before. */
export async function noteRight(context: Counting, tried: Tried): Promise<void> {
  const { attempts, shared } = context.limits;
  if (attempts === undefined) return;
  const { pair } = keysOf(tried);
  attempts.rightBefore.set(pair, true);
  await Promise.all([shared?.remember(`right:${pair}`, RIGHT_MS), count(context, attempts, pair, -Infinity)]);
}

async function wasRightBefore(
  { limits }: Counting,
  { rightBefore }: Attempts,
  pair: string,
): Promise<boolean> {
  return rightBefore.has(pair) || (await limits.shared?.knows(`right:${pair}`)) === true;
}

/** Has a key looked up that is not remembered: for an address that sent too many wrong ones, or asks too much, a few at once. */
export async function tryKey<T>(
  context: Counting,
  address: string,
  lookUp: () => T | Promise<T>,
): Promise<T> {
  const { attempts, requests, lookingUp } = context.limits;
  const network = networkOf(address);
  const now = context.now();
  const isEmpty = (limit: Limit, bucket: Bucket | undefined): boolean =>
    bucket !== undefined && waitOf(limit, unitsAt(limit, bucket, now)) > 0;
  const isHeldUp =
    (attempts && isEmpty(limitOf(attempts, 'key'), attempts.buckets.get(keyOf('key', network)))) ||
    (requests && isEmpty(requests.limit, requests.buckets.address.get(network)));
  return isHeldUp === true ? inLane(lookingUp, { site: siteOf(address) }, async () => lookUp()) : lookUp();
}

/** Counts a key that nobody has: the error to answer with, which is 429 when there were too many from this address. */
export function wrongKey(context: Counting, address: string, error: ApiError): ApiError {
  const { attempts } = context.limits;
  if (attempts === undefined) return error;
  const key = keyOf('key', networkOf(address));
  const pause = countHere(context, attempts, key);
  // Nobody waits for it: what all servers have counted holds from the next one on.
  if (context.limits.shared) void countTogether(context, attempts, key);
  return pause === 0 ? error : tooManyWrong(context, address, pause, error.cause as Refusal);
}

interface HeldUp {
  keys: ReturnType<typeof keysOf>;
  address: string;
  pause: number;
  turn: Turn;
}

async function heldUp<T>(
  context: Counting,
  attempts: Attempts,
  { keys: { pair, address: network }, address, pause, turn }: HeldUp,
  check: () => Promise<T>,
): Promise<T> {
  const places: [key: string, most: number][] = [
    [pair, MOST_WAITING.pair],
    // Whose name was right before comes in whatever others of the address do.
    [network, turn.isFirst === true ? Infinity : MOST_WAITING.address],
  ];
  const taken: (() => void)[] = [];
  try {
    for (const [key, most] of places) {
      const leave = await occupy(context, attempts, key, most);
      if (leave === 'full') throw tooManyWrong(context, address, pause);
      taken.push(leave);
    }
    attempts.heldUp++;
    await attempts.pause(pause);
    return await inLane(context.limits.hashingHeldUp, turn, check);
  } finally {
    for (const leave of taken) leave();
  }
}

/** A place among those who wait, which the function that comes back leaves. */
async function occupy(
  { limits: { shared } }: Counting,
  { waiting }: Attempts,
  key: string,
  most: number,
): Promise<(() => void) | 'full'> {
  const place = await (most === Infinity ? undefined : shared?.occupy(`waiting:${key}`, most, PLACE_MS));
  if (place !== undefined) return place;
  const taken = waiting.get(key) ?? 0;
  if (taken >= most) return 'full';
  waiting.set(key, taken + 1);
  return () => {
    const left = (waiting.get(key) ?? 1) - 1;
    if (left === 0) waiting.delete(key);
    else waiting.set(key, left);
  };
}

/** Takes one from what may be wrong, gives it back, or only looks. Returns how long whoever tries has to wait, in milliseconds. */
async function count(context: Counting, attempts: Attempts, key: string, by = 1): Promise<number> {
  return (await countTogether(context, attempts, key, by)) ?? countHere(context, attempts, key, by);
}

/** The same by all servers; undefined where they do not count together. */
async function countTogether(
  context: Counting,
  attempts: Attempts,
  key: string,
  by = 1,
): Promise<number | undefined> {
  const limit = limitOf(attempts, kindOf(key));
  const least = leastOf(kindOf(key), limit);
  // Not more than makes the emptiest one full.
  const wanted = Math.max(least - limit.capacity, by * limit.cost);
  const taken = await context.limits.shared?.take(`wrong:${key}`, limit, { wanted, least, isForced: true });
  if (taken === undefined) return undefined;
  // Whoever counts alone later begins with what there was together.
  keep(attempts, key, taken.left, context.now());
  return pauseOf(kindOf(key), limit, taken.left);
}

function countHere(context: Counting, attempts: Attempts, key: string, by = 1): number {
  const limit = limitOf(attempts, kindOf(key));
  const now = context.now();
  const known = attempts.buckets.get(key);
  if (known === undefined && by <= 0) return 0;
  const units = known === undefined ? limit.capacity : unitsAt(limit, known, now);
  const left = Math.min(limit.capacity, Math.max(leastOf(kindOf(key), limit), units - by * limit.cost));
  keep(attempts, key, left, now);
  return pauseOf(kindOf(key), limit, left);
}

// Whoever invents names and is turned away without a look leaves none of them behind.
function keep(attempts: Attempts, key: string, units: number, now: number): void {
  if (units >= limitOf(attempts, kindOf(key)).capacity) attempts.buckets.delete(key);
  else attempts.buckets.set(key, { units, at: now });
}

function pauseOf(kind: Counted, { cost }: Limit, left: number): number {
  return left >= 0 ? 0 : Math.min(LONGEST_MS[kind], Math.ceil(-left / cost) * PAUSE_MS);
}

function leastOf(kind: Counted, { cost }: Limit): number {
  return -Math.ceil(LONGEST_MS[kind] / PAUSE_MS) * cost;
}

function kindOf(key: string): Counted {
  return key.slice(0, key.indexOf(' ')) as Counted;
}

function limitOf({ mostWrong }: Attempts, kind: Counted): Limit {
  const most = mostWrong * TIMES[kind];
  const cost = Math.ceil(WINDOW_MS / most);
  return { capacity: most * cost, refillPerMs: 1, cost };
}

function keysOf({ login, address }: Tried) {
  const name = comparableName(login);
  const network = networkOf(address);
  return {
    pair: keyOf('pair', `${network} ${name}`),
    name: keyOf('name', name),
    address: keyOf('address', network),
  };
}

// Names are anybody's invention, of any length; and who reads the memory of the process finds no password in the wrong field.
function keyOf(kind: Counted, text: string): string {
  return `${kind} ${hash('sha256', text, 'base64url')}`;
}

async function inLane<T>(lane: Lane, turn: Turn, work: () => Promise<T>): Promise<T> {
  const result = await lane.run(turn, work);
  if (result !== 'full') return result;
  throw new ApiError(503, 'busy', 'The server is busy', {
    detail: 'Too many passwords or keys are being checked. Send the request again in a moment.',
    headers: { 'retry-after': '1' },
  });
}

/** Says in the log who tries too many wrong ones, once a minute for each address and name, and how many since the last time. */
function tell({ log, limits }: Counting, address: string, now: number, cause?: Refusal): void {
  const told = limits.attempts?.told;
  const { reason, kind, principal } = cause ?? {};
  // Names that nobody has are one: they may be passwords in the wrong field, and are as many as somebody likes.
  const key = `${networkOf(address)} ${kind} ${principal}`;
  const last = told?.get(key);
  if (last !== undefined && Math.abs(now - last.at) < TELL_EVERY_MS) {
    last.since++;
    return;
  }
  told?.set(key, { at: now, since: 0 });
  const refused = 1 + (last?.since ?? 0);
  log.part('auth').warn({ address, reason, kind, principal, refused }, 'too many wrong passwords or keys');
}

/** 429. Without a cause, nobody looked whether it was wrong. */
function tooManyWrong(context: Counting, address: string, pause: number, cause?: Refusal): ApiError {
  const now = context.now();
  const who = {
    kind: 'address',
    id: 0,
    personId: 0,
    orgId: 0,
    address,
    reason: 'wrong credentials',
  } as const;
  context.limits.lately.note({ ...who, until: now + pause }, now);
  tell(context, address, now, cause);
  const seconds = Math.max(1, Math.ceil(pause / 1000));
  return new ApiError(429, 'too-many-attempts', 'Too many wrong attempts', {
    cause: { ...cause, limited: 'address', why: 'wrong credentials' },
    detail: cause
      ? `Too many wrong passwords or keys came for this name or from this address. Wait ${seconds} s and try once more: ` +
        'one that is right is let in, unless many more are sent meanwhile.'
      : 'So many passwords that were sent for this name or from this address wait to be checked that this one was not looked at. ' +
        `Try again in ${seconds} s, or from another address; tokens, and who is signed in, are not held up.`,
    headers: { 'retry-after': String(seconds) },
  });
}
