import { setImmediate } from 'node:timers/promises';

/** When things were used, in milliseconds since 1970 and by id, since the last batch was written. */
export type Uses = Map<number, number>;

/** What one program at one address did with a legacy key since the last batch was written. */
export interface KeyCall {
  keyId: number;
  address: string;
  userAgent: string;
  reads: number;
  writes: number;
  /** Milliseconds since 1970. */
  firstAt: number;
  lastAt: number;
}

/** Requests of one somebody to one route that are recorded alike: refused ones, or reads of what is secret. */
export interface NotedRequest {
  action: 'requests:refuse' | 'secrets:read';
  /** Null is in no organization. */
  orgId: number | null;
  /** As `user:ann`. */
  actor: string;
  actorId: number;
  credential: { kind: string; id: number };
  address: string;
  /** Of the first of them. */
  requestId: string;
  /** Method and pattern. */
  route: string;
  status: number;
  /** Why it was refused; '' where it was not. */
  reason: string;
  /** Whom the refused credential is of, as 'user:7', where that is known. */
  claimed: string;
  requests: number;
  /** Of the first of them, in milliseconds since 1970. */
  at: number;
}

/** Requests that share the room there is until they are written. */
export interface NotedRoom {
  action: NotedRequest['action'];
  orgId: number | null;
  requests: Map<string, NotedRequest>;
  /** How many there was no room for. */
  beyond: number;
}

/** What is recorded later. */
export interface Noted {
  /** Whoever fills one of these takes no room from the others. */
  rooms: Map<string, NotedRoom>;
}

/** Requests with one credential to one route that were answered alike. */
export interface RequestCount {
  kind: string;
  credentialId: number;
  route: string;
  /** 2 is 2xx. */
  status: number;
  requests: number;
  /** Where the last of them came from. */
  caller: CallerCount | undefined;
}

/** Requests with one credential from one address. */
export interface CallerCount {
  kind: string;
  credentialId: number;
  address: string;
  requests: number;
}

/** What was asked in one organization, 0 being none, within one hour. */
export interface Tally {
  orgId: number;
  hour: number;
  /** By route and status, and then by credential: V8 finds small whole numbers in a fraction of the time that others take. */
  requests: Map<number, Map<number, RequestCount>>;
  /** How many counts are in those. */
  size: number;
  callers: Map<string, CallerCount>;
  /**
   * Once it is full, a bit for each credential that it may have. Most that ask then are counted together, and to find that out in a
   * large map is waiting for memory.
   */
  filter: Uint8Array | undefined;
}

/** The requests since the last batch was written. */
export interface Requests {
  /** Of the hour in which an organization last asked, by the organization. */
  current: Map<number, Tally>;
  /** Of hours gone by, and what could not be written, by organization and hour. */
  earlier: Map<string, Tally>;
  /** How many counts there are, those on their way to the database included. */
  size: number;
  lastWrite: Promise<void>;
}

const USES_PER_STATEMENT = 512;

/** The ids of what was used, in batches for one statement each. */
export function* usedIdsInBatches(uses: Uses): Generator<number[]> {
  for (const ids of idsInBatches(uses)) {
    // The last one again up to the next power of two, so that of all lengths only a few statements are prepared and kept.
    const length = 2 ** Math.ceil(Math.log2(ids.length));
    yield [...ids, ...Array.from({ length: length - ids.length }, () => ids.at(-1) ?? 0)];
  }
}

/** Writes what was gathered, batch by batch in the order of the ids. What cannot be written is kept for the next time. */
export async function writeUses(
  uses: Uses,
  write: (batch: (readonly [id: number, at: number])[]) => Promise<void>,
): Promise<void> {
  for (const ids of idsInBatches(uses)) {
    const batch = Array.from(ids, (id) => [id, uses.get(id) ?? 0] as const);
    await write(batch);
    for (const [id, at] of batch) {
      if (uses.get(id) === at) uses.delete(id);
    }
    // SQLite writes on this very thread: let the requests that wait go first.
    await setImmediate();
  }
}

function* idsInBatches(uses: Uses): Generator<Float64Array> {
  const ids = Float64Array.from(uses.keys()).toSorted();
  for (let start = 0; start < ids.length; start += USES_PER_STATEMENT) {
    yield ids.subarray(start, start + USES_PER_STATEMENT);
  }
}
