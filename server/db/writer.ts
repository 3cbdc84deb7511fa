import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { troubleOf } from './errors.ts';

// For each of a connection and its question.
const PROBE_MS = 2500;
// What one has before the next is asked too, where it does not say no.
const HEAD_START_MS = 300;
const NO_WRITES = 'Connection terminated: the server takes no writes';
/** How an error begins that tells of each of several servers why it is not used. */
export const NONE_TAKES_WRITES = 'no server of [database] takes writes: ';

/** Connections to whichever of several servers takes writes. */
export interface Writer {
  /** One that is not yet open; where writes are taken is looked for when it is opened. */
  client(config: pg.ClientConfig): pg.Client;
  /** To be called when a connection failed: it is looked for anew when the next one is opened. */
  doubt(): void;
}

interface Place {
  host: string;
  port: number;
}

/**
 * Looks for the server that takes writes, as libpq does with target_session_attrs=read-write: the one used last first, then in the given
 * order, without waiting for one that is silent. Once it is another one, all connections to the one before are closed, which may still
 * be there and know less.
 */
export function seekWriter(addresses: readonly pg.ClientConfig[]): Writer {
  const open = new Map<pg.Client, Place>();
  let order = addresses;
  let used: Place | undefined;
  let isDoubted = false;
  let seeking: Promise<Place> | undefined;

  async function seek(): Promise<Place> {
    const { address, place } = await firstOf(order);
    order = [address, ...addresses.filter((other) => other !== address)];
    used = place;
    for (const [client, { host, port }] of open) {
      if (host === place.host && port === place.port) continue;
      // The pool lets go of an unused one that fails; one in use fails by its end.
      client.emit('error', movedTo(place));
      void client.end();
    }
    isDoubted = false;
    return place;
  }

  async function openFound(client: pg.Client, connect: () => Promise<unknown>): Promise<void> {
    try {
      const isKnown = used !== undefined && !isDoubted;
      const place = isKnown ? used : await (seeking ??= seek().finally(() => (seeking = undefined)));
      Object.assign(client, place);
      client.on('error', doubt);
      await connect();
      await expectWrites(client);
      // Not ended before: pg never says that a connection failed which is ended while it is made.
      if (used !== undefined && named(used) !== named(client)) throw movedTo(used);
      open.set(client, { host: client.host, port: client.port });
      client.once('end', () => open.delete(client));
    } catch (error) {
      doubt();
      void client.end();
      throw error;
    }
  }

  function doubt(): void {
    isDoubted = true;
  }

  return {
    client(config) {
      const client = new pg.Client({ ...config, ...addresses[0] });
      const connect = client.connect.bind(client) as () => Promise<unknown>;
      client.connect = ((done?: (error?: unknown) => void) => {
        const opened = openFound(client, connect);
        return done === undefined ? opened : void opened.then(() => done(), done);
      }) as typeof client.connect;
      return client;
    },
    doubt,
  };
}

/** What a write comes to on a server that stopped taking them; it counts as away, since another may take them. */
export function tookNoWrites(cause: unknown): Error {
  return new Error(NO_WRITES, { cause });
}

function movedTo(place: Place): Error {
  return new Error(`Connection terminated: writes are taken by ${named(place)} now`);
}

/** The first of them that takes writes; each is asked once the one before has said no, or was silent for a moment. */
async function firstOf(
  addresses: readonly pg.ClientConfig[],
): Promise<{ address: pg.ClientConfig; place: Place }> {
  let isFound = false;
  let turn = Promise.resolve();
  const asked = addresses.map((address) => {
    const answer = turn.then(async () => {
      if (isFound) throw new Error('not asked');
      const place = await probe(address);
      isFound = true;
      return { address, place };
    });
    const headStart = turn.then(() => sleep(HEAD_START_MS, undefined, { ref: false }));
    turn = Promise.race([answer.then(ignore, ignore), headStart]);
    return answer;
  });
  return Promise.any(asked).catch(({ errors }: AggregateError) => Promise.reject(noneOf(addresses, errors)));
}

function noneOf(addresses: readonly pg.ClientConfig[], errors: Error[]): Error {
  const reasons = errors.map(({ message }, at) => {
    const reason = message === NO_WRITES ? 'it takes none' : message;
    return `host ${nameOf(addresses[at] ?? {})}: ${reason}`;
  });
  // Rather that one is away, which passes, than that another lets nobody in.
  const cause = errors.find((each) => troubleOf(each) === 'away') ?? errors[0];
  return new Error(NONE_TAKES_WRITES + reasons.join('; '), { cause });
}

async function probe(address: pg.ClientConfig): Promise<Place> {
  const client = new pg.Client({ ...address, connectionTimeoutMillis: PROBE_MS });
  client.on('error', ignore);
  try {
    await client.connect();
    await expectWrites(client);
    return { host: client.host, port: client.port };
  } finally {
    void client.end();
  }
}

/** By a setting and not by pg_is_in_recovery(), so that what speaks PostgreSQL's protocol and lacks its functions is understood too. */
async function expectWrites(client: pg.Client): Promise<void> {
  const question = { text: 'show transaction_read_only', query_timeout: PROBE_MS };
  const { rows } = await client.query<{ transaction_read_only: string }>(question);
  if (rows[0]?.transaction_read_only === 'on') throw new Error(NO_WRITES);
}

function nameOf(address: pg.ClientConfig): string {
  return named(new pg.Client(address));
}

function named({ host, port }: Place): string {
  return `${host}:${port}`;
}

function ignore(): void {}
