import { setImmediate } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { CallerCount, RequestCount, Tally } from '../../uses.ts';
import { putAside, takeTallies } from './tallies.ts';
import { addCallers, addRequests } from './usage.store.ts';

// A commit waits for the disk; a statement keeps everybody else waiting.
const ROWS_PER_TRANSACTION = 4096;
const ROWS_PER_STATEMENT = 256;

/** Writes the requests since the last time, after whatever is being written. What cannot be written is kept for the next time. */
export function writeRequests(context: Context): Promise<void> {
  const { requests } = context.uses;
  const write = (): Promise<void> => writeTallies(context);
  requests.lastWrite = requests.lastWrite.then(write, write);
  return requests.lastWrite;
}

async function writeTallies(context: Context): Promise<void> {
  const { requests } = context.uses;
  const tallies = takeTallies(requests);
  try {
    await writeCounts(context, tallies, (tally) => [...tally.requests.values()], requestRow, addRequests);
    await writeCounts(context, tallies, ({ callers }) => [callers], callerRow, addCallers);
  } catch (error) {
    for (const tally of tallies) putAside(requests, tally);
    throw error;
  }
}

async function writeCounts<Key, Count, Row>(
  context: Context,
  tallies: readonly Tally[],
  countsOf: (tally: Tally) => Map<Key, Count>[],
  rowOf: (tally: Tally, count: Count) => Row,
  add: (db: Context['db'], rows: Row[]) => Promise<void>,
): Promise<void> {
  const all = tallies.flatMap((tally) =>
    countsOf(tally).flatMap((counts) => [...counts].map(([key, count]) => ({ tally, counts, key, count }))),
  );
  for (let start = 0; start < all.length; start += ROWS_PER_TRANSACTION) {
    const batch = all.slice(start, start + ROWS_PER_TRANSACTION);
    const rows = batch.map(({ tally, count }) => rowOf(tally, count));
    await inTransaction(context, ({ db }) => addInParts(rows, (part) => add(db, part)));
    for (const { counts, key } of batch) counts.delete(key);
    context.uses.requests.size -= batch.length;
  }
}

async function addInParts<Row>(rows: readonly Row[], add: (part: Row[]) => Promise<void>): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    await add(rows.slice(start, start + ROWS_PER_STATEMENT));
    // SQLite writes on this very thread: let the requests that wait go first.
    await setImmediate();
  }
}

function requestRow(tally: Tally, count: RequestCount) {
  return { ...ownRow(tally, count), route: count.route, status: count.status };
}

function callerRow(tally: Tally, count: CallerCount) {
  return { ...ownRow(tally, count), address: count.address };
}

function ownRow({ orgId, hour }: Tally, { kind, credentialId, requests }: RequestCount | CallerCount) {
  return { org_id: orgId || null, hour, credential_kind: kind, credential_id: credentialId, requests };
}
